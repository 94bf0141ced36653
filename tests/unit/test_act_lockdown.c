/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_lockdown.c - what a process gives up for good, in the order in which it must. */
#include "act/lockdown.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "act_fixture.h"

TestSuite(lockdown, .init = act_setup, .fini = fix_teardown);

static char arguments[64];
static struct argv_area area;

static int hide(void)
{
	area = (struct argv_area){.start = arguments, .len = sizeof(arguments)};
	memset(arguments, 'S', sizeof(arguments)); /* a secret */
	return act_hide_init(&area, &fix.err);
}

Test(lockdown, init_is_undumpable_and_its_arguments_gone)
{
	cr_assert_eq(hide(), 0);
	assert_trace("set_dumpable no\nset_name pinfold-init\n");
	cr_assert_str_eq(arguments, "pinfold-init");
	cr_assert_null(memchr(arguments, 'S', sizeof(arguments)));
	each_call_fails(hide, NULL, NULL);
}

Test(lockdown, however_short_the_area_of_the_arguments_is)
{
	for (size_t len = 1; len < 20; len++) {
		area = (struct argv_area){.start = arguments, .len = len};
		memset(arguments, 'S', sizeof(arguments));
		cr_assert_eq(act_hide_init(&area, &fix.err), 0);
		cr_assert_null(memchr(arguments, 'S', len), "length %zu", len);
		for (size_t i = len; i < sizeof(arguments); i++)
			cr_assert_eq(arguments[i], 'S', "length %zu wrote beyond it", len);
		cr_assert_not_null(memchr(arguments, '\0', len), "length %zu", len);
	}
}

static int close_fds(void)
{
	return act_close_fds(&fix.plan.caller, &fix.err);
}

Test(lockdown, every_descriptor_from_three_on_ends_at_the_exec)
{
	cr_assert_eq(close_fds(), 0);
	assert_trace("cloexec_from 3\n");
	each_call_fails(close_fds, NULL, NULL);
}

/* Passed on, in the order of the plan: some in a row, one alone. */
static struct plan_caller some = {
	.fds = (int[]){3, 4, 9}, .fd_count = 3, .block_fd = -1, .status = {.fd = -1}, .meta = {.fd = -1}};

static int close_others(void)
{
	return act_close_fds(&some, &fix.err);
}

Test(lockdown, but_for_those_that_are_passed_on)
{
	cr_assert_eq(close_others(), 0);
	assert_trace("cloexec_range 5 8\ncloexec_from 10\n");
	each_call_fails(close_others, NULL, NULL);
}

static int keep_passed(void)
{
	return act_keep_passed(&some, 5, &fix.err);
}

static int keep_named(void)
{
	struct plan_caller caller = some;

	caller.block_fd = 7;
	caller.meta.fd = 6;
	return act_keep_named(&caller, 12, &fix.err);
}

Test(lockdown, init_keeps_them_with_its_own_and_not_what_is_the_supervisors)
{
	cr_assert_eq(keep_passed(), 0);
	assert_trace("close_range 6 8\nclose_range 10 -1\n");
	each_call_fails(keep_passed, NULL, NULL);
	fake_reset();
	cr_assert_eq(keep_named(), 0);
	assert_trace("close_range 5 5\nclose_range 8 8\nclose_range 10 11\nclose_range 13 -1\n");
	each_call_fails(keep_named, NULL, NULL);
}

/* Real descriptors, of which the fake says that an exec closes none. */
static int check_fds(int fd, int block_fd, int status_fd)
{
	const struct plan_caller caller = {.fds = &fd,
					   .fd_count = fd >= 0 ? 1 : 0,
					   .block_fd = block_fd,
					   .status = {.fd = status_fd},
					   .meta = {.fd = -1}};

	fake_reset();
	memset(&fix.err, 0, sizeof(fix.err));
	return act_check_fds(&caller, &fix.err);
}

Test(lockdown, descriptors_that_are_named_must_be_fit_for_what_they_are_for)
{
	int dir = open("/", O_PATH | O_CLOEXEC);
	int file = open("/dev/null", O_RDWR | O_CLOEXEC);

	cr_assert_eq(check_fds(file, -1, -1), 0, "%s", fix.err.msg);
	cr_assert_gt(fake_find("is_terminal"), 0U);
	fix_assert_refused(check_fds(dir, -1, -1), "usage.fd-unfit", "is a directory of the host");
	/* The fake has each third one open for reading, writing, both. */
	cr_assert_eq(check_fds(-1, 30, 31), 0, "%s", fix.err.msg);
	cr_assert_eq(check_fds(-1, 32, 35), 0, "%s", fix.err.msg);
	fix_assert_refused(check_fds(-1, 31, -1), "usage.fd-unfit",
			   "--block-fd: descriptor 31 is not open for reading");
	fix_assert_refused(check_fds(-1, -1, 30), "usage.fd-unfit",
			   "--status: descriptor 30 is not open for writing");
	cr_assert_eq(fix.err.kind, ERR_USAGE);
	(void)close(dir);
	(void)close(file);
}

