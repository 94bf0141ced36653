/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_path.c - paths as text. */
#include "plan/path.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct arena *arena;

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free_ptr(&arena);
}

TestSuite(path, .init = setup, .fini = teardown);

Test(path, normalize)
{
	static const struct {
		const char *text;
		enum path_flaw flaw;
		const char *path;
	} cases[] = {
		{"/", PATH_OK, "/"},
		{"//", PATH_OK, "/"},
		{"/.", PATH_OK, "/"},
		{"/././", PATH_OK, "/"},
		{"/usr", PATH_OK, "/usr"},
		{"/usr/", PATH_OK, "/usr"},
		{"//usr///bin/", PATH_OK, "/usr/bin"},
		{"/./usr/./bin/.", PATH_OK, "/usr/bin"},
		{"/...", PATH_OK, "/..."},
		{"/.hidden/..x/x..", PATH_OK, "/.hidden/..x/x.."},
		{"/with space\n", PATH_OK, "/with space\n"},
		{"", PATH_EMPTY, NULL},
		{"usr", PATH_RELATIVE, NULL},
		{"./usr", PATH_RELATIVE, NULL},
		{"~/x", PATH_RELATIVE, NULL},
		{"/..", PATH_DOTDOT, NULL},
		{"/../", PATH_DOTDOT, NULL},
		{"/usr/..", PATH_DOTDOT, NULL},
		{"/usr/../bin", PATH_DOTDOT, NULL},
		{"/usr//..//bin", PATH_DOTDOT, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = NULL;

		cr_assert_eq(path_normalize(arena, cases[i].text, &path), cases[i].flaw, "%s", cases[i].text);
		if (cases[i].flaw == PATH_OK)
			cr_assert_str_eq(path, cases[i].path);
		cr_assert_not_null(path_flaw_text(cases[i].flaw));
	}
}

/* "/" and a component of `length` letters, repeated until the path has `total` bytes. */
static const char *long_path(size_t length, size_t total)
{
	char *path = arena_alloc(arena, total + 1);

	for (size_t i = 0; i < total; i++)
		path[i] = i % (length + 1) == 0 ? '/' : 'x';
	return path;
}

Test(path, what_the_kernel_would_not_take_is_too_long)
{
	const char *path;

	cr_assert_eq(path_normalize(arena, long_path(NAME_MAX, NAME_MAX + 1), &path), PATH_OK);
	cr_assert_eq(path_normalize(arena, long_path(NAME_MAX + 1, NAME_MAX + 2), &path), PATH_TOO_LONG);
	cr_assert_eq(path_normalize(arena, long_path(100, PATH_MAX - 1), &path), PATH_OK);
	cr_assert_eq(strlen(path), (size_t)PATH_MAX - 1);
	cr_assert_eq(path_normalize(arena, long_path(100, PATH_MAX), &path), PATH_TOO_LONG);
}

Test(path, within)
{
	cr_assert(path_is_within("/usr", "/usr"));
	cr_assert(path_is_within("/usr/bin", "/usr"));
	cr_assert_not(path_is_within("/usrbin", "/usr"));
	cr_assert_not(path_is_within("/us", "/usr"));
	cr_assert_not(path_is_within("/", "/usr"));
	cr_assert(path_is_within("/", "/"));
	cr_assert(path_is_within("/x", "/"));
}

Test(path, parents_come_right_before_what_is_below_them)
{
	/* With plain strcmp, /a-b would stand between /a and /a/b. */
	static const char *const order[] = {"/",      "/\x01",	"/A",	 "/a",	   "/a/\x01", "/a/b",
					    "/a/b/c", "/a/b-c", "/a/c",	 "/a\x01", "/a b",    "/a-b",
					    "/a.b",   "/aa",	"/aa/b", "/b",	   "/\xff"};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
			int want = i < k ? -1 : i > k;

			cr_assert_eq(path_compare(order[i], order[k]), want, "%s %s", order[i], order[k]);
		}
	}
}

Test(path, parent_and_base)
{
	cr_assert_str_eq(path_parent(arena, "/usr"), "/");
	cr_assert_str_eq(path_parent(arena, "/usr/bin"), "/usr");
	cr_assert_str_eq(path_parent(arena, "/a/b/c"), "/a/b");
	cr_assert_str_eq(path_base("/usr"), "usr");
	cr_assert_str_eq(path_base("/usr/bin"), "bin");
}
