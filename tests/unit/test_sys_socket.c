/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_socket.c - sockets with a name, waiting for many, and locks of files. */
#include "sys/socket.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>

#include "in_child.h"
#include "sys/file.h"
#include "sys/process.h"

static char dir[] = "/tmp/pinfold-unit.XXXXXX";
static int dir_fd = -1;

static void setup(void)
{
	cr_assert_not_null(mkdtemp(dir));
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(dir_fd, 0);
}

static void teardown(void)
{
	(void)unlinkat(dir_fd, "s", 0);
	(void)unlinkat(dir_fd, "f", 0);
	(void)close(dir_fd);
	(void)rmdir(dir);
}

TestSuite(sockets, .init = setup, .fini = teardown);

Test(sockets, who_connects_is_known_and_packets_are_whole)
{
	int listener = sys_listen(dir_fd, "s");
	int client, server;
	pid_t pid;
	uid_t uid;
	char text[16];

	cr_assert_geq(listener, 0, "%d", listener);
	cr_assert(fcntl(listener, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(sys_accept(listener), -EAGAIN, "nobody there, and it does not block");
	cr_assert_eq(sys_listen(dir_fd, "s"), -EADDRINUSE);
	client = sys_connect(dir_fd, "s", 1000);
	cr_assert_geq(client, 0, "%d", client);
	server = sys_accept(listener);
	cr_assert_geq(server, 0, "%d", server);
	cr_assert(fcntl(server, F_GETFD) & FD_CLOEXEC);
	cr_assert_eq(sys_recv(server, text, sizeof(text)), -EAGAIN);
	cr_assert_eq(sys_peer(server, &pid, &uid), 0);
	cr_assert_eq(pid, getpid());
	cr_assert_eq(uid, geteuid());
	cr_assert_eq(sys_send(client, "one", 3), 3);
	cr_assert_eq(sys_send(client, "two", 3), 3);
	cr_assert_eq(sys_recv(server, text, sizeof(text)), 3);
	cr_assert_eq(sys_recv(server, text, sizeof(text)), 3);
	sys_close(client);
	cr_assert_eq(sys_recv(server, text, sizeof(text)), 0);
	sys_close(server);
	sys_close(listener);
	cr_assert_eq(sys_connect(dir_fd, "s", 1000), -ECONNREFUSED, "nobody listens any more");
	cr_assert_eq(sys_connect(dir_fd, "none", 1000), -ENOENT);
}

Test(sockets, a_name_that_is_too_long_is_said_so)
{
	char name[200];

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	cr_assert_eq(sys_listen(dir_fd, name), -ENAMETOOLONG);
	cr_assert_eq(sys_connect(dir_fd, name, 0), -ENAMETOOLONG);
}

Test(sockets, one_descriptor_waits_for_many)
{
	int pair[2][2];
	int poller = sys_poller();
	char byte;

	cr_assert_geq(poller, 0);
	for (int i = 0; i < 2; i++) {
		cr_assert_eq(sys_socketpair(pair[i]), 0);
		cr_assert_eq(sys_poller_add(poller, pair[i][0]), 0);
	}
	cr_assert_eq(sys_poller_next(poller), -EAGAIN);
	cr_assert_eq(sys_send(pair[1][1], "x", 1), 1);
	cr_assert_eq(sys_poll(&(struct pollfd){.fd = poller, .events = POLLIN}, 1, 0), 1);
	cr_assert_eq(sys_poller_next(poller), pair[1][0]);
	cr_assert_eq(sys_recv(pair[1][0], &byte, 1), 1);
	cr_assert_eq(sys_poller_next(poller), -EAGAIN);
	cr_assert_eq(sys_send(pair[0][1], "x", 1), 1);
	cr_assert_eq(sys_poller_forget(poller, pair[0][0]), 0);
	cr_assert_eq(sys_poller_next(poller), -EAGAIN, "forgotten");
	cr_assert_eq(sys_poller_add(poller, pair[0][0]), 0);
	sys_close(pair[0][0]);
	cr_assert_eq(sys_poller_next(poller), -EAGAIN, "closed");
}

Test(sockets, several_descriptors_come_along)
{
	int pair[2], passed[SYS_MAX_PASSED];
	const int sent[3] = {0, 1, 2};
	size_t count = 0;
	char text[4];
	int one;

	cr_assert_eq(sys_socketpair(pair), 0);
	cr_assert_eq(sys_send_fds(pair[0], "abc", 3, sent, 3), 3);
	cr_assert_eq(sys_recv_fds(pair[1], text, sizeof(text), passed, &count), 3);
	cr_assert_eq(count, 3U);
	for (size_t i = 0; i < count; i++) {
		cr_assert(fcntl(passed[i], F_GETFD) & FD_CLOEXEC);
		sys_close(passed[i]);
	}
	cr_assert_eq(sys_send(pair[0], "abc", 3), 3);
	cr_assert_eq(sys_recv_fds(pair[1], text, sizeof(text), passed, &count), 3);
	cr_assert_eq(count, 0U);
	cr_assert_eq(sys_send_fds(pair[0], "abc", 3, sent, 3), 3);
	cr_assert_eq(sys_recv_fd(pair[1], text, sizeof(text), &one), 3);
	sys_close(one);
	cr_assert_eq(sys_send_fds(pair[0], "abc", 3, sent, SYS_MAX_PASSED + 1), -E2BIG);
}

/* What a child sees of the lock. */
static void other(void)
{
	int fd = sys_open(dir_fd, "f", O_RDWR, 0);

	CHECK(sys_lock(fd, 0, 2) == -EAGAIN, "locked");
	CHECK(sys_lock_holder(fd, 0) == getppid(), "%d", sys_lock_holder(fd, 0));
	CHECK(sys_lock_holder(fd, 2) == 0, "nobody has the third byte");
	CHECK(sys_lock(fd, 2, 1) == 0, "free");
}

static void free_now(void)
{
	int fd = sys_open(dir_fd, "f", O_RDWR, 0);

	CHECK(sys_lock_holder(fd, 0) == 0, "%d", sys_lock_holder(fd, 0));
	CHECK(sys_lock_wait(fd, 0, 2) == 0, "free");
}

Test(sockets, a_lock_is_of_a_process)
{
	int fd = sys_open(dir_fd, "f", O_RDWR | O_CREAT, 0600);
	struct stat st;

	cr_assert_eq(sys_write_at(fd, "text", 4, 2), 4);
	cr_assert_eq(sys_fstat(fd, &st), 0);
	cr_assert_eq(st.st_size, 6);
	cr_assert_eq(sys_lock(fd, 0, 2), 0);
	cr_assert_eq(sys_lock_holder(fd, 0), 0, "one's own is in nobody's way");
	in_child(other);
	sys_close(fd);
	in_child(free_now);
	cr_assert_lt(sys_lock_holder(fd, 0), 0);
}

static void kill_by_pidfd(void)
{
	pid_t child = sys_fork();
	siginfo_t info;
	int fd;

	if (child == 0) {
		(void)pause();
		sys_exit(0);
	}
	fd = sys_pidfd(child);
	CHECK(fd >= 0, "%d", fd);
	CHECK(sys_pidfd_kill(fd, SIGKILL) == 0, "kill");
	CHECK(sys_wait(P_PID, (id_t)child, &info, WEXITED) == 0 && info.si_status == SIGKILL, "%d",
	      info.si_status);
	CHECK(sys_pidfd_kill(fd, SIGKILL) == -ESRCH, "gone");
}

Test(sockets, a_process_is_killed_by_its_descriptor)
{
	in_child(kill_by_pidfd);
}
