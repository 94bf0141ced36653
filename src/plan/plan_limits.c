/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_limits.c - what the program may use up: time, processes, processors, sizes.
 *
 * A limit is a bound: where the caller may not have as much as the profile says, the caller's own stays. None
 * is ever raised above what the caller may have; the kernel would not let us.
 */
#include <linux/capability.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"
#include "plan/units.h"

enum { MAX_NICE = 19, NS_PER_S = 1000000000 };

static void add_rlimit(struct build *build, struct plan_rlimit limit)
{
	struct plan_limits *limits = &build->plan->limits;
	const uint64_t most = host_hard_limit(build->host, limit.resource);

	if (limit.hard > most)
		limit.hard = most;
	limit.is_clamped = limit.soft > limit.hard;
	if (limit.is_clamped)
		limit.soft = limit.hard;
	*ARENA_PUSH(build->arena, limits->rlimits, limits->rlimit_count) = limit;
}

static void plan_rlimits(struct build *build)
{
	static const struct {
		enum option_id id;
		int resource;
		uint64_t spared; /* for what is not the program's */
	} rows[] = {
		{OPT_PIDS, RLIMIT_NPROC, 1}, /* process 1 */
		{OPT_OPEN_FILES, RLIMIT_NOFILE, 0}, {OPT_FILE_SIZE, RLIMIT_FSIZE, 0},
		{OPT_CORE, RLIMIT_CORE, 0},	    {OPT_STACK, RLIMIT_STACK, 0},
		{OPT_DATA_SIZE, RLIMIT_DATA, 0},    {OPT_ADDRESS_SPACE, RLIMIT_AS, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *value = request_get(build->request, rows[i].id);
		const uint64_t number = value != NULL ? value->number + rows[i].spared : 0;

		if (value == NULL || (rows[i].id == OPT_PIDS && build->plan->cgroup.has_pids))
			continue;
		add_rlimit(build, (struct plan_rlimit){
					  .key = option_table[rows[i].id].key,
					  .resource = rows[i].resource,
					  .soft = number,
					  .hard = number,
					  .asked = value->number,
					  .is_bytes = option_table[rows[i].id].type == VALUE_SIZE,
					  .origin = value->origin,
				  });
	}
	/* Better than nothing; plan_cgroup says that it is not the same. */
	if (build->plan->cgroup.stands_in > 0)
		add_rlimit(build, (struct plan_rlimit){.resource = RLIMIT_AS,
						       .soft = build->plan->cgroup.stands_in,
						       .hard = build->plan->cgroup.stands_in});
	/*
	 * A core dump is the program's memory, handed to a helper of the host's that runs as root where
	 * kernel.core_pattern is a pipe. A limit of 1 is what keeps the kernel from starting that (core(5): a
	 * limit of 0 does not); and no file is written with so little.
	 */
	if (request_get(build->request, OPT_CORE) == NULL)
		add_rlimit(build, (struct plan_rlimit){.key = option_table[OPT_CORE].key,
						       .resource = RLIMIT_CORE,
						       .soft = 1,
						       .hard = 1});
}

static void plan_times(struct build *build)
{
	/* In the order of the row's words. */
	static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGABRT, SIGKILL};
	const struct value *wall = request_get(build->request, OPT_WALL_TIME);
	const struct value *cpu = request_get(build->request, OPT_CPU_TIME);
	struct plan_limits *limits = &build->plan->limits;

	limits->stop_word = (size_t)request_number(build->request, OPT_STOP_SIGNAL);
	limits->stop_signal = signals[limits->stop_word];
	limits->grace_ns = request_number(build->request, OPT_STOP_GRACE);
	if (wall != NULL) {
		limits->wall_ns = wall->number;
		limits->wall_origin = wall->origin;
	}
	if (cpu != NULL) {
		/* The whole is watched by the supervisor. Should that be held up, each process has this end;
		 * a second later, so that it is not the one that is met first. */
		const uint64_t seconds = (cpu->number + NS_PER_S - 1) / NS_PER_S + 1;

		limits->cpu_ns = cpu->number;
		limits->cpu_origin = cpu->origin;
		add_rlimit(build, (struct plan_rlimit){.resource = RLIMIT_CPU,
						       .soft = seconds,
						       .hard = seconds + 1,
						       .origin = cpu->origin});
	}
}

