/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_program.c - what is started, with which environment, where. */
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

static const char default_path[] = "/usr/local/bin:/usr/bin:/bin";

/* What is said of one variable: an entry NAME=VALUE, or that there is to be none. */
struct variable {
	char *entry;
	size_t name_len;
	size_t order; /* of what is said of the same name the last counts */
	bool is_unset;
};

struct environment {
	struct build *build;
	struct variable *items;
	size_t count;
};

static void say(struct environment *env, const char *name, const char *value)
{
	struct variable *variable = ARENA_PUSH(env->build->arena, env->items, env->count);

	*variable = (struct variable){
		.entry = arena_printf(env->build->arena, "%s=%s", name, value != NULL ? value : ""),
		.name_len = strlen(name),
		.order = env->count,
		.is_unset = value == NULL};
}

static bool is_same_name(const struct variable *a, const struct variable *b)
{
	return a->name_len == b->name_len && memcmp(a->entry, b->entry, a->name_len) == 0;
}

static int compare_variables(const void *a, const void *b)
{
	const struct variable *one = a;
	const struct variable *two = b;

	if (is_same_name(one, two))
		return one->order < two->order ? -1 : one->order > two->order;
	/* No name is another one with its "=" and more. */
	return strcmp(one->entry, two->entry);
}

/* The stock PATH on a host that has its programs elsewhere; one of the user's own is left as it is. */
static const char *settle_path(struct build *build, struct variable *path)
{
	const char *system_path = build->plan->root.system_path;

	if (system_path != NULL && str_eq(path->entry + strlen("PATH="), default_path))
		path->entry = arena_printf(build->arena, "%s:%s", path->entry, system_path);
	return path->entry + strlen("PATH=");
}

/* From nothing: what is passed, then what is set, then what is not to be there. Sorted. */
static void plan_environment(struct build *build)
{
	const struct request *request = build->request;
	struct plan_program *program = &build->plan->program;
	struct environment env = {.build = build};

	for (size_t i = 0; i < request->values[OPT_PASS].count; i++) {
		const char *name = request->values[OPT_PASS].items[i].a;
		const char *value = host_getenv(build->host, name);

		if (value != NULL)
			say(&env, name, value);
	}
	for (size_t i = 0; i < request->values[OPT_SET].count; i++)
		say(&env, request->values[OPT_SET].items[i].a, request->values[OPT_SET].items[i].b);
	for (size_t i = 0; i < request->values[OPT_UNSET].count; i++)
		say(&env, request->values[OPT_UNSET].items[i].a, NULL);
	if (env.count > 0)
		qsort(env.items, env.count, sizeof(env.items[0]), compare_variables);
	program->path = default_path;
	for (size_t i = 0; i < env.count; i++) {
		struct variable *variable = &env.items[i];

		if (variable->is_unset || (i + 1 < env.count && is_same_name(variable, variable + 1)))
			continue;
		if (str_starts(variable->entry, "PATH="))
			program->path = settle_path(build, variable);
		*ARENA_PUSH(build->arena, program->env, program->env_count) = variable->entry;
	}
	/* Room for the terminator. */
	*ARENA_PUSH(build->arena, program->env, program->env_count) = NULL;
	program->env_count--;
}

/* Without a system of any kind no program is where one is looked for. */
static const char *hint_of_missing(const struct build *build)
{
	const struct plan_root *root = &build->plan->root;

	if (root->base != NULL || plan_nodes_covering(root, "/usr") != NULL ||
	    plan_nodes_covering(root, "/bin") != NULL)
		return NULL;
	return "there is no system in it: name a directory that has one with --root, or show the host's with "
	       "filesystem.system = ro";
}

/* Does the node show what the host has at the same place? */
static bool is_same_place(const struct plan_node *node)
{
	return (node->kind == NODE_BIND || node->kind == NODE_OVERLAY) && str_eq(node->source, node->dest);
}

/* Mine, where the same files are at the same place inside; else the home, where there is one. */
static const char *choose_directory(struct build *build)
{
	const struct plan_root *root = &build->plan->root;
	const char *cwd = build->host->cwd;
	const char *home = build->host->home_inside;
	const struct plan_node *node;

	if (cwd != NULL) {
		node = plan_nodes_covering(root, cwd);
		if (node != NULL && is_same_place(node))
			return cwd;
	}
	if (home != NULL) {
		node = plan_nodes_covering(root, home);
		if (node != NULL && (str_eq(node->dest, home) || is_same_place(node)))
			return home;
	}
	return "/";
}

/* argv as it was given, or with another name in front. */
static char *const *choose_argv(struct build *build)
{
	char *const *given = build->request->argv;
	const struct value *name = request_get(build->request, OPT_ARGV0);
	size_t count = 0;
	char **argv;

	if (given == NULL || name == NULL)
		return given;
	while (given[count] != NULL)
		count++;
	argv = arena_alloc(build->arena, (count + 1) * sizeof(argv[0]));
	memcpy(argv, given, count * sizeof(argv[0]));
	argv[0] = arena_strdup(build->arena, name->a);
	return argv;
}

/*
 * What setarch(8) may have set for the caller, and a set-user-id program would lose: addresses known
 * beforehand, all memory executable, a page at 0. A program that is not trusted is not to start so by chance.
 * How the machine calls itself (linux32) stays.
 */
enum { UNSAFE = ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT | READ_IMPLIES_EXEC | MMAP_PAGE_ZERO };

static int plan_memory(struct build *build)
{
	const struct value *mdwe = request_get(build->request, OPT_MDWE);
	struct plan_program *program = &build->plan->program;

	program->has_aslr = request_number(build->request, OPT_ASLR) != 0;
	program->personality = build->host->personality & ~(unsigned int)UNSAFE;
	if (!program->has_aslr)
		program->personality |= ADDR_NO_RANDOMIZE;
	program->sets_personality = program->personality != build->host->personality;
	program->has_mdwe = mdwe->number != 0;
	if (!program->has_mdwe || build->host->has_mdwe)
		return 0;
	err_set(build->err, ERR_HOST, "host.mdwe", 0,
		"memory-deny-write-execute = yes: this kernel does not know how");
	err_hint(build->err,
		 "it takes Linux 6.3, on a machine where memory can be readable and not executable; "
		 "take the key away");
	return origin_blame(build->err, mdwe->origin);
}

int plan_program(struct build *build)
{
	const struct value *chdir = request_get(build->request, OPT_CHDIR);
	const struct value *mask = request_get(build->request, OPT_UMASK);
	struct plan_program *program = &build->plan->program;

	if (mask != NULL && mask->number > 0777) {
		err_set(build->err, ERR_CONFIG, "config.mode", 0, "umask = %s: a mask is at most 0777",
			mask->text);
		err_hint(build->err, "for example: umask = 0077");
		return origin_blame(build->err, mask->origin);
	}
	plan_environment(build);
	program->missing_hint = hint_of_missing(build);
	program->argv = choose_argv(build);
	program->file = build->request->argv != NULL ? build->request->argv[0] : NULL;
	if (program->file != NULL && program->file[0] == '\0') {
		err_set(build->err, ERR_NOT_FOUND, "program.not-found", 0, "the program's name is empty");
		return err_hint(build->err, "write the program behind --");
	}
	program->chdir = chdir != NULL ? chdir->a : choose_directory(build);
	program->chdir_origin = chdir != NULL ? chdir->origin : NULL;
	/* A directory that nobody asked for is only the best guess of a good place to be. */
	program->chdir_else = chdir != NULL ? NULL : "/";
	program->umask = mask != NULL ? (mode_t)mask->number : build->host->umask;
	return plan_memory(build);
}
