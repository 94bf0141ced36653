/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_err.c - errors are filled, cut and prefixed as their header says. */
#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
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

Test(err, overlong_text_is_cut_and_terminated)
{
	char text[2000];
	struct err err;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	(void)err_set(&err, ERR_CONFIG, text, ENOENT, "%s", text);
	(void)err_hint(&err, "%s", text);
	(void)err_origin(&err, text);
	cr_assert_eq(strlen(err.id), sizeof(err.id) - 1);
	cr_assert_eq(strlen(err.msg), sizeof(err.msg) - 1);
	cr_assert_eq(strlen(err.hint), sizeof(err.hint) - 1);
	cr_assert_eq(strlen(err.origin), sizeof(err.origin) - 1);
	(void)err_prefix(&err, "%s", text);
	cr_assert_eq(strlen(err.msg), sizeof(err.msg) - 1);
}

Test(err, a_message_just_too_long_for_errno_keeps_its_own_text)
{
	struct err err;
	char text[sizeof(err.msg)];

	/* Exactly full; one short; room for ": N" only. */
	for (size_t left = 0; left < 5; left++) {
		memset(text, 'y', sizeof(text));
		text[sizeof(text) - 1 - left] = '\0';
		(void)err_set(&err, ERR_CONFIG, "config.test", ENOENT, "%s", text);
		cr_assert_eq(strlen(err.msg), sizeof(err.msg) - 1);
		cr_assert_eq(strncmp(err.msg, text, strlen(text)), 0);
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
