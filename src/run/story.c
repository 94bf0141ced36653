/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * story.c - the steps from the clone to the program's first instruction.
 *
 * Read this page from top to bottom to learn how a sandbox is built. Every step gets its function here;
 * its place in the order and the reason for it stand in plan/steps.def, which explain prints.
 */
#include "run/story.h"

#include <sched.h>
#include <stdio.h>

#include "act/idmap.h"
#include "act/limits.h"
#include "act/network.h"
#include "act/setup.h"
#include "act/spaces.h"
#include "act/wall.h"
#include "base/fd.h"
#include "base/mem.h"
#include "run/block.h"
#include "run/program.h"
#include "run/trace.h"
#include "sys/file.h"
#include "sys/process.h"

static bool is_stop_or_go(const struct wire *wire)
{
	return wire->status == SIGSTOP || wire->status == SIGCONT;
}

/*
 * As the kernel does with signals that are blocked: of each kind one, and of stop and go the later one. So
 * there is always room; a stop that is kept while its go is lost would never end.
 */
static void hold(struct story *story, const struct wire *wire)
{
	size_t count = 0;

	for (size_t i = 0; i < story->held_count; i++) {
		const struct wire *held = &story->held[i];
		const bool is_same = held->status == wire->status && held->to == wire->to;

		if (!is_same && !(is_stop_or_go(held) && is_stop_or_go(wire)))
			story->held[count++] = *held;
	}
	if (count < ARRAY_SIZE(story->held))
		story->held[count++] = *wire;
	story->held_count = count;
}

int story_await(struct story *story, enum wire_type type, struct wire *ret_wire, int *ret_passed)
{
	for (;;) {
		CLEANUP_FD int passed = -1;

		if (wire_receive_fd(story->wire_fd, ret_wire, &passed) != 1)
			return -1;
		if (ret_wire->type == type) {
			if (ret_passed != NULL)
				*ret_passed = fd_steal(&passed);
			return 0;
		}
		if (ret_wire->type != WIRE_SIGNAL)
			return -1;
		hold(story, ret_wire);
	}
}

/*
 * Self and root maps are one line of our own uid, which the kernel lets the child write itself. Ranges
 * take the set-id helpers, which the supervisor starts; until it says that they are done nothing goes on.
 */
static int write_maps(struct story *story, struct err *err)
{
	const struct plan_map *map = &story->plan->map;
	struct wire wire = {.type = WIRE_WANT_MAPS};

	if (act_open_memory(map, err) < 0)
		return -1;
	/* They were compared before the clone. */
	if (map->writer == MAP_JOINED)
		return 0;
	if (act_deny_setgroups(err) < 0)
		return -1;
	if (map->writer == MAP_BY_CHILD)
		return act_write_maps(map, err);
	if (wire_send(story->wire_fd, &wire) < 0 || story_await(story, WIRE_MAPS_DONE, &wire, NULL) < 0)
		return err_set(err, ERR_SYSTEM, "system.maps", 0, "the supervisor wrote no maps");
	return 0;
}

static int set_names(struct story *story, struct err *err)
{
	if (act_set_clocks(story->plan, err) < 0 || act_close_memory(&story->plan->map, err) < 0)
		return -1;
	return act_set_names(story->plan, err);
}

static int give_spaces(struct story *story, struct err *err)
{
	const struct wire wire = {.type = WIRE_SPACES, .status = (int)story->plan->entry.early_spaces};
	int fds[SPACE_COUNT];
	int count;
	int r;

	if (wire.status == 0)
		return 0;
	count = act_open_spaces((uint32_t)wire.status, fds, err);
	if (count < 0)
		return -1;
	r = wire_send_fds(story->wire_fd, &wire, fds, (size_t)count);
	while (count > 0)
		sys_close(fds[--count]);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.namespaces", -r,
			       "cannot give the supervisor the namespaces");
	return 0;
}

