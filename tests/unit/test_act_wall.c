/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_wall.c - the rules of Landlock are made as planned, of what is opened below the new root. */
#include "act/wall.h"

#include <errno.h>
#include <sys/stat.h>

#include "act_fixture.h"
#include "base/fd.h"
#include "plan/wall.h"

TestSuite(wall, .init = act_setup, .fini = fix_teardown);

static const struct plan_wall_rule rules[] = {{"/", WALL_READ}, {"/a/b", WALL_READ | WALL_WRITE_FILE}};

/* clang-format off */
static const struct plan_wall small = {
	.version = 3, .files = WALL_READ | WALL_WRITE, .count = ARRAY_SIZE(rules),
	/* Only read. */
	.rules = (struct plan_wall_rule *)(uintptr_t)rules};
/* clang-format on */

static const struct plan_caller nobody;

static int make_small(void)
{
	CLEANUP_FD int rules_fd = -1;

	return act_make_wall(&small, &nobody, 50, &rules_fd, &fix.err);
}

Test(wall, each_rule_is_of_what_stands_in_the_root_and_stdio_stays_what_it_is)
{
	cr_assert_eq(make_small(), 0, "%s", fix.err.msg);
	assert_trace("landlock_create 0x400e 0 = #1\n"
		     "landlock_allow #1 50 0xc\n"
		     "open_resolve 50 a/b path in_root no_symlinks no_magiclinks = #2\n"
		     "landlock_allow #1 #2 0xe\n"
		     "access_mode 0\n"
		     "landlock_allow #1 0 0x4\n"
		     "access_mode 1\n"
		     "landlock_allow #1 1 0x4002\n"
		     "access_mode 2\n"
		     "landlock_allow #1 2 0x4006\n");
	each_call_fails(make_small, NULL, NULL);
}

Test(wall, what_the_caller_passes_on_stays_what_it_is_too)
{
	int fds[] = {60, 64};
	const struct plan_caller caller = {.fds = fds, .fd_count = ARRAY_SIZE(fds)};
	CLEANUP_FD int rules_fd = -1;

	cr_assert_eq(act_make_wall(&small, &caller, 50, &rules_fd, &fix.err), 0, "%s", fix.err.msg);
	assert_before("landlock_allow #1 2 0x4006", "access_mode 60");
	assert_before("landlock_allow #1 60 0x4", "landlock_allow #1 64 0x4002");
	fake_reset();
	fake_fail("landlock_allow #1 64", EIO);
	cr_assert_eq(act_make_wall(&small, &caller, 50, &rules_fd, &fix.err), -1);
}

Test(wall, what_landlock_lets_pass_in_any_case_needs_no_rule)
{
	/* A file of a namespace that is granted; a pipe as 1; a 2 that is closed. */
	fake_fail("landlock_allow #1 #2", EBADFD);
	fake_fail("landlock_allow #1 1", EBADFD);
	fake_fail("access_mode 2", EBADF);
	cr_assert_eq(make_small(), 0, "%s", fix.err.msg);
	cr_assert_gt(fake_find("landlock_allow #1 0"), 0U);
	cr_assert_eq(fake_find("landlock_allow #1 2"), 0U);
	fake_reset();
	fake_fail("landlock_allow #1 #2", EBADF);
	cr_assert_eq(make_small(), -1);
	cr_assert_str_eq(fix.err.id, "system.landlock");
	cr_assert_str_eq(fix.err.msg, "cannot make the rule for /a/b: Bad file descriptor");
}

Test(wall, scopes_alone_leave_files_out)
{
	const struct plan_wall scopes = {.version = 6, .scopes = WALL_SCOPE_SIGNAL};
	CLEANUP_FD int rules_fd = -1;

	cr_assert_eq(act_make_wall(&scopes, &nobody, 50, &rules_fd, &fix.err), 0);
	assert_trace("landlock_create 0 0x2 = #1\n");
	cr_assert_geq(rules_fd, 0);
}

Test(wall, none_is_no_call)
{
	const struct plan_wall none = {.state = WALL_OFF};
	int rules_fd = 7;

	cr_assert_eq(act_make_wall(&none, &nobody, 50, &rules_fd, &fix.err), 0);
	cr_assert_eq(rules_fd, -1);
	cr_assert_eq(act_enter_wall(rules_fd, &fix.err), 0);
	assert_trace("");
}

static int enter(void)
{
	return act_enter_wall(50, &fix.err);
}

Test(wall, entered_or_the_program_does_not_run)
{
	cr_assert_eq(enter(), 0);
	assert_trace("landlock_enter 50\n");
	each_call_fails(enter, NULL, NULL);
	fake_reset();
	fake_fail("landlock_enter", E2BIG);
	memset(&fix.err, 0, sizeof(fix.err));
	fix_assert_refused(enter(), "host.landlock-depth", "cannot enter");
}
