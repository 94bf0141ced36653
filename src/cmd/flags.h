/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flags.h - the command line of the small commands: a few options and some words. */
#ifndef PINFOLD_CMD_FLAGS_H
#define PINFOLD_CMD_FLAGS_H

#include <stdbool.h>

struct err;

/* One long option: with `value` it takes one, else it sets `is_set`. */
struct flag {
	const char *name;
	bool *is_set;
	const char **value;
};

/*
 * Reads the options, which may stand anywhere before a "--", into what the flags point to; "flags" ends with
 * a NULL name. *ret_words are the other words, in argv, NULL-terminated. -h is --help, where there is one.
 * Returns 0, or -1 with *err (ERR_USAGE).
 */
int flags_read(int argc, char **argv, const struct flag flags[], char ***ret_words, struct err *err)
	__attribute__((warn_unused_result));

/*
 * The same, but the options end where the first other word stands, or behind "--": what follows is another
 * program's.
 */
int flags_read_first(int argc, char **argv, const struct flag flags[], char ***ret_words, struct err *err)
	__attribute__((warn_unused_result));

#endif
