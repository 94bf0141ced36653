/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_reader.c - profile text to entries: lines counted, nothing cut, nothing read twice. */
#include "plan/reader.h"

#include <stdlib.h>

#include "plan/problem.h"
#include "plan_fixture.h"

TestSuite(reader, .init = fix_setup, .fini = fix_teardown);

static struct reader_entries entries;
static struct problems *collected; /* NULL: the first error is the end */

static int read_bytes(const char *text, size_t len)
{
	/* A copy without a terminator and of just this size: valgrind and ASan see a byte too far. */
	CLEANUP_FREE char *copy = mem_alloc(len);
	int r;

	memcpy(copy, text, len);
	memset(&fix.err, 0, sizeof(fix.err));
	const struct reader_text source = {.name = "p.ini", .bytes = copy, .len = len};

	r = reader_read(fix.arena, &source, collected, &entries, &fix.err);
	memset(copy, 'X', len);
	return r;
}

static void reads(const char *text)
{
	cr_assert_eq(read_bytes(text, strlen(text)), 0, "%s (%s)", fix.err.msg, fix_where());
}

static void refuses(const char *text, unsigned int line, const char *id)
{
	cr_assert_eq(read_bytes(text, strlen(text)), -1, "%s", text);
	cr_assert_str_eq(fix.err.id, id, "%s: %s", text, fix.err.msg);
	cr_assert_eq(fix.err.kind, ERR_CONFIG);
	cr_assert_str_eq(fix_where(), arena_printf(fix.arena, "p.ini:%u", line), "%s: %s", text, fix.err.msg);
	cr_assert_str_not_empty(fix.err.hint);
}

static void is_entry(size_t i, const char *section, const char *key, const char *value, unsigned int line)
{
	cr_assert_lt(i, entries.count);
	cr_assert_str_eq(entries.items[i].section, section);
	if (key == NULL) {
		cr_assert_null(entries.items[i].key);
	} else {
		cr_assert_str_eq(entries.items[i].key, key);
		cr_assert_str_eq(entries.items[i].value, value);
	}
	cr_assert_eq(entries.items[i].line, line, "line %u", entries.items[i].line);
}

Test(reader, nothing_gives_nothing)
{
	static const char *const texts[] = {"",	 "\n",	    "\n\n\n", "   \n\t\n", "# only\n; comments\n",
					    "#", "\r\n\r\n"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		reads(texts[i]);
		cr_assert_eq(entries.count, 0U, "case %zu", i);
	}
}

Test(reader, entries_in_their_order_with_their_lines)
{
	reads("# a comment\n"
	      "[one]\n"
	      "\n"
	      "a = 1\n"
	      "; another = comment\n"
	      "b=2\n"
	      "[two]\n"
	      "a   =   3   \n"
	      "empty =\n");
	cr_assert_eq(entries.count, 6U);
	is_entry(0, "one", NULL, NULL, 2);
	is_entry(1, "one", "a", "1", 4);
	is_entry(2, "one", "b", "2", 6);
	is_entry(3, "two", NULL, NULL, 7);
	is_entry(4, "two", "a", "3", 8);
	is_entry(5, "two", "empty", "", 9);
}

Test(reader, the_last_line_needs_no_newline)
{
	reads("[s]\na = 1");
	is_entry(1, "s", "a", "1", 2);
	reads("[s]");
	cr_assert_eq(entries.count, 1U);
	reads("[s]\na =");
	is_entry(1, "s", "a", "", 2);
	reads("[s]\na = 1\n\tb");
	is_entry(2, "s", "a", "b", 3);
}

Test(reader, crlf_and_bom)
{
	reads("\xef\xbb\xbf[s]\r\na = 1\r\n\tb\r\n# c\r\nc =\r\n");
	cr_assert_eq(entries.count, 4U);
	is_entry(0, "s", NULL, NULL, 1);
	is_entry(1, "s", "a", "1", 2);
	is_entry(2, "s", "a", "b", 3);
	is_entry(3, "s", "c", "", 5);
	reads("\xef\xbb\xbf");
	cr_assert_eq(entries.count, 0U);
	cr_assert_eq(read_bytes("\xef\xbb", 2), -1, "half of one is no UTF-8");
}

