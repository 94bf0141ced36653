/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain_json.c - a plan as JSON for programs. */
#include <cap-ng.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/explain.h"
#include "plan/option.h"
#include "plan/plan.h"
#include "plan/units.h"

struct document {
	struct arena *arena;
	struct json *root;
};

/* Text of the host's: JSON is UTF-8, a path need not be. */
static void put_text(struct document *doc, struct json *parent, const char *key, const char *text)
{
	json_put_string(parent, key, text != NULL ? str_show(doc->arena, text) : NULL);
}

static void put_map(struct json *parent, const char *key, const struct map_line *lines, size_t count)
{
	struct json *array = json_put_array(parent, key);

	for (size_t i = 0; i < count; i++) {
		struct json *line = json_put_object(array, NULL);

		json_put_int(line, "inside", lines[i].inside);
		json_put_int(line, "outside", lines[i].outside);
		json_put_int(line, "count", lines[i].count);
	}
}

static void put_identity(struct document *doc, const struct plan *plan)
{
	static const char *const writers[] = {
		[MAP_BY_CHILD] = "child", [MAP_BY_HELPERS] = "helpers", [MAP_JOINED] = "joined"};
	struct json *identity = json_put_object(doc->root, "identity");
	struct json *groups;

	put_map(identity, "uid_map", plan->map.uids, plan->map.uid_count);
	put_map(identity, "gid_map", plan->map.gids, plan->map.gid_count);
	json_put_string(identity, "writer", writers[plan->map.writer]);
	json_put_bool(identity, "drops_root", plan->map.drops_root);
	groups = json_put_array(identity, "supplementary_groups");
	for (size_t i = 0; i < plan->map.group_count; i++)
		json_put_int(groups, NULL, plan->map.groups[i]);
	put_text(doc, identity, "hostname", plan->hostname);
	put_text(doc, identity, "domainname", plan->domainname);
	put_text(doc, identity, "origin", origin_text(doc->arena, plan->map.origin));
}

/* Words with `separator` between, as an array. */
static void put_words(struct document *doc, const char *key, struct json *parent, const char *words,
		      const char *separator)
{
	struct json *array = json_put_array(parent, key);
	char *copy = arena_strdup(doc->arena, words);
	char *rest = NULL;

	for (char *word = strtok_r(copy, separator, &rest); word != NULL;
	     word = strtok_r(NULL, separator, &rest))
		json_put_string(array, NULL, word);
}

/* Missing where nothing is joined. */
static void put_joined(struct document *doc, struct json *namespaces, const struct plan_join *join)
{
	struct json *array = join->count > 0 ? json_put_array(namespaces, "joined") : NULL;

	for (size_t i = 0; i < join->count; i++) {
		struct json *object = json_put_object(array, NULL);

		json_put_string(object, "kind", space_table[join->items[i].kind].name);
		put_text(doc, object, "sandbox", join->name);
		put_text(doc, object, "path", join->items[i].path);
		put_text(doc, object, "origin", origin_text(doc->arena, join->items[i].origin));
	}
}

static void put_namespaces(struct document *doc, const struct plan *plan)
{
	const bool is_net_joined = (plan->join.kinds >> SPACE_NET & 1) != 0;
	struct json *namespaces = json_put_object(doc->root, "namespaces");
	int has_time = plan->has_time_offsets || (plan->clone_flags & CLONE_NEWTIME) != 0;
	struct json *offsets;

	put_words(doc, "new", namespaces,
		  explain_namespaces(doc->arena, plan->clone_flags | plan->apart_flags, has_time), " ");
	put_joined(doc, namespaces, &plan->join);
	json_put_string(namespaces, "nested", option_word(doc->arena, OPT_NESTED, plan->nested));
	offsets = json_put_array(namespaces, "time_offsets");
	for (size_t i = 0; i < plan->offset_count; i++) {
		struct json *offset = json_put_object(offsets, NULL);

		json_put_string(offset, "clock", plan->offsets[i].clock);
		json_put_int(offset, "seconds", plan->offsets[i].seconds);
		put_text(doc, offset, "origin", origin_text(doc->arena, plan->offsets[i].origin));
	}
	json_put_string(json_put_object(doc->root, "network"), "mode",
			plan->has_host_network ? "host"
			: is_net_joined	       ? "join"
					       : "none");
}

