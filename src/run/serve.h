/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * serve.h - what a supervisor does for others who know its sandbox's name.
 *
 * It listens in the registry (act/registry.h). Who connects sends packets of struct wire and gets answers of
 * the same kind; call.h is the other end. Whoever can connect can end the sandbox, and what is in it: so it
 * is for the caller alone. The socket's directory keeps all other users out and is masked in every sandbox;
 * here it is asked a second time who is at the other end.
 */
#ifndef PINFOLD_RUN_SERVE_H
#define PINFOLD_RUN_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "act/registry.h"
#include "act/spaces.h"

struct err;
struct plan;
struct wire;

struct serve {
	const struct plan *plan;
	struct claim claim;
	struct spaces spaces; /* the sandbox's own namespaces */
	uid_t owner;	      /* who may ask: the caller, before he gave up root */
	pid_t child;	      /* the sandbox's init */
	int wire_fd;	      /* to it */
	int poller;	      /* for the loop: the listener and all connections; -1: nobody is served (yet) */
	int *waiting;	      /* connections that want to know the end */
	size_t waiting_count;
	bool is_full; /* no descriptor is left for another connection: nobody new until one is closed */
};

/* Empty; without a name in the plan it stays that. */
void serve_init(struct serve *serve, const struct plan *plan);

/* Takes the sandbox's name: before root is given up, and in the process that stays. Returns 0, or -1 with
 * *err.
 */
int serve_reserve(struct serve *serve, struct err *err) __attribute__((warn_unused_result));

/* Takes over the namespaces that WIRE_SPACES brought. Returns 0, or -1 with *err. */
int serve_take_spaces(struct serve *serve, const struct wire *wire, int *fds, size_t count, struct err *err)
	__attribute__((warn_unused_result));

/* The program runs: the entry can be found from now on, and what is asked is answered. Returns 0 or -errno.
 */
int serve_start(struct serve *serve, pid_t child, int wire_fd) __attribute__((warn_unused_result));

/* A source of the supervisor's loop, at serve->poller: lets one in, or does what one asks. */
bool serve_ready(void *serve, short events);

/*
 * Everything in the sandbox has ended. The name is free when they who waited are told (with `last`:
 * WIRE_ENDED, or WIRE_FAILED when nothing ran), and when those who are connected see the end.
 */
void serve_end(struct serve *serve, const struct wire *last);

#endif
