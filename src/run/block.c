/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* block.c - a start that waits for its caller: --block-fd. */
#include "run/block.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "plan/plan.h"
#include "run/wire.h"
#include "sys/process.h"

int block_report(const struct plan_caller *caller, int wire_fd, struct err *err)
{
	struct wire wire = {.type = WIRE_READY};
	int r = 0;

	if (caller->block_fd < 0 && !caller->has_status)
		return 0;
	r = wire_send(wire_fd, &wire);
	/* Signals that came meanwhile and do not end the start are for a program that is not there yet. */
	while (r == 0 && caller->block_fd >= 0 && wire.type != WIRE_GO) {
		r = wire_receive(wire_fd, &wire);
		if (r == 0)
			sys_exit(125); /* the supervisor is gone */
		r = r < 0 ? r : 0;
	}
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.block-fd", -r, "cannot wait for the supervisor");
	return 0;
}

enum block_answer block_read(int fd, struct err *err)
{
	char byte;
	int r = sys_read(fd, &byte, sizeof(byte));

	if (r == 1)
		return BLOCK_GO;
	/* Somebody else has read it, from a description that we share. */
	if (r == -EAGAIN)
		return BLOCK_WAIT;
	if (r < 0) {
		err_set(err, ERR_SYSTEM, "system.block-fd", -r, "cannot read descriptor %d", fd);
	} else {
		err_set(err, ERR_SYSTEM, "system.caller-gone", 0, "descriptor %d was closed without a byte",
			fd);
		err_hint(err, "the caller is gone, or never meant the start to go on: nothing ran");
	}
	(void)err_origin(err, "--block-fd");
	return BLOCK_GONE;
}

int block_interrupted(int fd, int sig, struct err *err)
{
	err_set(err, ERR_SYSTEM, "system.interrupted", 0,
		"SIG%s came while the start waited for descriptor %d", sigabbrev_np(sig), fd);
	err_hint(err, "nothing ran");
	return err_origin(err, "--block-fd");
}
