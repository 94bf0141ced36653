/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loop.h - waits for several descriptors, and calls who waits for each. */
#ifndef PINFOLD_RUN_LOOP_H
#define PINFOLD_RUN_LOOP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum { LOOP_MAX = 24 };

/* Filled anew for each round: {0}, then loop_add in the order of importance. */
struct loop {
	struct pollfd fds[LOOP_MAX];
	struct loop_source {
		bool (*ready)(void *arg, short events);
		void *arg;
	} sources[LOOP_MAX];
	size_t count;
};

/*
 * Adds a descriptor (below 0: none) and the POLL* events to wait for; 0: errors and hang-ups alone. ready is
 * called with what poll(2) said, and returns false when nothing more is to be done in this round: the
 * descriptors that were added may be others now.
 */
void loop_add(struct loop *loop, int fd, short events, bool (*ready)(void *arg, short events), void *arg);

/* Waits, for timeout_ms (-1: for ever), and calls who is ready. Returns false when nobody was in that time.
 */
bool loop_wait(struct loop *loop, int timeout_ms);

#endif
