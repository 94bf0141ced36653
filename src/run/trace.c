/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trace.c - which system calls were denied. */
#include "run/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/filter.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "plan/status.h"
#include "plan/syscall.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/seccomp.h"

/* ------------------------------------------------------------ the program's side */

/* What the program's process and its sibling share. */
struct hand_over {
	int number_fds[2]; /* a pipe for the number of the descriptor */
	int gate_fd;	   /* which the program passes when the sibling has done its work, see sys_gate */
	int wire_fd;
};

/*
 * The sibling: waits for the number of the descriptor, sends that, opens the gate, and is gone. Behind the
 * gate the program runs, and could stop or kill it: by then it has nothing left that anybody waits for, least
 * of all the report pipe, whose end tells init of the exec.
 */
static _Noreturn void send_listener(const struct hand_over *over)
{
	struct wire wire = {.type = WIRE_LISTENER};
	uint64_t gate;
	int listener = -1;

	if (sys_read(over->number_fds[0], &listener, sizeof(listener)) == (int)sizeof(listener) &&
	    listener >= 0)
		(void)wire_send_fd(over->wire_fd, &wire, listener);
	/* A table of its own, with the gate alone. */
	if (sys_unshare(CLONE_FILES) == 0) {
		if (over->gate_fd > 0)
			(void)sys_close_range(0, (unsigned int)over->gate_fd - 1);
		(void)sys_close_range((unsigned int)over->gate_fd + 1, ~0U);
	}
	(void)sys_read(over->gate_fd, &gate, sizeof(gate));
	sys_exit(0);
}

/* Beside a sibling that waits at the pipe. */
static int load_and_tell(const struct filter *filter, const struct hand_over *over, struct err *err)
{
	const uint64_t one = 1;
	const int listener = sys_load_filter_listening(filter->code, filter->count);
	/* From here on only what no policy may refuse: write, execve, exit_group. */
	int r = sys_write(over->number_fds[1], &listener, sizeof(listener));

	if (listener == -EBUSY) {
		err_set(err, ERR_HOST, "host.listener", EBUSY,
			"somebody is asked about denied system calls already");
		return err_hint(err,
				"an outer sandbox traces them, and the kernel has one tracer only: leave "
				"it to that one");
	}
	if (listener < 0)
		return act_explain_load(-listener, err);
	if (r >= 0)
		r = sys_write(over->gate_fd, &one, sizeof(one));
	if (r >= 0)
		return 0;
	sys_close(listener);
	return err_set(err, ERR_SYSTEM, "system.pipe", -r, "cannot hand over the filter's descriptor");
}

int trace_load_filter(const struct filter *filter, int wire_fd, struct err *err)
{
	struct hand_over over = {.wire_fd = wire_fd, .gate_fd = sys_gate()};
	int r = over.gate_fd < 0 ? over.gate_fd : sys_pipe(over.number_fds);

	if (r < 0) {
		fd_close_ptr(&over.gate_fd);
		return err_set(err, ERR_SYSTEM, "system.pipe", -r, "cannot make a pipe");
	}
	r = sys_fork_with_files();
	if (r == 0)
		send_listener(&over);
	if (r < 0)
		err_set(err, ERR_SYSTEM, "system.fork", -r,
			"cannot start what sends the filter's descriptor");
	else
		r = load_and_tell(filter, &over, err);
	/* Behind the filter closing may be denied too; the exec does it. */
	if (r >= 0)
		return 0;
	sys_close(over.number_fds[0]);
	sys_close(over.number_fds[1]);
	sys_close(over.gate_fd);
	return -1;
}

/* ------------------------------------------------------------ the supervisor's side */

void trace_open(struct trace *trace, struct arena *arena, const struct plan_filter *filter)
{
	*trace = (struct trace){.filter = filter, .listener_fd = -1};
	if (filter->asks)
		trace->items = arena_alloc(arena, MAX_DENIALS * sizeof(trace->items[0]));
}

