/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * moment.c - do something at one exact moment of a program's start, while it is stopped there.
 *
 *     moment clone|fork COMMAND PROGRAM [ARG...]
 *
 * runs PROGRAM; when it makes its first process (clone), or that one its first (fork), parent and child are
 * stopped until the shell has run COMMAND, with the child's pid in CHILD. Then both go on, untraced. Exits as
 * PROGRAM does (a process that shares the memory of the one that made it does not count); with 99 if COMMAND
 * failed, or if there was no such moment.
 *
 *     moment kill PROGRAM [ARG...]
 *
 * runs PROGRAM again and again, and kills it (SIGKILL) at the 1st, 2nd, 3rd... system call that it and the
 * processes it made make from its first clone on, until a grandchild of it executes something. After each
 * kill nothing may be left, and where the caller was the first child, without a child of its own yet, nothing
 * may be executed any more. Prints a line for each kill for which that does not hold, and at last "moments N
 * strict M".
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of <linux/ptrace.h>, which cannot be included next to <sys/ptrace.h> with every libc. */
#define GET_SYSCALL_INFO 0x420e
#define INFO_ENTRY 1

enum { LIMIT_S = 20, MOMENTS = 5000 };

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "moment: %s: %s\n", what, strerror(errno));
	exit(99);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Starts the program, stopped at the first instruction that is not ours. */
static pid_t start(char **argv, bool is_quiet)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null_fd = is_quiet ? open("/dev/null", O_RDWR) : -1;

		for (int fd = 0; null_fd >= 0 && fd <= 2; fd++)
			(void)dup2(null_fd, fd);
		if (null_fd > 2)
			(void)close(null_fd);
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			_exit(77);
		(void)raise(SIGSTOP);
		execv(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, __WALL) != pid)
		die("fork");
	if (!WIFSTOPPED(status)) {
		fprintf(stderr, "moment: the kernel lets nobody be traced here\n");
		exit(77);
	}
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options) < 0)
		die("ptrace");
	return pid;
}

static int event_of(int status)
{
	return status >> 16;
}

/* A child that tells its parent of its end, or is a vfork's; not a thread, or a helper that is as good as
 * one. */
static bool is_birth(int status)
{
	int event = event_of(status);

	return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK;
}

static pid_t born(pid_t pid)
{
	unsigned long child = 0;

	if (ptrace(PTRACE_GETEVENTMSG, pid, NULL, &child) < 0)
		die("ptrace");
	return (pid_t)child;
}

/* The signal that a stop is to go on with: none, where the stop is one of tracing. */
static int signal_of(int status)
{
	int sig = WSTOPSIG(status);

	return event_of(status) != 0 || sig == (SIGTRAP | 0x80) || sig == SIGSTOP || sig == SIGTRAP ? 0 : sig;
}

/* ------------------------------------------------------------ clone, fork */

static void let_go(pid_t pid)
{
	/* The command may have killed it: its end is told to us first, and to its parent when we have heard.
	 */
	if (ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0)
		(void)waitpid(pid, NULL, __WALL);
}

/* Lets the process go on to its next child, and returns that, stopped at its first instruction. */
static pid_t next_child(pid_t pid)
{
	int status = 0;

	for (int sig = 0;; sig = signal_of(status)) {
		if (ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)sig) < 0 ||
		    waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status)) {
			fprintf(stderr, "moment: it made no process\n");
			exit(99);
		}
		if (is_birth(status) || event_of(status) == PTRACE_EVENT_CLONE) {
			bool is_child = is_birth(status);
			pid_t child = born(pid);

			if (waitpid(child, &status, __WALL) != child)
				die("wait");
			if (is_child)
				return child;
			let_go(child);
			status = 0;
		}
	}
}

