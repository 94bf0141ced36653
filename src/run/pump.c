/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pump.c - copies bytes from one descriptor to another, as they are, and no faster than they are taken. */
#include "run/pump.h"

#include <errno.h>
#include <string.h>

#include "sys/process.h"

void pump_open(struct pump *pump, int from, int to, size_t max_write)
{
	pump->from = from;
	pump->to = to;
	pump->max_write = max_write;
	pump->is_over = false;
	pump->at = pump->len = 0;
}

bool pump_is_full(const struct pump *pump)
{
	return pump->at < pump->len;
}

int pump_wants(const struct pump *pump, short *ret_events)
{
	if (pump->from < 0 || pump->to < 0)
		return -1;
	*ret_events = pump_is_full(pump) ? POLLOUT : POLLIN;
	if (pump_is_full(pump))
		return pump->to;
	return pump->is_over ? -1 : pump->from;
}

void pump_append(struct pump *pump, const char *bytes, size_t len)
{
	if (len > sizeof(pump->data) - pump->len)
		return;
	memcpy(pump->data + pump->len, bytes, len);
	pump->len += len;
}

static enum pump_state fill(struct pump *pump)
{
	int r = sys_read(pump->from, pump->data, sizeof(pump->data));

	if (r == -EAGAIN)
		return PUMP_RUNS;
	if (r == -EIO)
		return PUMP_DENIED;
	pump->at = 0;
	pump->len = r < 0 ? 0 : (size_t)r;
	pump->is_over = r <= 0;
	return pump->is_over ? PUMP_ENDED : PUMP_RUNS;
}

enum pump_state pump_run(struct pump *pump)
{
	size_t len;
	int r;

	if (!pump_is_full(pump))
		return pump->is_over ? PUMP_ENDED : fill(pump);
	len = pump->len - pump->at;
	r = sys_write(pump->to, pump->data + pump->at, len < pump->max_write ? len : pump->max_write);
	if (r == -EAGAIN)
		return PUMP_RUNS;
	if (r < 0) {
		pump->at = pump->len = 0;
		return PUMP_BROKEN;
	}
	pump->at += (size_t)r;
	return !pump_is_full(pump) && pump->is_over ? PUMP_ENDED : PUMP_RUNS;
}