void trace_listen(struct trace *trace, int listener)
{
	trace->listener_fd = listener;
	trace->has_come = true;
}

void trace_close(struct trace *trace)
{
	fd_close_ptr(&trace->listener_fd);
}

/* The profile's own rule that the arguments match, or -1. */
static int find_rule(const struct plan_filter *filter, int row, const uint64_t args[6])
{
	for (size_t i = 0; i < filter->rule_count && row >= 0; i++) {
		const struct syscall_match *match = filter->rules[i].match;

		if (str_eq(match->name, syscall_table.rows[row].name) && filter_matches(match, args))
			return (int)i;
	}
	return -1;
}

/* What the filter would have answered: an errno, 0 for "go ahead, and tell". */
static int decide(const struct plan_filter *filter, const struct denial *denial, bool is_behind)
{
	const struct call_policy *policy = &filter->policy;
	uint32_t action =
		denial->row < 0 ? policy->missing_action : filter_action(policy, (size_t)denial->row);

	if (action == SECCOMP_RET_ALLOW) {
		/* Asked because of its arguments: of the profile's rules, or of those that are always
		 * refused. */
		const bool is_ruled = denial->rule >= 0 ||
				      (is_behind && syscall_set_has(&policy->looked_at, (size_t)denial->row));

		action = is_ruled ? policy->refused_action : (SECCOMP_RET_ERRNO | EPERM);
	}
	if (action == SECCOMP_RET_USER_NOTIF)
		return 0;
	return (int)(action & SECCOMP_RET_DATA);
}

