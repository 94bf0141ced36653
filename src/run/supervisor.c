/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * supervisor.c - the side of a run that stays on the host.
 *
 *     compile the profile's denies -> give up root -> clone into the namespaces -> help with the maps
 *     -> wait for the exec, with a deadline -> pass signals on, watch the limits -> report how it ended
 */
#include "run/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "act/filter.h"
#include "act/home.h"
#include "act/idmap.h"
#include "act/probe.h"
#include "act/probe_watch.h"
#include "act/setup.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "run/init.h"
#include "run/loop.h"
#include "run/signals.h"
#include "run/story.h"
#include "run/trace.h"
#include "run/watch.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"

struct supervisor {
	const struct plan *plan;
	const struct progress *progress;
	struct outcome *outcome;
	struct err *err;
	pid_t child;
	int wire_fd;
	struct signals signals;
	int64_t deadline_ns; /* of the start */
	struct watch watch;
	struct trace *trace;
	bool has_executed;
	bool has_ended; /* outcome or err is final */
	bool has_hung;	/* the deadline passed: the child may not even die */
	int result;
};

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What the start was at, from the page that it leaves behind. */
static int describe_stop(struct supervisor *s, const char *what)
{
	uint32_t step = s->progress->step < STEP_COUNT ? s->progress->step : 0;
	uint32_t node = s->progress->node;

	err_set(s->err, ERR_SYSTEM, "system.start", 0, "the sandbox %s in step \"%s\"", what,
		step_table[step].name);
	if (step == STEP_ROOT && node > 0 && node <= s->plan->root.count) {
		const struct plan_node *at = &s->plan->root.nodes[node - 1];

		err_prefix(s->err, "%s", at->source != NULL ? at->source : at->dest);
		(void)origin_blame(s->err, at->origin);
	}
	return -1;
}

static void finish(struct supervisor *s, int result)
{
	s->has_ended = true;
	s->result = result;
}

static void write_maps(struct supervisor *s)
{
	struct wire wire = {.type = WIRE_MAPS_DONE};

	if (act_run_map_helpers(&s->plan->map, s->child, s->err) < 0)
		finish(s, -1);
	else
		(void)wire_send(s->wire_fd, &wire);
}

/*
 * The program has its own copies of 0 and 1 now; ours are given up, so that whoever is at the other
 * end of a pipe sees what the program does with it. 2 is kept for our own last word.
 */
static void release_stdio(void)
{
	CLEANUP_FD int null_fd = sys_open(AT_FDCWD, "/dev/null", O_RDWR, 0);

	if (null_fd < 0)
		return;
	(void)sys_dup_over(null_fd, 0);
	(void)sys_dup_over(null_fd, 1);
}

/* It ended, like this; and was that a limit's doing? */
static void finish_run(struct supervisor *s, int code, int status)
{
	if (code != CLD_EXITED)
		watch_note_signal(&s->watch, status);
	*s->outcome = (struct outcome){.code = code, .status = status, .limit = s->watch.hit};
	watch_describe(&s->watch, s->err);
	finish(s, 0);
}

static void take_message(struct supervisor *s)
{
	CLEANUP_FD int passed = -1;
	struct wire wire;

	if (wire_receive_fd(s->wire_fd, &wire, &passed) <= 0) {
		/* Killed from outside, and with it everything in the sandbox. */
		if (!s->has_executed) {
			finish(s, describe_stop(s, "was killed"));
			return;
		}
		finish_run(s, CLD_KILLED, SIGKILL);
		return;
	}
	switch (wire.type) {
	case WIRE_WANT_MAPS:
		write_maps(s);
		break;
	case WIRE_PROC:
		if (s->watch.cputime.proc_fd < 0)
			s->watch.cputime.proc_fd = fd_steal(&passed);
		break;
	case WIRE_LISTENER:
		if (!s->trace->has_come)
			trace_listen(s->trace, fd_steal(&passed));
		break;
	case WIRE_EXECUTED:
		s->has_executed = true;
		watch_start(&s->watch, now_ns());
		release_stdio();
		break;
	case WIRE_BROKEN:
		*s->err = wire.err;
		*s->outcome = (struct outcome){.code = wire.code, .status = wire.status};
		finish(s, 0);
		break;
	case WIRE_ENDED:
		finish_run(s, wire.code, wire.status);
		break;
	case WIRE_FAILED:
		*s->err = wire.err;
		finish(s, -1);
		break;
	case WIRE_MAPS_DONE:
	case WIRE_SIGNAL:
		break;
	}
}

static void send_signal(struct supervisor *s, int sig, enum wire_to to)
{
	struct wire wire = {.type = WIRE_SIGNAL, .status = sig, .to = (int)to};

	(void)wire_send(s->wire_fd, &wire);
}

/* Until the next moment at which something is to be done without a message, for poll(2). */
static int timeout_ms(const struct supervisor *s)
{
	const int64_t next = s->has_executed ? watch_next_ns(&s->watch) : s->deadline_ns;
	int64_t left;

	if (next == WATCH_NEVER)
		return -1;
	left = next - now_ns();
	if (left <= 0)
		return 0;
	return left / 1000000 < INT_MAX ? (int)(left / 1000000) + 1 : INT_MAX;
}

static void check_limits(struct supervisor *s)
{
	const enum watch_answer answer = watch_check(&s->watch, now_ns(), s->err);

	if (answer == WATCH_STOP) {
		send_signal(s, s->plan->limits.stop_signal, WIRE_TO_PROGRAM);
		/* A stopped process gets its signal when it goes on. */
		send_signal(s, SIGCONT, WIRE_TO_ALL);
	} else if (answer == WATCH_KILL) {
		/* Process 1 from outside, and with it all: nothing inside can ignore, stop or outfork that.
		 */
		(void)sys_kill(s->child, SIGKILL);
		finish_run(s, CLD_KILLED, SIGKILL);
	}
}

