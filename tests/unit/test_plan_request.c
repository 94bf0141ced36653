/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_request.c - collecting values: append, replace, reset, remove, optional, layers. */
#include "plan/request.h"

#include "plan/problem.h"
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

Test(request, while_a_profile_is_loaded_values_are_taken_away_in_the_end)
{
	request_start_loading(&fix.request);
	fix_set("environment.unset", "A B A C");
	fix_set("environment.unset", "!A");
	fix_assert_refused(fix_try_set("environment.unset", "!A", NULL), "config.remove", "no such value");
	fix_set("environment.unset", "A D");
	fix_set("environment.unset", "!B");
	fix_set("environment.pass", "X Y");
	fix_set("environment.pass", "!X");
	fix_set("environment.pass", "");
	fix_set("environment.pass", "Z");
	request_settle(&fix.request);
	cr_assert_str_eq(texts_of(OPT_UNSET), "C A D");
	cr_assert_str_eq(texts_of(OPT_PASS), "Z");
	fix_set("environment.unset", "!A");
	cr_assert_str_eq(texts_of(OPT_UNSET), "C D", "at once again");
}

Test(request, as_many_as_there_are_can_be_taken_away_in_any_order)
{
	enum { COUNT = 1000, STEP = 7 };

	request_start_loading(&fix.request);
	for (int i = 0; i < COUNT; i++)
		fix_set("environment.unset", arena_printf(fix.arena, "V%d W%d", i, i));
	for (int i = 0; i < COUNT; i++)
		fix_set("environment.unset", arena_printf(fix.arena, "!V%d", i * STEP % COUNT));
	request_settle(&fix.request);
	cr_assert_eq(list_of(OPT_UNSET)->count, (size_t)COUNT);
	for (int i = 0; i < COUNT; i++)
		cr_assert_str_eq(list_of(OPT_UNSET)->items[i].text, arena_printf(fix.arena, "W%d", i));
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

/* ------------------------------------------------------------ columns, and all errors */

/* Gives the key its text as if it stood in a file at this line and column. */
static int set_at(enum option_id id, const char *text, unsigned int line, unsigned int column)
{
	const struct request_source source = {.origin = {.name = "/p.ini", .line = line, .column = column},
					      .profile_dir = "/"};

	memset(&fix.err, 0, sizeof(fix.err));
	return request_set(&fix.request, id, text, &source, &fix.err);
}

Test(request, errors_name_the_column)
{
	static const struct {
		enum option_id id;
		const char *text;
		unsigned int column;
	} cases[] = {
		{OPT_PASS, "A=1", 10},	      {OPT_PASS, "A B=1", 12},	{OPT_PASS, "A  \t B=1 C", 15},
		{OPT_PASS, "A !B", 12},	      {OPT_PASS, "!B A", 10},	{OPT_ETC, "-../x", 11},
		{OPT_ETC, "a -../x", 13},     {OPT_RO, "-x", 11},	{OPT_RO, "-  /a\\q", 15},
		{OPT_RO, "- /a:b", 15},	      {OPT_RO, "!/a", 10},	{OPT_HOSTNAME, "!x", 10},
		{OPT_HOSTNAME, "-x", 10},     {OPT_SIZE, "-1", 10},	{OPT_TMPFS, "/a:size=x", 13},
		{OPT_KEEP, "chown nope", 16}, {OPT_RO, "\xc3\xa4", 10}, {OPT_RO, "/\xc3\xa4\\q", 13},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_assert_eq(set_at(cases[i].id, cases[i].text, 3, 10), -1, "%s", cases[i].text);
		cr_assert_str_eq(err_where(fix.arena, &fix.err),
				 arena_printf(fix.arena, "/p.ini:3:%u", cases[i].column), "%s: %s",
				 cases[i].text, fix.err.msg);
	}
}

Test(request, values_know_their_column)
{
	cr_assert_eq(set_at(OPT_PASS, "A  BC D", 3, 10), 0);
	cr_assert_eq(list_of(OPT_PASS)->items[0].origin->column, 10U);
	cr_assert_eq(list_of(OPT_PASS)->items[1].origin->column, 13U);
	cr_assert_eq(list_of(OPT_PASS)->items[2].origin->column, 16U);
	cr_assert_eq(set_at(OPT_RO, "-  /a", 4, 6), 0);
	cr_assert_eq(list_of(OPT_RO)->items[0].origin->column, 9U);
	fix_set("environment.pass", "E F");
	cr_assert_eq(list_of(OPT_PASS)->items[4].origin->column, 0U, "the command line has none");
}

Test(request, with_problems_each_wrong_word_is_one_and_the_rest_is_taken)
{
	struct problems problems = {.arena = fix.arena};

	fix.request.problems = &problems;
	fix.request.layer = 1;
	cr_assert_eq(set_at(OPT_PASS, "A B=1 C !D E-", 3, 10), 0);
	cr_assert_str_eq(texts_of(OPT_PASS), "A C");
	cr_assert_eq(problems.errors, 3U);
	cr_assert_eq(problems.items[0].err.column, 12U);
	cr_assert_eq(problems.items[1].err.column, 18U);
	cr_assert_eq(problems.items[2].err.column, 21U);
	cr_assert_eq(set_at(OPT_HOSTNAME, "a b", 4, 1), 0);
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, ""), "sandbox");
	cr_assert_eq(problems.errors, 4U);
}

