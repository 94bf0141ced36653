/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_nodes.c - the order of the root's nodes, who wins where, and what cannot stand where. */
#include <sys/mount.h>

#include "plan/path.h"
#include "plan_fixture.h"

/* Nothing but what the test asks for. */
static void setup(void)
{
	fix_setup();
	fix_set("filesystem.system", "none");
	fix_set("filesystem.devices", "none");
	fix_set("filesystem.proc", "none");
	(void)fix_fact("/src", PATH_DIR);
	(void)fix_fact("/src2", PATH_DIR);
	(void)fix_fact("/src/file", PATH_FILE);
	(void)fix_fact("/dev/kvm", PATH_DEVICE);
}

TestSuite(nodes, .init = setup, .fini = fix_teardown);

static void ro(const char *text)
{
	fix_set("filesystem.ro", text);
}

static void dir(const char *text)
{
	fix_set("filesystem.dir", text);
}

static void link_to(const char *text)
{
	fix_set("filesystem.symlink", text);
}

static void tmpfs(const char *text)
{
	fix_set("filesystem.tmpfs", text);
}

/* The destinations in their order; implied ones in brackets, those that must exist on the host with a "!". */
static const char *order(void)
{
	const char *text = "";

	for (size_t i = 0; i < fix.plan.root.count; i++) {
		const struct plan_node *node = &fix.plan.root.nodes[i];

		text = arena_printf(fix.arena, "%s%s%s%s%s%s", text, i > 0 ? " " : "",
				    node->is_implied ? "(" : "", node->makes_point ? "" : "!", node->dest,
				    node->is_implied ? ")" : "");
	}
	return text;
}

static void assert_order(const char *want)
{
	fix_build();
	cr_assert_str_eq(order(), want);
}

static void assert_refused(const char *id, const char *part, const char *origin)
{
	fix_assert_refused(fix_try_build(), id, part);
	cr_assert_eq(fix.err.kind, ERR_CONFIG);
	cr_assert_str_eq(fix_where(), origin);
}

Test(nodes, nothing)
{
	assert_order("");
}

Test(nodes, parents_before_children_in_any_order)
{
	dir("/a/b/c");
	dir("/a");
	dir("/a/b");
	dir("/a-b");
	dir("/z");
	assert_order("/a /a/b /a/b/c /a-b /z");
}

Test(nodes, parents_that_nobody_asked_for_are_made)
{
	dir("/a/b/c");
	dir("/a/x");
	assert_order("(/a) (/a/b) /a/b/c /a/x");
	cr_assert_eq(fix_node("/a")->kind, NODE_DIR);
	cr_assert_eq(fix_node("/a")->mode, 0755U);
	cr_assert_str_eq(origin_text(fix.arena, fix_node("/a/b")->origin), "filesystem.dir=/a/b/c",
			 "theirs who need it");
}

Test(nodes, a_mount_on_ours_makes_its_point_and_one_on_a_tree_does_not)
{
	ro("/src:/a/b");
	ro("/src2:/a/b/c/d");
	tmpfs("/a/b/c/d/e");
	tmpfs("/t");
	dir("/t/x/y");
	assert_order("(/a) /a/b !/a/b/c/d !/a/b/c/d/e /t (/t/x) /t/x/y");
	cr_assert_str_eq(fix_node("/a/b/c/d")->under, "/a/b");
	cr_assert_str_eq(fix_node("/a/b/c/d/e")->under, "/a/b/c/d");
	cr_assert_null(fix_node("/t/x/y")->under);
	cr_assert_null(fix_node("/a/b")->under);
}

Test(nodes, nothing_is_made_in_a_tree_of_the_host)
{
	ro("/src");
	dir("/src/x");
	assert_refused("config.below", "/src/x cannot stand below /src (filesystem.ro=/src)",
		       "filesystem.dir=/src/x");
	fix_set("filesystem.dir", "");
	link_to("x:/src/deep/link");
	assert_refused("config.below", "nothing is made in a tree of the host",
		       "filesystem.symlink=x:/src/deep/link");
	fix_set("filesystem.symlink", "");
	fix_set("filesystem.etc", "passwd");
	(void)fix_fact("/etc", PATH_DIR);
	ro("/etc");
	assert_refused("config.below", "/etc/passwd cannot stand below /etc", "filesystem.etc=passwd");
}

