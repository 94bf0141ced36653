/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_watch.c - a deadline for looking at paths. */
#include "act/probe_watch.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"
#include "plan/origin.h"
#include "plan/plan_build.h"
#include "sys/process.h"

int act_probe_watched(struct probe_watch *watch, int (*look)(void *arg), void *arg, struct err *err)
{
	const int r = sys_run_apart(look, arg, PLAN_DEADLINE_MS);
	const char *at = atomic_load(&watch->at);

	if (r >= 0)
		return 0;
	if (r != -ETIMEDOUT || at == NULL)
		return err_set(err, ERR_SYSTEM, "system.probe", -r, "cannot look at what is granted");
	err_set(err, ERR_SYSTEM, "system.probe", 0, "%s: no answer within %d seconds: it hangs", at,
		PLAN_DEADLINE_MS / 1000);
	err_hint(err, "a file system on the way there does not answer: look at what it is mounted from");
	return origin_blame(err, plan_path_origin(watch->request, at));
}
