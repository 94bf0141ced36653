/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hang.c - run a command where a file system does not answer.
 *
 *     hang unread|unanswered|failing|gone DIR COMMAND [ARG...]
 *
 * mounts a FUSE file system at DIR in a mount namespace of its own (an ordinary user gets a user namespace
 * too) and runs COMMAND in there. Its root can be looked at; whoever looks up a name in it waits for ever:
 * either nobody has read the question (unread: a server that is stuck; a fatal signal still ends the wait),
 * or it was read and is never answered (unanswered: one whose own host is gone; nothing ends that wait while
 * the server lives). Or, without a wait, gets EIO (failing) or ENOTCONN (gone: the server has ended). Exits
 * as COMMAND does, which is when the file system goes away; with 77 where there is no FUSE for us.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "hang: no FUSE here: %s: %s\n", what, strerror(errno));
	exit(77);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		give_up(path);
	(void)close(fd);
}

static void enter_namespaces(void)
{
	const unsigned int uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(uid == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) < 0)
		give_up("unshare");
	if (uid != 0) {
		write_text("/proc/self/setgroups", "deny");
		(void)snprintf(map, sizeof(map), "%u %u 1", uid, uid);
		write_text("/proc/self/uid_map", map);
		(void)snprintf(map, sizeof(map), "%u %u 1", gid, gid);
		write_text("/proc/self/gid_map", map);
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		give_up("mount");
}

static void answer(int fd, uint64_t unique, int errnum, const void *body, size_t size)
{
	struct fuse_out_header head = {
		.len = (uint32_t)(sizeof(head) + size), .error = -errnum, .unique = unique};
	union {
		const void *in;
		void *out;
	} cast = {.in = body};
	struct iovec parts[] = {{&head, sizeof(head)}, {cast.out, size}};

	if (writev(fd, parts, 2) < 0)
		_exit(1);
}

enum mode { UNREAD, UNANSWERED, FAILING, GONE, MODE_COUNT };
static const char *const mode_names[MODE_COUNT] = {"unread", "unanswered", "failing", "gone"};

static _Noreturn void serve(int fd, enum mode mode)
{
	static union {
		struct fuse_in_header head;
		char room[FUSE_MIN_READ_BUFFER + 65536];
	} in;

	while (read(fd, &in, sizeof(in)) > 0) {
		if (in.head.opcode == FUSE_INIT) {
			struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION,
						    .minor = FUSE_KERNEL_MINOR_VERSION,
						    .max_write = 4096};

			answer(fd, in.head.unique, 0, &out, sizeof(out));
			if (mode == UNREAD) {
				for (;;)
					(void)pause();
			}
			if (mode == GONE)
				_exit(0);
		} else if (in.head.opcode == FUSE_GETATTR && in.head.nodeid == FUSE_ROOT_ID) {
			struct fuse_attr_out out = {
				.attr_valid = 3600,
				.attr = {.ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 2}};

			answer(fd, in.head.unique, 0, &out, sizeof(out));
		} else if (mode == FAILING && in.head.opcode != FUSE_FORGET) {
			answer(fd, in.head.unique, EIO, NULL, 0);
		}
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	enum mode mode = UNREAD;
	char options[128];
	pid_t server, command;
	int status, fd;

	while (argc > 1 && mode < MODE_COUNT && strcmp(argv[1], mode_names[mode]) != 0)
		mode++;
	if (argc < 4 || mode == MODE_COUNT) {
		fputs("usage: hang unread|unanswered|failing|gone DIR COMMAND [ARG...]\n", stderr);
		return 2;
	}
	enter_namespaces();
	/* In the namespace that mounts it, as the kernel wants it. */
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		give_up("/dev/fuse");
	(void)snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other",
		       fd, geteuid(), getegid());
	if (mount("hang", argv[2], "fuse", MS_NOSUID | MS_NODEV, options) < 0)
		give_up("mount");
	server = fork();
	if (server == 0) {
		/* With us, or what waits for it would wait for ever. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0)
			serve(fd, mode);
		_exit(1);
	}
	(void)close(fd);
	/* As soon as the descriptor is closed everywhere, all answers are ENOTCONN. */
	if (mode == GONE && waitpid(server, &status, 0) != server)
		return 1;
	command = fork();
	if (command == 0) {
		execvp(argv[3], argv + 3);
		_exit(127);
	}
	if (server < 0 || command < 0 || waitpid(command, &status, 0) != command)
		return 1;
	if (mode != GONE)
		(void)kill(server, SIGKILL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
