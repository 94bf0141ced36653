/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_ids.c - who the program is, inside and to the host.
 *
 * The program always runs as one host uid: the caller's. What changes is the number that it sees.
 * The kernel's own uid 0 is the exception: without a single capability it still owns /proc/sys and
 * ignores RLIMIT_NPROC, so a root caller becomes an unprivileged uid before anything is cloned.
 */
#include "base/err.h"
#include "base/mem.h"
#include "plan/host.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

/* Whom a root caller becomes: the uid and gid that own nothing, by convention. */
enum { UNPRIVILEGED_ID = 65534 };

static int refuse_host(struct build *build, const char *id, const char *what, const char *hint)
{
	err_set(build->err, ERR_HOST, id, 0, "%s", what);
	err_hint(build->err, "%s", hint);
	return origin_blame(build->err, build->plan->map.origin);
}

/* The inside id: what was asked for, else the mode's own. */
static int choose_id(struct build *build, enum option_id id, enum map_mode mode, uint32_t outside,
		     uint32_t *ret_id)
{
	const struct value *value = request_get(build->request, id);

	*ret_id = mode == MAP_MODE_SELF ? outside : 0;
	if (value == NULL)
		return 0;
	*ret_id = (uint32_t)value->number;
	if (mode != MAP_MODE_ROOT || value->number == 0)
		return 0;
	err_set(build->err, ERR_CONFIG, "config.map-root", 0,
		"%s = %s contradicts map = root, which makes it 0", option_table[id].key, value->text);
	err_hint(build->err, "use map = self with this id, or take it away");
	return origin_blame(build->err, value->origin);
}

static void add_line(struct build *build, struct map_line **lines, size_t *count, struct map_line line)
{
	*ARENA_PUSH(build->arena, *lines, *count) = line;
}

/* Me at id `mine`, and the ranges at 0, 1, 2... around it, as rootless containers have it. */
static void add_ranges(struct build *build, struct map_line mine, const struct id_range *ranges,
		       size_t range_count, struct map_line **lines, size_t *count)
{
	uint64_t next = 0;

	add_line(build, lines, count, mine);
	for (size_t i = 0; i < range_count; i++) {
		uint32_t start = ranges[i].start;
		uint32_t left = ranges[i].count;

		while (left > 0 && next < UINT32_MAX) {
			uint32_t chunk = left;

			if (next == mine.inside)
				next++;
			if (next < mine.inside && mine.inside - next < chunk)
				chunk = (uint32_t)(mine.inside - next);
			if (UINT32_MAX - next < chunk)
				chunk = (uint32_t)(UINT32_MAX - next);
			if (chunk == 0)
				return;
			add_line(build, lines, count,
				 (struct map_line){
					 .inside = (uint32_t)next, .outside = start, .count = chunk});
			next += chunk;
			start += chunk;
			left -= chunk;
		}
	}
}

static int check_helpers(struct build *build)
{
	const struct host *host = build->host;

	if (build->plan->map.drops_root)
		return refuse_host(build, "host.subids-root",
				   "map = subids is for ordinary users, and root runs pinfold",
				   "run it as the user whose subordinate ids are meant");
	if (host->newuidmap == NULL || host->newgidmap == NULL)
		return refuse_host(build, "host.no-newuidmap",
				   "map = subids needs newuidmap and newgidmap, which are not installed",
				   "install them (Debian, Ubuntu: uidmap; Fedora: shadow-utils), or use map "
				   "= self or root");
	if (host->has_no_new_privs)
		return refuse_host(build, "host.no-new-privs",
				   "map = subids needs newuidmap, which gains nothing under no_new_privs",
				   "pinfold runs in a sandbox already: use map = self or root in here");
	if (!host->is_proc_ours)
		return refuse_host(
			build, "host.foreign-proc",
			"map = subids needs a /proc of this pid namespace for newuidmap to work on",
			"mount a fresh /proc (unshare --mount-proc), or use map = self or root");
	if (host->subuid_count == 0 || host->subgid_count == 0)
		return refuse_host(
			build, "host.no-subids",
			host->subuid_count == 0 ? "you have no subordinate uids"
						: "you have no subordinate gids",
			"as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 USER");
	return 0;
}

/* From 5.12 on, mapping uid 0 of the namespace we are in needs CAP_SETFCAP there. */
static int check_uid_zero(struct build *build)
{
	if (build->plan->map.outside_uid != 0 || build->host->has_setfcap)
		return 0;
	return refuse_host(
		build, "host.uid0-no-setfcap",
		"you are uid 0 of a user namespace without CAP_SETFCAP: its uid 0 cannot be mapped again",
		"run the outer sandbox with map = self, so that you are not uid 0 in it");
}

int plan_ids(struct build *build)
{
	const struct request *request = build->request;
	const struct host *host = build->host;
	const struct value *mode_value = request_get(request, OPT_MAP);
	enum map_mode mode = (enum map_mode)mode_value->number;
	struct plan_map *map = &build->plan->map;

	map->origin = mode_value->origin;
	map->drops_root = host->is_root && request_number(request, OPT_ALLOW_HOST_ROOT) == 0;
	map->opens_memory = map->drops_root;
	map->outside_uid = map->drops_root ? UNPRIVILEGED_ID : host->uid;
	/* setgroups is denied to an ordinary user: his groups go with him. A root caller drops them. */
	map->groups = map->drops_root ? NULL : host->groups;
	map->group_count = map->drops_root ? 0 : host->group_count;
	map->outside_gid = map->drops_root ? UNPRIVILEGED_ID : host->gid;
	if (choose_id(build, OPT_UID, mode, map->outside_uid, &map->uid) < 0 ||
	    choose_id(build, OPT_GID, mode, map->outside_gid, &map->gid) < 0 || check_uid_zero(build) < 0)
		return -1;
	if (mode == MAP_MODE_SUBIDS) {
		if (check_helpers(build) < 0)
			return -1;
		map->writer = MAP_BY_HELPERS;
		map->newuidmap = host->newuidmap;
		map->newgidmap = host->newgidmap;
	}
	add_ranges(build, (struct map_line){map->uid, map->outside_uid, 1}, host->subuids,
		   mode == MAP_MODE_SUBIDS ? host->subuid_count : 0, &map->uids, &map->uid_count);
	add_ranges(build, (struct map_line){map->gid, map->outside_gid, 1}, host->subgids,
		   mode == MAP_MODE_SUBIDS ? host->subgid_count : 0, &map->gids, &map->gid_count);
	return 0;
}
