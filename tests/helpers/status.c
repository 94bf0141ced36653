/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status.c - run a command and say how it ended, which a shell's $? does not tell exactly.
 *
 *     status PROGRAM [ARG...]
 *
 * prints "exit N" or "signal N" on descriptor 3 when that is open, else on standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int out = fcntl(3, F_SETFD, FD_CLOEXEC) < 0 ? STDOUT_FILENO : 3;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid == 0) {
		execvp(argv[1], argv + 1);
		dprintf(STDERR_FILENO, "status: %s: %s\n", argv[1], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 2;
	if (WIFSIGNALED(status))
		dprintf(out, "signal %d\n", WTERMSIG(status));
	else
		dprintf(out, "exit %d\n", WEXITSTATUS(status));
	return 0;
}
