/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_cgroup.c - where the sandbox's cgroup is to be had, and what is limited in it.
 *
 * The kernel limits all processes together in a cgroup only, and lets an ordinary user make one only below
 * one that is his (cgroups(7), "Delegating a hierarchy"). The best way is the one that touches least: first
 * what is divided already, then what systemd makes for us, and only then our own cgroup, which we have to
 * leave before it can be divided.
 */
#include <linux/mount.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_build.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

/* PID_MAX_LIMIT: as in linux/threads.h of a 64-bit kernel */
/* In the order of the row's words. */
enum { CGROUPFS_NONE, CGROUPFS_RO };

enum { MAX_IO_WEIGHT = 10000, QUOTA_PERIOD_US = 100000, PID_MAX_LIMIT = 4 * 1024 * 1024 };

/* The keys that only a cgroup holds; and pids, which one holds better than an rlimit. */
static const struct row {
	enum option_id id;
	enum controller controller;
	const char *file;
} rows[] = {
	{OPT_MEMORY, CONTROLLER_MEMORY, "memory.max"}, {OPT_SWAP, CONTROLLER_MEMORY, "memory.swap.max"},
	{OPT_CPU_QUOTA, CONTROLLER_CPU, "cpu.max"},    {OPT_IO_WEIGHT, CONTROLLER_IO, "io.weight"},
	{OPT_PIDS, CONTROLLER_PIDS, "pids.max"},
};

static unsigned int set_of(enum controller controller)
{
	return 1U << controller;
}

/* The controllers of all keys that are set. */
static unsigned int wanted_controllers(const struct request *request)
{
	unsigned int wanted = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (request_get(request, rows[i].id) != NULL)
			wanted |= set_of(rows[i].controller);
	}
	return wanted;
}

bool plan_wants_cgroup(const struct request *request)
{
	return (wanted_controllers(request) & ~set_of(CONTROLLER_PIDS)) != 0;
}

/* ------------------------------------------------------------ where */

/*
 * Slices, and the user manager's own cgroup, have one writer, their systemd (systemd.io/CGROUP_DELEGATION):
 * it takes controllers away again when no unit of its own wants them, and our limits with them. So it is with
 * the top, which is a slice by another name.
 */
static bool is_of_systemd(const struct host_cgroups *cgroups, const struct host_cgroup *item)
{
	const char *name = strrchr(item->path, '/') + 1;

	return (item->is_top && cgroups->has_systemd) || str_ends(name, ".slice") ||
	       (str_starts(name, "user@") && str_ends(name, ".service"));
}

static bool has_all(unsigned int set, unsigned int wanted)
{
	return (set & wanted) == wanted;
}

/* One that is divided already, or that nobody is in, so that it can be. */
static bool choose_ancestor(const struct host_cgroups *cgroups, unsigned int wanted,
			    struct plan_cgroup *cgroup)
{
	for (size_t i = 0; i < cgroups->count; i++) {
		const struct host_cgroup *item = &cgroups->items[i];
		const bool can_divide = item->is_top || (i > 0 && !item->has_others);

		if (!item->is_writable || is_of_systemd(cgroups, item) || !has_all(item->available, wanted) ||
		    (!has_all(item->enabled, wanted) && !can_divide))
			continue;
		cgroup->way = CGROUP_ANCESTOR;
		cgroup->parent = item->path;
		cgroup->enables = wanted & ~item->enabled;
		return true;
	}
	return false;
}

static bool choose_scope(const struct host_cgroups *cgroups, unsigned int wanted, struct plan_cgroup *cgroup)
{
	if (cgroups->count == 0 || cgroups->manager_socket == NULL || !has_all(cgroups->manager, wanted))
		return false;
	cgroup->way = CGROUP_SCOPE;
	cgroup->mount = cgroups->items[cgroups->count - 1].path;
	cgroup->manager = cgroups->manager_socket;
	cgroup->enables = wanted;
	return true;
}

