/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint.c - what a profile may ask for, but should not without a thought. */
#include "plan/lint.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan.h"
#include "plan/plan_build.h"
#include "plan/problem.h"
#include "plan/request.h"

/* Values that all attempts to make a plan may look at: a second or two. */
enum { MAX_WORK = 500000 };

enum risk_base { BASE_HOME, BASE_RUNTIME, BASE_ROOT, BASE_VARIABLE };
enum risk_access { ACCESS_READ, ACCESS_WRITE };

static const struct risk_path {
	enum risk_base base;
	const char *path;
	enum risk_access access;
	const char *what;
} risk_paths[] = {
#define RISK_PATH(base, path, access, what) {BASE_##base, path, ACCESS_##access, what},
#include "plan/risks.def"
};

struct risk_pattern {
	const char *pattern, *what;
};

static const struct risk_pattern risk_devices[] = {
#define RISK_DEVICE(pattern, what) {pattern, what},
#include "plan/risks.def"
};

static const struct risk_pattern risk_variables[] = {
#define RISK_VARIABLE(pattern, what) {pattern, what},
#include "plan/risks.def"
};

static const struct risk_word {
	enum option_id id;
	const char *word; /* NULL: any */
	const char *what;
} risk_words[] = {
#define RISK_WORD(id, word, what) {OPT_##id, word, what},
#include "plan/risks.def"
};

/* A path of the table on this host. */
struct risk {
	const struct risk_path *row;
	const char *path; /* NULL: there is no such place here */
	const char *real;
	bool exists;
};

struct lint {
	struct arena *arena;
	const struct request *request;
	const struct host *host;
	struct problems *problems;
	struct risk risks[ARRAY_SIZE(risk_paths)];
};

/* What every warning is made of: where the value stands that it is of, and what is to be said. */
static void warn(struct lint *lint, const struct origin *origin, const char *id, const char *message,
		 const char *hint)
{
	struct err err;

	err_set(&err, ERR_CONFIG, id, 0, "%s", message);
	err_hint(&err, "%s", hint);
	(void)origin_blame(&err, origin);
	problems_warn(lint->problems, &err);
}

/* ------------------------------------------------------------ grants of paths */

/* A grant: a bind of the host, with the name that leads to it and the place it really is. */
struct grant {
	const struct option_row *row;
	const struct value *value;
	const char *real;
	bool is_writable;
};

/* The socket that a variable names: PATH, unix://PATH, or unix:path=PATH,guid=...; NULL when it names none.
 */
static const char *socket_of(const struct host *host, struct arena *arena, const char *variable)
{
	static const char *const prefixes[] = {"unix:path=", "unix://"};
	const char *value = host_getenv(host, variable);
	const char *path;

	if (value == NULL)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (str_starts(value, prefixes[i]))
			value += strlen(prefixes[i]);
	}
	if (path_normalize(arena, arena_strndup(arena, value, strcspn(value, ",;")), &path) != PATH_OK)
		return NULL;
	return path;
}

static const char *risk_full_path(const struct host *host, struct arena *arena, const struct risk_path *risk)
{
	const char *base = risk->base == BASE_HOME ? host->home : host->runtime;

	if (risk->base == BASE_ROOT)
		return risk->path;
	if (risk->base == BASE_VARIABLE)
		return socket_of(host, arena, risk->path);
	return base == NULL ? NULL : arena_printf(arena, "%s/%s", base, risk->path);
}

void lint_wanted_paths(const struct host *host, struct arena *arena, const char ***ret_paths,
		       size_t *ret_count)
{
	*ret_paths = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(risk_paths); i++) {
		const char *path = risk_full_path(host, arena, &risk_paths[i]);

		if (path != NULL)
			*ARENA_PUSH(arena, *ret_paths, *ret_count) = path;
	}
	if (host->home != NULL)
		*ARENA_PUSH(arena, *ret_paths, *ret_count) = host->home;
	if (host->runtime != NULL)
		*ARENA_PUSH(arena, *ret_paths, *ret_count) = host->runtime;
}

