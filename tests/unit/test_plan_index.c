/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_index.c - the node that a path is on, against a search through all of them. */
#include "plan/plan_parts.h"

#include "plan/path.h"
#include "plan_fixture.h"

TestSuite(index, .init = fix_setup, .fini = fix_teardown);

static struct node_list nodes;

static void add(const char *dest)
{
	*ARENA_PUSH(fix.arena, nodes.items, nodes.count) =
		(struct plan_node){.dest = arena_strdup(fix.arena, dest)};
}

static const char *at(const char *path)
{
	const struct plan_node *node = plan_nodes_at(fix.arena, &nodes, path);

	return node != NULL ? node->dest : "none";
}

Test(index, the_longest_destination_that_holds_the_path)
{
	cr_assert_str_eq(at("/"), "none");
	add("/usr");
	add("/usr/share/x");
	cr_assert_str_eq(at("/"), "none");
	cr_assert_str_eq(at("/usr"), "/usr");
	cr_assert_str_eq(at("/usr/share"), "/usr");
	cr_assert_str_eq(at("/usr/share/x/y"), "/usr/share/x");
	cr_assert_str_eq(at("/usr/share/xy"), "/usr", "x does not hold xy");
	cr_assert_str_eq(at("/us"), "none");
	add("/");
	cr_assert_str_eq(at("/us"), "/", "added after the first question");
	cr_assert_str_eq(at("/usr/share"), "/usr");
}

static const char *search(const char *path)
{
	const char *longest = "";

	for (size_t i = 0; i < nodes.count; i++) {
		if (path_is_within(path, nodes.items[i].dest) &&
		    strlen(nodes.items[i].dest) > strlen(longest))
			longest = nodes.items[i].dest;
	}
	return longest[0] != '\0' ? longest : "none";
}

/* Short names of few letters, so that they are often above each other. */
static const char *random_path(unsigned int *seed)
{
	static const char *const names[] = {"/a", "/b", "/ab", "/ba", "/aa"};
	const char *path = "";
	unsigned int depth = 1 + (*seed = *seed * 1103515245 + 12345) / 65536 % 6;

	for (unsigned int i = 0; i < depth; i++) {
		*seed = *seed * 1103515245 + 12345;
		path = arena_printf(fix.arena, "%s%s", path, names[*seed / 65536 % ARRAY_SIZE(names)]);
	}
	return path;
}

Test(index, it_answers_as_a_search_would)
{
	unsigned int seed = 1;

	for (size_t round = 0; round < 2000; round++) {
		const char *path = random_path(&seed);

		cr_assert_str_eq(at(path), search(path), "%s among %zu", path, nodes.count);
		if (!str_eq(at(path), path) && round % 3 == 0)
			add(path);
	}
	cr_assert_gt(nodes.count, 300);
}