Test(reader, a_bom_is_one_at_the_start_only)
{
	refuses("[s]\n\xef\xbb\xbf"
		"a = 1\n",
		2, "config.key");
}

Test(reader, values_may_have_anything_but_a_comment)
{
	reads("[s]\n"
	      "a = x = y == z\n"
	      "b = x:y : z\n"
	      "c = # no comment\n"
	      "d = \"quoted\" 'too'\n"
	      "e = a;b\n"
	      "f = [x]\n"
	      "g = \xc3\xa4\xe2\x82\xac\n"
	      "h = @\n"
	      "i = =\n"
	      "j = ${HOME} %s \\n\n");
	is_entry(1, "s", "a", "x = y == z", 2);
	is_entry(2, "s", "b", "x:y : z", 3);
	is_entry(3, "s", "c", "# no comment", 4);
	is_entry(4, "s", "d", "\"quoted\" 'too'", 5);
	is_entry(5, "s", "e", "a;b", 6);
	is_entry(6, "s", "f", "[x]", 7);
	is_entry(7, "s", "g", "\xc3\xa4\xe2\x82\xac", 8);
	is_entry(8, "s", "h", "@", 9);
	is_entry(9, "s", "i", "=", 10);
	is_entry(10, "s", "j", "${HOME} %s \\n", 11);
}

Test(reader, indented_lines_go_on_with_the_key_above)
{
	reads("[s]\n"
	      "a = 1\n"
	      "  2\n"
	      "\n"
	      "\t # a comment between\n"
	      "# and one more\n"
	      " \t3 = x  \n"
	      "b =\n"
	      "  [not-a-section]\n");
	cr_assert_eq(entries.count, 6U);
	is_entry(1, "s", "a", "1", 2);
	is_entry(2, "s", "a", "2", 3);
	is_entry(3, "s", "a", "3 = x", 7);
	is_entry(4, "s", "b", "", 8);
	is_entry(5, "s", "b", "[not-a-section]", 9);
}

/* ------------------------------------------------------------ long lines */

/* "[s]\n", a line "ro = /xxx..." of exactly `length` bytes, and one more key. */
static const char *with_long_line(size_t length, const char *tail)
{
	static const char head[] = "ro = /";
	char *line = arena_alloc(fix.arena, length + 1);

	memset(line, 'x', length);
	memcpy(line, head, strlen(head));
	memcpy(line + length - strlen(tail), tail, strlen(tail));
	return arena_printf(fix.arena, "[s]\n%s\nafter = 1\n", line);
}

Test(reader, long_lines_are_whole)
{
	static const size_t lengths[] = {100, 190, 195, 196, 197, 198, 199,  200,  201,	 202,  210,   250,
					 255, 256, 257, 399, 400, 401, 1000, 4000, 4096, 8192, 65535, 65540};

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		reads(with_long_line(lengths[i], "z"));
		cr_assert_eq(entries.count, 3U, "length %zu", lengths[i]);
		cr_assert_eq(strlen(entries.items[1].value), lengths[i] - 5, "length %zu", lengths[i]);
		cr_assert_eq(entries.items[1].value[lengths[i] - 6], 'z');
		is_entry(2, "s", "after", "1", 3);
	}
}

Test(reader, the_tail_of_a_long_line_is_no_key)
{
	/* Where a buffer of 200 bytes would cut, in all shapes that could pass for a line of its own. */
	static const char *const tails[] = {"ro = /etc", "[filesystem]", "; comment",
					    "# comment", "rw = /",	 "= x"};

	for (size_t t = 0; t < ARRAY_SIZE(tails); t++) {
		for (size_t cut = 195; cut <= 205; cut++) {
			const char *text = with_long_line(cut + strlen(tails[t]), tails[t]);

			reads(text);
			cr_assert_eq(entries.count, 3U, "%s at %zu", tails[t], cut);
			cr_assert_str_eq(entries.items[1].key, "ro");
			cr_assert_eq(strlen(entries.items[1].value), cut + strlen(tails[t]) - 5);
			is_entry(2, "s", "after", "1", 3);
		}
	}
}

