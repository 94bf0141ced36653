/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_spaces.c - namespaces by descriptor: opened, taken over, entered in the order that gives the
 * rights.
 */
#include "act/spaces.h"

#include <sched.h>
#include <unistd.h>

#include "act_fixture.h"

TestSuite(spaces, .init = act_setup, .fini = fix_teardown);

static struct spaces spaces;

static void prepare_all(void)
{
	for (int i = 0; i < SPACE_COUNT; i++)
		spaces.fds[i] = 50 + i;
}

static int enter(void)
{
	return act_enter_spaces(&spaces, &fix.err);
}

Test(spaces, the_user_namespace_is_entered_first)
{
	prepare_all();
	cr_assert_eq(enter(), 0, "%s", fix.err.msg);
	assert_trace(arena_printf(
		fix.arena,
		"setns 50 %#x\nsetns 51 %#x\nsetns 52 %#x\nsetns 53 %#x\nsetns 54 %#x\nsetns 55 %#x\n"
		"setns 56 %#x\nsetns 57 %#x\n",
		CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWNET,
		CLONE_NEWCGROUP, 0x80));
	each_call_fails(enter, prepare_all, NULL);
}

Test(spaces, what_is_the_hosts_is_not_entered)
{
	act_spaces_init(&spaces);
	cr_assert_eq(enter(), 0);
	assert_trace("");
	spaces.fds[SPACE_USER] = 50;
	spaces.fds[SPACE_UTS] = 54;
	cr_assert_eq(enter(), 0);
	assert_trace(arena_printf(fix.arena, "setns 50 %#x\nsetns 54 %#x\n", CLONE_NEWUSER, CLONE_NEWUTS));
}

Test(spaces, after_one_that_cannot_be_entered_no_other_is)
{
	prepare_all();
	fake_fail("setns 51", EPERM);
	cr_assert_eq(enter(), -1);
	cr_assert_str_eq(fix.err.id, "system.enter");
	cr_assert_not_null(strstr(fix.err.msg, "cannot enter the mount namespace"), "%s", fix.err.msg);
	cr_assert_eq(fake_find("setns 52"), 0U);
}

Test(spaces, those_that_are_wanted_are_opened_or_none)
{
	int fds[SPACE_COUNT];

	cr_assert_eq(act_open_spaces(1U << SPACE_USER | 1U << SPACE_NET, fds, &fix.err), 2);
	assert_trace("open cwd /proc/self/ns/user = #1\nopen cwd /proc/self/ns/net = #2\n");
	close(fds[0]);
	close(fds[1]);
	fake_reset();
	fake_fail("open cwd /proc/self/ns/net", EMFILE);
	cr_assert_eq(act_open_spaces(1U << SPACE_USER | 1U << SPACE_NET, fds, &fix.err), -1);
	cr_assert_str_eq(fix.err.id, "system.namespaces");
	cr_assert_gt(fake_find("close #1"), 0U);
}

Test(spaces, those_that_come_are_taken_over_once)
{
	int fds[] = {open("/dev/null", O_RDONLY | O_CLOEXEC), open("/dev/null", O_RDONLY | O_CLOEXEC)};
	int again = open("/dev/null", O_RDONLY | O_CLOEXEC);

	act_spaces_init(&spaces);
	cr_assert_eq(act_take_spaces(&spaces, 1U << SPACE_USER | 1U << SPACE_NET, fds, 2), 0);
	cr_assert_eq(fds[0], -1);
	cr_assert_geq(spaces.fds[SPACE_USER], 0);
	cr_assert_geq(spaces.fds[SPACE_NET], 0);
	cr_assert_neq(spaces.inodes[SPACE_NET], 0);
	cr_assert_eq(spaces.fds[SPACE_MOUNT], -1);
	/* What is there stays; what is not announced is not taken; what is announced must come. */
	cr_assert_eq(act_take_spaces(&spaces, 1U << SPACE_NET, &again, 1), -EPROTO);
	cr_assert_eq(act_take_spaces(&spaces, 0, &again, 1), -EPROTO);
	cr_assert_eq(act_take_spaces(&spaces, 1U << SPACE_UTS, NULL, 0), -EPROTO);
	cr_assert_geq(again, 0, "it is still the caller's");
	close(again);
	act_spaces_close(&spaces);
	cr_assert_eq(spaces.fds[SPACE_NET], -1);
}
