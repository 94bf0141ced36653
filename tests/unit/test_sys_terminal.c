/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_terminal.c - terminals, and process groups. */
#include "sys/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "in_child.h"
#include "sys/process.h"

static int open_master(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	cr_assert_geq(master, 0);
	return master;
}

Test(terminal, both_ends)
{
	const struct winsize size = {.ws_row = 7, .ws_col = 33};
	struct winsize seen;
	struct termios modes;
	int pipe_fds[2];
	int master = open_master();
	int tty = sys_tty_peer(master);

	cr_assert_geq(tty, 0);
	cr_assert(fcntl(tty, F_GETFD) & FD_CLOEXEC);
	cr_assert(sys_is_terminal(tty));
	cr_assert_eq(sys_pipe(pipe_fds), 0);
	cr_assert_not(sys_is_terminal(pipe_fds[0]));
	cr_assert_not(sys_is_terminal(-1));
	/* Both are set from either end. */
	cr_assert_eq(sys_tty_set_size(master, &size), 0);
	cr_assert_eq(sys_tty_size(tty, &seen), 0);
	cr_assert_eq(seen.ws_col, 33);
	cr_assert_eq(sys_tty_modes(tty, &modes), 0);
	modes.c_lflag &= (tcflag_t)~ECHO;
	cr_assert_eq(sys_tty_set_modes(master, &modes), 0);
	cr_assert_eq(sys_tty_modes(tty, &modes), 0);
	cr_assert_eq(modes.c_lflag & ECHO, 0U);
	cr_assert_eq(sys_tty_modes(pipe_fds[0], &modes), -ENOTTY);
	cr_assert_eq(sys_tty_set_modes(-1, &modes), -EBADF);
	cr_assert_eq(sys_tty_size(pipe_fds[0], &seen), -ENOTTY);
	cr_assert_eq(sys_tty_set_size(pipe_fds[0], &seen), -ENOTTY);
	cr_assert_eq(sys_tty_peer(pipe_fds[0]), -ENOTTY);
}

Test(terminal, it_controls_the_session_that_takes_it)
{
	int master = open_master();
	int tty = sys_tty_peer(master);
	siginfo_t info;
	pid_t child;

	/* Not ours. */
	cr_assert_eq(sys_tty_group(tty), -ENOTTY);
	child = sys_fork();
	if (child == 0) {
		if (sys_new_session() < 0 || sys_tty_take(tty) < 0 || sys_tty_group(tty) != getpid())
			sys_exit(1);
		if (sys_process_group() != getpid() || sys_tty_set_group(tty, getpid()) < 0)
			sys_exit(2);
		/* One that leads a session has its group for good. */
		if (sys_new_process_group() != -EPERM || sys_tty_set_group(tty, 1) != -EPERM)
			sys_exit(3);
		sys_exit(0);
	}
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_status, 0);
	cr_assert_eq(sys_tty_set_group(tty, getpid()), -ENOTTY);
	cr_assert_eq(sys_tty_take(-1), -EBADF);
}

Test(terminal, a_process_group_and_a_descriptor)
{
	siginfo_t info;
	pid_t child = sys_fork();
	int fd;

	if (child == 0)
		sys_exit(sys_new_process_group() == 0 && sys_process_group() == getpid() ? 0 : 1);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_status, 0);
	fd = sys_dup_above(2);
	cr_assert_gt(fd, 2);
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(sys_dup_above(-1), -EBADF);
}
