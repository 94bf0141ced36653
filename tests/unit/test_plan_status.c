/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_status.c - what a run says of itself: the whole of the schema, and lines as isolate writes them.
 */
#include "plan/plan.h"
#include "plan/status.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"

static struct arena *arena;
static struct err reason;
static struct status status;

static void setup(void)
{
	arena = arena_new();
	reason = (struct err){0};
	status = (struct status){.profile = "default", .supervisor = 10, .exit_code = -1};
}

static void teardown(void)
{
	arena_free_ptr(&arena);
}

TestSuite(status, .init = setup, .fini = teardown);

static void ran(enum status_why why)
{
	status.phase = PHASE_ENDED;
	status.why = why;
	status.has_run = true;
	status.usage = (struct status_usage){.wall_ns = 12345678901,
					     .cpu_ns = 1500000000,
					     .user_ns = 1000000000,
					     .system_ns = 500000000,
					     .max_rss = 2048 * 1024,
					     .switches_voluntary = 3,
					     .switches_forced = 4};
}

static void assert_json(bool is_line, const char *want)
{
	const char *text;
	struct err err;

	if (json_open(&err) < 0)
		cr_skip("%s", err.msg);
	cr_assert_eq(status_json(arena, &status, is_line, &text, &err), 0);
	cr_assert_str_eq(text, want, "got:\n%s\nwant:\n%s", text, want);
}

static void assert_meta(const char *want)
{
	const char *text = status_meta(arena, &status);

	cr_assert_str_eq(text, want, "got:\n%s\nwant:\n%s", text, want);
}

Test(status, a_phase_is_a_line_with_what_is_known_by_then)
{
	assert_json(true,
		    "{\"schema\": \"pinfold.status/1\", \"phase\": \"created\", \"profile\": \"default\", "
		    "\"pids\": {\"supervisor\": 10}}\n");
	status.phase = PHASE_EXECUTING;
	status.init = 11;
	status.program = 12;
	status.namespaces[0] = (struct status_namespace){"user", 4026531837};
	status.namespaces[1] = (struct status_namespace){"net", 4026531840};
	status.namespace_count = 2;
	assert_json(true,
		    "{\"schema\": \"pinfold.status/1\", \"phase\": \"executing\", \"profile\": \"default\", "
		    "\"pids\": {\"supervisor\": 10, \"init\": 11, \"program\": 12}, "
		    "\"namespaces\": {\"user\": 4026531837, \"net\": 4026531840}}\n");
}

Test(status, the_end_has_all_of_it)
{
	static const struct status_denial denials[] = {
		{.call = "unshare", .number = 272, .answer = "EPERM", .process = "a\nb", .count = 2},
		{.number = 9999, .process = "sh", .count = 1}};

	ran(WHY_CPU);
	status.signal = 9;
	(void)err_set(&reason, ERR_LIMIT, "limit.cpu-time", 0, "ended by its limit: cpu-time = 1s");
	(void)err_at(&reason, "judge.ini", 7, 0);
	status.reason = &reason;
	status.has_denials = true;
	status.denials = denials;
	status.denial_count = ARRAY_SIZE(denials);
	assert_json(false, "{\n"
			   "  \"schema\": \"pinfold.status/1\",\n"
			   "  \"phase\": \"ended\",\n"
			   "  \"profile\": \"default\",\n"
			   "  \"pids\": {\n"
			   "    \"supervisor\": 10\n"
			   "  },\n"
			   "  \"why\": \"cpu\",\n"
			   "  \"signal\": 9,\n"
			   "  \"reason\": {\n"
			   "    \"id\": \"limit.cpu-time\",\n"
			   "    \"message\": \"ended by its limit: cpu-time = 1s\",\n"
			   "    \"origin\": \"judge.ini:7\"\n"
			   "  },\n"
			   "  \"limits_hit\": [\n"
			   "    \"cpu-time\"\n"
			   "  ],\n"
			   "  \"wall_ns\": 12345678901,\n"
			   "  \"cpu_ns\": 1500000000,\n"
			   "  \"user_ns\": 1000000000,\n"
			   "  \"system_ns\": 500000000,\n"
			   "  \"peak_memory\": 2097152,\n"
			   "  \"peak_memory_source\": \"maxrss\",\n"
			   "  \"switches_voluntary\": 3,\n"
			   "  \"switches_forced\": 4,\n"
			   "  \"denied\": [\n"
			   "    {\n"
			   "      \"call\": \"unshare\",\n"
			   "      \"number\": 272,\n"
			   "      \"answer\": \"EPERM\",\n"
			   "      \"process\": \"a\\\\nb\",\n"
			   "      \"count\": 2\n"
			   "    },\n"
			   "    {\n"
			   "      \"call\": null,\n"
			   "      \"number\": 9999,\n"
			   "      \"answer\": null,\n"
			   "      \"process\": \"sh\",\n"
			   "      \"count\": 1\n"
			   "    }\n"
			   "  ]\n"
			   "}\n");
}

