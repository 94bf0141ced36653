/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* problem.h - all that is wrong with a profile, for those who do not stop at the first. */
#ifndef PINFOLD_PLAN_PROBLEM_H
#define PINFOLD_PLAN_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct arena;

/* Of errors, and of warnings: nobody reads more, and each takes memory. */
enum { PROBLEMS_MAX = 1000 };

struct problem {
	bool is_warning; /* a run would take it, but should it? */
	struct err err;
};

struct problems {
	struct arena *arena; /* owns the items */
	struct problem *items;
	size_t count;
	size_t errors; /* of them; the others are warnings */
	bool has_more; /* that were not kept */
};

/*
 * Keeps the error, unless it is there already (a file that is included twice says everything twice), and
 * returns 0: go on. Without problems (NULL), or when PROBLEMS_MAX errors are kept already, it returns -1:
 * that is it.
 */
int problems_take(struct problems *problems, const struct err *err) __attribute__((warn_unused_result));

/* Keeps a warning, unless it is there already, or PROBLEMS_MAX others are. */
void problems_warn(struct problems *problems, const struct err *err);

/* Orders them by file, line and column; files in the order in which they first had one. */
void problems_sort(struct problems *problems);

/*
 * The problems as compilers write them ("FILE:LINE:COLUMN: error: MESSAGE [ID]", then the hint), and a line
 * that counts them; "" when there are none. In the arena.
 */
const char *problems_text(struct arena *arena, const struct problems *problems);

#endif
