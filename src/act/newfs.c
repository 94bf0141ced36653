/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* newfs.c - file systems that are made for the sandbox. */
#include "act/newfs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mount.h>

#include "base/fd.h"
#include "sys/file.h"
#include "sys/mount.h"

int act_make_fs(const char *type, const struct fs_parameter *parameters, uint64_t attr)
{
	CLEANUP_FD int fs_fd = sys_fs_open(type);

	if (fs_fd < 0)
		return fs_fd;
	for (; parameters->key != NULL; parameters++) {
		int r = parameters->value != NULL ? sys_fs_set(fs_fd, parameters->key, parameters->value)
						  : sys_fs_set_flag(fs_fd, parameters->key);

		if (r < 0)
			return r;
	}
	return sys_fs_mount(fs_fd, attr);
}

int act_make_tmpfs(uint64_t size, uint64_t inodes, mode_t mode, uint64_t attr)
{
	char size_text[24];
	char inodes_text[24];
	char mode_text[8];
	const struct fs_parameter parameters[] = {
		{"size", size_text}, {"nr_inodes", inodes_text}, {"mode", mode_text}, {NULL, NULL}};

	(void)snprintf(size_text, sizeof(size_text), "%" PRIu64, size);
	(void)snprintf(inodes_text, sizeof(inodes_text), "%" PRIu64, inodes);
	(void)snprintf(mode_text, sizeof(mode_text), "%o", mode & 07777);
	return act_make_fs("tmpfs", parameters, attr);
}

int act_make_devpts(uint64_t attr)
{
	static const struct fs_parameter parameters[] = {
		{"ptmxmode", "0666"}, {"mode", "0620"}, {NULL, NULL}};

	return act_make_fs("devpts", parameters, attr);
}

int act_scratch_open(uint64_t size, uint64_t inodes)
{
	const uint64_t attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	CLEANUP_FD int fd = act_make_tmpfs(size, inodes, 0700, attr);
	int r = fd < 0 ? fd : sys_attach_tree(fd, AT_FDCWD, "/");

	if (r == 0)
		r = sys_fchdir(fd);
	return r < 0 ? r : fd_steal(&fd);
}

int act_scratch_close(int scratch_fd)
{
	int r = sys_fchdir(scratch_fd);

	/* Of what is stacked on the current directory the topmost is taken, which is the scratch itself. */
	return r < 0 ? r : sys_detach_here();
}
