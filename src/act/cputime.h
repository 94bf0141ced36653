/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cputime.h - the processor time of a whole sandbox, as the supervisor asks for it.
 *
 * Must guarantee: what any process inside used counts, whoever its parent is, and however often it forked. A
 * limit for each process (RLIMIT_CPU) guarantees nothing of the kind: each fork would begin anew.
 *
 * Two sources, of which the larger counts, because each can be got around where the other cannot:
 *
 * - A counter of the kernel (perf_event_open(2)) that every process inherits. It loses a process that
 * executes a file it may not read: the kernel takes counters away from what becomes undumpable. Where
 *   kernel.perf_event_paranoid is above 2, there is none.
 * - A /proc of the sandbox: for each process its own time and that of the children it waited for. That misses
 *   processes that came and went between two looks and that nobody waited for, because their parent ignores
 *   SIGCHLD; and it is rounded down to 10 ms for each process alive.
 *
 * What remains, a program that does both, is bounded by the wall clock. With a cgroup there is one source,
 * which misses nothing.
 *
 * The supervisor does it and not process 1, which the program could slow down (it may renice and bind what
 * runs as its user), and which has no business with files any more.
 */
#ifndef PINFOLD_ACT_CPUTIME_H
#define PINFOLD_ACT_CPUTIME_H

#include <stdint.h>

struct err;

/* Descriptors; -1: not there. */
struct cputime {
	int cgroup_fd; /* the sandbox's cgroup, which counts all by itself; not ours to close */
	int counter_fd;
	int proc_fd;
};

/*
 * In the supervisor, before the clone: a counter that starts in each child with its first exec. Leaves
 * counter_fd at -1 where there is none to be had.
 */
void act_cputime_open(struct cputime *cputime);

/* Nanoseconds used so far; proc_fd must be there. Returns 0, or -1 with *err when a source fails. */
int act_cputime_read(const struct cputime *cputime, uint64_t *ret_ns, struct err *err)
	__attribute__((warn_unused_result));

/* What the counter says by itself, also when nothing is left to look at; 0 where there is none. */
uint64_t act_cputime_counted(const struct cputime *cputime);

void act_cputime_close(struct cputime *cputime);

#endif
