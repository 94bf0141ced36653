/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_own.c - pinfold's own directories, out of reach whatever is granted.
 *
 * A program that can write ~/.config/pinfold/profiles/default.ini owns the next run. So wherever a granted
 * tree contains such a directory, an empty read-only one is mounted on it. A mask needs something to be
 * mounted on: below a writable grant the directory is made first, or the program would make it. And a
 * directory above the mask could be moved away, mask and all, for a new one in its place; so each of them,
 * down from the grant, is mounted on itself: what is a mount point cannot be renamed or removed.
 *
 * What it does not see: the same directory shown under another name by a bind mount of the host's own.
 */
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"

static const char origin[] = "pinfold's own directories";

const char *plan_real_source(const struct build *build, const struct plan_node *node)
{
	const char *real = plan_fact(build, node->source)->real;

	return real != NULL ? real : node->source;
}

static int refuse(struct build *build, const struct plan_node *node, const char *own)
{
	err_set(build->err, ERR_CONFIG, "config.own-directory", 0,
		"%s is in %s, which belongs to pinfold itself", str_show(build->arena, node->source),
		str_show(build->arena, own));
	err_hint(build->err, "whoever changes it decides what the next run may do: grant something else");
	return err_origin(build->err, node->origin);
}

/* Mounts each directory between the grant and the mask on itself. `above` is the length of the grant's path.
 */
static void pin_ancestors(struct build *build, struct node_list *nodes, const struct plan_node *grant,
			  const char *own, size_t above)
{
	const char *slash = strchr(own + above + 1, '/');

	for (; slash != NULL; slash = strchr(slash + 1, '/')) {
		struct plan_node pin = *grant;

		pin.source = arena_strndup(build->arena, own, (size_t)(slash - own));
		pin.dest = arena_printf(build->arena, "%s%s", grant->dest, pin.source + above);
		pin.is = SOURCE_DIR;
		pin.is_implied = true;
		pin.layer = 0;
		pin.origin = origin;
		*ARENA_PUSH(build->arena, nodes->items, nodes->count) = pin;
	}
}

static void mask(struct build *build, struct node_list *nodes, const char *dest)
{
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) = (struct plan_node){
		.kind = NODE_TMPFS,
		.dest = dest,
		.attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
		.mode = 0500,
		.size = 4096,
		.inodes = 1,
		.is_implied = true,
		.origin = origin};
}

/* Is the grant what shows this place: none of the other rules stands between? */
static bool is_shown_by(const struct node_list *nodes, size_t granted, const struct plan_node *grant,
			const char *dest)
{
	for (size_t i = 0; i < granted; i++) {
		const struct plan_node *other = &nodes->items[i];

		if (path_is_within(dest, other->dest) && strlen(other->dest) > strlen(grant->dest))
			return false;
	}
	return true;
}

/* One grant and one directory; the rules are the first `granted` nodes. */
static int protect(struct build *build, struct node_list *nodes, size_t granted,
		   const struct plan_node *grant, const struct own_dir *own)
{
	const char *source = plan_real_source(build, grant);
	bool is_writable = (grant->attr & MOUNT_ATTR_RDONLY) == 0 && !build->plan->map.drops_root;
	size_t above = str_eq(source, "/") ? 0 : strlen(source);
	struct plan_root *root = &build->plan->root;
	const char *dest;

	if (path_is_within(source, own->path))
		return refuse(build, grant, own->path);
	if (!path_is_within(own->path, source) || (!own->exists && !is_writable))
		return 0;
	dest = arena_printf(build->arena, "%s%s", grant->dest, own->path + above);
	if (!is_shown_by(nodes, granted, grant, dest))
		return 0;
	if (!own->exists)
		*ARENA_PUSH(build->arena, root->made_dirs, root->made_count) = own->path;
	if (is_writable)
		pin_ancestors(build, nodes, grant, own->path, above);
	mask(build, nodes, dest);
	return 0;
}

int plan_own(struct build *build, struct node_list *nodes)
{
	size_t granted = nodes->count;

	for (size_t i = 0; i < granted; i++) {
		/* A copy: the list moves when it grows. */
		struct plan_node node = nodes->items[i];

		if (node.kind != NODE_BIND || node.is == SOURCE_DEVICE || node.is_implied)
			continue;
		for (size_t k = 0; k < build->host->own_count; k++) {
			if (protect(build, nodes, granted, &node, &build->host->own[k]) < 0)
				return -1;
		}
	}
	return 0;
}