/* Where a path really is: the same as it is written, unless the host knows better. */
static const char *real_of(const struct host *host, const char *path)
{
	const struct path_fact *fact = host_find_path(host, path);

	return fact != NULL && fact->real != NULL ? fact->real : path;
}

static bool exists(const struct host *host, const char *path)
{
	const struct path_fact *fact = host_find_path(host, path);

	return fact != NULL && fact->kind != PATH_MISSING;
}

static void warn_grant(struct lint *lint, const struct grant *grant, const char *id, const char *shown,
		       const char *what)
{
	const char *text = str_show(lint->arena, grant->value->text);
	const char *message;

	if (shown == NULL || str_eq(shown, grant->value->a))
		message = arena_printf(lint->arena, "%s = %s: %s", grant->row->key, text, what);
	else
		message = arena_printf(lint->arena, "%s = %s shows %s: %s", grant->row->key, text,
				       str_show(lint->arena, shown), what);
	warn(lint, grant->value->origin, id, message,
	     str_eq(id, "lint.socket") ? "grant less: a socket can be used through a read-only grant too"
	     : grant->is_writable      ? "grant less, or with ro what need not be written"
				       : "grant the files in it that the program needs, one by one");
}

/* The whole of something: one warning, instead of one for each thing in it. */
static bool warn_whole(struct lint *lint, const struct grant *grant)
{
	static const char session[] =
		"your session's sockets: D-Bus, which starts programs outside the sandbox, agents, sound";
	static const char services[] = "the sockets of the host's services";
	static const char shared[] = "the sockets and files that your other programs have there";
	static const char processes[] = "the host's processes, and what can be read of their memory";
	static const char kernel[] = "the host's devices and the kernel's settings";
	const struct {
		const char *path, *id, *read, *write;
	} wholes[] = {
		{"/", "lint.whole", "all that you may read of the host can be read",
		 "all that you may change on the host can be changed"},
		{lint->host->home, "lint.home", "your whole home can be read: keys, mail, cookies",
		 "your whole home can be changed: what your shells and logins run, too"},
		{lint->host->runtime, "lint.socket", session, session},
		{"/run", "lint.socket", services, services},
		{"/tmp", "lint.socket", shared, shared},
		{"/proc", "lint.whole", processes, processes},
		{"/sys", "lint.whole", kernel, kernel},
	};

	for (size_t i = 0; i < ARRAY_SIZE(wholes); i++) {
		if (wholes[i].path == NULL ||
		    !path_is_within(real_of(lint->host, wholes[i].path), grant->real))
			continue;
		warn_grant(lint, grant, wholes[i].id, wholes[i].path,
			   grant->is_writable ? wholes[i].write : wholes[i].read);
		return true;
	}
	return false;
}

/* Hidden, and not by a hide that the grant lies below: that one it overrides. */
static bool is_hidden(const struct lint *lint, const char *real, const struct grant *grant)
{
	const struct value_list *list = &lint->request->values[OPT_HIDE];

	for (size_t i = 0; i < list->count; i++) {
		const char *hidden = real_of(lint->host, list->items[i].a);
		bool is_overridden = path_is_within(grant->real, hidden) && !str_eq(grant->real, hidden);

		if (path_is_within(real, hidden) && !is_overridden)
			return true;
	}
	return false;
}

static void find_risks(struct lint *lint)
{
	for (size_t i = 0; i < ARRAY_SIZE(risk_paths); i++) {
		const char *path = risk_full_path(lint->host, lint->arena, &risk_paths[i]);

		lint->risks[i] = (struct risk){.row = &risk_paths[i], .path = path};
		if (path == NULL)
			continue;
		lint->risks[i].real = real_of(lint->host, path);
		lint->risks[i].exists = exists(lint->host, path);
		/* A variable often names what stands in the table by its usual place. */
		for (size_t k = 0; k < i && risk_paths[i].base == BASE_VARIABLE; k++) {
			if (lint->risks[k].path != NULL && str_eq(lint->risks[k].real, lint->risks[i].real))
				lint->risks[i].path = NULL;
		}
	}
}