static int leave_keyring(struct story *story, struct err *err)
{
	return act_leave_keyring(story->plan, err);
}

static int build_root(struct story *story, struct err *err)
{
	return act_build_root(story->plan, story->cgroup, &story->progress->node, &story->root, err);
}

static int limit_userns(struct story *story, struct err *err)
{
	return act_limit_userns(story->plan, story->root.proc_fd, err);
}

static int give_proc(struct story *story, struct err *err)
{
	const struct wire wire = {.type = WIRE_PROC};
	int r;

	/* What was used is told where it can be: a limit must be kept. */
	if (story->plan->limits.cpu_ns == 0 && (!story->plan->caller.wants_usage || story->root.proc_fd < 0))
		return 0;
	if (story->root.proc_fd < 0) {
		err_set(err, ERR_HOST, "host.cpu-time", 0,
			"there is no /proc to look for the processor time in");
		err_hint(err,
			 "the kernel refuses a new one where an outer container covers parts of its own: run "
			 "outside of it, or without cpu-time");
		return origin_blame(err, story->plan->limits.cpu_origin);
	}
	r = wire_send_fd(story->wire_fd, &wire, story->root.proc_fd);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.cpu-time", -r, "cannot give the supervisor a /proc");
	return 0;
}

static int pass_terminal(struct story *story, int number, int fd, struct err *err)
{
	const struct wire wire = {.type = WIRE_TERMINAL, .status = number};
	int r = wire_send_fd(story->wire_fd, &wire, fd);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.terminal", -r,
			       "cannot give the supervisor its end of the terminal");
	return 0;
}

static int make_streams(struct story *story, struct err *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		CLEANUP_FD int other = -1;

		if ((story->plan->terminal.replaced >> fd & 1) == 0)
			continue;
		if (act_make_stream(fd, &other, err) < 0 || pass_terminal(story, fd, other, err) < 0)
			return -1;
	}
	return 0;
}

static int make_terminal(struct story *story, struct err *err)
{
	const struct plan_terminal *plan = &story->plan->terminal;
	CLEANUP_FD int master = -1;

	if (plan->kind == TERMINAL_KEPT)
		return 0;
	if (plan->kind == TERMINAL_PIPES)
		return make_streams(story, err);
	if (act_make_tty(plan, &story->look, &story->root, &story->tty_fd, &master, err) < 0)
		return -1;
	return pass_terminal(story, -1, master, err);
}

static int leave_host(struct story *story, struct err *err)
{
	return act_leave_host(&story->root, err);
}

static int make_rules(struct story *story, struct err *err)
{
	return act_make_wall(&story->plan->wall, &story->plan->caller, story->root.fd, &story->rules_fd, err);
}

static int be_ready(struct story *story, struct err *err)
{
	return block_report(story, err);
}

static int set_network(struct story *story, struct err *err)
{
	CLEANUP_FD int fd = -1;
	struct wire wire;

	if ((story->plan->apart_flags & CLONE_NEWNET) == 0)
		return act_set_network(story->plan, -1, err);
	if (story_await(story, WIRE_NETWORK, &wire, &fd) < 0)
		return err_set(err, ERR_SYSTEM, "system.network-namespace", 0,
			       "the supervisor's side made no network namespace");
	if (fd < 0) {
		*err = wire.err;
		return -1;
	}
	return act_set_network(story->plan, fd, err);
}

static int lend(struct story *story, struct err *err)
{
	const int all[LENT_COUNT] = {[LENT_RULES] = story->rules_fd,
				     [LENT_PROC] = story->root.proc_fd,
				     [LENT_PTS] = story->root.pts_fd};
	struct wire wire = {.type = WIRE_LENT};
	int fds[LENT_COUNT];
	size_t count = 0;
	int r;

	for (int i = 0; i < LENT_COUNT; i++) {
		if (all[i] < 0)
			continue;
		wire.status |= 1 << i;
		fds[count++] = all[i];
	}
	if (story->plan->entry.name == NULL || count == 0)
		return 0;
	r = wire_send_fds(story->wire_fd, &wire, fds, count);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.lend", -r,
			       "cannot give the supervisor what it takes to enter");
	return 0;
}

