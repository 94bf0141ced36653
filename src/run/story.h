/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * story.h - how a sandbox is built: the table of steps, and who does them.
 *
 *     supervisor  (supervisor.c)  on the host; clones the sandbox, waits, reports
 *       init      (init.c)        process 1 of the sandbox: does its steps, reaps, reports
 *         program (program.c)     does its own steps, then becomes the program
 */
#ifndef PINFOLD_RUN_STORY_H
#define PINFOLD_RUN_STORY_H

#include <signal.h>

#include "act/filter.h"
#include "act/lockdown.h"
#include "act/root.h"
#include "act/tty.h"
#include "plan/plan.h"
#include "run/wire.h"

/* All that the steps need; made by the supervisor before the clone. */
struct story {
	const struct plan *plan;
	struct filter filter;	    /* of system calls, compiled */
	struct argv_area argv_area; /* of the command line, to be overwritten */
	struct progress *progress;  /* shared */
	int wire_fd;		    /* init's end of the socket pair */
	sigset_t caller_mask;	    /* the signal mask that the program is to have */
	struct root root;	    /* filled by the root step */
	const char *cgroup;	    /* the directory of the sandbox's own; NULL: it has none */
	int rules_fd;		    /* made by the rules step; -1: none */
	struct tty_look look;	    /* of the caller's terminal */
	int tty_fd;		    /* the program's terminal, made by the terminal step; -1: none */
	bool is_entered;	    /* not the sandbox's first program: its parent is no process 1 */
	struct wire held[32];	    /* signals that came before there was a program */
	size_t held_count;
};

/*
 * In init, before the program is there: waits for a packet of this type from the supervisor, with its
 * descriptor (ret_passed may be NULL: none is expected). Signals that come before it are held for the
 * program. Returns 0, or -1 when another packet came, or the supervisor is gone.
 */
int story_await(struct story *story, enum wire_type type, struct wire *ret_wire, int *ret_passed)
	__attribute__((warn_unused_result));

/* Does the steps of `who` in their order. Returns 0, or -1 with *err, whose step names the one that failed.
 */
int story_run(struct story *story, enum step_who who, struct err *err) __attribute__((warn_unused_result));

/* Some of the steps that init does, in this order: for a process that is entered with. The same results. */
int story_run_steps(struct story *story, const enum step_id *ids, size_t count, struct err *err)
	__attribute__((warn_unused_result));

#endif
