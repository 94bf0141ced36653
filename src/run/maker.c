/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* maker.c - the process beside the sandbox that makes its network namespace. */
#include "run/maker.h"

#include <sched.h>
#include <signal.h>

#include "act/network.h"
#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"

static _Noreturn void make_network(pid_t init, int to_fd)
{
	struct wire wire = {.type = WIRE_NETWORK};
	int fd = -1;

	if (act_make_network(init, &fd, &wire.err) < 0)
		(void)wire_send(to_fd, &wire);
	else
		(void)wire_send_fd(to_fd, &wire, fd);
	sys_exit(0);
}

int maker_start(struct maker *maker, const struct plan *plan, pid_t init, int wire_fd, struct err *err)
{
	CLEANUP_FD int its_end = -1;
	int fds[2] = {-1, -1};
	int r;

	if ((plan->apart_flags & CLONE_NEWNET) == 0)
		return 0;
	r = sys_socketpair(fds);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.socketpair", -r,
			       "cannot make a socket for what makes the network namespace");
	maker->fd = fds[0];
	its_end = fds[1];
	maker->pid = sys_fork();
	if (maker->pid == 0) {
		/* First of all: init takes an end that is still open for a supervisor that is still there. */
		sys_close(wire_fd);
		make_network(init, its_end);
	}
	if (maker->pid < 0)
		return err_set(err, ERR_SYSTEM, "system.fork", -maker->pid,
			       "cannot start what makes the network namespace");
	return 0;
}

static void reap(struct maker *maker, int flags)
{
	siginfo_t info;

	if (maker->pid > 0)
		(void)sys_wait(P_PID, (id_t)maker->pid, &info, WEXITED | flags);
	maker->pid = 0;
	fd_close_ptr(&maker->fd);
}

int maker_take(struct maker *maker, struct wire *ret_wire)
{
	CLEANUP_FD int fd = -1;

	if (wire_receive_fd(maker->fd, ret_wire, &fd) != 1) {
		*ret_wire = (struct wire){.type = WIRE_NETWORK};
		err_set(&ret_wire->err, ERR_SYSTEM, "system.network-namespace", 0,
			"the process that makes the network namespace was ended");
	}
	reap(maker, 0);
	return fd_steal(&fd);
}

void maker_end(struct maker *maker, bool is_patient)
{
	if (maker->pid > 0)
		(void)sys_kill(maker->pid, SIGKILL);
	reap(maker, is_patient ? 0 : WNOHANG);
}
