/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_landlock.c - Landlock's calls on the real kernel, and our numbers against those of its header. */
#include "sys/landlock.h"

#include <errno.h>
#include <sys/prctl.h>

#include "in_child.h"
#include "plan/wall.h"

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
_Static_assert(WALL_EXECUTE == LANDLOCK_ACCESS_FS_EXECUTE, "");
_Static_assert(WALL_WRITE_FILE == LANDLOCK_ACCESS_FS_WRITE_FILE, "");
_Static_assert(WALL_READ == (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR), "");
_Static_assert(WALL_REMOVE_DIR == LANDLOCK_ACCESS_FS_REMOVE_DIR, "");
_Static_assert(WALL_REMOVE_FILE == LANDLOCK_ACCESS_FS_REMOVE_FILE, "");
_Static_assert(WALL_MAKE_CHAR == LANDLOCK_ACCESS_FS_MAKE_CHAR, "");
_Static_assert(WALL_MAKE_DIR == LANDLOCK_ACCESS_FS_MAKE_DIR, "");
_Static_assert(WALL_MAKE_REG == LANDLOCK_ACCESS_FS_MAKE_REG, "");
_Static_assert(WALL_MAKE_SOCK == LANDLOCK_ACCESS_FS_MAKE_SOCK, "");
_Static_assert(WALL_MAKE_FIFO == LANDLOCK_ACCESS_FS_MAKE_FIFO, "");
_Static_assert(WALL_MAKE_BLOCK == LANDLOCK_ACCESS_FS_MAKE_BLOCK, "");
_Static_assert(WALL_MAKE_SYM == LANDLOCK_ACCESS_FS_MAKE_SYM, "");
#ifdef LANDLOCK_ACCESS_FS_REFER
_Static_assert(WALL_REFER == LANDLOCK_ACCESS_FS_REFER, "");
#endif
#ifdef LANDLOCK_ACCESS_FS_TRUNCATE
_Static_assert(WALL_TRUNCATE == LANDLOCK_ACCESS_FS_TRUNCATE, "");
#endif
#ifdef LANDLOCK_ACCESS_FS_IOCTL_DEV
_Static_assert(WALL_IOCTL_DEV == LANDLOCK_ACCESS_FS_IOCTL_DEV, "");
#endif
#ifdef LANDLOCK_SCOPE_SIGNAL
_Static_assert(WALL_SCOPE_SIGNAL == LANDLOCK_SCOPE_SIGNAL, "");
_Static_assert(WALL_SCOPE_ABSTRACT == LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, "");
#endif
#endif

static void need_landlock(int version)
{
	int has = sys_landlock_version();

	if (has < version)
		child_skip("Landlock %d is needed, and there is %d", version, has);
}

static void enter(int rules_fd)
{
	CHECK(sys_landlock_enter(rules_fd) == -EPERM || geteuid() == 0, "without no_new_privs");
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(sys_landlock_enter(rules_fd) == 0);
}

static void opens_what_has_a_rule(void)
{
	int rules_fd;
	int fd;

	need_landlock(2);
	rules_fd = sys_landlock_create(WALL_READ | WALL_WRITE_FILE, 0);
	CHECK(rules_fd >= 0);
	CHECK((fcntl(rules_fd, F_GETFD) & FD_CLOEXEC) != 0);
	fd = open("/dev/null", O_PATH | O_CLOEXEC);
	CHECK(sys_landlock_allow(rules_fd, fd, WALL_READ_FILE) == 0);
	(void)close(fd);
	enter(rules_fd);
	CHECK(open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0);
	CHECK(open("/dev/null", O_WRONLY | O_CLOEXEC) < 0 && errno == EACCES);
	CHECK(open("/", O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
}

Test(landlock, opens_what_has_a_rule)
{
	in_child(opens_what_has_a_rule);
}

static void refuses(void)
{
	int pipe_fds[2];
	int rules_fd;
	int fd;

	need_landlock(2);
	rules_fd = sys_landlock_create(WALL_READ, 0);
	fd = open("/", O_PATH | O_CLOEXEC);
	CHECK(sys_landlock_create(UINT64_C(1) << 60, 0) == -EINVAL);
	CHECK(sys_landlock_allow(rules_fd, fd, WALL_WRITE_FILE) == -EINVAL,
	      "a right that it does not forbid");
	CHECK(sys_landlock_allow(rules_fd, -1, WALL_READ) == -EBADF);
	CHECK(sys_landlock_allow(fd, fd, WALL_READ) < 0, "no rule set");
	CHECK(pipe(pipe_fds) == 0);
	CHECK(sys_landlock_allow(rules_fd, pipe_fds[0], WALL_READ_FILE) == -EBADFD);
	CHECK(sys_landlock_enter(fd) < 0);
}

Test(landlock, says_what_it_does_not_take)
{
	in_child(refuses);
}

static void scopes(void)
{
	int rules_fd;

	need_landlock(6);
	CHECK(kill(getppid(), 0) == 0);
	rules_fd = sys_landlock_create(0, WALL_SCOPE_SIGNAL);
	CHECK(rules_fd >= 0);
	enter(rules_fd);
	CHECK(kill(getppid(), 0) < 0 && errno == EPERM);
	CHECK(kill(getpid(), 0) == 0);
}

Test(landlock, signals_stay_inside)
{
	in_child(scopes);
}

static void every_right_of_the_newest(void)
{
	int rules_fd;

	need_landlock(WALL_NEWEST);
	rules_fd = sys_landlock_create((WALL_IOCTL_DEV << 1) - 1, WALL_SCOPE_ABSTRACT | WALL_SCOPE_SIGNAL);
	CHECK(rules_fd >= 0, "%d", rules_fd);
}

Test(landlock, every_right_that_we_know_is_one)
{
	in_child(every_right_of_the_newest);
}
