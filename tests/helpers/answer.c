/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answer.c - a program that answers a signal: says READY, then waits for its end.
 *
 *     answer ignore|handle|default SIGNAL
 *
 * SIGNAL, a number, is ignored, ends it with exit code 7, or does what it does by default. SIGWINCH, which
 * has a higher number and so is delivered behind it, ends it with 9: who ignored the signal is seen to have
 * lived on.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void answer(int sig)
{
	_exit(sig == SIGWINCH ? 9 : 7);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = answer};
	int sig = argc == 3 ? atoi(argv[2]) : 0;
	sigset_t none;

	if (sig == 0)
		return 2;
	/* Or else the handler of the later one would run on top of that of the former. */
	sigfillset(&action.sa_mask);
	sigaction(SIGWINCH, &action, NULL);
	if (strcmp(argv[1], "handle") != 0)
		action.sa_handler = strcmp(argv[1], "ignore") == 0 ? SIG_IGN : SIG_DFL;
	sigaction(sig, &action, NULL);
	sigemptyset(&none);
	puts("READY");
	fflush(stdout);
	for (;;)
		sigsuspend(&none);
}
