/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_wall.c - the rules of Landlock: no more than the mounts allow where that can be, and never less.
 */
#include "plan/wall.h"

#include <sys/mount.h>

#include "plan/path.h"
#include "plan_fixture.h"

static void setup(void)
{
	fix_setup();
	fix.host.landlock = WALL_NEWEST;
}

TestSuite(plan_wall, .init = setup, .fini = fix_teardown);

/* The rule for a path, 0: there is none. */
static uint64_t rule(const char *path)
{
	for (size_t i = 0; i < fix.plan.wall.count; i++) {
		if (str_eq(fix.plan.wall.rules[i].path, path))
			return fix.plan.wall.rules[i].rights;
	}
	return 0;
}

/* What a path may have: all rules on the way to the root. */
static uint64_t rights_at(const char *path)
{
	uint64_t rights = 0;

	for (size_t i = 0; i < fix.plan.wall.count; i++) {
		if (path_is_within(path, fix.plan.wall.rules[i].path))
			rights |= fix.plan.wall.rules[i].rights;
	}
	return rights;
}

static void source(const char *path, enum path_kind kind)
{
	(void)fix_fact(path, kind);
}

/* Nothing that a mount allows is forbidden: whatever the version, whatever stands where. */
static void assert_not_less(void)
{
	const uint64_t files = fix.plan.wall.files;

	for (size_t i = 0; i < fix.plan.root.count; i++) {
		const struct plan_node *node = &fix.plan.root.nodes[i];
		const uint64_t rights = rights_at(node->dest);
		const bool is_dir = node->kind != NODE_BIND || node->is == SOURCE_DIR;
		const bool is_mount = node->kind == NODE_BIND || node->kind == NODE_TMPFS ||
				      node->kind == NODE_OVERLAY || node->kind == NODE_PROC ||
				      node->kind == NODE_DEVPTS;
		uint64_t want = WALL_READ_FILE;

		if (is_mount && (node->attr & MOUNT_ATTR_RDONLY) == 0)
			want |= WALL_WRITE;
		if (is_mount && (node->attr & MOUNT_ATTR_RDONLY) == 0 && is_dir && node->kind != NODE_PROC &&
		    node->kind != NODE_DEVPTS)
			want |= WALL_MAKE;
		if (is_mount && (node->attr & MOUNT_ATTR_NOEXEC) == 0)
			want |= WALL_EXECUTE;
		if (is_mount && (node->attr & MOUNT_ATTR_NODEV) == 0)
			want |= WALL_IOCTL_DEV;
		want &= files;
		cr_assert_eq(rights & want, want, "%s has %#lx and wants %#lx", node->dest,
			     (unsigned long)rights, (unsigned long)want);
	}
}

static void grant_all_kinds(void)
{
	source("/srv/www", PATH_DIR);
	source("/srv/file", PATH_FILE);
	source("/work", PATH_DIR);
	source("/dev/kvm", PATH_DEVICE);
	source("/dev/dri", PATH_DIR);
	fix.host.kernel_minor = 12;
	fix_set("filesystem.ro", "/srv/www");
	fix_set("filesystem.ro", "/srv/file");
	fix_set("filesystem.rw", "/work");
	fix_set("filesystem.rw", "/srv/file:/file");
	fix_set("filesystem.dev", "/dev/kvm");
	fix_set("filesystem.dev", "/dev/dri");
	fix_set("filesystem.overlay", "/srv/www:/over");
	fix_set("filesystem.tmpfs", "/scratch");
	fix_set("filesystem.file", "/etc/motd:hello");
	fix_set("filesystem.dir", "/made");
}

Test(plan_wall, never_less_than_the_mounts)
{
	grant_all_kinds();
	for (unsigned int version = 2; version <= WALL_NEWEST + 2; version++) {
		fix.host.landlock = version;
		fix_build();
		cr_assert_eq(fix.plan.wall.state, WALL_STANDS);
		cr_assert_eq(fix.plan.wall.version, version < WALL_NEWEST ? version : WALL_NEWEST);
		assert_not_less();
	}
}

Test(plan_wall, nor_more_than_it_can_say)
{
	grant_all_kinds();
	fix_build();
	cr_assert_eq(rule("/"), WALL_READ | WALL_EXECUTE);
	cr_assert_eq(rule("/srv/www"), 0U, "the root says it already");
	cr_assert_eq(rule("/work"), WALL_READ | WALL_EXECUTE | WALL_WRITE | WALL_MAKE);
	cr_assert_eq(rule("/file"), WALL_READ_FILE | WALL_EXECUTE | WALL_WRITE,
		     "what is made is made in a "
		     "directory");
	cr_assert_eq(rule("/dev"), WALL_READ | WALL_WRITE | WALL_IOCTL_DEV);
	cr_assert_eq(rule("/dev/kvm"), 0U);
	cr_assert_eq(rule("/dev/null"), 0U);
	cr_assert_eq(rights_at("/dev/dri") & WALL_EXECUTE, WALL_EXECUTE, "the root's");
	cr_assert_eq(rule("/dev/dri"), WALL_READ | WALL_WRITE | WALL_MAKE | WALL_IOCTL_DEV);
	cr_assert_eq(rule("/proc"), WALL_READ | WALL_WRITE);
	cr_assert_eq(rule("/scratch") & WALL_IOCTL_DEV, 0U);
	cr_assert_eq(rule("/etc/motd"), 0U);
	cr_assert_eq(rule("/made"), 0U);
	for (size_t i = 0; i < fix.plan.wall.count; i++)
		cr_assert_eq(fix.plan.wall.rules[i].rights & WALL_MAKE_BLOCK, 0U);
	cr_assert_eq(fix.plan.wall.files, (WALL_IOCTL_DEV << 1) - 1);
	cr_assert_eq(fix.plan.wall.scopes, 0U);
}

