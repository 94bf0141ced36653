/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_program.c - what is started, with which environment, where. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

static const char default_path[] = "/usr/local/bin:/usr/bin:/bin";

/* The entry of a variable in the environment that is being made, or NULL. */
static char **find_variable(const struct plan_program *program, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < program->env_count; i++) {
		if (strncmp(program->env[i], name, len) == 0 && program->env[i][len] == '=')
			return &program->env[i];
	}
	return NULL;
}

static void set_variable(struct build *build, const char *name, const char *value)
{
	struct plan_program *program = &build->plan->program;
	char *entry = arena_printf(build->arena, "%s=%s", name, value);
	char **slot = find_variable(program, name);

	if (slot == NULL)
		slot = ARENA_PUSH(build->arena, program->env, program->env_count);
	*slot = entry;
}

static void unset_variable(struct plan_program *program, const char *name)
{
	char **slot = find_variable(program, name);

	if (slot != NULL)
		*slot = program->env[--program->env_count];
}

static int compare_entries(const void *a, const void *b)
{
	char *const *entry_a = a;
	char *const *entry_b = b;

	return strcmp(*entry_a, *entry_b);
}

/* From nothing: what is passed, then what is set, then what is not to be there. */
static void plan_environment(struct build *build)
{
	const struct request *request = build->request;
	struct plan_program *program = &build->plan->program;
	char **path;

	for (size_t i = 0; i < request->values[OPT_PASS].count; i++) {
		const char *name = request->values[OPT_PASS].items[i].a;
		const char *value = host_getenv(build->host, name);

		if (value != NULL)
			set_variable(build, name, value);
	}
	for (size_t i = 0; i < request->values[OPT_SET].count; i++)
		set_variable(build, request->values[OPT_SET].items[i].a, request->values[OPT_SET].items[i].b);
	for (size_t i = 0; i < request->values[OPT_UNSET].count; i++)
		unset_variable(program, request->values[OPT_UNSET].items[i].a);
	if (program->env_count > 0)
		qsort(program->env, program->env_count, sizeof(program->env[0]), compare_entries);
	path = find_variable(program, "PATH");
	/* The stock PATH on a host that has its programs elsewhere; one of the user's own is left as it is.
	 */
	if (path != NULL && build->plan->root.system_path != NULL &&
	    str_eq(*path + strlen("PATH="), default_path))
		*path = arena_printf(build->arena, "%s:%s", *path, build->plan->root.system_path);
	program->path = path != NULL ? *path + strlen("PATH=") : default_path;
	/* Room for the terminator. */
	*ARENA_PUSH(build->arena, program->env, program->env_count) = NULL;
	program->env_count--;
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
	return 0;
}
