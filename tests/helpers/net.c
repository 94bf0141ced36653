/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * net.c - a listener on the loopback address and on an abstract unix socket, and its visitor.
 *
 *     net listen              binds 127.0.0.1, [::1] and an abstract name of the kernel's choice, prints
 *                             "tcp4=PORT tcp6=PORT abstract=NAME" on one line (0 where there is no such
 *                             address), then "visited" for every connection, until standard input ends
 *     net connect KIND=WHERE  prints "KIND: ok" or "KIND: ECONNREFUSED" (any errno name) for each
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

/* Fill in the address that KIND=WHERE names and return its length, 0 for an unknown kind. */
static socklen_t make_address(const char *kind, const char *where, union address *to)
{
	memset(to, 0, sizeof(*to));
	if (strcmp(kind, "tcp4") == 0) {
		to->in.sin_family = AF_INET;
		to->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		to->in.sin_port = htons((in_port_t)strtoul(where, NULL, 10));
		return sizeof(to->in);
	}
	if (strcmp(kind, "tcp6") == 0) {
		to->in6.sin6_family = AF_INET6;
		to->in6.sin6_addr = in6addr_loopback;
		to->in6.sin6_port = htons((in_port_t)strtoul(where, NULL, 10));
		return sizeof(to->in6);
	}
	if (strcmp(kind, "abstract") == 0) {
		size_t length = strlen(where);

		if (length >= sizeof(to->un.sun_path))
			return 0;
		to->un.sun_family = AF_UNIX;
		memcpy(to->un.sun_path + 1, where, length);
		/* Nothing but the family asks the kernel for a name (autobind). */
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (length > 0 ? length + 1 : 0));
	}
	return 0;
}

static int listen_on(const char *kind, union address *at)
{
	socklen_t length = make_address(kind, "", at);
	int fd = socket(at->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, &at->any, length) < 0 || listen(fd, 16) < 0)
		return -1;
	length = sizeof(*at);
	if (getsockname(fd, &at->any, &length) < 0)
		return -1;
	if (at->any.sa_family == AF_UNIX)
		at->un.sun_path[(size_t)length - offsetof(struct sockaddr_un, sun_path)] = '\0';
	return fd;
}

static int serve(void)
{
	union address in, in6, un;
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = listen_on("tcp4", &in), .events = POLLIN},
		{.fd = listen_on("tcp6", &in6), .events = POLLIN},
		{.fd = listen_on("abstract", &un), .events = POLLIN},
	};

	printf("tcp4=%d tcp6=%d abstract=%s\n", fds[1].fd < 0 ? 0 : ntohs(in.in.sin_port),
	       fds[2].fd < 0 ? 0 : ntohs(in6.in6.sin6_port), fds[3].fd < 0 ? "0" : un.un.sun_path + 1);
	fflush(stdout);
	while (poll(fds, 4, -1) > 0 && fds[0].revents == 0) {
		for (int i = 1; i < 4; i++) {
			if (fds[i].revents == 0)
				continue;
			close(accept(fds[i].fd, NULL, NULL));
			puts("visited");
			fflush(stdout);
		}
	}
	return 0;
}

static int visit(char *word)
{
	union address to;
	char *where = strchr(word, '=');
	socklen_t length;
	int fd, ret;

	if (where == NULL)
		return -1;
	*where++ = '\0';
	length = make_address(word, where, &to);
	if (length == 0)
		return -1;
	fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -1 : connect(fd, &to.any, length);
	printf("%s: %s\n", word, ret == 0 ? "ok" : strerrorname_np(errno));
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "listen") == 0)
		return serve();
	for (int i = 2; argc > 2 && strcmp(argv[1], "connect") == 0; i++) {
		if (i == argc)
			return 0;
		if (visit(argv[i]) < 0)
			break;
	}
	fputs("usage: net listen | net connect tcp4|tcp6|abstract=WHERE...\n", stderr);
	return 2;
}
