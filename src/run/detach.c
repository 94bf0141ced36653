/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* detach.c - a supervisor that goes on in the background. */
#include "run/detach.h"

#include <fcntl.h>

#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/terminal.h"

/* Where the program writes. As the caller, whose directory it is relative to. */
static int open_log(const char *log, struct err *err)
{
	CLEANUP_FD int fd = sys_open(AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY, 0600);

	if (fd < 0) {
		err_set(err, ERR_USAGE, "usage.log", -fd, "cannot write to %s", log);
		return err_origin(err, "--log");
	}
	/* With nobody between the two the program could type into it, and change its modes. */
	if (sys_is_terminal(fd)) {
		err_set(err, ERR_USAGE, "usage.log", 0, "%s is a terminal", log);
		err_hint(err, "what is written in the background goes to a file, or nowhere");
		return err_origin(err, "--log");
	}
	return fd_steal(&fd);
}

/* The terminal and the descriptors of whoever started it are not kept from him; nor the directory, later. */
static int leave_caller(int log_fd)
{
	CLEANUP_FD int null_fd = sys_open(AT_FDCWD, "/dev/null", O_RDWR, 0);
	const int out_fd = log_fd >= 0 ? log_fd : null_fd;
	int r = null_fd < 0 ? null_fd : sys_new_session();

	if (r >= 0)
		r = sys_dup_over(null_fd, 0);
	if (r >= 0)
		r = sys_dup_over(out_fd, 1);
	return r < 0 ? r : sys_dup_over(out_fd, 2);
}

static int fail(struct err *err, int r)
{
	return err_set(err, ERR_SYSTEM, "system.detach", -r, "cannot go on in the background");
}

int detach(const struct plan_entry *entry, struct detached *ret, struct err *err)
{
	CLEANUP_FD int log_fd = -1;
	int fds[2];
	/* First, or one of ours would be in the place of what is set here. */
	int r = sys_reserve_stdio();
	pid_t child;

	*ret = (struct detached){.ready_fd = -1};
	if (r < 0)
		return fail(err, r);
	if (entry->log != NULL && (log_fd = open_log(entry->log, err)) < 0)
		return -1;
	r = sys_socketpair(fds);
	if (r < 0)
		return fail(err, r);
	child = sys_fork();
	ret->is_background = child == 0;
	ret->ready_fd = fds[ret->is_background ? 1 : 0];
	sys_close(fds[ret->is_background ? 0 : 1]);
	if (child == 0 && (r = leave_caller(log_fd)) < 0) {
		struct err reason;

		(void)fail(&reason, r);
		(void)sys_send(ret->ready_fd, &reason, sizeof(reason));
		sys_exit(125);
	}
	if (child >= 0)
		return 0;
	fd_close_ptr(&ret->ready_fd);
	return fail(err, child);
}

int detach_await(struct detached *detached, struct err *err)
{
	CLEANUP_FD int fd = fd_steal(&detached->ready_fd);

	if (sys_recv(fd, err, sizeof(*err)) == (int)sizeof(*err))
		return err->kind == ERR_NONE ? 0 : -1;
	return err_set(err, ERR_SYSTEM, "system.detach", 0,
		       "the supervisor in the background was killed before the program ran");
}
