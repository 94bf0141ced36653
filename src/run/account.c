/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* account.c - what a run has used, for who asks for it. */
#include "run/account.h"

#include <sys/resource.h>

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
	usage->peak_memory = (uint64_t)rusage->ru_maxrss * 1024;
	usage->switches_voluntary = (uint64_t)rusage->ru_nvcsw;
	usage->switches_forced = (uint64_t)rusage->ru_nivcsw;
}
