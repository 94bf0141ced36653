/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nosy.c - tries what an untrusted program would, and says what it got: the subject of demo.sh.
 *
 *     nosy probe KEY=VALUE...     tries everything; a line each: check, "reached" or "blocked", what happened
 *     nosy listen                 prints "PORT NAME" and greets whoever connects, until it is killed
 *     nosy pty COMMAND [ARG...]   runs COMMAND with a terminal of its own as standard input
 *     nosy find NAME              prints the ids of processes named NAME; exits with 1 if there is none
 *
 * It is harmless outside a sandbox too. It reads and writes nothing but what demo.sh made for it, connects
 * to nothing but `nosy listen`, and each try for privilege either must fail for an ordinary user or happens
 * in a child that ends at once. It refuses to run as root, for whom that would not be so.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define GREETING "hello"

enum { LINGER_SECONDS = 60, LISTEN_SECONDS = 300 }; /* ends of their own, should demo.sh be killed */

/* What demo.sh planted, from the command line: inside a sandbox there is no environment to take it from. */
struct planted {
	const char *home;     /* the user's home directory, */
	const char *mark;     /* an entry in it that demo.sh made, */
	const char *secret;   /* a file below that, */
	const char *key;      /* another, like a private key, */
	const char *left;     /* and one that is not there yet */
	const char *password; /* in the environment of `nosy listen`, and nowhere else */
	const char *port;     /* of `nosy listen` on 127.0.0.1 */
	const char *socket;   /* its abstract unix socket */
	const char *daemon;   /* name for the process that shall stay behind */
};

static void say(const char *check, bool is_reached, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void say(const char *check, bool is_reached, const char *format, ...)
{
	va_list ap;

	printf("%s\t%s\t", check, is_reached ? "reached" : "blocked");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout); /* before the next fork, which would print it again */
}

static void say_blocked(const char *check)
{
	say(check, false, "%s", strerror(errno));
}

/* --- the user's files -------------------------------------------------------------------------- */

static ssize_t read_some(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = -1;

	if (fd >= 0) {
		length = read(fd, buffer, size);
		close(fd);
	}
	return length;
}

static void try_read(const char *check, const char *path)
{
	char buffer[4096];
	ssize_t length = read_some(path, buffer, sizeof(buffer));

	if (length < 0)
		say_blocked(check);
	else
		say(check, true, "read %zd bytes", length);
}

static void try_list_home(const struct planted *planted)
{
	DIR *home = opendir(planted->home);
	const struct dirent *entry;
	bool has_mark = false;
	int count = 0;

	if (home == NULL) {
		say_blocked("list-home");
		return;
	}
	while ((entry = readdir(home)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			count++;
		if (strcmp(entry->d_name, planted->mark) == 0)
			has_mark = true;
	}
	closedir(home);
	say("list-home", has_mark, "names: %d%s", count, has_mark ? "" : ", none the user's");
}

static void try_environment(void)
{
	const char *inherited = getenv("NOSY_API_TOKEN"); /* demo.sh set it for bare and confined alike */

	if (inherited == NULL)
		say("environment", false, "not in the environment");
	else
		say("environment", true, "has %zu characters", strlen(inherited));
}

/* Whether the file is really there is for demo.sh to see, from outside and afterwards: a sandbox may let
 * the program write to a copy. */
static void try_write(const char *check, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0) {
		say_blocked(check);
		return;
	}
	close(fd);
	say(check, true, "wrote a file");
}

static void try_leave_file(const struct planted *planted)
{
	char path[PATH_MAX];
	char *slash;

	(void)snprintf(path, sizeof(path), "%s", planted->left);
	for (slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	try_write("leave-file", path);
}

/* Not even for a moment is anything left in a system directory. */
static void try_write_system(const char *check, const char *directory)
{
	int fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0) {
		say_blocked(check);
		return;
	}
	close(fd);
	say(check, true, "can make files in %s", directory);
}

