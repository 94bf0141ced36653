/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kill.c - pinfold kill: a signal for a sandbox's program, by the sandbox's name. */
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "act/registry.h"
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
#include "run/wire.h"

/* How long a supervisor may be silent before KILL is done without it. */
enum { KILL_MS = 2000 };

static int unknown_signal(struct arena *arena, const char *word, struct err *err)
{
	const char *names[NSIG];
	size_t count = 0;
	const char *near;

	for (int sig = 1; sig < NSIG; sig++) {
		if (sigabbrev_np(sig) != NULL)
			names[count++] = sigabbrev_np(sig);
	}
	err_set(err, ERR_USAGE, "usage.signal", 0, "there is no signal %s", str_show(arena, word));
	near = str_nearest(word, names, count);
	if (near != NULL)
		return err_hint(err, "did you mean %s?", near);
	return err_hint(err, "a name like TERM or SIGTERM, or a number from 1 to %d", NSIG - 1);
}

/* A number, or a name with or without SIG, in any case. */
static int read_signal(struct arena *arena, const char *word, int *ret_sig, struct err *err)
{
	const char *name = strncasecmp(word, "SIG", 3) == 0 ? word + 3 : word;
	uint64_t number;

	*ret_sig = 0;
	if (str_to_u64(word, NSIG - 1, &number) == 0)
		*ret_sig = (int)number;
	for (int sig = 1; sig < NSIG; sig++) {
		if (sigabbrev_np(sig) != NULL && strcasecmp(sigabbrev_np(sig), name) == 0)
			*ret_sig = sig;
	}
	return *ret_sig > 0 ? 0 : unknown_signal(arena, word, err);
}

/* Asks the supervisor; KILL comes back when all is over. */
static int ask(struct arena *arena, const char *base, const char *name, int sig, struct call *call,
	       struct err *err)
{
	const struct wire order = {.type = WIRE_SIGNAL, .status = sig};
	const int timeout_ms = sig == SIGKILL ? KILL_MS : PLAN_DEADLINE_MS;
	struct wire answer;

	if (call_open(arena, base, name, timeout_ms, call, err) < 0 ||
	    call_ask(call, &order, timeout_ms, &answer, NULL, err) < 0)
		return -1;
	if (sig == SIGKILL)
		(void)call_await_end(call, KILL_MS);
	return 0;
}

static int send_signal(struct arena *arena, const char *name, int sig, struct err *err)
{
	const char *base = named_base(arena, err);
	struct call call;
	int r;

	if (base == NULL)
		return -1;
	r = ask(arena, base, name, sig, &call, err);
	/* Gone while we asked is what was asked for. */
	if (r < 0 && sig == SIGKILL && str_eq(err->id, "system.gone"))
		r = 0;
	/* It is stopped, or still building: the kernel ends the sandbox with it. */
	if (r < 0 && sig == SIGKILL && str_eq(err->id, "system.silent"))
		r = act_registry_kill(call.dir_fd, &call.entry, KILL_MS, err);
	call_close(&call);
	return r;
}

int cmd_kill(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	bool wants_help = false;
	const struct flag flags[] = {{"help", &wants_help, NULL}, {NULL, NULL, NULL}};
	int sig = SIGTERM;
	struct err err;
	char **words;

	if (flags_read(args->argc, args->argv, flags, &words, &err) < 0)
		return report_error(&err);
	if (wants_help)
		return help_command("kill");
	if (named_check_words(words, 2, "kill", &err) < 0 ||
	    (words[1] != NULL && read_signal(arena, words[1], &sig, &err) < 0) ||
	    send_signal(arena, words[0], sig, &err) < 0)
		return report_error(&err);
	return 0;
}
