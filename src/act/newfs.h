/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * newfs.h - file systems that are made for the sandbox.
 *
 * Every function returns a detached mount, CLOEXEC and the caller's to close, or -errno.
 */
#ifndef PINFOLD_ACT_NEWFS_H
#define PINFOLD_ACT_NEWFS_H

#include <stdint.h>
#include <sys/types.h>

/* One parameter of fsconfig(2); value NULL: a flag; key NULL ends a list of them. */
struct fs_parameter {
	const char *key;
	const char *value;
};

/* attr: MOUNT_ATTR_* bits of the mount. */
int act_make_fs(const char *type, const struct fs_parameter *parameters, uint64_t attr);

/* A tmpfs that holds so many bytes and inodes, with the mode of its root directory. */
int act_make_tmpfs(uint64_t size, uint64_t inodes, mode_t mode, uint64_t attr);

/* A devpts, which is an instance of its own (4.7): its terminals are in no other, nor are others in it. */
int act_make_devpts(uint64_t attr);

/*
 * A tmpfs to work in while the root is built, stacked on all that is on "/" and made the current directory,
 * so that relative paths are below it. act_scratch_close takes the one away that is the current directory;
 * what was cloned from it or mounted with it stays.
 */
int act_scratch_open(uint64_t size, uint64_t inodes);
int act_scratch_close(int scratch_fd);

#endif
