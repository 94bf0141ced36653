/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_problem.c - all that is wrong: kept once, counted, in order, and shown harmlessly. */
#include "plan/problem.h"

#include "plan_fixture.h"

static struct problems problems;

static void setup(void)
{
	fix_setup();
	problems = (struct problems){.arena = fix.arena};
}

TestSuite(problem, .init = setup, .fini = fix_teardown);

static struct err make(const char *file, unsigned int line, unsigned int column, const char *message)
{
	struct err err;

	(void)err_set(&err, ERR_CONFIG, "config.test", 0, "%s", message);
	(void)err_hint(&err, "a hint");
	(void)err_at(&err, file, line, column);
	return err;
}

static int take(const char *file, unsigned int line, unsigned int column, const char *message)
{
	const struct err err = make(file, line, column, message);

	return problems_take(&problems, &err);
}

static void warn(const char *file, unsigned int line, unsigned int column, const char *message)
{
	const struct err err = make(file, line, column, message);

	problems_warn(&problems, &err);
}

Test(problem, without_a_place_for_them_the_first_is_the_end)
{
	const struct err err = make("/p", 1, 1, "m");

	cr_assert_eq(problems_take(NULL, &err), -1);
}

Test(problem, the_same_one_is_kept_once)
{
	cr_assert_eq(take("/p", 1, 1, "m"), 0);
	cr_assert_eq(take("/p", 1, 1, "m"), 0);
	cr_assert_eq(problems.count, 1U);
	cr_assert_eq(take("/p", 1, 1, "other"), 0);
	cr_assert_eq(take("/p", 1, 2, "m"), 0);
	cr_assert_eq(take("/p", 2, 1, "m"), 0);
	cr_assert_eq(take("/q", 1, 1, "m"), 0);
	cr_assert_eq(problems.count, 5U);
	warn("/p", 1, 1, "m");
	warn("/p", 1, 1, "m");
	cr_assert_eq(problems.count, 6U, "a warning is not the error");
	cr_assert_eq(problems.errors, 5U);
}

static void fill(bool is_warning)
{
	for (unsigned int i = 1; i <= PROBLEMS_MAX; i++) {
		if (is_warning)
			warn("/p", i, 1, "w");
		else
			cr_assert_eq(take("/p", i, 1, "e"), 0, "%u", i);
	}
	cr_assert_not(problems.has_more);
}

Test(problem, errors_end_where_there_are_too_many)
{
	fill(false);
	cr_assert_eq(take("/p", 1, 1, "e"), 0, "that one is known");
	cr_assert_not(problems.has_more);
	cr_assert_eq(take("/p", PROBLEMS_MAX + 1, 1, "e"), -1);
	cr_assert(problems.has_more);
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX);
	cr_assert_eq(problems.errors, (size_t)PROBLEMS_MAX);
}

Test(problem, no_error_is_lost_behind_warnings)
{
	fill(true);
	warn("/p", PROBLEMS_MAX + 1, 1, "w");
	cr_assert(problems.has_more);
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX);
	cr_assert_eq(take("/p", 1, 1, "e"), 0);
	cr_assert_eq(problems.errors, 1U);
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX + 1);
}

Test(problem, no_warning_is_lost_behind_errors)
{
	fill(false);
	warn("/p", 1, 1, "w");
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX + 1);
	cr_assert_not(problems.has_more);
}

Test(problem, sorted_by_file_line_and_column)
{
	static const char sorted[] = "z:2:1 first\nz:2:3 a\nz:10:1 b\na:1:1 d\na:1:1 e\na:1:9 c\n only\n";
	const char *text = "";

	(void)!take("z", 10, 1, "b");
	(void)!take("a", 1, 9, "c");
	(void)!take("z", 2, 3, "a");
	warn("a", 1, 1, "d");
	(void)!take("", 0, 0, "only");
	(void)!take("a", 1, 1, "e");
	warn("z", 2, 1, "first");
	problems_sort(&problems);
	for (size_t i = 0; i < problems.count; i++)
		text = arena_printf(fix.arena, "%s%s %s\n", text,
				    err_where(fix.arena, &problems.items[i].err), problems.items[i].err.msg);
	cr_assert_str_eq(text, sorted, "files in the order in which they came first");
}

Test(problem, sorting_none)
{
	problems_sort(&problems);
	cr_assert_eq(problems.count, 0U);
	cr_assert_str_empty(problems_text(fix.arena, &problems));
}

Test(problem, as_text)
{
	struct err bare;

	(void)!take("/p.ini", 3, 7, "wrong");
	cr_assert_str_eq(problems_text(fix.arena, &problems),
			 "/p.ini:3:7: error: wrong [config.test]\n    hint: a hint\n1 error, 0 warnings\n");
	warn("/p.ini", 4, 0, "risky");
	(void)err_set(&bare, ERR_HOST, "host.test", 0, "bare");
	(void)!problems_take(&problems, &bare);
	problems.has_more = true;
	cr_assert_str_eq(problems_text(fix.arena, &problems),
			 "/p.ini:3:7: error: wrong [config.test]\n    hint: a hint\n"
			 "/p.ini:4: warning: risky [config.test]\n    hint: a hint\n"
			 "error: bare [host.test]\n"
			 "2 errors, 1 warning; more are not shown\n");
}

Test(problem, what_a_terminal_obeys_is_escaped)
{
	const char *text;

	(void)!take("/p\x1b[2J\n.ini", 1, 1, "m\x1b]0;x\x07\xff");
	text = problems_text(fix.arena, &problems);
	cr_assert_null(strpbrk(text, "\x1b\x07\xff"), "%s", text);
	cr_assert_not_null(strstr(text, "/p\\x1b[2J\\n.ini:1:1: error: m\\x1b]0;x\\x07\\xff ["), "%s", text);
}