Test(status, a_failed_start_has_used_nothing)
{
	status.phase = PHASE_ENDED;
	status.profile = NULL;
	status.why = WHY_FAILED;
	(void)err_set(&reason, ERR_HOST, "host.clone", 0, "no \x1b[2J here");
	(void)err_hint(&reason, "do it");
	(void)strcpy(reason.step, "maps");
	status.reason = &reason;
	assert_json(true, "{\"schema\": \"pinfold.status/1\", \"phase\": \"ended\", \"profile\": null, "
			  "\"pids\": {\"supervisor\": 10}, \"why\": \"failed\", "
			  "\"reason\": {\"id\": \"host.clone\", \"message\": \"no \\\\x1b[2J here\", "
			  "\"hint\": \"do it\", \"step\": \"maps\"}, \"limits_hit\": []}\n");
	assert_meta("status:XX\nmessage:no \\x1b[2J here\n");
}

Test(status, denials_that_nobody_knows_are_not_none)
{
	const char *text;
	struct err err;

	if (json_open(&err) < 0)
		cr_skip("%s", err.msg);
	ran(WHY_EXITED);
	status.exit_code = 0;
	cr_assert_eq(status_json(arena, &status, true, &text, &err), 0);
	cr_assert_null(strstr(text, "denied"));
	status.has_denials = true;
	cr_assert_eq(status_json(arena, &status, true, &text, &err), 0);
	cr_assert_not_null(strstr(text, "\"denied\": []"));
	status.has_lost_denials = true;
	cr_assert_eq(status_json(arena, &status, true, &text, &err), 0);
	cr_assert_not_null(strstr(text, "\"denied\": null"));
}

Test(status, numbers_that_json_cannot_say_are_as_large_as_it_can)
{
	const char *text;
	struct err err;

	if (json_open(&err) < 0)
		cr_skip("%s", err.msg);
	ran(WHY_EXITED);
	status.usage.cpu_ns = UINT64_MAX;
	cr_assert_eq(status_json(arena, &status, true, &text, &err), 0);
	cr_assert_not_null(strstr(text, "\"cpu_ns\": 9223372036854775807,"));
}

/* What is the same in each that ran. */
#define USED "time:1.500\ntime-wall:12.345\nmax-rss:2048\ncsw-voluntary:3\ncsw-forced:4\n"