Test(request, with_problems_a_scalar_set_twice_in_one_file_is_a_warning)
{
	struct problems problems = {.arena = fix.arena};

	fix.request.problems = &problems;
	fix.request.layer = 1;
	cr_assert_eq(set_at(OPT_HOSTNAME, "a", 3, 12), 0);
	cr_assert_eq(problems.count, 0U, "the default is nobody's");
	cr_assert_eq(set_at(OPT_HOSTNAME, "b", 4, 12), 0);
	cr_assert_eq(problems.count, 1U);
	cr_assert(problems.items[0].is_warning);
	cr_assert_eq(problems.items[0].err.line, 3U);
	cr_assert_str_eq(problems.items[0].err.msg, "hostname = a: /p.ini:4 sets it again");
	cr_assert_eq(set_at(OPT_HOSTNAME, "", 5, 11), 0);
	cr_assert_eq(set_at(OPT_HOSTNAME, "c", 6, 12), 0);
	fix.request.layer = 2;
	cr_assert_eq(set_at(OPT_HOSTNAME, "d", 7, 12), 0);
	cr_assert_eq(problems.count, 1U);
}

/* ------------------------------------------------------------ what is refused is taken away */

static bool drop(const char *name, unsigned int line, unsigned int column)
{
	struct err err = {0};

	(void)err_at(&err, name, line, column);
	return request_drop(&fix.request, &err);
}

Test(request, drop_takes_what_stands_there)
{
	fix.request.layer = 1;
	cr_assert_eq(set_at(OPT_PASS, "A B C", 3, 10), 0);
	cr_assert_eq(set_at(OPT_RO, "/a", 4, 6), 0);
	cr_assert_not(drop("/p.ini", 3, 11));
	cr_assert_not(drop("/p.ini", 4, 10));
	cr_assert_not(drop("/q.ini", 3, 10));
	cr_assert_not(drop("", 0, 0));
	cr_assert(drop("/p.ini", 3, 12));
	cr_assert_str_eq(texts_of(OPT_PASS), "A C");
	cr_assert_not(drop("/p.ini", 3, 12), "it is gone");
	cr_assert(drop("/p.ini", 4, 6));
	cr_assert_eq(list_of(OPT_RO)->count, 0U);
}

Test(request, drop_takes_a_scalar_back_to_its_default)
{
	fix.request.layer = 1;
	cr_assert_eq(set_at(OPT_HOSTNAME, "a", 3, 10), 0);
	cr_assert_eq(set_at(OPT_UMASK, "77", 4, 9), 0);
	cr_assert(drop("/p.ini", 3, 10));
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, ""), "sandbox");
	cr_assert_eq(request_get(&fix.request, OPT_HOSTNAME)->layer, 0U);
	cr_assert(drop("/p.ini", 4, 9));
	cr_assert_null(request_get(&fix.request, OPT_UMASK));
}

Test(request, drop_never_takes_defaults)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct value *value = request_get(&fix.request, id);

		if (value != NULL)
			cr_assert_not(drop(value->origin->name, value->origin->line, value->origin->column));
	}
}

Test(request, drop_takes_a_file_that_was_included_twice_at_once)
{
	fix.request.layer = 1;
	cr_assert_eq(set_at(OPT_RO, "/a", 3, 6), 0);
	fix.request.layer = 2;
	cr_assert_eq(set_at(OPT_RO, "/a", 3, 6), 0);
	cr_assert(drop("/p.ini", 3, 6));
	cr_assert_eq(list_of(OPT_RO)->count, 0U);
}

Test(request, drop_knows_a_name_that_was_too_long_for_the_error)
{
	char *name = arena_alloc(fix.arena, 3001);
	struct err err = {0};

	for (size_t i = 0; i < 3000; i++)
		name[i] = i % 50 == 0 ? '/' : 'n';
	const struct request_source source = {.origin = {.name = name, .line = 3, .column = 6},
					      .profile_dir = "/"};

	fix.request.layer = 1;
	cr_assert_eq(request_set(&fix.request, OPT_RO, "/a", &source, &fix.err), 0);
	(void)origin_blame(&err, list_of(OPT_RO)->items[0].origin);
	cr_assert_lt(strlen(err.origin), 3000U);
	cr_assert(request_drop(&fix.request, &err));
	cr_assert_eq(list_of(OPT_RO)->count, 0U);
}
