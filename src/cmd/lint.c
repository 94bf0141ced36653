/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint.c - pinfold lint: all that is wrong with profiles, and what they risk. */
#include "plan/lint.h"

#include <stdlib.h>
#include <string.h>

#include "act/filter.h"
#include "act/probe.h"
#include "act/probe_paths.h"
#include "act/probe_watch.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/flags.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/problem.h"
#include "plan/request.h"

enum { EXIT_NEGATIVE = 1 };

/* What a run would refuse besides: libseccomp may not take a rule. */
static int check_filter(struct arena *arena, const struct plan *plan, struct err *err)
{
	struct filter filter;

	return act_compile_filter(arena, &plan->filter, &filter, err);
}

/* A profile under way. */
struct check {
	struct arena *arena;
	const char *name;
	struct host host;
	struct request request;
	struct probe_watch watch;
	struct err err;
};

static int read_profile(void *arg)
{
	struct check *check = arg;
	const struct profile_loader loader = act_watched_loader(&check->watch);

	act_probe_user_dirs(check->arena, &check->host, &check->watch);
	return profile_load(&check->request, check->name, &loader, &check->err);
}

/* What lint warns of, if it is there. */
static int look_around(void *arg)
{
	struct check *check = arg;
	const char **paths;
	size_t count;

	lint_wanted_paths(&check->host, check->arena, &paths, &count);
	act_probe_more(check->arena, &check->host, paths, count, &check->watch);
	return 0;
}

static void check_profile(struct arena *arena, const struct host *caller, const char *name,
			  struct problems *problems)
{
	struct check *check = arena_alloc(arena, sizeof(*check));

	/* "lint x.ini" means the file: no profile has such a name. */
	if (strchr(name, '/') == NULL && str_ends(name, ".ini"))
		name = arena_printf(arena, "./%s", name);
	*check = (struct check){.arena = arena, .name = name, .host = *caller};
	request_init(&check->request, arena, &check->host);
	check->request.problems = problems;
	if (act_probe_profile_watched(&check->watch, name, read_profile, check, &check->err) < 0 ||
	    act_probe_request(arena, &check->request, &check->host, &check->err) < 0 ||
	    act_probe_watched(&check->watch, look_around, check, &check->err) < 0) {
		(void)err_origin(&check->err, name);
		(void)!problems_take(problems, &check->err);
		return;
	}
	lint_request(&check->request, &check->host, problems);
	lint_build(&check->request, &check->host, check_filter, problems);
}

static int show_json(struct arena *arena, const struct problems *problems)
{
	CLEANUP_FREE char *text = NULL;
	struct json *root, *array;
	struct err err;

	if (json_open(&err) < 0)
		return report_error(&err);
	root = json_new_object();
	json_put_string(root, "schema", "pinfold.lint/1");
	array = json_put_array(root, "problems");
	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];
		struct json *object = json_put_object(array, NULL);

		json_put_string(object, "severity", problem->is_warning ? "warning" : "error");
		json_put_string(object, "id", problem->err.id);
		json_put_string(object, "file", str_harmless(arena, problem->err.origin));
		json_put_int(object, "line", problem->err.line);
		json_put_int(object, "column", problem->err.column);
		json_put_string(object, "message", str_harmless(arena, problem->err.msg));
		json_put_string(object, "hint", str_harmless(arena, problem->err.hint));
	}
	json_put_bool(root, "more", problems->has_more);
	json_put_int(root, "errors", (int64_t)problems->errors);
	json_put_int(root, "warnings", (int64_t)(problems->count - problems->errors));
	text = json_text(root);
	json_done(root);
	return report_text(arena_printf(arena, "%s\n", text));
}

int cmd_lint(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct problems problems = {.arena = arena};
	bool wants_help = false, wants_json = false, is_strict = false;
	const struct flag flags[] = {{"json", &wants_json, NULL},
				     {"strict", &is_strict, NULL},
				     {"help", &wants_help, NULL},
				     {NULL, NULL, NULL}};
	struct host host;
	char **names;
	struct err err;
	int code;

	if (flags_read(args->argc, args->argv, flags, &names, &err) < 0)
		return report_error(&err);
	if (wants_help)
		return help_command("lint");
	if (names[0] == NULL) {
		err_set(&err, ERR_USAGE, "usage.no-profile", 0, "there is no profile to look at");
		err_hint(&err, "name it: pinfold lint FILE, or pinfold lint default");
		return report_error(&err);
	}
	if (act_probe(arena, &host, &err) < 0)
		return report_error(&err);
	for (; *names != NULL; names++)
		check_profile(arena, &host, *names, &problems);
	problems_sort(&problems);
	code = wants_json ? show_json(arena, &problems) : report_text(problems_text(arena, &problems));
	if (code != 0)
		return code;
	return problems.errors > 0 || (is_strict && problems.count > 0) ? EXIT_NEGATIVE : 0;
}
