/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* named.c - what the commands share that are about sandboxes with a name. */
#include "cmd/named.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "act/probe.h"
#include "base/err.h"
#include "base/mem.h"
#include "plan/entry.h"
#include "plan/host.h"
#include "run/supervisor.h"
#include "sys/process.h"

enum { SIGNAL_BASE = 128 };

/* What a limit that ended the program is told by; cpu-time as a shell tells of SIGXCPU. */
static const int limit_codes[] = {
	[LIMIT_WALL] = 124, [LIMIT_CPU] = SIGNAL_BASE + SIGXCPU, [LIMIT_MEMORY] = SIGNAL_BASE + SIGKILL};

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

int named_exit_code(const struct outcome *outcome)
{
	if (outcome->limit != LIMIT_NONE)
		return limit_codes[outcome->limit];
	if (outcome->code == CLD_EXITED)
		return outcome->status;
	if (outcome->status == SIGINT || outcome->status == SIGQUIT)
		return end_by_signal(outcome->status);
	return SIGNAL_BASE + outcome->status;
}

const char *named_base(struct arena *arena, struct err *err)
{
	struct host host;

	return act_probe(arena, &host, err) < 0 ? NULL : entry_base(&host, arena);
}

int named_check_words(char *const *words, int max, const char *command, struct err *err)
{
	int count = 0;

	while (words[count] != NULL)
		count++;
	if (count == 0) {
		err_set(err, ERR_USAGE, "usage.no-name", 0, "which sandbox?");
		return err_hint(err, "pinfold %s NAME; pinfold ps lists those that are running", command);
	}
	if (count > max) {
		err_set(err, ERR_USAGE, "usage.extra", 0, "pinfold %s does not take \"%s\"", command,
			words[max]);
		return err_hint(err, "pinfold help lists the commands and what they take");
	}
	return 0;
}
