/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spaces.h - the namespaces of a sandbox, by descriptor. */
#ifndef PINFOLD_ACT_SPACES_H
#define PINFOLD_ACT_SPACES_H

#include <stdint.h>
#include <sys/types.h>

#include "plan/entry.h"

struct err;

/* What init gives to the supervisor; each -1 and 0 where the sandbox has the host's. */
struct spaces {
	int fds[SPACE_COUNT];
	uint64_t inodes[SPACE_COUNT]; /* what readlink(1) of /proc/PID/ns/KIND has in brackets */
};

/*
 * In init, while it may still look at itself in the host's /proc: descriptors of those namespaces that are
 * bits in `kinds`, in their order. Returns how many, or -1 with *err and none open.
 */
int act_open_spaces(uint32_t kinds, int ret_fds[SPACE_COUNT], struct err *err)
	__attribute__((warn_unused_result));

void act_spaces_init(struct spaces *spaces);

/* Takes over descriptors that came in the order of the bits in `kinds`. Returns 0, or -EPROTO or -errno with
 * those taken that were good. */
int act_take_spaces(struct spaces *spaces, uint32_t kinds, int *fds, unsigned long count)
	__attribute__((warn_unused_result));

void act_spaces_close(struct spaces *spaces);

/*
 * In a process that has one thread and is good for nothing else afterwards: enters all that there are. The
 * user namespace comes first, which gives the capabilities for the rest; a child is then in the pid
 * namespace, the caller is not. The root and the working directory become those of the mount namespace.
 * setns(2); entering a time namespace oneself takes kernel 5.8. Returns 0, or -1 with *err.
 */
int act_enter_spaces(const struct spaces *spaces, struct err *err) __attribute__((warn_unused_result));

/* The user namespace of a process, as an inode; 0: it is not ours to see. */
uint64_t act_user_space(pid_t pid);

#endif
