/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_request.c - collecting values: append, replace, reset, remove, optional, layers. */
#include "plan/request.h"

#include "plan_fixture.h"

TestSuite(request, .init = fix_setup, .fini = fix_teardown);

static const struct value_list *list_of(enum option_id id)
{
	return &fix.request.values[id];
}

/* The list as "a b c", by what was written. */
static const char *texts_of(enum option_id id)
{
	const char *text = "";

	for (size_t i = 0; i < list_of(id)->count; i++)
		text = arena_printf(fix.arena, "%s%s%s", text, i > 0 ? " " : "", list_of(id)->items[i].text);
	return text;
}

Test(request, starts_with_the_defaults)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct value *value = request_get(&fix.request, id);
		const char *initial = option_table[id].initial;

		cr_assert_eq(value != NULL, initial != NULL, "%s", option_table[id].key);
		if (value == NULL)
			continue;
		cr_assert_str_eq(value->text, initial);
		cr_assert_str_eq(origin_text(fix.arena, value->origin), "default");
		cr_assert_eq(value->layer, 0U);
	}
	cr_assert_eq(request_number(&fix.request, OPT_SIZE), UINT64_C(16) << 20);
	cr_assert_eq(request_number(&fix.request, OPT_UID), 0U);
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, "x"), "sandbox");
	cr_assert_str_eq(request_text(&fix.request, OPT_DOMAINNAME, "otherwise"), "otherwise");
	cr_assert_null(request_text(&fix.request, OPT_DOMAINNAME, NULL));
}

Test(request, the_last_scalar_wins)
{
	fix_set("identity.hostname", "one");
	fix.request.layer = 5;
	fix_set("identity.hostname", "two");
	cr_assert_eq(list_of(OPT_HOSTNAME)->count, 1U);
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, NULL), "two");
	cr_assert_str_eq(origin_text(fix.arena, request_get(&fix.request, OPT_HOSTNAME)->origin),
			 "identity.hostname=two");
	cr_assert_eq(request_get(&fix.request, OPT_HOSTNAME)->layer, 5U);
}

Test(request, a_refused_scalar_leaves_the_old_one)
{
	fix_set("identity.hostname", "one");
	fix_assert_refused(fix_try_set("identity.hostname", "not a name", NULL), "config.name", "not a name");
	cr_assert_str_eq(fix_where(), "identity.hostname=not a name");
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, NULL), "one");
}

Test(request, lists_append_and_remember_where_from)
{
	fix_set("filesystem.ro", "/a");
	fix.request.layer = 2;
	fix_set("filesystem.ro", "/b");
	fix_set("filesystem.ro", "/b");
	cr_assert_str_eq(texts_of(OPT_RO), "/a /b /b");
	cr_assert_str_eq(origin_text(fix.arena, list_of(OPT_RO)->items[0].origin), "filesystem.ro=/a");
	cr_assert_eq(list_of(OPT_RO)->items[0].layer, 1U);
	cr_assert_eq(list_of(OPT_RO)->items[1].layer, 2U);
}

Test(request, word_lists_are_split_at_blanks)
{
	fix_set("environment.pass", "  A\t B  C ");
	fix_set("environment.pass", "D");
	cr_assert_str_eq(texts_of(OPT_PASS), "A B C D");
	fix_assert_refused(fix_try_set("environment.pass", "E 9 F", NULL), "config.variable", "9");
}

Test(request, path_lists_are_not)
{
	fix_set("filesystem.ro", "/with space");
	cr_assert_eq(list_of(OPT_RO)->count, 1U);
	cr_assert_str_eq(list_of(OPT_RO)->items[0].a, "/with space");
}

Test(request, an_empty_value_resets)
{
	fix_set("filesystem.ro", "/a");
	fix_set("filesystem.ro", "");
	cr_assert_eq(list_of(OPT_RO)->count, 0U);
	fix_set("filesystem.ro", "/b");
	cr_assert_str_eq(texts_of(OPT_RO), "/b");
	fix_set("identity.hostname", "one");
	fix_set("identity.hostname", "");
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, NULL), "sandbox",
			 "a scalar: to its default");
	cr_assert_str_eq(origin_text(fix.arena, request_get(&fix.request, OPT_HOSTNAME)->origin), "default");
	fix_set("identity.uid", "5");
	fix_set("identity.uid", "");
	cr_assert_null(request_get(&fix.request, OPT_UID));
}

