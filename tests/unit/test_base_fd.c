/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_fd.c - descriptors that close themselves. */
#include "base/fd.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	return fd;
}

static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

Test(fd, cleanup_closes_at_the_end_of_the_scope)
{
	int number;

	{
		CLEANUP_FD int fd = open_null();

		number = fd;
		cr_assert(is_open(number));
	}
	cr_assert_not(is_open(number));
}

Test(fd, cleanup_leaves_no_descriptor_alone)
{
	CLEANUP_FD int zero_stays = -1;

	fd_close_ptr(&zero_stays);
	cr_assert_eq(zero_stays, -1);
	cr_assert(is_open(1));
}

Test(fd, close_resets_and_keeps_errno)
{
	int fd = open_null();
	int copy = fd;

	errno = ENOTTY;
	fd_close_ptr(&fd);
	cr_assert_eq(fd, -1);
	cr_assert_eq(errno, ENOTTY);
	cr_assert_not(is_open(copy));
	fd = copy;
	errno = ENOTTY;
	fd_close_ptr(&fd); /* a close that fails must not touch errno either */
	cr_assert_eq(errno, ENOTTY);
}

Test(fd, stolen_ones_stay_open)
{
	int kept;

	{
		CLEANUP_FD int fd = open_null();

		kept = fd_steal(&fd);
		cr_assert_eq(fd, -1);
	}
	cr_assert(is_open(kept));
	(void)close(kept);
}
