/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run.c - pinfold run: a program, confined. */
#include "run/supervisor.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/explain.h"
#include "cmd/help.h"
#include "cmd/named.h"
#include "cmd/report.h"
#include "plan/catalog.h"
#include "plan/profile.h"
#include "sys/file.h"
#include "sys/process.h"

/* "run build": the name of a profile where the program should stand. Looked for only when there is no such
 * program. */
static void hint_of_profile(struct arena *arena, const struct invocation *invocation, struct err *err)
{
	const char *name = invocation->plan.program.file;
	const char *dirs[PROFILE_PLACES];
	size_t count = profile_directories(&invocation->host, arena, dirs);

	if (!catalog_is_name(name))
		return;
	for (size_t i = 0; i < count; i++) {
		if (sys_access(AT_FDCWD, arena_printf(arena, "%s/%s.ini", dirs[i], name), R_OK) < 0)
			continue;
		err_hint(err, "%s is the name of a profile: pinfold run -p %s -- PROGRAM", name, name);
		return;
	}
}

int cmd_run(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct supervision supervision = {.argv_area = args->area, .ready_fd = -1};
	struct invocation invocation;
	struct outcome outcome;
	struct trace trace;
	const char *denied;
	struct err err;

	if (args_plan(arena, args->argc, args->argv, &invocation, &err) < 0)
		return report_error(&err);
	if (invocation.wants_help)
		return help_command("run");
	if (invocation.is_dry_run)
		return explain_plan(arena, &invocation);
	if (invocation.request.argv == NULL) {
		err_set(&err, ERR_USAGE, "usage.no-program", 0, "there is no program to run");
		err_hint(&err, "write it behind the options: pinfold run -- PROGRAM [ARG...]");
		return report_error(&err);
	}
	if (invocation.wants_json) {
		err_set(&err, ERR_USAGE, "usage.json", 0, "--json shows a plan, and run does not");
		err_hint(&err, "use it with --dry-run or explain");
		return report_error(&err);
	}
	if (invocation.plan.warning != NULL)
		report_warning(invocation.plan.warning);
	if (supervisor_run(arena, &invocation.plan, &supervision, &outcome, &trace, &err) < 0) {
		if (err.kind == ERR_NOT_FOUND)
			hint_of_profile(arena, &invocation, &err);
		return report_error(&err);
	}
	if (err.kind != ERR_NONE)
		(void)report_error(&err);
	denied = trace_text(&trace, arena);
	if (denied != NULL)
		report_warning(arena_printf(arena, "system calls that the filter denies:\n%s", denied));
	return named_exit_code(&outcome);
}
