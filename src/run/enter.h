/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enter.h - another program in a running sandbox, on the side of its supervisor; visit.h is the other end.
 *
 *     supervisor --fork--> joiner: enters all namespaces, drops what init dropped
 *       joiner --spawn--> the program: the same steps as the first one, from the same plan
 *
 * Must guarantee: the program has no right, descriptor or view that the first one has not; nothing inside
 * reaches the joiner, or the file that pinfold was executed from.
 *
 * Why a process of the supervisor's and not of who enters: the plan, the filter and Landlock's rules are
 * here, in memory and by descriptor, as the first program got them. Paths that were looked up again in a
 * sandbox that runs could mean something else by now.
 */
#ifndef PINFOLD_RUN_ENTER_H
#define PINFOLD_RUN_ENTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "act/lockdown.h"
#include "run/wire.h"

struct err;
struct filter;
struct plan;
struct spaces;

/* A process between the supervisor and a program that somebody entered with. */
struct joiner {
	pid_t pid;
	int fd; /* pidfd: readable when it has ended */
};

struct enter {
	const struct plan *plan;
	const struct filter *filter; /* compiled */
	const sigset_t *mask;	     /* of the first program */
	struct argv_area argv_area;  /* of our command line, which no joiner is to show */
	struct spaces *spaces;
	int lent[LENT_COUNT]; /* -1: the sandbox has none */
	int cgroup_fd;	      /* of the sandbox, -1: it has none; not ours to close */
	struct joiner *joiners;
	size_t count;
};

void enter_init(struct enter *enter);

/* Takes over what WIRE_LENT brought. */
void enter_take(struct enter *enter, const struct wire *wire, struct wire_fds *passed);

/*
 * A WIRE_ENTER came over `fd` with these descriptors. From now on who is at the other end talks to the
 * joiner: `fd` is to be closed. Returns the joiner's pidfd, for the poller, or -1 with *err, which is to be
 * told.
 */
int enter_start(struct enter *enter, int fd, struct wire_fds *passed, struct err *err)
	__attribute__((warn_unused_result));

/* Is it the pidfd of a joiner? That has ended then, and is waited for. */
bool enter_reap(struct enter *enter, int fd);

/* Before process 1 is waited for: the kernel waits for what we have to wait for first. */
void enter_wake(const struct enter *enter);

/* Everything inside has ended: the joiners get a moment to say so, and end too. */
void enter_end(struct enter *enter);

#endif
