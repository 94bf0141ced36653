/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* terminal.c - terminals, and process groups. */
#include "sys/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

bool sys_is_terminal(int fd)
{
	return isatty(fd) == 1;
}

int sys_tty_modes(int fd, struct termios *ret_modes)
{
	return result(tcgetattr(fd, ret_modes));
}

int sys_tty_set_modes(int fd, const struct termios *modes)
{
	int r;

	do {
		r = result(tcsetattr(fd, TCSADRAIN, modes));
	} while (r == -EINTR);
	return r;
}

int sys_tty_size(int fd, struct winsize *ret_size)
{
	return result(ioctl(fd, TIOCGWINSZ, ret_size));
}

int sys_tty_set_size(int fd, const struct winsize *size)
{
	return result(ioctl(fd, TIOCSWINSZ, size));
}

int sys_tty_peer(int master)
{
	const int unlocked = 0;
	int r = result(ioctl(master, TIOCSPTLCK, &unlocked));

	return r < 0 ? r : result(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
}

int sys_tty_take(int fd)
{
	return result(ioctl(fd, TIOCSCTTY, 0));
}

pid_t sys_tty_group(int fd)
{
	return result(tcgetpgrp(fd));
}

int sys_tty_set_group(int fd, pid_t group)
{
	return result(tcsetpgrp(fd, group));
}

int sys_new_process_group(void)
{
	return result(setpgid(0, 0));
}

pid_t sys_process_group(void)
{
	return getpgrp();
}

int sys_dup_above(int fd)
{
	return result(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}