Test(nodes, nothing_stands_below_what_is_no_directory)
{
	ro("/src/file:/f");
	tmpfs("/f/x");
	assert_refused("config.below", "that is no directory", "filesystem.tmpfs=/f/x");
	fix_set("filesystem.tmpfs", "");
	fix_set("filesystem.dev", "/dev/kvm");
	dir("/dev/kvm/x");
	assert_refused("config.below", "that is no directory", "filesystem.dir=/dev/kvm/x");
	fix_set("filesystem.dir", "");
	fix_set("filesystem.etc", "passwd");
	dir("/etc/passwd/x");
	assert_refused("config.below", "that is no directory", "filesystem.dir=/etc/passwd/x");
}

Test(nodes, nor_below_terminals)
{
	fix_set("filesystem.devices", "minimal");
	tmpfs("/dev/pts/x");
	assert_refused("config.below", "/dev/pts", "filesystem.tmpfs=/dev/pts/x");
}

Test(nodes, mounts_may_stand_below_proc_and_must_exist_there)
{
	fix_set("filesystem.proc", "private");
	tmpfs("/proc/driver");
	assert_order("(/proc) !/proc/driver");
	dir("/proc/made");
	assert_refused("config.below", "nothing is made", "filesystem.dir=/proc/made");
}

/* ------------------------------------------------------------ who wins */

Test(nodes, the_same_rule_twice_is_one)
{
	ro("/src:/a");
	ro("/src:/a");
	ro("/src/:/a/");
	dir("/d:mode=755");
	dir("/d");
	assert_order("/a /d");
}

