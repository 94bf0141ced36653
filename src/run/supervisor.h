/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* supervisor.h - runs a plan, from the host's side. */
#ifndef PINFOLD_RUN_SUPERVISOR_H
#define PINFOLD_RUN_SUPERVISOR_H

#include "act/lockdown.h"
#include "plan/status.h"
#include "run/tell.h"
#include "run/trace.h"
#include "run/watch.h"

struct arena;
struct err;
struct plan;

/* How the program ended. */
struct outcome {
	int code;		   /* CLD_EXITED, CLD_KILLED or CLD_DUMPED */
	int status;		   /* exit code or signal */
	enum limit limit;	   /* that ended it */
	bool is_lost;		   /* with its process 1, by somebody else's doing */
	struct status_usage usage; /* where the plan wants to know */
};

/* A run, as the supervisor saw it. */
struct run {
	struct outcome outcome;
	struct trace trace; /* in the arena */
	struct tell tell;   /* the caller's to close */
};

/* What a run needs besides its plan. */
struct supervision {
	struct argv_area argv_area;
	int ready_fd; /* -1, or a socket of who waits for the program to run: gets a struct err, with
			 ERR_NONE when it does; taken over */
};

/*
 * Builds the sandbox, runs the program in it and waits for its end; by then no process of the sandbox is
 * left. Signals that ask a program to do something are passed on, and limits are watched. Returns 0 with
 * *ret (and *err of a kind other than ERR_NONE when a limit ended it or
 * something of ours went wrong while it ran), or -1 with *err when the program did not run.
 */
int supervisor_run(struct arena *arena, const struct plan *plan, const struct supervision *supervision,
		   struct run *ret, struct err *err) __attribute__((warn_unused_result));

#endif
