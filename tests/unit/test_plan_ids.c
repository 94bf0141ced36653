/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_ids.c - who the program is: the three maps, ranges around the own id, and root. */
#include "plan_fixture.h"

TestSuite(ids, .init = fix_setup, .fini = fix_teardown);

static void ranges(struct id_range **slot, size_t *count, const struct id_range *given, size_t n)
{
	*slot = NULL;
	*count = 0;
	for (size_t i = 0; i < n; i++)
		*ARENA_PUSH(fix.arena, *slot, *count) = given[i];
}

#define UIDS(...)                                                                                            \
	ranges(&fix.host.subuids, &fix.host.subuid_count, (const struct id_range[]){__VA_ARGS__},            \
	       sizeof((const struct id_range[]){__VA_ARGS__}) / sizeof(struct id_range))
#define GIDS(...)                                                                                            \
	ranges(&fix.host.subgids, &fix.host.subgid_count, (const struct id_range[]){__VA_ARGS__},            \
	       sizeof((const struct id_range[]){__VA_ARGS__}) / sizeof(struct id_range))

/* The lines as "INSIDE:OUTSIDE:COUNT ...". */
static const char *lines(const struct map_line *map, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(fix.arena, "%s%s%u:%u:%u", text, i > 0 ? " " : "", map[i].inside,
				    map[i].outside, map[i].count);
	return text;
}

static const char *uids(void)
{
	return lines(fix.plan.map.uids, fix.plan.map.uid_count);
}

static const char *gids(void)
{
	return lines(fix.plan.map.gids, fix.plan.map.gid_count);
}

static void with_subids(void)
{
	fix_set("identity.map", "subids");
	fix.host.newuidmap = "/usr/bin/newuidmap";
	fix.host.newgidmap = "/usr/bin/newgidmap";
	UIDS({100000, 65536});
	GIDS({200000, 1000});
}

Test(ids, self)
{
	fix.host.gid = 100;
	fix_build();
	cr_assert_str_eq(uids(), "1000:1000:1");
	cr_assert_str_eq(gids(), "100:100:1");
	cr_assert_eq(fix.plan.map.writer, MAP_BY_CHILD);
	cr_assert_eq(fix.plan.map.uid, 1000U);
	cr_assert_eq(fix.plan.map.gid, 100U);
	cr_assert_not(fix.plan.map.drops_root);
	cr_assert_str_eq(origin_text(fix.arena, fix.plan.map.origin), "default");
}

Test(ids, self_with_other_numbers)
{
	fix_set("identity.uid", "0");
	fix_set("identity.gid", "4294967294");
	fix_build();
	cr_assert_str_eq(uids(), "0:1000:1");
	cr_assert_str_eq(gids(), "4294967294:1000:1");
	cr_assert_eq(fix.plan.map.uid, 0U);
	cr_assert_eq(fix.plan.map.outside_uid, 1000U);
}

Test(ids, root)
{
	fix_set("identity.map", "root");
	fix_build();
	cr_assert_str_eq(uids(), "0:1000:1");
	cr_assert_str_eq(gids(), "0:1000:1");
	cr_assert_eq(fix.plan.map.writer, MAP_BY_CHILD);
	fix_set("identity.uid", "0");
	fix_build();
	fix_set("identity.uid", "5");
	fix_assert_refused(fix_try_build(), "config.map-root", "uid = 5 contradicts map = root");
	cr_assert_str_eq(fix_where(), "identity.uid=5");
	fix_set("identity.uid", "");
	fix_set("identity.gid", "5");
	fix_assert_refused(fix_try_build(), "config.map-root", "gid = 5");
}

Test(ids, subids_put_me_at_zero_and_the_ranges_behind)
{
	with_subids();
	fix_build();
	cr_assert_str_eq(uids(), "0:1000:1 1:100000:65536");
	cr_assert_str_eq(gids(), "0:1000:1 1:200000:1000");
	cr_assert_eq(fix.plan.map.writer, MAP_BY_HELPERS);
	cr_assert_str_eq(fix.plan.map.newuidmap, "/usr/bin/newuidmap");
	cr_assert_str_eq(fix.plan.map.newgidmap, "/usr/bin/newgidmap");
}

