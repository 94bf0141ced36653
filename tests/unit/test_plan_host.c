/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_host.c - looking facts up. */
#include "plan/host.h"

#include "plan_fixture.h"

Test(host, without_facts_nothing_is_found)
{
	struct host host = {0};

	host_sort_paths(&host);
	cr_assert_null(host_find_path(&host, "/usr"));
	cr_assert_null(host_getenv(&host, "HOME"));
}

Test(host, paths_are_sorted_and_once)
{
	struct path_fact facts[] = {{.path = "/usr"},	{.path = "/bin"},     {.path = "/usr"},
				    {.path = "/usr-2"}, {.path = "/usr/lib"}, {.path = "/bin"}};
	struct host host = {.paths = facts, .path_count = ARRAY_SIZE(facts)};

	host_sort_paths(&host);
	cr_assert_eq(host.path_count, 4U);
	for (size_t i = 0; i + 1 < host.path_count; i++)
		cr_assert_lt(strcmp(host.paths[i].path, host.paths[i + 1].path), 0);
	cr_assert_str_eq(host_find_path(&host, "/usr/lib")->path, "/usr/lib");
	cr_assert_str_eq(host_find_path(&host, "/usr-2")->path, "/usr-2");
	cr_assert_null(host_find_path(&host, "/us"));
	cr_assert_null(host_find_path(&host, ""));
}

Test(host, one_fact_is_found_among_many)
{
	static char names[500][12];
	static struct path_fact facts[ARRAY_SIZE(names)];
	struct host host = {.paths = facts, .path_count = ARRAY_SIZE(facts)};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		(void)snprintf(names[i], sizeof(names[i]), "/%zu", (i * 7919) % ARRAY_SIZE(names));
		facts[i].path = names[i];
	}
	host_sort_paths(&host);
	cr_assert_eq(host.path_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cr_assert_not_null(host_find_path(&host, names[i]), "%s", names[i]);
}

Test(host, a_home_that_is_the_systems_is_none_inside)
{
	static const struct {
		const char *home, *user, *inside;
	} cases[] = {
		{"/home/alice", "alice", "/home/alice"},
		{"/root", "root", "/root"},
		{"/usrx/alice", "alice", "/usrx/alice"},
		{"/tmp/alice", "alice", "/tmp/alice"},
		{"/", "alice", "/home/alice"},
		{"/tmp", "alice", "/home/alice"},
		{"/usr", "bin", "/home/bin"},
		{"/usr/lib/news", "news", "/home/news"},
		{"/bin", "bin", "/home/bin"},
		{"/dev/shm/x", "alice", "/home/alice"},
		{"/proc/1/root", "alice", "/home/alice"},
		{"/etc", "alice", "/home/alice"},
		{NULL, "alice", "/home/alice"},
		{NULL, NULL, "/home/user"},
		{NULL, "", "/home/user"},
		{NULL, "..", "/home/user"},
		{NULL, "../etc", "/home/user"},
		{"/", "a/b", "/home/user"},
	};

	fix_setup();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct host host = {.home = cases[i].home, .user = cases[i].user};

		host_settle_home(&host, fix.arena);
		cr_assert_str_eq(host.home_inside, cases[i].inside, "case %zu", i);
	}
	fix_teardown();
}

Test(host, getenv)
{
	char *const env[] = {(char[]){"AB=1"},	  (char[]){"A=two=2"}, (char[]){"EMPTY="},
			     (char[]){"NOVALUE"}, (char[]){"A=again"}, NULL};
	struct host host = {.env = env};

	cr_assert_str_eq(host_getenv(&host, "A"), "two=2");
	cr_assert_str_eq(host_getenv(&host, "AB"), "1");
	cr_assert_str_empty(host_getenv(&host, "EMPTY"));
	cr_assert_null(host_getenv(&host, "NOVALUE"));
	cr_assert_null(host_getenv(&host, "B"));
	cr_assert_null(host_getenv(&host, "ABC"));
}

/* ------------------------------------------------------------ user directories */

static const char *user_dir_of(const char *macro, const char *text)
{
	fix.host.home = "/home/alice";
	memset(fix.host.user_dirs, 0, sizeof(fix.host.user_dirs));
	host_take_user_dirs(&fix.host, fix.arena, text);
	for (size_t i = 0; i < USER_DIR_COUNT; i++) {
		if (str_eq(host_user_dir_names[i].macro, macro))
			return fix.host.user_dirs[i];
	}
	cr_assert_fail("%s", macro);
	return NULL;
}

