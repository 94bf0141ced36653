/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_watch.c - when is what to be done about the limits of a sandbox; no time passes in here. */
#include "run/watch.h"

#include <signal.h>

#include "act_fixture.h"

TestSuite(watch, .init = act_setup, .fini = fix_teardown);

static const int64_t ms = 1000000, start = INT64_C(77) * 1000000000;
static struct watch watch;

static void open_watch(void)
{
	fix_build();
	watch_open(&watch, &fix.plan.limits, -1);
}

static enum watch_answer check(int64_t now_ns)
{
	memset(&fix.err, 0, sizeof(fix.err));
	return watch_check(&watch, now_ns, &fix.err);
}

Test(watch, without_limits_nothing_is_ever_to_be_done)
{
	open_watch();
	assert_trace("");
	watch_start(&watch, start);
	cr_assert_eq(watch_next_ns(&watch), WATCH_NEVER);
	cr_assert_eq(check(INT64_MAX - 1), WATCH_GO_ON);
	watch_note_signal(&watch, SIGXCPU);
	cr_assert_eq(watch.hit, LIMIT_NONE);
	watch_describe(&watch, &fix.err);
	cr_assert_eq(fix.err.kind, ERR_NONE);
}

Test(watch, the_wall_clock_stops_once_and_kills_after_the_grace)
{
	fix_set("limits.wall-time", "5s");
	fix_set("process.stop-grace", "300ms");
	open_watch();
	cr_assert_eq(watch_next_ns(&watch), WATCH_NEVER, "the clock starts with the program");
	cr_assert_eq(check(start * 2), WATCH_GO_ON);
	watch_start(&watch, start);
	cr_assert_eq(watch_next_ns(&watch), start + 5000 * ms);
	cr_assert_eq(check(start + 5000 * ms - 1), WATCH_GO_ON);
	cr_assert_eq(watch.hit, LIMIT_NONE);
	/* Held up for a while: the grace counts from when it was told. */
	cr_assert_eq(check(start + 5100 * ms), WATCH_STOP);
	cr_assert_eq(watch.hit, LIMIT_WALL);
	cr_assert_eq(watch_next_ns(&watch), start + 5400 * ms);
	cr_assert_eq(check(start + 5399 * ms), WATCH_GO_ON);
	cr_assert_eq(check(start + 5400 * ms), WATCH_KILL);
	watch_describe(&watch, &fix.err);
	cr_assert_eq(fix.err.kind, ERR_LIMIT);
	cr_assert_str_eq(fix.err.id, "limit.wall-time");
	cr_assert_str_eq(fix.err.msg, "ended by its limit: wall-time = 5s");
	cr_assert_str_eq(fix.err.origin, "limits.wall-time=5s");
	cr_assert_str_empty(fix.err.hint);
}

Test(watch, a_limit_of_centuries_does_not_overflow)
{
	fix_set("limits.wall-time", "106751d");
	fix_set("process.stop-grace", "106751d");
	open_watch();
	watch_start(&watch, INT64_MAX / 2);
	cr_assert_eq(check(INT64_MAX / 2 + 1000), WATCH_GO_ON);
	cr_assert_gt(watch_next_ns(&watch), INT64_MAX / 2);
}

static void proc_says(const char *ticks_used)
{
	static const char *const entries[] = {"1", NULL};

	fake_file("1/stat",
		  arena_printf(fix.arena, "1 (x) S 0 1 1 0 -1 4194560 9 9 9 9 %s 0 0 0 20 0", ticks_used));
	fake_entries(entries);
}

Test(watch, processor_time_is_looked_at_the_more_often_the_less_is_left)
{
	fix_set("limits.cpu-time", "10s");
	fake_fail("cpu_counter", EACCES);
	open_watch();
	watch.cputime.proc_fd = -1;
	watch_start(&watch, start);
	proc_says("0");
	cr_assert_eq(check(start), WATCH_GO_ON);
	cr_assert_eq(watch_next_ns(&watch), start + 100 * ms, "the longest");
	cr_assert_eq(check(start + 99 * ms), WATCH_GO_ON, "not yet");
	proc_says("920"); /* 800 ms are left */
	cr_assert_eq(check(start + 100 * ms), WATCH_GO_ON);
	cr_assert_eq(watch_next_ns(&watch), start + 150 * ms);
	proc_says("999");
	cr_assert_eq(check(start + 150 * ms), WATCH_GO_ON);
	cr_assert_eq(watch_next_ns(&watch), start + 155 * ms, "the shortest");
	proc_says("1000");
	/* Once more, to be sure; the fake's directory is empty then. */
	cr_assert_eq(check(start + 155 * ms), WATCH_GO_ON);
	cr_assert_eq(watch.hit, LIMIT_NONE);
}

Test(watch, used_up_is_killed)
{
	fix_set("limits.cpu-time", "10s");
	fake_cpu_used(UINT64_C(10000000000));
	open_watch();
	watch_start(&watch, start);
	cr_assert_eq(check(start), WATCH_KILL);
	cr_assert_eq(watch.hit, LIMIT_CPU);
	watch_describe(&watch, &fix.err);
	cr_assert_str_eq(fix.err.id, "limit.cpu-time");
	cr_assert_str_eq(fix.err.origin, "limits.cpu-time=10s");
	watch_close(&watch);
}

Test(watch, processor_time_that_cannot_be_read_kills_and_says_why)
{
	fix_set("limits.cpu-time", "10s");
	open_watch();
	watch_start(&watch, start);
	fake_fail("open", EMFILE);
	cr_assert_eq(check(start), WATCH_KILL);
	cr_assert_eq(watch.hit, LIMIT_NONE);
	cr_assert_str_eq(fix.err.id, "system.cpu-time");
	watch_describe(&watch, &fix.err);
	cr_assert_str_eq(fix.err.id, "system.cpu-time", "and nothing else is said");
	watch_close(&watch);
}

Test(watch, the_first_limit_counts)
{
	fix_set("limits.cpu-time", "10s");
	fix_set("limits.wall-time", "1s");
	fake_cpu_used(UINT64_C(10000000000));
	open_watch();
	watch_start(&watch, start);
	cr_assert_eq(check(start + 1000 * ms), WATCH_STOP);
	cr_assert_eq(check(start + 1001 * ms), WATCH_KILL, "in the grace the other limit holds on");
	cr_assert_eq(watch.hit, LIMIT_WALL);
	watch_close(&watch);
}

Test(watch, each_processs_own_limit_counts_as_the_whole)
{
	fix_set("limits.cpu-time", "10s");
	open_watch();
	watch_note_signal(&watch, SIGKILL);
	cr_assert_eq(watch.hit, LIMIT_NONE);
	watch_note_signal(&watch, SIGXCPU);
	cr_assert_eq(watch.hit, LIMIT_CPU);
	watch_close(&watch);
}
