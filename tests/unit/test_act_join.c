/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_join.c - namespaces of another sandbox: whose are opened, and what must fit before they are
 * entered. */
#include "act/join.h"

#include <errno.h>
#include <sched.h>
#include <sys/sysmacros.h>

#include "act/spaces.h"
#include "act_fixture.h"

TestSuite(join, .init = act_setup, .fini = fix_teardown);

/* ------------------------------------------------------------ entering */

enum { USER_FD = 70, UTS_FD = 71, NET_FD = 72 };

static int enter(void)
{
	struct spaces spaces;

	act_spaces_init(&spaces);
	spaces.fds[SPACE_USER] = USER_FD;
	spaces.fds[SPACE_UTS] = UTS_FD;
	spaces.fds[SPACE_NET] = NET_FD;
	return act_enter_joined(&fix.plan, &spaces, &fix.err);
}

/* What the other one is like: as ours would be. */
static void fits(void)
{
	fake_file("/proc/self/uid_map", "      1000       1000          1\n");
	fake_file("/proc/self/gid_map", "      1000       1000          1\n");
	fake_file("/proc/self/setgroups", "deny\n");
	fake_file("/proc/sys/user/max_user_namespaces", "0\n");
}

static void build(const char *nested)
{
	fix_set("network.mode", "join:web");
	fix_set("namespaces.uts", "join:web");
	fix_set("namespaces.nested", nested);
	fix_build();
	fake_reset();
	fits();
}

Test(join, the_user_namespace_is_entered_first_and_looked_at_before_the_others)
{
	build("none");
	cr_assert_eq(enter(), 0, "%s", fix.err.msg);
	assert_trace("set_dumpable no\n"
		     "setns 70 0x10000000\n"
		     "set_parent_death_signal 9\n"
		     "read_file cwd /proc/self/uid_map\n"
		     "read_file cwd /proc/self/gid_map\n"
		     "read_file cwd /proc/self/setgroups\n"
		     "read_file cwd /proc/sys/user/max_user_namespaces\n"
		     "setns 71 0x4000000\n"
		     "setns 72 0x40000000\n");
	each_call_fails(enter, fits, NULL);
}

Test(join, what_does_not_fit_is_told_and_nothing_else_is_entered)
{
	static const struct {
		const char *path, *text, *id, *msg;
	} rows[] = {
		{"/proc/self/uid_map", "0 1000 1\n", "config.join-map",
		 "web has other ids: its uid map has \"0 1000 1\" where this one would have \"1000 1000 1\""},
		{"/proc/self/uid_map", "1000 1000 1\n0 100000 1000\n", "config.join-map",
		 "web has other ids: its uid map has \"0 100000 1000\" besides"},
		{"/proc/self/uid_map", "", "config.join-map",
		 "web has other ids: its uid map is without \"1000 1000 1\""},
		{"/proc/self/gid_map", "1000 1001 1\n", "config.join-map",
		 "web has other ids: its gid map has \"1000 1001 1\" where this one would have \"1000 1000 "
		 "1\""},
		{"/proc/self/setgroups", "allow\n", "config.join-map",
		 "web is in a user namespace in which groups can be given up"},
		{"/proc/sys/user/max_user_namespaces", "2147483647\n", "config.join-nested",
		 "web has room for user namespaces inside, and this one is to have none (nested = none)"},
	};

	build("none");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_reset();
		fits();
		fake_file(rows[i].path, rows[i].text);
		fix_assert_refused(enter(), rows[i].id, rows[i].msg);
		cr_assert_eq(fake_find("setns 71"), 0U, "%s", rows[i].path);
		cr_assert_eq(fix.err.kind, ERR_CONFIG);
		cr_assert_str_not_empty(fix.err.hint);
		cr_assert_not_null(strstr(fix_where(), "=join:"), "%s", fix_where());
	}
}

Test(join, room_for_user_namespaces_is_wanted_by_both_or_by_neither)
{
	static const char *const roomy[] = {"browser", "full"};

	for (size_t i = 0; i < ARRAY_SIZE(roomy); i++) {
		build(roomy[i]);
		fix_assert_refused(
			enter(), "config.join-nested",
			"web has no room for user namespaces inside (nested = none), and this one wants it");
		fake_file("/proc/sys/user/max_user_namespaces", "2147483647\n");
		cr_assert_eq(enter(), 0, "%s", fix.err.msg);
		fix_teardown();
		act_setup();
	}
}

Test(join, the_lines_of_a_map_are_in_any_order)
{
	struct map_line lines[] = {{1000, 1000, 1}, {0, 100000, 1000}, {1001, 101000, 64536}};

	build("none");
	fix.plan.map.uids = lines;
	fix.plan.map.uid_count = ARRAY_SIZE(lines);
	fake_file("/proc/self/uid_map", "0 100000 1000\n1000 1000 1\n1001 101000 64536\n");
	cr_assert_eq(enter(), 0, "%s", fix.err.msg);
	fake_file("/proc/self/uid_map", "0 100000 1000\n1000 1000 1\n");
	cr_assert_eq(enter(), -1, "one line is missing");
	fake_file("/proc/self/uid_map", "0 100000 1000\n1000 1000 1\n1001 101000 64535\n");
	cr_assert_eq(enter(), -1, "one is shorter");
}

