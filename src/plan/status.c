/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status.c - what a run says of itself to programs: --status as JSON, --meta as lines. */
#include "plan/status.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"

static const char *const phases[PHASE_COUNT] = {
	[PHASE_CREATED] = "created", [PHASE_EXECUTING] = "executing", [PHASE_ENDED] = "ended"};

/* The limit that each word stands for is a key of [limits]. */
static const struct {
	const char *word;
	const char *limit;
} whys[WHY_COUNT] = {
	[WHY_EXITED] = {"exited", NULL},
	[WHY_SIGNAL] = {"signal", NULL},
	[WHY_WALL] = {"wall", "wall-time"},
	[WHY_CPU] = {"cpu", "cpu-time"},
	[WHY_MEMORY] = {"memory", "memory"},
	[WHY_PIDS] = {"pids", NULL},
	[WHY_FILE_SIZE] = {"file-size", "file-size"},
	[WHY_SUPERVISOR] = {"supervisor", NULL},
	[WHY_FAILED] = {"failed", NULL},
};

static void put_text(struct arena *arena, struct json *parent, const char *key, const char *text)
{
	json_put_string(parent, key, text != NULL ? str_show(arena, text) : NULL);
}

/* Counters of the kernel's are far from the end of what JSON's readers take for whole numbers. */
static void put_count(struct json *parent, const char *key, uint64_t value)
{
	json_put_int(parent, key, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

static void put_pid(struct json *parent, const char *key, pid_t pid)
{
	if (pid > 0)
		json_put_int(parent, key, pid);
}

static void put_pids(struct json *root, const struct status *status)
{
	struct json *pids = json_put_object(root, "pids");
	struct json *namespaces;

	put_pid(pids, "supervisor", status->supervisor);
	put_pid(pids, "init", status->init);
	put_pid(pids, "program", status->program);
	if (status->namespace_count == 0)
		return;
	namespaces = json_put_object(root, "namespaces");
	for (size_t i = 0; i < status->namespace_count; i++)
		put_count(namespaces, status->namespaces[i].kind, status->namespaces[i].inode);
}

static void put_usage(struct json *root, const struct status_usage *usage)
{
	put_count(root, "wall_ns", usage->wall_ns);
	put_count(root, "cpu_ns", usage->cpu_ns);
	put_count(root, "user_ns", usage->user_ns);
	put_count(root, "system_ns", usage->system_ns);
	put_count(root, "peak_memory", usage->peak_memory > 0 ? usage->peak_memory : usage->max_rss);
	json_put_string(root, "peak_memory_source", usage->peak_memory > 0 ? "cgroup" : "maxrss");
	if (usage->has_cgroup) {
		json_put_bool(root, "oom_killed", usage->is_oom);
		if (usage->peak_pids > 0)
			put_count(root, "peak_pids", usage->peak_pids);
	}
	put_count(root, "switches_voluntary", usage->switches_voluntary);
	put_count(root, "switches_forced", usage->switches_forced);
}

static void put_reason(struct arena *arena, struct json *root, const struct err *err)
{
	struct json *reason = json_put_object(root, "reason");

	json_put_string(reason, "id", err->id);
	put_text(arena, reason, "message", err->msg);
	if (err->hint[0] != '\0')
		put_text(arena, reason, "hint", err->hint);
	if (err->origin[0] != '\0')
		put_text(arena, reason, "origin", err_where(arena, err));
	if (err->step[0] != '\0')
		json_put_string(reason, "step", err->step);
}

static void put_denials(struct arena *arena, struct json *root, const struct status *status)
{
	struct json *array;

	if (status->has_lost_denials) {
		json_put_string(root, "denied", NULL);
		return;
	}
	array = json_put_array(root, "denied");
	for (size_t i = 0; i < status->denial_count; i++) {
		const struct status_denial *denial = &status->denials[i];
		struct json *object = json_put_object(array, NULL);

		json_put_string(object, "call", denial->call);
		json_put_int(object, "number", denial->number);
		json_put_string(object, "answer", denial->answer);
		put_text(arena, object, "process", denial->process);
		put_count(object, "count", denial->count);
	}
}

static void put_end(struct arena *arena, struct json *root, const struct status *status)
{
	struct json *limits;

	json_put_string(root, "why", whys[status->why].word);
	if (status->exit_code >= 0)
		json_put_int(root, "exit_code", status->exit_code);
	if (status->signal > 0)
		json_put_int(root, "signal", status->signal);
	if (status->reason != NULL)
		put_reason(arena, root, status->reason);
	limits = json_put_array(root, "limits_hit");
	if (whys[status->why].limit != NULL)
		json_put_string(limits, NULL, whys[status->why].limit);
	/* Also where it did not end for it. */
	if (status->has_run && status->usage.has_hit_pids)
		json_put_string(limits, NULL, "pids");
	if (status->lost_count > 0)
		limits = json_put_array(root, "limits_not_held");
	for (size_t i = 0; i < status->lost_count; i++)
		json_put_string(limits, NULL, status->lost[i].key);
	if (status->has_run)
		put_usage(root, &status->usage);
	if (status->has_denials)
		put_denials(arena, root, status);
}

int status_json(struct arena *arena, const struct status *status, bool is_line, const char **ret_text,
		struct err *err)
{
	struct json *root = json_new_object();
	char *text;

	json_put_string(root, "schema", "pinfold.status/1");
	json_put_string(root, "phase", phases[status->phase]);
	put_text(arena, root, "profile", status->profile);
	if (status->name != NULL)
		put_text(arena, root, "name", status->name);
	put_pids(root, status);
	if (status->phase == PHASE_ENDED)
		put_end(arena, root, status);
	text = is_line ? json_line(root) : json_text(root);
	json_done(root);
	if (text == NULL)
		return err_set(err, ERR_BUG, "bug.json", 0, "the status cannot be written as JSON");
	*ret_text = arena_printf(arena, "%s\n", text);
	free(text);
	return 0;
}

static const char *seconds(struct arena *arena, uint64_t ns)
{
	const uint64_t ms = ns / 1000000;

	return arena_printf(arena, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

/* Of a program that ended by itself; because: a limit, in words for people, or "". */
static const char *meta_end(struct arena *arena, const struct status *status, const char *because)
{
	if (status->signal > 0)
		return arena_printf(arena, "status:SG\nmessage:Caught fatal signal %d%s\n", status->signal,
				    because);
	if (status->exit_code == 0)
		return "";
	return arena_printf(arena, "status:RE\nmessage:Exited with error status %d%s\n", status->exit_code,
			    because);
}

/* The two letters, and the words for people. */
static const char *meta_verdict(struct arena *arena, const struct status *status)
{
	const char *said = status->reason != NULL ? str_show(arena, status->reason->msg) : "";

	switch (status->why) {
	case WHY_EXITED:
	case WHY_SIGNAL:
		return meta_end(arena, status, "");
	case WHY_FILE_SIZE:
		return meta_end(arena, status, " (file size limit exceeded)");
	case WHY_MEMORY:
		return meta_end(arena, status, " (memory limit exceeded)");
	case WHY_PIDS:
		return meta_end(arena, status, " (process limit exceeded)");
	case WHY_WALL:
		return "killed:1\nstatus:TO\nmessage:Time limit exceeded (wall clock)\n";
	case WHY_CPU:
		return "killed:1\nstatus:TO\nmessage:Time limit exceeded\n";
	case WHY_SUPERVISOR:
		return arena_printf(arena, "killed:1\nstatus:XX\nmessage:%s\n",
				    said[0] != '\0' ? said : "the sandbox was killed");
	case WHY_FAILED:
	case WHY_COUNT:
		break;
	}
	return arena_printf(arena, "status:XX\nmessage:%s\n", said);
}

const char *status_meta(struct arena *arena, const struct status *status)
{
	const struct status_usage *usage = &status->usage;
	const bool is_own = status->why == WHY_EXITED || status->why == WHY_SIGNAL ||
			    status->why == WHY_FILE_SIZE || status->why == WHY_MEMORY ||
			    status->why == WHY_PIDS;
	const char *text = "";

	if (status->has_run)
		text = arena_printf(arena,
				    "time:%s\ntime-wall:%s\nmax-rss:%" PRIu64 "\ncsw-voluntary:%" PRIu64
				    "\ncsw-forced:%" PRIu64 "\n",
				    seconds(arena, usage->cpu_ns), seconds(arena, usage->wall_ns),
				    usage->max_rss / 1024, usage->switches_voluntary, usage->switches_forced);
	if (status->has_run && usage->peak_memory > 0)
		text = arena_printf(arena, "%scg-mem:%" PRIu64 "\n", text, usage->peak_memory / 1024);
	if (status->has_run && usage->is_oom)
		text = arena_printf(arena, "%scg-oom-killed:1\n", text);
	if (is_own && status->exit_code >= 0)
		text = arena_printf(arena, "%sexitcode:%d\n", text, status->exit_code);
	if (is_own && status->signal > 0)
		text = arena_printf(arena, "%sexitsig:%d\n", text, status->signal);
	return arena_printf(arena, "%s%s", text, meta_verdict(arena, status));
}