static bool message_ready(void *arg, short events)
{
	struct supervisor *s = arg;

	(void)events;
	take_message(s);
	return !s->has_ended;
}

static bool signal_ready(void *arg, short events)
{
	struct supervisor *s = arg;

	(void)events;
	signals_pass(&s->signals, s->wire_fd);
	return true;
}

static bool listener_ready(void *arg, short events)
{
	struct supervisor *s = arg;

	if ((events & POLLIN) != 0)
		trace_answer(s->trace);
	else
		trace_close(s->trace); /* nobody is left who has the filter */
	return true;
}

/* What the supervisor waits for; in this order when several are there. */
static void list_sources(struct supervisor *s, struct loop *loop)
{
	*loop = (struct loop){0};
	loop_add(loop, s->wire_fd, POLLIN, message_ready, s);
	loop_add(loop, s->signals.fd, POLLIN, signal_ready, s);
	loop_add(loop, s->trace->listener_fd, POLLIN, listener_ready, s);
}

static void watch(struct supervisor *s)
{
	struct loop loop;

	while (!s->has_ended) {
		bool is_late;

		list_sources(s, &loop);
		is_late = !loop_wait(&loop, timeout_ms(s));
		if (s->has_ended)
			return;
		if (s->has_executed) {
			/* In every round: signals without end must not keep us from it. */
			check_limits(s);
		} else if (is_late && timeout_ms(s) == 0) {
			s->has_hung = true;
			finish(s, describe_stop(s, "did not start within its deadline: it hangs"));
			err_hint(s->err,
				 "a file system behind it does not answer: look at what it is mounted from");
		}
	}
}

/* No process of the sandbox is left when this returns, but for one that hangs in the kernel. */
static void bury(struct supervisor *s)
{
	siginfo_t info;

	if (s->result < 0)
		(void)sys_kill(s->child, SIGKILL);
	(void)sys_wait(P_PID, (id_t)s->child, &info, WEXITED | (s->has_hung ? WNOHANG : 0));
}

/* Makes the socket pair and the shared page, and clones. In the child this does not return. */
static int clone_sandbox(struct supervisor *s, struct story *story)
{
	void *page;
	int fds[2] = {-1, -1};
	int r = sys_shared_page(&page);

	if (r == 0)
		r = sys_socketpair(fds);
	if (r < 0)
		return err_set(s->err, ERR_SYSTEM, "system.socketpair", -r,
			       "cannot make the supervisor's socket");
	story->progress = page;
	s->progress = page;
	s->wire_fd = fds[0];
	story->wire_fd = fds[1];
	story->caller_mask = s->signals.caller_mask;
	s->deadline_ns = now_ns() + (int64_t)s->plan->deadline_ms * 1000000;
	watch_open(&s->watch, &s->plan->limits);
	s->child = sys_clone(s->plan->clone_flags);
	if (s->child == 0) {
		/* The supervisor's end must go, or init would never see it close. */
		sys_close(s->wire_fd);
		init_main(story);
	}
	sys_close(fds[1]);
	if (s->child < 0)
		return act_explain_clone(-s->child, s->err);
	return 0;
}

/* What is made on the host before anything else, for act_probe_watched. */
struct preparation {
	const struct plan *plan;
	struct err *err;
	struct probe_watch watch;
};

static int prepare_host(void *arg)
{
	struct preparation *prepared = arg;

	return act_make_own_dirs(prepared->plan, &prepared->watch.at, prepared->err) < 0 ||
			       act_make_home(prepared->plan, &prepared->watch.at, prepared->err) < 0
		       ? -1
		       : 0;
}

/* Most runs make nothing there. What makes something may find that the home does not answer. */
static int prepare(const struct plan *plan, struct err *err)
{
	struct preparation prepared = {.plan = plan, .err = err};

	if (plan->root.made_count == 0 && plan->root.made_file_count == 0 && plan->home.dir == NULL)
		return 0;
	return act_probe_watched(&prepared.watch, prepare_host, &prepared, err);
}

int supervisor_run(struct arena *arena, const struct plan *plan, struct argv_area argv_area,
		   struct outcome *ret_outcome, struct trace *ret_trace, struct err *err)
{
	struct story story = {.plan = plan, .argv_area = argv_area, .rules_fd = -1};
	struct supervisor s = {.plan = plan,
			       .outcome = ret_outcome,
			       .err = err,
			       .wire_fd = -1,
			       .signals = {.fd = -1},
			       .trace = ret_trace};
	int r = sys_reserve_stdio();

	trace_open(ret_trace, arena, &plan->filter);
	s.watch.cputime = (struct cputime){.counter_fd = -1, .proc_fd = -1};
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.stdio", -r, "cannot open /dev/null");
	r = -1;
	*err = (struct err){0};
	/* A root caller's descriptors are not for the user that the supervisor becomes. */
	if (plan->map.drops_root)
		(void)sys_close_range(3, ~0U);
	if (act_check_stdio(err) == 0 && act_compile_filter(arena, &plan->filter, &story.filter, err) == 0 &&
	    act_drop_root(&plan->map, err) == 0 && prepare(plan, err) == 0 &&
	    signals_block(&s.signals, err) == 0 && clone_sandbox(&s, &story) == 0) {
		watch(&s);
		bury(&s);
		r = s.result;
	}
	fd_close_ptr(&s.wire_fd);
	signals_close(&s.signals);
	watch_close(&s.watch);
	trace_close(ret_trace);
	return r;
}