/*
 * The same for each length of what stands before it, from one well below the buffer to one well above, with
 * all that can be a line of its own: whoever cuts anywhere finds one. Exactly one value comes out, and it is
 * what was written.
 */
Test(reader, no_cut_anywhere_makes_a_rule)
{
	static const char *const heads[] = {"ro = /", "ro =/", "ro=/", "\t/", "key-of-some-length = "};
	static const char *const tails[] = {"ro = /etc",   " ro = /etc", "[x] ro = /etc",
					    "\tro = /etc", "ro=/etc",	 "[filesystem]ro=/etc"};

	for (size_t i = 0; i < ARRAY_SIZE(heads) * ARRAY_SIZE(tails); i++) {
		const char *head = heads[i / ARRAY_SIZE(tails)];
		const char *tail = tails[i % ARRAY_SIZE(tails)];

		for (size_t pad = 1; pad <= 470; pad++) {
			char *xs = arena_alloc(fix.arena, pad + 1);
			const char *line;

			memset(xs, 'x', pad);
			line = arena_printf(fix.arena, "%s%s%s", head, xs, tail);
			reads(arena_printf(fix.arena, "[s]\nro = first\n%s\nafter = 1\n", line));
			cr_assert_eq(entries.count, 4U, "%s", line);
			is_entry(2, "s", head[0] == 'k' ? "key-of-some-length" : "ro",
				 arena_printf(fix.arena, "%s%s%s", head[0] == 'k' ? "" : "/", xs, tail), 3);
			is_entry(3, "s", "after", "1", 4);
		}
	}
}

/* A name that inih would cut (at 49) is refused, whatever its tail or its first part would be; a shorter one
 * is whole. */
Test(reader, no_cut_name_makes_another)
{
	static const char *const tails[] = {"ro", "-ro", "s]", "filesystem"};

	for (size_t i = 0; i < ARRAY_SIZE(tails) * 70; i++) {
		const char *tail = tails[i / 70];
		char *name = arena_printf(fix.arena, "%*s%s", (int)(i % 70) + 1, "", tail);
		size_t len = strlen(name);

		memset(name, 'n', len - strlen(tail));
		if (strchr(tail, ']') != NULL) {
			refuses(arena_printf(fix.arena, "[%s]\nro = /etc\n", name), 1, "config.section");
			refuses(arena_printf(fix.arena, "[s]\n%s = /etc\n", name), 2, "config.key");
		} else if (len > 48) {
			refuses(arena_printf(fix.arena, "[%s]\nro = /etc\n", name), 1, "config.section");
			refuses(arena_printf(fix.arena, "[s]\n%s = /etc\n", name), 2, "config.key");
		} else {
			reads(arena_printf(fix.arena, "[%s]\n%s = /etc\n", name, name));
			cr_assert_eq(entries.count, 2U);
			is_entry(1, name, name, "/etc", 2);
		}
	}
}

Test(reader, long_continuations_comments_and_blanks)
{
	char *many = arena_alloc(fix.arena, 5001);

	memset(many, 'y', 5000);
	reads(arena_printf(fix.arena, "[s]\na = 1\n %s\n# %s = x\n;%s\nb = 2\n", many, many, many));
	cr_assert_eq(entries.count, 4U);
	is_entry(2, "s", "a", many, 3);
	is_entry(3, "s", "b", "2", 6);
	memset(many, ' ', 5000);
	reads(arena_printf(fix.arena, "%s\n[s]\na%s=%s1%s\n%s2\n%s# c\n", many, many, many, many, many,
			   many));
	cr_assert_eq(entries.count, 3U);
	is_entry(1, "s", "a", "1", 3);
	is_entry(2, "s", "a", "2", 4);
}

Test(reader, what_is_too_long_says_so)
{
	char *value = arena_alloc(fix.arena, 65538);

	memset(value, 'v', 65537);
	refuses(arena_printf(fix.arena, "[s]\na =%s\n", value), 2, "config.too-long");
	refuses(arena_printf(fix.arena, "[s]\na = 1\n %s\n", value), 3, "config.too-long");
	value[65536] = '\0';
	reads(arena_printf(fix.arena, "[s]\na =%s\n", value));
	cr_assert_eq(strlen(entries.items[1].value), 65536U);
}