/* --- other processes --------------------------------------------------------------------------- */

/* The next process in /proc, or 0 at the end. */
static pid_t next_process(DIR *proc)
{
	const struct dirent *entry;

	while ((entry = readdir(proc)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			return (pid_t)strtol(entry->d_name, NULL, 10);
	return 0;
}

static ssize_t read_proc(pid_t pid, const char *file, char *buffer, size_t size)
{
	char path[64];
	ssize_t length;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	length = read_some(path, buffer, size - 1);
	if (length >= 0)
		buffer[length] = '\0';
	return length;
}

static void try_processes(const struct planted *planted)
{
	DIR *proc = opendir("/proc");
	char environment[8192];
	int others = 0, readable = 0;
	bool has_password = false;
	pid_t pid;

	if (proc == NULL) {
		say_blocked("processes");
		say_blocked("environ");
		return;
	}
	while ((pid = next_process(proc)) != 0) {
		ssize_t length;

		if (pid == getpid())
			continue;
		others += pid != getppid(); /* that is the sandbox's init, if there is one */
		length = read_proc(pid, "environ", environment, sizeof(environment));
		readable += length >= 0;
		if (length > 0 &&
		    memmem(environment, (size_t)length, planted->password, strlen(planted->password)) != NULL)
			has_password = true;
	}
	closedir(proc);
	say("processes", others > 0, "others: %d", others);
	if (has_password)
		say("environ", true, "read the password");
	else
		say("environ", false, "readable: %d, none has it", readable);
}

/* --- the network ------------------------------------------------------------------------------- */

static void try_connect(const char *check, const struct sockaddr *address, socklen_t length)
{
	char buffer[64];
	ssize_t received = -1;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, address, length) == 0)
		received = recv(fd, buffer, sizeof(buffer), 0);
	if (received >= 0)
		say(check, true, "it answered \"%.*s\"", (int)received, buffer);
	else
		say_blocked(check);
	if (fd >= 0)
		close(fd);
}

static socklen_t abstract_address(struct sockaddr_un *address, const char *name)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

static void try_listener(const struct planted *planted)
{
	struct sockaddr_in tcp = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)strtoul(planted->port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_un local;
	socklen_t length = abstract_address(&local, planted->socket);

	try_connect("tcp", (const struct sockaddr *)&tcp, sizeof(tcp));
	try_connect("abstract", (const struct sockaddr *)&local, length);
}

/* Interfaces but lo, and IPv4 routes: what is there to be seen, nothing is sent. */
static void try_network(void)
{
	struct if_nameindex *all = if_nameindex();
	const struct if_nameindex *one;
	FILE *file = fopen("/proc/net/route", "re");
	char line[256];
	int interfaces = 0, routes = -1; /* its first line is a heading */

	for (one = all; one != NULL && one->if_index != 0; one++)
		interfaces += strcmp(one->if_name, "lo") != 0;
	if (all != NULL)
		if_freenameindex(all);
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		routes++;
	if (file != NULL)
		fclose(file);
	if (routes < 0)
		routes = 0;
	say("network", interfaces + routes > 0, "links but lo: %d, routes: %d", interfaces, routes);
}

/* --- privilege --------------------------------------------------------------------------------- */

/* Runs `attempt` (0, or -1 with errno) in a child, so that nothing of it stays. */
static void try_in_child(const char *check, int (*attempt)(void), const char *success)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(attempt() == 0 ? 0 : errno); /* every errno that these can have fits */
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		say_blocked(check);
	else if (WIFSIGNALED(status))
		say(check, false, "killed by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		say(check, false, "%s", strerror(WEXITSTATUS(status)));
	else
		say(check, true, "%s", success);
}

static int become_root(void)
{
	return setuid(0);
}

static int make_userns(void)
{
	return unshare(CLONE_NEWUSER);
}

