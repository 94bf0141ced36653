/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wait.c - pinfold wait: until a sandbox ends, and then as it did. */
#include "base/err.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/flags.h"
#include "cmd/help.h"
#include "cmd/named.h"
#include "cmd/report.h"
#include "plan/plan_build.h"
#include "run/call.h"
#include "run/supervisor.h"
#include "run/wire.h"

static int await_end(struct arena *arena, const char *name, struct wire *ret_end, struct err *err)
{
	const struct wire question = {.type = WIRE_WAIT};
	const char *base = named_base(arena, err);
	struct call call;
	int r;

	if (base == NULL)
		return -1;
	r = call_open(arena, base, name, PLAN_DEADLINE_MS, &call, err);
	if (r >= 0)
		r = call_ask(&call, &question, CALL_FOR_EVER, ret_end, NULL, err);
	call_close(&call);
	return r;
}

int cmd_wait(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	bool wants_help = false;
	const struct flag flags[] = {{"help", &wants_help, NULL}, {NULL, NULL, NULL}};
	struct outcome outcome;
	struct wire end;
	struct err err;
	char **words;

	if (flags_read(args->argc, args->argv, flags, &words, &err) < 0)
		return report_error(&err);
	if (wants_help)
		return help_command("wait");
	if (named_check_words(words, 1, "wait", &err) < 0 || await_end(arena, words[0], &end, &err) < 0)
		return report_error(&err);
	if (end.err.kind != ERR_NONE)
		(void)report_error(&end.err);
	outcome = (struct outcome){.code = end.code, .status = end.status, .limit = (enum limit)end.to};
	return named_exit_code(&outcome);
}
