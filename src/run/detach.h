/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* detach.h - a supervisor that goes on in the background. */
#ifndef PINFOLD_RUN_DETACH_H
#define PINFOLD_RUN_DETACH_H

#include <stdbool.h>

struct err;
struct plan_entry;

struct detached {
	bool is_background; /* this is the process that goes on */
	int ready_fd;	    /* of a pair of sockets: in the background the end for supervisor_run */
};

/*
 * Returns twice: as the caller, and in the background in a session of its own, in "/", with /dev/null to read
 * and entry->log (made with mode 0600, appended to) or /dev/null to write to. Returns 0, or -1 with *err,
 * once.
 */
int detach(const struct plan_entry *entry, struct detached *ret, struct err *err)
	__attribute__((warn_unused_result));

/*
 * As the caller: waits until the program runs. Returns 0, or -1 with the *err that the background ended with.
 * Who is killed before ends what he has started: nobody would know that it runs.
 */
int detach_await(struct detached *detached, struct err *err) __attribute__((warn_unused_result));

#endif
