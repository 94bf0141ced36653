/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_hide.c - what is hidden, whatever is granted.
 *
 * A hide names a place of the host. Wherever a grant shows that place, at whatever destination, something
 * empty stands on it: for a directory a tmpfs that holds nothing, for anything else a file that nobody may
 * open. A grant of the place itself shows that too; a grant of something below it names more exactly what is
 * meant, and shows it (the longest path wins, as everywhere).
 *
 * A mask needs something to be mounted on. What is absent below a writable grant the program could make, and
 * use or leave for others to use, so that is an error, unless it is accepted with -PATH. The directories
 * above a mask are pinned (plan_nodes.c), so none can be moved away with the mask in it. A symlink on the way
 * cannot be pinned: in a writable grant it is an error too. Below a read-only grant only others can make what
 * is absent, on the host; explain says so, for it is no error to hide ~/.aws where there is none.
 *
 * What it does not see: the same file under another name, by a hard link or a bind mount of the host's own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

/* One hide under way. */
struct hidden {
	const struct value *value;
	const struct path_fact *fact;
	const char *real;
	bool is_absent; /* certainly: ENOENT, ENOTDIR */
	bool is_shown;
	bool is_later; /* absent below a read-only grant */
};

static bool is_writable(const struct plan_node *grant)
{
	return grant->kind == NODE_BIND && (grant->attr & MOUNT_ATTR_RDONLY) == 0;
}

/* Masks hide what is theirs from uid 0 inside too: mode 0, and a mount that nobody can change. */
static struct plan_node mask(const struct value *value, const char *dest, bool is_dir)
{
	return (struct plan_node){.kind = NODE_MASK,
				  .dest = dest,
				  .is = is_dir ? SOURCE_DIR : SOURCE_FILE,
				  .attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
					  MOUNT_ATTR_NOEXEC,
				  .mode = is_dir ? 0500 : 0,
				  .size = 4096,
				  .inodes = 1,
				  .is_implied = true,
				  .is_guard = true,
				  .origin = value->origin,
				  .layer = value->layer};
}

static void note(struct build *build, const struct hidden *hidden, enum hide_state state)
{
	struct plan_root *root = &build->plan->root;

	*ARENA_PUSH(build->arena, root->hides, root->hide_count) =
		(struct plan_hide){.path = hidden->value->a, .state = state, .origin = hidden->value->origin};
}

static int refuse_proc(struct build *build, const struct value *value)
{
	err_set(build->err, ERR_CONFIG, "config.hide-proc", 0,
		"hide = %s: /proc in the sandbox is its own, not the host's",
		str_show(build->arena, value->a));
	err_hint(build->err, "use proc = minimal or none");
	return origin_blame(build->err, value->origin);
}

/* A symlink in a writable grant could be replaced by what is not hidden. */
static int check_links(struct build *build, const struct hidden *hidden, const struct plan_node *grant)
{
	const char *source = plan_nodes_source(build, grant);

	for (size_t i = 0; i < hidden->fact->link_count; i++) {
		if (!path_is_within(hidden->fact->links[i], source) || hidden->value->is_optional)
			continue;
		err_set(build->err, ERR_CONFIG, "config.hide-link", 0,
			"hide = %s: %s is a symbolic link inside the writable grant of %s",
			str_show(build->arena, hidden->value->a),
			str_show(build->arena, hidden->fact->links[i]), str_show(build->arena, source));
		err_hint(build->err,
			 "the program could put another in its place: hide what it leads to, or write hide "
			 "= -PATH to accept that");
		return origin_blame(build->err, hidden->value->origin);
	}
	return 0;
}

/* Nothing is there that a mask could be mounted on. */
static int take_absent(struct build *build, struct hidden *hidden, const struct plan_node *grant)
{
	const char *path = str_show(build->arena, hidden->value->a);
	const char *source = str_show(build->arena, plan_nodes_source(build, grant));

	if (hidden->is_absent && !is_writable(grant)) {
		hidden->is_later = true;
		return 0;
	}
	if (hidden->value->is_optional) {
		note(build, hidden, HIDE_ABSENT);
		return 0;
	}
	if (hidden->is_absent) {
		err_set(build->err, ERR_CONFIG, "config.hide-absent", 0,
			"hide = %s: it does not exist, and the program could make it in the writable grant "
			"of %s",
			path, source);
		err_hint(build->err, "make it first, or write hide = -PATH to accept that");
	} else {
		err_set(build->err, ERR_CONFIG, "config.hide-absent", hidden->fact->errnum,
			"hide = %s: it cannot be masked in the grant of %s", path, source);
		err_hint(build->err,
			 "you cannot reach it yourself: hide the directory above it that you can reach, or "
			 "write hide = -PATH");
	}
	return origin_blame(build->err, hidden->value->origin);
}

