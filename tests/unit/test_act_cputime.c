/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_cputime.c - the processor time of a sandbox: the counter, /proc added up, the larger of the two.
 */
#include "act/cputime.h"

#include <unistd.h>

#include "act_fixture.h"

TestSuite(cputime, .init = act_setup, .fini = fix_teardown);

static struct cputime cputime = {-1, -1, -1};
static uint64_t used;

/* The time of a process in ticks: own user and system, and of the children it waited for. */
static void process(const char *pid, const char *name, const char *times)
{
	fake_file(arena_printf(fix.arena, "%s/stat", pid),
		  arena_printf(fix.arena, "%s (%s) S 0 1 1 0 -1 4194560 9 9 9 9 %s 20 0 1 0 7 8 9", pid, name,
			       times));
}

static void two_processes(void)
{
	static const char *const entries[] = {".", "..", "1", "22", "33", "self", "sys", "loadavg", NULL};

	process("1", "pinfold-init", "1 2 30 40");
	process("22", "a) S 1 (b", "100 200 1000 2000");
	fake_file("self/stat", "must not be read, and is no number");
	fake_knows_all(); /* 33 has gone meanwhile */
	fake_mode(".", S_IFDIR | 0555);
	fake_entries(entries);
}

static int read_it(void)
{
	return act_cputime_read(&cputime, &used, &fix.err);
}

static uint64_t ticks(uint64_t count)
{
	return count * 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

Test(cputime, proc_is_added_up)
{
	two_processes();
	cr_assert_eq(read_it(), 0, "%s", fix.err.msg);
	cr_assert_eq(used, ticks(3373));
	cr_assert_eq(fake_find("read_file -1 self/stat"), 0U);
	each_call_fails(read_it, two_processes, (const struct tolerated[]){{"read_file", ENOENT}, {NULL, 0}});
}

Test(cputime, what_is_no_stat_is_a_failure)
{
	static const char *const entries[] = {"5", NULL};

	fake_file("5/stat", "5 (short) S 1 2 3");
	fake_entries(entries);
	cr_assert_eq(read_it(), -1);
	cr_assert_str_eq(fix.err.id, "system.cpu-time");
}

Test(cputime, the_larger_counts)
{
	fake_cpu_used(ticks(5000));
	act_cputime_open(&cputime);
	cr_assert_geq(cputime.counter_fd, 0);
	two_processes();
	cr_assert_eq(read_it(), 0);
	cr_assert_eq(used, ticks(5000));
	act_cputime_close(&cputime);
	fake_cpu_used(ticks(5));
	act_cputime_open(&cputime);
	two_processes();
	cr_assert_eq(read_it(), 0);
	cr_assert_eq(used, ticks(3373));
	act_cputime_close(&cputime);
	cr_assert_eq(cputime.counter_fd, -1);
}

Test(cputime, a_counter_that_gives_nothing_is_a_failure)
{
	int fds[2];

	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], "half", 4), 4);
	cputime.counter_fd = fds[0];
	cr_assert_eq(read_it(), -1);
	cr_assert_not_null(strstr(fix.err.msg, "so it was killed"));
	act_cputime_close(&cputime);
}

Test(cputime, no_counter_is_no_failure)
{
	fake_fail("cpu_counter", EACCES);
	act_cputime_open(&cputime);
	cr_assert_eq(cputime.counter_fd, -1);
}
