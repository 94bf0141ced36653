/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint.h - what a profile may ask for, but should not without a thought. */
#ifndef PINFOLD_PLAN_LINT_H
#define PINFOLD_PLAN_LINT_H

#include <stddef.h>

struct arena;
struct err;
struct host;
struct plan;
struct problems;
struct request;

/* The paths of the host whose facts lint_request will want; *ret_paths is in the arena. */
void lint_wanted_paths(const struct host *host, struct arena *arena, const char ***ret_paths,
		       size_t *ret_count);

/* Warns of risky grants (risks.def), and of values that change nothing. */
void lint_request(const struct request *request, const struct host *host, struct problems *problems);

/* Warns of what the words of [seccomp] open, and of those that name nothing here. Part of lint_request. */
void lint_filter(const struct request *request, struct problems *problems);

/* What a run checks of a plan, and plan alone cannot. Returns 0, or -1 with *err. */
typedef int lint_check(struct arena *arena, const struct plan *plan, struct err *err);

/*
 * Makes the plan for all that is wrong with it, and warns of rules that change nothing in it. The request
 * loses what it is refused for. check may be NULL.
 */
void lint_build(struct request *request, const struct host *host, lint_check *check,
		struct problems *problems);

#endif