Test(reader, names_are_not_cut)
{
	static const char name48[] = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstu";

	cr_assert_eq(strlen(name48), 48U);
	reads(arena_printf(fix.arena, "[%s]\n%s = 1\n", name48, name48));
	is_entry(0, name48, NULL, NULL, 1);
	is_entry(1, name48, name48, "1", 2);
	refuses(arena_printf(fix.arena, "\n[%sx]\n", name48), 2, "config.section");
	refuses(arena_printf(fix.arena, "[s]\n%sx = 1\n", name48), 2, "config.key");
}

Test(reader, huge_names_are_refused)
{
	char *name = arena_alloc(fix.arena, 100001);

	memset(name, 'n', 100000);
	refuses(arena_printf(fix.arena, "[%s]\na = 1\n", name), 1, "config.section");
	refuses(arena_printf(fix.arena, "[s]\n%s = 1\n", name), 2, "config.key");
	refuses(arena_printf(fix.arena, "[s]\n%s\n", name), 2, "config.syntax");
	refuses(arena_printf(fix.arena, "[%s\n", name), 1, "config.section");
}

/* ------------------------------------------------------------ refusals */

Test(reader, bytes_that_are_no_text)
{
	cr_assert_eq(read_bytes("[s]\na = 1\0b\n", 12), -1);
	cr_assert_str_eq(fix.err.id, "config.nul");
	cr_assert_str_eq(fix_where(), "p.ini:2");
	cr_assert_eq(read_bytes("\0", 1), -1);
	cr_assert_str_eq(fix_where(), "p.ini:1");
	cr_assert_eq(read_bytes("[s]\n# \0\n", 8), -1, "in a comment too");
	cr_assert_str_eq(fix.err.id, "config.nul");
	refuses("[s]\na = \xff\n", 2, "config.utf8");
	refuses("[s]\n\n# \xc3(\n", 3, "config.utf8");
	refuses("[s]\na = \xed\xa0\x80\n", 2, "config.utf8");
	refuses("[s]\na = 1\nb = \xc3", 3, "config.utf8");
}

Test(reader, a_character_split_over_the_buffer_is_whole)
{
	for (size_t length = 196; length < 206; length++) {
		reads(with_long_line(length, "\xe2\x82\xac"));
		cr_assert_eq(strlen(entries.items[1].value), length - 5);
	}
}

Test(reader, comments_behind_values)
{
	refuses("[s]\na = 1 ; comment\n", 2, "config.comment");
	refuses("[s]\na = 1\t;comment\n", 2, "config.comment");
	refuses("[s]\na = ; comment\n", 2, "config.comment");
	refuses("[s]\na =; comment\n", 2, "config.comment");
	refuses("[s]\na = 1\n  2 ; comment\n", 3, "config.comment");
	refuses("[s]\na = x;y ;z\n", 2, "config.comment");
	reads("[s]\na = 1;2;\n");
	is_entry(1, "s", "a", "1;2;", 2);
}

Test(reader, lines_that_are_nothing)
{
	refuses("[s]\nword\n", 2, "config.syntax");
	refuses("[s]\na: 1\n", 2, "config.syntax");
	refuses("[s]\na:b=1\n", 2, "config.key");
	refuses("[s]\n= 1\n", 2, "config.key");
	refuses("[s]\nA = 1\n", 2, "config.key");
	refuses("[s]\na b = 1\n", 2, "config.key");
	refuses("[s]\na.b = 1\n", 2, "config.key");
	refuses("[s]\n\"a\" = 1\n", 2, "config.key");
	refuses("[s]\n\xc3\xa4 = 1\n", 2, "config.key");
}

Test(reader, keys_outside_of_sections)
{
	refuses("a = 1\n", 1, "config.no-section");
	refuses("# c\n\na = 1\n[s]\n", 3, "config.no-section");
}

Test(reader, indented_lines_without_a_key_above)
{
	refuses("  a\n", 1, "config.continuation");
	refuses("[s]\n  a\n", 2, "config.continuation");
	refuses("[s]\na = 1\n[t]\n  b\n", 4, "config.continuation");
	refuses(" [s]\na = 1\n", 1, "config.continuation");
}

