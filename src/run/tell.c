/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tell.c - a run tells its caller what happens: --status and --meta. */
#include "run/tell.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "act/spaces.h"
#include "base/json.h"
#include "base/mem.h"
#include "plan/entry.h"
#include "plan/plan.h"
#include "run/signals.h"
#include "run/supervisor.h"
#include "run/trace.h"
#include "sys/file.h"
#include "sys/process.h"

int tell_open(struct tell *tell, struct arena *arena, const struct plan *plan, struct err *err)
{
	const struct plan_caller *caller = &plan->caller;
	int r = 0;

	*tell = (struct tell){
		.arena = arena, .signal_fd = -1, .json = {.dir_fd = -1}, .meta = {.dir_fd = -1}};
	if (!caller->wants_usage)
		return 0;
	tell->status = (struct status){
		.profile = plan->profile, .name = plan->entry.name, .supervisor = getpid(), .exit_code = -1};
	/* Each by itself: where one cannot be told that it failed, the other can. */
	if (caller->has_meta) {
		r = act_open_document(&caller->meta, &tell->meta, err);
		tell->has_meta = r == 0;
	}
	if (caller->has_status &&
	    (json_open(err) < 0 || act_open_document(&caller->status, &tell->json, err) < 0))
		return -1;
	tell->has_json = caller->has_status;
	return r;
}

void tell_close(struct tell *tell)
{
	if (tell->has_json)
		act_close_document(&tell->json);
	if (tell->has_meta)
		act_close_document(&tell->meta);
	tell->has_json = tell->has_meta = false;
}

/* The first failure is the one that is told. */
static void keep(struct tell *tell, const struct err *err)
{
	if (tell->failure.kind == ERR_NONE)
		tell->failure = *err;
}

/* Until there is room, or somebody asks us to end, who waited long enough. */
static bool await_room(const struct tell *tell, int fd)
{
	struct pollfd fds[] = {{.fd = fd, .events = POLLOUT}, {.fd = tell->signal_fd, .events = POLLIN}};

	while (sys_poll(fds, ARRAY_SIZE(fds), -1) > 0) {
		if (fds[0].revents != 0)
			return true;
		if (signals_ask_to_end(tell->signal_fd))
			return false;
	}
	return true;
}

static void write_document(struct tell *tell, const struct document *document, const char *text)
{
	const bool is_end = tell->status.phase == PHASE_ENDED;
	size_t done = 0;
	struct err err;
	int r = act_write_document(document, text, &done, &err);

	/* Before the end there are limits to watch. */
	while (r > 0 && is_end && await_room(tell, document->target->fd))
		r = act_write_document(document, text, &done, &err);
	if (r > 0) {
		err_set(&err, ERR_SYSTEM, "system.status", 0, "nobody reads from descriptor %d",
			document->target->fd);
		(void)err_origin(&err, document->target->option);
	}
	if (r != 0)
		keep(tell, &err);
}

static void write_json(struct tell *tell)
{
	const char *text;
	struct err err;

	if (!tell->has_json)
		return;
	/* To a descriptor it is a line. */
	if (status_json(tell->arena, &tell->status, tell->json.target->path == NULL, &text, &err) < 0)
		keep(tell, &err);
	else
		write_document(tell, &tell->json, text);
}

static void write_end(struct tell *tell)
{
	tell->status.phase = PHASE_ENDED;
	write_json(tell);
	if (tell->has_meta)
		write_document(tell, &tell->meta, status_meta(tell->arena, &tell->status));
}

void tell_created(struct tell *tell, pid_t init, const struct spaces *spaces)
{
	struct status *status = &tell->status;

	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		if (spaces->inodes[i] != 0)
			status->namespaces[status->namespace_count++] =
				(struct status_namespace){space_table[i].name, spaces->inodes[i]};
	}
	tell->status.init = init;
	tell->status.phase = PHASE_CREATED;
	write_json(tell);
}

/* The program is the first child that process 1 ever had. 0 where /proc does not say it. */
static pid_t find_program(pid_t init)
{
	char path[64];
	char text[32];

	(void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", init, init);
	if (sys_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return 0;
	return (pid_t)strtol(text, NULL, 10);
}

void tell_executing(struct tell *tell)
{
	if (!tell->has_json)
		return;
	tell->status.program = find_program(tell->status.init);
	tell->status.phase = PHASE_EXECUTING;
	write_json(tell);
}

/* Does the plan limit it? Then a process that was ended by the signal was ended by the limit. */
static bool has_file_size(const struct plan_limits *limits)
{
	for (size_t i = 0; i < limits->rlimit_count; i++) {
		if (limits->rlimits[i].resource == RLIMIT_FSIZE && limits->rlimits[i].asked > 0)
			return true;
	}
	return false;
}

static enum status_why find_why(const struct plan *plan, const struct outcome *outcome, const struct err *err)
{
	static const enum status_why of_limits[] = {
		[LIMIT_WALL] = WHY_WALL, [LIMIT_CPU] = WHY_CPU, [LIMIT_MEMORY] = WHY_MEMORY};

	if (outcome->limit != LIMIT_NONE)
		return of_limits[outcome->limit];
	if (outcome->is_lost || err->kind != ERR_NONE)
		return WHY_SUPERVISOR;
	if (outcome->code == CLD_EXITED && outcome->status == 0)
		return WHY_EXITED;
	if (outcome->code != CLD_EXITED && outcome->status == SIGXFSZ && has_file_size(&plan->limits))
		return WHY_FILE_SIZE;
	/* The limit only makes a fork fail. Of a program that failed then too, nobody knows better why. */
	if (outcome->usage.has_hit_pids)
		return WHY_PIDS;
	return outcome->code == CLD_EXITED ? WHY_EXITED : WHY_SIGNAL;
}

void tell_ended(struct tell *tell, const struct plan *plan, const struct outcome *outcome,
		const struct trace *trace, const struct err *err)
{
	struct status *status = &tell->status;

	if (!tell->has_json && !tell->has_meta)
		return;
	status->why = find_why(plan, outcome, err);
	status->exit_code = outcome->code == CLD_EXITED ? outcome->status : -1;
	status->signal = outcome->code == CLD_EXITED ? 0 : outcome->status;
	status->reason = err->kind != ERR_NONE ? err : NULL;
	status->has_run = true;
	status->usage = outcome->usage;
	status->lost = plan->cgroup.lost;
	status->lost_count = plan->cgroup.lost_count;
	trace_list(trace, tell->arena, status);
	write_end(tell);
}

void tell_failed(struct tell *tell, const struct err *err)
{
	tell->status.why = WHY_FAILED;
	tell->status.reason = err;
	write_end(tell);
}
