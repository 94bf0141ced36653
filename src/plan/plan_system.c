/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_system.c - the host's own programs and libraries, wherever this kind of host has them.
 *
 *   merged /usr    /bin, /sbin, /lib* are links into /usr
 *   split /usr     they are directories of their own
 *   NixOS          everything is in /nix/store, and /run/current-system leads to the system there; /usr and
 *                  /bin hold no more than env and sh, which are links to it
 *   ostree         a merged /usr, in which /usr/local is a link to /var/usrlocal
 */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

#define CURRENT_SYSTEM "/run/current-system"

/* A directory of the system, or a link to one. With `via` only where that is a link that leads to `into`. */
static const struct part {
	const char *path;
	const char *via, *into;
} parts[] = {
	{"/usr", NULL, NULL},
	{"/bin", NULL, NULL},
	{"/sbin", NULL, NULL},
	{"/lib", NULL, NULL},
	{"/lib32", NULL, NULL},
	{"/lib64", NULL, NULL},
	{"/libx32", NULL, NULL},
	{CURRENT_SYSTEM, CURRENT_SYSTEM, "/nix/store"},
	{"/nix/store", CURRENT_SYSTEM, "/nix/store"},
	{"/var/usrlocal", "/usr/local", "/var/usrlocal"},
};

/* Is the part there? A leading "../" of the link is folded: what the link stands in is no link itself. */
static bool is_there(struct build *build, const struct part *part)
{
	const char *target = part->via != NULL ? plan_fact(build, part->via)->target : NULL;
	const char *from = part->via != NULL ? path_parent(build->arena, part->via) : NULL;
	const char *full;

	if (plan_fact(build, part->path)->kind != PATH_DIR)
		return false;
	if (part->via == NULL)
		return true;
	if (target == NULL)
		return false;
	if (target[0] == '/')
		from = "/";
	for (; str_starts(target, "../"); target += strlen("../"))
		from = path_parent(build->arena, from);
	return path_normalize(build->arena, arena_printf(build->arena, "%s/%s", from, target), &full) ==
		       PATH_OK &&
	       path_is_within(full, part->into);
}

int plan_system(struct build *build, struct node_list *nodes)
{
	const struct value *value = request_get(build->request, OPT_SYSTEM);

	if (value->number == SYSTEM_NONE || plan_base_is_own(build->request))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *path = parts[i].path;
		const struct path_fact *fact = plan_fact(build, path);
		struct plan_node node = {.dest = path, .origin = value->origin, .is_implied = true};

		if (!is_there(build, &parts[i]))
			continue;
		node.kind = fact->target != NULL ? NODE_SYMLINK : NODE_BIND;
		node.text = fact->target;
		node.source = path;
		node.is = SOURCE_DIR;
		node.attr = node.kind == NODE_BIND ? ATTR_SHOWN | MOUNT_ATTR_RDONLY : 0;
		*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
		if (str_eq(path, CURRENT_SYSTEM))
			build->plan->root.system_path = CURRENT_SYSTEM "/sw/bin";
	}
	return 0;
}

static bool is_part(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (str_eq(parts[i].path, path))
			return true;
	}
	return false;
}

void plan_system_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count)
{
	if (request_number(request, OPT_SYSTEM) == SYSTEM_NONE || plan_base_is_own(request))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		*ARENA_PUSH(arena, *paths, *count) = parts[i].path;
		if (parts[i].via != NULL && !is_part(parts[i].via))
			*ARENA_PUSH(arena, *paths, *count) = parts[i].via;
	}
}
