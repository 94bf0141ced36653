/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_cgroup.c - where the sandbox's cgroup is to be had, and what is limited in it.
 *
 * The kernel limits all processes together in a cgroup only, and lets an ordinary user make one only below
 * one that is his (cgroups(7), "Delegating a hierarchy"). The best way is the one that touches least: first
 * what is divided already, then what systemd makes for us, and only then our own cgroup, which we have to
 * leave before it can be divided.
 */
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan_build.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

enum { MAX_IO_WEIGHT = 10000, QUOTA_PERIOD_US = 100000 };

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
 * it takes controllers away again when no unit of its own wants them, and our limits with them.
 */
static bool is_of_systemd(const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	return str_ends(name, ".slice") || (str_starts(name, "user@") && str_ends(name, ".service"));
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

		if (!item->is_writable || is_of_systemd(item->path) || !has_all(item->available, wanted) ||
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
		return true;
	}
	return false;
}

/* ------------------------------------------------------------ where not */

struct reason {
	const char *what;
	const char *hint;
};

static const char *first_missing(unsigned int set, unsigned int wanted)
{
	for (unsigned int i = 0; i < CONTROLLER_COUNT; i++) {
		if ((wanted & ~set) >> i & 1)
			return host_controller_names[i];
	}
	return NULL;
}

/* Why there is no cgroup with all these controllers, and how to get one. */
static struct reason find_reason(struct build *build, unsigned int wanted)
{
	const struct host_cgroups *cgroups = &build->host->cgroups;
	const char *missing;

	if (cgroups->count == 0)
		return (struct reason){"cgroup v2 is not mounted here",
				       "boot with systemd.unified_cgroup_hierarchy=1, or set enforce = "
				       "best-effort in [limits]"};
	missing = first_missing(cgroups->items[cgroups->count - 1].available, wanted);
	if (missing != NULL)
		return (struct reason){
			arena_printf(build->arena, "cgroup v2 has no controller %s here", missing),
			"where cgroup v1 has it: boot with systemd.unified_cgroup_hierarchy=1; in a "
			"container, "
			"let it have the controller; or set enforce = best-effort in [limits]"};
	if (build->plan->map.drops_root)
		return (struct reason){
			"root runs pinfold, and cgroups are root's, which it gives up",
			"run it as an ordinary user with a systemd session, or set enforce = best-effort in "
			"[limits]"};
	missing = cgroups->manager_socket != NULL ? first_missing(cgroups->manager, wanted) : NULL;
	if (missing != NULL)
		return (struct reason){
			arena_printf(build->arena, "your systemd manager was not given the controller %s",
				     missing),
			"as root: systemctl edit user@.service, write [Service] and Delegate=cpu io memory "
			"pids, and log in again; or set enforce = best-effort in [limits]"};
	return (struct reason){
		"no cgroup was delegated to you",
		"log in where a systemd user manager runs (loginctl enable-linger), or as root: systemd-run "
		"--uid=YOU -p Delegate=yes pinfold...; in a container: its own writable cgroup namespace; or "
		"set enforce = best-effort"};
}

static int refuse(struct build *build, unsigned int wanted)
{
	const struct reason reason = find_reason(build, wanted);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *value = request_get(build->request, rows[i].id);

		if (value == NULL)
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
	/* Process 1 is not the program's. */
	return arena_printf(build->arena, "%llu", row->id == OPT_PIDS ? number + 1 : number);
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
	/* A limit that swapping gets around is none. Kernels without swap have no such file. */
	if (request_get(build->request, OPT_SWAP) == NULL)
		add_limit(build, (struct plan_cgroup_limit){.file = "memory.swap.max",
							    .text = "0",
							    .is_optional = true,
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

int plan_cgroup(struct build *build)
{
	/* What best-effort does without: first what is a share and no bound. */
	static const unsigned int without[] = {0, 1U << CONTROLLER_IO, 1U << CONTROLLER_CPU,
					       1U << CONTROLLER_IO | 1U << CONTROLLER_CPU,
					       1U << CONTROLLER_IO | 1U << CONTROLLER_MEMORY};
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
	warn(build);
	return 0;
}
