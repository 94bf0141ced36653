/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter.h - the system call filters.
 *
 * The stock filters are compiled when pinfold is built (mkfilter.c), so an ordinary start makes no
 * libseccomp call. A profile's own denies become a second filter, made at start and stacked on the
 * stock one: of two filters the stricter answer counts, so it can only take away.
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
 * In the supervisor: compiles the plan's own denies into memory of the arena. Fails, naming its
 * line, for a call that this architecture does not have: libseccomp would skip it silently.
 */
int act_compile_denies(struct arena *arena, const struct plan_filter *plan, struct filter *ret_filter,
		       struct err *err) __attribute__((warn_unused_result));

/* In the program's process, last: the stock filter, then the denies on top of it. */
int act_load_filters(const struct plan_filter *plan, const struct filter *denies, struct err *err)
	__attribute__((warn_unused_result));

/* In init: leaves it the few calls that it needs to reap and report. */
int act_load_init_filter(struct err *err) __attribute__((warn_unused_result));

#endif
