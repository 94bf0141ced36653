/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* network.c - the network of the sandbox. */
#include "act/network.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include "act/probe.h"
#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/net.h"
#include "sys/process.h"

static int bring_loopback_up(struct err *err)
{
	int r = sys_interface_up("lo");

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.loopback", -r, "cannot bring loopback up");
	return 0;
}

int act_make_network(pid_t init, int *ret_fd, struct err *err)
{
	CLEANUP_FD int process_fd = sys_pidfd(init);
	int r = process_fd < 0 ? process_fd : sys_setns(process_fd, CLONE_NEWUSER);

	/* Not earlier: the kernel takes it back from whoever gains capabilities. */
	if (r >= 0)
		r = sys_set_parent_death_signal(SIGKILL);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.network-namespace", -r,
			       "cannot enter the sandbox's user namespace, to make its network");
	r = sys_unshare(CLONE_NEWNET);
	if (r < 0)
		return act_explain_clone(-r, err);
	if (bring_loopback_up(err) < 0)
		return -1;
	*ret_fd = sys_open(AT_FDCWD, "/proc/self/ns/net", O_RDONLY, 0);
	if (*ret_fd < 0)
		return err_set(err, ERR_SYSTEM, "system.network-namespace", -*ret_fd,
			       "cannot open the network namespace");
	return 0;
}

int act_set_network(const struct plan *plan, int fd, struct err *err)
{
	int r;

	if (fd < 0)
		return plan->has_loopback ? bring_loopback_up(err) : 0;
	r = sys_setns(fd, CLONE_NEWNET);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.network-namespace", -r,
			       "cannot enter the network namespace");
	return 0;
}
