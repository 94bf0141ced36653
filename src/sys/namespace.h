/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * namespace.h - what a descriptor of a namespace can be asked (ioctl_nsfs(2)).
 *
 * Every function returns >= 0, or -errno; -ENOTTY: it is none. Descriptors are CLOEXEC and the caller's to
 * close.
 */
#ifndef PINFOLD_SYS_NAMESPACE_H
#define PINFOLD_SYS_NAMESPACE_H

#include <stdint.h>

/* Its kind: *ret_type is one CLONE_NEW*. NS_GET_NSTYPE, 4.11. */
int sys_ns_type(int fd, uint64_t *ret_type);

/*
 * A descriptor of the user namespace that it belongs to, and whose rights count in it; or of the one that a
 * user namespace was made in. -EPERM: that is neither the caller's own nor below it. NS_GET_USERNS,
 * NS_GET_PARENT, 4.9.
 */
int sys_ns_owner(int fd);
int sys_ns_parent(int fd);

#endif
