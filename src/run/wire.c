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

int wire_send_fd(int fd, const struct wire *wire, int passed)
{
	int r = sys_send_fd(fd, wire, sizeof(*wire), passed);

	return r < 0 ? r : 0;
}

static int judge(int r)
{
	/* A socket with unread packets of ours is reset when the other side dies: that is its end too. */
	if (r == -ECONNRESET)
		return 0;
	if (r <= 0)
		return r;
	return r == (int)sizeof(struct wire) ? 1 : -EPROTO;
}

int wire_receive(int fd, struct wire *ret_wire)
{
	return judge(sys_recv(fd, ret_wire, sizeof(*ret_wire)));
}

int wire_receive_fd(int fd, struct wire *ret_wire, int *ret_passed)
{
	return judge(sys_recv_fd(fd, ret_wire, sizeof(*ret_wire), ret_passed));
}
