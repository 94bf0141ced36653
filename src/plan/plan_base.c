/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_base.c - what / is made of: a tmpfs of ours, or a directory of the host with a system unpacked in it.
 *
 * Such a directory brings its own /usr and /etc, so of the host's nothing is shown for them. It is the first
 * node, at "/", and all others stand on it: as in any tree of the host nothing is made there, and a mount
 * point that it does not have is an error. Its contents are not trusted: no destination goes through a
 * symlink in it. Below an overlay what is missing is made in memory.
 */
#include "base/mem.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

bool plan_base_is_own(const struct request *request)
{
	return request_number(request, OPT_ROOT) != ROOT_TMPFS;
}

/* What an included profile says of the host's system is left out; said together with root it is a mistake. */
static int check_keys(struct build *build, const struct value *root)
{
	static const enum option_id ids[] = {OPT_SYSTEM, OPT_SIZE, OPT_INODES};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		const struct value *value = request_get(build->request, ids[i]);
		bool has_effect =
			ids[i] == OPT_SYSTEM ? value->number == SYSTEM_NONE : root->number == ROOT_OVERLAY;

		if (!has_effect && value->layer > 0 && value->layer >= root->layer)
			return plan_refuse_without_effect(build, ids[i], OPT_ROOT);
	}
	return 0;
}

int plan_base(struct build *build, struct node_list *nodes)
{
	const struct value *value = request_get(build->request, OPT_ROOT);
	struct plan_node node = {
		.dest = "/", .is_root = true, .origin = value->origin, .layer = value->layer};

	if (value->number == ROOT_TMPFS)
		return 0;
	if (check_keys(build, value) < 0 || plan_check_dir(build, value, "root", value->a) < 0)
		return -1;
	plan_source(build, value->a, &node);
	node.kind = value->number == ROOT_OVERLAY ? NODE_OVERLAY : NODE_BIND;
	node.attr = ATTR_SHOWN | (value->number == ROOT_DIR ? MOUNT_ATTR_RDONLY : 0);
	if (node.kind == NODE_OVERLAY) {
		node.size = request_number(build->request, OPT_SIZE);
		node.inodes = request_number(build->request, OPT_INODES);
		if (plan_check_lower(build, value, &node) < 0)
			return -1;
	}
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) = node;
	return 0;
}

int plan_base_take(struct build *build, struct node_list *nodes)
{
	if (!plan_base_is_own(build->request))
		return 0;
	build->plan->root.base = nodes->items;
	nodes->items++;
	nodes->count--;
	return 0;
}

void plan_base_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count)
{
	if (plan_base_is_own(request))
		*ARENA_PUSH(arena, *paths, *count) = request_get(request, OPT_ROOT)->a;
}