static bool choose_own(const struct host_cgroups *cgroups, unsigned int wanted, struct plan_cgroup *cgroup)
{
	const struct host_cgroup *own = cgroups->items;

	if (cgroups->count == 0 || !own->is_writable || own->has_others || !has_all(own->available, wanted))
		return false;
	cgroup->way = CGROUP_OWN;
	cgroup->parent = own->path;
	cgroup->enables = wanted;
	return true;
}

static bool choose(struct build *build, unsigned int wanted)
{
	static bool (*const ways[])(const struct host_cgroups *cgroups, unsigned int wanted,
				    struct plan_cgroup *cgroup) = {choose_ancestor, choose_scope, choose_own};
	struct plan_cgroup *cgroup = &build->plan->cgroup;

	/* Who gives up root gives up what root may write, the cgroup that is to be removed included. */
	if ((wanted & ~set_of(CONTROLLER_PIDS)) == 0 || build->plan->map.drops_root)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!ways[i](&build->host->cgroups, wanted, cgroup))
			continue;
		cgroup->controllers = wanted;
		cgroup->moves_caller = cgroup->way == CGROUP_OWN && build->request->entry.is_detached;
		return true;
	}
	return false;
}

/* ------------------------------------------------------------ where not */

/* Why there is no cgroup with all these controllers, and how to get one. */
struct reason {
	const char *what;
	const char *hint;
	unsigned int missing; /* the controllers it is about; 0: all */
};

static const char *first_of(unsigned int set)
{
	for (unsigned int i = 0; i < CONTROLLER_COUNT; i++) {
		if ((set >> i & 1) != 0)
			return host_controller_names[i];
	}
	return "";
}

static bool is_not_mounted(struct build *build, unsigned int wanted, struct reason *ret)
{
	(void)wanted;
	*ret = (struct reason){
		.what = "cgroup v2 is not mounted at /sys/fs/cgroup",
		.hint = "boot with systemd.unified_cgroup_hierarchy=1, or set enforce = best-effort in "
			"[limits]"};
	return build->host->cgroups.count == 0;
}

static bool is_without_controller(struct build *build, unsigned int wanted, struct reason *ret)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;

	ret->missing = wanted & ~cgroups->items[cgroups->count - 1].available;
	ret->what = arena_printf(build->arena, "cgroup v2 has no controller %s here", first_of(ret->missing));
	ret->hint =
		"where cgroup v1 has it: boot with systemd.unified_cgroup_hierarchy=1; in a container, let "
		"it have the controller; or set enforce = best-effort in [limits]";
	return ret->missing != 0;
}

static bool is_given_up(struct build *build, unsigned int wanted, struct reason *ret)
{
	(void)wanted;
	ret->what = "root runs pinfold, and cgroups are root's, which it gives up";
	ret->hint = "run it as an ordinary user with a systemd session, or set enforce = best-effort in "
		    "[limits]";
	return build->plan->map.drops_root;
}

static bool is_not_the_managers(struct build *build, unsigned int wanted, struct reason *ret)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;

	ret->missing = wanted & ~cgroups->manager;
	ret->what = arena_printf(build->arena, "your systemd manager was not given the controller %s",
				 first_of(ret->missing));
	ret->hint =
		"as root: systemctl edit user@.service, write [Service] and Delegate=cpu io memory pids, and "
		"log in again; or set enforce = best-effort in [limits]";
	return cgroups->manager_socket != NULL && ret->missing != 0;
}

static bool is_shared(struct build *build, unsigned int wanted, struct reason *ret)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;
	const struct host_cgroup *own = cgroups->items;

	ret->what = arena_printf(build->arena,
				 "your cgroup %s has other processes in it, so that it cannot be divided",
				 own->path);
	ret->hint = "start pinfold in one of its own (exec it as the first program there), or set enforce = "
		    "best-effort in [limits]";
	return own->is_writable && own->has_others && !is_of_systemd(cgroups, own) &&
	       has_all(own->available, wanted);
}

