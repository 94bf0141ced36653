/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setup.h - the small things that a new namespace wants: clocks, names, limits. */
#ifndef PINFOLD_ACT_SETUP_H
#define PINFOLD_ACT_SETUP_H

#include <stddef.h>

struct err;
struct plan;

/*
 * In the supervisor, before the clone: makes the plan's directories on the host (mode 0700, with their
 * parents) and empty files (0600), all of them pinfold's own or obeyed by it. *ret_at is kept at the one
 * under way.
 */
int act_make_own_dirs(const struct plan *plan, const char *_Atomic *ret_at, struct err *err)
	__attribute__((warn_unused_result));

/*
 * Makes a directory on the host with its parents, mode 0700; what is there already stays as it is. Returns 0,
 * or -errno with *ret_len as the length of the part of the path that could not be made.
 */
int act_make_dirs(const char *path, size_t *ret_len) __attribute__((warn_unused_result));

/* A time namespace with offsets: made, written, entered, in that order. Nothing without offsets. */
int act_set_clocks(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

/* Host and domain name of a private uts namespace. */
int act_set_names(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

/*
 * An empty session keyring instead of the login's, whose keys would be listed in /proc/keys. Best effort: the
 * quota of 200 keys a user may be used up, or an outer filter refuse the call; where the profile's filter
 * denies what can be done with keys. Where it does not, a failure is one.
 */
int act_leave_keyring(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

/*
 * Forbids user namespaces below ours by setting max_user_namespaces to 0, through /proc of the host or
 * the mount proc_fd (-1: none).
 */
int act_limit_userns(const struct plan *plan, int proc_fd, struct err *err)
	__attribute__((warn_unused_result));

/* In the program's process: its directory and file mode mask. */
int act_set_start(const struct plan *plan, struct err *err) __attribute__((warn_unused_result));

#endif
