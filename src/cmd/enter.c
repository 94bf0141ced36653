/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* enter.c - pinfold enter: another program in a running sandbox. */
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/flags.h"
#include "cmd/help.h"
#include "cmd/named.h"
#include "cmd/report.h"
#include "plan/plan_build.h"
#include "run/call.h"
#include "run/order.h"
#include "run/supervisor.h"
#include "run/visit.h"
#include "sys/process.h"

static int no_program(const char *name, struct err *err)
{
	err_set(err, ERR_USAGE, "usage.no-program", 0, "there is no program to run in %s", name);
	return err_hint(err, "write it behind the name: pinfold enter %s -- PROGRAM [ARG...]", name);
}

static int enter(struct arena *arena, const char *name, struct order *order, struct outcome *ret_outcome,
		 struct err *err)
{
	const char *base;
	struct call call;
	/* First, or a descriptor of ours would be taken for one of the caller's. */
	int r = sys_reserve_stdio();

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.stdio", -r, "cannot open /dev/null");
	base = named_base(arena, err);
	if (base == NULL)
		return -1;
	r = call_open(arena, base, name, PLAN_DEADLINE_MS, &call, err);
	if (r >= 0)
		r = visit_run(arena, &call, order, ret_outcome, err);
	call_close(&call);
	return r;
}

/* Options stand before the name or behind it; what is behind those is the program's. */
static int read_words(const struct cmd_args *args, const struct flag flags[], const char **ret_name,
		      char ***ret_words, struct err *err)
{
	char **words;
	int count = 0;

	*ret_name = NULL;
	if (flags_read_first(args->argc, args->argv, flags, &words, err) < 0)
		return -1;
	*ret_words = words;
	if (words[0] == NULL)
		return 0;
	*ret_name = words[0];
	/* Messages are about the command. */
	words[0] = args->argv[0];
	while (words[count] != NULL)
		count++;
	return flags_read_first(count, words, flags, ret_words, err);
}

int cmd_enter(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct order order = {.term = getenv("TERM")};
	bool wants_help = false;
	const struct flag flags[] = {
		{"chdir", NULL, &order.chdir}, {"help", &wants_help, NULL}, {NULL, NULL, NULL}};
	struct outcome outcome;
	const char *name;
	struct err err;

	if (read_words(args, flags, &name, &order.argv, &err) < 0)
		return report_error(&err);
	if (wants_help)
		return help_command("enter");
	if (name == NULL) {
		err_set(&err, ERR_USAGE, "usage.no-name", 0, "which sandbox?");
		err_hint(&err,
			 "pinfold enter NAME -- PROGRAM [ARG...]; pinfold ps lists those that are running");
		return report_error(&err);
	}
	if (order.argv[0] == NULL) {
		(void)no_program(name, &err);
		return report_error(&err);
	}
	if (enter(arena, name, &order, &outcome, &err) < 0)
		return report_error(&err);
	if (err.kind != ERR_NONE)
		(void)report_error(&err);
	return named_exit_code(&outcome);
}