static bool is_not_in_mine(struct build *build, unsigned int wanted, struct reason *ret)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;

	for (size_t i = 0; i < cgroups->count; i++) {
		const struct host_cgroup *item = &cgroups->items[i];

		ret->missing = wanted & ~item->available;
		if (!item->is_writable || is_of_systemd(cgroups, item) || ret->missing == 0)
			continue;
		ret->what = arena_printf(build->arena, "your cgroup %s was not given the controller %s",
					 item->path, first_of(ret->missing));
		ret->hint = "whoever made it for you can enable it in the cgroup.subtree_control of the one "
			    "above; or set enforce = best-effort in [limits]";
		return true;
	}
	return false;
}

static bool is_not_asked(struct build *build, unsigned int wanted, struct reason *ret)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;

	(void)wanted;
	ret->missing = 0;
	if (cgroups->unasked == MANAGER_NO_LIBRARY) {
		ret->what = "pinfold cannot ask your systemd manager for one without libsystemd";
		ret->hint = "install libsystemd (pinfold version says whether it was built with it), or set "
			    "enforce = best-effort in [limits]";
	} else {
		ret->what = "XDG_RUNTIME_DIR does not say where your systemd manager is";
		ret->hint =
			"log in, in place of su and sudo -u, or set it: XDG_RUNTIME_DIR=/run/user/UID; or "
			"set enforce = best-effort in [limits]";
	}
	return cgroups->unasked != MANAGER_ASKED;
}

static bool is_not_delegated(struct build *build, unsigned int wanted, struct reason *ret)
{
	(void)build, (void)wanted;
	*ret = (struct reason){
		.what = "no cgroup was delegated to you",
		.hint = "log in where a systemd user manager runs (loginctl enable-linger), or as root: "
			"systemd-run --uid=YOU -p Delegate=yes pinfold...; in a container: its own writable "
			"cgroup namespace; or set enforce = best-effort"};
	return true;
}

static struct reason find_reason(struct build *build, unsigned int wanted)
{
	static bool (*const reasons[])(struct build * build, unsigned int wanted, struct reason *ret) = {
		is_not_mounted, is_without_controller, is_given_up,  is_not_the_managers,
		is_shared,	is_not_in_mine,	       is_not_asked, is_not_delegated};
	struct reason reason = {0};

	for (size_t i = 0; i < ARRAY_SIZE(reasons) && !reasons[i](build, wanted, &reason); i++)
		reason = (struct reason){0};
	return reason;
}

/* Of several keys the one to blame is that which is in the way. */
static int refuse(struct build *build, unsigned int wanted)
{
	const struct reason reason = find_reason(build, wanted);
	const unsigned int blamed = reason.missing != 0 ? reason.missing : wanted;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *value = request_get(build->request, rows[i].id);

		if (value == NULL || (blamed & set_of(rows[i].controller)) == 0)
			continue;
		err_set(build->err, ERR_HOST, "host.cgroup", 0, "%s = %s cannot be held: %s",
			option_table[rows[i].id].key, value->text, reason.what);
		err_hint(build->err, "%s", reason.hint);
		return origin_blame(build->err, value->origin);
	}
	return -1;
}

/* ------------------------------------------------------------ what */

/* As the kernel's file wants it. */
static const char *limit_text(struct build *build, const struct row *row, const struct value *value)
{
	const unsigned long long number = value->number;

	if (row->id == OPT_CPU_QUOTA)
		return arena_printf(build->arena, "%llu %d", number * (QUOTA_PERIOD_US / 100),
				    QUOTA_PERIOD_US);
	if (row->id != OPT_PIDS)
		return arena_printf(build->arena, "%llu", number);
	/* Process 1 is not the program's. More than there can be the kernel does not take. */
	return number >= PID_MAX_LIMIT ? "max" : arena_printf(build->arena, "%llu", number + 1);
}

static void add_limit(struct build *build, struct plan_cgroup_limit limit)
{
	struct plan_cgroup *cgroup = &build->plan->cgroup;

	*ARENA_PUSH(build->arena, cgroup->limits, cgroup->count) = limit;
}

