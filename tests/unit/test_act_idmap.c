/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_idmap.c - maps: who writes them, what is written, and that setgroups is denied before. */
#include "act/idmap.h"

#include <signal.h>
#include <sys/wait.h>

#include "act_fixture.h"

TestSuite(idmap, .init = act_setup, .fini = fix_teardown);

static int drop_root(void)
{
	return act_drop_root(&fix.plan.map, &fix.err);
}

Test(idmap, root_becomes_nobody_before_anything)
{
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = true;
	fix_build();
	cr_assert_eq(drop_root(), 0);
	assert_trace("become 65534 65534\n");
	each_call_fails(drop_root, NULL, NULL);
	cr_assert_str_eq(fix_where(), "default");
}

Test(idmap, others_stay_who_they_are)
{
	fix_build();
	cr_assert_eq(drop_root(), 0);
	assert_trace("");
}

static int child_side(void)
{
	if (act_open_memory(&fix.plan.map, &fix.err) < 0 || act_deny_setgroups(&fix.err) < 0)
		return -1;
	return act_write_maps(&fix.plan.map, &fix.err);
}

Test(idmap, setgroups_is_denied_before_the_maps_are_written)
{
	fix_set("identity.uid", "7");
	fix_build();
	cr_assert_eq(child_side(), 0);
	assert_trace("write_file cwd /proc/self/setgroups \"deny\"\n"
		     "write_file cwd /proc/self/uid_map \"7 1000 1\"\n"
		     "write_file cwd /proc/self/gid_map \"1000 1000 1\"\n");
	each_call_fails(child_side, NULL, NULL);
}

Test(idmap, a_root_caller_that_became_nobody_is_made_dumpable_for_it)
{
	/* Otherwise /proc/self belongs to the root that it is no more. */
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = true;
	fix_build();
	cr_assert_eq(child_side(), 0);
	assert_before("set_dumpable yes", "write_file cwd /proc/self/setgroups");
	each_call_fails(child_side, NULL, NULL);
}

static int close_memory(void)
{
	return act_close_memory(&fix.plan.map, &fix.err);
}

Test(idmap, and_undumpable_when_it_has_written)
{
	fix_build();
	cr_assert_eq(close_memory(), 0);
	cr_assert_eq(fake_count(), 0U, "an ordinary caller's child is hidden with its arguments");
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = true;
	fix_build();
	cr_assert_eq(close_memory(), 0);
	assert_trace("set_dumpable no\n");
	each_call_fails(close_memory, NULL, NULL);
}

Test(idmap, a_map_that_is_refused_says_what_was_written)
{
	fix_build();
	fake_fail("write_file cwd /proc/self/gid_map", EPERM);
	fix_assert_refused(child_side(), "host.map", "cannot write \"1000 1000 1\" to /proc/self/gid_map");
	cr_assert_eq(fix.err.kind, ERR_HOST);
	cr_assert_str_eq(fix_where(), "default");
}

static void plan_subids(void)
{
	fix.host.newuidmap = "/usr/bin/newuidmap";
	fix.host.newgidmap = "/usr/bin/newgidmap";
	*ARENA_PUSH(fix.arena, fix.host.subuids, fix.host.subuid_count) = (struct id_range){100000, 65536};
	*ARENA_PUSH(fix.arena, fix.host.subgids, fix.host.subgid_count) =
		(struct id_range){4294901760, 65535};
	fix_set("identity.map", "subids");
	fix_set("identity.uid", "5");
	fix_build();
}

static int helpers(void)
{
	return act_run_map_helpers(&fix.plan.map, 2147483647, &fix.err);
}

Test(idmap, helpers_are_run_one_after_the_other)
{
	plan_subids();
	cr_assert_eq(helpers(), 0);
	assert_trace("fork\nwait pid\nfork\nwait pid\n");
	each_call_fails(helpers, NULL, NULL);
}

Test(idmap, they_get_the_maps_no_environment_and_no_blocked_signals)
{
	plan_subids();
	fake_reset();
	fake_forks();
	/* The child's exec fails, so it exits with 127; what it tried is in the shared trace. */
	fix_assert_refused(helpers(), "host.map-helper", "/usr/bin/newuidmap failed with status 127");
	assert_before("child: set_mask 0",
		      "child: exec /usr/bin/newuidmap /usr/bin/newuidmap 2147483647 5 1000 1 "
		      "0 100000 5 6 100005 65531 (0 variables)");
	assert_before("child: exec", "child: exit 127");
	assert_before("fork", "wait pid");
}

Test(idmap, and_the_gid_map_its_own)
{
	struct plan_map map;

	plan_subids();
	/* Only the second helper, as if the first had worked. */
	map = fix.plan.map;
	map.newuidmap = map.newgidmap;
	map.uids = map.gids;
	map.uid_count = map.gid_count;
	fake_reset();
	fake_forks();
	cr_assert_eq(act_run_map_helpers(&map, 1, &fix.err), -1);
	cr_assert_not_null(
		strstr(fake_trace(),
		       "exec /usr/bin/newgidmap /usr/bin/newgidmap 1 0 1000 1 1 4294901760 65535 (0"),
		"%s", fake_trace());
}

Test(idmap, a_helper_that_fails_or_dies)
{
	static const struct {
		int code, status;
		const char *part;
	} cases[] = {{CLD_EXITED, 1, "/usr/bin/newuidmap failed with status 1"},
		     {CLD_KILLED, SIGKILL, "/usr/bin/newuidmap failed with signal 9"},
		     {CLD_DUMPED, SIGSEGV, "/usr/bin/newuidmap failed with signal 11"}};

	plan_subids();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_reset();
		fake_child_ends(cases[i].code, cases[i].status);
		fix_assert_refused(helpers(), "host.map-helper", cases[i].part);
		cr_assert_eq(fix.err.kind, ERR_HOST);
		cr_assert_str_eq(fix_where(), "identity.map=subids");
		cr_assert_eq(fake_find("fork"), 1U);
		assert_trace("fork\nwait pid\n");
	}
}
