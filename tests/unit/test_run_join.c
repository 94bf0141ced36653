/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_join.c - the clone into another sandbox's namespaces: by a helper that is gone then, whatever
 * becomes of it. */
#include "run/join.h"

#include <errno.h>
#include <sched.h>

#include "act_fixture.h"

TestSuite(join, .init = act_setup, .fini = fix_teardown);

static int wire_fd;

static void fits(void)
{
	fake_forks();
	fake_file("/proc/self/uid_map", "1000 1000 1\n");
	fake_file("/proc/self/gid_map", "1000 1000 1\n");
	fake_file("/proc/self/setgroups", "deny\n");
	fake_file("/proc/sys/user/max_user_namespaces", "0\n");
}

static void build(const char *net)
{
	fix_set("network.mode", net);
	fix_build();
	fake_reset();
	fits();
}

/* The pid, or -1. */
static pid_t clone_it(void)
{
	struct spaces spaces;

	act_spaces_init(&spaces);
	wire_fd = -1;
	return join_clone(&fix.plan, &spaces, -1, &wire_fd, &fix.err);
}

static int works(void)
{
	return clone_it() < 0 ? -1 : 0;
}

Test(join, the_clone_is_a_helpers_and_has_no_new_user_namespace)
{
	char clone[64];

	build("join:web");
	cr_assert_eq(fix.plan.clone_flags & (CLONE_NEWUSER | CLONE_NEWNET), 0U);
	cr_assert_eq(fix.plan.apart_flags, 0U);
	cr_assert_gt(clone_it(), 0, "%s", fix.err.msg);
	(void)snprintf(clone, sizeof(clone), "child: clone_sibling %#llx",
		       (unsigned long long)fix.plan.clone_flags);
	assert_before("fork", "child: setns -1 0x10000000");
	assert_before("child: setns -1 0x40000000", clone);
	assert_before("child: exit 0", "wait pid");
}

Test(join, each_failure_of_the_helper_is_told)
{
	/* The death signal of the helper is waited for in any case: the answer is in memory by then. */
	static const struct tolerated tolerated[] = {{"wait pid", 0}, {NULL, 0}};

	build("join:web");
	each_call_fails(works, fits, tolerated);
	fake_reset();
	fits();
	fake_fail("child: clone_sibling", EAGAIN);
	fix_assert_refused(works(), "host.clone", "cannot make the namespaces");
}

Test(join, a_helper_that_is_killed_is_an_error)
{
	build("join:web");
	fake_reset(); /* it forks nothing: nobody says anything */
	cr_assert_eq(works(), -1);
	cr_assert_str_eq(fix.err.id, "system.join");
	cr_assert_str_eq(fix.err.msg, "the process that joins was ended");
}

static int open_it(void)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct spaces spaces;
	int r = join_open(arena, &fix.plan, &spaces, &fix.err);

	act_spaces_close(&spaces);
	return r;
}

Test(join, without_a_namespace_to_join_nothing_is_done)
{
	build("none");
	cr_assert_eq(open_it(), 0);
	assert_trace("");
}

Test(join, a_name_that_nobody_has_is_told_with_who_asked)
{
	build("join:web");
	fake_knows_all();
	fix_assert_refused(open_it(), "usage.unknown-name", "there is no sandbox called web");
	cr_assert_str_eq(fix_where(), "network.mode=join:web");
}

Test(join, a_path_is_opened_without_asking_anybody)
{
	build("join:/proc/7/ns/net");
	cr_assert_eq(open_it(), -1);
	cr_assert_eq(fake_find("open cwd /proc/7/ns/net nonblock"), 1U);
	cr_assert_eq(fake_find("connect"), 0U);
}
