/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run.c - pinfold run: a program, confined. */
#include "run/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/explain.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "plan/catalog.h"
#include "plan/profile.h"
#include "sys/file.h"
#include "sys/process.h"

enum { SIGNAL_BASE = 128 };

/* What a limit that ended the program is told by; cpu-time as a shell tells of SIGXCPU. */
static const int limit_codes[] = {[LIMIT_WALL] = 124, [LIMIT_CPU] = SIGNAL_BASE + SIGXCPU};

/*
 * A program that INT or QUIT ended was ended by its user, and the shell that started us is to see just that,
 * or it would go on with its script. So we end ourselves by the same signal.
 */
static int end_by_signal(int sig)
{
	const struct rlimit no_core = {0, 0};
	sigset_t only;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)signal(sig, SIG_DFL);
	(void)sigfillset(&only);
	(void)sigdelset(&only, sig);
	(void)sys_set_mask(&only, NULL);
	(void)sys_kill(getpid(), sig);
	return SIGNAL_BASE + sig;
}

static int exit_code(const struct outcome *outcome)
{
	if (outcome->limit != LIMIT_NONE)
		return limit_codes[outcome->limit];
	if (outcome->code == CLD_EXITED)
		return outcome->status;
	if (outcome->status == SIGINT || outcome->status == SIGQUIT)
		return end_by_signal(outcome->status);
	return SIGNAL_BASE + outcome->status;
}

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
	if (supervisor_run(arena, &invocation.plan, args->area, &outcome, &trace, &err) < 0) {
		if (err.kind == ERR_NOT_FOUND)
			hint_of_profile(arena, &invocation, &err);
		return report_error(&err);
	}
	if (err.kind != ERR_NONE)
		(void)report_error(&err);
	denied = trace_text(&trace, arena);
	if (denied != NULL)
		report_warning(arena_printf(arena, "system calls that the filter denies:\n%s", denied));
	return exit_code(&outcome);
}
