/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_cgroup.c - the sandbox's cgroup: made with its limits, read, removed, and those of others swept.
 */
#include "act/cgroup.h"

#include <unistd.h>

#include "act_fixture.h"

static struct cgroup cgroup;
static const char *const nobody[] = {NULL};

static struct host_cgroup own[] = {
	{.path = "/cg/jobs/one", .available = 0xf, .is_writable = true, .has_others = true},
	{.path = "/cg/jobs", .available = 0xf, .enabled = 0xf, .is_writable = true},
	{.path = "/cg", .available = 0xf, .enabled = 0xf, .is_top = true},
};

static void prepare(void)
{
	fake_file("/proc/self/stat", "9 (a) b) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 2200 23");
	fake_stat("/proc/self/ns/pid", &(struct stat){.st_mode = S_IFREG, .st_ino = 4026});
	fake_entries(nobody);
}

static void setup(void)
{
	act_setup();
	act_cgroup_init(&cgroup);
	own[0].has_others = true;
	own[1].enabled = 0xf;
	fix.host.cgroups = (struct host_cgroups){.items = own, .count = ARRAY_SIZE(own)};
	fix_set("limits.memory", "64M");
	prepare();
}

TestSuite(cgroup, .init = setup, .fini = fix_teardown);

static int act(void)
{
	int r;

	act_cgroup_init(&cgroup);
	r = act_cgroup_make(fix.arena, &fix.plan.cgroup, &cgroup, &fix.err);
	if (r == 0)
		act_cgroup_remove(&cgroup);
	return r;
}

Test(cgroup, without_a_limit_that_needs_one_nothing_is_done)
{
	fix_set("limits.memory", "");
	fix_build();
	cr_assert_eq(act(), 0);
	assert_trace("");
}

Test(cgroup, limits_are_there_before_the_place_for_processes_is_used)
{
	const char *name;

	fix_set("limits.pids", "20");
	fix_set("limits.cpu-quota", "50%");
	fix_build();
	fake_reset();
	prepare();
	cr_assert_eq(act(), 0, "%s", fix.err.msg);
	name = cgroup.name;
	cr_assert(str_starts(name, arena_printf(fix.arena, "pinfold-%d-2200-4026-", (int)getpid())), "%s",
		  name);
	assert_trace(arena_printf(fix.arena,
				  "stat /proc/self/ns/pid\n"
				  "read_file cwd /proc/self/stat\n"
				  "open cwd /cg/jobs path directory = #1\n"
				  "open #1 . directory = #2\n"
				  "read_dir #2\n"
				  "mkdir #1 %s 0755\n"
				  "open #1 %s path directory = #3\n"
				  "mkdir #3 box 0755\n"
				  "open #3 box path directory = #4\n"
				  "write_file #3 cgroup.max.descendants \"1\"\n"
				  "write_file #3 memory.max \"67108864\"\n"
				  "write_file #3 memory.oom.group \"1\"\n"
				  "write_file #3 memory.swap.max \"0\"\n"
				  "write_file #3 cpu.max \"50000 100000\"\n"
				  "write_file #3 pids.max \"21\"\n"
				  "read_file cwd /proc/self/oom_score_adj\n"
				  "rmdir #3 box\n"
				  "rmdir #1 %s\n",
				  name, name, name));
}

static const struct tolerated tolerated[] = {{"read_file cwd /proc/self/oom_score_adj", 0},
					     {"stat /proc/self/ns/pid", 0},
					     {"read_file cwd /proc/self/stat", 0},
					     {"open #* .", 0},
					     {"read_dir", 0},
					     {"write_file #* memory.swap.max", ENOENT},
					     {"rmdir", 0},
					     {0}};

Test(cgroup, each_call_fails)
{
	fix_build();
	each_call_fails(act, prepare, tolerated);
}

/* With what it takes to leave our own, and to come back. */
Test(cgroup, each_call_fails_in_our_own)
{
	static const struct tolerated own_tolerated[] = {{"stat /proc/self/ns/pid", 0},
							 {"read_file cwd /proc/self/oom_score_adj", 0},
							 {"read_file cwd /proc/self/stat", 0},
							 {"write_file #* memory.swap.max", ENOENT},
							 {"rmdir", 0},
							 {"write_file #* cgroup.subtree_control \"-", 0},
							 {"write_file #* cgroup.procs", 0},
							 {0}};

	own[0].has_others = false;
	own[1].is_writable = false;
	fix_build();
	own[1].is_writable = true;
	cr_assert_eq(fix.plan.cgroup.way, CGROUP_OWN);
	each_call_fails(act, prepare, own_tolerated);
	fake_reset();
	prepare();
	cr_assert_eq(act(), 0);
	/* Before it is divided, everybody must be out of it; and nobody comes back while it is. */
	assert_before("mkdir #1 pinfold-", "write_file #1 cgroup.subtree_control \"+memory\"");
	assert_before("write_file #1 pinfold-", "write_file #1 cgroup.subtree_control \"+memory\"");
	assert_before("write_file #1 cgroup.subtree_control \"-memory\"", "write_file #1 cgroup.procs \"0\"");
}

