/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_origin.c - where a value was written, as text and as blame. */
#include "plan/origin.h"

#include "plan_fixture.h"

TestSuite(origin, .init = fix_setup, .fini = fix_teardown);

Test(origin, as_text)
{
	const struct origin file = {.name = "/p.ini", .line = 3, .column = 7};
	const struct origin option = {.name = "--ro /x"};

	cr_assert_str_eq(origin_text(fix.arena, &file), "/p.ini:3", "columns are for errors");
	cr_assert_str_eq(origin_text(fix.arena, &option), "--ro /x");
}

Test(origin, as_blame)
{
	const struct origin file = {.name = "/p.ini", .line = 3, .column = 7};
	const struct origin option = {.name = "--ro /x"};
	const struct origin line = {.name = "/q.ini", .line = 9};
	struct err err = {0};

	cr_assert_eq(origin_blame(&err, NULL), -1);
	cr_assert_str_empty(err.origin);
	cr_assert_eq(origin_blame(&err, &file), -1);
	cr_assert_str_eq(err_where(fix.arena, &err), "/p.ini:3:7");
	cr_assert_eq(origin_blame(&err, &option), -1);
	cr_assert_str_eq(err_where(fix.arena, &err), "/p.ini:3:7", "the first one holds");
	err = (struct err){0};
	cr_assert_eq(origin_blame(&err, &option), -1);
	cr_assert_str_eq(err_where(fix.arena, &err), "--ro /x");
	err = (struct err){0};
	cr_assert_eq(origin_blame(&err, &line), -1);
	cr_assert_str_eq(err_where(fix.arena, &err), "/q.ini:9");
}
