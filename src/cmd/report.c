/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.c - errors to people and to exit codes. */
#include "cmd/report.h"

#include <errno.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/* The process contract: 125 says that nothing ran. */
static const int exit_codes[ERR_KIND_COUNT] = {
	[ERR_NONE] = 0,	    [ERR_USAGE] = 125, [ERR_CONFIG] = 125,	   [ERR_HOST] = 125,
	[ERR_SYSTEM] = 125, [ERR_BUG] = 125,   [ERR_NOT_EXECUTABLE] = 126, [ERR_NOT_FOUND] = 127,
};

int report_error(const struct err *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	/* Names of files and profiles are in here: shown, never let loose on the terminal. */
	fprintf(stderr, "pinfold: %s", str_show(arena, err->msg));
	if (err->origin[0] != '\0')
		fprintf(stderr, " (%s)", str_show(arena, err->origin));
	if (err->step[0] != '\0' && err->kind == ERR_SYSTEM)
		fprintf(stderr, " [step %s]", err->step);
	fprintf(stderr, "\n");
	if (err->hint[0] != '\0')
		fprintf(stderr, "  hint: %s\n", str_show(arena, err->hint));
	return exit_codes[err->kind];
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
