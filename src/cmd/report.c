/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.c - errors to people and to exit codes. */
#include "cmd/report.h"

#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* The process contract: 125 says that nothing ran. Of a program that a limit ended run.c knows the code. */
static const int exit_codes[ERR_KIND_COUNT] = {
	[ERR_NONE] = 0,	    [ERR_USAGE] = 125, [ERR_CONFIG] = 125,	   [ERR_HOST] = 125,
	[ERR_SYSTEM] = 125, [ERR_BUG] = 125,   [ERR_NOT_EXECUTABLE] = 126, [ERR_NOT_FOUND] = 127,
	[ERR_LIMIT] = 124,
};

/* What helps against a reason that can come from any call. */
static const char *hint_for(int errnum)
{
	static const struct {
		int errnum;
		const char *hint;
	} rows[] = {
		{EMFILE, "the limit on open descriptors is too low: ulimit -n 64"},
		{ENFILE, "the system has too many open files"},
		{EFBIG, "the limit on the size of files is too low: ulimit -f"},
		{ENOMEM, "the system, or the memory limit that pinfold runs under, is out of memory"},
		{EAGAIN, "the limit on processes is reached: ulimit -u"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].errnum == errnum)
			return rows[i].hint;
	}
	return "";
}

int report_error(const struct err *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *hint = err->hint[0] != '\0' ? err->hint : hint_for(err->errnum);

	/* Names of files and profiles are in here: shown, never let loose on the terminal. */
	fprintf(stderr, "pinfold: %s", str_harmless(arena, err->msg));
	if (err->origin[0] != '\0')
		fprintf(stderr, " (%s)", str_harmless(arena, err_where(arena, err)));
	if (err->step[0] != '\0' && exit_codes[err->kind] == 125)
		fprintf(stderr, " [step %s]", err->step);
	fprintf(stderr, "\n");
	if (hint[0] != '\0')
		fprintf(stderr, "  hint: %s\n", str_harmless(arena, hint));
	return exit_codes[err->kind];
}

int report_extra(int argc, char *const argv[], int max)
{
	struct err err;

	if (argc - 1 <= max)
		return 0;
	err_set(&err, ERR_USAGE, "usage.extra", 0, "pinfold %s does not take \"%s\"", argv[0], argv[max + 1]);
	err_hint(&err, "pinfold help lists the commands and what they take");
	return report_error(&err);
}

void report_warning(const char *text)
{
	fprintf(stderr, "pinfold: warning: %s\n", text);
}

int report_text(const char *text)
{
	struct err err;

	if (fputs(text, stdout) != EOF && fflush(stdout) == 0)
		return 0;
	err_set(&err, ERR_SYSTEM, "system.stdout", errno, "cannot write to standard output");
	return report_error(&err);
}
