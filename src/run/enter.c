/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* enter.c - another program in a running sandbox, on the side of its supervisor. */
#include "run/enter.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "act/filter.h"
#include "act/lockdown.h"
#include "act/spaces.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "plan/plan_build.h"
#include "run/order.h"
#include "run/story.h"
#include "run/tend.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/terminal.h"

/* What comes along with WIRE_ENTER, in this order. */
enum { ORDER = 3, ENTER_FDS };

void enter_init(struct enter *enter)
{
	*enter = (struct enter){.cgroup_fd = -1};
	for (int i = 0; i < LENT_COUNT; i++)
		enter->lent[i] = -1;
}

void enter_take(struct enter *enter, const struct wire *wire, struct wire_fds *passed)
{
	size_t next = 0;

	for (int i = 0; i < LENT_COUNT; i++) {
		if ((wire->status >> i & 1) != 0 && next < passed->count && enter->lent[i] < 0)
			enter->lent[i] = fd_steal(&passed->items[next++]);
	}
}

/* ------------------------------------------------------------ the joiner */

/* 0, 1 and 2 of who enters are ours; of all that the supervisor has open, only what it takes is kept. */
static int take_descriptors(const struct enter *enter, int wire_fd, const struct wire_fds *passed,
			    struct err *err)
{
	int kept[3 + 2 + SPACE_COUNT + LENT_COUNT] = {0, 1, 2, wire_fd, passed->items[ORDER]};
	size_t count = 5;

	for (int fd = 0; fd <= 2; fd++) {
		int r = sys_dup_over(passed->items[fd], fd);

		if (r < 0)
			return err_set(err, ERR_SYSTEM, "system.enter", -r, "cannot take descriptor %d over",
				       fd);
	}
	for (unsigned int i = 0; i < SPACE_COUNT; i++)
		kept[count++] = enter->spaces->fds[i];
	for (int i = 0; i < LENT_COUNT; i++)
		kept[count++] = enter->lent[i];
	return act_keep_only(kept, count, err);
}

static void close_spaces(const struct enter *enter, int order_fd)
{
	act_spaces_close(enter->spaces);
	sys_close(order_fd);
}

/* It says what the terminal is that it is typed at, which is not the first program's. */
static void set_term(struct arena *arena, struct plan_program *program, const char *term)
{
	char **env = arena_alloc(arena, (program->env_count + 2) * sizeof(env[0]));
	size_t count = 0;

	for (size_t i = 0; i < program->env_count; i++) {
		if (!str_starts(program->env[i], "TERM="))
			env[count++] = program->env[i];
	}
	env[count++] = arena_printf(arena, "TERM=%s", term);
	env[count] = NULL;
	program->env = env;
	program->env_count = count;
}

/* The first program's plan, but for what is run, where, and on which terminal. */
static void change_plan(struct arena *arena, struct plan *plan, const struct order *order)
{
	struct plan_program *program = &plan->program;

	program->argv = order->argv;
	program->file = order->argv[0];
	program->missing_hint = NULL;
	if (order->chdir != NULL) {
		program->chdir = order->chdir;
		program->chdir_else = NULL;
		program->chdir_origin = NULL;
	}
	if (order->term != NULL && order->given != 0)
		set_term(arena, program, order->term);
	/* The caller's other descriptors were the first program's. */
	plan->caller = (struct plan_caller){.block_fd = -1};
	plan->entry.is_held = false;
	plan_entered_terminal(order->given, &plan->terminal);
	/* One sandbox has one process that answers for its filter: here what it would ask about is refused.
	 */
	plan->filter.asks = false;
	plan->filter.is_permissive = false;
}

/*
 * The order of it is security. Hidden first: processes inside, of the same user, will see our child, which is
 * pinfold until its exec; through /proc/PID/exe and /proc/PID/fd of one that is dumpable they would reach the
 * host's file of it (CVE-2019-5736) and what is open (CVE-2024-21626), and /proc/PID/cmdline would show them
 * the supervisor's arguments. Then the namespaces, then all that init gave up, in init's order.
 */
static int enter_sandbox(const struct enter *enter, struct story *story, pid_t supervisor, struct err *err)
{
	static const enum step_id steps[] = {STEP_KEYS, STEP_TERMINAL, STEP_CAPS};
	int r;

	if (act_hide(&story->argv_area, "pinfold-join", err) < 0)
		return -1;
	r = sys_new_session();
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.session", -r, "cannot start a session");
	if (act_enter_spaces(enter->spaces, err) < 0)
		return -1;
	/* Not earlier: the kernel takes it back from whoever gains capabilities. */
	r = sys_set_parent_death_signal(SIGKILL);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pdeathsig", -r,
			       "cannot ask for the parent's death signal");
	if (getppid() != supervisor)
		sys_exit(125);
	return story_run_steps(story, steps, ARRAY_SIZE(steps), err);
}

