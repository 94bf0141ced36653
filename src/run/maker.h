/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * maker.h - the process beside the sandbox that makes its network namespace, while init builds the root.
 *
 *     supervisor --fork--> maker: enters the user namespace, makes the network   (act/network.h)
 *     maker --namespace--> supervisor, which reaps it --WIRE_NETWORK--> init
 *
 * Not from the maker to init directly: until it is reaped it counts as a process of the new user namespace
 * (RLIMIT_NPROC, kernel 5.14), and would take a place from the program's limit.
 */
#ifndef PINFOLD_RUN_MAKER_H
#define PINFOLD_RUN_MAKER_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct plan;
struct wire;

struct maker {
	pid_t pid; /* 0: there is none, or no more */
	int fd;	   /* for the loop: readable when it is done; -1 otherwise */
};

/*
 * Starts it where the plan wants one: when the sandbox's user namespace has its maps. `init` is process 1 of
 * the sandbox, wire_fd leads to it and is given up by the maker. Returns 0, or -1 with *err.
 */
int maker_start(struct maker *maker, const struct plan *plan, pid_t init, int wire_fd, struct err *err)
	__attribute__((warn_unused_result));

/*
 * It is done, and over when this returns. *ret_wire is the packet for init, and what goes with it the
 * descriptor that is returned, the caller's to close; -1: it made none, and the packet says why.
 */
int maker_take(struct maker *maker, struct wire *ret_wire);

/* Ends it; is_patient: and waits until it has ended. */
void maker_end(struct maker *maker, bool is_patient);

#endif