Test(plan_wall, rights_that_the_kernel_does_not_know_are_left_out)
{
	static const struct {
		unsigned int version;
		uint64_t files;
	} rows[] = {{2, 0x3fff}, {3, 0x7fff}, {4, 0x7fff}, {5, 0xffff},
		    {6, 0xffff}, {7, 0xffff}, {8, 0xffff}};

	grant_all_kinds();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fix.host.landlock = rows[i].version;
		fix_build();
		cr_assert_eq(fix.plan.wall.files, rows[i].files, "version %u", rows[i].version);
		for (size_t k = 0; k < fix.plan.wall.count; k++) {
			const uint64_t rights = fix.plan.wall.rules[k].rights;

			cr_assert_neq(rights, 0U, "the kernel takes no empty rule");
			cr_assert_eq(rights & ~rows[i].files, 0U, "version %u", rows[i].version);
		}
	}
}

Test(plan_wall, a_grant_without_programs_takes_execution_from_the_root)
{
	grant_all_kinds();
	fix_set("filesystem.ro", "/srv/www:/quiet:noexec");
	fix_set("filesystem.copy", "/srv/file:/script:mode=0755");
	fix_set("filesystem.copy", "/srv/file:/text");
	fix_build();
	assert_not_less();
	cr_assert_eq(rule("/"), WALL_READ);
	cr_assert_eq(rights_at("/quiet"), WALL_READ);
	cr_assert_eq(rule("/usr"), WALL_READ | WALL_EXECUTE);
	cr_assert_eq(rule("/script"), WALL_READ_FILE | WALL_EXECUTE);
	cr_assert_eq(rule("/text"), 0U);
}

Test(plan_wall, of_a_root_of_the_hosts_all_that_its_mount_allows)
{
	source("/srv/alpine", PATH_DIR);
	source("/srv/www", PATH_DIR);
	fix_set("filesystem.root", "rw:/srv/alpine");
	fix_set("filesystem.ro", "/srv/www:/www:noexec");
	fix_build();
	cr_assert_eq(rule("/"), WALL_READ | WALL_EXECUTE | WALL_WRITE | WALL_MAKE);
	cr_assert_eq(rule("/www"), 0U, "what is given above cannot be taken back");
	assert_not_less();
	fix_set("filesystem.root", "/srv/alpine");
	fix_build();
	cr_assert_eq(rule("/"), WALL_READ | WALL_EXECUTE);
	assert_not_less();
}

Test(plan_wall, two_thousand_grants_are_two_thousand_rules_at_most)
{
	source("/srv/www", PATH_DIR);
	for (unsigned int i = 0; i < 2000; i++)
		fix_set("filesystem.ro",
			arena_printf(fix.arena, "/srv/www:/g/%u%s", i, i == 0 ? ":noexec" : ""));
	fix_build();
	cr_assert_gt(fix.plan.wall.count, 1999U);
	cr_assert_lt(fix.plan.wall.count, 2020U);
	assert_not_less();
}

static void assert_none(enum wall_state state)
{
	fix_build();
	cr_assert_eq(fix.plan.wall.state, state);
	cr_assert_eq(fix.plan.wall.files, 0U);
	cr_assert_eq(fix.plan.wall.scopes, 0U);
	cr_assert_eq(fix.plan.wall.count, 0U);
}

Test(plan_wall, none_where_it_is_not_wanted_or_not_there)
{
	fix_set("landlock.mode", "off");
	assert_none(WALL_OFF);
	fix_set("landlock.mode", "auto");
	fix.host.landlock = 0;
	assert_none(WALL_ABSENT);
	fix.host.landlock = 1;
	assert_none(WALL_TOO_OLD);
}

Test(plan_wall, required_is_required)
{
	fix_set("landlock.mode", "require");
	fix_build();
	fix.host.landlock = 1;
	fix_assert_refused(fix_try_build(), "host.landlock", "of version 1");
	cr_assert_eq(fix.err.kind, ERR_HOST);
	fix.host.landlock = 0;
	fix_assert_refused(fix_try_build(), "host.landlock", "no Landlock");
	cr_assert_str_eq(fix_where(), "landlock.mode=require");
	fix.host.landlock = 7;
	fix_set("namespaces.nested", "full");
	fix_assert_refused(fix_try_build(), "config.landlock-nested", "namespaces.nested=full");
	cr_assert_str_eq(fix_where(), "landlock.mode=require");
}

Test(plan_wall, scopes_where_the_network_is_the_hosts_and_the_kernel_has_them)
{
	fix_set("network.mode", "host");
	fix_build();
	cr_assert_eq(fix.plan.wall.scopes, WALL_SCOPE_ABSTRACT | WALL_SCOPE_SIGNAL);
	fix.host.landlock = 5;
	fix_build();
	cr_assert_eq(fix.plan.wall.scopes, 0U);
	fix.host.landlock = 7;
	fix_set("namespaces.nested", "full");
	fix_build();
	cr_assert_eq(fix.plan.wall.scopes, WALL_SCOPE_ABSTRACT | WALL_SCOPE_SIGNAL);
	cr_assert_eq(fix.plan.wall.files, 0U, "or no mount would work");
	fix_set("network.mode", "none");
	assert_none(WALL_STANDS);
}
