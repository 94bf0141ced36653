/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_limits.c - limits are set as planned, each failure is one; the caller's are asked for. */
#include "act/limits.h"

#include <sys/resource.h>

#include "act_fixture.h"

TestSuite(act_limits, .init = act_setup, .fini = fix_teardown);

static int set_limits(void)
{
	return act_set_limits(&fix.plan, &fix.err);
}

Test(act_limits, only_core_dumps_unless_something_was_asked_for)
{
	fix_build();
	cr_assert_eq(set_limits(), 0);
	assert_trace(arena_printf(fix.arena, "set_rlimit %d 1 1\n", RLIMIT_CORE));
	each_call_fails(set_limits, NULL, NULL);
	fake_reset();
	fake_fail("set_rlimit", EPERM);
	cr_assert_eq(set_limits(), -1);
	cr_assert_str_eq(fix.err.id, "system.limits");
	cr_assert_str_eq(fix.err.msg, "cannot set the limit core: Operation not permitted");
}

Test(act_limits, processors_and_niceness_first)
{
	fix_set("limits.cpuset", "0-3");
	fix_set("limits.nice", "4");
	fix_set("limits.pids", "9");
	fix_set("limits.cpu-time", "5s");
	fix_build();
	cr_assert_eq(set_limits(), 0);
	assert_trace(arena_printf(fix.arena,
				  "set_affinity 0xf 128\n"
				  "be_nicer 4\n"
				  "set_rlimit %d 10 10\n"
				  "set_rlimit %d 1 1\n"
				  "set_rlimit %d 6 7\n"
				  "set_rlimit %d 0 0\n",
				  RLIMIT_NPROC, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_NICE));
	each_call_fails(set_limits, NULL, NULL);
}

Test(act_limits, a_failure_names_its_line)
{
	fix_set("limits.cpuset", "9");
	fix_set("limits.nice", "4");
	fix_set("limits.stack", "1M");
	fix_build();
	fake_fail(arena_printf(fix.arena, "set_rlimit %d", RLIMIT_CORE), EPERM);
	cr_assert_eq(set_limits(), -1);
	cr_assert_str_eq(fix.err.origin, "", "a default has none");
	fake_reset();
	fake_fail(arena_printf(fix.arena, "set_rlimit %d", RLIMIT_STACK), EPERM);
	cr_assert_eq(set_limits(), -1);
	cr_assert_str_eq(fix.err.origin, "limits.stack=1M");
	fake_reset();
	fake_fail("be_nicer", EPERM);
	cr_assert_eq(set_limits(), -1);
	cr_assert_str_eq(fix.err.origin, "limits.nice=4");
	fake_reset();
	fake_fail("set_affinity", EINVAL);
	fix_assert_refused(set_limits(), "config.cpuset", "none of its processors is there for you");
	cr_assert_str_eq(fix.err.origin, "limits.cpuset=9");
}

static int probe(void)
{
	fix.host.limit_count = 0;
	return act_probe_limits(fix.arena, &fix.host, &fix.err);
}

Test(act_limits, the_callers_finite_hard_limits_are_facts)
{
	fake_hard_limit(RLIMIT_NOFILE, 1024);
	fake_hard_limit(RLIMIT_CORE, 0);
	cr_assert_eq(probe(), 0);
	cr_assert_eq(fix.host.limit_count, 2U);
	cr_assert_eq(host_hard_limit(&fix.host, RLIMIT_NOFILE), 1024U);
	cr_assert_eq(host_hard_limit(&fix.host, RLIMIT_CORE), 0U);
	cr_assert_eq(host_hard_limit(&fix.host, RLIMIT_AS), UINT64_MAX);
	each_call_fails(probe, NULL, NULL);
}
