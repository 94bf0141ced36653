/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_registry.c - sandboxes with a name: taking one, finding it, taking away what is left. */
#include "act/registry.h"

#include <unistd.h>

#include "act/spaces.h"
#include "act_fixture.h"
#include "base/fd.h"

TestSuite(registry, .init = act_setup, .fini = fix_teardown);

static const char base[] = "/run/user/0/pinfold";

static void prepare_directory(void)
{
	const struct stat closed = {.st_mode = S_IFDIR | 0700, .st_ino = 5};

	fake_knows_all();
	fake_stat("/run/user/0", &closed);
	fake_stat(base, &closed);
	fake_stat("run", &closed);
	fake_stat(".", &closed);
}

static void prepare(void)
{
	const struct stat file = {.st_mode = S_IFREG | 0600, .st_ino = 7};

	prepare_directory();
	fake_stat("web.lock", &file);
}

static int reserve(void)
{
	struct claim claim;
	int r = act_registry_reserve(base, "web", &claim, &fix.err);

	act_registry_release(&claim);
	return r;
}

Test(registry, a_name_is_locked_before_anything_is_taken_away)
{
	const size_t fds = fake_open_fds();

	prepare();
	cr_assert_eq(reserve(), 0, "%s", fix.err.msg);
	assert_before("lock #3 0 2", "unlink #2 web.sock");
	assert_before("write_at #3 4096 0", "listen #2 web.sock");
	cr_assert_eq(fake_open_fds(), fds);
}

Test(registry, each_call_of_it_fails)
{
	/* EEXIST: it is there; EACCES of a lock: somebody has it, and nobody has when he is asked for, again
	 * and again. */
	static const struct tolerated tolerated[] = {{"mkdir", EEXIST}, {"unlink", 0},	  {"lock ", EACCES},
						     {"statx", 0},	{"lock_wait", 0}, {"fstat #3", 0},
						     {NULL, 0}};

	each_call_fails(reserve, prepare, tolerated);
}

Test(registry, somebody_elses_name_is_refused_with_his_number)
{
	prepare();
	fake_fail("lock #", EAGAIN);
	fake_lock_holder(77);
	fix_assert_refused(reserve(), "usage.in-use", "there is a sandbox called web (pid 77)");
	cr_assert_eq(fake_find("unlink"), 0U, "nothing of his is taken away");
	fake_lock_holder(-ESRCH);
	fix_assert_refused(reserve(), "usage.in-use", "there is a sandbox called web");
}

static void refused(const char *path, const struct stat *st, const char *why)
{
	const size_t fds = fake_open_fds();
	int fd = -1;

	fake_reset();
	prepare();
	fake_stat(path, st);
	fix_assert_refused(act_registry_open(base, true, &fd, &fix.err), "host.registry", why);
	cr_assert_eq(fd, -1);
	cr_assert_eq(fake_open_fds(), fds);
}

Test(registry, a_directory_must_be_the_callers_alone)
{
	const struct stat open = {.st_mode = S_IFDIR | 0750};
	const struct stat foreign = {.st_mode = S_IFDIR | 0700, .st_uid = 9};
	int fd;

	refused(base, &open, "is open to others");
	refused(base, &foreign, "belongs to somebody else");
	refused("run", &open, "is open to others");
	refused("run", &foreign, "belongs to somebody else");
	refused("/run/user/0", &foreign, "belongs to user 9");
	fake_reset();
	prepare();
	fake_fail("open cwd /run/user/0/pinfold", ELOOP);
	fix_assert_refused(act_registry_open(base, true, &fd, &fix.err), "host.registry", "is no directory");
}

Test(registry, nothing_is_made_to_look)
{
	int fd = 7;

	fake_knows_all();
	cr_assert_eq(act_registry_open(base, false, &fd, &fix.err), 0);
	cr_assert_eq(fd, -1);
	cr_assert_eq(fake_find("mkdir"), 0U);
}

static int find(void)
{
	CLEANUP_FD int fd = -1;
	struct entry entry;

	if (act_registry_open(base, false, &fd, &fix.err) < 0)
		return -1;
	return act_registry_find(fix.arena, fd, "web", &entry, &fix.err);
}

