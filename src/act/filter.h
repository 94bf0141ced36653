/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter.h - the system call filters.
 *
 * The stock filters are compiled when pinfold is built (mkfilter.c), so an ordinary start makes no
 * libseccomp call and none of ours. Of a profile's own policy, which calls there are is compiled at start by
 * plan/filter_code.h, and what looks at arguments by libseccomp: int arguments on their low 32 bits, and the
 * doors of 32-bit ABIs (socketcall) with them. The latter only refuses, and goes in front.
 */
#ifndef PINFOLD_ACT_FILTER_H
#define PINFOLD_ACT_FILTER_H

#include <stddef.h>

struct arena;
struct err;
struct plan_filter;
struct sock_filter;

/* A compiled filter; code NULL: none. */
struct filter {
	const struct sock_filter *code;
	size_t count;
};

/*
 * In the supervisor: the plan's filter. Made into memory of the arena unless it is a stock one. Fails, naming
 * its line, for a rule that libseccomp does not take.
 */
int act_compile_filter(struct arena *arena, const struct plan_filter *plan, struct filter *ret_filter,
		       struct err *err) __attribute__((warn_unused_result));

/* In the program's process, last. */
int act_load_filter(const struct filter *filter, struct err *err) __attribute__((warn_unused_result));

/* Says why a filter was not loaded. Returns -1. */
int act_explain_load(int errnum, struct err *err);

/* In init: leaves it the few calls that it needs to reap and report. */
int act_load_init_filter(struct err *err) __attribute__((warn_unused_result));

#endif
