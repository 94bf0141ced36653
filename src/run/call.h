/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* call.h - asking the supervisor of a sandbox by its name; serve.h is the other end. */
#ifndef PINFOLD_RUN_CALL_H
#define PINFOLD_RUN_CALL_H

#include <stdbool.h>

#include "plan/entry.h"

struct arena;
struct err;
struct wire;
struct wire_fds;

struct call {
	struct entry entry; /* in the arena; perhaps one that does not run yet */
	int dir_fd;
	int fd; /* to the supervisor */
};

enum { CALL_FOR_EVER = -1 };

/*
 * Finds the sandbox called `name` in the registry below `base` (entry_base), and connects to its supervisor;
 * call_close is due in any case. Returns 0, or -1 with *err: "usage.unknown-name", or "system.silent" with
 * call->entry filled when nobody took the call within timeout_ms.
 */
int call_open(struct arena *arena, const char *base, const char *name, int timeout_ms, struct call *ret_call,
	      struct err *err) __attribute__((warn_unused_result));
void call_close(struct call *call);

/*
 * Sends a question and receives the answer, with the descriptors that come along in *ret_fds (NULL: none are
 * wanted), which are the caller's to close. A supervisor answers when the program runs, so it may take the
 * time of a start. Returns 0, or -1 with *err: the answer's own when that is WIRE_FAILED, "system.silent"
 * after timeout_ms, or "system.gone" when the supervisor went without an answer.
 */
int call_ask(struct call *call, const struct wire *question, int timeout_ms, struct wire *ret_answer,
	     struct wire_fds *ret_fds, struct err *err) __attribute__((warn_unused_result));

/* Waits until the supervisor has ended, for timeout_ms. Returns whether it has. */
bool call_await_end(struct call *call, int timeout_ms);

#endif
