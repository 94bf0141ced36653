/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* signals.h - signals that are sent to pinfold, and whom in the sandbox they are for. */
#ifndef PINFOLD_RUN_SIGNALS_H
#define PINFOLD_RUN_SIGNALS_H

#include <signal.h>

struct err;
struct relay;

struct signals {
	int fd;		      /* signalfd(2); -1: none */
	sigset_t caller_mask; /* what was blocked before: the program is to have that */
};

/*
 * Blocks the signals that are the program's business, and SIGCHLD, and opens a descriptor that tells of the
 * former. Returns 0, or -1 with *err.
 */
int signals_block(struct signals *signals, struct err *err) __attribute__((warn_unused_result));
void signals_close(struct signals *signals);

/*
 * Takes one that has come, and does what it asks for: passes it on to the init at the other end of wire_fd,
 * or stops and goes on as the shell wants it. relay is NULL where there is none.
 */
void signals_pass(const struct signals *signals, struct relay *relay, int wire_fd);

/* The same while there is no program yet: returns one that asks to end, which nobody else gets; else 0. */
int signals_pass_unless_ending(const struct signals *signals, struct relay *relay, int wire_fd);

#endif