/* Is it a profile's that came with pinfold? Nobody who has another key of his own asked for that. */
static bool is_stock(const struct build *build, const struct value *value)
{
	return value->origin != NULL && value->origin->line > 0 &&
	       path_is_within(value->origin->name, build->host->datadir);
}

static void weaken_pids(struct build *build, const char *but)
{
	struct plan_limits *limits = &build->plan->limits;

	for (size_t i = 0; i < limits->rlimit_count; i++) {
		if (limits->rlimits[i].resource == RLIMIT_NPROC)
			limits->rlimits[i].but = but;
	}
}

static int check_pids(struct build *build, const struct value *pids)
{
	const struct plan *plan = build->plan;

	/* RLIMIT_NPROC is nothing to the kernel's own uid 0 (getrlimit(2)). */
	if (build->host->is_root && !plan->map.drops_root) {
		weaken_pids(build, "but the host's real root has no such limit");
		if (is_stock(build, pids))
			return 0;
		return plan_refuse_without_effect(build, OPT_PIDS, OPT_ALLOW_HOST_ROOT);
	}
	if ((plan->keep_caps >> CAP_SETUID & 1) == 0 ||
	    (plan->map.uid_count == 1 && plan->map.uids[0].count == 1))
		return 0;
	weaken_pids(build, "for each uid by itself, and the program may have several");
	if (is_stock(build, pids))
		return 0;
	err_set(build->err, ERR_CONFIG, "config.pids-setuid", 0,
		"pids = %s does not go with keep = setuid and map = subids: the limit holds for each uid by "
		"itself",
		pids->text);
	err_hint(build->err, "take one of the three away");
	return origin_blame(build->err, pids->origin);
}

static int plan_pids(struct build *build)
{
	const struct value *pids = request_get(build->request, OPT_PIDS);
	const struct host *host = build->host;

	if (pids == NULL || build->plan->cgroup.has_pids)
		return 0;
	/* From 5.14 on it is counted for each user namespace. */
	build->plan->limits.counts_all_pids =
		host->kernel_major < 5 || (host->kernel_major == 5 && host->kernel_minor < 14);
	if (build->plan->limits.counts_all_pids)
		weaken_pids(build, "counted with all other processes of yours");
	if (build->plan->limits.counts_all_pids && build->plan->warning == NULL && !is_stock(build, pids))
		build->plan->warning =
			"before Linux 5.14, limits.pids counts all of your processes, not only the sandbox's";
	return check_pids(build, pids);
}

/*
 * Any process may widen its own affinity again, so the call is refused. It is the profile's own filter that
 * does it: a stock one would keep programs from their pinning where nobody asked for a cpuset.
 */
static void plan_cpus(struct build *build)
{
	const struct value *value = request_get(build->request, OPT_CPUSET);

	if (value == NULL)
		return;
	build->plan->limits.cpus = value->cpus;
	build->plan->limits.cpus_origin = value->origin;
	plan_filter_deny(build, "sched_setaffinity", value->origin);
}

static int plan_nice(struct build *build)
{
	const struct value *value = request_get(build->request, OPT_NICE);
	struct plan_limits *limits = &build->plan->limits;

	if (value == NULL)
		return 0;
	if (value->number > MAX_NICE) {
		err_set(build->err, ERR_CONFIG, "config.nice", 0, "nice = %s: it must be 1 to 19",
			value->text);
		err_hint(build->err, "for example: nice = 10");
		return origin_blame(build->err, value->origin);
	}
	limits->nice = (int)value->number;
	limits->nice_origin = value->origin;
	/* Who may be less nice could take it back: sched(7). */
	add_rlimit(build, (struct plan_rlimit){.resource = RLIMIT_NICE, .origin = value->origin});
	return 0;
}

int plan_limits(struct build *build)
{
	plan_rlimits(build);
	plan_times(build);
	plan_cpus(build);
	if (plan_pids(build) < 0)
		return -1;
	return plan_nice(build);
}
