/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_own.c - pinfold's own directories are out of reach whatever is granted. */
#include <sys/mount.h>

#include "plan_fixture.h"

#define OWN "/home/alice/.config/pinfold"

static void setup(void)
{
	fix_setup();
	(void)fix_own(OWN);
	fix_own("/home/alice/.cache/pinfold")->exists = false;
	(void)fix_fact("/", PATH_DIR);
	(void)fix_fact("/home", PATH_DIR);
	(void)fix_fact("/home/alice", PATH_DIR);
	(void)fix_fact("/home/alice/.config", PATH_DIR);
	(void)fix_fact("/home/alice/work", PATH_DIR);
	(void)fix_fact(OWN, PATH_DIR);
	(void)fix_fact(OWN "/profiles", PATH_DIR);
	(void)fix_fact(OWN "/profiles/default.ini", PATH_FILE);
}

TestSuite(own, .init = setup, .fini = fix_teardown);

static void assert_mask(const char *dest)
{
	const struct plan_node *node = fix_node(dest);

	cr_assert_eq(node->kind, NODE_TMPFS, "%s", dest);
	cr_assert(node->attr & MOUNT_ATTR_RDONLY, "%s", dest);
	cr_assert_not(node->makes_point, "%s is mounted on what is there", dest);
}

/* A directory that is mounted on itself, so that it cannot be moved away with what is below it. */
static void assert_pin(const char *dest)
{
	const struct plan_node *node = fix_node(dest);

	cr_assert_eq(node->kind, NODE_BIND, "%s", dest);
	cr_assert(node->is_pin, "%s", dest);
	cr_assert_not(node->makes_point, "%s", dest);
}

Test(own, what_contains_none_is_left_alone)
{
	fix_set("filesystem.rw", "/home/alice/work");
	fix_build();
	cr_assert_eq(fix.plan.root.made_count, 0U);
	cr_assert_null(fix_find_node(OWN));
}

Test(own, a_readable_grant_is_masked_where_one_is)
{
	fix_set("filesystem.ro", "/home/alice");
	fix_build();
	assert_mask(OWN);
	cr_assert_null(fix_find_node("/home/alice/.config"), "nothing there can be moved");
	cr_assert_null(fix_find_node("/home/alice/.cache/pinfold"), "nor made");
	cr_assert_eq(fix.plan.root.made_count, 0U);
}

Test(own, a_writable_grant_is_masked_and_pinned_and_the_missing_made)
{
	fix_set("filesystem.rw", "/home/alice");
	fix_build();
	assert_mask(OWN);
	assert_mask("/home/alice/.cache/pinfold");
	assert_pin("/home/alice/.config");
	assert_pin("/home/alice/.cache");
	cr_assert_eq(fix.plan.root.made_count, 1U);
	cr_assert_str_eq(fix.plan.root.made_dirs[0], "/home/alice/.cache/pinfold");
}

Test(own, a_file_that_is_as_good_as_none_when_it_is_empty_is_made)
{
	struct own_path *own = fix_own("/home/alice/.config/user-dirs.dirs");
	const struct plan_node *node;

	own->exists = false;
	own->is_kept = own->is_made = true;
	fix_set("filesystem.rw", "/home/alice");
	fix_build();
	cr_assert_eq(fix.plan.root.made_file_count, 1U);
	cr_assert_str_eq(fix.plan.root.made_files[0], "/home/alice/.config/user-dirs.dirs");
	node = fix_find_node("/home/alice/.config/user-dirs.dirs");
	cr_assert_not_null(node);
	cr_assert(node->kind == NODE_BIND && node->is_pin && node->is == SOURCE_FILE);
	cr_assert(node->attr & MOUNT_ATTR_RDONLY);
	assert_pin("/home/alice/.config");
}

Test(own, below_a_read_only_grant_no_file_is_made)
{
	struct own_path *own = fix_own("/home/alice/.config/user-dirs.dirs");

	own->exists = false;
	own->is_kept = own->is_made = true;
	fix_set("filesystem.ro", "/home/alice");
	fix_build();
	cr_assert_eq(fix.plan.root.made_file_count, 0U);
	cr_assert_null(fix_find_node("/home/alice/.config/user-dirs.dirs"));
}

