/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* start.c - doing what a plan says, for run and hold. */
#include "cmd/start.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/args.h"
#include "cmd/named.h"
#include "cmd/report.h"
#include "plan/catalog.h"
#include "plan/plan_build.h"
#include "plan/profile.h"
#include "run/detach.h"
#include "run/supervisor.h"
#include "sys/file.h"

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

/* Nothing ran, and programs are told so. */
static void tell_refusal(struct arena *arena, const struct invocation *invocation, const struct err *err)
{
	struct tell tell;
	struct plan plan = {.profile = invocation->profile};
	struct err ignored;

	if (plan_read_caller(&invocation->caller, arena, &plan.caller, &ignored) < 0)
		return;
	(void)!tell_open(&tell, arena, &plan, &ignored);
	tell_failed(&tell, err);
	tell_close(&tell);
}

int start_refuse(struct arena *arena, const struct invocation *invocation, const struct err *err)
{
	tell_refusal(arena, invocation, err);
	return report_error(err);
}

/* What pinfold itself has to say when the program has ended. */
static void report_end(struct arena *arena, const struct run *run, const struct err *err)
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

/* Here, or in the background, where who waits is told by the supervisor. */
static int supervise(struct arena *arena, const struct invocation *invocation,
		     const struct supervision *supervision)
{
	const struct plan *plan = &invocation->plan;
	struct run run;
	struct err err;

	if (supervisor_run(arena, plan, supervision, &run, &err) < 0) {
		if (err.kind == ERR_NOT_FOUND)
			hint_of_profile(arena, invocation, &err);
		/* It may have been told already. */
		if (!run.tell.has_json && !run.tell.has_meta)
			tell_refusal(arena, invocation, &err);
		tell_close(&run.tell);
		return plan->entry.is_detached ? 125 : report_error(&err);
	}
	tell_close(&run.tell);
	report_end(arena, &run, &err);
	return named_exit_code(&run.outcome);
}

int start_run(struct arena *arena, const struct invocation *invocation, struct argv_area area)
{
	struct supervision supervision = {.argv_area = area, .ready_fd = -1};
	const struct plan *plan = &invocation->plan;
	struct detached detached;
	struct err err;

	if (invocation->wants_json) {
		err_set(&err, ERR_USAGE, "usage.json", 0, "--json shows a plan, and this runs it");
		err_hint(&err, "use it with --dry-run or explain");
		return start_refuse(arena, invocation, &err);
	}
	if (plan->warning != NULL)
		report_warning(plan->warning);
	if (plan->entry.is_detached) {
		if (detach(&plan->entry, &detached, &err) < 0)
			return start_refuse(arena, invocation, &err);
		if (!detached.is_background) {
			if (detach_await(&detached, &err) == 0)
				return 0;
			if (err.kind == ERR_NOT_FOUND)
				hint_of_profile(arena, invocation, &err);
			return report_error(&err);
		}
		supervision.ready_fd = detached.ready_fd;
	}
	return supervise(arena, invocation, &supervision);
}
