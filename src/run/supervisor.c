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
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "act/cgroup.h"
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
#include "run/account.h"
#include "run/block.h"
#include "run/enter.h"
#include "run/init.h"
#include "run/job.h"
#include "run/join.h"
#include "run/loop.h"
#include "run/maker.h"
#include "run/relay.h"
#include "run/serve.h"
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
	struct tell *tell;
	struct err *err;
	pid_t child;
	int wire_fd;
	struct maker maker;   /* of the network namespace */
	struct spaces joined; /* of another sandbox, to be in */
	struct signals signals;
	int64_t deadline_ns; /* of the start */
	int block_fd;	     /* while the start waits for a byte of its caller; -1: it does not */
	struct cgroup cgroup;
	struct watch watch;
	int64_t executed_ns;  /* when the program began */
	uint64_t seen_cpu_ns; /* that was used, when it was last looked at */
	struct trace *trace;
	struct serve serve;
	struct enter enter;
	int ready_fd;
	struct relay *relay; /* NULL: the program has what the caller has */
	bool has_executed;
	bool has_ended; /* outcome or err is final */
	bool has_hung;	/* the deadline passed: the child may not even die */
	int result;
};

enum { DRAIN_MS = 1000 };

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

/* The time that the start may take from now on. */
static void start_clock(struct supervisor *s)
{
	s->deadline_ns = now_ns() + (int64_t)s->plan->deadline_ms * 1000000;
}

static void write_maps(struct supervisor *s)
{
	struct wire wire = {.type = WIRE_MAPS_DONE};

	if (act_run_map_helpers(&s->plan->map, s->child, s->err) < 0) {
		finish(s, -1);
		return;
	}
	(void)wire_send(s->wire_fd, &wire);
	if (maker_start(&s->maker, s->plan, s->child, s->wire_fd, s->err) < 0)
		finish(s, -1);
}

/* The program has its own; who is at the other end of ours is to see what it does with them. */
static void release_fds(const struct plan_caller *caller)
{
	act_release_stdio();
	for (size_t i = 0; i < caller->fd_count; i++)
		sys_close(caller->fds[i]);
}

/* It ended, like this; and was that a limit's doing? */
static void finish_run(struct supervisor *s, int code, int status)
{
	if (code != CLD_EXITED)
		watch_note_signal(&s->watch, status);
	*s->outcome = (struct outcome){.code = code, .status = status, .limit = s->watch.hit};
	s->outcome->usage.wall_ns = (uint64_t)(now_ns() - s->executed_ns);
	watch_describe(&s->watch, s->err);
	finish(s, 0);
}

/* Once: to who waits for the program to run, that it does, or why not. -EPIPE: he is gone. */
static int tell_ready(struct supervisor *s, const struct err *err)
{
	CLEANUP_FD int fd = fd_steal(&s->ready_fd);

	return fd < 0 ? 0 : sys_send(fd, err, sizeof(*err));
}

/* Everything stands but the program. */
static void take_ready(struct supervisor *s)
{
	s->block_fd = s->plan->caller.block_fd;
	tell_created(s->tell, s->child, &s->serve.spaces);
	/* Nobody can ask for them: they need not live longer than what is in them. */
	if (s->plan->entry.name == NULL)
		act_spaces_close(&s->serve.spaces);
}

/* The program runs. */
static void take_executed(struct supervisor *s)
{
	const struct err none = {0};
	int r;

	s->has_executed = true;
	s->executed_ns = now_ns();
	r = serve_start(&s->serve, s->child, s->wire_fd);
	watch_start(&s->watch, s->executed_ns);
	release_fds(&s->plan->caller);
	relay_start(s->relay, s->wire_fd);
	tell_executing(s->tell);
	if (r >= 0)
		r = tell_ready(s, &none);
	if (r >= 0)
		return;
	/* It runs, and nobody would find it, or know of it: not what was asked for. */
	(void)sys_kill(s->child, SIGKILL);
	err_set(s->err, ERR_SYSTEM, "system.serve", -r, "cannot serve %s: the program was killed",
		s->plan->entry.name);
	*s->outcome = (struct outcome){.code = CLD_KILLED, .status = SIGKILL};
	finish(s, 0);
}

/* Whoever waits for the end by the sandbox's name is to know what we know. */
static void tell_end(struct supervisor *s)
{
	struct wire last = {.type = WIRE_FAILED};

	if (s->plan->entry.name == NULL)
		return;
	last.err = *s->err;
	if (s->result == 0) {
		last.type = WIRE_ENDED;
		last.code = s->outcome->code;
		last.status = s->outcome->status;
		last.to = (int)s->outcome->limit;
	}
	serve_end(&s->serve, &last);
}