static int check_again(int fd)
{
	const struct plan_caller caller = {
		.fds = &fd, .fd_count = 1, .block_fd = -1, .status = {.fd = -1}, .meta = {.fd = -1}};

	return act_check_fds(&caller, &fix.err);
}

Test(lockdown, one_that_is_closed_is_refused_and_a_terminal)
{
	fake_fail("is_cloexec", EBADF);
	fix_assert_refused(check_again(0), "usage.fd-unfit", "--fd: descriptor 0 is not open");
	fake_reset();
	fake_terminals(1);
	fix_assert_refused(check_again(0), "usage.fd-unfit", "is a terminal");
}

static int check_stdio(void)
{
	return act_check_stdio(&fix.err);
}

Test(lockdown, a_directory_of_the_hosts_is_no_standard_descriptor)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	cr_assert_eq(check_stdio(), 0);
	assert_trace("fstat 0\nfstat 1\nfstat 2\n");
	for (int stdio = 0; stdio <= 2; stdio++) {
		int kept = dup(stdio);

		cr_assert_eq(dup2(fd, stdio), stdio);
		fake_reset();
		memset(&fix.err, 0, sizeof(fix.err));
		int r = check_stdio();

		cr_assert_eq(dup2(kept, stdio), stdio);
		fix_assert_refused(r, "usage.directory-fd",
				   arena_printf(fix.arena, "descriptor %d is a directory", stdio));
		cr_assert_eq(fix.err.kind, ERR_USAGE);
		(void)close(kept);
	}
	(void)close(fd);
}

Test(lockdown, a_closed_one_is_none)
{
	fake_fail("fstat", EBADF);
	cr_assert_eq(check_stdio(), 0);
}

static int keep_some(void)
{
	static const int fds[] = {3, 7, 8, 20};

	return act_keep_fds(fds, ARRAY_SIZE(fds), &fix.err);
}

static int keep_none(void)
{
	return act_keep_fds(NULL, 0, &fix.err);
}

static int keep_the_first(void)
{
	static const int fds[] = {0, 1};

	return act_keep_fds(fds, ARRAY_SIZE(fds), &fix.err);
}

Test(lockdown, init_keeps_only_what_it_needs)
{
	cr_assert_eq(keep_some(), 0);
	assert_trace("close_range 0 2\nclose_range 4 6\nclose_range 9 19\nclose_range 21 -1\n");
	each_call_fails(keep_some, NULL, NULL);
	fake_reset();
	cr_assert_eq(keep_none(), 0);
	assert_trace("close_range 0 -1\n");
	fake_reset();
	cr_assert_eq(keep_the_first(), 0);
	assert_trace("close_range 2 -1\n");
}

static int drop(void)
{
	return act_drop_caps(&fix.plan, &fix.err);
}

Test(lockdown, securebits_then_capabilities_then_no_new_privs)
{
	/* Locking the securebits takes CAP_SETPCAP, which goes with the rest; a filter wants no_new_privs. */
	fix_build();
	cr_assert_eq(drop(), 0);
	assert_trace(arena_printf(fix.arena, "set_securebits %#x\ncap_keep_only 0\nset_no_new_privs\n",
				  fix.plan.securebits));
	each_call_fails(drop, NULL, NULL);
}

Test(lockdown, kept_capabilities_are_the_plans)
{
	fix_set("capabilities.keep", "chown net_bind_service");
	fix_build();
	cr_assert_eq(drop(), 0);
	assert_before("set_securebits", "cap_keep_only 0x401");
	assert_before("cap_keep_only 0x401", "set_no_new_privs");
}

static int drop_kept(void)
{
	return act_drop_kept_caps(&fix.plan, &fix.err);
}

Test(lockdown, init_gives_up_what_is_kept_for_the_program)
{
	fix_build();
	cr_assert_eq(drop_kept(), 0);
	assert_trace(""); /* nothing was kept */
	fix_set("capabilities.keep", "chown");
	fix_build();
	fake_reset();
	cr_assert_eq(drop_kept(), 0);
	assert_trace("cap_drop_all\n");
	each_call_fails(drop_kept, NULL, NULL);
}

static int set_memory(void)
{
	return act_set_memory(&fix.plan, &fix.err);
}

Test(lockdown, memory_and_personality_stay_as_they_are_unless_asked)
{
	fix_build();
	cr_assert_eq(set_memory(), 0);
	assert_trace("");
	fix.host.has_mdwe = true;
	fix_set("process.memory-deny-write-execute", "yes");
	fix_set("process.aslr", "no");
	fix_build();
	cr_assert_eq(set_memory(), 0);
	assert_trace("set_personality 0x40000\nset_mdwe\n");
	each_call_fails(set_memory, NULL, NULL);
}