Test(host, user_dirs_as_xdg_user_dirs_update_writes_them, .init = fix_setup, .fini = fix_teardown)
{
	static const char text[] = "# This file is written by xdg-user-dirs-update\n"
				   "XDG_DESKTOP_DIR=\"$HOME/Desktop\"\n"
				   "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n"
				   "XDG_TEMPLATES_DIR=\"$HOME/Templates\"\n"
				   "XDG_PUBLICSHARE_DIR=\"$HOME/Public\"\n"
				   "XDG_DOCUMENTS_DIR=\"$HOME/Documents\"\n"
				   "XDG_MUSIC_DIR=\"/srv/music\"\n"
				   "XDG_PICTURES_DIR=\"$HOME/Pictures/My own\"\n"
				   "XDG_VIDEOS_DIR=\"$HOME/Videos\"";

	cr_assert_str_eq(user_dir_of("DESKTOP", text), "/home/alice/Desktop");
	cr_assert_str_eq(user_dir_of("DOWNLOADS", text), "/home/alice/Downloads");
	cr_assert_str_eq(user_dir_of("TEMPLATES", text), "/home/alice/Templates");
	cr_assert_str_eq(user_dir_of("PUBLIC", text), "/home/alice/Public");
	cr_assert_str_eq(user_dir_of("DOCUMENTS", text), "/home/alice/Documents");
	cr_assert_str_eq(user_dir_of("MUSIC", text), "/srv/music");
	cr_assert_str_eq(user_dir_of("PICTURES", text), "/home/alice/Pictures/My own");
	cr_assert_str_eq(user_dir_of("VIDEOS", text), "/home/alice/Videos");
}

Test(host, user_dirs_line_by_line, .init = fix_setup, .fini = fix_teardown)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{"", NULL},
		{"XDG_MUSIC_DIR=\"$HOME/Music\"", "/home/alice/Music"},
		{"  \tXDG_MUSIC_DIR=\"$HOME/Music\" \t\r\n", "/home/alice/Music"},
		{"XDG_MUSIC_DIR=\"/srv//music/./x/\"\n", "/srv/music/x"},
		{"XDG_MUSIC_DIR=\"/a\"\nXDG_MUSIC_DIR=\"/b\"\n", "/b"},
		{"#XDG_MUSIC_DIR=\"/a\"\n", NULL},
		{"XDG_MUSIC_DIRS=\"/a\"\n", NULL},
		{"MUSIC_DIR=\"/a\"\n", NULL},
		{"XDG_MUSIC_DIR=\n", NULL},
		{"XDG_MUSIC_DIR=\"\n", NULL},
		{"XDG_MUSIC_DIR=\"\"\n", NULL},
		{"XDG_MUSIC_DIR=/a\n", NULL},
		{"XDG_MUSIC_DIR='/a'\n", NULL},
		{"XDG_MUSIC_DIR=\"a/b\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/a/../b\"\n", NULL},
		{"XDG_MUSIC_DIR=\"$(touch x)/a\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/a`touch x`\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/a\\\"b\"\n", NULL},
		{"XDG_MUSIC_DIR=\"$HOMEx/b\"\n", NULL},
		{"XDG_MUSIC_DIR=\"$HOME/$USER\"\n", NULL},
		/* No directory of its own: all of the home would be granted under a harmless name. */
		{"XDG_MUSIC_DIR=\"$HOME\"\n", NULL},
		{"XDG_MUSIC_DIR=\"$HOME/\"\n", NULL},
		{"XDG_MUSIC_DIR=\"$HOME/.\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/home/alice\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/home\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/\"\n", NULL},
		{"XDG_MUSIC_DIR=\"/home/alicex\"\n", "/home/alicex"},
		{"XDG_MUSIC_DIR=\"/a\"\nXDG_MUSIC_DIR=\"$HOME/\"\n", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = user_dir_of("MUSIC", cases[i].text);

		if (cases[i].path == NULL)
			cr_assert_null(path, "case %zu: %s", i, path != NULL ? path : "");
		else
			cr_assert(path != NULL && str_eq(path, cases[i].path), "case %zu: %s", i,
				  path != NULL ? path : "none");
	}
}

Test(host, user_dirs_without_a_home, .init = fix_setup, .fini = fix_teardown)
{
	fix.host.home = NULL;
	host_take_user_dirs(&fix.host, fix.arena, "XDG_MUSIC_DIR=\"$HOME/Music\"\nXDG_VIDEOS_DIR=\"/v\"\n");
	for (size_t i = 0; i < USER_DIR_COUNT; i++) {
		if (str_eq(host_user_dir_names[i].macro, "VIDEOS"))
			cr_assert_str_eq(fix.host.user_dirs[i], "/v");
		else
			cr_assert_null(fix.host.user_dirs[i]);
	}
}
