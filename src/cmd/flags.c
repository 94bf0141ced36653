/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flags.c - the command line of the small commands. */
#include "cmd/flags.h"

#include <getopt.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { MAX_FLAGS = 8 };

static int unknown_flag(const char *command, const char *word, const struct flag flags[], struct err *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *names[MAX_FLAGS];
	size_t count = 0;
	const char *near = NULL;

	/* Of letters behind one dash it is the letter, and their word is not read to its end yet. */
	if (optopt != 0)
		word = arena_printf(arena, "-%c", optopt);

	while (flags[count].name != NULL) {
		names[count] = flags[count].name;
		count++;
	}
	if (str_starts(word, "--"))
		near = str_nearest(arena_strndup(arena, word + 2, strcspn(word + 2, "=")), names, count);
	err_set(err, ERR_USAGE, "usage.option", 0, "unknown option %s", str_show(arena, word));
	if (near != NULL)
		return err_hint(err, "did you mean --%s?", near);
	return err_hint(err, "pinfold help %s lists the options", command);
}

static int missing_value(const char *command, const char *word, struct err *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	err_set(err, ERR_USAGE, "usage.argument", 0, "%s needs a value", str_show(arena, word));
	return err_hint(err, "pinfold help %s says which", command);
}

/* getopt_long(3) takes abbreviations, which the next new option would break. */
static bool is_whole(const char *word, const char *name)
{
	return strcspn(word + 2, "=") == strlen(name);
}

static int read_by(const char *letters, int argc, char **argv, const struct flag flags[], char ***ret_words,
		   struct err *err)
{
	struct option options[MAX_FLAGS + 1] = {0};
	size_t count = 0;

	for (; flags[count].name != NULL; count++)
		options[count] = (struct option){flags[count].name,
						 flags[count].value != NULL ? required_argument : no_argument,
						 NULL, 0};
	optind = 0; /* glibc: also resets what it knows of an earlier argv */
	opterr = 0;
	for (;;) {
		int index = -1;
		int value = getopt_long(argc, argv, letters, options, &index);
		const char *word = argv[optind > 0 ? optind - 1 : 0];

		if (value == -1)
			break;
		if (value == ':')
			return missing_value(argv[0], word, err);
		if (value == 'h') {
			for (size_t i = 0; i < count; i++)
				index = str_eq(flags[i].name, "help") ? (int)i : index;
		} else if (value == '?') {
			return unknown_flag(argv[0], word, flags, err);
		} else if (flags[index].value != NULL && optarg == word) {
			word = argv[optind - 2]; /* --name VALUE: two words */
		}
		if (index < 0 || (value != 'h' && !is_whole(word, flags[index].name)))
			return unknown_flag(argv[0], word, flags, err);
		if (flags[index].value != NULL)
			*flags[index].value = optarg;
		else
			*flags[index].is_set = true;
	}
	*ret_words = argv + optind;
	return 0;
}

int flags_read(int argc, char **argv, const struct flag flags[], char ***ret_words, struct err *err)
{
	return read_by(":h", argc, argv, flags, ret_words, err);
}

int flags_read_first(int argc, char **argv, const struct flag flags[], char ***ret_words, struct err *err)
{
	return read_by("+:h", argc, argv, flags, ret_words, err);
}