static int hide_init(struct story *story, struct err *err)
{
	return act_hide(&story->argv_area, "pinfold-init", err);
}

static int drop_caps(struct story *story, struct err *err)
{
	return act_drop_caps(story->plan, err);
}

/* Process 1 takes everything with it when it dies; the parent of one that is entered with does not. */
static int die_with_parent(struct err *err)
{
	int r = sys_set_parent_death_signal(SIGKILL);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pdeathsig", -r,
			       "cannot ask for the parent's death signal");
	return 0;
}

static int make_group(struct story *story, struct err *err)
{
	if (story->is_entered && die_with_parent(err) < 0)
		return -1;
	/* Without job control it would only keep the program from setsid(2), which no leader of a group may
	 * call. */
	if (story->tty_fd >= 0)
		return act_make_group(&story->look, story->tty_fd, err);
	/* But kill(0, ...) of one that is entered with would reach its parent, which is no process 1. */
	return story->is_entered ? act_make_group(NULL, -1, err) : 0;
}

static int set_limits(struct story *story, struct err *err)
{
	return act_set_limits(story->plan, err);
}

static int set_start(struct story *story, struct err *err)
{
	int r = sys_set_mask(&story->caller_mask, NULL);

	/* Not later: the filter may refuse it. */
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.signals", -r,
			       "cannot give the program its signal mask");
	if (act_set_memory(story->plan, err) < 0)
		return -1;
	return act_set_start(story->plan, err);
}

static int close_fds(struct story *story, struct err *err)
{
	return act_close_fds(&story->plan->caller, err);
}

static int enter_rules(struct story *story, struct err *err)
{
	return act_enter_wall(story->rules_fd, err);
}

static int load_filter(struct story *story, struct err *err)
{
	if (story->plan->filter.asks)
		return trace_load_filter(&story->filter, story->wire_fd, err);
	return act_load_filter(&story->filter, err);
}

static int execute(struct story *story, struct err *err)
{
	return program_execute(&story->plan->program, err);
}

/* In the order of steps.def, which tells who does each and why there. */
static int (*const steps[STEP_COUNT])(struct story *story, struct err *err) = {
	[STEP_MAPS] = write_maps,    [STEP_NAMES] = set_names,	      [STEP_SPACES] = give_spaces,
	[STEP_KEYS] = leave_keyring, [STEP_ROOT] = build_root,	      [STEP_NESTED] = limit_userns,
	[STEP_WATCH] = give_proc,    [STEP_TERMINAL] = make_terminal, [STEP_PIVOT] = leave_host,
	[STEP_RULES] = make_rules,   [STEP_NETWORK] = set_network,    [STEP_READY] = be_ready,
	[STEP_LEND] = lend,	     [STEP_HIDE] = hide_init,	      [STEP_CAPS] = drop_caps,
	[STEP_GROUP] = make_group,   [STEP_LIMITS] = set_limits,      [STEP_START] = set_start,
	[STEP_FDS] = close_fds,	     [STEP_LANDLOCK] = enter_rules,   [STEP_SECCOMP] = load_filter,
	[STEP_EXEC] = execute,
};

static int run_step(struct story *story, enum step_id id, struct err *err)
{
	story->progress->step = (uint32_t)id;
	if (steps[id](story, err) == 0)
		return 0;
	(void)snprintf(err->step, sizeof(err->step), "%s", step_table[id].name);
	return -1;
}

int story_run_steps(struct story *story, const enum step_id *ids, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (run_step(story, ids[i], err) < 0)
			return -1;
	}
	return 0;
}

int story_run(struct story *story, enum step_who who, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		if (step_table[i].who == who && run_step(story, (enum step_id)i, err) < 0)
			return -1;
	}
	return 0;
}
