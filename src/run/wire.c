/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire.c - what the supervisor and the sandbox's init say to each other. */
#include "run/wire.h"

#include <errno.h>

#include "base/fd.h"
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

int wire_send_fds(int fd, const struct wire *wire, const int *passed, size_t count)
{
	int r = sys_send_fds(fd, wire, sizeof(*wire), passed, count);

	return r < 0 ? r : 0;
}

void wire_fds_close(struct wire_fds *fds)
{
	for (size_t i = 0; i < fds->count; i++)
		fd_close_ptr(&fds->items[i]);
}

/*
 * A socket is reset when the other side dies with packets of ours unread, and that is told first, once: its
 * last words come behind it. So each of the below asks again then.
 */
static int judge(int r)
{
	if (r <= 0)
		return r == -ECONNRESET ? 0 : r;
	return r == (int)sizeof(struct wire) ? 1 : -EPROTO;
}

int wire_receive(int fd, struct wire *ret_wire)
{
	int ignored = -1;
	int r = wire_receive_fd(fd, ret_wire, &ignored);

	fd_close_ptr(&ignored);
	return r;
}

int wire_receive_fd(int fd, struct wire *ret_wire, int *ret_passed)
{
	int r = sys_recv_fd(fd, ret_wire, sizeof(*ret_wire), ret_passed);

	if (r == -ECONNRESET)
		r = sys_recv_fd(fd, ret_wire, sizeof(*ret_wire), ret_passed);
	return judge(r);
}

int wire_receive_fds(int fd, struct wire *ret_wire, struct wire_fds *ret_passed)
{
	int r = sys_recv_fds(fd, ret_wire, sizeof(*ret_wire), ret_passed->items, &ret_passed->count);

	if (r == -ECONNRESET)
		r = sys_recv_fds(fd, ret_wire, sizeof(*ret_wire), ret_passed->items, &ret_passed->count);
	return judge(r);
}