Test(reader, section_lines_with_more_on_them)
{
	refuses("[s] # comment\n", 1, "config.section");
	refuses("[s] a = 1\n", 1, "config.section");
	refuses("[s\n", 1, "config.section");
	refuses("[\n", 1, "config.section");
	reads("[s]  \t\na = 1\n");
	is_entry(1, "s", "a", "1", 2);
	refuses("[]\n", 1, "config.section");
	refuses("[ s ]\n", 1, "config.section");
	refuses("[S]\n", 1, "config.section");
	refuses("[a.b]\n", 1, "config.section");
	refuses("[\xc3\xa4]\n", 1, "config.section");
}

Test(reader, sections_that_the_library_reads_in_another_way)
{
	/* It takes "[a]b]" for [a], and cuts at " ;". */
	refuses("[a]b]\nx = 1\n# more\n# lines\n", 1, "config.section");
	refuses("[a ;b]\n# more\n# lines\n", 1, "config.section");
	refuses("[s]\na = 1\n[a ;b]\nx = 1\n", 3, "config.section");
}

/* C0 without the tab and the newline, DEL, and C1. */
static const char *control_character(size_t i)
{
	static const char c0[] =
		"\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15"
		"\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f";

	if (i < sizeof(c0) - 1)
		return arena_strndup(fix.arena, c0 + i, 1);
	i -= sizeof(c0) - 1;
	return i < 0x20 ? arena_printf(fix.arena, "\xc2%c", (int)(0x80 + i)) : NULL;
}

/* The library takes any white space off the ends of a value, and not only blanks: none of it gets there. */
Test(reader, no_line_with_a_control_character_gets_to_the_library)
{
	static const struct {
		const char *before, *after;
		unsigned int line, column;
	} shapes[] = {
		{"[s]\na = 1", " \n", 2, 6},	{"[s]\na = 1", "2\n", 2, 6},
		{"[s]\na = ", "1\n", 2, 5},	{"[s]\na =", " \n", 2, 4},
		{"[s]\na = 1\n ", "2\n", 3, 2}, {"[s]\na = 1\n 2", " \n", 3, 3},
		{"[s]\na = 1\n", "2\n", 3, 1},	{"[s]\n", "a = 1\n", 2, 1},
		{"[s]\na", " = 1\n", 2, 2},	{"[s", "]\na = 1\n", 1, 3},
		{"[s]", " \na = 1\n", 1, 4},	{"# ", "\xc3\xa4\n", 1, 3},
		{" ;\xc3\xa4", "c\n", 1, 5},	{"\xef\xbb\xbf", "[s]\n", 1, 1},
	};
	size_t count = 0;

	for (const char *c = control_character(0); c != NULL; c = control_character(++count)) {
		for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
			refuses(arena_printf(fix.arena, "%s%s%s", shapes[i].before, c, shapes[i].after),
				shapes[i].line, "config.control");
			cr_assert_eq(fix.err.column, shapes[i].column, "character %zu, shape %zu: column %u",
				     count, i, fix.err.column);
		}
		if (c[0] == '\r')
			continue;
		refuses(arena_printf(fix.arena, "[s]\na = 1%s\n", c), 2, "config.control");
		refuses(arena_printf(fix.arena, "[s]\na = 1%s", c), 2, "config.control");
		refuses(arena_printf(fix.arena, "[s]\na = 1%s\r\n", c), 2, "config.control");
	}
	cr_assert_eq(count, 30U + 32U);
	refuses("[s]\na = 1\r\r\n", 2, "config.control");
	cr_assert_eq(fix.err.column, 6U);
	/* All other white space is text. */
	reads("[s]\na = \xc2\xa0\tx\xe3\x80\x80\n\t\xe2\x80\xa8\n");
	is_entry(1, "s", "a", "\xc2\xa0\tx\xe3\x80\x80", 2);
	is_entry(2, "s", "a", "\xe2\x80\xa8", 3);
}

Test(reader, the_first_error_is_the_one_that_is_told)
{
	refuses("[s]\na = 1\nfirst\nsecond\n= third\n", 3, "config.syntax");
	refuses("[s]\na = 1 ;\n\xff\n", 2, "config.comment");
}

