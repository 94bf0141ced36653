/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_subid.c - subordinate ids and the helpers that map them. The ranges themselves are this machine's.
 */
#include "act/subid.h"

#include <unistd.h>

#include "act_fixture.h"

static void setup(void)
{
	act_setup();
	fix.host.uid = 0; /* has a name everywhere */
	fix.host.has_no_new_privs = fix.host.is_proc_ours = false;
}

TestSuite(subid, .init = setup, .fini = fix_teardown);

static int probe(void)
{
	fix.host.subuids = fix.host.subgids = NULL;
	fix.host.subuid_count = fix.host.subgid_count = 0;
	fix.host.newuidmap = fix.host.newgidmap = NULL;
	return act_probe_subids(fix.arena, &fix.host, &fix.err);
}

Test(subid, helpers_are_looked_for_where_systems_install_them)
{
	fake_mode("/usr/bin/newuidmap", S_IFREG | 04755);
	fake_mode("/usr/local/bin/newgidmap", S_IFREG | 0755);
	cr_assert_eq(probe(), 0);
	cr_assert_str_eq(fix.host.newuidmap, "/usr/bin/newuidmap");
	cr_assert_str_eq(fix.host.newgidmap, "/usr/local/bin/newgidmap");
}

Test(subid, helpers_that_are_none)
{
	cr_assert_eq(probe(), 0);
	cr_assert_null(fix.host.newuidmap);
	cr_assert_null(fix.host.newgidmap);
	fake_mode("/usr/bin/newuidmap", S_IFDIR | 0755);
	fake_mode("/usr/bin/newgidmap", S_IFREG | 0644);
	cr_assert_eq(probe(), 0);
	cr_assert_null(fix.host.newuidmap);
	cr_assert_null(fix.host.newgidmap);
}

Test(subid, whether_they_can_work)
{
	char self[20];

	cr_assert_eq(probe(), 0);
	cr_assert_not(fix.host.has_no_new_privs);
	cr_assert_not(fix.host.is_proc_ours, "/proc does not say who we are");
	fake_has_no_new_privs(true);
	fake_symlink("/proc/self", "1");
	cr_assert_eq(probe(), 0);
	cr_assert(fix.host.has_no_new_privs);
	cr_assert_not(fix.host.is_proc_ours, "/proc is of another pid namespace");
	(void)snprintf(self, sizeof(self), "%d", getpid());
	fake_symlink("/proc/self", self);
	cr_assert_eq(probe(), 0);
	cr_assert(fix.host.is_proc_ours);
}

Test(subid, ranges_are_sane_whatever_they_are)
{
	cr_assert_eq(probe(), 0);
	for (size_t i = 0; i < fix.host.subuid_count; i++) {
		cr_assert_gt(fix.host.subuids[i].count, 0U);
		cr_assert_leq((uint64_t)fix.host.subuids[i].start + fix.host.subuids[i].count, UINT64_C(1)
												       << 32);
	}
}

Test(subid, a_uid_without_a_name)
{
	fix.host.uid = 3999999999;
	fix_assert_refused(probe(), "host.no-subids", "uid 3999999999 has no name");
	cr_assert_eq(fix.err.kind, ERR_HOST);
}

Test(subid, no_call_that_fails_ends_it)
{
	size_t count;

	/* What is missing is a fact, and the plan's to judge. (libsubid keeps /dev/null open: no count of
	 * descriptors.) */
	cr_assert_eq(probe(), 0);
	count = fake_count();
	cr_assert_gt(count, 2U);
	for (size_t n = 1; n <= count; n++) {
		fake_reset();
		fake_fail_at(n, EACCES);
		cr_assert_eq(probe(), 0, "%s", fake_line(n));
		cr_assert_null(fix.host.newuidmap);
	}
}