Test(ids, subids_go_around_the_id_that_is_mine)
{
	with_subids();
	fix_set("identity.uid", "1000");
	fix_set("identity.gid", "1");
	fix_build();
	cr_assert_str_eq(uids(), "1000:1000:1 0:100000:1000 1001:101000:64536");
	cr_assert_str_eq(gids(), "1:1000:1 0:200000:1 2:200001:999");
	fix_set("identity.uid", "65536");
	fix_build();
	cr_assert_str_eq(uids(), "65536:1000:1 0:100000:65536", "right behind the range");
	fix_set("identity.uid", "65535");
	fix_build();
	cr_assert_str_eq(uids(), "65535:1000:1 0:100000:65535 65536:165535:1");
	fix_set("identity.uid", "70000");
	fix_build();
	cr_assert_str_eq(uids(), "70000:1000:1 0:100000:65536", "beyond it");
}

Test(ids, several_ranges_follow_each_other)
{
	with_subids();
	UIDS({100000, 10}, {300000, 10}, {500000, 1});
	fix_set("identity.uid", "10");
	fix_build();
	cr_assert_str_eq(uids(), "10:1000:1 0:100000:10 11:300000:10 21:500000:1");
	fix_set("identity.uid", "15");
	fix_build();
	cr_assert_str_eq(uids(), "15:1000:1 0:100000:10 10:300000:5 16:300005:5 21:500000:1");
	fix_set("identity.uid", "0");
	fix_build();
	cr_assert_str_eq(uids(), "0:1000:1 1:100000:10 11:300000:10 21:500000:1");
}

Test(ids, no_map_goes_past_the_last_id)
{
	with_subids();
	UIDS({1, 4294967294}, {1, 4294967294});
	fix_build();
	cr_assert_str_eq(uids(), "0:1000:1 1:1:4294967294");
	fix_set("identity.uid", "4294967294");
	fix_build();
	cr_assert_str_eq(uids(), "4294967294:1000:1 0:1:4294967294");
	fix_set("identity.uid", "4294967293");
	fix_build();
	cr_assert_str_eq(uids(), "4294967293:1000:1 0:1:4294967293 4294967294:4294967294:1");
}

Test(ids, every_inside_id_is_mapped_once)
{
	with_subids();
	UIDS({100000, 7}, {200000, 1}, {300000, 30});
	for (int mine = 0; mine < 50; mine++) {
		unsigned int seen[100] = {0};
		unsigned int total = 0;

		fix_set("identity.uid", arena_printf(fix.arena, "%d", mine));
		fix_build();
		for (size_t i = 0; i < fix.plan.map.uid_count; i++) {
			const struct map_line *line = &fix.plan.map.uids[i];

			total += line->count;
			for (uint32_t k = 0; k < line->count; k++)
				seen[line->inside + k]++;
		}
		cr_assert_eq(total, 39U, "uid = %d", mine);
		for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
			cr_assert_leq(seen[i], 1U, "uid = %d: %zu is mapped twice", mine, i);
		cr_assert_eq(seen[mine], 1U);
	}
}