/* Lint reads on: nothing below a line that is no text may be taken for what stands further up. */
Test(reader, what_goes_on_with_a_line_that_is_no_text_goes_with_it)
{
	static const char bytes[] =
		"[s]\na = 1\n \xff\n 2\nb\xff = 3\n 4\nc = 5\n# \xff\n 6\n[\xff]\nd = 7\n 8\n"
		"[t]\ne = 9\n";
	static const char *const expected[] = {NULL, "1", "2", "5", "6", NULL, "9"};
	const struct reader_text text = {.name = "p.ini", .bytes = bytes, .len = sizeof(bytes) - 1};
	struct problems problems = {.arena = fix.arena};

	cr_assert_eq(reader_read(fix.arena, &text, &problems, &entries, &fix.err), 0);
	cr_assert_eq(problems.count, 4);
	cr_assert_eq(entries.count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const char *value = entries.items[i].key != NULL ? entries.items[i].value : NULL;

		cr_assert(value == expected[i] ||
				  (value != NULL && expected[i] != NULL && str_eq(value, expected[i])),
			  "entry %zu: %s", i, value != NULL ? value : "a section");
	}
}

Test(reader, a_profile_of_many_lines)
{
	const size_t lines = 20000;
	char *text = arena_alloc(fix.arena, lines * 16);
	size_t used = (size_t)sprintf(text, "[s]\n");

	for (size_t i = 1; i < lines; i++)
		used += (size_t)sprintf(text + used, i % 2 == 0 ? " %zu\n" : "k = %zu\n", i);
	reads(text);
	cr_assert_eq(entries.count, lines);
	for (size_t i = 1; i < lines; i++) {
		cr_assert_eq(entries.items[i].line, i + 1);
		cr_assert_eq(strtoul(entries.items[i].value, NULL, 10), i);
	}
}

Test(reader, random_bytes_never_crash_it)
{
	static const char *const pieces[] = {"[",	    "]",
					     "s",	    " ",
					     "\t",	    "\n",
					     "\n",	    "\r",
					     "=",	    "a",
					     ";",	    "#",
					     ":",	    "\0",
					     "@",	    "\\",
					     "${",	    "-",
					     "!",	    "\xc3",
					     "\xa4",	    "key = value\n",
					     "[section]\n", "  more\n",
					     "\xef\xbb\xbf"};
	unsigned int seed = 1;

	for (int round = 0; round < 3000; round++) {
		char text[400];
		size_t len = 0;

		while (len < 300) {
			const char *piece =
				pieces[(seed = seed * 1103515245 + 12345) / 65536 % ARRAY_SIZE(pieces)];
			size_t n = piece[0] == '\0' ? 1 : strlen(piece);

			memcpy(text + len, piece, n);
			len += n;
		}
		if (read_bytes(text, len) < 0)
			cr_assert(str_starts(fix_where(), "p.ini:") && fix.err.id[0] != '\0', "round %d",
				  round);
		else
			cr_assert_str_empty(fix.err.id);
	}
}

/* ------------------------------------------------------------ columns */

