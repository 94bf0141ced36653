/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* visit.c - another program in a running sandbox, on the side of who enters. */
#include "run/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "act/lockdown.h"
#include "act/probe.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "plan/plan_build.h"
#include "run/call.h"
#include "run/job.h"
#include "run/loop.h"
#include "run/order.h"
#include "run/relay.h"
#include "run/signals.h"
#include "run/supervisor.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"

/* As the supervisor's of a run, with the joiner in init's place. */
struct visit {
	const struct call *call;
	struct signals signals;
	struct relay *relay; /* NULL: the program has what we have */
	struct outcome *outcome;
	struct err *err;
	bool is_taken; /* somebody is at it, who gets our signals */
	bool has_executed;
	bool has_ended; /* outcome or err is final */
	int result;
};

static void finish(struct visit *visit, int result)
{
	visit->has_ended = true;
	visit->result = result;
}

static void finish_gone(struct visit *visit)
{
	const char *name = visit->call->entry.name;

	err_set(visit->err, ERR_SYSTEM, "system.gone", 0, "the supervisor of %s %s", name,
		visit->has_executed ? "was killed, or its process for us; and with it the program"
				    : "ended without an answer");
	(void)err_hint(visit->err, "pinfold ps shows whether the sandbox is still there");
	finish(visit, -1);
}

static void take_word(struct visit *visit, const struct wire *wire, struct wire_fds *passed)
{
	(void)wire;
	(void)passed;
	visit->is_taken = true;
}

static void take_terminal(struct visit *visit, const struct wire *wire, struct wire_fds *passed)
{
	if (passed->count == 1)
		relay_take(visit->relay, wire, &passed->items[0]);
}

static void take_executed(struct visit *visit, const struct wire *wire, struct wire_fds *passed)
{
	(void)wire;
	(void)passed;
	visit->has_executed = true;
	act_release_stdio();
	relay_start(visit->relay, visit->call->fd);
}

static void take_stop(struct visit *visit, const struct wire *wire, struct wire_fds *passed)
{
	(void)passed;
	job_program_stopped(visit->relay, visit->call->fd, wire->status);
}

static void take_end(struct visit *visit, const struct wire *wire, struct wire_fds *passed)
{
	(void)passed;
	*visit->outcome = (struct outcome){.code = wire->code, .status = wire->status};
	if (wire->type == WIRE_BROKEN)
		*visit->err = wire->err;
	finish(visit, 0);
}

static void take_failure(struct visit *visit, const struct wire *wire, struct wire_fds *passed)
{
	(void)passed;
	*visit->err = wire->err;
	finish(visit, -1);
}

/* What a joiner says. */
static const struct {
	enum wire_type type;
	void (*take)(struct visit *visit, const struct wire *wire, struct wire_fds *passed);
} answers[] = {
	{WIRE_DONE, take_word},	     {WIRE_TERMINAL, take_terminal}, {WIRE_EXECUTED, take_executed},
	{WIRE_STOPPED, take_stop},   {WIRE_ENDED, take_end},	     {WIRE_BROKEN, take_end},
	{WIRE_FAILED, take_failure},
};

static void take_message(struct visit *visit)
{
	CLEANUP(wire_fds_close) struct wire_fds passed = {.count = 0};
	struct wire wire;

	if (wire_receive_fds(visit->call->fd, &wire, &passed) <= 0) {
		finish_gone(visit);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		if (answers[i].type == wire.type)
			answers[i].take(visit, &wire, &passed);
	}
}

static bool message_ready(void *arg, short events)
{
	struct visit *visit = arg;

	(void)events;
	take_message(visit);
	return !visit->has_ended;
}

static bool signal_ready(void *arg, short events)
{
	struct visit *visit = arg;
	struct pollfd said = {.fd = visit->call->fd, .events = POLLIN};
	int sig;

	(void)events;
	if (visit->is_taken) {
		signals_pass(&visit->signals, visit->relay, visit->call->fd);
		return true;
	}
	/* What was said before the signal came counts before it. */
	if (sys_poll(&said, 1, 0) > 0)
		return true;
	/* There is nobody to give it to: the end is ours. */
	sig = signals_pass_unless_ending(&visit->signals, visit->relay, visit->call->fd);
	if (sig == 0)
		return true;
	*visit->outcome = (struct outcome){.code = CLD_KILLED, .status = sig};
	finish(visit, 0);
	return false;
}

static void watch(struct visit *visit)
{
	const int64_t deadline_ms = call_now_ms() + PLAN_DEADLINE_MS;
	struct loop loop;

	while (!visit->has_ended) {
		const int64_t left_ms = visit->has_executed ? -1 : deadline_ms - call_now_ms();

		if (!visit->has_executed && left_ms <= 0) {
			finish(visit, call_fail_silent(visit->call, visit->err));
			return;
		}
		loop = (struct loop){0};
		loop_add(&loop, visit->call->fd, POLLIN, message_ready, visit);
		loop_add(&loop, visit->signals.fd, POLLIN, signal_ready, visit);
		relay_list(visit->relay, &loop);
		(void)loop_wait(&loop, (int)left_ms);
	}
}

/* Our terminal itself stays here: what stands in for it is made inside. */
static int send_order(const struct visit *visit, const struct order *order, struct err *err)
{
	const struct wire wire = {.type = WIRE_ENTER};
	CLEANUP_FD int null_fd = sys_open(AT_FDCWD, "/dev/null", O_RDWR, 0);
	CLEANUP_FD int order_fd = -1;
	int fds[4];
	int r;

	if (null_fd < 0)
		return err_set(err, ERR_SYSTEM, "system.stdio", -null_fd, "cannot open /dev/null");
	if (order_write(order, &order_fd, err) < 0)
		return -1;
	for (int fd = 0; fd <= 2; fd++)
		fds[fd] = (order->given >> fd & 1) != 0 ? null_fd : fd;
	fds[3] = order_fd;
	r = wire_send_fds(visit->call->fd, &wire, fds, ARRAY_SIZE(fds));
	/* Who refuses us does not wait for the question; his answer is there. */
	if (r < 0 && r != -EPIPE)
		return err_set(err, ERR_SYSTEM, "system.call", -r, "cannot ask the supervisor of %s",
			       visit->call->entry.name);
	return 0;
}

int visit_run(struct arena *arena, const struct call *call, struct order *order, struct outcome *ret_outcome,
	      struct err *err)
{
	enum { FOR_EVER = -1 };
	struct visit visit = {
		.call = call, .signals = {.fd = -1}, .outcome = ret_outcome, .err = err, .result = -1};
	struct plan_terminal *terminal = arena_alloc(arena, sizeof(*terminal));

	*err = (struct err){0};
	order->given = act_probe_terminals();
	plan_entered_terminal(order->given, terminal);
	if (act_check_stdio(err) == 0 && relay_open(arena, terminal, &visit.relay, &order->look, err) == 0 &&
	    signals_block(&visit.signals, visit.relay, err) == 0 && send_order(&visit, order, err) == 0) {
		watch(&visit);
		relay_drain(visit.relay, visit.signals.fd, FOR_EVER);
	}
	relay_close(visit.relay);
	signals_close(&visit.signals);
	return visit.result;
}
