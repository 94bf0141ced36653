/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * join.h - a sandbox that is cloned into namespaces of another one.
 *
 *     supervisor --WIRE_JOIN--> the other's supervisor, which answers with descriptors   (serve.h)
 *     supervisor --fork--> helper: enters them (act/join.h) --clone--> init, the supervisor's child, not the
 * helper's
 *
 * A process cannot leave a user namespace again, so the supervisor does not enter it itself. The helper is
 * gone when join_clone returns: it would count among the processes of that user namespace (RLIMIT_NPROC,
 * kernel 5.14).
 */
#ifndef PINFOLD_RUN_JOIN_H
#define PINFOLD_RUN_JOIN_H

#include <sys/types.h>

#include "act/spaces.h"

struct arena;
struct err;
struct plan;

/*
 * Gets the descriptors: by name from the other's supervisor, who is waited for while it starts, else by their
 * paths. Nothing is done without a plan to join. *ret_spaces is the caller's to close (act_spaces_close) in
 * any case. As the user who called: a root caller has not given up root yet. Returns 0, or -1 with *err.
 */
int join_open(struct arena *arena, const struct plan *plan, struct spaces *ret_spaces, struct err *err)
	__attribute__((warn_unused_result));

/*
 * sys_clone for a plan that joins: the pid in the supervisor, 0 in the sandbox's init, or -1 with *err.
 * cgroup_fd: as for sys_clone. *wire_fd is the supervisor's end of the socket to init, and closed in init as
 * in the helper.
 */
pid_t join_clone(const struct plan *plan, const struct spaces *spaces, int cgroup_fd, int *wire_fd,
		 struct err *err) __attribute__((warn_unused_result));

#endif
