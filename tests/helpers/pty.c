/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pty.c - run a command on a new terminal and tell what it pushed into that terminal's input.
 *
 *     pty [-i|-o|-k] PROGRAM [ARG...]
 *
 * The terminal is the command's controlling one and its descriptors 0, 1 and 2; with -i standard input is a
 * pipe that is at its end instead, with -o standard output is a pipe; with -k the interrupt key is pressed
 * when the command has written READY.  All output is copied to standard output.  The last lines are "exit: N"
 * (128+N for a signal) and "injected: N", the number of bytes that wait in the terminal's input queue
 * although nobody typed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct terminal {
	int master;
	int slave; /* kept open, so that what was injected stays */
	int pipe[2];
};

static void fail(const char *what)
{
	fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void open_terminal(struct terminal *term)
{
	struct termios mode;
	char name[64];

	term->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (term->master < 0 || grantpt(term->master) < 0 || unlockpt(term->master) < 0 ||
	    ptsname_r(term->master, name, sizeof(name)) != 0)
		fail("posix_openpt");
	term->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (term->slave < 0 || tcgetattr(term->slave, &mode) < 0)
		fail(name);
	mode.c_lflag &= (tcflag_t) ~(ICANON | ECHO); /* so that FIONREAD counts every byte */
	mode.c_oflag &= (tcflag_t)~OPOST;
	if (tcsetattr(term->slave, TCSANOW, &mode) < 0 || pipe2(term->pipe, O_CLOEXEC) < 0)
		fail("tcsetattr");
}

static void exec_on(const struct terminal *term, char option, char **argv)
{
	if (setsid() < 0 || ioctl(term->slave, TIOCSCTTY, 0) < 0)
		fail("TIOCSCTTY");
	dup2(option == 'i' ? term->pipe[0] : term->slave, STDIN_FILENO);
	dup2(option == 'o' ? term->pipe[1] : term->slave, STDOUT_FILENO);
	dup2(term->slave, STDERR_FILENO);
	execvp(argv[0], argv);
	fail(argv[0]);
}

/* Is the command ready now, by what it wrote? */
static int copy(int from)
{
	char buffer[4096];
	ssize_t got = read(from, buffer, sizeof(buffer));

	if (got > 0)
		fwrite(buffer, 1, (size_t)got, stdout);
	return got > 0 && memmem(buffer, (size_t)got, "READY", 5) != NULL;
}

/* Copy until the command has ended and everything it wrote has been read. */
static int relay(const struct terminal *term, char option, pid_t pid)
{
	struct pollfd fds[] = {
		{.fd = term->master, .events = POLLIN},
		{.fd = option == 'o' ? term->pipe[0] : -1, .events = POLLIN},
	};
	int status = 0, wait_ms = 10;

	for (;;) {
		int ready = poll(fds, 2, wait_ms);

		for (int i = 0; i < 2; i++)
			if (fds[i].revents & POLLIN && copy(fds[i].fd) && option == 'k' &&
			    write(term->master, "\003", 1) != 1)
				fail("write");
		if (ready <= 0 && wait_ms == 0)
			return status;
		if (wait_ms != 0 && waitpid(pid, &status, WNOHANG) == pid)
			wait_ms = 0;
	}
}

int main(int argc, char **argv)
{
	struct terminal term;
	char option = '\0';
	int status, injected = 0;
	pid_t pid;

	if (argc > 2 && argv[1][0] == '-' && strchr("iok", argv[1][1]) != NULL) {
		option = argv[1][1];
		argv++;
		argc--;
	}
	if (argc < 2) {
		fputs("usage: pty [-i|-o|-k] PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	open_terminal(&term);
	pid = fork();
	if (pid == 0)
		exec_on(&term, option, argv + 1);
	if (pid < 0)
		fail("fork");
	if (option == 'i')
		close(term.pipe[1]);
	status = relay(&term, option, pid);
	ioctl(term.slave, FIONREAD, &injected);
	printf("\nexit: %d\ninjected: %d\n",
	       WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), injected);
	return 0;
}
