/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lockdown.h - what a process gives up for good.
 *
 * Must guarantee: after these calls the program has no descriptor that was not given to it, no
 * capability that the plan does not keep, and no way to gain one; and init cannot be looked into or
 * steered by the program, though both run as the same user.
 */
#ifndef PINFOLD_ACT_LOCKDOWN_H
#define PINFOLD_ACT_LOCKDOWN_H

#include <stddef.h>

struct err;
struct plan;
struct plan_caller;

/* The bytes of the process's command line, as the kernel shows them in /proc/PID/cmdline. */
struct argv_area {
	char *start;
	size_t len;
};

/*
 * In init, before the program exists: the arguments (which may hold secrets) are overwritten, and the
 * process is made undumpable, so that ptrace(2) and /proc/1 are closed to a program of the same uid.
 * Not earlier: /proc/self would no longer be ours, and the maps are written through it.
 */
int act_hide_init(const struct argv_area *area, struct err *err) __attribute__((warn_unused_result));

/*
 * In the supervisor: refuses a directory as descriptor 0, 1 or 2. It is of the host's mount namespace, and
 * through /proc/self/fd and ".." the program would walk from it to all of the host's tree.
 */
int act_check_stdio(struct err *err) __attribute__((warn_unused_result));

/*
 * In the supervisor, before it opens anything: are the descriptors that the caller named open, and fit for
 * what they are for? Of the program's a directory is refused, for the same reason, and a terminal: into the
 * user's own one it could type. Those that an exec closes are ours, since the caller's came through one.
 */
int act_check_fds(const struct plan_caller *caller, struct err *err) __attribute__((warn_unused_result));

/* Every descriptor but 0, 1, 2 and those that the caller passes on will be closed by the exec. */
int act_close_fds(const struct plan_caller *caller, struct err *err) __attribute__((warn_unused_result));

/* In the supervisor of a root caller: closes every descriptor but 0, 1, 2 and those that the caller named. */
int act_keep_named(const struct plan_caller *caller, int own_fd, struct err *err)
	__attribute__((warn_unused_result));

/* In init: keeps 0, 1, 2, those that the caller passes on and the one of its own. */
int act_keep_passed(const struct plan_caller *caller, int own_fd, struct err *err)
	__attribute__((warn_unused_result));

/* In init: closes every descriptor but those `count` ones, which must be in ascending order. */
int act_keep_fds(const int *fds, size_t count, struct err *err) __attribute__((warn_unused_result));

/*
 * In init, before the program exists, which inherits all of it: securebits locked, capability sets down to
 * the plan's, no new privileges.
 */
int act_drop_caps(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

/*
 * In the program's process: its personality, and what its memory may become. With the latter init, whose
 * memory it shares until the exec, has the same for good, and needs no more.
 */
int act_set_memory(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

/* In init, once the program exists: gives up what the plan keeps for the program. */
int act_drop_kept_caps(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

#endif
