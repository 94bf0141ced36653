/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fd.c - descriptors that close themselves. */
#include "base/fd.h"

#include <errno.h>
#include <unistd.h>

void fd_close_ptr(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

int fd_steal(int *fd)
{
	int value = *fd;

	*fd = -1;
	return value;
}
