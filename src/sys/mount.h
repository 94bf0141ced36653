/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mount.h - the mount calls, all by descriptor. Kernel 5.12 has every one of them.
 *
 * Every function returns >= 0, or -errno. Descriptors are CLOEXEC and the caller's to close.
 */
#ifndef PINFOLD_SYS_MOUNT_H
#define PINFOLD_SYS_MOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* Clones the mounts at and below an O_PATH descriptor into a detached tree. open_tree(2), 5.2. */
int sys_clone_tree(int fd);

/* Clones the mounts at and below dirfd/path, following no final symlink. open_tree(2), 5.2. */
int sys_clone_tree_at(int dirfd, const char *path);

/* Attaches a detached tree at dirfd/path, following no final symlink. move_mount(2), 5.2. */
int sys_attach_tree(int tree_fd, int dirfd, const char *path);

/* Attaches a detached tree on what an O_PATH descriptor is open on. move_mount(2), 5.2. */
int sys_attach_tree_on(int tree_fd, int point_fd);

/*
 * Sets MOUNT_ATTR_* bits on the mount at fd, and with `recursive` on all below it: all or none, so
 * no moment exists in which a part is still writable. mount_setattr(2), 5.12.
 */
int sys_mount_set(int fd, bool recursive, uint64_t attr_set);

/* Makes every mount below "/" private: no event crosses to or from the host. 5.12. */
int sys_mount_make_private(void);

/*
 * Of the MOUNT_ATTR_* of the mount that fd is on, those that forbid something that an overlay of it would
 * allow: NOEXEC and NOSYMFOLLOW (5.10). fstatvfs(3).
 */
int sys_mount_limits(int fd, uint64_t *ret_attr);

/* A new file system's context, its parameters, and its detached mount. fsopen(2)..., 5.2. */
int sys_fs_open(const char *type);
int sys_fs_set(int fs_fd, const char *key, const char *value);
int sys_fs_set_flag(int fs_fd, const char *key);
int sys_fs_mount(int fs_fd, uint64_t attr);

/* pivot_root(".", "."): the current directory becomes the root, the old root is stacked on it. */
int sys_pivot_root_here(void);

/* umount2(".", MNT_DETACH): drops what is stacked on the current directory. */
int sys_detach_here(void);

#endif