static int at_birth(int depth, const char *command, char **argv)
{
	pid_t first = start(argv, false);
	pid_t parent = first, child = next_child(first);
	char text[16];
	int status;

	for (; depth > 1; depth--) {
		let_go(parent);
		parent = child;
		child = next_child(parent);
	}
	(void)snprintf(text, sizeof(text), "%d", child);
	(void)setenv("CHILD", text, 1);
	if (system(command) != 0) {
		fprintf(stderr, "moment: %s: failed\n", command);
		return 99;
	}
	let_go(child);
	let_go(parent);
	if (waitpid(first, &status, 0) != first)
		die("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ------------------------------------------------------------ kill */

struct run {
	pid_t first, child, grandchild;
	int target; /* the number of the call to kill at */
	int calls;
	bool was_killed;
	bool is_strict; /* nothing may be executed any more */
	bool was_executed;
	bool is_late; /* the program runs: the start is over */
};

static void kill_first(struct run *run)
{
	int status;

	(void)kill(run->first, SIGKILL);
	/* Reaped: by now its children have been sent their parent's death signal. */
	while (waitpid(run->first, &status, __WALL) == run->first && WIFSTOPPED(status))
		continue;
}

/* A stop, before the process goes on. */
static void look_at(struct run *run, pid_t pid, int status)
{
	unsigned char info[128] = {0};

	if (is_birth(status)) {
		pid_t child = born(pid);

		if (pid == run->first && run->child == 0)
			run->child = child;
		else if (pid == run->child && run->grandchild == 0)
			run->grandchild = child;
	} else if (event_of(status) == PTRACE_EVENT_EXEC && pid == run->grandchild) {
		run->was_executed = true;
		if (!run->was_killed) {
			run->is_late = true;
			kill_first(run);
		}
	} else if (WSTOPSIG(status) == (SIGTRAP | 0x80) && !run->was_killed && !run->is_late) {
		if (ptrace(GET_SYSCALL_INFO, pid, (void *)sizeof(info), info) < 0 || info[0] != INFO_ENTRY ||
		    ++run->calls != run->target)
			return;
		run->was_killed = true;
		run->is_strict = pid == run->child && run->grandchild == 0;
		kill_first(run);
	}
}

/* Returns false when processes are left. */
static bool kill_at(struct run *run, char **argv)
{
	int status;
	pid_t pid;

	run->first = start(argv, true);
	(void)alarm(LIMIT_S);
	(void)ptrace(PTRACE_CONT, run->first, NULL, NULL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		look_at(run, pid, status);
		/* Before the first clone there is nothing that could be left behind. */
		(void)ptrace(run->child == 0 ? PTRACE_CONT : PTRACE_SYSCALL, pid, NULL,
			     (void *)(intptr_t)signal_of(status));
	}
	(void)alarm(0);
	return errno == ECHILD;
}

static int kill_everywhere(char **argv)
{
	int moments = 0, strict = 0;

	for (int n = 1; n <= MOMENTS; n++) {
		struct run run = {.target = n};

		if (!kill_at(&run, argv)) {
			printf("killed at call %d, it leaves processes behind\n", n);
			return 1; /* which end with us */
		}
		if (run.child == 0) {
			printf("it made no process\n");
			return 1;
		}
		if (!run.was_killed && !run.was_executed) {
			printf("left alone, it executes nothing\n");
			return 1;
		}
		if (!run.was_killed)
			break;
		moments++;
		strict += run.is_strict;
		if (run.is_strict && run.was_executed)
			printf("killed at call %d, the program is executed all the same\n", n);
	}
	printf("moments %d strict %d\n", moments, strict);
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_alarm};

	(void)sigaction(SIGALRM, &action, NULL);
	if (argc > 3 && strcmp(argv[1], "clone") == 0)
		return at_birth(1, argv[2], argv + 3);
	if (argc > 3 && strcmp(argv[1], "fork") == 0)
		return at_birth(2, argv[2], argv + 3);
	if (argc > 2 && strcmp(argv[1], "kill") == 0)
		return kill_everywhere(argv + 2);
	fputs("usage: moment clone|fork COMMAND PROGRAM [ARG...] | moment kill PROGRAM [ARG...]\n", stderr);
	return 2;
}
