/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_nodes.c - the order of the root's nodes, and who wins where.
 *
 * Rules do not depend on the order they were written in: parents come before what is below them, the
 * longest destination wins, a later layer replaces an earlier one. Two invariants follow from here:
 * nothing is ever made on the host (a mount point below a tree of the host must exist there), and no
 * destination goes through a symlink (those of the plan are followed here, on paper; any other is
 * refused by the act).
 */
#include <stdint.h>
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

enum { MAX_LINKS_FOLLOWED = 40 };

static int compare_nodes(const void *a, const void *b)
{
	const struct plan_node *node_a = a;
	const struct plan_node *node_b = b;
	int order = path_compare(node_a->dest, node_b->dest);

	if (order != 0)
		return order;
	if (node_a->layer != node_b->layer)
		return node_a->layer < node_b->layer ? -1 : 1;
	return node_b->is_piece - node_a->is_piece;
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && str_eq(a, b));
}

static bool is_same_rule(const struct plan_node *a, const struct plan_node *b)
{
	return a->kind == b->kind && a->attr == b->attr && a->mode == b->mode && a->size == b->size &&
	       is_same_text(a->source, b->source) && is_same_text(a->text, b->text) &&
	       is_same_text(a->upper != NULL ? a->upper->source : NULL,
			    b->upper != NULL ? b->upper->source : NULL);
}

static void sort(struct node_list *nodes)
{
	if (nodes->count > 0)
		qsort(nodes->items, nodes->count, sizeof(nodes->items[0]), compare_nodes);
	nodes->index = NULL; /* each is somewhere else now */
}

/* Sorts, and leaves one node for each destination. */
static int unite(struct build *build, struct node_list *nodes)
{
	size_t kept = 0;

	sort(nodes);
	for (size_t i = 0; i < nodes->count; i++) {
		struct plan_node *node = &nodes->items[i];
		struct plan_node *last = kept > 0 ? &nodes->items[kept - 1] : NULL;

		if (last == NULL || !str_eq(last->dest, node->dest)) {
			nodes->items[kept++] = *node;
		} else if (last->layer < node->layer || last->is_piece > node->is_piece ||
			   is_same_rule(last, node)) {
			*last = *node;
		} else {
			err_set(build->err, ERR_CONFIG, "config.same-destination", 0,
				"two rules for %s: %s and %s", str_show(build->arena, node->dest),
				origin_text(build->arena, last->origin),
				origin_text(build->arena, node->origin));
			err_hint(build->err, "take one of them away");
			return origin_blame(build->err, node->origin);
		}
	}
	nodes->count = kept;
	return 0;
}

