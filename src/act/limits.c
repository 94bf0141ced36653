/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* limits.c - what the program's process may use up, set by itself. */
#include "act/limits.h"

#include <errno.h>
#include <sys/resource.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/units.h"
#include "sys/process.h"

static int set_cpus(const struct plan_limits *limits, struct err *err)
{
	int r = limits->cpus == NULL ? 0 : sys_set_affinity(limits->cpus->words, sizeof(limits->cpus->words));

	if (r == 0)
		return 0;
	if (r == -EINVAL) {
		err_set(err, ERR_CONFIG, "config.cpuset", 0,
			"cpuset: none of its processors is there for you");
		err_hint(err, "nproc and /proc/self/status (Cpus_allowed_list) say which are");
	} else {
		err_set(err, ERR_SYSTEM, "system.limits", -r, "cannot set the processors to run on");
	}
	return origin_blame(err, limits->cpus_origin);
}

static int set_nice(const struct plan_limits *limits, struct err *err)
{
	int r = limits->nice == 0 ? 0 : sys_be_nicer(limits->nice);

	if (r == 0)
		return 0;
	err_set(err, ERR_SYSTEM, "system.limits", -r, "cannot be nicer by %d", limits->nice);
	return origin_blame(err, limits->nice_origin);
}

int act_set_limits(const struct plan *plan, struct err *err)
{
	const struct plan_limits *limits = &plan->limits;

	if (set_cpus(limits, err) < 0 || set_nice(limits, err) < 0)
		return -1;
	for (size_t i = 0; i < limits->rlimit_count; i++) {
		const struct plan_rlimit *limit = &limits->rlimits[i];
		int r = sys_set_rlimit(limit->resource, limit->soft, limit->hard);

		if (r == 0)
			continue;
		err_set(err, ERR_SYSTEM, "system.limits", -r, "cannot set the limit %s",
			limit->key != NULL ? limit->key : "of a process");
		return origin_blame(err, limit->origin);
	}
	return 0;
}

int act_probe_limits(struct arena *arena, struct host *host, struct err *err)
{
	static const int resources[] = {RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CORE, RLIMIT_STACK,
					RLIMIT_DATA,  RLIMIT_AS,     RLIMIT_CPU,   RLIMIT_NICE};
	struct host_limit *limits = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		uint64_t hard;
		int r = sys_hard_limit(resources[i], &hard);

		if (r < 0)
			return err_set(err, ERR_SYSTEM, "system.limits", -r, "cannot ask for a limit");
		if (hard != UINT64_MAX)
			*ARENA_PUSH(arena, limits, host->limit_count) =
				(struct host_limit){.resource = resources[i], .hard = hard};
	}
	host->limits = limits;
	return 0;
}
