/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * init.c - process 1 of the sandbox.
 *
 * Must guarantee: when the program ends, or the supervisor is gone, everything in the sandbox ends
 * (the kernel kills a pid namespace with its process 1); how the program ended is reported as it was;
 * a program that never got to its exec is not reported as one that ran. The latter two are tend.c's work.
 */
#include "run/init.h"

#include <signal.h>

#include "act/lockdown.h"
#include "base/err.h"
#include "plan/plan.h"
#include "run/story.h"
#include "run/tend.h"
#include "sys/process.h"

/*
 * First of all: gone are the caller's session and process group, through which kill(0, ...) and priorities
 * would reach processes of the host that are in no pid namespace of ours; and every descriptor that was left
 * open and is not passed on, through which a path (/proc/self/fd/9) would lead out of the root that is being
 * built.
 */
static int leave_caller(const struct story *story, struct err *err)
{
	struct pollfd lifeline = {.fd = story->wire_fd};
	int r = sys_new_session();

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.session", -r, "cannot start a session");
	if (act_keep_passed(&story->plan->caller, story->wire_fd, err) < 0)
		return -1;
	r = sys_set_parent_death_signal(SIGKILL);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pdeathsig", -r,
			       "cannot ask for the parent's death signal");
	/* A supervisor that died before that sends no signal; but its end of the socket is closed. */
	if (sys_poll(&lifeline, 1, 0) > 0)
		sys_exit(125);
	return 0;
}

_Noreturn void init_main(struct story *story)
{
	enum { OWN_GROUP = 1 };
	struct tend tend;
	struct err err;

	tend_init(&tend, story, true, OWN_GROUP);
	if (leave_caller(story, &err) < 0 || story_run(story, WHO_INIT, &err) < 0 ||
	    tend_start(&tend, &err) < 0)
		tend_refuse(story, &err);
	tend_watch(&tend);
}
