/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loop.c - waits for several descriptors, and calls who waits for each. */
#include "run/loop.h"

#include "sys/process.h"

void loop_add(struct loop *loop, int fd, short events, bool (*ready)(void *arg, short events), void *arg)
{
	if (fd < 0 || loop->count == LOOP_MAX)
		return;
	loop->fds[loop->count] = (struct pollfd){.fd = fd, .events = events};
	loop->sources[loop->count] = (struct loop_source){.ready = ready, .arg = arg};
	loop->count++;
}

bool loop_wait(struct loop *loop, int timeout_ms)
{
	int r = sys_poll(loop->fds, loop->count, timeout_ms);

	/* Below 0: interrupted, which is no end of the time. */
	if (r <= 0)
		return r < 0;
	for (size_t i = 0; i < loop->count; i++) {
		if (loop->fds[i].revents != 0 &&
		    !loop->sources[i].ready(loop->sources[i].arg, loop->fds[i].revents))
			break;
	}
	return true;
}
