/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_probe_cgroup.c - the cgroups that the caller is in, and whether he may divide them. */
#include "act/probe_cgroup.h"

#include <linux/magic.h>
#include <unistd.h>

#include "act_fixture.h"

static void setup(void)
{
	act_setup();
	fake_knows_all();
	fix.host.runtime = NULL;
}

TestSuite(probe_cgroup, .init = setup, .fini = fix_teardown);

static void mounted_at(const char *path)
{
	fake_stat(path, &(struct stat){.st_mode = S_IFDIR | 0755, .st_dev = CGROUP2_SUPER_MAGIC});
}

static void probe(void)
{
	act_probe_cgroups(fix.arena, &fix.host);
}

Test(probe_cgroup, without_version_2_there_is_none)
{
	fake_file("/proc/self/cgroup", "0::/a\n");
	probe();
	cr_assert_eq(fix.host.cgroups.count, 0U);
}

Test(probe_cgroup, what_is_above_a_namespaces_root_is_none)
{
	mounted_at("/sys/fs/cgroup");
	fake_file("/proc/self/cgroup", "1:name=x:/a\n0::/../b\n");
	probe();
	cr_assert_eq(fix.host.cgroups.count, 0U);
}

Test(probe_cgroup, ours_comes_first_then_those_above)
{
	const size_t fds = fake_open_fds();

	mounted_at("/sys/fs/cgroup/unified");
	fake_mode("/sys/fs/cgroup/unified/a/b", S_IFDIR | 0755);
	fake_mode("/sys/fs/cgroup/unified/a", S_IFDIR | 0755);
	fake_file("/proc/self/cgroup", "4:memory:/x\n0::/a/b\n");
	fake_file("cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
	fake_file("cgroup.subtree_control", "memory\n");
	fake_file("cgroup.procs", arena_printf(fix.arena, "%d\n", (int)getpid()));
	probe();
	cr_assert_eq(fix.host.cgroups.count, 3U);
	cr_assert_str_eq(fix.host.cgroups.items[0].path, "/sys/fs/cgroup/unified/a/b");
	cr_assert_str_eq(fix.host.cgroups.items[1].path, "/sys/fs/cgroup/unified/a");
	cr_assert_str_eq(fix.host.cgroups.items[2].path, "/sys/fs/cgroup/unified");
	cr_assert_eq(fix.host.cgroups.items[0].available, 0xfU);
	cr_assert_eq(fix.host.cgroups.items[0].enabled, 1U << CONTROLLER_MEMORY);
	cr_assert_not(fix.host.cgroups.items[0].has_others);
	cr_assert_eq(fix.host.cgroups.manager_socket, NULL);
	cr_assert_eq(fake_open_fds(), fds);
}

Test(probe_cgroup, why_a_manager_cannot_be_asked)
{
	mounted_at("/sys/fs/cgroup");
	fake_file("/proc/self/cgroup", "0::/\n");
	fake_mode("/run/systemd/system", S_IFDIR | 0755);
	probe();
	cr_assert(fix.host.cgroups.has_systemd);
	cr_assert_eq(fix.host.cgroups.unasked, MANAGER_NO_RUNTIME);
	fix.host.cgroups = (struct host_cgroups){0};
	fix.host.runtime = "/run/user/1";
	probe();
	cr_assert_eq(fix.host.cgroups.unasked, MANAGER_ASKED, "no socket: none is there");
}

Test(probe_cgroup, swap_is_there_when_it_has_a_line)
{
	mounted_at("/sys/fs/cgroup");
	fake_file("/proc/self/cgroup", "0::/\n");
	fake_file("/proc/swaps", "Filename Type Size\n");
	probe();
	cr_assert_not(fix.host.cgroups.has_swap);
	cr_assert_not(fix.host.cgroups.has_systemd);
	cr_assert_eq(fix.host.cgroups.unasked, MANAGER_ASKED);
	fix.host.cgroups = (struct host_cgroups){0};
	fake_file("/proc/swaps", "Filename Type Size\n/dev/zram0 partition 1\n");
	probe();
	cr_assert(fix.host.cgroups.has_swap);
}

Test(probe_cgroup, a_process_that_cannot_be_named_is_another)
{
	mounted_at("/sys/fs/cgroup");
	fake_file("/proc/self/cgroup", "0::/\n");
	fake_file("cgroup.procs", arena_printf(fix.arena, "%d\n0\n", (int)getpid()));
	fake_fail("access #* cgroup.procs", EACCES);
	probe();
	cr_assert_eq(fix.host.cgroups.count, 1U);
	cr_assert(fix.host.cgroups.items[0].has_others);
	cr_assert_not(fix.host.cgroups.items[0].is_writable);
}
