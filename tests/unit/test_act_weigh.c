/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_weigh.c - how much memory sandboxes use: whose is which process. */
#include "act/weigh.h"

#include <unistd.h>

#include "act_fixture.h"
#include "plan/entry.h"

TestSuite(weigh, .init = act_setup, .fini = fix_teardown);

static struct entry entries[3];

static void process(int pid, const char *name, int parent, int pages)
{
	fake_file(arena_printf(fix.arena, "%d/stat", pid),
		  arena_printf(fix.arena,
			       "%d (%s) S %d 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 100 4096 %d "
			       "18446744073709551615",
			       pid, name, parent, pages));
}

static void prepare(void)
{
	static const char *const names[] = {".",  "..", "1",  "10", "11",  "12", "13", "20",
					    "21", "30", "31", "99", "sys", "7x", NULL};

	memset(entries, 0, sizeof(entries));
	entries[0] = (struct entry){.name = "a", .is_there = true, .init = 10};
	entries[1] = (struct entry){.name = "b", .is_there = true, .init = 20};
	entries[2] = (struct entry){.name = "c", .init = 30}; /* does not run yet */
	fake_knows_all();
	fake_mode("/proc", S_IFDIR | 0555);
	fake_entries(names);
	process(1, "init", 0, 100000);
	process(10, "pinfold-init", 1, 1);
	process(11, "odd) S 1 (name", 10, 2);
	process(12, "x", 13, 4); /* its parent has the larger number */
	process(13, "x", 11, 8);
	process(20, "pinfold-init", 12, 16); /* one sandbox in another: the nearest counts */
	process(21, "x", 20, 32);
	process(30, "pinfold-init", 1, 64);
	process(31, "x", 30, 128);
	/* 99 has ended since it was listed. */
}

static int weigh(void)
{
	return act_weigh(fix.arena, entries, ARRAY_SIZE(entries), &fix.err);
}

Test(weigh, each_process_is_of_the_nearest_init_above)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	prepare();
	cr_assert_eq(weigh(), 0, "%s", fix.err.msg);
	cr_assert_eq(entries[0].memory, (1 + 2 + 4 + 8) * page, "%lu", (unsigned long)entries[0].memory);
	cr_assert_eq(entries[1].memory, (16 + 32) * page);
	cr_assert_eq(entries[2].memory, 0U);
}

Test(weigh, a_process_that_cannot_be_read_is_left_out)
{
	static const struct tolerated tolerated[] = {{"read_file", 0}, {NULL, 0}};

	each_call_fails(weigh, prepare, tolerated);
}
