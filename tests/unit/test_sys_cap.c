/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_cap.c - capability sets end as asked for, each one of the five. */
#include "sys/cap.h"

#include <inttypes.h>
#include <linux/capability.h>

#include "in_child.h"

static uint64_t set_of(const char *name)
{
	const char *line = strstr(child_read("/proc/self/status"), name);

	CHECK(line != NULL, "%s", name);
	return strtoull(line + strlen(name), NULL, 16);
}

static void check_sets(uint64_t permitted, uint64_t inheritable, uint64_t bounding, uint64_t ambient)
{
	static const char *const names[] = {"CapPrm:", "CapEff:", "CapInh:", "CapBnd:", "CapAmb:"};
	const uint64_t want[] = {permitted, permitted, inheritable, bounding, ambient};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(set_of(names[i]) == want[i], "%s %" PRIx64 " want %" PRIx64, names[i], set_of(names[i]),
		      want[i]);
}

static void keeps_nothing(void)
{
	child_unshare(0);
	CHECK(sys_cap_is_effective(CAP_SYS_ADMIN));
	CHECK(sys_cap_keep_only(0) == 0);
	check_sets(0, 0, 0, 0);
	CHECK(!sys_cap_is_effective(CAP_SYS_ADMIN));
}

Test(cap, keeps_nothing)
{
	in_child(keeps_nothing);
}

static void keeps_two(void)
{
	const uint64_t keep = UINT64_C(1) << CAP_NET_BIND_SERVICE | UINT64_C(1) << CAP_CHOWN;

	child_unshare(0);
	CHECK(sys_cap_keep_only(keep) == 0);
	check_sets(keep, keep, keep, keep);
	CHECK(sys_cap_is_effective(CAP_CHOWN));
	CHECK(!sys_cap_is_effective(CAP_SYS_ADMIN));
}

Test(cap, keeps_two_in_every_set)
{
	in_child(keeps_two);
}

static void refuses_what_it_has_not(void)
{
	child_unshare(0);
	CHECK(sys_cap_keep_only(0) == 0);
	/* Nothing is left to drop from the bounding set with, nor to keep. */
	CHECK(sys_cap_keep_only(UINT64_C(1) << CAP_CHOWN) < 0);
}

Test(cap, refuses_what_it_has_not)
{
	in_child(refuses_what_it_has_not);
}

static void drops_all_but_bounding(void)
{
	uint64_t bounding;

	child_unshare(0);
	bounding = set_of("CapBnd:");
	CHECK(bounding != 0);
	CHECK(sys_cap_drop_all() == 0);
	check_sets(0, 0, bounding, 0);
	CHECK(sys_cap_drop_all() == 0, "twice does no harm");
}

Test(cap, drop_all_empties_what_a_process_without_exec_has)
{
	in_child(drops_all_but_bounding);
}

static void works_in_a_forked_child(void)
{
	int status;
	pid_t child;

	child_unshare(0);
	/* The library remembers the first process that used it: our parent. */
	CHECK(sys_cap_is_effective(CAP_SYS_ADMIN));
	child = fork();
	if (child == 0) {
		CHECK(sys_cap_keep_only(0) == 0);
		check_sets(0, 0, 0, 0);
		_exit(0);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0, "status %#x", (unsigned int)status);
	CHECK(sys_cap_is_effective(CAP_SYS_ADMIN), "the child's sets are not ours");
}

Test(cap, works_in_a_forked_child)
{
	in_child(works_in_a_forked_child);
}
