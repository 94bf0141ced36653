/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tty.c - the program's terminal, and its process group. */
#include "act/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

#include "act/newfs.h"
#include "act/root.h"
#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/terminal.h"

static int fail(int r, struct err *err)
{
	err_set(err, ERR_SYSTEM, "system.terminal", -r, "cannot make a terminal for the program");
	if (r == -ENOSPC)
		return err_hint(err, "there are as many terminals as the kernel allows: see "
				     "/proc/sys/kernel/pty/max, or use terminal.mode = none");
	return -1;
}

/*
 * Both ends, by descriptors alone: whatever stands at /dev/pts in the root by now, it is not looked at.
 * Without devices an instance that is mounted nowhere does; its terminals then have no name.
 */
static int open_ends(const struct root *root, int *ret_tty, int *ret_master)
{
	const uint64_t attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	CLEANUP_FD int detached_fd = root->pts_fd < 0 ? act_make_devpts(attr) : -1;
	CLEANUP_FD int master = -1;
	int r;

	if (root->pts_fd < 0 && detached_fd < 0)
		return detached_fd;
	master = sys_open(root->pts_fd < 0 ? detached_fd : root->pts_fd, "ptmx",
			  O_RDWR | O_NOCTTY | O_NONBLOCK, 0);
	if (master < 0)
		return master;
	r = sys_tty_peer(master);
	if (r < 0)
		return r;
	*ret_tty = r;
	*ret_master = fd_steal(&master);
	return 0;
}

int act_make_tty(const struct plan_terminal *plan, const struct tty_look *look, const struct root *root,
		 int *ret_tty, int *ret_master, struct err *err)
{
	CLEANUP_FD int tty = -1;
	CLEANUP_FD int master = -1;
	int r = open_ends(root, &tty, &master);

	if (r == 0 && look->has_modes)
		r = sys_tty_set_modes(tty, &look->modes);
	if (r == 0)
		r = sys_tty_set_size(tty, &look->size);
	if (r >= 0)
		r = sys_tty_take(tty);
	for (int fd = 0; fd <= 2 && r >= 0; fd++) {
		if ((plan->replaced >> fd & 1) != 0)
			r = sys_dup_over(tty, fd);
	}
	if (r < 0)
		return fail(r, err);
	*ret_tty = fd_steal(&tty);
	*ret_master = fd_steal(&master);
	return 0;
}

int act_make_stream(int fd, int *ret_other, struct err *err)
{
	int ends[2];
	int r = sys_pipe(ends);
	CLEANUP_FD int ours = r < 0 ? -1 : ends[fd == 0 ? 1 : 0];
	CLEANUP_FD int theirs = r < 0 ? -1 : ends[fd == 0 ? 0 : 1];

	if (r >= 0)
		r = sys_dup_over(theirs, fd);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pipe", -r, "cannot make a pipe");
	*ret_other = fd_steal(&ours);
	return 0;
}

int act_make_group(const struct tty_look *look, int tty_fd, struct err *err)
{
	int r = sys_new_process_group();

	if (r >= 0 && look->is_foreground)
		r = sys_tty_set_group(tty_fd, sys_process_group());
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.group", -r,
			       "cannot give the program a process group");
	return 0;
}
