/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* account.c - what a run has used, for who asks for it. */
#include "run/account.h"

#include <sys/resource.h>

#include "act/cgroup.h"
#include "act/cputime.h"
#include "base/err.h"
#include "plan/status.h"

void account_look(struct cputime *cputime, uint64_t *ret_ns)
{
	struct err ignored;

	if (cputime->proc_fd >= 0)
		(void)!act_cputime_read(cputime, ret_ns, &ignored);
}

static uint64_t in_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void account_add(const struct rusage *rusage, const struct cputime *cputime, uint64_t seen_ns,
		 struct status_usage *usage)
{
	usage->user_ns = in_ns(&rusage->ru_utime);
	usage->system_ns = in_ns(&rusage->ru_stime);
	usage->cpu_ns = max(max(usage->user_ns + usage->system_ns, seen_ns), act_cputime_counted(cputime));
	usage->max_rss = (uint64_t)rusage->ru_maxrss * 1024;
	usage->switches_voluntary = (uint64_t)rusage->ru_nvcsw;
	usage->switches_forced = (uint64_t)rusage->ru_nivcsw;
}

void account_cgroup(const struct cgroup *cgroup, struct status_usage *usage)
{
	struct cgroup_usage used;

	if (cgroup->fd < 0)
		return;
	act_cgroup_read(cgroup, &used);
	usage->has_cgroup = true;
	if (used.has_cpu) {
		usage->cpu_ns = max(usage->cpu_ns, used.cpu_ns);
		usage->user_ns = max(usage->user_ns, used.user_ns);
		usage->system_ns = max(usage->system_ns, used.system_ns);
		usage->cpu_ns = max(usage->cpu_ns, usage->user_ns + usage->system_ns);
	}
	usage->peak_memory = used.memory_peak;
	usage->peak_pids = used.pids_peak;
	usage->is_oom = used.is_oom;
	usage->has_hit_pids = used.has_hit_pids;
}
