/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* named.h - what the commands share that are about sandboxes with a name. */
#ifndef PINFOLD_CMD_NAMED_H
#define PINFOLD_CMD_NAMED_H

struct arena;
struct err;
struct outcome;

/* The directory that has the registry, as this environment says. NULL with *err when nothing can be probed.
 */
const char *named_base(struct arena *arena, struct err *err);

/* Of words (NULL-terminated) there must be at least a name, and at most `max`. Returns 0, or -1 with *err. */
int named_check_words(char *const *words, int max, const char *command, struct err *err)
	__attribute__((warn_unused_result));

/* What a command exits with whose program ended so; for INT and QUIT it ends itself by the signal. */
int named_exit_code(const struct outcome *outcome);

#endif