static void put_node(struct document *doc, struct json *array, const struct plan_node *node)
{
	struct json *object = json_put_object(array, NULL);

	json_put_string(object, "kind", explain_node_word(node));
	put_text(doc, object, "dest", node->dest);
	if (node->kind == NODE_BIND || node->kind == NODE_OVERLAY || node->kind == NODE_COPY)
		put_text(doc, object, "source", node->source);
	if (node->kind == NODE_OVERLAY)
		put_text(doc, object, "upper", node->upper != NULL ? node->upper->source : NULL);
	if (node->kind == NODE_SYMLINK)
		put_text(doc, object, "target", node->text);
	if (node->kind == NODE_TMPFS || (node->kind == NODE_OVERLAY && node->upper == NULL)) {
		json_put_int(object, "size", (int64_t)node->size);
		json_put_int(object, "inodes", (int64_t)node->inodes);
	}
	if (node->kind == NODE_TMPFS || node->kind == NODE_DIR || node->kind == NODE_FILE ||
	    node->kind == NODE_COPY)
		json_put_string(object, "mode", arena_printf(doc->arena, "%04o", node->mode));
	if (node->kind == NODE_PROC)
		json_put_bool(object, "minimal", node->is_minimal);
	put_words(doc, "attributes", object, explain_attr(doc->arena, node->attr), ",");
	json_put_bool(object, "implied", node->is_implied);
	put_text(doc, object, "origin", origin_text(doc->arena, node->origin));
}

/* What hides are besides the nodes of kind "hide". */
static void put_hides(struct document *doc, struct json *parent, const struct plan_root *root)
{
	static const char *const states[] = {[HIDE_NOT_SHOWN] = "not-shown",
					     [HIDE_ABSENT] = "absent",
					     [HIDE_LATER] = "later",
					     [HIDE_LINKED] = "linked"};
	struct json *array = json_put_array(parent, "hides");

	for (size_t i = 0; i < root->hide_count; i++) {
		struct json *object = json_put_object(array, NULL);

		put_text(doc, object, "path", root->hides[i].path);
		json_put_string(object, "state", states[root->hides[i].state]);
		put_text(doc, object, "origin", origin_text(doc->arena, root->hides[i].origin));
	}
}

static bool is_root_writable(const struct plan *plan)
{
	return plan->root.base != NULL && (plan->root.base->attr & MOUNT_ATTR_RDONLY) == 0;
}

static void put_root(struct document *doc, const struct plan *plan)
{
	struct json *root = json_put_object(doc->root, "root");
	struct json *nodes;

	json_put_string(root, "type",
			plan->root.base == NULL			? "tmpfs"
			: plan->root.base->kind == NODE_OVERLAY ? "overlay"
								: "directory");
	put_text(doc, root, "source", plan->root.base != NULL ? plan->root.base->source : NULL);
	json_put_bool(root, "writable", is_root_writable(plan));
	if (plan->root.base == NULL || plan->root.base->kind == NODE_OVERLAY) {
		json_put_int(root, "size", (int64_t)plan->root.size);
		json_put_int(root, "inodes", (int64_t)plan->root.inodes);
	}
	nodes = json_put_array(root, "proc_covers");
	for (size_t i = 0; i < plan->root.cover_count; i++) {
		struct json *object = json_put_object(nodes, NULL);

		json_put_string(object, "path", plan->root.covers[i].path);
		json_put_bool(object, "masked", plan->root.covers[i].is_masked);
		json_put_bool(object, "only_where_writable", plan->root.covers[i].probe != NULL);
	}
	put_hides(doc, root, &plan->root);
	nodes = json_put_array(root, "made_on_host");
	for (size_t i = 0; i < plan->root.made_count; i++)
		put_text(doc, nodes, NULL, plan->root.made_dirs[i]);
	for (size_t i = 0; i < plan->root.made_file_count; i++)
		put_text(doc, nodes, NULL, plan->root.made_files[i]);
	put_text(doc, root, "kept_on_host", plan->home.dir);
	nodes = json_put_array(root, "nodes");
	for (size_t i = 0; i < plan->root.count; i++)
		put_node(doc, nodes, &plan->root.nodes[i]);
}

static void put_wall(struct document *doc, const struct plan_wall *wall)
{
	struct json *object = json_put_object(doc->root, "landlock");
	struct json *array;

	json_put_string(object, "state", explain_wall_state(wall));
	put_text(doc, object, "origin", origin_text(doc->arena, wall->origin));
	if (wall->state != WALL_STANDS)
		return;
	json_put_int(object, "version", wall->version);
	json_put_bool(object, "files", wall->files != 0);
	array = json_put_array(object, "rules");
	for (size_t i = 0; i < wall->count; i++) {
		struct json *rule = json_put_object(array, NULL);

		put_text(doc, rule, "path", wall->rules[i].path);
		put_words(doc, "rights", rule, explain_rights(doc->arena, wall->rules[i].rights), ",");
	}
	put_words(doc, "scopes", object, wall->scopes != 0 ? "abstract-sockets signals" : "", " ");
}