static void add_memory(struct build *build, const struct value *value)
{
	struct plan_cgroup *cgroup = &build->plan->cgroup;

	cgroup->has_memory = true;
	cgroup->memory = value->text;
	cgroup->memory_origin = value->origin;
	/* Half of a program that goes on helps nobody, and who is killed would be the kernel's choice. */
	add_limit(build, (struct plan_cgroup_limit){
				 .file = "memory.oom.group", .text = "1", .origin = value->origin});
	/* A limit that swapping gets around is none. A kernel that counts no swap has no such file, which is
	 * as well where there is no swap. */
	if (request_get(build->request, OPT_SWAP) == NULL)
		add_limit(build, (struct plan_cgroup_limit){.file = "memory.swap.max",
							    .text = "0",
							    .is_optional = !build->host->cgroups.has_swap,
							    .origin = value->origin});
}

static void lose(struct build *build, const struct row *row, const struct value *value)
{
	struct plan_cgroup *cgroup = &build->plan->cgroup;
	const char *instead = NULL;

	/* pids alone is no reason for a cgroup, and its rlimit holds. */
	if (row->id == OPT_PIDS)
		return;
	if (row->id == OPT_MEMORY && request_get(build->request, OPT_ADDRESS_SPACE) == NULL) {
		cgroup->stands_in = value->number;
		instead = "each process by itself gets so much address space, which is not the same thing";
	}
	*ARENA_PUSH(build->arena, cgroup->lost, cgroup->lost_count) =
		(struct plan_lost_limit){.key = option_table[row->id].key,
					 .shown = value->text,
					 .number = value->number,
					 .instead = instead,
					 .origin = value->origin};
}

static void add_limits(struct build *build)
{
	struct plan_cgroup *cgroup = &build->plan->cgroup;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *value = request_get(build->request, rows[i].id);

		if (value == NULL)
			continue;
		if ((cgroup->controllers & set_of(rows[i].controller)) == 0) {
			lose(build, &rows[i], value);
			continue;
		}
		add_limit(build, (struct plan_cgroup_limit){.key = option_table[rows[i].id].key,
							    .file = rows[i].file,
							    .text = limit_text(build, &rows[i], value),
							    .shown = value->text,
							    .number = value->number,
							    .origin = value->origin});
		cgroup->has_pids |= rows[i].id == OPT_PIDS;
		if (rows[i].id == OPT_MEMORY)
			add_memory(build, value);
	}
}

static void warn(struct build *build)
{
	struct plan_cgroup *cgroup = &build->plan->cgroup;
	const char *other = build->plan->warning;
	const char *keys = "";

	for (size_t i = 0; i < cgroup->lost_count; i++)
		keys = arena_printf(build->arena, "%s%s%s", keys, i > 0 ? ", " : "", cgroup->lost[i].key);
	if (cgroup->lost_count > 0)
		build->plan->warning = arena_printf(build->arena, "%s%slimits that are not held: %s: %s",
						    other != NULL ? other : "", other != NULL ? "; " : "",
						    keys, cgroup->missing);
}

static int check_weight(struct build *build)
{
	const struct value *value = request_get(build->request, OPT_IO_WEIGHT);

	if (value == NULL || value->number <= MAX_IO_WEIGHT)
		return 0;
	err_set(build->err, ERR_CONFIG, "config.io-weight", 0, "io-weight = %s: it must be 1 to 10000",
		value->text);
	err_hint(build->err, "100 is what others have; for example: io-weight = 50");
	return origin_blame(build->err, value->origin);
}

/* Whatever covers a path of the sandbox: the node with the longest destination on the way there. */
static const struct plan_node *find_cover(const struct plan_root *root, const char *path)
{
	const struct plan_node *cover = NULL;

	for (size_t i = 0; i < root->count; i++) {
		const struct plan_node *node = &root->nodes[i];

		if (path_is_within(path, node->dest) &&
		    (cover == NULL || strlen(node->dest) >= strlen(cover->dest)))
			cover = node;
	}
	return cover;
}

