/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire.c - what the supervisor and the sandbox's init say to each other. */
#include "run/wire.h"

#include <errno.h>

#include "sys/process.h"

int wire_send(int fd, const struct wire *wire)
{
	int r = sys_send(fd, wire, sizeof(*wire));

	return r < 0 ? r : 0;
}

int wire_receive(int fd, struct wire *ret_wire)
{
	int r = sys_recv(fd, ret_wire, sizeof(*ret_wire));

	/* A socket with unread packets of ours is reset when the other side dies: that is its end too. */
	if (r == -ECONNRESET)
		return 0;
	if (r <= 0)
		return r;
	return r == (int)sizeof(*ret_wire) ? 1 : -EPROTO;
}
