/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_plan_shuffle.c - filesystem rules do not depend on their order: random rules, shuffled, give one plan.
 *
 * The seed is printed; PINFOLD_TEST_SEED=N runs that one again.
 */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "plan_fixture.h"

static uint64_t state;

/* xorshift64*: the same numbers from the same seed everywhere. */
static size_t below(size_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (size_t)(state * UINT64_C(2685821657736338717) >> 33) % n;
}

struct rule {
	const char *key;
	const char *text;
};

/* Few places and sources, so that rules meet: below each other, at one place, through links. */
static const char *random_place(void)
{
	static const char *const parts[] = {"a", "b", "c", "lib", "a-b", "usr"};
	const char *path = "";

	for (size_t depth = 1 + below(4); depth > 0; depth--)
		path = arena_printf(fix.arena, "%s/%s", path, parts[below(ARRAY_SIZE(parts))]);
	return path;
}

static struct rule random_rule(void)
{
	static const char *const sources[] = {"/src1", "/src2", "/srcfile", "/usr/share"};
	static const char *const targets[] = {"a", "b/c", "/usr", "/a/b", "../b", "/", "c"};
	const char *place = random_place();
	const char *source = sources[below(ARRAY_SIZE(sources))];

	switch (below(8)) {
	case 0:
	case 1:
		return (struct rule){"ro", arena_printf(fix.arena, "%s:%s", source, place)};
	case 2:
		return (struct rule){"rw", arena_printf(fix.arena, "%s:%s:noexec", source, place)};
	case 3:
		return (struct rule){"tmpfs", arena_printf(fix.arena, "%s:size=%zuM", place, 1 + below(2))};
	case 4:
		return (struct rule){"dev", arena_printf(fix.arena, "/dev/kvm:%s", place)};
	case 5:
		return (struct rule){"symlink", arena_printf(fix.arena, "%s:%s",
							     targets[below(ARRAY_SIZE(targets))], place)};
	default:
		return (struct rule){"dir", place};
	}
}

static void shuffle(struct rule *rules, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		size_t k = below(i);
		struct rule swapped = rules[i - 1];

		rules[i - 1] = rules[k];
		rules[k] = swapped;
	}
}

static const char *write_profile(const struct rule *rules, size_t count)
{
	const char *text = "[filesystem]\n";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(fix.arena, "%s%s = %s\n", text, rules[i].key, rules[i].text);
	return text;
}

/* All that an act would read, but for where it was asked for. */
static const char *describe(void)
{
	const char *text = "";

	for (size_t i = 0; i < fix.plan.root.count; i++) {
		const struct plan_node *n = &fix.plan.root.nodes[i];

		text = arena_printf(
			fix.arena,
			"%s%d %s source=%s text=%s is=%d makes=%d under=%s implied=%d attr=%" PRIx64
			" mode=%o size=%" PRIu64 " inodes=%" PRIu64 "\n",
			text, (int)n->kind, n->dest, n->source != NULL ? n->source : "-",
			n->text != NULL ? n->text : "-", (int)n->is, n->makes_point,
			n->under != NULL ? n->under : "-", n->is_implied, n->attr, n->mode, n->size,
			n->inodes);
	}
	return text;
}

/* The plan as text, or "refused". */
static const char *plan_of(const char *profile)
{
	fix.file_count = 0;
	fix_file("/p.ini", profile);
	request_init(&fix.request, fix.arena, &fix.host);
	fix_load("/p.ini");
	if (fix_try_build() == 0)
		return describe();
	cr_assert_str_not_empty(fix.err.msg);
	cr_assert_str_not_empty(fix.err.hint);
	cr_assert(str_starts(fix_where(), "/p.ini:"), "%s (%s)", fix.err.msg, fix_where());
	return "refused";
}

static void setup(void)
{
	fix_setup();
	(void)fix_fact("/src1", PATH_DIR);
	(void)fix_fact("/src2", PATH_DIR);
	(void)fix_fact("/srcfile", PATH_FILE);
	(void)fix_fact("/usr/share", PATH_DIR);
	(void)fix_fact("/dev/kvm", PATH_DEVICE);
}

/* In the runner, whose standard error is the log's; the tests inherit the choice. */
ReportHook(PRE_ALL)(struct criterion_test_set *tests)
{
	char text[24];
	uint64_t seed = 0;

	(void)tests;
	if (getenv("PINFOLD_TEST_SEED") == NULL) {
		(void)!getrandom(&seed, sizeof(seed), 0);
		(void)snprintf(text, sizeof(text), "%" PRIu64, seed);
		(void)setenv("PINFOLD_TEST_SEED", text, 1);
	}
	(void)fprintf(stderr, "PINFOLD_TEST_SEED=%s\n", getenv("PINFOLD_TEST_SEED"));
}

static uint64_t choose_seed(void)
{
	return strtoull(getenv("PINFOLD_TEST_SEED"), NULL, 10) | 1;
}

Test(shuffle, rules_do_not_depend_on_their_order)
{
	const uint64_t seed = choose_seed();
	size_t planned = 0;
	size_t refused = 0;

	state = seed;
	for (int round = 0; round < 400; round++) {
		struct rule rules[12];
		size_t count = 1 + below(1 + below(ARRAY_SIZE(rules)));
		const char *first_profile;
		const char *first;

		setup();
		for (size_t i = 0; i < count; i++)
			rules[i] = random_rule();
		first_profile = write_profile(rules, count);
		first = plan_of(first_profile);
		if (str_eq(first, "refused"))
			refused++;
		else
			planned++;
		for (int again = 0; again < 5; again++) {
			const char *profile;

			shuffle(rules, count);
			profile = write_profile(rules, count);
			cr_assert_str_eq(plan_of(profile), first,
					 "PINFOLD_TEST_SEED=%" PRIu64 " round %d\n%s\nand\n%s", seed, round,
					 first_profile, profile);
		}
		fix_teardown();
	}
	cr_assert_gt(planned, 50U, "the rules are such that many plans can be made");
	cr_assert_gt(refused, 20U, "and that some cannot");
}

Test(shuffle, parents_come_first_whatever_the_rules)
{
	const uint64_t seed = choose_seed();

	state = seed;
	for (int round = 0; round < 500; round++) {
		struct rule rules[8];

		setup();
		for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
			rules[i] = random_rule();
		if (str_eq(plan_of(write_profile(rules, ARRAY_SIZE(rules))), "refused")) {
			fix_teardown();
			continue;
		}
		for (size_t i = 0; i < fix.plan.root.count; i++) {
			const char *dest = fix.plan.root.nodes[i].dest;
			const char *slash = strrchr(dest, '/');
			bool has_parent = slash == dest || !fix.plan.root.nodes[i].makes_point;

			for (size_t k = 0; k < i; k++)
				has_parent |= strncmp(fix.plan.root.nodes[k].dest, dest,
						      (size_t)(slash - dest)) == 0 &&
					      fix.plan.root.nodes[k].dest[slash - dest] == '\0';
			cr_assert(has_parent, "PINFOLD_TEST_SEED=%" PRIu64 " round %d: %s", seed, round,
				  dest);
			for (size_t k = i + 1; k < fix.plan.root.count; k++)
				cr_assert_str_neq(fix.plan.root.nodes[k].dest, dest);
		}
		fix_teardown();
	}
}
