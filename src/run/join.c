/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* join.c - a sandbox that is cloned into namespaces of another one. */
#include "run/join.h"

#include "act/cgroup.h"
#include "act/join.h"
#include "act/probe.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "plan/plan_build.h"
#include "run/call.h"
#include "run/wire.h"
#include "sys/process.h"

/* ------------------------------------------------------------ the descriptors */

static int ask(struct arena *arena, const struct plan_join *join, struct call *call,
	       struct spaces *ret_spaces, struct err *err)
{
	CLEANUP(wire_fds_close) struct wire_fds passed = {.count = 0};
	const struct wire question = {.type = WIRE_JOIN, .status = (int)join->kinds};
	struct wire answer;
	int r;

	if (call_open(arena, join->base, join->name, PLAN_DEADLINE_MS, call, err) < 0 ||
	    call_ask(call, &question, PLAN_DEADLINE_MS, &answer, &passed, err) < 0)
		return -1;
	r = act_take_spaces(ret_spaces, (uint32_t)answer.status, passed.items, passed.count);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.join", -r, "cannot take the namespaces of %s over",
			       join->name);
	return 0;
}

int join_open(struct arena *arena, const struct plan *plan, struct spaces *ret_spaces, struct err *err)
{
	const struct plan_join *join = &plan->join;
	struct call call;
	int r;

	act_spaces_init(ret_spaces);
	if (join->kinds == 0)
		return 0;
	if (join->name == NULL)
		return act_open_joined(join, ret_spaces, err);
	r = ask(arena, join, &call, ret_spaces, err);
	call_close(&call);
	return r < 0 ? origin_blame(err, join->items[0].origin) : 0;
}

/* ------------------------------------------------------------ the clone */

/* What the helper leaves behind, in shared memory: no pipe, whose other end init would have too. */
struct report {
	volatile pid_t child;
	struct err err;
};

_Static_assert(sizeof(struct report) <= 4096, "a report must fit into a shared page");

/* In the helper; in init, which is its clone, it returns 0. */
static pid_t help(const struct plan *plan, const struct spaces *spaces, int cgroup_fd, struct report *report)
{
	pid_t child;

	if (act_enter_joined(plan, spaces, &report->err) < 0)
		sys_exit(0);
	child = sys_clone_sibling(plan->clone_flags, cgroup_fd, &report->child);
	if (child == 0)
		return 0;
	if (child < 0 && !act_cgroup_explain(&plan->cgroup, -child, &report->err))
		(void)act_explain_clone(-child, &report->err);
	sys_exit(0);
}

pid_t join_clone(const struct plan *plan, const struct spaces *spaces, int cgroup_fd, int *wire_fd,
		 struct err *err)
{
	struct report *report;
	siginfo_t info;
	pid_t helper;
	void *page;
	int r = sys_shared_page(&page);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.join", -r, "cannot share memory with what joins");
	report = page;
	helper = sys_fork();
	if (helper == 0) {
		/* First of all: init takes an end that is still open for a supervisor that is still there. */
		fd_close_ptr(wire_fd);
		return help(plan, spaces, cgroup_fd, report);
	}
	if (helper < 0)
		return err_set(err, ERR_SYSTEM, "system.fork", -helper, "cannot start what joins");
	(void)sys_wait(P_PID, (id_t)helper, &info, WEXITED);
	if (report->child > 0)
		return report->child;
	*err = report->err;
	if (err->kind == ERR_NONE)
		return err_set(err, ERR_SYSTEM, "system.join", 0, "the process that joins was ended");
	return -1;
}
