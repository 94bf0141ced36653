/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_network.c - the sandbox's network: made by a process beside it, or by the clone. */
#include "act/network.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

#include "act_fixture.h"
#include "base/fd.h"

TestSuite(network, .init = act_setup, .fini = fix_teardown);

static int fd_of_ours = -1;

static int enter(void)
{
	return act_set_network(&fix.plan, fd_of_ours, &fix.err);
}

Test(network, what_was_made_apart_is_entered)
{
	fix_build();
	cr_assert_eq(fix.plan.apart_flags, (uint64_t)CLONE_NEWNET);
	cr_assert_eq(fix.plan.clone_flags & CLONE_NEWNET, 0U);
	fd_of_ours = 77;
	cr_assert_eq(enter(), 0);
	assert_trace("setns 77 0x40000000\n");
	each_call_fails(enter, NULL, NULL);
	fake_reset();
	fake_fail("setns", EPERM);
	cr_assert_eq(enter(), -1);
	cr_assert_str_eq(fix.err.id, "system.network-namespace");
	cr_assert_not_null(strstr(fix.err.msg, "cannot enter the network namespace"));
}

Test(network, loopback_of_what_the_clone_made_goes_up)
{
	fix_build();
	fd_of_ours = -1;
	cr_assert_eq(enter(), 0);
	assert_trace("interface_up lo\n");
	each_call_fails(enter, NULL, NULL);
}

Test(network, nothing_is_done_to_the_hosts)
{
	fix_set("network.mode", "host");
	fix_build();
	fd_of_ours = -1;
	cr_assert_eq(enter(), 0);
	assert_trace("");
	cr_assert_eq(fix.plan.apart_flags, 0U);
}

Test(network, a_root_callers_is_made_by_the_clone)
{
	fix.host.is_root = true;
	fix.host.uid = 0;
	fix.host.gid = 0;
	fix_build();
	cr_assert(fix.plan.map.drops_root);
	cr_assert_eq(fix.plan.apart_flags, 0U);
	cr_assert_eq(fix.plan.clone_flags & CLONE_NEWNET, (uint64_t)CLONE_NEWNET);
}

static int make(void)
{
	CLEANUP_FD int fd = -1;

	return act_make_network(4242, &fd, &fix.err);
}

Test(network, it_is_made_by_who_entered_the_user_namespace)
{
	cr_assert_eq(make(), 0);
	assert_trace("pidfd child = #1\n"
		     "setns #1 0x10000000\n"
		     "set_parent_death_signal 9\n"
		     "unshare 0x40000000\n"
		     "interface_up lo\n"
		     "open cwd /proc/self/ns/net = #2\n");
	each_call_fails(make, NULL, NULL);
}

Test(network, a_limit_on_networks_is_told_as_one)
{
	fake_fail("unshare", ENOSPC);
	fix_assert_refused(make(), "host.clone", "cannot make the namespaces");
	cr_assert_str_eq(fix.err.hint, "a limit in /proc/sys/user is reached: see namespaces(7)");
}
