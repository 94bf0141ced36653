/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_home.c - what is kept is ours alone, and reached by descriptors, through no link. */
#include "act/home.h"

#include <sys/stat.h>
#include <unistd.h>

#include "act_fixture.h"

TestSuite(home, .init = act_setup, .fini = fix_teardown);

static const char dir[] = "/home/alice/.local/share/pinfold/homes/p";

static int make(void)
{
	const char *_Atomic at = NULL;

	return act_make_home(&fix.plan, &at, &fix.err);
}

static struct stat mine(mode_t mode)
{
	return (struct stat){.st_mode = mode, .st_uid = 1000};
}

static void prepare(void)
{
	const struct stat st = mine(S_IFDIR | 0700);

	fake_stat("/home/alice/.local/share/pinfold/homes", &st);
	fake_stat("p", &st);
}

static void plan_home(void)
{
	fix.request.profile = "p";
	fix_set("home.mode", "tmpfs");
	fix_set("home.persist", ".cache/tool/x");
	fix_set("home.persist", "notes");
	fix_build();
	cr_assert_str_eq(fix.plan.home.dir, dir);
	prepare();
}

Test(home, nothing_is_made_for_a_home_that_is_not_kept)
{
	fix_build();
	cr_assert_eq(make(), 0);
	assert_trace("");
}

Test(home, made_from_the_top_looked_at_then_the_parts)
{
	plan_home();
	cr_assert_eq(make(), 0, "%s", fix.err.msg);
	assert_trace("mkdir cwd /home 0700\n"
		     "mkdir cwd /home/alice 0700\n"
		     "mkdir cwd /home/alice/.local 0700\n"
		     "mkdir cwd /home/alice/.local/share 0700\n"
		     "mkdir cwd /home/alice/.local/share/pinfold 0700\n"
		     "mkdir cwd /home/alice/.local/share/pinfold/homes 0700\n"
		     "mkdir cwd /home/alice/.local/share/pinfold/homes/p 0700\n"
		     "open cwd /home/alice/.local/share/pinfold/homes path directory nofollow = #1\n"
		     "open #1 p path directory nofollow = #2\n"
		     "fstat #1\n"
		     "fstat #2\n"
		     "fstat #2\n"
		     "mkdir #2 .cache 0700\n"
		     "open #2 .cache path directory nofollow = #3\n"
		     "mkdir #3 tool 0700\n"
		     "open #3 tool path directory nofollow = #4\n"
		     "mkdir #4 x 0700\n"
		     "mkdir #2 notes 0700\n");
}

Test(home, each_call_fails)
{
	plan_home();
	each_call_fails(make, prepare, (const struct tolerated[]){{"mkdir ", EEXIST}, {NULL, 0}});
}

Test(home, what_is_somebody_elses_or_open_to_others_is_refused)
{
	static const struct {
		const char *path;
		struct stat st;
	} rows[] = {
		{"p", {.st_mode = S_IFDIR | 0700, .st_uid = 1001}},
		{"/home/alice/.local/share/pinfold/homes", {.st_mode = S_IFDIR | 0700, .st_uid = 0}},
		{"/home/alice/.local/share/pinfold/homes", {.st_mode = S_IFDIR | 01777, .st_uid = 1000}},
	};

	plan_home();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_reset();
		prepare();
		fake_stat(rows[i].path, &rows[i].st);
		fix_assert_refused(make(), "host.home-owner", "belongs to uid");
		cr_assert_eq(fake_find("mkdir #"), 0U, "nothing is made in it");
	}
}

Test(home, a_mode_that_the_program_left_is_mended)
{
	static const mode_t modes[] = {0, 0500, 0710, 0777, 02700};

	plan_home();
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		const struct stat st = mine(S_IFDIR | modes[i]);

		fake_reset();
		prepare();
		fake_stat("p", &st);
		/* The fake's mode stays as it is, so most are refused in the end. */
		cr_assert_eq(make(), (modes[i] & 0777) == 0700 ? 0 : -1);
		cr_assert_eq(fake_find("chmod #1 p 0700"), fake_find("fstat #2") + 1);
		cr_assert_gt(fake_find("chmod #1 p 0700"), fake_find("fstat #1"), "not before the one above");
		fake_reset();
		prepare();
		fake_stat("p", &st);
		fake_fail("chmod", EPERM);
		fix_assert_refused(make(), "host.home", "cannot make");
	}
}

Test(home, a_mode_elsewhere_is_not_mended)
{
	static const mode_t modes[] = {0, 0500, 0755};

	plan_home();
	fix.plan.home.dir = "/home/alice/elsewhere/p";
	fix.plan.home.is_mended = false;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		const struct stat above = mine(S_IFDIR | 0700);
		const struct stat st = mine(S_IFDIR | modes[i]);

		fake_reset();
		fake_stat("/home/alice/elsewhere", &above);
		fake_stat("p", &st);
		fix_assert_refused(make(), "host.home-owner", "belongs to uid 1000 and has mode");
		cr_assert_eq(fake_find("chmod"), 0U);
	}
}

Test(home, a_link_among_the_parts_is_named)
{
	static const int errnums[] = {ELOOP, ENOTDIR};

	plan_home();
	for (size_t i = 0; i < ARRAY_SIZE(errnums); i++) {
		fake_reset();
		prepare();
		fake_fail("open #2 .cache", errnums[i]);
		memset(&fix.err, 0, sizeof(fix.err));
		fix_assert_refused(make(), "config.home-link", ".cache/tool/x");
		cr_assert_eq(fake_find("mkdir #3"), 0U);
	}
}