/* A grant of a directory above what is hidden. */
static int mask_below(struct build *build, struct node_list *nodes, size_t granted, struct hidden *hidden)
{
	const struct plan_node *grant = &nodes->items[granted];
	const char *flaw;
	const char *dest = plan_nodes_shown(build, grant, hidden->real, &flaw);
	struct plan_node *at;

	if (dest == NULL) {
		err_set(build->err, ERR_CONFIG, "config.path", 0,
			"hide = %s: it cannot be masked below the destination: %s",
			str_show(build->arena, hidden->value->a), flaw);
		err_hint(build->err, "grant less, or show it at a shorter destination");
		return origin_blame(build->err, grant->origin);
	}
	at = plan_nodes_at(build->arena, nodes, dest);
	if (at != grant) {
		/* Another rule stands there, or above; what it covers must not come to light either. */
		at->is_protected = true;
		return 0;
	}
	hidden->is_shown = true;
	if (hidden->fact->kind == PATH_MISSING)
		return take_absent(build, hidden, grant);
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) =
		mask(hidden->value, dest, hidden->fact->kind == PATH_DIR);
	return 0;
}

/*
 * Written as a part of the grant, and yet somewhere else: unless a symlink in the granted tree leads there,
 * one on the way to it was changed between the looks at the two, and what is shown would not be what is
 * masked.
 */
static int check_moved(struct build *build, const struct hidden *hidden, const struct plan_node *grant)
{
	const char *source = plan_nodes_source(build, grant);

	if (grant->asked == NULL || !path_is_within(hidden->value->a, grant->asked) ||
	    path_is_within(hidden->real, source))
		return 0;
	for (size_t i = 0; i < hidden->fact->link_count; i++) {
		if (path_is_within(hidden->fact->links[i], source) && !str_eq(hidden->fact->links[i], source))
			return 0;
	}
	err_set(build->err, ERR_CONFIG, "config.source-changed", 0,
		"hide = %s: a symbolic link on the way to it was changed a moment ago",
		str_show(build->arena, hidden->value->a));
	err_hint(build->err, "start it again, and name the place without the link if it keeps changing");
	return origin_blame(build->err, hidden->value->origin);
}

/* The grants are the first of the nodes. */
static int hide(struct build *build, struct node_list *nodes, size_t granted, struct hidden *hidden)
{
	for (size_t i = 0; i < granted; i++) {
		struct plan_node *node = &nodes->items[i];
		const char *source;

		if (!plan_nodes_shows(node))
			continue;
		source = plan_nodes_source(build, node);
		if ((is_writable(node) && check_links(build, hidden, node) < 0) ||
		    check_moved(build, hidden, node) < 0)
			return -1;
		if (str_eq(source, hidden->real)) {
			struct plan_node instead = mask(hidden->value, node->dest, node->is == SOURCE_DIR);

			hidden->is_shown = true;
			instead.is_implied = false;
			*node = instead;
		} else if (node->is == SOURCE_DIR && path_is_within(hidden->real, source) &&
			   mask_below(build, nodes, i, hidden) < 0) {
			return -1;
		}
	}
	if (!hidden->is_shown)
		note(build, hidden, HIDE_NOT_SHOWN);
	else if (hidden->is_later)
		note(build, hidden, HIDE_LATER);
	else if (hidden->fact->names > 1)
		note(build, hidden, HIDE_LINKED);
	return 0;
}

static int compare_hidden(const void *a, const void *b)
{
	const struct hidden *hidden_a = a;
	const struct hidden *hidden_b = b;

	return path_compare(hidden_a->real, hidden_b->real);
}

int plan_hide(struct build *build, struct node_list *nodes)
{
	const struct value_list *list = &build->request->values[OPT_HIDE];
	struct hidden *hidden = arena_alloc(build->arena, (list->count + 1) * sizeof(hidden[0]));
	size_t granted = nodes->count;

	for (size_t i = 0; i < list->count; i++) {
		const struct value *value = &list->items[i];
		const struct path_fact *fact = plan_fact(build, value->a);

		if (path_is_within(value->a, "/proc"))
			return refuse_proc(build, value);
		hidden[i] = (struct hidden){.value = value,
					    .fact = fact,
					    .real = fact->real != NULL ? fact->real : value->a,
					    .is_absent = fact->errnum == ENOENT || fact->errnum == ENOTDIR};
	}
	/* Parents first: what is below something hidden needs no mask of its own. */
	if (list->count > 0)
		qsort(hidden, list->count, sizeof(hidden[0]), compare_hidden);
	for (size_t i = 0; i < list->count; i++) {
		if (hide(build, nodes, granted, &hidden[i]) < 0)
			return -1;
	}
	return 0;
}