/* In a mount namespace of the child's own, if it can have one; else an ordinary user's mount just fails. */
static int mount_something(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0)
		(void)mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return mount("none", "/tmp", "tmpfs", 0, NULL);
}

/* Seizing stops nobody, and the child's exit lets go again. */
static pid_t trace_target;

static int trace_parent(void)
{
	return ptrace(PTRACE_SEIZE, trace_target, NULL, NULL) == 0 ? 0 : -1;
}

/* A byte typed into the terminal, for whatever reads from it next; `nosy pty` made one that nobody reads. */
static int type_into_terminal(void)
{
	return ioctl(STDIN_FILENO, TIOCSTI, "x");
}

/* Looks whether a setuid program would run as root, without running one. */
static void try_setuid_programs(void)
{
	static const char *const programs[] = {"/usr/bin/su", "/usr/bin/sudo", "/usr/bin/passwd",
					       "/usr/bin/mount"};
	struct statvfs fs;
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		if (stat(programs[i], &st) != 0 || (st.st_mode & S_ISUID) == 0 ||
		    statvfs(programs[i], &fs) != 0)
			continue;
		if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 || (fs.f_flag & ST_NOSUID) != 0)
			say("setuid", false, "%s would run as the user", programs[i]);
		else
			say("setuid", true, "%s would run as root", programs[i]);
		return;
	}
	say("setuid", false, "there is none");
}

static void try_privilege(void)
{
	trace_target = getppid();
	try_in_child("root", become_root, "became root");
	try_setuid_programs();
	try_in_child("userns", make_userns, "root in a user namespace");
	try_in_child("mount", mount_something, "mounted a file system");
	try_in_child("ptrace", trace_parent, "attached to its parent");
	if (isatty(STDIN_FILENO))
		try_in_child("terminal", type_into_terminal, "typed a character");
	else
		say("terminal", false, "no terminal");
}

/* --- staying behind ---------------------------------------------------------------------------- */

/* A daemon as in the book: twice forked, in a session of its own. demo.sh looks for it after the run. */
static void try_daemon(const struct planted *planted)
{
	int ready[2];
	char byte = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) != 0 || (pid = fork()) < 0) {
		say_blocked("daemon");
		return;
	}
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		(void)setsid();
		if (fork() != 0)
			_exit(0);
		(void)prctl(PR_SET_NAME, planted->daemon, 0, 0, 0);
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO); /* or demo.sh would wait for the end of it */
		(void)dup2(null, STDERR_FILENO);
		(void)alarm(LINGER_SECONDS);
		if (write(ready[1], "", 1) == 1)
			(void)pause();
		_exit(0);
	}
	close(ready[1]);
	(void)waitpid(pid, NULL, 0);
	if (read(ready[0], &byte, 1) == 1)
		say("daemon", true, "started a daemon");
	else
		say("daemon", false, "it did not start");
	close(ready[0]);
}

/* --- the four commands ------------------------------------------------------------------------- */

static const char *argument(char **arguments, const char *key)
{
	size_t length = strlen(key);

	for (; *arguments != NULL; arguments++)
		if (strncmp(*arguments, key, length) == 0 && (*arguments)[length] == '=')
			return *arguments + length + 1;
	fprintf(stderr, "nosy: probe needs %s=\n", key);
	exit(2);
}

static int command_probe(char **arguments)
{
	struct planted planted = {
		.home = argument(arguments, "home"),
		.mark = argument(arguments, "mark"),
		.secret = argument(arguments, "secret"),
		.key = argument(arguments, "key"),
		.left = argument(arguments, "left"),
		.password = argument(arguments, "password"),
		.port = argument(arguments, "port"),
		.socket = argument(arguments, "socket"),
		.daemon = argument(arguments, "daemon"),
	};

	if (geteuid() == 0) {
		fprintf(stderr, "nosy: will not do this as root\n");
		return 2;
	}
	try_read("secret", planted.secret);
	try_read("key", planted.key);
	try_list_home(&planted);
	try_environment();
	try_leave_file(&planted);
	try_write("write-cwd", "left-by-nosy");
	try_write_system("write-usr", "/usr");
	try_write_system("write-etc", "/etc");
	try_processes(&planted);
	try_listener(&planted);
	try_network();
	try_privilege();
	try_daemon(&planted);
	return 0;
}

