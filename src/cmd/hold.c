/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hold.c - pinfold hold: a sandbox without a program, whose namespaces others can enter and join. */
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/explain.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "cmd/start.h"

static int refuse_extra(struct arena *arena, const char *word, struct err *err)
{
	err_set(err, ERR_USAGE, "usage.extra", 0, "pinfold hold does not take \"%s\"", str_show(arena, word));
	return err_hint(err, "it runs no program; pinfold run --name NAME --detach does");
}

/* NAME stands before the options or behind them. */
static int read_words(struct arena *arena, const struct cmd_args *args, struct invocation *ret,
		      struct err *err)
{
	const bool is_first = args->argc > 1 && args->argv[1][0] != '-';
	const int skipped = is_first ? 1 : 0;
	char *const *words;

	if (args_parse(arena, args->argc - skipped, args->argv + skipped, ret, err) < 0)
		return -1;
	if (ret->wants_help)
		return 0;
	words = ret->program;
	if (ret->entry.name != NULL)
		return refuse_extra(arena, "--name", err);
	if (is_first)
		ret->entry.name = args->argv[1];
	else if (words != NULL)
		ret->entry.name = *words++;
	if (words != NULL && words[0] != NULL)
		return refuse_extra(arena, words[0], err);
	if (ret->entry.name == NULL) {
		err_set(err, ERR_USAGE, "usage.no-name", 0, "what shall the sandbox be called?");
		return err_hint(err, "pinfold hold NAME");
	}
	ret->program = NULL;
	ret->entry.is_held = true;
	ret->entry.is_detached = true;
	return 0;
}

int cmd_hold(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct invocation invocation;
	struct err err;

	if (read_words(arena, args, &invocation, &err) < 0)
		return start_refuse(arena, &invocation, &err);
	if (invocation.wants_help)
		return help_command("hold");
	if (args_make_plan(arena, &invocation, &err) < 0)
		return start_refuse(arena, &invocation, &err);
	if (invocation.is_dry_run)
		return explain_plan(arena, &invocation);
	return start_run(arena, &invocation, args->area);
}