/* The plan's symlink that stands at a true ancestor of dest, the highest one, or NULL. */
static const struct plan_node *find_link_above(struct arena *arena, const struct node_list *links,
					       const char *dest)
{
	for (const char *slash = strchr(dest + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		struct plan_node key = {.dest = arena_strndup(arena, dest, (size_t)(slash - dest))};
		const struct plan_node *low = links->items;
		size_t count = links->count;

		while (count > 0) {
			const struct plan_node *middle = &low[count / 2];
			int order = path_compare(key.dest, middle->dest);

			if (order == 0)
				return middle;
			if (order > 0) {
				low = middle + 1;
				count -= count / 2 + 1;
			} else {
				count /= 2;
			}
		}
	}
	return NULL;
}

/* Leads a destination through the plan's own symlinks: /lib/x becomes /usr/lib/x. */
static int follow_links(struct build *build, const struct node_list *links, struct plan_node *node)
{
	for (unsigned int i = 0; i < MAX_LINKS_FOLLOWED; i++) {
		const struct plan_node *link = find_link_above(build->arena, links, node->dest);
		const char *rest;
		const char *joined;
		enum path_flaw flaw;

		if (link == NULL)
			return 0;
		rest = node->dest + strlen(link->dest);
		if (link->text[0] == '/')
			joined = arena_printf(build->arena, "%s%s", link->text, rest);
		else
			joined = arena_printf(build->arena, "%s/%s%s", path_parent(build->arena, link->dest),
					      link->text, rest);
		flaw = path_normalize(build->arena, joined, &node->dest);
		if (flaw == PATH_OK)
			continue;
		err_set(build->err, ERR_CONFIG, "config.through-link", 0,
			"%s goes through the symlink %s: %s", str_show(build->arena, joined),
			str_show(build->arena, link->dest), path_flaw_text(flaw));
		err_hint(build->err, "give the place itself as the destination");
		return origin_blame(build->err, node->origin);
	}
	err_set(build->err, ERR_CONFIG, "config.link-loop", 0, "the symlinks above %s go round in a circle",
		str_show(build->arena, node->dest));
	err_hint(build->err, "take one of the symlink rules away");
	return origin_blame(build->err, node->origin);
}

static int follow_all_links(struct build *build, struct node_list *nodes)
{
	struct node_list links = {0};

	for (size_t i = 0; i < nodes->count; i++) {
		if (nodes->items[i].kind == NODE_SYMLINK)
			*ARENA_PUSH(build->arena, links.items, links.count) = nodes->items[i];
	}
	if (links.count == 0)
		return 0;
	for (size_t i = 0; i < nodes->count; i++) {
		if (follow_links(build, &links, &nodes->items[i]) < 0)
			return -1;
	}
	return 0;
}

static bool is_writable_bind(const struct plan_node *node)
{
	return node->kind == NODE_BIND && (node->attr & MOUNT_ATTR_RDONLY) == 0;
}

/* What can be made or must exist below a node of each kind. */
enum ground { GROUND_OURS, GROUND_HOST, GROUND_NONE };

static enum ground ground_of(const struct plan_node *node)
{
	static const enum ground grounds[NODE_KIND_COUNT] = {
		[NODE_DIR] = GROUND_OURS,    [NODE_FILE] = GROUND_NONE,	   [NODE_SYMLINK] = GROUND_NONE,
		[NODE_BIND] = GROUND_HOST,   [NODE_TMPFS] = GROUND_OURS,   [NODE_PROC] = GROUND_HOST,
		[NODE_DEVPTS] = GROUND_NONE, [NODE_OVERLAY] = GROUND_OURS, [NODE_MASK] = GROUND_OURS,
		[NODE_COPY] = GROUND_NONE,   [NODE_CGROUP] = GROUND_HOST};

	/* What is kept is the user's: nothing is made there for him. */
	if (node->upper != NULL)
		return GROUND_HOST;
	if ((node->kind == NODE_BIND || node->kind == NODE_MASK) && node->is != SOURCE_DIR)
		return GROUND_NONE;
	return grounds[node->kind];
}

/* Without a mount of its own: made on what it stands on. */
static bool is_made_on_root(enum node_kind kind)
{
	return kind == NODE_DIR || kind == NODE_FILE || kind == NODE_SYMLINK || kind == NODE_COPY;
}

static int refuse_below(struct build *build, const struct plan_node *node, const struct plan_node *cover,
			const char *why, const char *hint)
{
	err_set(build->err, ERR_CONFIG, "config.below", 0, "%s cannot stand below %s (%s): %s",
		str_show(build->arena, node->dest), str_show(build->arena, cover->dest),
		origin_text(build->arena, cover->origin), why);
	err_hint(build->err, "%s", hint);
	return origin_blame(build->err, node->origin);
}

/*
 * In a home that is kept, mount points are made: it is pinfold's own directory, not one of the user's. They
 * stay there, so the next run finds them. What has a content is not made: whose would it be the next time?
 */
static int place_in_home(struct build *build, struct plan_node *node, const struct plan_node *cover)
{
	if (is_made_on_root(node->kind) && node->kind != NODE_DIR)
		return refuse_below(build, node, cover, "what is kept there is the program's",
				    "use ro for a file of the host, or let the program make it");
	node->makes_point = true;
	node->may_exist = true;
	node->under = cover->dest;
	return 0;
}

static int refuse_in_root(struct build *build, const struct plan_node *node)
{
	const struct value *root = request_get(build->request, OPT_ROOT);

	err_set(build->err, ERR_CONFIG, "config.below", 0,
		"%s cannot be made in the root %s (%s): nothing is made in a tree of the host",
		str_show(build->arena, node->dest), str_show(build->arena, root->a),
		origin_text(build->arena, root->origin));
	err_hint(build->err, "make it there yourself, or use root = overlay:DIR, where it is made in memory");
	return origin_blame(build->err, node->origin);
}

/* A home that is kept, or a directory that a rule asks for in it. */
static bool is_in_home(const struct plan_node *cover)
{
	return cover != NULL &&
	       (cover->is_kept || (cover->kind == NODE_DIR && cover->may_exist && cover->under != NULL));
}

/* Decides where the node's mount point comes from, given what it stands on (NULL: the root). */
static int place(struct build *build, struct plan_node *node, const struct plan_node *cover)
{
	enum ground ground = cover == NULL ? GROUND_OURS : ground_of(cover);
	bool is_root = cover != NULL && cover->is_root;

	if (ground != GROUND_NONE && is_in_home(cover))
		return place_in_home(build, node, cover);
	node->makes_point = ground == GROUND_OURS;
	node->may_exist = ground == GROUND_OURS && cover != NULL &&
			  (cover->kind == NODE_OVERLAY || (cover->kind == NODE_DIR && cover->may_exist));
	if ((node->kind == NODE_FILE || node->kind == NODE_COPY) &&
	    (node->may_exist || (ground == GROUND_HOST && is_root))) {
		node->is_over = true;
		node->attr = ATTR_SHOWN | MOUNT_ATTR_RDONLY;
	}
	if (ground == GROUND_HOST)
		node->under = is_root ? "/" : cover->dest;
	if (ground == GROUND_NONE)
		return refuse_below(build, node, cover, "that is no directory",
				    "take one of the two rules away, or give another destination");
	if (ground == GROUND_HOST && is_made_on_root(node->kind) && !node->is_over)
		return is_root ? refuse_in_root(build, node)
			       : refuse_below(build, node, cover, "nothing is made in a tree of the host",
					      "grant the parts of that tree one by one, or take this rule "
					      "away (an empty etc = drops all pieces of etc)");
	return 0;
}

/* A read-only mask that something stands on: its mount points are made first. */
static void seal_later(struct plan_node *mask)
{
	enum { INODES = 1024 };

	mask->is_sealed = true;
	mask->inodes = INODES;
}

struct stack {
	size_t *items; /* indexes into the list that is being made */
	size_t count;
};

static void push(struct build *build, struct node_list *out, struct stack *stack, struct plan_node node)
{
	*ARENA_PUSH(build->arena, stack->items, stack->count) = out->count;
	*ARENA_PUSH(build->arena, out->items, out->count) = node;
}

/* Adds the directories between what the node stands on and the node. */
static void add_parents(struct build *build, struct node_list *out, struct stack *stack, const char *top,
			const struct plan_node *node)
{
	size_t at = str_eq(top, "/") ? 0 : strlen(top);

	for (;;) {
		const char *slash = strchr(node->dest + at + 1, '/');

		if (slash == NULL)
			return;
		at = (size_t)(slash - node->dest);
		push(build, out, stack,
		     (struct plan_node){.kind = NODE_DIR,
					.dest = arena_strndup(build->arena, node->dest, at),
					.mode = 0755,
					.makes_point = true,
					.may_exist = node->may_exist,
					.under = node->may_exist ? node->under : NULL,
					.is_implied = true,
					.origin = node->origin,
					.layer = node->layer});
	}
}

/*
 * With mount namespaces of its own the program can undo what stands in a tree that it may change. The kernel
 * refuses to rename or remove a mount point only in the namespace that has it: from one that it has left all
 * of ours in (pivot_root, then a lazy umount), by a descriptor of the tree, the program moves the directory
 * below a mask or a read-only rule away, and reads it or puts another in its place. Nothing of ours can be in
 * its way there, so such a plan promises too much.
 */
static int check_guard(struct build *build, const struct node_list *out, const struct stack *stack,
		       const struct plan_node *node)
{
	const struct plan_node *cover = NULL;
	bool is_guard = node->is_guard;

	for (size_t i = stack->count; i > 0 && (cover == NULL || cover->is_pin); i--)
		cover = &out->items[stack->items[i - 1]];
	if (build->plan->nested != NESTED_FULL || cover == NULL ||
	    !(is_writable_bind(cover) || cover->kind == NODE_OVERLAY))
		return 0;
	if (node->kind == NODE_BIND && !is_writable_bind(node))
		is_guard = is_guard ||
			   path_is_within(plan_nodes_source(build, node), plan_nodes_source(build, cover));
	if (!is_guard)
		return 0;
	err_set(build->err, ERR_CONFIG, "config.nested-guard", 0,
		"with nested = full the program could undo what keeps it from %s (%s), in the writable %s",
		str_show(build->arena, node->dest), origin_text(build->arena, node->origin),
		str_show(build->arena, cover->dest));
	err_hint(build->err, "take nested = full away, or grant only the parts that may be changed");
	return origin_blame(build->err, node->origin->line > 0 ? node->origin : cover->origin);
}

int plan_nodes_unite(struct build *build, struct node_list *nodes)
{
	/* Twice: links may lead two rules to one destination. */
	if (unite(build, nodes) < 0 || follow_all_links(build, nodes) < 0)
		return -1;
	return unite(build, nodes);
}

const char *plan_nodes_shown(struct build *build, const struct plan_node *grant, const char *path,
			     const char **ret_flaw)
{
	const char *source = plan_nodes_source(build, grant);
	const char *below = path + (str_eq(source, "/") ? 0 : strlen(source));
	const char *dest = NULL;
	enum path_flaw flaw =
		path_normalize(build->arena, arena_printf(build->arena, "%s%s", grant->dest, below), &dest);

	*ret_flaw = path_flaw_text(flaw);
	return flaw == PATH_OK ? dest : NULL;
}

bool plan_nodes_shows(const struct plan_node *node)
{
	return node->kind == NODE_BIND || node->kind == NODE_OVERLAY || node->kind == NODE_COPY;
}

const char *plan_nodes_source(const struct build *build, const struct plan_node *node)
{
	const struct path_fact *fact = node->is_real ? NULL : host_find_path(build->host, node->source);

	return fact != NULL && fact->real != NULL ? fact->real : node->source;
}

/* What stands for "no node". */
static const size_t none = SIZE_MAX;

/* For each node the one that it stands on, of sorted ones: the node before, or what that stands on. */
static size_t *find_parents(struct build *build, const struct node_list *nodes)
{
	size_t *parents = arena_alloc(build->arena, (nodes->count + 1) * sizeof(parents[0]));

	for (size_t i = 0; i < nodes->count; i++) {
		size_t above = i == 0 ? none : i - 1;

		while (above != none && !path_is_within(nodes->items[i].dest, nodes->items[above].dest))
			above = parents[above];
		parents[i] = above;
	}
	return parents;
}

/*
 * Who must not be moved away: what is no writable grant itself, and every writable grant that something
 * protected stands in, for it would be moved along.
 */
static void protect_nodes(struct node_list *nodes, const size_t *parents)
{
	struct plan_node *items = nodes->items;

	for (size_t i = nodes->count; i-- > 0;) {
		items[i].is_protected = items[i].is_protected || !is_writable_bind(&items[i]);
		if (items[i].is_protected && parents[i] != none)
			items[parents[i]].is_protected = true;
	}
}

/* A directory of a writable tree of the host, mounted on itself for what stands in it. */
static struct plan_node pin_of(const struct plan_node *cover, const struct plan_node *node, const char *dest)
{
	struct plan_node pin = *cover;

	pin.dest = pin.source = dest;
	pin.is_pin = true;
	pin.is_whole = false;
	pin.is_guard = false;
	pin.is = SOURCE_DIR;
	pin.is_implied = true;
	pin.origin = node->origin;
	return pin;
}

/*
 * The directories between a writable tree of the host and a rule in it. The rule's mount point cannot be
 * renamed, but what is above it could be, rule and all, for a new one in its place (mv .git g; mkdir -p
 * .git/hooks): so each is mounted on itself. Another writable grant, with nothing protected in it, needs
 * none: what is moved with it is still what was granted. They are added before anything is put in order: a
 * grant in such a directory stands on its pin, whoever else made that necessary.
 */
static void add_pins(struct build *build, struct node_list *nodes, const size_t *parents)
{
	size_t count = nodes->count;

	for (size_t i = 0; i < count; i++) {
		const struct plan_node node = nodes->items[i];
		struct plan_node cover;
		size_t at;

		if (parents[i] == none || !node.is_protected)
			continue;
		cover = nodes->items[parents[i]];
		if (!is_writable_bind(&cover) || cover.is_kept)
			continue;
		at = str_eq(cover.dest, "/") ? 0 : strlen(cover.dest);
		for (const char *slash = strchr(node.dest + at + 1, '/'); slash != NULL;
		     slash = strchr(slash + 1, '/')) {
			const char *dest =
				arena_strndup(build->arena, node.dest, (size_t)(slash - node.dest));

			if (!str_eq(plan_nodes_at(build->arena, nodes, dest)->dest, dest))
				*ARENA_PUSH(build->arena, nodes->items, nodes->count) =
					pin_of(&cover, &node, dest);
		}
	}
	sort(nodes);
}

int plan_nodes_settle(struct build *build, struct node_list *nodes)
{
	struct node_list out = {0};
	struct stack stack = {0};
	const size_t *parents;

	if (unite(build, nodes) < 0)
		return -1;
	parents = find_parents(build, nodes);
	protect_nodes(nodes, parents);
	add_pins(build, nodes, parents);
	for (size_t i = 0; i < nodes->count; i++) {
		struct plan_node node = nodes->items[i];
		const struct plan_node *cover = NULL;

		while (stack.count > 0 &&
		       !path_is_within(node.dest, out.items[stack.items[stack.count - 1]].dest))
			stack.count--;
		if (stack.count > 0)
			cover = &out.items[stack.items[stack.count - 1]];
		if (place(build, &node, cover) < 0 || check_guard(build, &out, &stack, &node) < 0)
			return -1;
		if (node.makes_point && cover != NULL && (cover->attr & MOUNT_ATTR_RDONLY) != 0)
			seal_later(&out.items[stack.items[stack.count - 1]]);
		if (node.makes_point)
			add_parents(build, &out, &stack, cover != NULL ? cover->dest : "/", &node);
		push(build, &out, &stack, node);
	}
	*nodes = out;
	return 0;
}

const struct plan_node *plan_nodes_covering(const struct plan_root *root, const char *path)
{
	const struct plan_node *longest = root->base;

	for (size_t i = 0; i < root->count; i++) {
		/* Sorted: of several that cover the path the last has the longest destination. */
		if (path_is_within(path, root->nodes[i].dest))
			longest = &root->nodes[i];
	}
	return longest;
}