Test(reader, columns_of_what_is_wrong)
{
	static const struct {
		const char *text;
		unsigned int line, column;
		const char *id;
	} cases[] = {
		{"[s]\nword\n", 2, 1, "config.syntax"},
		{"[s]\na b = 1\n", 2, 1, "config.key"},
		{"[s]\n= 1\n", 2, 1, "config.key"},
		{"a = 1\n", 1, 1, "config.no-section"},
		{"  a\n", 1, 3, "config.continuation"},
		{"\t\t a\n", 1, 4, "config.continuation"},
		{"[s]\na = 1 ; c\n", 2, 7, "config.comment"},
		{"[s]\na =\t;c\n", 2, 5, "config.comment"},
		{"[s]\na =; c\n", 2, 4, "config.comment"},
		{"[s]\na = 1\n\tb ;c\n", 3, 4, "config.comment"},
		{"[s]\na = \xc3\xa4 ; c\n", 2, 8, "config.comment"},
		{"[s\n", 1, 2, "config.section"},
		{"[s] # c\n", 1, 7, "config.section"},
		{"[sX]\n", 1, 3, "config.section"},
		{"[a b]\n", 1, 3, "config.section"},
		{"[]\n", 1, 2, "config.section"},
		{"[s]\na = 1\xff\n", 2, 6, "config.utf8"},
		{"[s]\n\xff\n", 2, 1, "config.utf8"},
		{"[s]\na = \xc3\xa4\xc3(\n", 2, 7, "config.utf8"},
		{"[s]\na = \xc3\xa4\v\n", 2, 7, "config.control"},
		{"\xef\xbb\xbf[s\n", 1, 2, "config.section"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		refuses(cases[i].text, cases[i].line, cases[i].id);
		cr_assert_eq(fix.err.column, cases[i].column, "case %zu: column %u", i, fix.err.column);
	}
	cr_assert_eq(read_bytes("[s]\na = \0\n", 10), -1);
	cr_assert_eq(fix.err.column, 5U);
}

Test(reader, columns_of_values)
{
	static const struct {
		const char *line;
		unsigned int column;
	} cases[] = {{"a = 1", 5},	  {"a=1", 3}, {"a=\t1", 4},   {"a   =   1  ", 9}, {"a\t=\t\t1", 6},
		     {"a = \xc3\xa4", 5}, {"a =", 4}, {"a = -/x", 5}, {"a = !x", 5},	  {"abc-d = x", 9}};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reads(arena_printf(fix.arena, "[s]\n%s\n", cases[i].line));
		cr_assert_eq(entries.items[0].column, 2U);
		cr_assert_eq(entries.items[1].column, cases[i].column, "%s: %u", cases[i].line,
			     entries.items[1].column);
	}
	reads("[s]\na = 1\n  2\n\t\t3\n \t4");
	cr_assert_eq(entries.items[2].column, 3U);
	cr_assert_eq(entries.items[3].column, 3U);
	cr_assert_eq(entries.items[4].column, 3U);
	cr_assert_not(entries.items[1].is_further);
	cr_assert(entries.items[2].is_further && entries.items[4].is_further);
}

/* ------------------------------------------------------------ all errors in one go */

static void collects(const char *text, size_t len, const char *want)
{
	struct problems problems = {.arena = fix.arena};
	const char *got = "";

	collected = &problems;
	cr_assert_eq(read_bytes(text, len), 0, "%s", fix.err.msg);
	collected = NULL;
	for (size_t i = 0; i < problems.count; i++)
		got = arena_printf(fix.arena, "%s%u %s\n", got, problems.items[i].err.line,
				   problems.items[i].err.id);
	for (size_t i = 0; i < entries.count; i++) {
		const struct reader_entry *entry = &entries.items[i];

		if (entry->key != NULL)
			got = arena_printf(fix.arena, "%s%u [%s] %s=%s\n", got, entry->line, entry->section,
					   entry->key, entry->value);
	}
	cr_assert_str_eq(got, want, "%s", text);
}

#define COLLECTS(text, want) collects(text, sizeof(text) - 1, want)

Test(reader, each_line_that_is_wrong_is_one_problem)
{
	COLLECTS("[s]\na = 1\nword\n= 2\nb = 3 ; c\nd = 4\n",
		 "3 config.syntax\n4 config.key\n5 config.comment\n2 [s] a=1\n6 [s] d=4\n");
}

Test(reader, below_a_section_that_is_wrong_nothing_is_taken)
{
	COLLECTS("[a]\nx = 1\n[B]\ny = 2\n\t3\n[c]\nz = 4\n", "3 config.section\n2 [a] x=1\n7 [c] z=4\n");
	COLLECTS("[B\ny = 2\n\t3\nz\n[c]\nz = 4\n", "1 config.section\n4 config.syntax\n6 [c] z=4\n");
	COLLECTS("[B\n\n [c]\n[d]\nx = 1\n", "1 config.section\n5 [d] x=1\n");
}

