/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_cmd_flags.c - the command line of the small commands. */
#include "cmd/flags.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

enum { MAX_WORDS = 8 };

static bool is_strict, is_json, wants_help;
static const char *from;
static const struct flag flags[] = {{"strict", &is_strict, NULL},
				    {"json", &is_json, NULL},
				    {"from", NULL, &from},
				    {"help", &wants_help, NULL},
				    {NULL, NULL, NULL}};
static char **words;
static struct err err;

/* Who reads. */
static int (*read_flags)(int argc, char **argv, const struct flag flags[], char ***ret_words,
			 struct err *err) = flags_read;

/* Reads "test" and the words of the line. */
static int take(const struct flag *list, const char *line)
{
	static char text[200];
	static char *argv[MAX_WORDS + 2];
	int argc = 1;

	is_strict = is_json = wants_help = false;
	from = NULL;
	words = NULL;
	memset(&err, 0, sizeof(err));
	(void)snprintf(text, sizeof(text), "%s", line);
	argv[0] = (char[]){"test"};
	for (char *rest = text, *word; (word = strtok_r(rest, " ", &rest)) != NULL;)
		argv[argc++] = word;
	cr_assert_leq(argc, MAX_WORDS + 1);
	argv[argc] = NULL;
	return read_flags(argc, argv, list, &words, &err);
}

static void reads(const char *line, const char *want)
{
	char got[200] = "";

	cr_assert_eq(take(flags, line), 0, "%s: %s", line, err.msg);
	for (char **word = words; *word != NULL; word++)
		(void)snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ", *word);
	cr_assert_str_eq(got, want, "%s", line);
}

static void refuses(const char *line, const char *id, const char *message, const char *hint)
{
	cr_assert_eq(take(flags, line), -1, "%s", line);
	cr_assert_eq(err.kind, ERR_USAGE);
	cr_assert_str_eq(err.id, id);
	cr_assert_str_eq(err.msg, message);
	cr_assert_str_eq(err.hint, hint, "%s", line);
}

static const char list[] = "pinfold help test lists the options";

Test(flags, none)
{
	reads("", "");
	cr_assert(!is_strict && !is_json && !wants_help && from == NULL);
	reads("a b", "a b ");
}

Test(flags, anywhere_before_two_dashes)
{
	reads("a --strict b --json c", "a b c ");
	cr_assert(is_strict && is_json);
	reads("--strict -- --json -x", "--json -x ");
	cr_assert(is_strict && !is_json);
	reads("a - --json", "a - ");
	cr_assert(is_json);
}

Test(flags, with_a_value)
{
	reads("a --from base b", "a b ");
	cr_assert_str_eq(from, "base");
	reads("--from=base=x", "");
	cr_assert_str_eq(from, "base=x");
	reads("--from=", "");
	cr_assert_str_empty(from);
	reads("--from --json", "");
	cr_assert_str_eq(from, "--json");
	cr_assert_not(is_json);
	reads("--from one --from two", "");
	cr_assert_str_eq(from, "two");
}

Test(flags, help)
{
	static const struct flag without[] = {{"strict", &is_strict, NULL}, {NULL, NULL, NULL}};

	reads("-h", "");
	cr_assert(wants_help);
	reads("x --help", "x ");
	cr_assert(wants_help);
	cr_assert_eq(take(without, "-h"), -1);
	cr_assert_str_eq(err.msg, "unknown option -h");
	cr_assert_eq(take(without, "x -h"), -1);
	cr_assert_str_eq(err.msg, "unknown option -h");
}

Test(flags, unknown_ones)
{
	refuses("--strikt", "usage.option", "unknown option --strikt", "did you mean --strict?");
	refuses("--frm=x", "usage.option", "unknown option --frm=x", "did you mean --from?");
	refuses("--quite-another", "usage.option", "unknown option --quite-another", list);
	refuses("a --quite-another b", "usage.option", "unknown option --quite-another", list);
	refuses("-x", "usage.option", "unknown option -x", list);
	refuses("a b -x", "usage.option", "unknown option -x", list);
	refuses("-xyz", "usage.option", "unknown option -x", list);
	refuses("-hx", "usage.option", "unknown option -x", list);
	refuses("a -hx", "usage.option", "unknown option -x", list);
	refuses("--strict=yes", "usage.option", "unknown option --strict=yes", "did you mean --strict?");
	refuses("-\x1b", "usage.option", "unknown option -\\x1b", list);
	refuses("-\xc3\xa4", "usage.option", "unknown option -\\xc3", list);
}

Test(flags, abbreviations_are_none)
{
	/* The next option with the same beginning would break what scripts say. */
	refuses("--stric", "usage.option", "unknown option --stric", "did you mean --strict?");
	refuses("--fro=x", "usage.option", "unknown option --fro=x", "did you mean --from?");
	refuses("--fro x", "usage.option", "unknown option --fro", "did you mean --from?");
	refuses("--he", "usage.option", "unknown option --he", list);
	refuses("--json-too", "usage.option", "unknown option --json-too", list);
}

Test(flags, a_value_that_is_missing)
{
	refuses("--from", "usage.argument", "--from needs a value", "pinfold help test says which");
	refuses("a --from", "usage.argument", "--from needs a value", "pinfold help test says which");
	refuses("--json --from", "usage.argument", "--from needs a value", "pinfold help test says which");
}

Test(flags, read_twice)
{
	/* getopt(3) keeps what it knows of the last argv. */
	reads("-h a", "a ");
	refuses("-hx", "usage.option", "unknown option -x", list);
	reads("b --json", "b ");
	cr_assert(is_json && !wants_help);
}

Test(flags, before_the_first_other_word_alone)
{
	read_flags = flags_read_first;
	reads("", "");
	reads("--json a --strict -x --from", "a --strict -x --from ");
	cr_assert(is_json && !is_strict);
	reads("--from x a --from y", "a --from y ");
	cr_assert_str_eq(from, "x");
	reads("--json -- --strict -- a", "--strict -- a ");
	cr_assert(is_json && !is_strict);
	/* Not ours to take: behind the first word "--" is a word like others. */
	reads("a -- b", "a -- b ");
	reads("-h a -h", "a -h ");
	cr_assert(wants_help);
	refuses("--strikt a", "usage.option", "unknown option --strikt", "did you mean --strict?");
	refuses("-x a", "usage.option", "unknown option -x", list);
	refuses("--from", "usage.argument", "--from needs a value", "pinfold help test says which");
	reads("a --strikt", "a --strikt ");
	/* And again from the start: getopt(3) keeps what it knows of the last argv. */
	reads("--from z b --from", "b --from ");
	cr_assert_str_eq(from, "z");
}