/* Outside of the home they are all sockets. */
static const char *risk_id(const struct risk_path *risk)
{
	if (risk->access == ACCESS_WRITE)
		return "lint.startup";
	return risk->base == BASE_HOME ? "lint.secret" : "lint.socket";
}

static void check_grant(struct lint *lint, const struct grant *grant)
{
	const struct host *host = lint->host;

	if (warn_whole(lint, grant))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(lint->risks); i++) {
		const struct risk *risk = &lint->risks[i];
		bool is_of_writing = risk->row->access == ACCESS_WRITE;

		if (risk->path == NULL || (is_of_writing && !grant->is_writable))
			continue;
		/*
		 * The grant itself and what is in it, or what is there and in the grant; and what is not
		 * there but runs when it is: the program can make it. Hides are looked through last: there
		 * may be many.
		 */
		if ((path_is_within(grant->real, risk->real) ||
		     (path_is_within(risk->real, grant->real) && (risk->exists || is_of_writing))) &&
		    !is_hidden(lint, risk->real, grant))
			warn_grant(lint, grant, risk_id(risk->row),
				   path_is_within(grant->real, risk->real) ? NULL : risk->path,
				   risk->row->what);
	}
	for (size_t i = 0; i < host->own_count; i++) {
		const struct own_path *own = &host->own[i];

		if (!own->is_kept && own->exists && path_is_within(own->path, grant->real))
			warn_grant(lint, grant, "lint.own", own->path,
				   "that is pinfold's own, and the program will find it empty");
	}
}

static void check_grants(struct lint *lint)
{
	static const enum option_id ids[] = {OPT_RO, OPT_RW, OPT_ROOT, OPT_OVERLAY, OPT_COPY};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		const struct value_list *list = &lint->request->values[ids[i]];

		for (size_t k = 0; k < list->count; k++) {
			const struct value *value = &list->items[k];
			const struct grant grant = {
				.row = &option_table[ids[i]],
				.value = value,
				.real = value->a != NULL ? real_of(lint->host, value->a) : NULL,
				.is_writable = ids[i] == OPT_RW ||
					       (ids[i] == OPT_ROOT && value->number == ROOT_WRITABLE)};

			if (grant.real != NULL)
				check_grant(lint, &grant);
		}
	}
}

/* ------------------------------------------------------------ devices, variables, words */

static void check_patterns(struct lint *lint, enum option_id id, const char *problem_id,
			   const struct risk_pattern *patterns, size_t count)
{
	const struct value_list *list = &lint->request->values[id];

	for (size_t k = 0; k < list->count; k++) {
		const struct value *value = &list->items[k];

		for (size_t i = 0; i < count; i++) {
			if (fnmatch(patterns[i].pattern, value->a, 0) != 0 &&
			    fnmatch(patterns[i].pattern, real_of(lint->host, value->a), 0) != 0)
				continue;
			warn(lint, value->origin, problem_id,
			     arena_printf(lint->arena, "%s = %s: %s", option_table[id].key,
					  str_show(lint->arena, value->text), patterns[i].what),
			     "take it away, unless the program cannot do without");
			break;
		}
	}
}

static void check_words(struct lint *lint)
{
	static const char *const ids[] = {[RISK_NONE] = "lint.privilege",      [RISK_READ] = "lint.home",
					  [RISK_WRITE] = "lint.home",	       [RISK_DEVICE] = "lint.device",
					  [RISK_PRIVILEGE] = "lint.privilege", [RISK_LEAK] = "lint.leak"};

	for (size_t i = 0; i < ARRAY_SIZE(risk_words); i++) {
		const struct risk_word *risk = &risk_words[i];
		const struct value_list *list = &lint->request->values[risk->id];

		for (size_t k = 0; k < list->count; k++) {
			const struct value *value = &list->items[k];

			if (risk->word != NULL && !str_eq(value->text, risk->word))
				continue;
			warn(lint, value->origin, ids[option_table[risk->id].risk],
			     arena_printf(lint->arena, "%s = %s: %s", option_table[risk->id].key, value->text,
					  risk->what),
			     "take it away, unless the program cannot do without");
		}
	}
}

/* ------------------------------------------------------------ values that change nothing */

