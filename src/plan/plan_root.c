/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_root.c - what the program sees as files: rules to nodes. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_build.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

static const char *const devices[] = {"/dev/null",   "/dev/zero",    "/dev/full",
				      "/dev/random", "/dev/urandom", "/dev/tty"};

struct plan_node plan_tmpfs(const char *dest, mode_t mode, uint64_t size)
{
	struct plan_node node = {.kind = NODE_TMPFS, .dest = dest, .mode = mode, .attr = ATTR_SHOWN};

	node.size = size != 0 ? size : TMPFS_SIZE;
	node.inodes = plan_inodes(node.size);
	return node;
}

static struct plan_node *add(struct build *build, struct node_list *nodes, struct plan_node node)
{
	struct plan_node *slot = ARENA_PUSH(build->arena, nodes->items, nodes->count);

	*slot = node;
	return slot;
}

const struct path_fact *plan_fact(const struct build *build, const char *path)
{
	const struct path_fact *fact = host_find_path(build->host, path);
	struct path_fact *missing;

	if (fact != NULL)
		return fact;
	missing = arena_alloc(build->arena, sizeof(*missing));
	*missing = (struct path_fact){.path = path, .kind = PATH_MISSING, .errnum = ENOENT};
	return missing;
}

/* With a root of the host's, which has a /dev of its own or none: an empty one, read-only in the end. */
static void add_own_dev(struct build *build, struct node_list *nodes, struct plan_node node)
{
	enum { SIZE = 64 * 1024, INODES = 1024 };

	node.kind = NODE_TMPFS;
	node.dest = "/dev";
	node.attr = ATTR_SHOWN | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
	node.is_sealed = true;
	node.mode = 0755;
	node.size = SIZE;
	node.inodes = INODES;
	add(build, nodes, node);
}

static int add_devices(struct build *build, struct node_list *nodes)
{
	static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
					       {"/proc/self/fd/0", "/dev/stdin"},
					       {"/proc/self/fd/1", "/dev/stdout"},
					       {"/proc/self/fd/2", "/dev/stderr"},
					       {"pts/ptmx", "/dev/ptmx"}};
	const struct value *value = request_get(build->request, OPT_DEVICES);
	struct plan_node base = {.origin = value->origin, .is_implied = true};
	struct plan_node node;

	if (value->number == DEVICES_NONE)
		return 0;
	if (plan_base_is_own(build->request))
		add_own_dev(build, nodes, base);
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		if (plan_fact(build, devices[i])->kind != PATH_DEVICE) {
			err_set(build->err, ERR_HOST, "host.no-device", 0, "%s is no device here",
				devices[i]);
			err_hint(build->err,
				 "the minimal /dev is made of the host's: devices = none does without");
			return origin_blame(build->err, value->origin);
		}
		node = base;
		node.kind = NODE_BIND;
		node.dest = node.source = devices[i];
		node.is = SOURCE_DEVICE;
		node.attr = ATTR_DEVICE;
		add(build, nodes, node);
	}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		node = base;
		node.kind = NODE_SYMLINK;
		node.text = links[i][0];
		node.dest = links[i][1];
		add(build, nodes, node);
	}
	node = base;
	node.kind = NODE_DEVPTS;
	node.dest = "/dev/pts";
	node.attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	add(build, nodes, node);
	node = plan_tmpfs("/dev/shm", 01777, 0);
	node.origin = base.origin;
	node.is_implied = base.is_implied;
	add(build, nodes, node);
	return 0;
}

/* What ro, rw and dev differ in. */
static const struct bind_rule {
	enum option_id id;
	uint64_t attr;
	bool wants_device;
} bind_rules[] = {
	{OPT_RO, ATTR_SHOWN | MOUNT_ATTR_RDONLY, false},
	{OPT_RW, ATTR_SHOWN, false},
	{OPT_DEV, ATTR_DEVICE, true},
};

/* Does the source suit the rule? Devices are shown by dev alone, and by dev nothing but devices. */
static bool is_suitable(const struct bind_rule *rule, const struct path_fact *fact)
{
	const char *real = fact->real != NULL ? fact->real : fact->path;

	if (!rule->wants_device)
		return fact->kind == PATH_DIR || fact->kind == PATH_FILE;
	return fact->kind == PATH_DEVICE || (fact->kind == PATH_DIR && path_is_within(real, "/dev"));
}

/* Why it may not be there, when several things stand in the text of one path. */
static const char *missing_hint(struct build *build, const char *key, const struct value *value)
{
	if (strstr(value->text, " #") != NULL)
		return "a comment has a line of its own: a # behind a value is part of it";
	if (strstr(value->text, " /") != NULL || strstr(value->text, " ${") != NULL)
		return "each path has a line of its own, indented below the first";
	return arena_printf(build->arena, "make it, correct the path, or write %s = -%s if it may be missing",
			    key, str_show(build->arena, value->a));
}

