/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_limits.c - what the program may use up: rlimits, clamped; times; what cannot be kept is refused.
 */
#include <linux/capability.h>
#include <signal.h>
#include <sys/resource.h>

#include "plan/units.h"
#include "plan_fixture.h"

TestSuite(limits, .init = fix_setup, .fini = fix_teardown);

static const struct plan_rlimit *rlimit_of(int resource)
{
	static const struct plan_rlimit none = {.resource = -1};

	for (size_t i = 0; i < fix.plan.limits.rlimit_count; i++) {
		if (fix.plan.limits.rlimits[i].resource == resource)
			return &fix.plan.limits.rlimits[i];
	}
	return &none;
}

static void assert_rlimit(int resource, uint64_t soft, uint64_t hard)
{
	const struct plan_rlimit *limit = rlimit_of(resource);

	cr_assert_eq(limit->resource, resource, "%d is not limited", resource);
	cr_assert_eq(limit->soft, soft, "%d: %lu", resource, (unsigned long)limit->soft);
	cr_assert_eq(limit->hard, hard, "%d: %lu", resource, (unsigned long)limit->hard);
}

static void caller_may(int resource, uint64_t hard)
{
	struct host_limit *limit = arena_alloc(fix.arena, sizeof(*limit));

	*limit = (struct host_limit){resource, hard};
	fix.host.limits = limit;
	fix.host.limit_count = 1;
}

Test(limits, nothing_is_limited_but_core_dumps)
{
	fix_build();
	cr_assert_eq(fix.plan.limits.rlimit_count, 1U);
	/* 1 and not 0: only that keeps a helper of core_pattern from being started. */
	assert_rlimit(RLIMIT_CORE, 1, 1);
	cr_assert_eq(fix.plan.limits.wall_ns, 0U);
	cr_assert_eq(fix.plan.limits.cpu_ns, 0U);
	cr_assert_null(fix.plan.limits.cpus);
	cr_assert_eq(fix.plan.limits.nice, 0);
	cr_assert_eq(fix.plan.filter.word_count, 0U);
}

Test(limits, each_key_is_its_resource)
{
	fix_set("limits.pids", "10");
	fix_set("limits.open-files", "20");
	fix_set("limits.file-size", "30K");
	fix_set("limits.core", "40K");
	fix_set("limits.stack", "50K");
	fix_set("limits.data", "60K");
	fix_set("limits.address-space", "70K");
	fix_build();
	cr_assert_eq(fix.plan.limits.rlimit_count, 7U);
	assert_rlimit(RLIMIT_NPROC, 11, 11); /* process 1 is not the program's */
	assert_rlimit(RLIMIT_NOFILE, 20, 20);
	assert_rlimit(RLIMIT_FSIZE, 30 << 10, 30 << 10);
	assert_rlimit(RLIMIT_CORE, 40 << 10, 40 << 10);
	assert_rlimit(RLIMIT_STACK, 50 << 10, 50 << 10);
	assert_rlimit(RLIMIT_DATA, 60 << 10, 60 << 10);
	assert_rlimit(RLIMIT_AS, 70 << 10, 70 << 10);
}

Test(limits, none_is_above_what_the_caller_may_have)
{
	fix_set("limits.open-files", "4096");
	caller_may(RLIMIT_NOFILE, 1024);
	fix_build();
	assert_rlimit(RLIMIT_NOFILE, 1024, 1024);
	cr_assert(rlimit_of(RLIMIT_NOFILE)->is_clamped);
	cr_assert_eq(rlimit_of(RLIMIT_NOFILE)->asked, 4096U);
	caller_may(RLIMIT_NOFILE, 4096);
	fix_build();
	assert_rlimit(RLIMIT_NOFILE, 4096, 4096);
	cr_assert_not(rlimit_of(RLIMIT_NOFILE)->is_clamped);
	caller_may(RLIMIT_CORE, 0);
	fix_build();
	assert_rlimit(RLIMIT_CORE, 0, 0);
}