static void warn_no_effect(struct lint *lint, const struct origin *origin, const char *message)
{
	warn(lint, origin, "lint.no-effect", message, "take it away");
}

struct sorted_value {
	const struct value *value;
};

static int compare_values(const void *a, const void *b)
{
	const struct value *one = ((const struct sorted_value *)a)->value;
	const struct value *two = ((const struct sorted_value *)b)->value;
	int r = strcmp(one->text, two->text);

	if (r != 0)
		return r;
	if (one->layer != two->layer)
		return one->layer < two->layer ? -1 : 1;
	if (one->origin->line != two->origin->line)
		return one->origin->line < two->origin->line ? -1 : 1;
	return one->origin->column < two->origin->column ? -1 : one->origin->column > two->origin->column;
}

/* The same value twice in one file. */
static void check_repeated(struct lint *lint, enum option_id id)
{
	const struct value_list *list = &lint->request->values[id];
	struct sorted_value *sorted = arena_alloc(lint->arena, (list->count + 1) * sizeof(sorted[0]));

	for (size_t i = 0; i < list->count; i++)
		sorted[i].value = &list->items[i];
	qsort(sorted, list->count, sizeof(sorted[0]), compare_values);
	for (size_t i = 1; i < list->count; i++) {
		const struct value *value = sorted[i].value;
		const struct value *first = sorted[i - 1].value;

		/* What a file includes is of one layer with what its own includes include; two includes of
		 * one file are of two. */
		if (!str_eq(value->text, first->text) || !str_eq(value->origin->name, first->origin->name) ||
		    (id == OPT_INCLUDE ? value->origin->line == first->origin->line
				       : value->layer != first->layer))
			continue;
		warn_no_effect(lint, value->origin,
			       arena_printf(lint->arena, "%s = %s stands in %s already", option_table[id].key,
					    str_show(lint->arena, value->text),
					    origin_text(lint->arena, first->origin)));
	}
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void check_unset(struct lint *lint)
{
	static const enum option_id givers[] = {OPT_PASS, OPT_SET};
	const struct value_list *list = &lint->request->values[OPT_UNSET];
	const char **given = NULL;
	size_t count = 0;

	for (size_t k = 0; k < ARRAY_SIZE(givers); k++) {
		for (size_t i = 0; i < lint->request->values[givers[k]].count; i++)
			*ARENA_PUSH(lint->arena, given, count) = lint->request->values[givers[k]].items[i].a;
	}
	if (count > 0)
		qsort(given, count, sizeof(given[0]), compare_names);
	for (size_t i = 0; i < list->count; i++) {
		const struct value *value = &list->items[i];

		if (count == 0 || bsearch(&value->a, given, count, sizeof(given[0]), compare_names) == NULL)
			warn_no_effect(
				lint, value->origin,
				arena_printf(lint->arena,
					     "unset = %s: the environment starts empty, and nothing gives %s",
					     value->a, value->a));
	}
}

void lint_request(const struct request *request, const struct host *host, struct problems *problems)
{
	struct lint lint = {.arena = request->arena, .request = request, .host = host, .problems = problems};

	find_risks(&lint);
	check_grants(&lint);
	check_patterns(&lint, OPT_DEV, "lint.device", risk_devices, ARRAY_SIZE(risk_devices));
	check_patterns(&lint, OPT_PASS, "lint.variable", risk_variables, ARRAY_SIZE(risk_variables));
	check_words(&lint);
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (option_table[id].class == CLASS_LIST)
			check_repeated(&lint, id);
	}
	check_unset(&lint);
	lint_filter(request, problems);
}

/* ------------------------------------------------------------ the plan */

/* Does the rule show just what is there without it? `cover` is what its destination lies in. */
static bool shows_nothing_new(const struct plan_node *cover, const struct plan_node *node)
{
	size_t len = strlen(cover->dest);

	return cover->kind == NODE_BIND && node->kind == NODE_BIND && !cover->is_pin &&
	       cover->attr == node->attr && strlen(node->source) >= strlen(cover->source) &&
	       path_is_within(node->source, cover->source) &&
	       str_eq(node->source + (str_eq(cover->source, "/") ? 0 : strlen(cover->source)),
		      node->dest + len);
}