static int command_listen(void)
{
	struct sockaddr_in tcp = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(tcp);
	int by_tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int by_name = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un local;
	char name[32];

	(void)alarm(LISTEN_SECONDS);
	(void)snprintf(name, sizeof(name), "nosy-%d", (int)getpid());
	/* port 0: the kernel picks a free one */
	if (by_tcp < 0 || by_name < 0 || bind(by_tcp, (const struct sockaddr *)&tcp, length) != 0 ||
	    bind(by_name, (const struct sockaddr *)&local, abstract_address(&local, name)) != 0 ||
	    listen(by_tcp, 8) != 0 || listen(by_name, 8) != 0 ||
	    getsockname(by_tcp, (struct sockaddr *)&tcp, &length) != 0) {
		fprintf(stderr, "nosy: listen: %s\n", strerror(errno));
		return 1;
	}
	printf("%u %s\n", ntohs(tcp.sin_port), name);
	if (fflush(stdout) != 0 || freopen("/dev/null", "w", stdout) == NULL)
		return 1;
	for (;;) {
		struct pollfd either[] = {{.fd = by_tcp, .events = POLLIN},
					  {.fd = by_name, .events = POLLIN}};
		size_t i;

		if (poll(either, 2, -1) < 0)
			return 1;
		for (i = 0; i < 2; i++) {
			int fd = either[i].revents != 0 ? accept(either[i].fd, NULL, NULL) : -1;

			if (fd < 0)
				continue;
			(void)send(fd, GREETING, strlen(GREETING), MSG_NOSIGNAL);
			close(fd);
		}
	}
}

static int command_pty(char **command)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int status = 0;
	pid_t pid;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || (pid = fork()) < 0) {
		fprintf(stderr, "nosy: pty: %s\n", strerror(errno));
		return 125;
	}
	if (pid == 0) {
		int slave;

		(void)setsid();
		slave = open(ptsname(master), O_RDWR); /* becomes the new session's terminal */
		if (slave < 0 || dup2(slave, STDIN_FILENO) < 0)
			_exit(125);
		close(slave);
		execvp(command[0], command);
		fprintf(stderr, "nosy: %s: %s\n", command[0], strerror(errno));
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid)
		return 125;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int command_find(const char *name)
{
	DIR *proc = opendir("/proc");
	size_t length = strlen(name);
	char stat[512];
	int result = 1;
	pid_t pid;

	if (proc == NULL)
		return 2;
	while ((pid = next_process(proc)) != 0) {
		/* "PID (NAME) STATE ...": one that has ended and waits to be reaped does not count */
		const char *state;

		if (read_proc(pid, "stat", stat, sizeof(stat)) <= 0 || (state = strchr(stat, '(')) == NULL ||
		    strncmp(state + 1, name, length) != 0)
			continue;
		state += 1 + length;
		if (strncmp(state, ") ", 2) == 0 && state[2] != 'Z' && state[2] != 'X') {
			printf("%d\n", (int)pid);
			result = 0;
		}
	}
	closedir(proc);
	return result;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "probe") == 0)
		return command_probe(argv + 2);
	if (argc == 2 && strcmp(argv[1], "listen") == 0)
		return command_listen();
	if (argc >= 3 && strcmp(argv[1], "pty") == 0)
		return command_pty(argv + 2);
	if (argc == 3 && strcmp(argv[1], "find") == 0)
		return command_find(argv[2]);
	fprintf(stderr, "usage: nosy probe KEY=VALUE... | listen | pty COMMAND [ARG...] | find NAME\n");
	return 2;
}
