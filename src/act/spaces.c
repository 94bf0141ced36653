/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* spaces.c - the namespaces of a sandbox, by descriptor. */
#include "act/spaces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/err.h"
#include "base/fd.h"
#include "sys/file.h"
#include "sys/process.h"

int act_open_spaces(uint32_t kinds, int ret_fds[SPACE_COUNT], struct err *err)
{
	char path[32];
	int count = 0;

	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		int fd;

		if ((kinds >> i & 1) == 0)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/self/ns/%s", space_table[i].file);
		fd = sys_open(AT_FDCWD, path, O_RDONLY, 0);
		if (fd < 0) {
			while (count > 0)
				sys_close(ret_fds[--count]);
			return err_set(err, ERR_SYSTEM, "system.namespaces", -fd,
				       "cannot open the %s namespace, for the supervisor",
				       space_table[i].name);
		}
		ret_fds[count++] = fd;
	}
	return count;
}

void act_spaces_init(struct spaces *spaces)
{
	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		spaces->fds[i] = -1;
		spaces->inodes[i] = 0;
	}
}

int act_take_spaces(struct spaces *spaces, uint32_t kinds, int *fds, unsigned long count)
{
	unsigned long next = 0;
	struct stat st;
	int r;

	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		if ((kinds >> i & 1) == 0)
			continue;
		if (next == count || spaces->fds[i] >= 0)
			return -EPROTO;
		spaces->fds[i] = fd_steal(&fds[next++]);
		r = sys_fstat(spaces->fds[i], &st);
		if (r < 0)
			return r;
		spaces->inodes[i] = st.st_ino;
	}
	return next == count ? 0 : -EPROTO;
}

void act_spaces_close(struct spaces *spaces)
{
	for (unsigned int i = 0; i < SPACE_COUNT; i++)
		fd_close_ptr(&spaces->fds[i]);
}

int act_enter_spaces(const struct spaces *spaces, struct err *err)
{
	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		int r = spaces->fds[i] < 0 ? 0 : sys_setns(spaces->fds[i], (int)space_table[i].flag);

		if (r < 0)
			return err_set(err, ERR_SYSTEM, "system.enter", -r, "cannot enter the %s namespace",
				       space_table[i].name);
	}
	return 0;
}

uint64_t act_user_space(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	return sys_stat(path, &st) < 0 ? 0 : st.st_ino;
}
