/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* visit.h - another program in a running sandbox, on the side of who enters; enter.h is the other end. */
#ifndef PINFOLD_RUN_VISIT_H
#define PINFOLD_RUN_VISIT_H

struct arena;
struct call;
struct err;
struct order;
struct outcome;

/*
 * Runs what is ordered in the sandbox that was called, with our 0, 1 and 2, or a terminal of the sandbox's in
 * place of ours; waits for its end and passes on signals and what is typed. order->given and ->look are
 * filled here. Returns 0 with *ret_outcome, or -1 with *err when the program did not run, or nobody can say
 * how it ended.
 */
int visit_run(struct arena *arena, const struct call *call, struct order *order, struct outcome *ret_outcome,
	      struct err *err) __attribute__((warn_unused_result));

#endif
