/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain.c - pinfold explain: the plan, and nothing is run. */
#include "plan/explain.h"

#include <stdlib.h>

#include "act/filter.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/args.h"
#include "cmd/explain.h"
#include "cmd/help.h"
#include "cmd/report.h"

static int show_json(struct arena *arena, const struct plan *plan)
{
	CLEANUP_FREE char *text = NULL;
	struct err err;

	if (explain_json(arena, plan, &text, &err) < 0)
		return report_error(&err);
	return report_text(arena_printf(arena, "%s\n", text));
}

int explain_plan(struct arena *arena, const struct invocation *invocation)
{
	struct filter filter;
	struct err err;

	/* What a run would refuse is refused here: libseccomp may not take a rule. */
	if (act_compile_filter(arena, &invocation->plan.filter, &filter, &err) < 0)
		return report_error(&err);
	if (invocation->wants_json)
		return show_json(arena, &invocation->plan);
	return report_text(explain_text(arena, &invocation->plan));
}

int cmd_explain(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct invocation invocation;
	struct err err;

	if (args_plan(arena, args->argc, args->argv, &invocation, &err) < 0)
		return report_error(&err);
	if (invocation.wants_help)
		return help_command("explain");
	return explain_plan(arena, &invocation);
}
