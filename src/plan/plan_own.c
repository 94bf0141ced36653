/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_own.c - what is pinfold's own, out of reach whatever is granted.
 *
 * A program that can write ~/.config/pinfold/profiles/default.ini, or the profile that it runs under, owns
 * the next run. So wherever a granted tree contains pinfold's own directories, an empty read-only one is
 * mounted on each; the profiles in use and the program itself are mounted on themselves, read-only. A mask
 * needs something to be mounted on: below a writable grant a missing directory is made first, or the program
 * would make it; but not where it could not, because root's directory or a read-only mount is in the way.
 * The directories above are pinned (plan_nodes.c), so none can be moved away with the mask in
 * it. A symlink on the way there cannot be pinned: a writable grant that contains one is refused. The same
 * holds of user-dirs.dirs, which says what ${DOWNLOADS} is: to all who read it, an empty one is as good as
 * none.
 *
 * What it does not see: the same directory shown under another name by a bind mount of the host's own.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"

static const struct origin origin = {.name = "pinfold's own directories"};

static int refuse(struct build *build, const struct plan_node *node, const char *own)
{
	err_set(build->err, ERR_CONFIG, "config.own-directory", 0,
		"%s is in %s, which belongs to pinfold itself", str_show(build->arena, node->source),
		str_show(build->arena, own));
	err_hint(build->err, "whoever changes it decides what the next run may do: grant something else");
	return origin_blame(build->err, node->origin);
}

static int refuse_absent(struct build *build, const struct plan_node *node, const char *own)
{
	err_set(build->err, ERR_CONFIG, "config.own-absent", 0,
		"the program could make %s in the writable %s, and the next run would read it as a profile",
		str_show(build->arena, own), str_show(build->arena, node->source));
	err_hint(build->err,
		 "make it, if only empty; or take away the include or the symbolic link that asks for it");
	return origin_blame(build->err, node->origin);
}

static struct plan_node mask(const char *dest)
{
	return (struct plan_node){.kind = NODE_TMPFS,
				  .dest = dest,
				  .attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
					  MOUNT_ATTR_NOEXEC,
				  .mode = 0500,
				  .size = 4096,
				  .inodes = 1,
				  .is_implied = true,
				  .is_guard = true,
				  .origin = &origin};
}

static struct plan_node keep(const struct plan_node *grant, const struct own_path *own, const char *dest)
{
	return (struct plan_node){.kind = NODE_BIND,
				  .dest = dest,
				  .source = dest,
				  .is = own->is_file || own->is_made ? SOURCE_FILE : SOURCE_DIR,
				  .is_pin = true,
				  .attr = grant->attr | MOUNT_ATTR_RDONLY,
				  .is_implied = true,
				  .is_guard = true,
				  .origin = &origin};
}

/* Below a directory of ours that the tree has, and that is masked there? */
static bool is_masked(const struct build *build, const char *source, const char *path)
{
	for (size_t i = 0; i < build->host->own_count; i++) {
		const struct own_path *own = &build->host->own[i];

		if (!own->is_kept && path_is_within(path, own->path) && path_is_within(own->path, source))
			return true;
	}
	return false;
}

/* A symlink in a writable grant could be replaced by a directory, and what it led to be left unused. */
static int check_links(struct build *build, const struct plan_node *grant, const char *source,
		       const struct own_path *own)
{
	for (size_t i = 0; i < own->link_count; i++) {
		if (!path_is_within(own->links[i], source) || is_masked(build, source, own->links[i]))
			continue;
		err_set(build->err, ERR_CONFIG, "config.own-link", 0,
			"%s, on the way to pinfold's own files, is a symbolic link inside the writable grant "
			"of %s",
			str_show(build->arena, own->links[i]), str_show(build->arena, grant->source));
		err_hint(build->err, "the program could put another in its place: grant less, or make it a "
				     "real directory");
		return origin_blame(build->err, grant->origin);
	}
	return 0;
}

/* One grant, of the nodes the one with that index, and one path of ours. */
static int protect(struct build *build, struct node_list *nodes, size_t granted, const struct own_path *own)
{
	/* A copy: the list moves when it grows. */
	const struct plan_node copy = nodes->items[granted];
	const struct plan_node *grant = &copy;
	const char *source = plan_nodes_source(build, grant);
	/* What an overlay's program writes never reaches the directory that it shows. */
	bool is_writable = grant->kind == NODE_BIND && (grant->attr & MOUNT_ATTR_RDONLY) == 0 &&
			   !build->plan->map.drops_root;
	struct plan_root *root = &build->plan->root;
	struct plan_node *at;
	const char *flaw;
	const char *dest;

	if (is_writable && check_links(build, grant, source, own) < 0)
		return -1;
	if (path_is_within(source, own->path) && (is_writable || !own->is_kept))
		return refuse(build, grant, own->path);
	if (!path_is_within(own->path, source) || (!is_writable && (!own->exists || own->is_kept)))
		return 0;
	/* The program could not make it, and we could not make it for the mask. */
	if (!own->exists && own->is_beyond)
		return 0;
	dest = plan_nodes_shown(build, grant, own->path, &flaw);
	if (dest == NULL) {
		err_set(build->err, ERR_CONFIG, "config.path", 0,
			"pinfold's own %s cannot be masked below the destination: %s",
			str_show(build->arena, own->path), flaw);
		err_hint(build->err, "grant less, or show it at a shorter destination");
		return origin_blame(build->err, grant->origin);
	}
	at = plan_nodes_at(build->arena, nodes, dest);
	if (at != &nodes->items[granted]) {
		/* Another rule, or a mask, stands there or above: it must not be moved away from there. */
		at->is_protected = true;
		return 0;
	}
	if (!own->exists && own->is_asked && is_writable)
		return refuse_absent(build, grant, own->path);
	if (!own->exists && own->is_made)
		*ARENA_PUSH(build->arena, root->made_files, root->made_file_count) = own->path;
	else if (!own->exists && own->is_kept)
		return 0;
	else if (!own->exists)
		*ARENA_PUSH(build->arena, root->made_dirs, root->made_count) = own->path;
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) =
		own->is_kept ? keep(grant, own, dest) : mask(dest);
	return 0;
}

/* Masks before what is kept, and what is above first: what a mask covers needs nothing more, and could have
 * nothing mounted on it. */
struct sorted_own {
	const struct own_path *own;
};

static int compare_own(const void *a, const void *b)
{
	const struct own_path *x = ((const struct sorted_own *)a)->own;
	const struct own_path *y = ((const struct sorted_own *)b)->own;

	return x->is_kept != y->is_kept ? x->is_kept - y->is_kept : strcmp(x->path, y->path);
}

int plan_own(struct build *build, struct node_list *nodes)
{
	size_t granted = nodes->count;
	size_t count = build->host->own_count;
	struct sorted_own *sorted = arena_alloc(build->arena, (count + 1) * sizeof(*sorted));

	for (size_t i = 0; i < count; i++)
		sorted[i].own = &build->host->own[i];
	qsort(sorted, count, sizeof(*sorted), compare_own);

	for (size_t i = 0; i < granted; i++) {
		const struct plan_node *node = &nodes->items[i];

		if (!plan_nodes_shows(node) || node->is == SOURCE_DEVICE || node->is_implied)
			continue;
		for (size_t k = 0; k < count; k++) {
			if (protect(build, nodes, i, sorted[k].own) < 0)
				return -1;
		}
	}
	return 0;
}