Test(cgroup, who_waits_for_us_in_our_own_leaves_it_too_and_comes_back)
{
	const char *parent = arena_printf(fix.arena, "cgroup.procs \"%d\"", (int)getppid());

	own[0].has_others = false;
	own[1].is_writable = false;
	fix.request.entry.is_detached = true;
	fix.request.entry.name = "apart";
	fix_build();
	own[1].is_writable = true;
	cr_assert(fix.plan.cgroup.moves_caller);
	fake_reset();
	prepare();
	cr_assert_eq(act(), 0, "%s", fix.err.msg);
	assert_before(arena_printf(fix.arena, "write_file #1 %s-supervisor/%s", cgroup.name, parent),
		      "write_file #1 cgroup.subtree_control \"+memory\"");
	assert_before("write_file #1 cgroup.subtree_control \"-memory\"",
		      arena_printf(fix.arena, "write_file #1 %s", parent));
}

Test(cgroup, what_could_not_be_killed_can_be)
{
	fix_build();
	fake_reset();
	prepare();
	fake_file("/proc/self/oom_score_adj", "-1000\n");
	cr_assert_eq(act(), 0, "%s", fix.err.msg);
	cr_assert_gt(fake_find("write_file cwd /proc/self/oom_score_adj \"-999\""), 0U, "%s", fake_trace());
	fake_reset();
	prepare();
	fake_file("/proc/self/oom_score_adj", "-999\n");
	cr_assert_eq(act(), 0, "%s", fix.err.msg);
	cr_assert_eq(fake_find("write_file cwd /proc/self/oom_score_adj"), 0U);
}

Test(cgroup, all_in_it_goes_on)
{
	act_cgroup_thaw(&cgroup);
	assert_trace("");
	cgroup.fd = 5;
	cgroup.box_fd = 6;
	act_cgroup_thaw(&cgroup);
	assert_trace("write_file 5 cgroup.freeze \"0\"\nwrite_file 6 cgroup.freeze \"0\"\n");
	act_cgroup_init(&cgroup);
}

Test(cgroup, what_dead_supervisors_left_is_swept_and_nothing_else)
{
	static const char *const entries[] = {"cgroup.procs",		"pinfold-77-5-4026-1",
					      "pinfold-78-2200-4026-1", "pinfold-78-21-4026-1",
					      "pinfold-x-2200-4026-1",	"pinfold-",
					      "other-77-5-4026-1",	"pinfold-77-6-4027-1",
					      "pinfold-77-7",		NULL};

	fix_build();
	fake_reset();
	prepare();
	fake_file("/proc/78/stat", "78 (p) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 2200 23");
	fake_entries(entries);
	cr_assert_eq(act(), 0, "%s", fix.err.msg);
	cr_assert_gt(fake_find("rmdir #1 pinfold-77-5-4026-1"), 0U, "%s", fake_trace());
	cr_assert_gt(fake_find("rmdir #1 pinfold-78-21-4026-1"), 0U, "another process has that pid now");
	cr_assert_eq(fake_find("rmdir #1 pinfold-78-2200"), 0U);
	cr_assert_eq(fake_find("rmdir #1 pinfold-x"), 0U);
	cr_assert_eq(fake_find("rmdir #1 pinfold-77-6"), 0U, "of another pid namespace, where 77 may live");
	cr_assert_eq(fake_find("rmdir #1 pinfold-77-7"), 0U);
	cr_assert_eq(fake_find("rmdir #1 cgroup"), 0U);
	cr_assert_eq(fake_find("rmdir #1 other"), 0U);
}

Test(cgroup, what_is_not_there_is_not_known)
{
	struct cgroup_usage usage;

	act_cgroup_read(&cgroup, &usage);
	cr_assert_not(usage.has_cpu || usage.has_memory_peak || usage.has_pids_peak || usage.is_oom);
	fake_file("memory.events", "low 0\nhigh 0\nmax 3\noom 0\noom_kill 1\noom_group_kill 0\n");
	cgroup.fd = 0;
	act_cgroup_read(&cgroup, &usage);
	cr_assert_not(usage.has_cpu || usage.has_memory_peak || usage.has_pids_peak);
	cr_assert_not(usage.is_oom, "killed, but not for the limit");
}

Test(cgroup, what_was_used_is_read)
{
	struct cgroup_usage usage;

	fake_file("cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_periods 3\n");
	fake_file("memory.peak", "65536\n");
	fake_file("memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n");
	fake_file("pids.peak", "7\n");
	fake_file("pids.events", "max 2\n");
	cgroup.fd = 0;
	act_cgroup_read(&cgroup, &usage);
	cr_assert(usage.has_cpu && usage.has_memory_peak && usage.has_pids_peak);
	cr_assert(usage.is_oom && usage.has_hit_pids);
	cr_assert_eq(usage.cpu_ns, 1500000U);
	cr_assert_eq(usage.user_ns, 1000000U);
	cr_assert_eq(usage.system_ns, 500000U);
	cr_assert_eq(usage.memory_peak, 65536U);
	cr_assert_eq(usage.pids_peak, 7U);
}

Test(cgroup, a_clone_that_fails_for_it_says_so)
{
	fix_build();
	cr_assert(act_cgroup_explain(&fix.plan.cgroup, EBUSY, &fix.err));
	cr_assert_str_eq(fix.err.id, "host.cgroup-refused");
	cr_assert_str_not_empty(fix.err.hint);
	cr_assert_not(act_cgroup_explain(&fix.plan.cgroup, ENOSPC, &fix.err));
	fix.plan.cgroup.way = CGROUP_NONE;
	cr_assert_not(act_cgroup_explain(&fix.plan.cgroup, EBUSY, &fix.err));
}