Test(limits, behind_the_whole_processor_time_stands_one_of_each_process)
{
	fix_set("limits.cpu-time", "2s");
	fix_build();
	cr_assert_eq(fix.plan.limits.cpu_ns, 2000000000U);
	assert_rlimit(RLIMIT_CPU, 3, 4);
	fix_set("limits.cpu-time", "2001ms");
	fix_build();
	assert_rlimit(RLIMIT_CPU, 4, 5);
	fix_set("limits.cpu-time", "1ms");
	caller_may(RLIMIT_CPU, 1);
	fix_build();
	assert_rlimit(RLIMIT_CPU, 1, 1);
}

Test(limits, the_stop_signals_are_those_of_their_words)
{
	static const struct {
		const char *word;
		int sig;
	} rows[] = {{"TERM", SIGTERM}, {"INT", SIGINT},	  {"HUP", SIGHUP},   {"QUIT", SIGQUIT},
		    {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"ABRT", SIGABRT}, {"KILL", SIGKILL}};

	fix_build();
	cr_assert_eq(fix.plan.limits.stop_signal, SIGTERM);
	cr_assert_eq(fix.plan.limits.grace_ns, 2000000000U);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fix_set("process.stop-signal", rows[i].word);
		fix_build();
		cr_assert_eq(fix.plan.limits.stop_signal, rows[i].sig, "%s", rows[i].word);
	}
	cr_assert_str_eq(option_word(fix.arena, OPT_STOP_SIGNAL, ARRAY_SIZE(rows)), "",
			 "a word that is not in here");
}

Test(limits, a_cpuset_is_kept_by_refusing_to_leave_it)
{
	fix_set("limits.cpuset", "1");
	fix_build();
	cr_assert_eq(fix.plan.filter.word_count, 1U);
	cr_assert_str_eq(fix.plan.filter.words[0].text, "sched_setaffinity");
	cr_assert_eq(fix.plan.limits.cpus->words[0], 2U);
}

Test(limits, niceness_is_kept_by_its_own_limit)
{
	fix_set("limits.nice", "7");
	fix_build();
	cr_assert_eq(fix.plan.limits.nice, 7);
	assert_rlimit(RLIMIT_NICE, 0, 0);
	fix_set("limits.nice", "20");
	fix_assert_refused(fix_try_build(), "config.nice", "nice = 20");
}

Test(limits, pids_that_would_not_hold_are_refused)
{
	fix_set("limits.pids", "10");
	fix_set("identity.allow-host-root", "yes");
	fix_build();
	fix.host.is_root = true;
	fix.host.has_setfcap = true;
	fix.host.uid = fix.host.gid = 0;
	fix_assert_refused(fix_try_build(), "config.no-effect", "limits.pids has no effect");
	fix_set("identity.allow-host-root", "no");
	fix_build();
}

Test(limits, pids_and_setuid_are_one_uid_or_none)
{
	fix.host.newuidmap = "/usr/bin/newuidmap";
	fix.host.newgidmap = "/usr/bin/newgidmap";
	*ARENA_PUSH(fix.arena, fix.host.subuids, fix.host.subuid_count) = (struct id_range){100000, 65536};
	*ARENA_PUSH(fix.arena, fix.host.subgids, fix.host.subgid_count) = (struct id_range){100000, 65536};
	fix_set("limits.pids", "10");
	fix_set("capabilities.keep", "setuid");
	fix_build();
	fix_set("identity.map", "subids");
	fix_assert_refused(fix_try_build(), "config.pids-setuid", "pids = 10");
	fix_set("capabilities.keep", "");
	fix_build();
}

Test(limits, before_5_14_all_processes_of_the_caller_count)
{
	fix_set("limits.pids", "10");
	fix.host.kernel_major = 5;
	fix.host.kernel_minor = 14;
	fix_build();
	cr_assert_not(fix.plan.limits.counts_all_pids);
	cr_assert_null(fix.plan.warning);
	fix.host.kernel_minor = 13;
	fix_build();
	cr_assert(fix.plan.limits.counts_all_pids);
	cr_assert_not_null(strstr(fix.plan.warning, "all of your processes"));
}
