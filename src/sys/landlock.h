/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * landlock.h - Landlock's three calls. landlock(7); Linux 5.13.
 *
 * Every function returns >= 0, or -errno. Rights and scopes are numbers of the kernel's, as plan/wall.h has
 * them.
 */
#ifndef PINFOLD_SYS_LANDLOCK_H
#define PINFOLD_SYS_LANDLOCK_H

#include <stdint.h>

/*
 * The version of Landlock that the kernel has, from 1 on. -ENOSYS: it was built without; -EOPNOTSUPP: it was
 * booted without.
 */
int sys_landlock_version(void);

/*
 * A rule set that forbids these rights over files wherever no rule gives them, and these scopes. Bits that
 * the kernel does not know are -EINVAL, or -E2BIG where it has no scopes at all (before 6.12). A CLOEXEC
 * descriptor, the caller's to close.
 */
int sys_landlock_create(uint64_t files, uint64_t scopes);

/*
 * A rule: these rights over what fd (which may be O_PATH) is open on, and all below it. -EBADFD where that is
 * on a file system that Landlock lets everything pass of: pipes, sockets, namespaces, memory.
 */
int sys_landlock_allow(int rules_fd, int fd, uint64_t rights);

/*
 * The rule set is the calling thread's from here on, and that of all that it starts, for good. Needs
 * no_new_privs. -E2BIG: sixteen are stacked already.
 */
int sys_landlock_enter(int rules_fd);

#endif
