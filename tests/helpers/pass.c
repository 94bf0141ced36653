/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pass.c - a descriptor of the host's gets into a sandbox: what a leak would be, made on purpose.
 *
 *     pass give SOCKET PATH     binds SOCKET, says "ready", and sends a descriptor of the directory PATH to
 *                               the first who connects
 *     pass take SOCKET ACTION   connects, takes it, and tries with it: read=NAME, write=NAME, make=NAME,
 *                               list; "ACTION: ok" or "ACTION: EACCES" (any errno name)
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union control {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static int fail(const char *what)
{
	perror(what);
	return 2;
}

static int open_socket(const char *path, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){.sun_family = AF_UNIX};
	(void)snprintf(at->sun_path, sizeof(at->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static struct msghdr message(union control *control, struct iovec *part)
{
	static char byte;

	*part = (struct iovec){.iov_base = &byte, .iov_len = 1};
	return (struct msghdr){.msg_iov = part,
			       .msg_iovlen = 1,
			       .msg_control = control->room,
			       .msg_controllen = sizeof(control->room)};
}

static int give(const char *path, const char *dir)
{
	struct sockaddr_un at;
	union control control = {0};
	struct iovec part;
	struct msghdr msg = message(&control, &part);
	struct cmsghdr *header = CMSG_FIRSTHDR(&msg);
	int server = open_socket(path, &at);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int client;

	if (server < 0 || fd < 0 || bind(server, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(server, 1) < 0)
		return fail(path);
	puts("ready");
	(void)fflush(stdout);
	client = accept(server, NULL, NULL);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return sendmsg(client, &msg, 0) < 0 ? fail("sendmsg") : 0;
}

static int try(int dir, const char *action)
{
	const char *name = strchr(action, '=');
	int fd;

	name = name != NULL ? name + 1 : ".";
	if (strncmp(action, "read=", 5) == 0)
		fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	else if (strncmp(action, "write=", 6) == 0)
		fd = openat(dir, name, O_WRONLY | O_APPEND | O_CLOEXEC);
	else if (strncmp(action, "make=", 5) == 0)
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	else
		fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	printf("%s: %s\n", action, fd >= 0 ? "ok" : strerrorname_np(errno));
	return fd;
}

static int take(const char *path, char **actions)
{
	struct sockaddr_un at;
	union control control = {0};
	struct iovec part;
	struct msghdr msg = message(&control, &part);
	int server = open_socket(path, &at);
	struct cmsghdr *header;
	int dir;

	if (server < 0 || connect(server, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    recvmsg(server, &msg, MSG_CMSG_CLOEXEC) <= 0)
		return fail(path);
	header = CMSG_FIRSTHDR(&msg);
	if (header == NULL)
		return fail("no descriptor");
	memcpy(&dir, CMSG_DATA(header), sizeof(int));
	for (; *actions != NULL; actions++)
		(void)try(dir, *actions);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "give") == 0)
		return give(argv[2], argv[3]);
	if (argc > 3 && strcmp(argv[1], "take") == 0)
		return take(argv[2], argv + 3);
	fputs("usage: pass give SOCKET PATH | pass take SOCKET ACTION...\n", stderr);
	return 2;
}
