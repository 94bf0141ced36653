/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* run.c - pinfold run: a program, confined. */
#include "run/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/explain.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "plan/catalog.h"
#include "plan/plan_build.h"
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

/* What ends a run before it is one is told to programs too, who might else find what an earlier one left. */
static int refuse(struct arena *arena, const struct invocation *invocation, struct tell *tell,
		  const struct err *err)
{
	struct plan_caller caller;
	struct err ignored;

	if (!tell->has_json && !tell->has_meta) {
		if (plan_read_caller(&invocation->caller, arena, &caller, &ignored) < 0)
			return report_error(err);
		(void)!tell_open(tell, arena, &caller, invocation->profile, &ignored);
	}
	tell_failed(tell, err);
	tell_close(tell);
	return report_error(err);
}

/* Options that do not go with a run. Returns 0, or -1 with *err. */
static int check_words(const struct invocation *invocation, struct err *err)
{
	if (invocation->request.argv == NULL) {
		err_set(err, ERR_USAGE, "usage.no-program", 0, "there is no program to run");
		return err_hint(err, "write it behind the options: pinfold run -- PROGRAM [ARG...]");
	}
	if (invocation->wants_json) {
		err_set(err, ERR_USAGE, "usage.json", 0, "--json shows a plan, and run does not");
		return err_hint(err, "use it with --dry-run or explain");
	}
	return 0;
}

/* What pinfold itself has to say when the program has ended. */
static void report_end(struct arena *arena, struct run *run, const struct err *err)
{
	const char *denied = trace_text(&run->trace, arena);

	if (err->kind != ERR_NONE)
		(void)report_error(err);
	if (denied != NULL)
		report_warning(arena_printf(arena, "system calls that the filter denies:\n%s", denied));
	if (run->tell.failure.kind != ERR_NONE)
		report_warning(arena_printf(arena, "%s (%s)", str_harmless(arena, run->tell.failure.msg),
					    err_where(arena, &run->tell.failure)));
}

int cmd_run(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct invocation invocation;
	struct run run = {0};
	struct err err;

	if (args_plan(arena, args->argc, args->argv, &invocation, &err) < 0)
		return refuse(arena, &invocation, &run.tell, &err);
	if (invocation.wants_help)
		return help_command("run");
	if (invocation.is_dry_run)
		return explain_plan(arena, &invocation);
	if (check_words(&invocation, &err) < 0)
		return refuse(arena, &invocation, &run.tell, &err);
	if (invocation.plan.warning != NULL)
		report_warning(invocation.plan.warning);
	if (supervisor_run(arena, &invocation.plan, args->area, &run, &err) < 0) {
		if (err.kind == ERR_NOT_FOUND)
			hint_of_profile(arena, &invocation, &err);
		return refuse(arena, &invocation, &run.tell, &err);
	}
	tell_ended(&run.tell, &invocation.plan, &run.outcome, &run.trace, &err);
	tell_close(&run.tell);
	report_end(arena, &run, &err);
	return exit_code(&run.outcome);
}