Test(status, meta_is_as_isolate_writes_it)
{
	ran(WHY_EXITED);
	status.exit_code = 0;
	assert_meta(USED "exitcode:0\n");
	status.exit_code = 3;
	assert_meta(USED "exitcode:3\nstatus:RE\nmessage:Exited with error status 3\n");
	status.exit_code = -1;
	status.signal = 11;
	status.why = WHY_SIGNAL;
	assert_meta(USED "exitsig:11\nstatus:SG\nmessage:Caught fatal signal 11\n");
	status.signal = 25;
	status.why = WHY_FILE_SIZE;
	assert_meta(USED
		    "exitsig:25\nstatus:SG\nmessage:Caught fatal signal 25 (file size limit exceeded)\n");
	status.signal = 9;
	status.why = WHY_MEMORY;
	status.usage.peak_memory = 65536 * 1024;
	status.usage.is_oom = true;
	assert_meta(USED "cg-mem:65536\ncg-oom-killed:1\nexitsig:9\nstatus:SG\n"
			 "message:Caught fatal signal 9 (memory limit exceeded)\n");
	status.usage.peak_memory = 0;
	status.usage.is_oom = false;
	status.why = WHY_PIDS;
	assert_meta(USED "exitsig:9\nstatus:SG\nmessage:Caught fatal signal 9 (process limit exceeded)\n");
	status.signal = 0;
	status.exit_code = 2;
	assert_meta(USED
		    "exitcode:2\nstatus:RE\nmessage:Exited with error status 2 (process limit exceeded)\n");
	status.signal = 9;
	status.exit_code = -1;
	status.why = WHY_WALL;
	assert_meta(USED "killed:1\nstatus:TO\nmessage:Time limit exceeded (wall clock)\n");
	/* It ended itself when it was asked to. */
	status.signal = 0;
	status.exit_code = 0;
	assert_meta(USED "killed:1\nstatus:TO\nmessage:Time limit exceeded (wall clock)\n");
	status.why = WHY_CPU;
	assert_meta(USED "killed:1\nstatus:TO\nmessage:Time limit exceeded\n");
	status.why = WHY_SUPERVISOR;
	assert_meta(USED "killed:1\nstatus:XX\nmessage:the sandbox was killed\n");
	(void)err_set(&reason, ERR_SYSTEM, "system.cpu-time", 0, "cannot tell\nit");
	status.reason = &reason;
	assert_meta(USED "killed:1\nstatus:XX\nmessage:cannot tell\\nit\n");
}

Test(status, each_reason_has_its_word_and_its_limit)
{
	static const char *const words[WHY_COUNT] = {
		[WHY_EXITED] = "\"why\": \"exited\", \"limits_hit\": []",
		[WHY_SIGNAL] = "\"why\": \"signal\", \"limits_hit\": []",
		[WHY_WALL] = "\"why\": \"wall\", \"limits_hit\": [\"wall-time\"]",
		[WHY_CPU] = "\"why\": \"cpu\", \"limits_hit\": [\"cpu-time\"]",
		[WHY_MEMORY] = "\"why\": \"memory\", \"limits_hit\": [\"memory\"]",
		[WHY_PIDS] = "\"why\": \"pids\", \"limits_hit\": []",
		[WHY_FILE_SIZE] = "\"why\": \"file-size\", \"limits_hit\": [\"file-size\"]",
		[WHY_SUPERVISOR] = "\"why\": \"supervisor\", \"limits_hit\": []",
		[WHY_FAILED] = "\"why\": \"failed\", \"limits_hit\": []",
	};
	const char *text;
	struct err err;

	if (json_open(&err) < 0)
		cr_skip("%s", err.msg);
	status.phase = PHASE_ENDED;
	for (status.why = 0; status.why < WHY_COUNT; status.why++) {
		cr_assert_eq(status_json(arena, &status, true, &text, &err), 0);
		cr_assert_not_null(strstr(text, words[status.why]), "%s", text);
	}
}

Test(status, a_cgroup_says_more)
{
	const struct plan_lost_limit lost = {.key = "io-weight"};
	const char *text;
	struct err err;

	if (json_open(&err) < 0)
		cr_skip("%s", err.msg);
	ran(WHY_EXITED);
	status.usage.has_cgroup = true;
	status.usage.peak_memory = 4096;
	status.usage.peak_pids = 12;
	status.usage.has_hit_pids = true;
	status.lost = &lost;
	status.lost_count = 1;
	cr_assert_eq(status_json(arena, &status, true, &text, &err), 0);
	cr_assert_not_null(strstr(text, "\"limits_hit\": [\"pids\"], \"limits_not_held\": [\"io-weight\"]"),
			   "%s", text);
	cr_assert_not_null(strstr(text, "\"peak_memory\": 4096, \"peak_memory_source\": \"cgroup\", "
					"\"oom_killed\": false, \"peak_pids\": 12"),
			   "%s", text);
}
