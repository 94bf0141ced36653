/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch.h - the limits of a sandbox as a whole: when is what to be done about them?
 *
 * Moments are nanoseconds of CLOCK_MONOTONIC, given by the caller: so a test needs no time to pass.
 */
#ifndef PINFOLD_RUN_WATCH_H
#define PINFOLD_RUN_WATCH_H

#include <stdint.h>

#include "act/cputime.h"

struct err;
struct plan_limits;

/* Which limit ended the program. */
enum limit { LIMIT_NONE, LIMIT_WALL, LIMIT_CPU, LIMIT_MEMORY };

/* What the supervisor is to do. */
enum watch_answer {
	WATCH_GO_ON,
	WATCH_STOP, /* ask the program to end: its stop-signal */
	WATCH_KILL, /* kill everything */
};

/* A moment that never comes. */
#define WATCH_NEVER INT64_MAX

struct watch {
	const struct plan_limits *limits;
	struct cputime cputime;
	int64_t wall_end_ns; /* each WATCH_NEVER while it is of no concern */
	int64_t kill_ns;
	int64_t look_ns; /* at the processor time */
	enum limit hit;	 /* the first that was reached */
};

/*
 * Before the clone: nothing runs yet; opens what the processor time is read from, when it is limited.
 * cgroup_fd is that of the sandbox's cgroup, or -1.
 */
void watch_open(struct watch *watch, const struct plan_limits *limits, int cgroup_fd);
void watch_close(struct watch *watch);

/* The program runs from now on. */
void watch_start(struct watch *watch, int64_t now_ns);

/* The next moment at which watch_check has something to do. */
int64_t watch_next_ns(const struct watch *watch);

/*
 * To be called then, or at any time. Asks to stop once. *err is filled when it answers WATCH_KILL because the
 * processor time cannot be read any more (hit stays LIMIT_NONE then, unless a limit was reached before).
 */
enum watch_answer watch_check(struct watch *watch, int64_t now_ns, struct err *err);

/* The program was ended by this signal: was that a limit's doing? */
void watch_note_signal(struct watch *watch, int sig);

/* After the end: *err says which limit it was and where it was set. */
void watch_describe(const struct watch *watch, struct err *err);

#endif