static void put_privilege(struct document *doc, const struct plan *plan)
{
	struct json *caps = json_put_array(doc->root, "capabilities");
	struct json *filter = json_put_object(doc->root, "filter");
	struct json *lists[] = {NULL, NULL};

	for (unsigned int cap = 0; cap < 64; cap++) {
		if ((plan->keep_caps >> cap & 1) != 0)
			json_put_string(caps, NULL, capng_capability_to_name(cap));
	}
	json_put_string(filter, "nested", option_word(doc->arena, OPT_NESTED, plan->filter.nested));
	json_put_bool(filter, "stock", plan->filter.has_stock);
	json_put_string(filter, "default", plan->filter.allows_others ? "allow" : "deny");
	json_put_string(filter, "on_deny", plan->filter.on_deny);
	json_put_bool(filter, "traced", plan->filter.is_traced);
	lists[0] = json_put_array(filter, "deny");
	lists[1] = json_put_array(filter, "allow");
	for (size_t i = 0; i < plan->filter.word_count; i++)
		put_text(doc, lists[plan->filter.words[i].is_allow], NULL, plan->filter.words[i].text);
}

static struct json *put_limit(struct json *limits, const char *key, uint64_t value)
{
	struct json *object = json_put_object(limits, key);

	json_put_int(object, "value", (int64_t)value);
	return object;
}

static void put_cgroup(struct document *doc, struct json *limits, const struct plan_cgroup *cgroup)
{
	struct json *object;

	for (size_t i = 0; i < cgroup->count; i++) {
		const struct plan_cgroup_limit *limit = &cgroup->limits[i];

		if (limit->key == NULL)
			continue;
		object = put_limit(limits, limit->key, limit->number);
		json_put_string(object, "file", limit->file);
		json_put_string(object, "text", limit->text);
		put_text(doc, object, "origin", origin_text(doc->arena, limit->origin));
	}
	for (size_t i = 0; i < cgroup->lost_count; i++) {
		const struct plan_lost_limit *lost = &cgroup->lost[i];

		object = put_limit(limits, lost->key, lost->number);
		put_text(doc, object, "not_held", cgroup->missing);
		if (lost->instead != NULL)
			json_put_string(object, "instead", lost->instead);
		put_text(doc, object, "origin", origin_text(doc->arena, lost->origin));
	}
	if (cgroup->way == CGROUP_NONE)
		return;
	object = json_put_object(limits, "cgroup");
	json_put_string(object, "way", explain_cgroup_way(cgroup));
	if (cgroup->parent != NULL)
		put_text(doc, object, "parent", cgroup->parent);
	json_put_string(object, "controllers", explain_controllers(doc->arena, cgroup->controllers));
}

/* Times are in nanoseconds. Nothing where nothing is limited. */
static void put_limits(struct document *doc, const struct plan *plan)
{
	const struct plan_limits *limits = &plan->limits;
	struct json *parent = explain_has_limits(plan) ? json_put_object(doc->root, "limits") : NULL;
	struct json *object;

	if (limits->wall_ns > 0) {
		object = put_limit(parent, "wall-time", limits->wall_ns);
		json_put_string(object, "stop_signal",
				option_word(doc->arena, OPT_STOP_SIGNAL, limits->stop_word));
		json_put_int(object, "stop_grace", (int64_t)limits->grace_ns);
		put_text(doc, object, "origin", origin_text(doc->arena, limits->wall_origin));
	}
	if (limits->cpu_ns > 0)
		put_text(doc, put_limit(parent, "cpu-time", limits->cpu_ns), "origin",
			 origin_text(doc->arena, limits->cpu_origin));
	for (size_t i = 0; i < limits->rlimit_count; i++) {
		const struct plan_rlimit *limit = &limits->rlimits[i];

		if (!explain_shows_rlimit(limit))
			continue;
		object = put_limit(parent, limit->key, limit->asked);
		if (limit->is_clamped)
			json_put_int(object, "caller_may_have", (int64_t)limit->soft);
		if (limit->but != NULL)
			json_put_string(object, "note", limit->but);
		put_text(doc, object, "origin", origin_text(doc->arena, limit->origin));
	}
	put_cgroup(doc, parent, &plan->cgroup);
	if (limits->cpus != NULL) {
		object = json_put_object(parent, "cpuset");
		json_put_string(object, "value", units_show_cpus(doc->arena, limits->cpus));
		put_text(doc, object, "origin", origin_text(doc->arena, limits->cpus_origin));
	}
	if (limits->nice > 0)
		put_text(doc, put_limit(parent, "nice", (uint64_t)limits->nice), "origin",
			 origin_text(doc->arena, limits->nice_origin));
}

static void put_fds(struct json *parent, const char *key, unsigned int fds)
{
	struct json *array = json_put_array(parent, key);

	for (int fd = 0; fd <= 2; fd++) {
		if ((fds >> fd & 1) != 0)
			json_put_int(array, NULL, fd);
	}
}

