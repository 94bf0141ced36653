/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reader.c - profile text to section, key, value and line. */
#include "plan/reader.h"

#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/problem.h"

enum {
	MAX_NAME = 48,	       /* inih cuts sections and names at 49 */
	MAX_VALUE = 64 * 1024, /* two paths with every byte escaped are half of it */
};

static const char blanks[] = " \t";
static const char stand_in[] = "@";

struct reader {
	struct arena *arena;
	const struct reader_text *text;
	size_t at;
	unsigned int line;
	const char *section;
	bool is_lost;	     /* below a section line that was wrong: its keys cannot be judged */
	bool is_key_lost;    /* the same of a key, and the lines that go on with it */
	const char *key;     /* of the last KEY = VALUE line: what a continuation belongs to */
	const char *value;   /* the whole value of the line that inih is at */
	unsigned int column; /* of that value */
	bool is_further;     /* its line goes on with the key above */
	bool has_failed;
	struct reader_entries *entries;
	struct problems *problems;
	struct err *err;
};

/* Refuses the line, at a byte of it counted from 0. Returns -1: it is not to be used. */
static int refuse(struct reader *reader, size_t at, const char *id, const char *what, const char *hint)
{
	err_set(reader->err, ERR_CONFIG, id, 0, "%s", what);
	err_hint(reader->err, "%s", hint);
	(void)err_at(reader->err, reader->text->name, reader->line, (unsigned int)at + 1);
	if (problems_take(reader->problems, reader->err) < 0)
		reader->has_failed = true;
	return -1;
}

/* A line that cannot be read: what goes on with it is not to be taken for more of the key before. */
static void lose_line(struct reader *reader, const char *start, size_t len)
{
	static const char others[] = {' ', '\t', '#', ';'};

	if (len == 0 || memchr(others, start[0], sizeof(others)) != NULL)
		return;
	reader->key = NULL;
	reader->is_key_lost = true;
	if (start[0] == '[')
		reader->is_lost = true;
}

/* The next physical line without its end. Returns 1, or 0 at the end of the text, or -1 when it is no text.
 */
static int next_line(struct reader *reader, const char **ret_line)
{
	const char *start = reader->text->bytes + reader->at;
	const char *newline;
	const char *nul;
	size_t len = reader->text->len - reader->at;

	if (len == 0)
		return 0;
	reader->line++;
	newline = memchr(start, '\n', len);
	if (newline != NULL)
		len = (size_t)(newline - start);
	reader->at += len + (newline != NULL);
	if (len > 0 && start[len - 1] == '\r')
		len--;
	nul = memchr(start, '\0', len);
	if (nul != NULL || !str_is_utf8(start, len))
		lose_line(reader, start, len);
	if (nul != NULL)
		return refuse(reader, (size_t)(nul - start), "config.nul", "the line has a NUL byte",
			      "a profile is UTF-8 text");
	if (!str_is_utf8(start, len))
		return refuse(reader, str_utf8_length(start, len), "config.utf8",
			      "the line is not valid UTF-8", "write the bytes of such a path as \\xHH");
	/* A profile is looked at in terminals and editors, which may obey some of them. */
	if (str_plain_length(start, len) < len) {
		lose_line(reader, start, len);
		return refuse(reader, str_plain_length(start, len), "config.control",
			      "the line has a control character",
			      "in a path it is written as \\n, \\t or \\xHH");
	}
	*ret_line = arena_strndup(reader->arena, start, len);
	return 1;
}

/* Without the blanks at both ends. */
static const char *trim(struct arena *arena, const char *s)
{
	size_t len;

	s += strspn(s, blanks);
	len = strlen(s);
	while (len > 0 && strchr(blanks, s[len - 1]) != NULL)
		len--;
	return arena_strndup(arena, s, len);
}

static int check_section(struct reader *reader, const char *line)
{
	const char *trimmed = trim(reader->arena, line);
	size_t len = strlen(trimmed);
	size_t good = strspn(trimmed + 1, "abcdefghijklmnopqrstuvwxyz-");

	reader->section = NULL;
	reader->key = NULL;
	reader->is_lost = true;
	reader->is_key_lost = false;
	if (trimmed[len - 1] != ']')
		return refuse(reader, len - 1, "config.section", "a section's line must end with ]",
			      "write [name] and nothing behind it");
	if (len < 3 || len - 2 > MAX_NAME || good != len - 2)
		return refuse(reader, 1 + good, "config.section", "a section's name is small letters and -",
			      "pinfold-profile(5) lists the sections");
	reader->section = arena_strndup(reader->arena, trimmed + 1, len - 2);
	reader->is_lost = false;
	*ARENA_PUSH(reader->arena, reader->entries->items, reader->entries->count) =
		(struct reader_entry){.section = reader->section, .line = reader->line, .column = 2};
	return 0;
}

