/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_cmd_report.c - errors to people and to exit codes. */
#include "cmd/report.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

static char said[4096];

/* Reports with standard error in a file, which is then in `said`. */
static int report(const struct err *err)
{
	char name[] = "/tmp/pinfold-test.XXXXXX";
	int fd = mkstemp(name);
	int kept = dup(STDERR_FILENO);
	ssize_t n;
	int code;

	(void)unlink(name);
	(void)fflush(stderr);
	cr_assert_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	code = report_error(err);
	(void)fflush(stderr);
	cr_assert_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	(void)close(fd);
	(void)close(kept);
	return code;
}

Test(report, exit_codes)
{
	static const struct {
		enum err_kind kind;
		int code;
	} cases[] = {{ERR_USAGE, 125}, {ERR_CONFIG, 125},	  {ERR_HOST, 125},     {ERR_SYSTEM, 125},
		     {ERR_BUG, 125},   {ERR_NOT_EXECUTABLE, 126}, {ERR_NOT_FOUND, 127}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;

		(void)err_set(&err, cases[i].kind, "test", 0, "x");
		cr_assert_eq(report(&err), cases[i].code, "kind %d", (int)cases[i].kind);
	}
}

Test(report, message_origin_and_hint)
{
	struct err err;

	(void)err_set(&err, ERR_CONFIG, "config.test", ENOENT, "ro = /x");
	(void)report(&err);
	cr_assert_str_eq(said, "pinfold: ro = /x: No such file or directory\n");
	(void)err_origin(&err, "p.ini:3");
	(void)err_hint(&err, "make it");
	(void)report(&err);
	cr_assert_str_eq(said, "pinfold: ro = /x: No such file or directory (p.ini:3)\n  hint: make it\n");
}

Test(report, the_step_of_a_start_that_failed)
{
	struct err err;

	(void)err_set(&err, ERR_SYSTEM, "system.test", EIO, "cannot");
	(void)snprintf(err.step, sizeof(err.step), "root");
	(void)report(&err);
	cr_assert_not_null(strstr(said, "[step root]"), "%s", said);
}

Test(report, a_reason_that_any_call_can_have_gets_a_hint)
{
	static const int errnums[] = {EMFILE, ENFILE, ENOMEM, EAGAIN, EFBIG};

	for (size_t i = 0; i < sizeof(errnums) / sizeof(errnums[0]); i++) {
		struct err err;

		(void)err_set(&err, ERR_SYSTEM, "system.test", errnums[i], "cannot");
		(void)report(&err);
		cr_assert_not_null(strstr(said, "\n  hint: "), "%s", said);
	}
}

Test(report, nothing_is_let_loose_on_the_terminal_and_nothing_escaped_twice)
{
	struct err err;

	(void)err_set(&err, ERR_CONFIG, "config.test", 0, "a\\nb \x1b[2J \xc2\x9b \xff");
	(void)err_origin(&err, "dir\n\x1b/p.ini:1");
	(void)err_hint(&err, "\x07");
	(void)report(&err);
	cr_assert_str_eq(said,
			 "pinfold: a\\nb \\x1b[2J \\xc2\\x9b \\xff (dir\\n\\x1b/p.ini:1)\n  hint: \\x07\n");
}

Test(report, words_too_many)
{
	char *const argv[] = {(char[]){"version"}, (char[]){"extra"}, NULL};

	cr_assert_eq(report_extra(1, argv, 0), 0);
	cr_assert_eq(report_extra(2, argv, 1), 0);
	cr_assert_eq(report_extra(2, argv, 0), 125);
}

Test(report, standard_output_that_is_full)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int kept = dup(STDOUT_FILENO);
	int code;

	(void)fflush(stdout);
	cr_assert_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	code = report_text("text that cannot be written\n");
	(void)clearerr(stdout);
	cr_assert_eq(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	cr_assert_eq(code, 125);
}