/* Nothing where there is no terminal to speak of. */
static void put_terminal(struct document *doc, const struct plan *plan)
{
	struct json *object = explain_has_terminal(plan) ? json_put_object(doc->root, "terminal") : NULL;

	if (object == NULL)
		return;
	json_put_string(object, "mode", explain_terminal(&plan->terminal));
	put_fds(object, "terminals", plan->terminal.given);
	put_fds(object, "replaced", plan->terminal.replaced);
	json_put_bool(object, "keyboard_from_the_start", plan->terminal.is_eager);
	put_text(doc, object, "origin", origin_text(doc->arena, plan->terminal.origin));
}

static void put_program(struct document *doc, const struct plan *plan)
{
	const struct plan_program *program = &plan->program;
	struct json *object = json_put_object(doc->root, "program");
	struct json *array;

	put_text(doc, object, "file", program->file);
	array = json_put_array(object, "argv");
	for (size_t i = 0; program->argv != NULL && program->argv[i] != NULL; i++)
		put_text(doc, array, NULL, program->argv[i]);
	array = json_put_array(object, "environment");
	for (size_t i = 0; i < program->env_count; i++)
		put_text(doc, array, NULL, program->env[i]);
	put_text(doc, object, "chdir", program->chdir);
	put_text(doc, object, "chdir_else", program->chdir_else);
	json_put_string(object, "umask", arena_printf(doc->arena, "%04o", program->umask));
	json_put_bool(object, "aslr", program->has_aslr);
	json_put_int(object, "personality", program->personality);
	json_put_bool(object, "memory_deny_write_execute", program->has_mdwe);
}

static void put_target(struct document *doc, struct json *parent, const char *key,
		       const struct plan_target *target)
{
	struct json *object = json_put_object(parent, key);

	if (target->path != NULL)
		put_text(doc, object, "file", target->path);
	else
		json_put_int(object, "descriptor", target->fd);
}

/* Missing where the caller wants nothing. */
static void put_caller(struct document *doc, const struct plan_caller *caller)
{
	struct json *object;
	struct json *array;

	if (caller->fd_count == 0 && caller->block_fd < 0 && !caller->has_status && !caller->has_meta)
		return;
	object = json_put_object(doc->root, "caller");
	array = json_put_array(object, "descriptors");
	for (size_t i = 0; i < caller->fd_count; i++)
		json_put_int(array, NULL, caller->fds[i]);
	if (caller->block_fd >= 0)
		json_put_int(object, "block_fd", caller->block_fd);
	if (caller->has_status)
		put_target(doc, object, "status", &caller->status);
	if (caller->has_meta)
		put_target(doc, object, "meta", &caller->meta);
}

static void put_entry(struct document *doc, const struct plan_entry *entry)
{
	struct json *object;

	if (entry->name == NULL)
		return;
	object = json_put_object(doc->root, "entry");
	put_text(doc, object, "name", entry->name);
	put_text(doc, object, "registry", arena_printf(doc->arena, "%s/run", entry->base));
	json_put_bool(object, "detached", entry->is_detached);
	json_put_bool(object, "held", entry->is_held);
	put_text(doc, object, "log", entry->log);
}

static void put_story(struct document *doc)
{
	struct json *story = json_put_array(doc->root, "story");

	for (size_t i = 0; i < STEP_COUNT; i++) {
		struct json *step = json_put_object(story, NULL);

		json_put_string(step, "step", step_table[i].name);
		json_put_string(step, "by", step_table[i].who == WHO_INIT ? "init" : "program");
		json_put_string(step, "reason", step_table[i].reason);
	}
}

int explain_json(struct arena *arena, const struct plan *plan, char **ret_text, struct err *err)
{
	struct document doc = {.arena = arena};

	if (json_open(err) < 0)
		return -1;
	doc.root = json_new_object();
	json_put_string(doc.root, "schema", "pinfold.plan/1");
	put_text(&doc, doc.root, "profile", plan->profile);
	put_text(&doc, doc.root, "profile_path", plan->profile_path);
	put_text(&doc, doc.root, "warning", plan->warning);
	put_identity(&doc, plan);
	put_namespaces(&doc, plan);
	put_root(&doc, plan);
	put_wall(&doc, &plan->wall);
	put_privilege(&doc, plan);
	put_limits(&doc, plan);
	put_terminal(&doc, plan);
	put_program(&doc, plan);
	put_caller(&doc, &plan->caller);
	put_entry(&doc, &plan->entry);
	put_story(&doc);
	*ret_text = json_text(doc.root);
	json_done(doc.root);
	if (*ret_text == NULL)
		return err_set(err, ERR_BUG, "bug.json", 0, "the plan cannot be written as JSON");
	return 0;
}
