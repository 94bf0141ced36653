/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_entry.c - sandboxes with a name: their text and back, and as a table. */
#include "plan/entry.h"

#include "plan_fixture.h"

TestSuite(entry, .init = fix_setup, .fini = fix_teardown);

static struct entry make(const char **argv, size_t argc)
{
	return (struct entry){.name = "web",
			      .supervisor = 41,
			      .is_there = true,
			      .init = 42,
			      .started_ns = INT64_C(1795426569485771617),
			      .since_ns = 1000000000,
			      .profile = "net",
			      .argv = argv,
			      .argc = argc,
			      .inodes = {[SPACE_USER] = 4026532405, [SPACE_NET] = 4026532411}};
}

static struct entry again(const struct entry *entry)
{
	struct entry read = {.name = "other", .supervisor = 7};
	const char *text = entry_text(fix.arena, entry);

	cr_assert_eq(strlen(text), (size_t)ENTRY_TEXT_SIZE, "%zu", strlen(text));
	entry_read(fix.arena, text, &read);
	return read;
}

Test(entry, what_is_written_is_read)
{
	const char *argv[] = {"httpd", "", "-x y"};
	const struct entry entry = make(argv, 3);
	const struct entry read = again(&entry);

	cr_assert(read.is_there);
	cr_assert_str_eq(read.name, "other", "the file's name says that, and the lock who has it");
	cr_assert_eq(read.supervisor, 7);
	cr_assert_eq(read.init, 42);
	cr_assert_eq(read.started_ns, entry.started_ns);
	cr_assert_eq(read.since_ns, entry.since_ns);
	cr_assert_str_eq(read.profile, "net");
	cr_assert_eq(read.argc, 3U);
	for (size_t i = 0; i < 3; i++)
		cr_assert_str_eq(read.argv[i], argv[i]);
	cr_assert_not(read.is_cut);
	cr_assert_not(read.is_held);
	for (size_t i = 0; i < SPACE_COUNT; i++)
		cr_assert_eq(read.inodes[i], entry.inodes[i], "%s", space_table[i].name);
}

Test(entry, one_that_is_held_has_no_program)
{
	struct entry entry = make(NULL, 0);

	entry.is_held = true;
	entry = again(&entry);
	cr_assert(entry.is_there);
	cr_assert(entry.is_held);
	cr_assert_eq(entry.argc, 0U);
}

Test(entry, a_long_command_is_cut_between_characters)
{
	/* Two bytes each; with one more in front the room ends within one in one of the two. */
	for (size_t shift = 0; shift < 2; shift++) {
		char *word = arena_alloc(fix.arena, 3 * ENTRY_TEXT_SIZE);
		const char *argv[] = {"prog", word, "never seen"};
		struct entry entry = make(argv, 3);
		size_t len;

		memset(word, 'x', shift);
		for (size_t i = 0; i < ENTRY_TEXT_SIZE; i++)
			memcpy(word + shift + 2 * i, "\xc3\xa4", 2);
		entry = again(&entry);
		cr_assert(entry.is_there);
		cr_assert(entry.is_cut);
		cr_assert_eq(entry.argc, 2U);
		len = strlen(entry.argv[1]);
		cr_assert(str_is_utf8(entry.argv[1], len));
		cr_assert_gt(len, (size_t)ENTRY_TEXT_SIZE / 2);
	}
}

Test(entry, a_text_that_is_not_whole_says_nothing)
{
	const char *argv[] = {"prog"};
	const struct entry entry = make(argv, 1);
	const char *text = entry_text(fix.arena, &entry);
	const size_t end = (size_t)(strstr(text, "\nend\n") - text);
	struct entry read = {.name = "web", .supervisor = 7};

	for (size_t len = 0; len <= end + 4; len++) {
		entry_read(fix.arena, arena_strndup(fix.arena, text, len), &read);
		cr_assert_not(read.is_there, "%zu of %zu bytes", len, end);
	}
	entry_read(fix.arena, arena_printf(fix.arena, " %s", text), &read);
	cr_assert_not(read.is_there, "another head");
	entry_read(fix.arena, arena_strndup(fix.arena, text, end + 5), &read);
	cr_assert(read.is_there);
}

Test(entry, names)
{
	static const char *const good[] = {"a", "0", "web-1.x_Y", NULL};
	static const char *const bad[] = {"",	 ".",	"..",	    "-a",  "_a", ".a",
					  "a/b", "a b", "\xc3\xa4", "a\n", NULL};
	char longest[ENTRY_NAME_MAX + 2];

	for (size_t i = 0; good[i] != NULL; i++)
		cr_assert_eq(entry_check_name(fix.arena, good[i], &fix.err), 0, "%s", good[i]);
	for (size_t i = 0; bad[i] != NULL; i++)
		fix_assert_refused(entry_check_name(fix.arena, bad[i], &fix.err), "usage.name", "cannot be");
	memset(longest, 'a', sizeof(longest));
	longest[ENTRY_NAME_MAX] = '\0';
	cr_assert_eq(entry_check_name(fix.arena, longest, &fix.err), 0);
	longest[ENTRY_NAME_MAX] = 'a';
	longest[ENTRY_NAME_MAX + 1] = '\0';
	fix_assert_refused(entry_check_name(fix.arena, longest, &fix.err), "usage.name", "cannot be");
}

Test(entry, where_the_registry_is)
{
	fix.host.runtime = "/run/user/5";
	fix.host.uid = 5;
	cr_assert_str_eq(entry_base(&fix.host, fix.arena), "/run/user/5/pinfold");
	fix.host.runtime = NULL;
	cr_assert_str_eq(entry_base(&fix.host, fix.arena), "/tmp/pinfold-5");
}

Test(entry, a_table_in_columns_of_characters)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} times[] = {{0, "0s"},	      {59, "59s"},	 {60, "1m00s"},	   {3599, "59m59s"},
		     {3600, "1h00m"}, {86399, "23h59m"}, {90000, "1d01h"}, {-5, "0s"}};
	const char *argv[] = {"httpd", "-p"};
	struct entry entries[] = {make(argv, 2), {.name = "new", .supervisor = -1}};

	entries[0].memory = 1536 * 1024;
	entries[0].profile = "n\xc3\xa4t";
	cr_assert_str_eq(entry_table(fix.arena, entries, 2, INT64_C(4000000000), true),
			 "NAME  PID  UPTIME  MEMORY  PROFILE  COMMAND\n"
			 "web   41   3s      1.5M    n\xc3\xa4t      httpd -p\n"
			 "    init 42, user 4026532405, net 4026532411\n"
			 "new   ?    -       -       -        (starting)\n");
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const char *table = entry_table(fix.arena, entries, 1,
						entries[0].since_ns + times[i].seconds * 1000000000, false);

		cr_assert_not_null(strstr(table, arena_printf(fix.arena, " %s ", times[i].text)), "%s",
				   table);
	}
	entries[0].memory = UINT64_C(3) << 50;
	entries[0].is_held = true;
	cr_assert_not_null(strstr(entry_table(fix.arena, entries, 1, 0, false), " 3072.0T "));
	cr_assert_not_null(strstr(entry_table(fix.arena, entries, 1, 0, false), "(held)\n"));
}
