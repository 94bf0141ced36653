/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_plan_shuffle.c - filesystem rules do not depend on their order: random rules, shuffled, give one plan,
 * and so do those of every profile in profiles/.
 *
 * The seed is printed; PINFOLD_TEST_SEED=N runs that one again.
 */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "plan/explain.h"
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

/* ------------------------------------------------------------ the profiles that are installed */

enum { MAX_UNITS = 256, MAX_STOCK = 48, ROUNDS = 100 };

/* A key with one value, and the comments above. A line that goes on with a key becomes one with the key. */
struct unit {
	const char *text;
	const char *key;
	const char *value;
	bool is_ordered; /* next to another of its key the order counts: a scalar, a reset, a thing taken away
			  */
};

/* A profile cut into three: up to [filesystem] and its line, the units of that, and the rest. */
struct stock {
	const char *name; /* below profiles/, without .ini */
	const char *head;
	struct unit units[MAX_UNITS];
	size_t count;
	const char *tail;
};

static struct stock stocks[MAX_STOCK];
static size_t stock_count;

static const char *source_tree(void)
{
	const char *tree = getenv("abs_top_srcdir");
	static const char here[] = "tests/unit/test_plan_shuffle.c";

	if (tree != NULL)
		return tree;
	cr_assert(str_ends(__FILE__, here), "abs_top_srcdir is not set");
	return arena_printf(fix.arena, "%.*s.", (int)(strlen(__FILE__) - strlen(here)), __FILE__);
}

static void add_line(struct stock *stock, const char *line, bool starts_unit)
{
	struct unit *unit;

	if (starts_unit) {
		cr_assert_lt(stock->count, MAX_UNITS - 1U);
		stock->units[stock->count++] = (struct unit){.text = ""};
	}
	unit = &stock->units[stock->count - 1];
	if (strchr(" \t", line[0]) != NULL) {
		unit->key = unit[-1].key;
		unit->value = line + strspn(line, " \t");
		line = arena_printf(fix.arena, "%s = %s", unit->key, unit->value);
	} else if (line[0] != '#' && line[0] != ';') {
		unit->key = arena_strndup(fix.arena, line, strcspn(line, " ="));
		unit->value = strchr(line, '=') + 1;
		unit->value += strspn(unit->value, " \t");
	}
	unit->text = arena_printf(fix.arena, "%s%s\n", unit->text, line);
}

static void find_ordered(struct stock *stock)
{
	for (size_t i = 0; i < stock->count; i++) {
		const struct unit *unit = &stock->units[i];
		enum option_id id = option_find("filesystem", unit->key);
		bool is_ordered = id == OPT_COUNT || option_table[id].class == CLASS_SCALAR ||
				  unit->value[0] == '!' || unit->value[0] == '\0';

		for (size_t k = 0; is_ordered && k < stock->count; k++)
			stock->units[k].is_ordered |= str_eq(stock->units[k].key, unit->key);
	}
}

static void cut(struct stock *stock, char *text)
{
	bool is_inside = false;
	bool is_over = false;
	bool has_key = true; /* the unit under way: a comment behind it begins the next */

	stock->head = stock->tail = "";
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		bool is_comment = line[0] == '#' || line[0] == ';';

		if (line[0] == '[') {
			is_over = is_over || is_inside;
			is_inside = !is_over && str_eq(line, "[filesystem]");
			has_key = true;
		} else if (is_inside) {
			add_line(stock, line, has_key);
			has_key = !is_comment;
			continue;
		}
		if (is_over)
			stock->tail = arena_printf(fix.arena, "%s%s\n", stock->tail, line);
		else
			stock->head = arena_printf(fix.arena, "%s%s\n", stock->head, line);
	}
	/* A comment at the end of the section has no key below it: it stays there. */
	if (stock->count > 0 && stock->units[stock->count - 1].key == NULL)
		stock->tail = arena_printf(fix.arena, "%s%s", stock->units[--stock->count].text, stock->tail);
	find_ordered(stock);
}