static int refuse_source(struct build *build, const struct bind_rule *rule, const struct value *value,
			 const struct path_fact *fact)
{
	const char *key = option_table[rule->id].key;
	const char *path = str_show(build->arena, value->a);

	if (fact->kind == PATH_MISSING) {
		err_set(build->err, ERR_CONFIG, "config.no-source", fact->errnum, "%s = %s", key, path);
		if (fact->errnum == ENOENT || fact->errnum == ENOTDIR)
			err_hint(build->err, "%s", missing_hint(build, key, value));
		else
			err_hint(build->err, "%s", plan_reach_hint(fact->errnum));
	} else {
		err_set(build->err, ERR_CONFIG, "config.source-kind", 0, "%s = %s: it is %s device", key,
			path, rule->wants_device ? "no" : "a");
		err_hint(build->err, rule->wants_device
					     ? "use ro or rw for what is no device and not below /dev"
					     : "use dev for devices");
	}
	return origin_blame(build->err, value->origin);
}

/* The host's "/" has to be cloned before the new root is stacked on it; once is enough for anybody. */
static int check_whole(struct build *build, struct node_list *nodes)
{
	const struct plan_node *whole = NULL;

	for (size_t i = 0; i < nodes->count; i++) {
		struct plan_node *node = &nodes->items[i];

		if (node->kind != NODE_BIND || node->is_pin || !str_eq(node->source, "/"))
			continue;
		if (whole != NULL) {
			err_set(build->err, ERR_CONFIG, "config.whole-root", 0,
				"the host's / is shown twice, at %s and at %s",
				str_show(build->arena, whole->dest), str_show(build->arena, node->dest));
			err_hint(build->err, "show it once, and use symlink for the other place");
			return origin_blame(build->err, node->origin);
		}
		node->is_whole = true;
		whole = node;
	}
	return 0;
}

/*
 * "The current directory" means some directory of work; started in the home, or above it, the same profile
 * would grant everything. Whoever wants that can say so.
 */
static bool is_home_by_chance(const struct build *build, const struct value *value,
			      const struct path_fact *fact)
{
	const char *real = fact->real != NULL ? fact->real : fact->path;
	const char *home = build->host->home;

	return home != NULL && strstr(value->text, "${CWD}") != NULL && path_is_within(home, real);
}

static int refuse_home(struct build *build, const struct bind_rule *rule, const struct value *value)
{
	const char *key = option_table[rule->id].key;

	err_set(build->err, ERR_CONFIG, "config.cwd-is-home", 0,
		"%s = %s: the current directory is %s, which has your whole home in it", key, value->text,
		str_show(build->arena, value->a));
	err_hint(build->err,
		 "start it in a directory below; a grant of the whole home has to be written out: %s = "
		 "${HOME}",
		 key);
	return origin_blame(build->err, value->origin);
}

static int add_binds(struct build *build, struct node_list *nodes)
{
	for (size_t i = 0; i < ARRAY_SIZE(bind_rules); i++) {
		const struct bind_rule *rule = &bind_rules[i];
		const struct value_list *list = &build->request->values[rule->id];

		for (size_t k = 0; k < list->count; k++) {
			const struct value *value = &list->items[k];
			const struct path_fact *fact = plan_fact(build, value->a);
			bool is_absent = fact->errnum == ENOENT || fact->errnum == ENOTDIR;
			struct plan_node node;

			if (fact->kind == PATH_MISSING && is_absent && value->is_optional)
				continue;
			if (!is_suitable(rule, fact))
				return refuse_source(build, rule, value, fact);
			if (is_home_by_chance(build, value, fact))
				return refuse_home(build, rule, value);
			node = (struct plan_node){.kind = NODE_BIND,
						  .dest = value->b,
						  .attr = rule->attr |
							  (value->is_noexec ? MOUNT_ATTR_NOEXEC : 0),
						  .origin = value->origin,
						  .layer = value->layer};
			plan_source(build, value->a, &node);
			add(build, nodes, node);
		}
	}
	return 0;
}

uint64_t plan_inodes(uint64_t size)
{
	return size / BYTES_PER_INODE > MIN_INODES ? size / BYTES_PER_INODE : MIN_INODES;
}