/* The value that starts at this byte of the line. */
static int check_value(struct reader *reader, const char *line, size_t at)
{
	const char *value = line + at;

	at += strspn(value, blanks);
	if (strlen(value) > MAX_VALUE)
		return refuse(reader, at, "config.too-long", "the value is longer than 64 KiB",
			      "split it over several lines");
	for (const char *s = strchr(value, ';'); s != NULL; s = strchr(s + 1, ';')) {
		if (s == value || strchr(blanks, s[-1]) != NULL)
			return refuse(reader, (size_t)(s - line), "config.comment",
				      "a value cannot have a comment behind it",
				      "put the comment on a line of its own; where \" ;\" is meant, a path "
				      "has \\x20 for the "
				      "blank, and other values have to be given with --set");
	}
	reader->value = trim(reader->arena, value);
	reader->column = (unsigned int)at + 1;
	reader->is_further = line[0] == ' ' || line[0] == '\t';
	return 0;
}

static int check_assignment(struct reader *reader, const char *line)
{
	const char *equals = strchr(line, '=');
	const char *key;
	size_t len;

	reader->key = NULL;
	reader->is_key_lost = true;
	if (equals == NULL)
		return refuse(reader, 0, "config.syntax",
			      "the line is neither KEY = VALUE, nor [section], nor a comment",
			      "write KEY = VALUE; a comment starts with # or ;");
	if (reader->section == NULL && !reader->is_lost)
		return refuse(reader, 0, "config.no-section", "a key before the first [section]",
			      "put it below its section, for example [filesystem]");
	key = trim(reader->arena, arena_strndup(reader->arena, line, (size_t)(equals - line)));
	len = strlen(key);
	if (len == 0 || len > MAX_NAME || strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return refuse(reader, 0, "config.key", "a key is small letters, digits and -",
			      reader->section != NULL && str_eq(reader->section, "environment")
				      ? "a variable is the value of a key: set = NAME=VALUE"
				      : "write KEY = VALUE");
	reader->key = key;
	reader->is_key_lost = false;
	return check_value(reader, line, (size_t)(equals + 1 - line));
}

/* Looks at one line; sets reader->value when inih is to see KEY = VALUE for it. */
static int check_line(struct reader *reader, const char *line)
{
	const char *first = line + strspn(line, blanks);

	if (*first == '\0' || *first == '#' || *first == ';')
		return 0;
	if (first == line)
		return *line == '[' ? check_section(reader, line) : check_assignment(reader, line);
	if (reader->is_key_lost || reader->is_lost)
		return 0;
	if (reader->key == NULL)
		return refuse(
			reader, (size_t)(first - line), "config.continuation",
			"an indented line with no key above it",
			"an indented line goes on with the list of the key above; take the spaces away");
	return check_value(reader, line, (size_t)(first - line));
}

/* inih's reader callback, like fgets(3): one line that is known to fit and to be well formed. */
static char *give_line(char *buf, int size, void *stream)
{
	struct reader *reader = stream;
	const char *line = NULL;
	int n;

	reader->value = NULL;
	n = reader->has_failed ? 0 : next_line(reader, &line);
	if (n > 0 && check_line(reader, line) < 0)
		n = -1;
	if (n == 0 || reader->has_failed)
		return NULL;
	if (n < 0 || reader->value == NULL || reader->is_lost) {
		/* inih is given every section and no other line that is not KEY = VALUE. */
		bool is_section = n > 0 && line[0] == '[';

		reader->value = NULL;
		(void)snprintf(buf, (size_t)size, "%s\n", is_section ? trim(reader->arena, line) : "");
		return buf;
	}
	/* A continuation becomes a line of its own: what inih makes of one depends on how it was built. */
	n = snprintf(buf, (size_t)size, "%s = %s\n", reader->key, reader->value);
	if (n >= size)
		(void)snprintf(buf, (size_t)size, "%s = %s\n", reader->key, stand_in);
	return buf;
}

/* inih's handler: what it parsed must be what was checked. */
static int take_entry(void *user, const char *section, const char *name, const char *value)
{
	struct reader *reader = user;

	if (reader->value == NULL || !str_eq(name, reader->key) || !str_eq(section, reader->section) ||
	    (!str_eq(value, reader->value) && !str_eq(value, stand_in))) {
		if (!reader->has_failed)
			(void)refuse(reader, 0, "config.syntax", "the line can be read in two ways",
				     "write KEY = VALUE");
		return 1;
	}
	*ARENA_PUSH(reader->arena, reader->entries->items, reader->entries->count) =
		(struct reader_entry){.section = reader->section,
				      .key = reader->key,
				      .value = reader->value,
				      .line = reader->line,
				      .column = reader->column,
				      .is_further = reader->is_further};
	return 1;
}

int reader_read(struct arena *arena, const struct reader_text *text, struct problems *problems,
		struct reader_entries *ret_entries, struct err *err)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct reader reader = {
		.arena = arena, .text = text, .entries = ret_entries, .problems = problems, .err = err};
	int r;

	*ret_entries = (struct reader_entries){0};
	if (text->len >= 3 && memcmp(text->bytes, bom, 3) == 0)
		reader.at = 3;
	r = ini_parse_stream(give_line, &reader, take_entry, &reader);
	if (!reader.has_failed && r != 0)
		(void)refuse(&reader, 0, "config.syntax", "the profile cannot be parsed",
			     "write KEY = VALUE");
	return reader.has_failed ? -1 : 0;
}