Test(own, what_nobody_of_ours_can_make_needs_no_mask)
{
	struct own_path *own = fix_own("/run/user/1000/pinfold");

	own->exists = false;
	fix_set("filesystem.rw", "/run");
	fix_fact("/run", PATH_DIR);
	fix_build();
	cr_assert_eq(fix.plan.root.made_count, 1U);
	assert_mask("/run/user/1000/pinfold");
	own->is_beyond = true;
	fix_build();
	cr_assert_eq(fix.plan.root.made_count, 0U);
	cr_assert_null(fix_find_node("/run/user/1000/pinfold"));
	own->exists = true;
	fix_build();
	assert_mask("/run/user/1000/pinfold");
}

Test(own, wherever_it_is_shown)
{
	fix_set("filesystem.rw", "/home/alice/.config:/cfg");
	fix_build();
	assert_mask("/cfg/pinfold");
	fix_set("filesystem.rw", "");
	fix_set("filesystem.rw", "/:/host");
	fix_build();
	assert_mask("/host" OWN);
	assert_pin("/host/home");
	assert_pin("/host/home/alice/.config");
}

Test(own, by_any_name_of_the_source)
{
	fix_fact("/shortcut", PATH_DIR)->real = "/home/alice/.config";
	fix_set("filesystem.ro", "/shortcut:/x");
	fix_build();
	assert_mask("/x/pinfold");
	fix_fact("/inside", PATH_DIR)->real = OWN "/profiles";
	fix_set("filesystem.ro", "/inside:/y");
	fix_assert_refused(fix_try_build(), "config.own-directory", OWN "/profiles is in " OWN);
}

Test(own, what_is_in_one_is_refused)
{
	static const char *const sources[] = {OWN, OWN "/profiles", OWN "/profiles/default.ini"};

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		fix_set("filesystem.ro", sources[i]);
		fix_assert_refused(fix_try_build(), "config.own-directory", "belongs to pinfold itself");
		cr_assert_str_eq(fix_where(), arena_printf(fix.arena, "filesystem.ro=%s", sources[i]));
		fix_set("filesystem.ro", "");
	}
}

Test(own, two_grants_above_one)
{
	fix_set("filesystem.rw", "/home");
	fix_set("filesystem.rw", "/home/alice");
	fix_build();
	assert_mask(OWN);
	assert_pin("/home/alice/.config");
}

Test(own, two_grants_of_different_flags_above_one)
{
	fix_set("filesystem.rw", "/home");
	fix_set("filesystem.rw", "/home/alice::noexec");
	fix_build();
	assert_mask(OWN);
	assert_pin("/home/alice/.config");
	cr_assert(fix_node("/home/alice/.config")->attr & MOUNT_ATTR_NOEXEC,
		  "a pin has the flags of what it stands in");
}

Test(own, a_rule_between_hides_what_is_below_it)
{
	/* What stands there is not the directory any more, so nothing has to be mounted in it. */
	fix_set("filesystem.rw", "/home/alice");
	(void)fix_fact("/skel", PATH_DIR);
	fix_set("filesystem.ro", "/skel:/home/alice/.config");
	fix_build();
	cr_assert_str_eq(fix_node("/home/alice/.config")->source, "/skel");
	cr_assert_null(fix_find_node(OWN), "/skel need not have a pinfold in it");
	assert_mask("/home/alice/.cache/pinfold");
}

Test(own, a_rule_between_does_not_free_the_directories_above_it)
{
	/* mv ~/.local ~/x; mkdir -p ~/.local/share/pinfold would make the next run's own directory. */
	(void)fix_own("/home/alice/.local/share/pinfold");
	fix_set("filesystem.rw", "/home/alice");
	fix_set("filesystem.tmpfs", "/home/alice/.local/share");
	fix_build();
	assert_pin("/home/alice/.local");
	fix_set("filesystem.tmpfs", "");
	fix_set("filesystem.tmpfs", OWN);
	fix_build();
	assert_pin("/home/alice/.config");
	assert_pin("/home/alice/.local");
	assert_mask("/home/alice/.local/share/pinfold");
}