Test(registry, what_nobody_holds_is_swept)
{
	prepare();
	fix_assert_refused(find(), "usage.unknown-name", "there is no sandbox called web");
	assert_before("lock #3 1 1", "unlink #2 web.sock");
	assert_before("unlink #2 web.sock", "unlink #2 web.lock");
}

Test(registry, unless_somebody_else_is_at_it)
{
	prepare();
	fake_fail("lock #3 1 1", EAGAIN);
	fix_assert_refused(find(), "usage.unknown-name", "");
	cr_assert_eq(fake_find("unlink"), 0U);
}

Test(registry, what_is_held_is_found)
{
	prepare();
	fake_lock_holder(77);
	cr_assert_eq(find(), 0, "%s", fix.err.msg);
	cr_assert_eq(fake_find("unlink"), 0U);
}

Test(registry, only_files_of_entries_are_listed)
{
	static const char *const names[] = {".", "..",	 ".lock",      "web.lock",  "web.sock",
					    "x", "lock", "web.lock.x", "\xc3.lock", NULL};
	CLEANUP_FD int fd = -1;
	struct entry *entries;
	size_t count;

	prepare();
	fake_entries(names);
	fake_lock_holder(77);
	cr_assert_eq(act_registry_open(base, false, &fd, &fix.err), 0);
	cr_assert_eq(act_registry_list(fix.arena, fd, &entries, &count, &fix.err), 0, "%s", fix.err.msg);
	cr_assert_eq(count, 1U, "%zu", count);
	cr_assert_str_eq(entries[0].name, "web");
	cr_assert_eq(entries[0].supervisor, 77);
	cr_assert_not(entries[0].is_there);
}

static int kill_it(void)
{
	const struct entry entry = {.name = "web", .supervisor = 77};
	CLEANUP_FD int fd = -1;

	if (act_registry_open(base, false, &fd, &fix.err) < 0)
		return -1;
	return act_registry_kill(fd, &entry, 0, &fix.err);
}

Test(registry, who_is_killed_is_looked_at_behind_his_pidfd)
{
	prepare();
	fake_lock_holder(77);
	cr_assert_eq(kill_it(), 0, "%s", fix.err.msg);
	assert_before("pidfd other", "lock_holder");
	assert_before("lock_holder", "pidfd_kill");
	fake_reset();
	prepare();
	fake_lock_holder(78);
	cr_assert_eq(kill_it(), -1, "the name is another one's by now");
	cr_assert_eq(fake_find("pidfd_kill"), 0U);
}

/* ------------------------------------------------------------ namespaces */

static int open_spaces(void)
{
	int fds[SPACE_COUNT];
	int count = act_open_spaces(1U << SPACE_USER | 1U << SPACE_NET, fds, &fix.err);

	for (int i = 0; i < count; i++)
		fd_close_ptr(&fds[i]);
	return count < 0 ? -1 : 0;
}

Test(registry, namespaces_are_opened_in_their_order)
{
	cr_assert_eq(open_spaces(), 0);
	assert_before("open cwd /proc/self/ns/user", "open cwd /proc/self/ns/net");
	cr_assert_eq(fake_find("open cwd /proc/self/ns/pid"), 0U);
	each_call_fails(open_spaces, NULL, NULL);
}

Test(registry, and_taken_over_when_they_are_as_many_as_was_said)
{
	int fds[3] = {dup(0), dup(0), dup(0)};
	struct spaces spaces;

	act_spaces_init(&spaces);
	cr_assert_eq(act_take_spaces(&spaces, 1U << SPACE_NET, fds, 1), 0);
	cr_assert_geq(spaces.fds[SPACE_NET], 0);
	cr_assert_neq(spaces.inodes[SPACE_NET], 0U);
	cr_assert_eq(spaces.fds[SPACE_USER], -1);
	cr_assert_eq(act_take_spaces(&spaces, 1U << SPACE_NET, fds + 1, 1), -EPROTO, "twice");
	cr_assert_eq(act_take_spaces(&spaces, 1U << SPACE_USER | 1U << SPACE_PID, fds + 1, 1), -EPROTO,
		     "too few");
	cr_assert_eq(act_take_spaces(&spaces, 0, fds + 2, 1), -EPROTO, "too many");
	act_spaces_close(&spaces);
	cr_assert_eq(spaces.fds[SPACE_NET], -1);
}
