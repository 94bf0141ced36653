/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* block.c - a start that waits for its caller: --block-fd. */
#include "run/block.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "plan/plan.h"
#include "run/story.h"
#include "run/wire.h"
#include "sys/process.h"

int block_report(struct story *story, struct err *err)
{
	const struct plan_caller *caller = &story->plan->caller;
	struct wire wire = {.type = WIRE_READY};
	int r;

	if (caller->block_fd < 0 && !caller->has_status)
		return 0;
	r = wire_send(story->wire_fd, &wire);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.block-fd", -r, "cannot tell that all is ready");
	if (caller->block_fd >= 0 && story_await(story, WIRE_GO, &wire, NULL) < 0)
		return err_set(err, ERR_SYSTEM, "system.block-fd", 0, "the supervisor did not say go");
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
