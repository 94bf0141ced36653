/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run.c - pinfold run: a program, confined. */
#include "base/err.h"
#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/explain.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "cmd/start.h"

int cmd_run(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct invocation invocation;
	struct err err;

	if (args_plan(arena, args->argc, args->argv, &invocation, &err) < 0)
		return start_refuse(arena, &invocation, &err);
	if (invocation.wants_help)
		return help_command("run");
	if (invocation.is_dry_run)
		return explain_plan(arena, &invocation);
	if (invocation.request.argv == NULL) {
		err_set(&err, ERR_USAGE, "usage.no-program", 0, "there is no program to run");
		err_hint(&err, "write it behind the options: pinfold run -- PROGRAM [ARG...]");
		return start_refuse(arena, &invocation, &err);
	}
	return start_run(arena, &invocation, args->area);
}
