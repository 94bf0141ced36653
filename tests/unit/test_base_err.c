/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_err.c - errors are filled, cut and prefixed as their header says. */
#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

Test(err, set_fills_and_returns_minus_one)
{
	struct err err;

	memset(&err, 0xff, sizeof(err));
	cr_assert_eq(err_set(&err, ERR_CONFIG, "config.test", 0, "a %s of %d", "message", 3), -1);
	cr_assert_eq(err.kind, ERR_CONFIG);
	cr_assert_eq(err.errnum, 0);
	cr_assert_str_eq(err.id, "config.test");
	cr_assert_str_eq(err.msg, "a message of 3");
	cr_assert_str_empty(err.step);
	cr_assert_str_empty(err.origin);
	cr_assert_str_empty(err.hint);
}

Test(err, set_forgets_what_was_there)
{
	struct err err;

	(void)err_set(&err, ERR_HOST, "host.first", EPERM, "first");
	cr_assert_eq(err_hint(&err, "a hint"), -1);
	cr_assert_eq(err_origin(&err, "file:1"), -1);
	(void)err_set(&err, ERR_BUG, "bug.second", 0, "second");
	cr_assert_str_eq(err.id, "bug.second");
	cr_assert_str_eq(err.msg, "second");
	cr_assert_str_empty(err.origin);
	cr_assert_str_empty(err.hint);
	cr_assert_eq(err.errnum, 0);
}

Test(err, set_appends_the_text_of_errno)
{
	struct err err;

	(void)err_set(&err, ERR_SYSTEM, "system.test", ENOENT, "cannot open %s", "/x");
	cr_assert_str_eq(err.msg, "cannot open /x: No such file or directory");
	cr_assert_eq(err.errnum, ENOENT);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);

	return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* `length` letters. */
static const char *long_text(size_t length)
{
	static char text[2000];

	memset(text, 'x', length);
	text[length] = '\0';
	return text;
}

Test(err, overlong_text_is_cut_and_terminated)
{
	struct err err;

	(void)err_set(&err, ERR_CONFIG, long_text(1999), 0, "%s", long_text(1999));
	(void)err_hint(&err, "%s", long_text(1999));
	cr_assert_eq(strlen(err.id), sizeof(err.id) - 1);
	cr_assert_lt(strlen(err.msg), sizeof(err.msg));
	cr_assert_gt(strlen(err.msg), sizeof(err.msg) / 2);
	cr_assert_eq(strlen(err.hint), sizeof(err.hint) - 1);
	(void)err_prefix(&err, "%s", long_text(1999));
	cr_assert_eq(strlen(err.msg), sizeof(err.msg) - 1);
}

Test(err, the_reason_is_kept_however_long_the_message_is)
{
	struct err err;

	for (size_t length = 300; length < 500; length++) {
		(void)err_set(&err, ERR_CONFIG, "config.test", ENOENT, "%s", long_text(length));
		cr_assert(ends_with(err.msg, ": No such file or directory"), "%s", err.msg);
		cr_assert_lt(strlen(err.msg), sizeof(err.msg));
		if (strlen(err.msg) != length + strlen(": No such file or directory"))
			cr_assert_not_null(strstr(err.msg, "x...: "), "%s", err.msg);
	}
}

Test(err, the_line_number_of_an_origin_is_kept_however_long_the_path_is)
{
	struct err err;
	char origin[2100];

	for (size_t length = 900; length < 1300; length++) {
		(void)err_set(&err, ERR_CONFIG, "config.test", 0, "x");
		(void)snprintf(origin, sizeof(origin), "%s.ini", long_text(length));
		(void)err_at(&err, origin, 12, 3);
		cr_assert(ends_with(err.origin, "x.ini"), "%s", err.origin);
		cr_assert_eq(err.line, 12);
		cr_assert_eq(err.column, 3);
		cr_assert_lt(strlen(err.origin), sizeof(err.origin));
		if (strlen(origin) >= sizeof(err.origin))
			cr_assert_eq(strncmp(err.origin, "...x", 4), 0, "%s", err.origin);
		else
			cr_assert_str_eq(err.origin, origin);
	}
}

Test(err, hint_replaces_an_earlier_one)
{
	struct err err;

	(void)err_set(&err, ERR_CONFIG, "config.test", 0, "x");
	(void)err_hint(&err, "the %s", "first");
	(void)err_hint(&err, "2nd");
	cr_assert_str_eq(err.hint, "2nd");
}

Test(err, the_first_origin_stays)
{
	struct err err;

	(void)err_set(&err, ERR_CONFIG, "config.test", 0, "x");
	cr_assert_eq(err_origin(&err, NULL), -1);
	cr_assert_str_empty(err.origin);
	(void)err_origin(&err, "");
	(void)err_origin(&err, "inner.ini:7");
	(void)err_origin(&err, "outer.ini:1");
	(void)err_origin(&err, NULL);
	cr_assert_str_eq(err.origin, "inner.ini:7");
}

Test(err, prefix_puts_context_in_front)
{
	struct err err;

	(void)err_set(&err, ERR_SYSTEM, "system.test", EIO, "read");
	cr_assert_eq(err_prefix(&err, "file %d", 2), -1);
	(void)err_prefix(&err, "100%%");
	cr_assert_str_eq(err.msg, "100%: file 2: read: Input/output error");
	cr_assert_str_eq(err.id, "system.test");
}