static int add_made(struct build *build, struct node_list *nodes)
{
	static const struct {
		enum option_id id;
		enum node_kind kind;
		mode_t mode;
	} rules[] = {
		{OPT_TMPFS, NODE_TMPFS, 0755}, {OPT_DIR, NODE_DIR, 0755}, {OPT_SYMLINK, NODE_SYMLINK, 0777}};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct value_list *list = &build->request->values[rules[i].id];

		for (size_t k = 0; k < list->count; k++) {
			const struct value *value = &list->items[k];
			mode_t mode = value->has_mode ? value->mode : rules[i].mode;
			bool is_link = rules[i].kind == NODE_SYMLINK;
			struct plan_node node = {.kind = rules[i].kind,
						 .dest = is_link ? value->b : value->a,
						 .text = is_link ? value->a : NULL,
						 .mode = mode};

			if (rules[i].kind == NODE_TMPFS)
				node = plan_tmpfs(value->a, mode, value->size);
			node.origin = value->origin;
			node.layer = value->layer;
			add(build, nodes, node);
		}
	}
	return 0;
}

int plan_root(struct build *build)
{
	static int (*const adders[])(struct build * build, struct node_list * nodes) = {
		plan_base,
		plan_system,
		add_devices,
		plan_proc,
		plan_cgroup_node,
		plan_etc,
		add_binds,
		plan_overlays,
		add_made,
		plan_files,
		plan_home,
		plan_overlays_check,
		/* From here on every rule stands where it will stand, so what it shows is known. */
		plan_nodes_unite,
		plan_hide,
		plan_own,
		plan_nodes_settle,
		check_whole,
		plan_base_take,
	};
	struct plan_root *root = &build->plan->root;
	struct node_list nodes = {0};

	root->size = request_number(build->request, OPT_SIZE);
	root->inodes = request_number(build->request, OPT_INODES);
	for (size_t i = 0; i < ARRAY_SIZE(adders); i++) {
		if (adders[i](build, &nodes) < 0)
			return -1;
	}
	root->nodes = nodes.items;
	root->count = nodes.count;
	return 0;
}

static void want(struct arena *arena, const char ***paths, size_t *count, const char *path)
{
	*ARENA_PUSH(arena, *paths, *count) = path;
}

/* What is hidden is known by its real path, and so must be what could show it: the system and pieces of etc.
 */
static void want_hidden(const struct request *request, struct arena *arena, const char ***paths,
			size_t *count)
{
	const struct value_list *list = &request->values[OPT_HIDE];

	if (list->count == 0)
		return;
	for (size_t i = 0; i < list->count; i++)
		want(arena, paths, count, list->items[i].a);
	plan_system_paths(request, arena, paths, count);
	plan_etc_paths(request, arena, paths, count);
}

void plan_granted_paths(const struct request *request, struct arena *arena, const char ***ret_paths,
			size_t *ret_count)
{
	*ret_paths = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(bind_rules); i++) {
		const struct value_list *list = &request->values[bind_rules[i].id];

		for (size_t k = 0; k < list->count; k++)
			want(arena, ret_paths, ret_count, list->items[k].a);
	}
	plan_base_paths(request, arena, ret_paths, ret_count);
	plan_overlay_paths(request, arena, ret_paths, ret_count);
	for (size_t i = 0; i < request->values[OPT_COPY].count; i++)
		want(arena, ret_paths, ret_count, request->values[OPT_COPY].items[i].a);
	plan_home_paths(request, arena, ret_paths, ret_count);
	want_hidden(request, arena, ret_paths, ret_count);
}

const struct origin *plan_path_origin(const struct request *request, const char *path)
{
	static const enum option_id rules[] = {OPT_RO,	    OPT_RW,   OPT_DEV, OPT_ROOT,
					       OPT_OVERLAY, OPT_COPY, OPT_HIDE};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct value_list *list = &request->values[rules[i]];

		for (size_t k = 0; k < list->count; k++) {
			const struct value *value = &list->items[k];

			if ((value->a != NULL && str_eq(value->a, path)) ||
			    (rules[i] == OPT_OVERLAY && value->c != NULL && str_eq(value->c, path)))
				return value->origin;
		}
	}
	if (request_number(request, OPT_HOME) == HOME_REAL && request->host->home != NULL &&
	    str_eq(request->host->home, path))
		return request_get(request, OPT_HOME)->origin;
	return NULL;
}

void plan_wanted_paths(const struct request *request, struct arena *arena, const char ***ret_paths,
		       size_t *ret_count)
{
	const char **granted;
	size_t granted_count;

	*ret_paths = NULL;
	*ret_count = 0;
	plan_system_paths(request, arena, ret_paths, ret_count);
	if (request_number(request, OPT_DEVICES) == DEVICES_MINIMAL) {
		for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
			want(arena, ret_paths, ret_count, devices[i]);
	}
	plan_granted_paths(request, arena, &granted, &granted_count);
	for (size_t i = 0; i < granted_count; i++)
		want(arena, ret_paths, ret_count, granted[i]);
	plan_etc_paths(request, arena, ret_paths, ret_count);
}
