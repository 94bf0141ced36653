/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * traceme.c - a process that asks to be traced by its parent, and stops: its parent hears of it as of an end.
 *
 *     traceme self      this process does so; then prints "went on" and exits with 42
 *     traceme orphan    a child of process 1 does so; prints "went on" when that one goes on
 *     traceme ask       asks only, and ends
 *
 * It stops by signals that it handles, so that it can tell whether they still arrive. Exits with 77 where the
 * kernel lets nobody be traced.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t handled;

static void count(int sig)
{
	(void)sig;
	handled = handled + 1;
}

static int stop_and_go_on(void)
{
	(void)signal(SIGUSR1, count);
	(void)signal(SIGTRAP, count);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		return 77;
	(void)raise(SIGUSR1);
	if (handled != 1)
		return 3;
	/* Whom we asked has let us go: ask again. */
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		return 4;
	(void)raise(SIGTRAP);
	return handled == 2 ? 0 : 5;
}

/* A grandchild whose parent has ended. */
static int as_orphan(void)
{
	struct pollfd answer = {.events = POLLIN};
	unsigned char code = 6;
	int fds[2];
	pid_t child;

	if (pipe(fds) < 0)
		return 2;
	child = fork();
	if (child == 0) {
		if (fork() != 0)
			_exit(0);
		while (getppid() != 1)
			(void)poll(NULL, 0, 1);
		code = (unsigned char)stop_and_go_on();
		_exit(write(fds[1], &code, 1) == 1 ? 0 : 2);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		return 2;
	answer.fd = fds[0];
	if (poll(&answer, 1, 10000) != 1 || read(fds[0], &code, 1) != 1)
		return 6;
	return code;
}

int main(int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";
	int r;

	if (strcmp(how, "ask") == 0)
		return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? 77 : 0;
	if (strcmp(how, "self") == 0) {
		r = stop_and_go_on();
	} else if (strcmp(how, "orphan") == 0) {
		r = as_orphan();
	} else {
		fputs("usage: traceme self|orphan|ask\n", stderr);
		return 2;
	}
	if (r != 0)
		return r;
	puts("went on");
	return 42;
}