/* Init was killed from outside, and with it everything in the sandbox. */
static void take_loss(struct supervisor *s)
{
	if (!s->has_executed && s->progress->step != STEP_EXEC) {
		finish(s, describe_stop(s, "was killed"));
		return;
	}
	/* In the exec itself: "nothing ran" could be wrong, and "killed" is not. */
	if (!s->has_executed)
		s->executed_ns = now_ns();
	finish_run(s, CLD_KILLED, SIGKILL);
	s->outcome->is_lost = true;
}

static void take_message(struct supervisor *s)
{
	CLEANUP(wire_fds_close) struct wire_fds passed = {.count = 0};
	struct wire wire;

	if (wire_receive_fds(s->wire_fd, &wire, &passed) <= 0) {
		take_loss(s);
		return;
	}
	switch (wire.type) {
	case WIRE_WANT_MAPS:
		write_maps(s);
		break;
	case WIRE_PROC:
		if (s->watch.cputime.proc_fd < 0 && passed.count == 1)
			s->watch.cputime.proc_fd = fd_steal(&passed.items[0]);
		break;
	case WIRE_SPACES:
		if (serve_take_spaces(&s->serve, &wire, passed.items, passed.count, s->err) < 0)
			finish(s, -1);
		break;
	case WIRE_LENT:
		enter_take(&s->enter, &wire, &passed);
		break;
	case WIRE_READY:
		take_ready(s);
		break;
	case WIRE_LISTENER:
		if (!s->trace->has_come && passed.count == 1)
			trace_listen(s->trace, fd_steal(&passed.items[0]));
		break;
	case WIRE_EXECUTED:
		take_executed(s);
		break;
	case WIRE_TERMINAL:
		if (passed.count == 1)
			relay_take(s->relay, &wire, &passed.items[0]);
		break;
	case WIRE_STOPPED:
		job_program_stopped(s->relay, s->wire_fd, wire.status);
		break;
	case WIRE_BROKEN:
		finish_run(s, wire.code, wire.status);
		*s->err = wire.err;
		s->outcome->limit = LIMIT_NONE;
		break;
	case WIRE_ENDED:
		finish_run(s, wire.code, wire.status);
		break;
	case WIRE_FAILED:
		*s->err = wire.err;
		finish(s, -1);
		break;
	case WIRE_MAPS_DONE:
	case WIRE_GO:
	case WIRE_JOIN:
	case WIRE_KEYBOARD:
	case WIRE_ENTER:
	case WIRE_NETWORK:
	case WIRE_SIGNAL:
	case WIRE_WAIT:
	case WIRE_DONE:
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
	const int64_t start = s->block_fd >= 0 ? WATCH_NEVER : s->deadline_ns;
	const int64_t next = s->has_executed ? watch_next_ns(&s->watch) : start;
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
		if (s->plan->caller.wants_usage)
			account_look(&s->watch.cputime, &s->seen_cpu_ns);
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

/* What was made beside the sandbox goes to init, and stays with us where others may ask for it. */
static bool maker_ready(void *arg, short events)
{
	struct supervisor *s = arg;
	const uint32_t kept = s->plan->entry.late_spaces;
	struct wire wire;
	CLEANUP_FD int fd = maker_take(&s->maker, &wire);

	(void)events;
	if (fd < 0) {
		(void)wire_send(s->wire_fd, &wire);
		return true;
	}
	(void)wire_send_fd(s->wire_fd, &wire, fd);
	wire.status = (int)kept;
	if (kept != 0 && serve_take_spaces(&s->serve, &wire, &fd, 1, s->err) < 0)
		finish(s, -1);
	return !s->has_ended;
}

static bool signal_ready(void *arg, short events)
{
	struct supervisor *s = arg;
	int sig;

	(void)events;
	if (s->block_fd < 0) {
		signals_pass(&s->signals, s->relay, s->wire_fd);
	} else if ((sig = signals_pass_unless_ending(&s->signals, s->relay, s->wire_fd)) != 0) {
		finish(s, block_interrupted(s->block_fd, sig, s->err));
		return false;
	}
	return true;
}

static bool caller_ready(void *arg, short events)
{
	struct supervisor *s = arg;
	const struct wire wire = {.type = WIRE_GO};

	(void)events;
	switch (block_read(s->block_fd, s->err)) {
	case BLOCK_WAIT:
		return true;
	case BLOCK_GONE:
		finish(s, -1);
		return false;
	case BLOCK_GO:
		break;
	}
	fd_close_ptr(&s->block_fd);
	start_clock(s);
	(void)wire_send(s->wire_fd, &wire);
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
	loop_add(loop, s->maker.fd, POLLIN, maker_ready, s);
	loop_add(loop, s->signals.fd, POLLIN, signal_ready, s);
	loop_add(loop, s->block_fd, POLLIN, caller_ready, s);
	loop_add(loop, s->trace->listener_fd, POLLIN, listener_ready, s);
	loop_add(loop, s->serve.poller, POLLIN, serve_ready, &s->serve);
	relay_list(s->relay, loop);
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

/*
 * A program whose joiner was killed is a child of ours (a subreaper) by then, and a pid namespace does not
 * end before everybody in it has been waited for. What is in a cgroup may have frozen that, joiners and all,
 * and may do so again until it dies: so that wait has pauses.
 */
static void await_child(struct supervisor *s, struct rusage *ret_rusage)
{
	enum { WHILE_MS = 50 };
	CLEANUP_FD int fd = s->cgroup.fd < 0 ? -1 : sys_pidfd(s->child);
	struct pollfd end = {.fd = fd, .events = POLLIN};
	const int options = s->has_hung || fd >= 0 ? WNOHANG : 0;
	pid_t pid;

	do {
		act_cgroup_thaw(&s->cgroup);
		if (fd >= 0 && !s->has_hung)
			(void)sys_poll(&end, 1, WHILE_MS);
		pid = sys_wait_usage(s->plan->entry.name != NULL ? -1 : s->child, options, ret_rusage);
	} while ((pid > 0 && pid != s->child) || (pid == 0 && fd >= 0 && !s->has_hung));
}

/*
 * At its limit of memory the kernel kills all in the cgroup, process 1 included, and to us that looks as if
 * somebody had killed that.
 */
static void judge_memory(struct supervisor *s)
{
	const struct plan_cgroup *plan = &s->plan->cgroup;
	struct outcome *outcome = s->outcome;

	if (!outcome->usage.is_oom || !plan->has_memory)
		return;
	if (s->result < 0) {
		err_hint(s->err, "memory = %s may be too little for it", plan->memory);
		return;
	}
	if (outcome->code == CLD_EXITED || outcome->status != SIGKILL || outcome->limit != LIMIT_NONE)
		return;
	outcome->limit = LIMIT_MEMORY;
	outcome->is_lost = false;
	err_set(s->err, ERR_LIMIT, "limit.memory", 0, "ended by its limit: memory = %s", plan->memory);
	(void)origin_blame(s->err, plan->memory_origin);
}

/* No process of the sandbox is left when this returns, but for one that hangs in the kernel. */
static void bury(struct supervisor *s)
{
	struct rusage rusage;

	if (s->result < 0)
		(void)sys_kill(s->child, SIGKILL);
	maker_end(&s->maker, !s->has_hung);
	enter_wake(&s->enter);
	await_child(s, &rusage);
	enter_end(&s->enter);
	account_add(&rusage, &s->watch.cputime, s->seen_cpu_ns, &s->outcome->usage);
	account_cgroup(&s->cgroup, &s->outcome->usage);
	judge_memory(s);
}

/* -1 with *err, 0 in init, which has no use for the supervisor's end: else it would never see that close. */
static pid_t clone_init(struct supervisor *s)
{
	pid_t child;

	if (s->plan->join.kinds != 0)
		return join_clone(s->plan, &s->joined, s->cgroup.box_fd, &s->wire_fd, s->err);
	child = sys_clone(s->plan->clone_flags, s->cgroup.box_fd);
	if (child == 0)
		fd_close_ptr(&s->wire_fd);
	if (child < 0 && act_cgroup_explain(&s->plan->cgroup, -child, s->err))
		return -1;
	return child < 0 ? act_explain_clone(-child, s->err) : child;
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
	story->cgroup = s->cgroup.path;
	story->caller_mask = s->signals.caller_mask;
	start_clock(s);
	watch_open(&s->watch, &s->plan->limits, s->cgroup.fd);
	s->child = clone_init(s);
	if (s->child == 0)
		init_main(story);
	sys_close(fds[1]);
	act_spaces_close(&s->joined);
	if (s->child < 0)
		return -1;
	/* From here on there is something to bury. */
	if (s->plan->map.writer != MAP_BY_HELPERS &&
	    maker_start(&s->maker, s->plan, s->child, s->wire_fd, s->err) < 0)
		finish(s, -1);
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

/*
 * A root caller's descriptors are not for the user that the supervisor becomes. And who starts one in the
 * background may wait for a pipe, a lock or a mount until nobody has it open any more.
 */
static int leave_descriptors(const struct plan *plan, const struct supervision *supervision, struct err *err)
{
	return plan->map.drops_root || plan->entry.is_detached
		       ? act_keep_named(&plan->caller, supervision->ready_fd, err)
		       : 0;
}

/* In the background: the caller's directory, when nothing is relative to it any more. */
static int leave_directory(const struct plan *plan, struct err *err)
{
	int r = plan->entry.is_detached ? sys_chdir("/") : 0;

	return r < 0 ? err_set(err, ERR_SYSTEM, "system.detach", -r, "cannot leave the directory") : 0;
}

static int make_cgroup(struct supervisor *s, struct arena *arena)
{
	if (act_cgroup_make(arena, &s->plan->cgroup, &s->cgroup, s->err) < 0)
		return -1;
	s->enter.cgroup_fd = s->cgroup.box_fd;
	return 0;
}

int supervisor_run(struct arena *arena, const struct plan *plan, const struct supervision *supervision,
		   struct run *ret, struct err *err)
{
	struct story story = {
		.plan = plan, .argv_area = supervision->argv_area, .rules_fd = -1, .tty_fd = -1};
	struct supervisor s = {.plan = plan,
			       .outcome = &ret->outcome,
			       .tell = &ret->tell,
			       .err = err,
			       .wire_fd = -1,
			       .maker = {.fd = -1},
			       .block_fd = -1,
			       .signals = {.fd = -1},
			       .trace = &ret->trace,
			       .ready_fd = supervision->ready_fd,
			       .result = -1};
	int r = sys_reserve_stdio();

	*ret = (struct run){0};
	trace_open(&ret->trace, arena, &plan->filter);
	act_spaces_init(&s.joined);
	enter_init(&s.enter);
	s.enter.plan = plan;
	s.enter.filter = &story.filter;
	s.enter.mask = &s.signals.caller_mask;
	s.enter.argv_area = supervision->argv_area;
	s.enter.spaces = &s.serve.spaces;
	serve_init(&s.serve, plan, &s.enter);
	act_cgroup_init(&s.cgroup);
	s.watch.cputime = (struct cputime){.cgroup_fd = -1, .counter_fd = -1, .proc_fd = -1};
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.stdio", -r, "cannot open /dev/null");
	*err = (struct err){0};
	if (act_check_stdio(err) == 0 && act_check_fds(&plan->caller, err) == 0 &&
	    leave_descriptors(plan, supervision, err) == 0 &&
	    act_compile_filter(arena, &plan->filter, &story.filter, err) == 0 &&
	    join_open(arena, plan, &s.joined, err) == 0 && serve_reserve(&s.serve, err) == 0 &&
	    relay_open(arena, &plan->terminal, &s.relay, &story.look, err) == 0 &&
	    act_drop_root(&plan->map, err) == 0 && tell_open(&ret->tell, arena, plan, err) == 0 &&
	    leave_directory(plan, err) == 0 && prepare(plan, err) == 0 &&
	    /* From here on nothing that ends us ends before the cgroup is removed. */
	    signals_block(&s.signals, s.relay, err) == 0 && make_cgroup(&s, arena) == 0 &&
	    clone_sandbox(&s, &story) == 0) {
		watch(&s);
		bury(&s);
		/* What a limit ended is not to wait for a terminal that nobody looks at. */
		relay_drain(s.relay, s.signals.fd, s.watch.hit == LIMIT_NONE ? -1 : DRAIN_MS);
	}
	act_cgroup_remove(&s.cgroup);
	relay_close(s.relay);
	ret->tell.signal_fd = s.signals.fd;
	/* Before they who wait for the end are told that this is it. */
	if (s.result == 0)
		tell_ended(&ret->tell, plan, &ret->outcome, &ret->trace, err);
	else
		tell_failed(&ret->tell, err);
	tell_end(&s);
	(void)tell_ready(&s, err);
	fd_close_ptr(&s.wire_fd);
	act_spaces_close(&s.joined);
	signals_close(&s.signals);
	watch_close(&s.watch);
	trace_close(&ret->trace);
	return s.result;
}
