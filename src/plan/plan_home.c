/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_home.c - the program's home: empty, kept for the profile, the caller's own, or not there.
 *
 * What is kept is below ${DATA}/pinfold/homes, in a directory of the profile's name: one of pinfold's own
 * directories, which no program reaches but by the one grant that is made here. What an earlier run left
 * there is the work of a hostile program: a symlink in it is never followed.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

enum { HOME_DIR_MODE = 0700 };

/*
 * The name of the profile's directory: its own, or its real path where it was named by a path, for the names
 * of files repeat. What no file name can have is written as %XX, and so is %, for the two never to meet.
 */
static const char *home_name(const struct request *request, struct arena *arena)
{
	bool is_path = strchr(request->profile, '/') != NULL && request->file_count > 0;
	const char *name = is_path ? request->files[0] : request->profile;
	char *out = arena_alloc(arena, 3 * strlen(name) + 1);
	size_t used = 0;

	for (const char *s = name; *s != '\0'; s++) {
		bool is_plain = *s != '/' && *s != '%' && (s != name || *s != '.');

		if (is_plain)
			out[used++] = *s;
		else
			used += (size_t)snprintf(out + used, 4, "%%%02X", (unsigned char)*s);
	}
	return out;
}

/* Where it is; NULL without a home of the caller's. */
static const char *home_dir(const struct request *request, struct arena *arena)
{
	if (request->host->data == NULL)
		return NULL;
	return arena_printf(arena, "%s/pinfold/homes/%s", request->host->data, home_name(request, arena));
}

static bool is_kept(const struct request *request)
{
	return request_number(request, OPT_HOME) == HOME_PRIVATE || request->values[OPT_PERSIST].count > 0;
}

void plan_home_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count)
{
	const struct value_list *parts = &request->values[OPT_PERSIST];
	const char *dir = is_kept(request) ? home_dir(request, arena) : NULL;

	if (request_number(request, OPT_HOME) == HOME_REAL && request->host->home != NULL)
		*ARENA_PUSH(arena, *paths, *count) = request->host->home;
	if (dir == NULL)
		return;
	*ARENA_PUSH(arena, *paths, *count) = dir;
	for (size_t i = 0; i < parts->count; i++)
		*ARENA_PUSH(arena, *paths, *count) = arena_printf(arena, "%s/%s", dir, parts->items[i].a);
}

static int refuse(struct build *build, const struct value *value, const char *what, const char *hint)
{
	err_set(build->err, ERR_CONFIG, "config.home", 0, "%s", what);
	err_hint(build->err, "%s", hint);
	return origin_blame(build->err, value->origin);
}

/* What is kept, of the whole home or of a part of it. */
static struct plan_node kept(const struct build *build, const struct path_fact *fact, const char *source)
{
	return (struct plan_node){.kind = NODE_BIND,
				  .dest = build->host->home_inside,
				  .source = source,
				  .is_real = true,
				  .is = fact->kind == PATH_FILE ? SOURCE_FILE : SOURCE_DIR,
				  .is_kept = true,
				  .device = fact->device,
				  .inode = fact->inode,
				  .birth = fact->birth,
				  .attr = ATTR_SHOWN,
				  .is_implied = true};
}

/* The directory on the host: *ret_dir is its real path. */
static int find_dir(struct build *build, const struct value *value, const char **ret_dir)
{
	const char *dir = home_dir(build->request, build->arena);
	const struct path_fact *fact;

	if (dir == NULL)
		return refuse(build, value, "there is no place to keep a home in: you have none yourself",
			      "set HOME or XDG_DATA_HOME");
	if (strlen(strrchr(dir, '/') + 1) > NAME_MAX)
		return refuse(build, value, "the profile's path is too long to name a home by",
			      "put the profile into a shorter directory, or where it has a name (see Where "
			      "profiles are in pinfold-profile(5))");
	fact = plan_fact(build, dir);
	*ret_dir = fact->real != NULL ? fact->real : dir;
	build->plan->home.dir = *ret_dir;
	build->plan->home.is_mended =
		str_ends(*ret_dir, arena_printf(build->arena, "/pinfold/homes/%s", strrchr(dir, '/') + 1));
	build->plan->home.origin = value->origin;
	return 0;
}

