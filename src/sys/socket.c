/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* socket.c - sockets with a name, and waiting for any number of them. */
#include "sys/socket.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

static int make_address(int dirfd, const char *name, struct sockaddr_un *ret_address)
{
	int len;

	*ret_address = (struct sockaddr_un){.sun_family = AF_UNIX};
	len = snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "/proc/self/fd/%d/%s", dirfd,
		       name);
	return len < (int)sizeof(ret_address->sun_path) ? 0 : -ENAMETOOLONG;
}

int sys_listen(int dirfd, const char *name)
{
	CLEANUP_FD int fd = -1;
	struct sockaddr_un address;
	int r = make_address(dirfd, name, &address);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(fd, SOMAXCONN) < 0)
		return -errno;
	return fd_steal(&fd);
}

int sys_connect(int dirfd, const char *name, int timeout_ms)
{
	const struct timeval wait = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000L};
	CLEANUP_FD int fd = -1;
	struct sockaddr_un address;
	int r = make_address(dirfd, name, &address);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) < 0 ||
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return fd_steal(&fd);
}

int sys_accept(int fd)
{
	return result(accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
}

int sys_peer(int fd, pid_t *ret_pid, uid_t *ret_uid)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	*ret_pid = peer.pid;
	*ret_uid = peer.uid;
	return 0;
}

int sys_poller(void)
{
	return result(epoll_create1(EPOLL_CLOEXEC));
}

int sys_poller_add(int poller, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};

	return result(epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event));
}

int sys_poller_forget(int poller, int fd)
{
	return result(epoll_ctl(poller, EPOLL_CTL_DEL, fd, NULL));
}

int sys_poller_next(int poller)
{
	struct epoll_event event;
	int r = result(epoll_wait(poller, &event, 1, 0));

	if (r == 0)
		return -EAGAIN;
	return r < 0 ? r : event.data.fd;
}
