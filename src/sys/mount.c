/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mount.c - the mount calls, all by descriptor. */
#include "sys/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The flags of Linux 5.12 that older C library headers lack. */
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_clone_tree(int fd)
{
	return result(syscall(SYS_open_tree, fd, "",
			      AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

int sys_clone_tree_at(int dirfd, const char *path)
{
	return result(syscall(SYS_open_tree, dirfd, path,
			      AT_SYMLINK_NOFOLLOW | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
}

int sys_attach_tree(int tree_fd, int dirfd, const char *path)
{
	return result(syscall(SYS_move_mount, tree_fd, "", dirfd, path, MOVE_MOUNT_F_EMPTY_PATH));
}

int sys_attach_tree_on(int tree_fd, int point_fd)
{
	return result(syscall(SYS_move_mount, tree_fd, "", point_fd, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

static int set_attr(int fd, const char *path, unsigned int flags, struct mount_attr attr)
{
	return result(syscall(SYS_mount_setattr, fd, path, flags, &attr, sizeof(attr)));
}

int sys_mount_set(int fd, bool recursive, uint64_t attr_set)
{
	return set_attr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0U),
			(struct mount_attr){.attr_set = attr_set});
}

int sys_mount_make_private(void)
{
	return set_attr(AT_FDCWD, "/", AT_RECURSIVE, (struct mount_attr){.propagation = MS_PRIVATE});
}

int sys_mount_limits(int fd, uint64_t *ret_attr)
{
	enum { NO_SYMLINKS = 0x2000 }; /* ST_NOSYMFOLLOW, which glibc lacks */
	struct statvfs st;

	*ret_attr = 0;
	if (fstatvfs(fd, &st) < 0)
		return -errno;
	if ((st.f_flag & ST_NOEXEC) != 0)
		*ret_attr |= MOUNT_ATTR_NOEXEC;
	if ((st.f_flag & NO_SYMLINKS) != 0)
		*ret_attr |= MOUNT_ATTR_NOSYMFOLLOW;
	return 0;
}

int sys_fs_open(const char *type)
{
	return result(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}

int sys_fs_set(int fs_fd, const char *key, const char *value)
{
	return result(syscall(SYS_fsconfig, fs_fd, FSCONFIG_SET_STRING, key, value, 0));
}

int sys_fs_set_flag(int fs_fd, const char *key)
{
	return result(syscall(SYS_fsconfig, fs_fd, FSCONFIG_SET_FLAG, key, NULL, 0));
}

int sys_fs_mount(int fs_fd, uint64_t attr)
{
	int r = result(syscall(SYS_fsconfig, fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));

	if (r < 0)
		return r;
	return result(syscall(SYS_fsmount, fs_fd, FSMOUNT_CLOEXEC, (unsigned int)attr));
}

int sys_pivot_root_here(void)
{
	return result(syscall(SYS_pivot_root, ".", "."));
}

int sys_detach_here(void)
{
	return result(umount2(".", MNT_DETACH));
}
