/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pty.c - run a command on a new terminal and tell what it pushed into that terminal's input.
 *
 *     pty [OPTION...] PROGRAM [ARG...]
 *
 *     -i, -o       standard input is a pipe that is at its end instead; standard output is a pipe
 *     -n           all three are pipes, and there is no terminal
 *     -k           press the interrupt key, -f FILE: type what is in the file
 *     -s SIG[,SIG] send signals, by their numbers, to the command; -g SIG[,SIG] to its process group
 *     -x           hang up: the terminal is gone
 *
 * The terminal is the command's controlling one and its descriptors 0, 1 and 2; the command leads a session.
 * What the last three lines of options say is done once, when the command has written READY. All output is
 * copied to standard output. The last lines are "exit: N" (128+N for a signal), for a signal "signal: N"
 * before it, and "injected: N", the number of bytes that wait in the terminal's input queue although nobody
 * typed.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct terminal {
	int master;
	int slave;   /* kept open, so that what was injected stays */
	int pipe[2]; /* for output */
	int input[2];
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
	if (tcsetattr(term->slave, TCSANOW, &mode) < 0 || pipe2(term->pipe, O_CLOEXEC) < 0 ||
	    pipe2(term->input, O_CLOEXEC) < 0)
		fail("tcsetattr");
}

struct options {
	bool has_pipe_in, has_pipe_out, has_no_terminal, hangs_up;
	const char *keys; /* to be typed */
	size_t key_count;
	char *to_command, *to_group; /* signals */
};

static void exec_on(const struct terminal *term, const struct options *options, char **argv)
{
	if (setsid() < 0 || (!options->has_no_terminal && ioctl(term->slave, TIOCSCTTY, 0) < 0))
		fail("TIOCSCTTY");
	dup2(options->has_pipe_in ? term->input[0] : term->slave, STDIN_FILENO);
	dup2(options->has_pipe_out ? term->pipe[1] : term->slave, STDOUT_FILENO);
	dup2(options->has_no_terminal ? term->pipe[1] : term->slave, STDERR_FILENO);
	execvp(argv[0], argv);
	fail(argv[0]);
}

/* Copies; is the command ready now, by what it wrote? */
static bool copy(int from)
{
	char buffer[4096];
	ssize_t got = read(from, buffer, sizeof(buffer));

	if (got > 0)
		fwrite(buffer, 1, (size_t)got, stdout);
	return got > 0 && memmem(buffer, (size_t)got, "READY", 5) != NULL;
}

static void send_signals(pid_t whom, char *list)
{
	for (char *word = strtok(list, ","); word != NULL; word = strtok(NULL, ","))
		kill(whom, atoi(word));
}

static void act(struct terminal *term, struct options *options, pid_t pid)
{
	for (size_t at = 0; at < options->key_count;) {
		ssize_t n = write(term->master, options->keys + at, options->key_count - at);

		if (n < 0)
			fail("write");
		at += (size_t)n;
	}
	if (options->to_command != NULL)
		send_signals(pid, options->to_command);
	if (options->to_group != NULL)
		send_signals(-pid, options->to_group);
	if (options->hangs_up) {
		close(term->slave);
		close(term->master);
		term->slave = term->master = -1;
	}
}

/* Copies until the command has ended and everything it wrote has been read. */
static int relay(struct terminal *term, struct options *options, pid_t pid)
{
	int status = 0, wait_ms = 10;
	bool has_acted = false;

	for (;;) {
		struct pollfd fds[] = {
			{.fd = term->master, .events = POLLIN},
			{.fd = options->has_pipe_out ? term->pipe[0] : -1, .events = POLLIN},
		};
		int ready = poll(fds, 2, wait_ms);

		for (int i = 0; i < 2 && ready > 0; i++) {
			if ((fds[i].revents & POLLIN) == 0 || !copy(fds[i].fd) || has_acted)
				continue;
			has_acted = true;
			act(term, options, pid);
		}
		if (ready <= 0 && wait_ms == 0)
			return status;
		if (wait_ms != 0 && waitpid(pid, &status, WNOHANG) == pid)
			wait_ms = 0;
	}
}

static void read_keys(const char *path, struct options *options)
{
	static char keys[1024 * 1024];
	FILE *file = fopen(path, "r");

	if (file == NULL)
		fail(path);
	options->keys = keys;
	options->key_count = fread(keys, 1, sizeof(keys), file);
	fclose(file);
}

static void read_options(int argc, char **argv, struct options *options)
{
	int c;

	while ((c = getopt(argc, argv, "+ionkf:s:g:x")) != -1) {
		switch (c) {
		case 'n':
			options->has_no_terminal = options->has_pipe_in = options->has_pipe_out = true;
			break;
		case 'i':
			options->has_pipe_in = true;
			break;
		case 'o':
			options->has_pipe_out = true;
			break;
		case 'k':
			options->keys = "\003";
			options->key_count = 1;
			break;
		case 'f':
			read_keys(optarg, options);
			break;
		case 's':
			options->to_command = optarg;
			break;
		case 'g':
			options->to_group = optarg;
			break;
		case 'x':
			options->hangs_up = true;
			break;
		default:
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	struct options options = {0};
	struct terminal term;
	int status, injected = 0;
	pid_t pid;

	read_options(argc, argv, &options);
	if (optind == argc) {
		fputs("usage: pty [-ionkx] [-f FILE] [-s SIGNALS] [-g SIGNALS] PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	open_terminal(&term);
	pid = fork();
	if (pid == 0)
		exec_on(&term, &options, argv + optind);
	if (pid < 0)
		fail("fork");
	close(term.input[1]);
	status = relay(&term, &options, pid);
	if (term.slave >= 0)
		ioctl(term.slave, FIONREAD, &injected);
	putchar('\n');
	if (WIFSIGNALED(status))
		printf("signal: %d\n", WTERMSIG(status));
	printf("exit: %d\ninjected: %d\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
	       injected);
	return 0;
}