static int add_private(struct build *build, struct node_list *nodes, const struct value *value)
{
	const char *dir = NULL;
	struct plan_node node;

	if (find_dir(build, value, &dir) < 0)
		return -1;
	node = kept(build, plan_fact(build, home_dir(build->request, build->arena)), dir);
	node.is = SOURCE_DIR;
	node.origin = value->origin;
	node.layer = value->layer;
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
	return 0;
}

static int add_real(struct build *build, struct node_list *nodes, const struct value *value)
{
	const struct host *host = build->host;
	const struct path_fact *fact;

	if (host->home == NULL || !str_eq(host->home, host->home_inside))
		return refuse(build, value, "there is no home of yours that could be shown",
			      "set HOME to a directory that is neither / nor /tmp nor part of the system");
	fact = plan_fact(build, host->home);
	if (fact->kind != PATH_DIR) {
		err_set(build->err, ERR_CONFIG, "config.home", fact->errnum, "your home %s is no directory",
			str_show(build->arena, host->home));
		err_hint(build->err, "make it, or set HOME to another");
		return origin_blame(build->err, value->origin);
	}
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) =
		(struct plan_node){.kind = NODE_BIND,
				   .dest = host->home_inside,
				   .source = fact->real != NULL ? fact->real : host->home,
				   .is_real = true,
				   .is = SOURCE_DIR,
				   .device = fact->device,
				   .inode = fact->inode,
				   .birth = fact->birth,
				   .attr = ATTR_SHOWN,
				   .origin = value->origin,
				   .layer = value->layer};
	return 0;
}

static int add_tmpfs(struct build *build, struct node_list *nodes, const struct value *value)
{
	struct plan_node node = plan_tmpfs(build->host->home_inside, HOME_DIR_MODE, 0);

	node.origin = value->origin;
	node.layer = value->layer;
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
	return 0;
}

static int add_none(struct build *build, struct node_list *nodes, const struct value *value)
{
	(void)build, (void)nodes, (void)value;
	return 0;
}

/* Links of the program's making: the supervisor follows none when it makes the directories either. */
static int check_links(struct build *build, const struct value *value, const struct path_fact *fact)
{
	for (size_t i = 0; i < fact->link_count; i++) {
		if (!path_is_within(fact->links[i], build->plan->home.dir))
			continue;
		err_set(build->err, ERR_CONFIG, "config.home-link", 0, "persist = %s: %s is a symbolic link",
			str_show(build->arena, value->a), str_show(build->arena, fact->links[i]));
		err_hint(build->err, "the program made it in an earlier run: look at what it leads to, and "
				     "remove it");
		return origin_blame(build->err, value->origin);
	}
	return 0;
}

static int add_parts(struct build *build, struct node_list *nodes)
{
	const struct value_list *parts = &build->request->values[OPT_PERSIST];
	struct plan_home *home = &build->plan->home;
	const char *dir = NULL;

	for (size_t i = 0; i < parts->count; i++) {
		const struct value *value = &parts->items[i];
		const struct path_fact *fact;
		struct plan_node node;

		if (find_dir(build, value, &dir) < 0)
			return -1;
		fact = plan_fact(build, arena_printf(build->arena, "%s/%s",
						     home_dir(build->request, build->arena), value->a));
		if (check_links(build, value, fact) < 0)
			return -1;
		*ARENA_PUSH(build->arena, home->parts, home->part_count) = value->a;
		node = kept(build, fact, arena_printf(build->arena, "%s/%s", dir, value->a));
		node.dest = arena_printf(build->arena, "%s/%s", build->host->home_inside, value->a);
		node.origin = value->origin;
		node.layer = value->layer;
		*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
	}
	return 0;
}

int plan_home(struct build *build, struct node_list *nodes)
{
	static int (*const adders[])(struct build * build, struct node_list * nodes,
				     const struct value *value) = {
		[HOME_TMPFS] = add_tmpfs,
		[HOME_PRIVATE] = add_private,
		[HOME_REAL] = add_real,
		[HOME_NONE] = add_none,
	};
	const struct value *value = request_get(build->request, OPT_HOME);
	const struct value *part = request_get(build->request, OPT_PERSIST);

	if (adders[value->number](build, nodes, value) < 0)
		return -1;
	if (part != NULL && value->number != HOME_TMPFS) {
		err_set(build->err, ERR_CONFIG, "config.no-effect", 0,
			"home.persist has no effect with home.mode = %s", value->text);
		err_hint(build->err, "persist is for mode = tmpfs; private keeps the whole home");
		return origin_blame(build->err, part->origin);
	}
	return add_parts(build, nodes);
}