static void read_stock(const char *below)
{
	const char *dir = arena_printf(fix.arena, "%s/profiles%s", source_tree(), below);
	DIR *entries = opendir(dir);

	cr_assert_not_null(entries, "%s", dir);
	for (const struct dirent *entry = readdir(entries); entry != NULL; entry = readdir(entries)) {
		struct stock *stock = &stocks[stock_count];
		char *text = arena_alloc(fix.arena, 65536);
		FILE *file;

		if (!str_ends(entry->d_name, ".ini"))
			continue;
		cr_assert_lt(stock_count, MAX_STOCK - 1U);
		file = fopen(arena_printf(fix.arena, "%s/%s", dir, entry->d_name), "re");
		cr_assert_not_null(file, "%s", entry->d_name);
		text[fread(text, 1, 65535, file)] = '\0';
		(void)fclose(file);
		*stock = (struct stock){
			.name = arena_printf(fix.arena, "%s%.*s", below[0] != '\0' ? "base/" : "",
					     (int)(strlen(entry->d_name) - 4), entry->d_name)};
		cut(stock, text);
		stock_count++;
	}
	(void)closedir(entries);
}

/* In a new order, but that the ordered ones of a key stay in theirs. */
static void shuffle_units(struct stock *stock)
{
	struct unit old[MAX_UNITS];

	memcpy(old, stock->units, sizeof(old));
	for (size_t i = stock->count; i > 1; i--) {
		size_t k = below(i);
		struct unit swapped = stock->units[i - 1];

		stock->units[i - 1] = stock->units[k];
		stock->units[k] = swapped;
	}
	for (size_t i = 0; i < stock->count; i++) {
		const char *key = stock->units[i].key;
		size_t from = 0;

		if (!stock->units[i].is_ordered)
			continue;
		/* As many of this key stand before it here as there. */
		for (size_t k = 0; k < i; k++)
			from += str_eq(stock->units[k].key, key);
		for (size_t k = 0; k < stock->count; k++) {
			if (str_eq(old[k].key, key) && from-- == 0) {
				stock->units[i] = old[k];
				break;
			}
		}
	}
}

/* What explain says, but for where things were asked for. */
static const char *explain_without_lines(void)
{
	const char *text = explain_text(fix.arena, &fix.plan);
	char *out = arena_strdup(fix.arena, text);
	char *w = out;

	for (const char *s = text; *s != '\0';) {
		const char *end = strstr(s, "  [") == s ? strchr(s, ']') : NULL;

		if (end != NULL)
			s = end + 1;
		else
			*w++ = *s++;
	}
	*w = '\0';
	return out;
}

/* On a host where every path that a profile names is there. */
static const char *explain_stock(const char *name)
{
	const char **paths;
	size_t count;

	fix.file_count = 0;
	for (size_t i = 0; i < stock_count; i++) {
		const char *text = stocks[i].head;

		for (size_t k = 0; k < stocks[i].count; k++)
			text = arena_printf(fix.arena, "%s%s", text, stocks[i].units[k].text);
		fix_file(arena_printf(fix.arena, "/usr/share/pinfold/profiles/%s.ini", stocks[i].name),
			 arena_printf(fix.arena, "%s%s", text, stocks[i].tail));
	}
	request_init(&fix.request, fix.arena, &fix.host);
	fix_load(arena_printf(fix.arena, "/usr/share/pinfold/profiles/%s.ini", name));
	plan_wanted_paths(&fix.request, fix.arena, &paths, &count);
	for (size_t i = 0; i < count; i++) {
		host_sort_paths(&fix.host);
		if (host_find_path(&fix.host, paths[i]) == NULL)
			(void)fix_fact(paths[i], str_starts(paths[i], "/dev/") ? PATH_DEVICE : PATH_DIR);
	}
	fix_build();
	return explain_without_lines();
}

Test(shuffle, installed_profiles_do_not_depend_on_the_order_of_their_rules)
{
	size_t units = 0;

	state = choose_seed();
	fix_setup();
	read_stock("");
	read_stock("/base");
	cr_assert_geq(stock_count, 2U);
	for (size_t i = 0; i < stock_count; i++) {
		const char *first = explain_stock(stocks[i].name);

		units += stocks[i].count;
		for (int round = 0; round < ROUNDS; round++) {
			const char *again;

			/* All of them at once: what it includes too. */
			for (size_t k = 0; k < stock_count; k++)
				shuffle_units(&stocks[k]);
			again = explain_stock(stocks[i].name);
			cr_assert_str_eq(again, first, "PINFOLD_TEST_SEED=%s %s round %d\n%s\nand\n%s",
					 getenv("PINFOLD_TEST_SEED"), stocks[i].name, round, first, again);
		}
	}
	cr_assert_geq(units, 5U, "there was something to shuffle");
	fix_teardown();
}