Test(join, one_that_is_not_ours_is_told_as_that)
{
	build("none");
	fake_fail("setns 70", EPERM);
	fix_assert_refused(enter(), "host.join",
			   "cannot enter the user namespace of web: Operation not permitted");
	fake_reset();
	fits();
	fake_fail("setns 72", EINVAL);
	fix_assert_refused(enter(), "host.join", "cannot enter the net namespace of web: Invalid argument");
}

/* ------------------------------------------------------------ by path */

enum { OUR_USER = 10, USER = 20, OTHER_USER = 21, INNER_USER = 30 };

/* As fake_sys has it: the type is in st_rdev, what it belongs to in st_size, and what that is in in
 * st_blocks. */
static void put(const char *path, int type, ino_t owner, ino_t above)
{
	const struct stat st = {.st_mode = S_IFREG | 0444,
				.st_ino = 99,
				.st_rdev = (dev_t)(unsigned int)type,
				.st_size = (off_t)owner,
				.st_blocks = (blkcnt_t)above};

	fake_stat(path, &st);
}

static void own(void)
{
	const struct stat st = {.st_mode = S_IFREG | 0444, .st_ino = OUR_USER};

	fake_stat("/proc/self/ns/user", &st);
	put("/proc/7/ns/net", CLONE_NEWNET, USER, OUR_USER);
	put("/proc/7/ns/uts", CLONE_NEWUTS, USER, OUR_USER);
	put("/proc/8/ns/uts", CLONE_NEWUTS, OTHER_USER, OUR_USER);
	put("/proc/9/ns/net", CLONE_NEWNET, INNER_USER, USER);
	put("/proc/self/ns/net", CLONE_NEWNET, OUR_USER, 1);
}

static struct spaces opened;

static int open_paths(void)
{
	int r;

	act_spaces_init(&opened);
	r = act_open_joined(&fix.plan.join, &opened, &fix.err);
	for (unsigned int i = 0; i < SPACE_COUNT; i++)
		opened.inodes[i] = opened.fds[i] >= 0;
	act_spaces_close(&opened);
	return r;
}

static void build_paths(const char *net, const char *uts)
{
	fix_set("network.mode", net);
	fix_set("namespaces.uts", uts);
	fix_build();
	fake_reset();
	own();
}

Test(join, paths_are_opened_with_what_they_belong_to)
{
	build_paths("join:/proc/7/ns/net", "join:/proc/7/ns/uts");
	cr_assert_eq(open_paths(), 0, "%s", fix.err.msg);
	assert_trace("open cwd /proc/7/ns/uts nonblock = #1\n"
		     "ns_type #1\n"
		     "ns_owner #1 = #2\n"
		     "stat /proc/self/ns/user\n"
		     "fstat #2\n"
		     "ns_parent #2 = #3\n"
		     "fstat #3\n"
		     "open cwd /proc/7/ns/net nonblock = #4\n"
		     "ns_type #4\n"
		     "ns_owner #4 = #5\n"
		     "fstat #2\n"
		     "fstat #5\n");
	for (unsigned int i = 0; i < SPACE_COUNT; i++)
		cr_assert_eq(opened.inodes[i], i == SPACE_USER || i == SPACE_UTS || i == SPACE_NET, "%s",
			     space_table[i].name);
	each_call_fails(open_paths, own, NULL);
}

Test(join, paths_that_lead_elsewhere_are_refused)
{
	static const struct {
		const char *net, *uts, *id, *msg;
	} rows[] = {
		{"join:/proc/self/ns/net", "private", "host.join",
		 "/proc/self/ns/net is the host's own: to enter it takes CAP_SYS_ADMIN there"},
		{"join:/proc/9/ns/net", "private", "host.join",
		 "/proc/9/ns/net belongs to a user namespace inside of another one"},
		{"join:/proc/7/ns/uts", "private", "config.join-path", "/proc/7/ns/uts is no net namespace"},
		{"join:/dev/null", "private", "config.join-path", "/dev/null is no net namespace"},
		{"join:/proc/7/ns/net", "join:/proc/8/ns/uts", "config.join",
		 "/proc/7/ns/net belongs to another user namespace than what is joined besides"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		build_paths(rows[i].net, rows[i].uts);
		fix_assert_refused(open_paths(), rows[i].id, rows[i].msg);
		cr_assert_str_not_empty(fix.err.hint);
		cr_assert_not_null(strstr(fix_where(), "=join:"), "%s", fix_where());
		fix_teardown();
		act_setup();
	}
}

Test(join, paths_that_cannot_be_opened_are_told_with_why)
{
	build_paths("join:/proc/7/ns/net", "private");
	fake_fail("ns_owner", EPERM);
	fix_assert_refused(open_paths(), "host.join", "is the host's own");
	fake_reset();
	own();
	fake_fail("open cwd /proc/7", EACCES);
	fix_assert_refused(open_paths(), "config.join-path",
			   "cannot open /proc/7/ns/net, to join it: Permission denied");
	cr_assert_not_null(strstr(fix.err.hint, "by their name"));
	fake_reset();
	own();
	fake_fail("open cwd /proc/7", ENOENT);
	fix_assert_refused(open_paths(), "config.join-path",
			   "cannot open /proc/7/ns/net, to join it: No such file or directory");
	cr_assert_not_null(strstr(fix.err.hint, "/proc/PID/ns/net"));
}