Test(ids, subids_need_helpers_ranges_and_a_proc)
{
	with_subids();
	fix.host.newuidmap = NULL;
	fix_assert_refused(fix_try_build(), "host.no-newuidmap", "newuidmap and newgidmap");
	cr_assert_eq(fix.err.kind, ERR_HOST);
	cr_assert_str_eq(fix_where(), "identity.map=subids");
	fix.host.newuidmap = "/usr/bin/newuidmap";
	fix.host.newgidmap = NULL;
	fix_assert_refused(fix_try_build(), "host.no-newuidmap", "newuidmap and newgidmap");
	fix.host.newgidmap = "/usr/bin/newgidmap";
	fix.host.has_no_new_privs = true;
	fix_assert_refused(fix_try_build(), "host.no-new-privs", "no_new_privs");
	fix.host.has_no_new_privs = false;
	fix.host.is_proc_ours = false;
	fix_assert_refused(fix_try_build(), "host.foreign-proc", "/proc of this pid namespace");
	fix.host.is_proc_ours = true;
	fix.host.subgid_count = 0;
	fix_assert_refused(fix_try_build(), "host.no-subids", "you have no subordinate gids");
	fix.host.subuid_count = 0;
	fix_assert_refused(fix_try_build(), "host.no-subids", "you have no subordinate uids");
}

Test(ids, what_the_other_maps_do_not_need_is_not_asked_for)
{
	fix.host.has_no_new_privs = true;
	fix.host.is_proc_ours = false;
	UIDS({100000, 65536});
	fix_build();
	cr_assert_str_eq(uids(), "1000:1000:1");
	fix_set("identity.map", "root");
	fix_build();
	cr_assert_str_eq(uids(), "0:1000:1");
}

Test(ids, the_real_root_is_never_mapped)
{
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = fix.host.has_setfcap = true;
	fix_build();
	cr_assert(fix.plan.map.drops_root);
	cr_assert_eq(fix.plan.map.outside_uid, 65534U);
	cr_assert_eq(fix.plan.map.outside_gid, 65534U);
	cr_assert_str_eq(uids(), "65534:65534:1");
	fix_set("identity.map", "root");
	fix_build();
	cr_assert_str_eq(uids(), "0:65534:1");
	cr_assert_str_eq(gids(), "0:65534:1");
	with_subids();
	fix_assert_refused(fix_try_build(), "host.subids-root", "for ordinary users");
}

Test(ids, unless_it_is_allowed_to)
{
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = fix.host.has_setfcap = true;
	fix_set("identity.allow-host-root", "yes");
	fix_build();
	cr_assert_not(fix.plan.map.drops_root);
	cr_assert_str_eq(uids(), "0:0:1");
	cr_assert_gt(fix.plan.root.cover_count, 0U, "then /proc is covered");
	cr_assert_not_null(fix.plan.warning);
	fix_set("namespaces.nested", "full");
	fix_assert_refused(fix_try_build(), "config.root-nested", "does not go with nested = full");
	cr_assert_str_eq(fix_where(), "identity.allow-host-root=yes");
}

Test(ids, allow_host_root_changes_nothing_for_others)
{
	fix_set("identity.allow-host-root", "yes");
	fix_set("namespaces.nested", "full");
	fix_build();
	cr_assert_str_eq(uids(), "1000:1000:1");
	cr_assert_null(fix.plan.warning);
}

Test(ids, uid_zero_of_a_user_namespace)
{
	/* Not the kernel's root; it keeps its id, and mapping it takes CAP_SETFCAP from 5.12 on. */
	fix.host.uid = fix.host.gid = 0;
	fix_assert_refused(fix_try_build(), "host.uid0-no-setfcap", "CAP_SETFCAP");
	cr_assert_eq(fix.err.kind, ERR_HOST);
	fix.host.has_setfcap = true;
	fix_build();
	cr_assert_not(fix.plan.map.drops_root);
	cr_assert_str_eq(uids(), "0:0:1");
}

Test(ids, supplementary_groups_stay_with_an_ordinary_user)
{
	static const uint32_t groups[] = {27, 100};

	fix.host.groups = groups;
	fix.host.group_count = ARRAY_SIZE(groups);
	fix_build();
	cr_assert_eq(fix.plan.map.group_count, 2U);
	cr_assert_eq(fix.plan.map.groups[1], 100U);
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = true;
	fix_build();
	cr_assert_eq(fix.plan.map.group_count, 0U, "a root caller drops them");
}