static _Noreturn void join(const struct enter *enter, int wire_fd, struct wire_fds *passed, pid_t supervisor)
{
	struct arena *arena = arena_new();
	struct plan plan = *enter->plan;
	struct progress progress = {0};
	struct story story = {
		.plan = &plan,
		.filter = *enter->filter,
		.argv_area = enter->argv_area,
		.progress = &progress,
		.wire_fd = wire_fd,
		.caller_mask = *enter->mask,
		.root = {.fd = -1, .proc_fd = enter->lent[LENT_PROC], .pts_fd = enter->lent[LENT_PTS]},
		.rules_fd = enter->lent[LENT_RULES],
		.tty_fd = -1,
		.is_entered = true};
	const struct wire taken = {.type = WIRE_DONE};
	struct order order;
	struct tend tend;
	struct err err;

	(void)wire_send(wire_fd, &taken);
	if (take_descriptors(enter, wire_fd, passed, &err) < 0 || act_check_stdio(&err) < 0 ||
	    order_read(arena, passed->items[ORDER], &order, &err) < 0)
		tend_refuse(&story, &err);
	change_plan(arena, &plan, &order);
	story.look = order.look;
	if ((enter->plan->filter.asks && act_compile_filter(arena, &plan.filter, &story.filter, &err) < 0) ||
	    enter_sandbox(enter, &story, supervisor, &err) < 0)
		tend_refuse(&story, &err);
	close_spaces(enter, passed->items[ORDER]);
	tend_init(&tend, &story, false, sys_process_group());
	if (tend_start(&tend, &err) < 0)
		tend_refuse(&story, &err);
	tend_watch(&tend);
}

/* ------------------------------------------------------------ the supervisor */

int enter_start(struct enter *enter, int fd, struct wire_fds *passed, struct err *err)
{
	const pid_t supervisor = getpid();
	struct joiner joiner;

	if (passed->count != ENTER_FDS)
		return err_set(err, ERR_SYSTEM, "system.enter", EPROTO, "the descriptors did not come along");
	/* What it runs is in the sandbox, and what holds for all in there together holds for it. */
	joiner.pid = enter->cgroup_fd >= 0 ? sys_clone(0, enter->cgroup_fd) : sys_fork();
	if (joiner.pid == 0)
		join(enter, fd, passed, supervisor);
	if (joiner.pid < 0)
		return err_set(err, ERR_SYSTEM, "system.fork", -joiner.pid,
			       "cannot start a process to enter with");
	joiner.fd = sys_pidfd(joiner.pid);
	if (joiner.fd < 0) {
		siginfo_t info;

		(void)sys_kill(joiner.pid, SIGKILL);
		(void)sys_wait(P_PID, (id_t)joiner.pid, &info, WEXITED);
		return err_set(err, ERR_SYSTEM, "system.fork", -joiner.fd,
			       "cannot watch a process to enter with");
	}
	enter->joiners = mem_realloc(enter->joiners, (enter->count + 1) * sizeof(enter->joiners[0]));
	enter->joiners[enter->count++] = joiner;
	return joiner.fd;
}

static void reap_one(struct enter *enter, size_t i, int flags)
{
	siginfo_t info;

	(void)sys_wait(P_PID, (id_t)enter->joiners[i].pid, &info, WEXITED | flags);
	sys_close(enter->joiners[i].fd);
	enter->joiners[i] = enter->joiners[--enter->count];
}

bool enter_reap(struct enter *enter, int fd)
{
	for (size_t i = 0; i < enter->count; i++) {
		if (enter->joiners[i].fd != fd)
			continue;
		reap_one(enter, i, 0);
		return true;
	}
	return false;
}

void enter_wake(const struct enter *enter)
{
	for (size_t i = 0; i < enter->count; i++)
		(void)sys_kill(enter->joiners[i].pid, SIGCONT);
}

void enter_end(struct enter *enter)
{
	enum { MOMENT_MS = 1000 };

	while (enter->count > 0) {
		struct pollfd fd = {.fd = enter->joiners[0].fd, .events = POLLIN};

		if (sys_poll(&fd, 1, MOMENT_MS) <= 0)
			(void)sys_kill(enter->joiners[0].pid, SIGKILL);
		reap_one(enter, 0, 0);
	}
	free(enter->joiners);
	enter->joiners = NULL;
	for (int i = 0; i < LENT_COUNT; i++)
		fd_close_ptr(&enter->lent[i]);
}
