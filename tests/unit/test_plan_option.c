/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_option.c - the table of keys: every row is complete, and every key can be found. */
#include "plan/option.h"

#include "plan_fixture.h"

TestSuite(option, .init = fix_setup, .fini = fix_teardown);

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static int parses(const struct option_row *row, const char *text)
{
	enum option_id id = (enum option_id)(row - option_table);
	const struct request_source source = {.origin = {.name = "test"}, .profile_dir = "/profiles"};

	return request_set(&fix.request, id, text, &source, &fix.err) == 0;
}

Test(option, every_row_is_complete)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		cr_assert(row->section != NULL && strspn(row->section, letters) == strlen(row->section), "%d",
			  id);
		cr_assert(row->key != NULL && strspn(row->key, letters) == strlen(row->key), "%d", id);
		cr_assert_not(str_is_empty(row->metavar), "%s", row->key);
		cr_assert_not(str_is_empty(row->help), "%s", row->key);
		cr_assert_not(str_is_empty(row->example), "%s", row->key);
		cr_assert_null(strchr(row->help, '\n'), "%s: help is one line", row->key);
		cr_assert_neq(row->help[strlen(row->help) - 1], '.', "%s: help is no sentence", row->key);
		cr_assert_lt(row->type, VALUE_TYPE_COUNT, "%s", row->key);
	}
}

Test(option, every_example_parses)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++)
		cr_assert(parses(&option_table[id], option_table[id].example), "%s = %s: %s",
			  option_table[id].key, option_table[id].example, fix.err.msg);
}

Test(option, every_default_parses)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		if (row->initial == NULL)
			continue;
		cr_assert(parses(row, row->initial), "%s = %s: %s", row->key, row->initial, fix.err.msg);
	}
}

Test(option, every_enum_has_a_default_and_its_words_parse)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];
		const char *word = row->metavar;
		size_t len;

		if (row->type != VALUE_ENUM && row->type != VALUE_BOOL)
			continue;
		cr_assert_not_null(row->initial, "%s", row->key);
		for (;;) {
			len = strcspn(word, "|");
			cr_assert(parses(row, arena_strndup(fix.arena, word, len)), "%s = %s", row->key,
				  word);
			if (word[len] == '\0')
				break;
			word += len + 1;
		}
		cr_assert_not(parses(row, "no-such-word"), "%s", row->key);
	}
}

Test(option, no_key_and_no_alias_stands_there_twice)
{
	for (enum option_id a = 0; a < OPT_COUNT; a++) {
		const struct option_row *row = &option_table[a];

		for (enum option_id b = (enum option_id)(a + 1); b < OPT_COUNT; b++) {
			const struct option_row *other = &option_table[b];

			cr_assert_not(str_eq(row->section, other->section) && str_eq(row->key, other->key),
				      "%s.%s", row->section, row->key);
			if (row->alias != NULL && other->alias != NULL)
				cr_assert_str_neq(row->alias, other->alias);
		}
	}
}

Test(option, no_alias_is_an_option_of_the_command_line_itself)
{
	static const char *const taken[] = {"profile", "set", "dry-run", "json", "help", "version"};

	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
			cr_assert(option_table[id].alias == NULL ||
				  !str_eq(option_table[id].alias, taken[i]));
	}
}

Test(option, rows_of_a_section_stand_together)
{
	/* help and the manual print a heading where the section changes. */
	for (enum option_id id = 1; id < OPT_COUNT; id++) {
		if (str_eq(option_table[id].section, option_table[id - 1].section))
			continue;
		for (enum option_id before = 0; before < id; before++)
			cr_assert_str_neq(option_table[before].section, option_table[id].section);
	}
}

Test(option, a_privilege_is_never_the_default)
{
	static const enum option_id ids[] = {OPT_NESTED, OPT_ALLOW_HOST_ROOT, OPT_NETWORK, OPT_NS_IPC};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		cr_assert_not(request_get(&fix.request, ids[i]) == NULL);
	cr_assert_str_eq(request_get(&fix.request, OPT_NESTED)->text, "none");
	cr_assert_str_eq(request_get(&fix.request, OPT_ALLOW_HOST_ROOT)->text, "no");
	cr_assert_str_eq(request_get(&fix.request, OPT_NETWORK)->text, "none");
	cr_assert_str_eq(request_get(&fix.request, OPT_NS_IPC)->text, "private");
	for (enum option_id id = 0; id < OPT_COUNT; id++)
		cr_assert(option_table[id].class == CLASS_SCALAR || fix.request.values[id].count == 0 ||
			  id == OPT_SECCOMP_ALLOW);
	cr_assert_str_eq(request_get(&fix.request, OPT_SECCOMP_ALLOW)->text, "@stock");
}

Test(option, finding)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		cr_assert_eq(option_find(row->section, row->key), id);
		cr_assert(option_has_section(row->section));
		if (row->alias != NULL)
			cr_assert_eq(option_find_alias(row->alias), id);
	}
	cr_assert_eq(option_find("filesystem", "mode"), OPT_COUNT, "a key of another section");
	cr_assert_eq(option_find("", ""), OPT_COUNT);
	cr_assert_eq(option_find("Filesystem", "ro"), OPT_COUNT);
	cr_assert_eq(option_find_alias(""), OPT_COUNT);
	cr_assert_eq(option_find_alias("--ro"), OPT_COUNT);
	cr_assert_not(option_has_section("files"));
	cr_assert_not(option_has_section(""));
}

Test(option, did_you_mean)
{
	cr_assert_str_eq(option_nearest_section("filesytem"), "filesystem");
	cr_assert_null(option_nearest_section("quite-another"));
	cr_assert_str_eq(option_nearest_key("identity", "hostnam"), "hostname");
	cr_assert_null(option_nearest_key("network", "hostname"));
	cr_assert_null(option_nearest_key("no-section", "ro"));
	cr_assert_str_eq(option_section_of_key("hostname"), "identity");
	cr_assert_null(option_section_of_key("hostnam"));
}
