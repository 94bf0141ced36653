/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.c - the limits of a sandbox as a whole: when is what to be done about them? */
#include "run/watch.h"

#include <signal.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "plan/units.h"

enum {
	/* So many processors could not use up in one interval what is left. */
	LOOK_SHARE = 16,
	LOOK_MIN_NS = 5 * 1000000,
	LOOK_MAX_NS = 100 * 1000000
};

static int64_t later(int64_t now_ns, uint64_t ns)
{
	return ns > (uint64_t)(WATCH_NEVER - 1 - now_ns) ? WATCH_NEVER - 1 : now_ns + (int64_t)ns;
}

void watch_open(struct watch *watch, const struct plan_limits *limits, int cgroup_fd)
{
	*watch = (struct watch){.limits = limits,
				.cputime = {.cgroup_fd = cgroup_fd, .counter_fd = -1, .proc_fd = -1},
				.wall_end_ns = WATCH_NEVER,
				.kill_ns = WATCH_NEVER,
				.look_ns = WATCH_NEVER};
	if (limits->cpu_ns > 0 && cgroup_fd < 0)
		act_cputime_open(&watch->cputime);
}

void watch_close(struct watch *watch)
{
	act_cputime_close(&watch->cputime);
}

void watch_start(struct watch *watch, int64_t now_ns)
{
	if (watch->limits->wall_ns > 0)
		watch->wall_end_ns = later(now_ns, watch->limits->wall_ns);
	if (watch->limits->cpu_ns > 0)
		watch->look_ns = now_ns;
}

int64_t watch_next_ns(const struct watch *watch)
{
	int64_t next = watch->wall_end_ns < watch->kill_ns ? watch->wall_end_ns : watch->kill_ns;

	return next < watch->look_ns ? next : watch->look_ns;
}

/* Looks at the processor time, and decides when to look again. */
static enum watch_answer look(struct watch *watch, int64_t now_ns, struct err *err)
{
	const uint64_t limit = watch->limits->cpu_ns;
	uint64_t used = 0;
	uint64_t pause;

	if (act_cputime_read(&watch->cputime, &used, err) < 0)
		return WATCH_KILL;
	/* In a /proc that is being added up, a child that is waited for meanwhile may count twice. */
	if (used >= limit && act_cputime_read(&watch->cputime, &used, err) < 0)
		return WATCH_KILL;
	if (used >= limit) {
		if (watch->hit == LIMIT_NONE)
			watch->hit = LIMIT_CPU;
		return WATCH_KILL;
	}
	pause = (limit - used) / LOOK_SHARE;
	if (pause < LOOK_MIN_NS)
		pause = LOOK_MIN_NS;
	else if (pause > LOOK_MAX_NS)
		pause = LOOK_MAX_NS;
	watch->look_ns = later(now_ns, pause);
	return WATCH_GO_ON;
}

enum watch_answer watch_check(struct watch *watch, int64_t now_ns, struct err *err)
{
	if (now_ns >= watch->kill_ns)
		return WATCH_KILL;
	if (now_ns >= watch->wall_end_ns) {
		watch->wall_end_ns = WATCH_NEVER;
		watch->kill_ns = later(now_ns, watch->limits->grace_ns);
		if (watch->hit == LIMIT_NONE)
			watch->hit = LIMIT_WALL;
		return WATCH_STOP;
	}
	return now_ns >= watch->look_ns ? look(watch, now_ns, err) : WATCH_GO_ON;
}

void watch_note_signal(struct watch *watch, int sig)
{
	/* Each process's own limit was faster than our look at all of them. */
	if (sig == SIGXCPU && watch->limits->cpu_ns > 0 && watch->hit == LIMIT_NONE)
		watch->hit = LIMIT_CPU;
}

void watch_describe(const struct watch *watch, struct err *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct plan_limits *limits = watch->limits;

	if (watch->hit == LIMIT_WALL) {
		err_set(err, ERR_LIMIT, "limit.wall-time", 0, "ended by its limit: wall-time = %s",
			units_show_duration(arena, limits->wall_ns));
		(void)origin_blame(err, limits->wall_origin);
	} else if (watch->hit == LIMIT_CPU) {
		err_set(err, ERR_LIMIT, "limit.cpu-time", 0, "ended by its limit: cpu-time = %s",
			units_show_duration(arena, limits->cpu_ns));
		(void)origin_blame(err, limits->cpu_origin);
	}
}
