/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* start.c - doing what a plan says, for run and hold. */
#include "cmd/start.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/named.h"
#include "cmd/report.h"
#include "plan/catalog.h"
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

static int report_failure(struct arena *arena, const struct invocation *invocation, struct err *err)
{
	if (err->kind == ERR_NOT_FOUND)
		hint_of_profile(arena, invocation, err);
	return report_error(err);
}

int start_run(struct arena *arena, const struct invocation *invocation, struct argv_area area)
{
	struct supervision supervision = {.argv_area = area, .ready_fd = -1};
	const struct plan *plan = &invocation->plan;
	struct detached detached;
	struct outcome outcome;
	struct trace trace;
	const char *denied;
	struct err err;

	if (invocation->wants_json) {
		err_set(&err, ERR_USAGE, "usage.json", 0, "--json shows a plan, and this runs it");
		err_hint(&err, "use it with --dry-run or explain");
		return report_error(&err);
	}
	if (plan->warning != NULL)
		report_warning(plan->warning);
	if (plan->entry.is_detached) {
		if (detach(&plan->entry, &detached, &err) < 0)
			return report_error(&err);
		if (!detached.is_background)
			return detach_await(&detached, &err) < 0 ? report_failure(arena, invocation, &err)
								 : 0;
		supervision.ready_fd = detached.ready_fd;
	}
	if (supervisor_run(arena, plan, &supervision, &outcome, &trace, &err) < 0)
		/* In the background it has been said to who waited. */
		return plan->entry.is_detached ? 125 : report_failure(arena, invocation, &err);
	if (err.kind != ERR_NONE)
		(void)report_error(&err);
	denied = trace_text(&trace, arena);
	if (denied != NULL)
		report_warning(arena_printf(arena, "system calls that the filter denies:\n%s", denied));
	return named_exit_code(&outcome);
}
