/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* limits.h - what the program's process may use up, set by itself. */
#ifndef PINFOLD_ACT_LIMITS_H
#define PINFOLD_ACT_LIMITS_H

struct arena;
struct err;
struct host;
struct plan;

/*
 * In the program's process, before its filter: processors, niceness, then the rlimits, which all its children
 * inherit and none can raise. Allocates nothing. setrlimit(2), sched_setaffinity(2), nice(2).
 */
int act_set_limits(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

/* Fills host->limits with the caller's finite hard limits. */
int act_probe_limits(struct arena *arena, struct host *host, struct err *err)
	__attribute__((warn_unused_result));

#endif
