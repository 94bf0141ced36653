/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* net.c - network interfaces. */
#include "sys/net.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/fd.h"

int sys_interface_up(const char *name)
{
	/* Any socket takes interface requests; this family is there in every kernel. */
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_flags = IFF_UP};

	if (fd < 0)
		return -errno;
	if (strlen(name) >= sizeof(request.ifr_name))
		return -ENAMETOOLONG;
	memcpy(request.ifr_name, name, strlen(name));
	return ioctl(fd, SIOCSIFFLAGS, &request) < 0 ? -errno : 0;
}
