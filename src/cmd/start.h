/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* start.h - doing what a plan says, for run and hold. */
#ifndef PINFOLD_CMD_START_H
#define PINFOLD_CMD_START_H

#include "act/lockdown.h"

struct arena;
struct err;
struct invocation;

/*
 * Runs the plan, here or in the background, and reports what goes wrong. Returns the exit code: the
 * program's, by the process contract, or in the background 0 when it runs.
 */
int start_run(struct arena *arena, const struct invocation *invocation, struct argv_area area);

/*
 * What ends it before that: reported, and told to programs too (--status, --meta), which might else find what
 * an earlier run has left. Returns the exit code.
 */
int start_refuse(struct arena *arena, const struct invocation *invocation, const struct err *err);

#endif