Test(reader, what_goes_on_with_a_key_that_is_wrong_is_no_further_problem)
{
	COLLECTS("[s]\na = 1\nB = 2\n\t3\n\n# c\n\t4\nc = 5\n\t6\n",
		 "3 config.key\n2 [s] a=1\n8 [s] c=5\n9 [s] c=6\n");
	COLLECTS("[s]\na = 1\nword\n\t3\nc = 5\n", "3 config.syntax\n2 [s] a=1\n5 [s] c=5\n");
	COLLECTS("[s]\na = 1\nb = 2 ; c\n\t3\n", "3 config.comment\n2 [s] a=1\n4 [s] b=3\n");
	COLLECTS("a = 1\n\t2\n[s]\nb = 3\n", "1 config.no-section\n4 [s] b=3\n");
	COLLECTS("[s]\n\ta\n\tb\nc = 1\n", "2 config.continuation\n3 config.continuation\n4 [s] c=1\n");
}

Test(reader, bytes_that_are_no_text_cost_their_line)
{
	COLLECTS("[s]\na = 1\nb = \xff\nc = 2\n", "3 config.utf8\n2 [s] a=1\n4 [s] c=2\n");
	COLLECTS("[s]\na = 1\nb = \0\nc = 2\n", "3 config.nul\n2 [s] a=1\n4 [s] c=2\n");
	COLLECTS("[s]\na = 1\n# \0\n\t2\n", "3 config.nul\n2 [s] a=1\n4 [s] a=2\n");
	COLLECTS("[s]\na = 1\n\t\xff\n\t2\n", "3 config.utf8\n2 [s] a=1\n4 [s] a=2\n");
}

Test(reader, what_goes_on_with_a_line_of_no_text_is_not_of_the_key_before)
{
	COLLECTS("[s]\nro = /a\nrw = /b\0\n\t/c\nd = 1\n", "3 config.nul\n2 [s] ro=/a\n5 [s] d=1\n");
	COLLECTS("[s]\nro = /a\n\xff = /b\n\t/c\nd = 1\n", "3 config.utf8\n2 [s] ro=/a\n5 [s] d=1\n");
	COLLECTS("[s]\nro = /a\n\0\n\t/c\nd = 1\n", "3 config.nul\n2 [s] ro=/a\n5 [s] d=1\n");
	COLLECTS("[s]\na = 1\n[t\xff]\nb = 2\n\t3\n[u]\nc = 4\n", "3 config.utf8\n2 [s] a=1\n7 [u] c=4\n");
}

Test(reader, lines_with_a_control_character_cost_themselves_and_what_goes_on_with_them)
{
	COLLECTS("[s]\na = 1\v\nb = 2\n", "2 config.control\n3 [s] b=2\n");
	COLLECTS("[s]\na = 1\n\t2\x1b\n\t3\nb = 4\n", "3 config.control\n2 [s] a=1\n4 [s] a=3\n5 [s] b=4\n");
	COLLECTS("[s]\nro = /a\nrw = /b\x1b\n\t/c\nd = 1\n", "3 config.control\n2 [s] ro=/a\n5 [s] d=1\n");
	COLLECTS("[s]\nro = /a\n\x1b\n\t/c\nd = 1\n", "3 config.control\n2 [s] ro=/a\n5 [s] d=1\n");
	COLLECTS("[s]\na = 1\n# \xc2\x9b\n\t2\n", "3 config.control\n2 [s] a=1\n4 [s] a=2\n");
	COLLECTS("[s]\na = 1\n[t\x7f]\nb = 2\n\t3\n[u]\nc = 4\n", "3 config.control\n2 [s] a=1\n7 [u] c=4\n");
}

Test(reader, more_problems_than_are_kept_end_it)
{
	struct problems problems = {.arena = fix.arena};
	char *text = arena_alloc(fix.arena, 2 * PROBLEMS_MAX + 8);

	for (size_t i = 0; i <= PROBLEMS_MAX; i++)
		memcpy(text + 2 * i, "x\n", 2);
	collected = &problems;
	cr_assert_eq(read_bytes(text, 2 * PROBLEMS_MAX), 0);
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX);
	problems = (struct problems){.arena = fix.arena};
	cr_assert_eq(read_bytes(text, 2 * PROBLEMS_MAX + 2), -1);
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX);
	cr_assert(problems.has_more);
}
