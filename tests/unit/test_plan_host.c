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