/* Does it show the files with the limits to the program, which has the same uid, to be written? */
static bool gives_limits_away(const struct build *build, const struct plan_node *node, const char *mount)
{
	const struct plan_node *cover;
	const char *dest;

	if (node == NULL || node->kind != NODE_BIND || (node->attr & MOUNT_ATTR_RDONLY) != 0)
		return false;
	if (path_is_within(node->source, mount))
		return true;
	if (!path_is_within(mount, node->source))
		return false;
	/* What is above it, unless something else stands in its place. */
	dest = str_eq(node->source, "/") ? mount : mount + strlen(node->source);
	dest = str_eq(node->dest, "/") ? dest : arena_printf(build->arena, "%s%s", node->dest, dest);
	cover = find_cover(&build->plan->root, dest);
	return cover == node || (cover == NULL && node == build->plan->root.base);
}

static int check_grants(struct build *build)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;
	const struct plan_cgroup *cgroup = &build->plan->cgroup;
	const struct plan_root *root = &build->plan->root;

	for (size_t i = 0; cgroup->way != CGROUP_NONE && i <= root->count; i++) {
		const struct plan_node *node = i < root->count ? &root->nodes[i] : root->base;

		if (!gives_limits_away(build, node, cgroups->items[cgroups->count - 1].path))
			continue;
		err_set(build->err, ERR_CONFIG, "config.cgroup-writable", 0,
			"with %s the program could change its own limits (%s = %s)",
			str_show(build->arena, node->source), cgroup->limits[0].key, cgroup->limits[0].shown);
		err_hint(build->err, "grant it with ro, or not at all");
		return origin_blame(build->err, node->origin);
	}
	return 0;
}

int plan_cgroup(struct build *build)
{
	/* What best-effort does without: first what is a share and no bound. */
	enum { IO = 1 << CONTROLLER_IO, CPU = 1 << CONTROLLER_CPU, MEMORY = 1 << CONTROLLER_MEMORY };
	static const unsigned int without[] = {0, IO, CPU, IO | CPU, MEMORY, IO | MEMORY, CPU | MEMORY};
	const unsigned int wanted = wanted_controllers(build->request);
	const bool is_strict = request_number(build->request, OPT_ENFORCE) == ENFORCE_STRICT;
	bool is_found = false;

	if (!plan_wants_cgroup(build->request))
		return 0;
	if (check_weight(build) < 0)
		return -1;
	/* pids has its rlimit where the cgroup cannot have it. */
	for (size_t i = 0; !is_found && i < (is_strict ? 1 : ARRAY_SIZE(without)); i++)
		is_found = choose(build, wanted & ~without[i]) ||
			   choose(build, wanted & ~without[i] & ~set_of(CONTROLLER_PIDS));
	if (!is_found && is_strict)
		return refuse(build, wanted & ~set_of(CONTROLLER_PIDS));
	if (!has_all(build->plan->cgroup.controllers, wanted & ~set_of(CONTROLLER_PIDS)))
		build->plan->cgroup.missing = find_reason(build, wanted & ~set_of(CONTROLLER_PIDS)).what;
	add_limits(build);
	return 0;
}

int plan_cgroup_check(struct build *build)
{
	warn(build);
	return check_grants(build);
}

int plan_cgroup_node(struct build *build, struct node_list *nodes)
{
	const struct value *value = request_get(build->request, OPT_CGROUPFS);

	if (value->number == CGROUPFS_NONE)
		return 0;
	if (request_number(build->request, OPT_NS_CGROUP) != SPACE_PRIVATE)
		return plan_refuse_without_effect(build, OPT_CGROUPFS, OPT_NS_CGROUP);
	if (!plan_wants_cgroup(build->request)) {
		err_set(build->err, ERR_CONFIG, "config.no-effect", 0,
			"filesystem.cgroup = ro has no effect without a limit that needs a cgroup");
		err_hint(build->err, "set memory, swap, cpu-quota or io-weight in [limits], or take it away");
		return origin_blame(build->err, value->origin);
	}
	/* With enforce = best-effort. */
	if (build->plan->cgroup.way == CGROUP_NONE)
		return 0;
	*ARENA_PUSH(build->arena, nodes->items, nodes->count) = (struct plan_node){
		.kind = NODE_CGROUP,
		.dest = "/sys/fs/cgroup",
		.attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC,
		.origin = value->origin,
		.layer = value->layer};
	return 0;
}