static void read_name(int listener, const struct call_notice *notice, char name[16])
{
	char path[32];
	int fd, r;

	(void)snprintf(name, 16, "?");
	(void)snprintf(path, sizeof(path), "/proc/%d/comm", notice->pid);
	fd = sys_open(AT_FDCWD, path, O_RDONLY, 0);
	if (fd < 0)
		return;
	r = sys_read(fd, name, 15);
	sys_close(fd);
	/* It ended, and somebody else has its number by now. */
	if (r <= 0 || sys_is_call_waiting(listener, notice->id) < 0)
		r = snprintf(name, 16, "?");
	name[r] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

static void note(struct trace *trace, const struct denial *denial)
{
	for (size_t i = 0; i < trace->count; i++) {
		struct denial *item = &trace->items[i];

		if (item->row == denial->row && item->number == denial->number &&
		    item->rule == denial->rule && str_eq(item->name, denial->name)) {
			item->count++;
			return;
		}
	}
	if (trace->count == MAX_DENIALS)
		trace->lost++;
	else
		trace->items[trace->count++] = *denial;
}

void trace_answer(struct trace *trace)
{
	struct call_notice notice;
	struct denial denial = {.count = 1};
	int r = sys_next_call(trace->listener_fd, &notice);
	bool is_behind;

	/* -ENOENT: it was interrupted. -EINTR and the like: it asks again. */
	if (r < 0)
		return;
	denial.number = notice.number;
	denial.pid = notice.pid;
	memcpy(denial.args, notice.args, sizeof(denial.args));
	denial.row = filter_row(&syscall_table, notice.arch, notice.number, notice.args[0]);
	/* Behind socketcall and ipc the arguments are in memory. */
	is_behind = denial.row != filter_number_row(&syscall_table, notice.arch, notice.number);
	denial.rule = is_behind ? -1 : find_rule(trace->filter, denial.row, notice.args);
	denial.errnum = decide(trace->filter, &denial, is_behind);
	read_name(trace->listener_fd, &notice, denial.name);
	note(trace, &denial);
	(void)sys_answer_call(trace->listener_fd, notice.id, denial.errnum);
}

/* ------------------------------------------------------------ the report */

static const char *find_deny(const struct plan_filter *filter, struct arena *arena, int row)
{
	for (size_t i = 0; i < filter->word_count; i++) {
		const struct plan_filter_word *word = &filter->words[i];
		struct syscall_set set = {0};

		/* Rules of arguments have been looked for. */
		if (word->is_allow || strchr(word->text, '(') != NULL)
			continue;
		plan_filter_put(&set, word->text);
		if (syscall_set_has(&set, (size_t)row))
			return arena_printf(arena, "deny = %s refuses it (%s)", word->text,
					    origin_text(arena, word->origin));
	}
	return NULL;
}

/* What would let it through. */
static const char *advise(const struct plan_filter *filter, struct arena *arena, const struct denial *denial)
{
	static const char *const nested[] = {"clone", "clone3", "unshare"};
	const char *call = denial->row >= 0 ? syscall_table.rows[denial->row].name : NULL;
	const bool is_allowed = call != NULL && syscall_set_has(&filter->policy.allowed, (size_t)denial->row);
	const char *deny;

	if (call == NULL)
		return "nothing allows a call that pinfold does not know";
	if (denial->rule >= 0)
		return arena_printf(arena, "deny = %s refuses it (%s)", filter->rules[denial->rule].text,
				    origin_text(arena, filter->rules[denial->rule].origin));
	deny = find_deny(filter, arena, denial->row);
	if (deny != NULL)
		return deny;
	/* clone and unshare are refused for what they ask for, or because nobody allows them; clone3 in any
	 * case. */
	for (size_t i = 0; i < ARRAY_SIZE(nested); i++) {
		if (filter->nested == NESTED_NONE && str_eq(nested[i], call) &&
		    (is_allowed || str_eq(call, "clone3")))
			return "nested = browser, in [namespaces], would allow it";
	}
	if (is_allowed)
		return "nothing allows it with these arguments";
	return arena_printf(arena, "allow = %s, in [seccomp], would allow it", call);
}

const char *trace_text(const struct trace *trace, struct arena *arena)
{
	const char *text = "";

	if (trace->items != NULL && !trace->has_come)
		return "  they are not known: the filter's descriptor did not come\n";
	if (trace->items == NULL || trace->count == 0)
		return NULL;
	for (size_t i = 0; i < trace->count; i++) {
		const struct denial *denial = &trace->items[i];
		const char *call = denial->row >= 0 ? syscall_table.rows[denial->row].name
						    : arena_printf(arena, "call %" PRIu32, denial->number);
		const char *answer = denial->errnum == 0 ? "let through" : strerrorname_np(denial->errnum);

		text = arena_printf(arena,
				    "%s  %s(%#" PRIx64 ", %#" PRIx64 ", %#" PRIx64 ", %#" PRIx64
				    "): %s, by %s (%d)",
				    text, call, denial->args[0], denial->args[1], denial->args[2],
				    denial->args[3], answer, str_show(arena, denial->name), denial->pid);
		if (denial->count > 1)
			text = arena_printf(arena, "%s and %" PRIu64 " more", text, denial->count - 1);
		text = arena_printf(arena, "%s\n    %s\n", text, advise(trace->filter, arena, denial));
	}
	if (trace->lost > 0)
		text = arena_printf(arena, "%s  and %" PRIu64 " calls of further kinds\n", text, trace->lost);
	return text;
}

void trace_list(const struct trace *trace, struct arena *arena, struct status *status)
{
	struct status_denial *list = arena_alloc(arena, (trace->count + 1) * sizeof(list[0]));

	status->has_denials = trace->items != NULL;
	status->has_lost_denials = trace->items != NULL && !trace->has_come;
	status->denials = list;
	status->denial_count = trace->items != NULL ? trace->count : 0;
	for (size_t i = 0; i < status->denial_count; i++) {
		const struct denial *denial = &trace->items[i];

		list[i] = (struct status_denial){
			.call = denial->row >= 0 ? syscall_table.rows[denial->row].name : NULL,
			.number = denial->number,
			.answer = denial->errnum != 0 ? strerrorname_np(denial->errnum) : NULL,
			.process = denial->name,
			.count = denial->count};
	}
}