static void check_covered(struct lint *lint, const struct plan_root *root)
{
	/* Parents come first, so what a node lies in is on the way from the last one up. */
	const struct plan_node **open = arena_alloc(lint->arena, (root->count + 1) * sizeof(const void *));
	size_t depth = 0;

	for (size_t i = 0; i < root->count; i++) {
		const struct plan_node *node = &root->nodes[i];

		while (depth > 0 && !path_is_within(node->dest, open[depth - 1]->dest))
			depth--;
		if (depth > 0 && node->layer > 0 && !node->is_implied &&
		    shows_nothing_new(open[depth - 1], node))
			warn_no_effect(lint, node->origin,
				       arena_printf(lint->arena, "%s is shown in the same way by %s",
						    str_show(lint->arena, node->dest),
						    origin_text(lint->arena, open[depth - 1]->origin)));
		open[depth++] = node;
	}
}

static bool has_node(const struct plan_root *root, const char *dest)
{
	for (size_t i = 0; i < root->count; i++) {
		if (str_eq(root->nodes[i].dest, dest))
			return true;
	}
	return false;
}

/* Keys that say what stands in a file of /etc that nobody asked for. */
static void check_etc(struct lint *lint, const struct plan_root *root)
{
	static const struct {
		enum option_id id;
		const char *file;
	} rows[] = {
		{OPT_USER, "/etc/passwd"}, {OPT_GROUP, "/etc/group"}, {OPT_MACHINE_ID, "/etc/machine-id"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *value = request_get(lint->request, rows[i].id);

		if (value == NULL || value->layer == 0 || has_node(root, rows[i].file))
			continue;
		warn_no_effect(lint, value->origin,
			       arena_printf(lint->arena, "%s = %s: no rule shows %s",
					    option_table[rows[i].id].key, value->text, rows[i].file));
	}
}

/* Of the profile itself: a list of secrets that many include may name what this one does not show. */
static void check_hides(struct lint *lint, const struct plan_root *root)
{
	for (size_t i = 0; i < root->hide_count; i++) {
		const struct plan_hide *hide = &root->hides[i];

		if (hide->state == HIDE_NOT_SHOWN && str_eq(hide->origin->name, lint->request->profile_path))
			warn_no_effect(lint, hide->origin,
				       arena_printf(lint->arena, "hide = %s: no rule shows it",
						    str_show(lint->arena, hide->path)));
	}
}

static void lint_plan(const struct request *request, const struct plan *plan, struct problems *problems)
{
	struct lint lint = {.arena = request->arena, .request = request, .problems = problems};

	check_covered(&lint, &plan->root);
	check_etc(&lint, &plan->root);
	check_hides(&lint, &plan->root);
}

/* One attempt; all that it makes is in the request's arena. Returns false with *err. */
static bool try_plan(struct request *request, const struct host *host, lint_check *check,
		     struct problems *problems, struct err *err)
{
	struct plan plan;

	if (plan_build(request, host, &plan, err) < 0 ||
	    (check != NULL && check(request->arena, &plan, err) < 0))
		return false;
	lint_plan(request, &plan, problems);
	return true;
}

static size_t count_values(const struct request *request)
{
	size_t count = 0;

	for (enum option_id id = 0; id < OPT_COUNT; id++)
		count += request->values[id].count;
	return count;
}

void lint_build(struct request *request, const struct host *host, lint_check *check,
		struct problems *problems)
{
	struct arena *arena = request->arena;
	size_t work = 0;

	/* A plan ends at its first error, so what that was about is taken away, and the rest is tried again.
	 */
	for (;;) {
		CLEANUP_ARENA struct arena *scratch = arena_new();
		struct err err;
		bool is_done;

		request->arena = scratch;
		is_done = try_plan(request, host, check, problems, &err);
		request->arena = arena;
		if (is_done || problems_take(problems, &err) < 0 || !request_drop(request, &err))
			return;
		work += count_values(request);
		if (work > MAX_WORK) {
			problems->has_more = true;
			return;
		}
	}
}