Test(own, any_rule_in_a_writable_tree_pins_what_is_above_it)
{
	(void)fix_fact("/home/alice/work/.git/hooks", PATH_DIR);
	fix_set("filesystem.rw", "/home/alice/work");
	fix_set("filesystem.ro", "/home/alice/work/.git/hooks");
	fix_build();
	assert_pin("/home/alice/work/.git");
	cr_assert_not(fix_node("/home/alice/work/.git/hooks")->is_pin);
	fix_set("filesystem.rw", "");
	fix_set("filesystem.ro", "/home/alice/work");
	fix_build();
	cr_assert_null(fix_find_node("/home/alice/work/.git"), "a read-only tree needs none");
}

Test(own, profiles_in_use_and_the_program_itself_are_shown_read_only)
{
	fix_own("/home/alice/work/p.ini")->is_kept = true;
	fix_set("filesystem.rw", "/home/alice/work");
	fix_build();
	cr_assert(fix_node("/home/alice/work/p.ini")->is_pin);
	cr_assert(fix_node("/home/alice/work/p.ini")->attr & MOUNT_ATTR_RDONLY);
	fix_set("filesystem.rw", "");
	fix_set("filesystem.ro", "/home/alice/work");
	fix_build();
	cr_assert_null(fix_find_node("/home/alice/work/p.ini"), "it is read-only anyway");
	(void)fix_fact("/home/alice/work/p.ini", PATH_FILE);
	fix_set("filesystem.ro", "/home/alice/work/p.ini:/shown");
	fix_build();
	fix_set("filesystem.rw", "/home/alice/work/p.ini:/changed");
	fix_assert_refused(fix_try_build(), "config.own-directory", "/home/alice/work/p.ini");
}

Test(own, a_link_on_the_way_must_not_be_in_a_writable_grant)
{
	struct own_path *own = fix_own("/data/cfg/pinfold");
	static const char *links[] = {"/home/alice/cfg"};

	own->links = links;
	own->link_count = 1;
	fix_set("filesystem.ro", "/home/alice");
	fix_build();
	fix_set("filesystem.ro", "");
	fix_set("filesystem.rw", "/home/alice");
	fix_assert_refused(fix_try_build(), "config.own-link", "/home/alice/cfg");
	cr_assert_str_eq(fix_where(), "filesystem.rw=/home/alice");
}

Test(own, a_mask_whose_path_would_be_too_long_is_refused)
{
	char *dest = arena_alloc(fix.arena, 4090);

	for (size_t i = 0; i < 4080; i++)
		dest[i] = i % 100 == 0 ? '/' : 'd';
	fix_set("filesystem.rw", arena_printf(fix.arena, "/home/alice:%s", dest));
	fix_assert_refused(fix_try_build(), "config.path", "cannot be masked");
}

Test(own, root_that_becomes_nobody_writes_nothing_of_roots)
{
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = true;
	fix_set("filesystem.rw", "/home/alice");
	fix_build();
	assert_mask(OWN);
	cr_assert_eq(fix.plan.root.made_count, 0U);
}

/* A pin covers what is mounted below it before: so it comes first, whoever made it necessary. */
Test(own, a_grant_beside_what_is_pinned_stands_on_the_pin)
{
	const struct plan_node *grant;

	(void)fix_fact("/opt/o", PATH_DIR);
	fix_set("filesystem.rw", "/home/alice");
	fix_set("filesystem.rw", "/opt/o:/home/alice/.config/a");
	fix.host.cwd = "/home/alice/.config/a/b";
	fix_build();
	assert_pin("/home/alice/.config");
	grant = fix_node("/home/alice/.config/a");
	cr_assert_lt((const void *)fix_node("/home/alice/.config"), (const void *)grant);
	cr_assert_str_eq(grant->under, "/home/alice/.config");
	cr_assert_str_neq(fix.plan.program.chdir, fix.host.cwd, "what is there is something else");
}