Test(request, a_default_that_was_set_back_is_of_no_layer)
{
	/* "has no effect" and "a later layer replaces" look at the layer: 0 means that nobody asked for it.
	 */
	fix.request.layer = 3;
	fix_set("identity.hostname", "one");
	fix_set("identity.hostname", "");
	cr_assert_eq(request_get(&fix.request, OPT_HOSTNAME)->layer, 0U);
}

Test(request, an_exclamation_mark_takes_one_away)
{
	fix_set("filesystem.ro", "/a");
	fix_set("filesystem.ro", "/b");
	fix_set("filesystem.ro", "/a");
	fix_set("filesystem.ro", "!/a");
	cr_assert_str_eq(texts_of(OPT_RO), "/b");
	fix_set("filesystem.ro", "!  /b");
	cr_assert_eq(list_of(OPT_RO)->count, 0U);
	fix_set("environment.pass", "A B C");
	fix_set("environment.pass", "D !B E !D");
	cr_assert_str_eq(texts_of(OPT_PASS), "A C E");
}

Test(request, what_is_taken_away_is_written_as_it_was_given)
{
	fix_set("filesystem.ro", "-/optional");
	fix_set("filesystem.ro", "${HOME}/x");
	fix_assert_refused(fix_try_set("filesystem.ro", "!/optional", NULL), "config.remove",
			   "no such value");
	fix_set("filesystem.ro", "!-/optional");
	fix_set("filesystem.ro", "!${HOME}/x");
	cr_assert_eq(list_of(OPT_RO)->count, 0U);
	fix_set("environment.set", "A=1");
	fix_assert_refused(fix_try_set("environment.set", "!A", NULL), "config.remove", "!A");
	fix_set("environment.set", "!A=1");
}

Test(request, nothing_to_take_away_is_an_error)
{
	fix_assert_refused(fix_try_set("filesystem.ro", "!/a", NULL), "config.remove", "ro = !/a");
	cr_assert_str_eq(fix_where(), "filesystem.ro=!/a");
	fix_assert_refused(fix_try_set("filesystem.ro", "!", NULL), "config.remove", "");
	fix_assert_refused(fix_try_set("identity.hostname", "!sandbox", NULL), "config.remove", "not a list");
}

Test(request, a_dash_makes_a_source_optional)
{
	fix_set("filesystem.ro", "-/a");
	cr_assert(list_of(OPT_RO)->items[0].is_optional);
	cr_assert_str_eq(list_of(OPT_RO)->items[0].a, "/a");
	cr_assert_str_eq(list_of(OPT_RO)->items[0].text, "-/a");
	fix_set("filesystem.rw", "- /b:/c");
	cr_assert(list_of(OPT_RW)->items[0].is_optional);
	cr_assert_str_eq(list_of(OPT_RW)->items[0].a, "/b");
	fix_set("filesystem.etc", "@base -ssh");
	cr_assert_not(list_of(OPT_ETC)->items[0].is_optional);
	cr_assert(list_of(OPT_ETC)->items[1].is_optional);
	cr_assert_str_eq(list_of(OPT_ETC)->items[1].a, "ssh");
	fix_assert_refused(fix_try_set("filesystem.ro", "-", NULL), "config.path", "empty");
}

Test(request, elsewhere_a_dash_is_a_dash)
{
	fix_set("process.argv0", "-sh");
	cr_assert_str_eq(request_text(&fix.request, OPT_ARGV0, NULL), "-sh");
	fix_assert_refused(fix_try_set("filesystem.tmpfs", "-/t", NULL), "config.path", "must start with /");
	fix_assert_refused(fix_try_set("identity.uid", "-1", NULL), "config.number", "");
}

Test(request, keys_of_files_are_refused_on_the_command_line)
{
	static const char *const keys[] = {"profile.language", "profile.description", "profile.include"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		fix_assert_refused(fix_try_set(keys[i], "1", NULL), "usage.file-only", keys[i]);
		cr_assert_eq(fix.err.kind, ERR_USAGE);
		cr_assert_eq(fix_try_set(keys[i], "1", "/profiles"), 0);
	}
}

Test(request, many_values)
{
	for (int i = 0; i < 3000; i++)
		fix_set("filesystem.ro", arena_printf(fix.arena, "/dir/%d", i));
	cr_assert_eq(list_of(OPT_RO)->count, 3000U);
	for (int i = 0; i < 3000; i += 2)
		fix_set("filesystem.ro", arena_printf(fix.arena, "!/dir/%d", i));
	cr_assert_eq(list_of(OPT_RO)->count, 1500U);
	for (size_t i = 0; i < 1500; i++)
		cr_assert_str_eq(list_of(OPT_RO)->items[i].a, arena_printf(fix.arena, "/dir/%zu", 2 * i + 1));
}
