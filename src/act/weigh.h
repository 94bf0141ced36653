/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* weigh.h - how much memory sandboxes use. */
#ifndef PINFOLD_ACT_WEIGH_H
#define PINFOLD_ACT_WEIGH_H

#include <stddef.h>

struct arena;
struct entry;
struct err;

/*
 * Fills entry->memory: the resident pages (RSS, as top(1) has it: those that several processes share count in
 * each) of init and all processes below it, in bytes. One pass over /proc, whatever the number of entries: a
 * process that is started meanwhile may be missed. Returns 0, or -1 with *err.
 */
int act_weigh(struct arena *arena, struct entry *entries, size_t count, struct err *err)
	__attribute__((warn_unused_result));

#endif
