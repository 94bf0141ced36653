/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tend.h - the process that has the program as its child: starts it, waits, passes signals on, reports.
 *
 * For the sandbox's first program that is its process 1 (init.c), whose end is the end of everything in it;
 * for one that somebody enters with, a process outside of its pid namespace (enter.c), to whom kill(2) of -1
 * would mean processes of the host.
 *
 * It runs as the program's user, so it must give that program nothing: it is undumpable from before the fork,
 * keeps no descriptor of the host's, no capability, and only the calls of a filter of its own.
 */
#ifndef PINFOLD_RUN_TEND_H
#define PINFOLD_RUN_TEND_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct story;

struct tend {
	struct story *story; /* its wire leads to who is told: a supervisor, or who enters */
	bool is_init;	     /* we are process 1 */
	pid_t own_group;     /* our process group: nobody else of the terminal's session is in it */
	pid_t program;	     /* 0: none, the namespaces are held */
	int report_fd;	     /* the program's error, or end of file when it is executed; -1 afterwards */
	int signal_fd;	     /* SIGCHLD */
	int stat_fd;	     /* /proc/PID/stat of the program, -1 without a /proc */
	bool is_stopped;     /* all of it, by order */
	pid_t parked;	     /* the process group that the keyboard was for when it was taken away; 0: none */
};

/* Nothing is open yet. */
void tend_init(struct tend *tend, struct story *story, bool is_init, pid_t own_group);

/* Forks the program, unless the plan has none, and watches it from now on. Returns 0, or -1 with *err. */
int tend_start(struct tend *tend, struct err *err) __attribute__((warn_unused_result));

/* Tells why nothing runs, and ends. */
_Noreturn void tend_refuse(const struct story *story, const struct err *err);

/* Gives up what only the start needed, and stays until the program has ended. */
_Noreturn void tend_watch(struct tend *tend);

#endif
