/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trace.c - which system calls were denied. */
#include "run/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/filter.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "plan/syscall.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/seccomp.h"

/* ------------------------------------------------------------ the program's side */

/* The sibling: waits for the number of the descriptor, sends that, and is gone. */
static _Noreturn void send_listener(int number_fd, int wire_fd)
{
	struct wire wire = {.type = WIRE_LISTENER};
	int listener = -1;

	if (sys_read(number_fd, &listener, sizeof(listener)) == (int)sizeof(listener) && listener >= 0)
		(void)wire_send_fd(wire_fd, &wire, listener);
	sys_exit(0);
}

/* Behind a sibling that waits at the pipe. */
static int load_and_tell(const struct filter *filter, int pipe_fd, struct err *err)
{
	const int listener = sys_load_filter_listening(filter->code, filter->count);
	/* From here on only what no policy may refuse: write, execve, exit_group. */
	const int r = sys_write(pipe_fd, &listener, sizeof(listener));

	if (listener == -EBUSY) {
		err_set(err, ERR_HOST, "host.listener", EBUSY,
			"somebody is asked about denied system calls already");
		return err_hint(err, "an outer sandbox traces them, and the kernel has one tracer only: "
				     "leave it to that one");
	}
	if (listener < 0) {
		err_set(err, ERR_HOST, "host.seccomp", -listener, "cannot load the system call filter");
		return err_hint(
			err,
			"the kernel needs CONFIG_SECCOMP_FILTER, and no outer filter may refuse seccomp(2)");
	}
	if (r == (int)sizeof(listener))
		return 0;
	sys_close(listener);
	return err_set(err, ERR_SYSTEM, "system.pipe", r < 0 ? -r : EIO,
		       "cannot hand over the filter's descriptor");
}

int trace_load_filter(const struct filter *filter, int wire_fd, struct err *err)
{
	int fds[2];
	int r = sys_pipe(fds);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pipe", -r, "cannot make a pipe");
	r = sys_fork_with_files();
	if (r == 0)
		send_listener(fds[0], wire_fd);
	if (r < 0)
		err_set(err, ERR_SYSTEM, "system.fork", -r,
			"cannot start what sends the filter's descriptor");
	else if (load_and_tell(filter, fds[1], err) == 0)
		return 0; /* the sibling may not have read yet: the pipe goes with the exec */
	sys_close(fds[0]);
	sys_close(fds[1]);
	return -1;
}

/* ------------------------------------------------------------ the supervisor's side */

void trace_open(struct trace *trace, struct arena *arena, const struct plan_filter *filter)
{
	*trace = (struct trace){.filter = filter, .listener_fd = -1};
	if (filter->is_traced || filter->is_permissive)
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
static int decide(const struct plan_filter *filter, int row, int rule)
{
	uint32_t action =
		row < 0 ? filter->policy.missing_action : filter_action(&filter->policy, (size_t)row);

	if (action == SECCOMP_RET_ALLOW) {
		/* Asked because of its arguments: of the profile's, or of those that are always refused. */
		action = rule >= 0 ? filter->policy.refused_action : (SECCOMP_RET_ERRNO | EPERM);
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

	/* -ENOENT: it was interrupted. -EINTR and the like: it asks again. */
	if (r < 0)
		return;
	denial.number = notice.number;
	denial.pid = notice.pid;
	memcpy(denial.args, notice.args, sizeof(denial.args));
	denial.row = filter_row(&syscall_table, notice.arch, notice.number, notice.args[0]);
	denial.rule = find_rule(trace->filter, denial.row, notice.args);
	denial.errnum = decide(trace->filter, denial.row, denial.rule);
	read_name(trace->listener_fd, &notice, denial.name);
	note(trace, &denial);
	(void)sys_answer_call(trace->listener_fd, notice.id, denial.errnum);
}

/* ------------------------------------------------------------ the report */

static const char *find_deny(const struct plan_filter *filter, struct arena *arena, const char *call)
{
	for (size_t i = 0; i < filter->word_count; i++) {
		const struct plan_filter_word *word = &filter->words[i];
		const struct syscall_group *group = syscall_find_group(&syscall_table, word->text);

		if (!word->is_allow &&
		    (str_eq(word->text, call) ||
		     (group != NULL &&
		      syscall_set_has(&group->members, (size_t)syscall_find(&syscall_table, call)))))
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
	const char *deny;

	if (call == NULL)
		return "nothing allows a call that pinfold does not know";
	if (denial->rule >= 0)
		return arena_printf(arena, "deny = %s refuses it (%s)", filter->rules[denial->rule].text,
				    origin_text(arena, filter->rules[denial->rule].origin));
	deny = find_deny(filter, arena, call);
	if (deny != NULL)
		return deny;
	for (size_t i = 0; i < ARRAY_SIZE(nested); i++) {
		if (filter->nested == NESTED_NONE && str_eq(nested[i], call))
			return "nested = browser, in [namespaces], would allow it";
	}
	if (syscall_set_has(&filter->policy.allowed, (size_t)denial->row))
		return "nothing allows it with these arguments";
	return arena_printf(arena, "allow = %s, in [seccomp], would allow it", call);
}

const char *trace_text(const struct trace *trace, struct arena *arena)
{
	const char *text = "";

	if (trace->items != NULL && !trace->has_come)
		return "  they are not known: the filter's descriptor did not come\n";
	if (trace->count == 0)
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
