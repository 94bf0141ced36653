/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* namespace.c - what a descriptor of a namespace can be asked. */
#include "sys/namespace.h"

#include <errno.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>

int sys_ns_type(int fd, uint64_t *ret_type)
{
	const int type = ioctl(fd, NS_GET_NSTYPE);

	if (type < 0)
		return -errno;
	/* CLONE_* are bits of an unsigned int. */
	*ret_type = (unsigned int)type;
	return 0;
}

/* The kernel makes both descriptors O_CLOEXEC. */
int sys_ns_owner(int fd)
{
	const int owner = ioctl(fd, NS_GET_USERNS);

	return owner < 0 ? -errno : owner;
}

int sys_ns_parent(int fd)
{
	const int parent = ioctl(fd, NS_GET_PARENT);

	return parent < 0 ? -errno : parent;
}
