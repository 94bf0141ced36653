/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* problem.h - all that is wrong with a profile, for those who do not stop at the first. */
#ifndef PINFOLD_PLAN_PROBLEM_H
#define PINFOLD_PLAN_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct arena;

/* Nobody reads more of them, and each takes memory. */
enum { PROBLEMS_MAX = 1000 };

struct problem {
	bool is_warning; /* a run would take it, but should it? */
	struct err err;
};

struct problems {
	struct arena *arena; /* owns the items */
	struct problem *items;
	size_t count;
};

/*
 * Keeps the error, unless it is there already (a file that is included twice says everything twice), and
 * returns 0: go on. Without problems (NULL), or when they are PROBLEMS_MAX already, it returns -1: that is
 * it.
 */
int problems_take(struct problems *problems, const struct err *err) __attribute__((warn_unused_result));

/* Keeps a warning, unless it is there already. */
void problems_warn(struct problems *problems, const struct err *err);

/* The number of errors, which warnings are not. */
size_t problems_errors(const struct problems *problems);

/* Orders them by file, line and column; files in the order in which they first had one. */
void problems_sort(struct problems *problems);

/*
 * The problems as compilers write them ("FILE:LINE:COLUMN: error: MESSAGE [ID]", then the hint), and a line
 * that counts them; "" when there are none. In the arena.
 */
const char *problems_text(struct arena *arena, const struct problems *problems);

#endif
