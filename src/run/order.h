/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * order.h - what somebody who enters a sandbox wants to run there, as a file in memory: it may be longer than
 * a packet.
 */
#ifndef PINFOLD_RUN_ORDER_H
#define PINFOLD_RUN_ORDER_H

#include "act/tty.h"

struct arena;
struct err;

struct order {
	char **argv;	      /* NULL-terminated, not empty */
	const char *chdir;    /* inside; NULL: where the sandbox's own program starts */
	const char *term;     /* TERM of who enters; NULL: none */
	unsigned int given;   /* bit n: his descriptor n is a terminal; it is not passed on */
	struct tty_look look; /* of that */
};

/* *ret_fd is the caller's to close. Returns 0, or -1 with *err: too long, or no memory. */
int order_write(const struct order *order, int *ret_fd, struct err *err) __attribute__((warn_unused_result));

/* Into the arena. Returns 0, or -1 with *err. */
int order_read(struct arena *arena, int fd, struct order *ret, struct err *err)
	__attribute__((warn_unused_result));

#endif
