/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * works.c - does with files what ordinary programs do, and says how each of it ended.
 *
 *     works DIR        in a directory that can be written to: makes, moves, links, cuts, runs...
 *     works --devices  terminals of its own, devices, /proc of itself, files without a name
 *
 * Prints "NAME: ok" or "NAME: EXDEV" (any errno name), one line each. What it makes it removes.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static const char *self; /* this program's file */

static void say(const char *name, int r)
{
	const int errnum = errno;

	printf("%s: %s\n", name, r >= 0 ? "ok" : strerrorname_np(errnum));
}

/* Opens, writes, closes. */
static int put(const char *path, int flags, const char *text)
{
	int fd = open(path, flags | O_WRONLY | O_CLOEXEC, 0644);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
	const int errnum = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = errnum;
	return n < 0 ? -1 : 0;
}

static int peek(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, &byte, 1);
	const int errnum = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = errnum;
	return n < 0 ? -1 : 0;
}

/* Runs the descriptor's program, which says nothing; its exit code 0 is success. */
static int run(int fd)
{
	char name[] = "works", word[] = "--nothing";
	char *const argv[] = {name, word, NULL};
	char *const envp[] = {NULL};
	int status;
	pid_t child = fork();

	if (child == 0) {
		(void)fexecve(fd, argv, envp);
		_exit(errno);
	}
	if (waitpid(child, &status, 0) != child)
		return -1;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno == 0 ? 0 : -1;
}

static int copy_self(int to)
{
	char buf[65536];
	int from = open(self, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (from < 0 || to < 0)
		return -1;
	while ((n = read(from, buf, sizeof(buf))) > 0) {
		if (write(to, buf, (size_t)n) != n)
			return -1;
	}
	(void)close(from);
	return (int)n;
}

static int run_copy(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	int r = copy_self(fd);

	(void)close(fd);
	fd = r < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	r = fd < 0 ? -1 : run(fd);
	(void)close(fd);
	return r;
}

/* A file without a name gets one. */
static int link_nameless(const char *dir, const char *path)
{
	char link[64];
	int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static int serve_and_visit(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (bind(server, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(server, 1) < 0)
		return -1;
	return connect(client, (struct sockaddr *)&at, sizeof(at));
}

/* Through /proc/self/fd, as /dev/stdin does. */
static int open_again(const char *path, int flags)
{
	char link[64];
	int fd = open(path, O_RDWR | O_CLOEXEC);

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return fd < 0 ? -1 : open(link, flags | O_CLOEXEC);
}

static int open_removed(const char *path)
{
	char link[64];
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return fd < 0 || unlink(path) < 0 ? -1 : open(link, O_RDWR | O_CLOEXEC);
}

static int in(const char *dir)
{
	if (chdir(dir) < 0) {
		perror(dir);
		return 2;
	}
	say("mkdir", mkdir("a", 0755));
	say("mkdir-second", mkdir("b", 0755));
	say("create", put("a/file", O_CREAT | O_EXCL, "text"));
	say("append", put("a/file", O_APPEND, "more"));
	say("read", peek("a/file"));
	say("rename-here", rename("a/file", "a/other"));
	say("rename-across", rename("a/other", "b/file"));
	say("link-across", link("b/file", "a/link"));
	say("exchange", renameat2(AT_FDCWD, "a/link", AT_FDCWD, "b/file", RENAME_EXCHANGE));
	say("rename-directory", rename("a", "b/a"));
	say("rename-directory-back", rename("b/a", "a"));
	say("truncate", truncate("b/file", 1));
	say("open-truncate", put("b/file", O_TRUNC, "x"));
	say("chmod", chmod("b/file", 0600));
	say("symlink", symlink("b/file", "symlink"));
	say("read-symlink", peek("symlink"));
	say("mkfifo", mkfifo("fifo", 0600));
	say("fifo-by-mknod", mknod("fifo-2", S_IFIFO | 0600, 0));
	say("whiteout", mknod("whiteout", S_IFCHR, makedev(0, 0)));
	say("socket", serve_and_visit("socket"));
	say("nameless", link_nameless("a", "b/named"));
	say("again-to-read", open_again("b/file", O_RDONLY));
	say("again-to-write", open_again("b/file", O_RDWR | O_TRUNC));
	say("removed", open_removed("a/gone"));
	say("run-copy", run_copy("a/program"));
	say("list", open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	for (const char *const *name =
		     (const char *const[]){"a/link", "a/program", "b/file", "b/named", "symlink", "fifo",
					   "fifo-2", "whiteout", "socket", NULL};
	     *name != NULL; name++)
		(void)unlink(*name);
	say("rmdir", rmdir("a"));
	say("rmdir-second", rmdir("b"));
	return 0;
}

static int run_memory(void)
{
	int fd = memfd_create("works", 0);

	return fd < 0 || copy_self(fd) < 0 ? -1 : run(fd);
}

static void terminal(void)
{
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize size = {.ws_row = 10, .ws_col = 10};
	int slave;

	say("ptmx", master);
	say("unlock", unlockpt(master));
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	say("peer", slave);
	say("resize", ioctl(slave, TIOCSWINSZ, &size));
	(void)close(slave);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	say("pts", slave);
	say("attributes", tcgetattr(slave, &(struct termios){0}));
	(void)setsid();
	say("controlling", ioctl(slave, TIOCSCTTY, 0));
	slave = open("/dev/tty", O_RDWR | O_CLOEXEC);
	say("tty", slave);
	say("tty-ioctl", ioctl(slave, TIOCGWINSZ, &size));
	/* With its leader the terminal goes, and says so to us. */
	(void)signal(SIGHUP, SIG_IGN);
}

static int devices(void)
{
	static const char *const names[] = {"null", "zero", "full", "random", "urandom"};
	char path[64];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "/dev/%s", names[i]);
		say(names[i], peek(path));
	}
	say("write-null", put("/dev/null", O_TRUNC, "x"));
	say("write-zero", put("/dev/zero", 0, "x"));
	say("write-full", put("/dev/full", 0, "x"));
	say("ioctl-random",
	    ioctl(open("/dev/random", O_RDONLY | O_CLOEXEC), 0x80045200 /* RNDGETENTCNT */, &(int){0}));
	say("oom", put("/proc/self/oom_score_adj", 0, "500"));
	say("comm", put("/proc/self/comm", O_TRUNC, "works"));
	say("timer", put("/proc/self/coredump_filter", O_TRUNC, "0x33"));
	say("exe", open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	say("own-fd", open_again("/dev/null", O_RDWR));
	say("namespace", open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
	say("shm", shm_open("/works", O_RDWR | O_CREAT, 0600));
	say("shm-unlink", shm_unlink("/works"));
	say("run-memory", run_memory());
	terminal();
	return 0;
}

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (argc == 2 && strcmp(argv[1], "--nothing") == 0)
		return 0;
	path[len < 0 ? 0 : len] = '\0';
	self = len < 0 ? argv[0] : path;
	if (argc == 2)
		return strcmp(argv[1], "--devices") == 0 ? devices() : in(argv[1]);
	fputs("usage: works DIR | works --devices\n", stderr);
	return 2;
}
