/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * probe_watch.h - a deadline for looking at paths, which may lie on a file system that does not answer.
 *
 * Whoever waits for such a one is deaf: no signal handler runs, and where a FUSE server has read the question
 * and never answers, not even SIGKILL ends the wait. A second thread could not end the process then, and the
 * caller would wait for it. So the paths are looked at by a process that shares our memory, which we can
 * leave behind.
 */
#ifndef PINFOLD_ACT_PROBE_WATCH_H
#define PINFOLD_ACT_PROBE_WATCH_H

#include "act/profile_files.h"

struct err;
struct request;

struct probe_watch {
	const struct request *request; /* that the paths are of; NULL: of none, nobody asked for them */
	bool may_repeat; /* to look twice does no harm: the first time without a deadline, near */
	struct profile_reach reach;
	const char *_Atomic at; /* the path that is being looked at, as the request has it; NULL: none yet */
};

/*
 * Runs look(arg), which keeps watch->at up to date, for PLAN_DEADLINE_MS at most. It uses no descriptor of
 * ours and opens none that is to stay. Returns what it returns: 0, or -1 with *err; or -1 with *err, which
 * names the path and who asked for it.
 */
int act_probe_watched(struct probe_watch *watch, int (*look)(void *arg), void *arg, struct err *err)
	__attribute__((warn_unused_result));

/*
 * The same for what reads a profile by its name. One below /dev or /proc (/dev/stdin) may be a descriptor of
 * ours, which whoever opened it has not hung on: it is read by ourselves. So is, where may_repeat says so,
 * what does not leave the mount of "/": look is called without a deadline, and again with one when it would
 * have.
 */
int act_probe_profile_watched(struct probe_watch *watch, const char *name, int (*look)(void *arg), void *arg,
			      struct err *err) __attribute__((warn_unused_result));

/* As act_profile_loader, and keeps watch->at up to date. */
struct profile_loader act_watched_loader(struct probe_watch *watch);

#endif