Test(nodes, different_rules_of_one_layer_are_an_error_that_names_both)
{
	static const struct {
		const char *key_a, *text_a, *key_b, *text_b;
	} cases[] = {
		{"filesystem.ro", "/src:/a", "filesystem.ro", "/src2:/a"},
		{"filesystem.ro", "/src:/a", "filesystem.rw", "/src:/a"},
		{"filesystem.ro", "/src:/a", "filesystem.ro", "/src:/a:noexec"},
		{"filesystem.ro", "/src:/a", "filesystem.tmpfs", "/a"},
		{"filesystem.tmpfs", "/a:size=1M", "filesystem.tmpfs", "/a"},
		{"filesystem.tmpfs", "/a:mode=700", "filesystem.tmpfs", "/a"},
		{"filesystem.dir", "/a", "filesystem.tmpfs", "/a"},
		{"filesystem.dir", "/a:mode=700", "filesystem.dir", "/a"},
		{"filesystem.symlink", "x:/a", "filesystem.symlink", "y:/a"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		fix_set(cases[i].key_a, cases[i].text_a);
		fix_set(cases[i].key_b, cases[i].text_b);
		fix_assert_refused(fix_try_build(), "config.same-destination", "two rules for /a: ");
		cr_assert_not_null(strstr(fix.err.msg,
					  arena_printf(fix.arena, "%s=%s", cases[i].key_a, cases[i].text_a)));
		cr_assert_not_null(strstr(fix.err.msg,
					  arena_printf(fix.arena, "%s=%s", cases[i].key_b, cases[i].text_b)));
		fix_set(cases[i].key_a, "");
		fix_set(cases[i].key_b, "");
	}
}

Test(nodes, a_later_layer_replaces_an_earlier_one)
{
	ro("/src:/a");
	fix.request.layer = 2;
	tmpfs("/a:mode=700");
	fix.request.layer = 3;
	fix_set("filesystem.rw", "/src2:/a");
	assert_order("/a");
	cr_assert_eq(fix_node("/a")->kind, NODE_BIND);
	cr_assert_str_eq(fix_node("/a")->source, "/src2");
	fix.request.layer = 2;
	dir("/b");
	fix.request.layer = 1;
	dir("/b:mode=700");
	fix_build();
	cr_assert_eq(fix_node("/b")->mode, 0755U, "the layer counts, not the order");
}

Test(nodes, a_rule_replaces_what_is_there_by_default)
{
	fix_set("filesystem.system", "ro");
	fix_set("filesystem.devices", "minimal");
	fix_set("filesystem.proc", "private");
	ro("/src:/usr");
	tmpfs("/bin");
	tmpfs("/dev/shm:size=1M");
	fix_set("filesystem.dev", "/dev/kvm:/dev/null");
	tmpfs("/proc");
	fix_build();
	cr_assert_str_eq(fix_node("/usr")->source, "/src");
	cr_assert_eq(fix_node("/bin")->kind, NODE_TMPFS);
	cr_assert_eq(fix_node("/dev/shm")->size, UINT64_C(1) << 20);
	cr_assert_str_eq(fix_node("/dev/null")->source, "/dev/kvm");
	cr_assert_eq(fix_node("/proc")->kind, NODE_TMPFS);
}

Test(nodes, a_whole_dev_of_the_hosts_leaves_no_place_for_ours)
{
	(void)fix_fact("/dev", PATH_DIR);
	fix_set("filesystem.devices", "minimal");
	fix_set("filesystem.dev", "/dev");
	/* The links /dev/fd and so on would have to be made in it. */
	assert_refused("config.below", "cannot stand below /dev", "filesystem.devices=minimal");
	fix_set("filesystem.devices", "none");
	assert_order("/dev");
}

/* ------------------------------------------------------------ through links */

Test(nodes, destinations_go_through_the_plans_own_links)
{
	link_to("usr/lib:/lib");
	ro("/src:/lib/inside");
	dir("/usr/lib");
	assert_order("/lib (/usr) /usr/lib /usr/lib/inside");
	cr_assert_eq(fix_node("/lib")->kind, NODE_SYMLINK);
}

Test(nodes, through_absolute_and_relative_ones_and_chains)
{
	link_to("/t/b:/a");
	link_to("c:/t/b");
	link_to("./d/.:/t/c");
	dir("/a/x");
	assert_order("/a (/t) /t/b /t/c (/t/d) /t/d/x");
}

Test(nodes, the_link_itself_is_not_followed)
{
	link_to("b:/a");
	tmpfs("/b");
	assert_order("/a /b");
	dir("/a");
	assert_refused("config.same-destination", "/a", "filesystem.symlink=b:/a");
}

Test(nodes, a_link_to_the_top)
{
	link_to("/:/host");
	dir("/host/x");
	assert_order("/host /x");
}

Test(nodes, two_rules_that_links_lead_to_one_place)
{
	link_to("b:/a");
	dir("/a/x");
	dir("/b/x:mode=700");
	fix_assert_refused(fix_try_build(), "config.same-destination", "two rules for /b/x");
	fix_set("filesystem.dir", "!/b/x:mode=700");
	dir("/b/x");
	assert_order("/a (/b) /b/x");
}

Test(nodes, links_that_lead_up_are_refused)
{
	link_to("../b:/t/a");
	dir("/t/a/x");
	assert_refused("config.through-link", "/t/a", "filesystem.dir=/t/a/x");
	cr_assert_not_null(strstr(fix.err.msg, "must not contain .."));
	fix_set("filesystem.dir", "");
	assert_order("(/t) /t/a"); /* as long as nothing goes through */
}

Test(nodes, links_that_go_round_are_refused)
{
	link_to("/b:/a");
	link_to("/a:/b");
	assert_order("/a /b");
	dir("/a/x");
	assert_refused("config.link-loop", "go round in a circle", "filesystem.dir=/a/x");
	fix_set("filesystem.symlink", "");
	link_to("a/a:/a");
	fix_assert_refused(fix_try_build(), "config.link-loop", "circle");
}

Test(nodes, links_that_grow_are_refused_before_they_are_too_long)
{
	char *target = arena_alloc(fix.arena, 2001);

	for (size_t i = 0; i < 2000; i++)
		target[i] = i % 100 == 0 ? '/' : 'l';
	memcpy(target, "/a/", 3);
	link_to(arena_printf(fix.arena, "%s:/a", target));
	dir("/a/x");
	cr_assert_eq(fix_try_build(), -1);
	cr_assert(str_eq(fix.err.id, "config.through-link") || str_eq(fix.err.id, "config.link-loop"), "%s",
		  fix.err.id);
}

Test(nodes, many_nodes)
{
	for (int i = 0; i < 2000; i++)
		dir(arena_printf(fix.arena, "/%d/%d/%d", i % 7, i % 31, i));
	fix_build();
	for (size_t i = 1; i < fix.plan.root.count; i++)
		cr_assert_eq(path_compare(fix.plan.root.nodes[i - 1].dest, fix.plan.root.nodes[i].dest), -1);
	cr_assert_geq(fix.plan.root.count, 2000U);
}

Test(nodes, the_deepest_chain)
{
	char *path = arena_alloc(fix.arena, 4096);

	for (size_t i = 0; i < 4094; i++)
		path[i] = i % 2 == 0 ? '/' : 'd';
	dir(path);
	fix_build();
	cr_assert_eq(fix.plan.root.count, 2047U);
}
