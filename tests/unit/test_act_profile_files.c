/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_profile_files.c - profiles are read whole, listed, and made where there is none. */
#include "act/profile_files.h"

#include <errno.h>

#include "act_fixture.h"

TestSuite(profile_files, .init = act_setup, .fini = fix_teardown);

/* ------------------------------------------------------------ profiles */

static const char *text;
static size_t len;

static int read_profile(void)
{
	int r = act_profile_loader.read(NULL, fix.arena, "/p.ini", &text, &len);

	return r < 0 ? err_set(&fix.err, ERR_CONFIG, "test", -r, "x") | err_hint(&fix.err, "x") : 0;
}

static void prepare_profile(void)
{
	fake_file("/p.ini", "[identity]\nhostname = x\n");
}

Test(profile_files, a_profile_is_read_whole)
{
	prepare_profile();
	cr_assert_eq(act_profile_loader.read(NULL, fix.arena, "/p.ini", &text, &len), 0);
	cr_assert_eq(len, strlen("[identity]\nhostname = x\n"));
	cr_assert_str_eq(text, "[identity]\nhostname = x\n");
	assert_trace("open cwd /p.ini nonblock = #1\nfstat #1\nread #1\n");
	each_call_fails(read_profile, prepare_profile, NULL);
}

Test(profile_files, what_is_no_profile)
{
	static const struct {
		mode_t mode;
		int r;
	} cases[] = {{S_IFDIR, -EISDIR},
		     {S_IFCHR, -EINVAL},
		     {S_IFIFO, -EINVAL},
		     {S_IFSOCK, -EINVAL},
		     {S_IFBLK, -EINVAL}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t fds = fake_open_fds();

		fake_mode("/p.ini", cases[i].mode | 0644);
		cr_assert_eq(act_profile_loader.read(NULL, fix.arena, "/p.ini", &text, &len), cases[i].r);
		cr_assert_eq(fake_open_fds(), fds);
	}
	cr_assert_eq(fake_find("read "), 0U);
}

Test(profile_files, sizes_of_profiles)
{
	static const struct {
		off_t size;
		int r;
	} cases[] = {{0, 0}, {4 * 1024 * 1024, 0}, {4 * 1024 * 1024 + 1, -EFBIG}, {(off_t)1 << 62, -EFBIG}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fake_stat("/p.ini", &(struct stat){.st_mode = S_IFREG | 0644, .st_size = cases[i].size});
		cr_assert_eq(act_profile_loader.read(NULL, fix.arena, "/p.ini", &text, &len), cases[i].r,
			     "%zu", i);
		if (cases[i].r == 0)
			cr_assert_eq(len, 0U, "the file became shorter meanwhile");
	}
}

/* ------------------------------------------------------------ directories */

static const char **names;
static size_t count;

static int list(void)
{
	int r = act_profile_loader.list(NULL, fix.arena, "/dir", &names, &count);

	return r < 0 ? err_set(&fix.err, ERR_CONFIG, "test", -r, "x") | err_hint(&fix.err, "x") : 0;
}

static void prepare_directory(void)
{
	static const char *const entries[] = {".", "one.ini", "..", "two", NULL};

	fake_entries(entries);
}

Test(profile_files, a_directory_is_listed)
{
	prepare_directory();
	cr_assert_eq(list(), 0);
	cr_assert_eq(count, 2U);
	cr_assert_str_eq(names[0], "one.ini");
	cr_assert_str_eq(names[1], "two");
	each_call_fails(list, prepare_directory, NULL);
}

/* ------------------------------------------------------------ new ones */

static int make(void)
{
	return act_make_profile(fix.arena, "/h/.config/pinfold/profiles/x.ini", "[profile]\n", &fix.err);
}

Test(profile_files, a_new_profile_is_made_with_the_directories_above)
{
	static const struct tolerated exists[] = {{"mkdir", EEXIST}, {NULL, 0}};

	cr_assert_eq(make(), 0, "%s", fix.err.msg);
	cr_assert_gt(fake_find("mkdir cwd /h/.config/pinfold/profiles"),
		     fake_find("mkdir cwd /h/.config/pinfold "), "%s", fake_trace());
	each_call_fails(make, NULL, exists);
}

Test(profile_files, what_is_there_is_never_overwritten)
{
	cr_assert_eq(make(), 0);
	fake_reset();
	fake_fail_at(5, EEXIST);
	cr_assert_eq(make(), -1, "%s", fake_trace());
	cr_assert_str_eq(fix.err.id, "config.profile-exists");
	cr_assert_str_not_empty(fix.err.hint);
}
