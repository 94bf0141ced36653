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

enum {
	MAX_NAME = 48,	       /* inih cuts sections and names at 49 */
	MAX_VALUE = 64 * 1024, /* two paths with every byte escaped are half of it */
};

static const char blanks[] = " \t";
static const char stand_in[] = "@";

struct reader {
	struct arena *arena;
	const char *name;
	const char *text;
	size_t len;
	size_t at;
	unsigned int line;
	const char *section;
	const char *key;   /* of the last KEY = VALUE line: what a continuation belongs to */
	const char *value; /* the whole value of the line that inih is at */
	bool has_failed;
	struct reader_entries *entries;
	struct err *err;
};

static int refuse(struct reader *reader, const char *id, const char *what, const char *hint)
{
	err_set(reader->err, ERR_CONFIG, id, 0, "%s", what);
	err_hint(reader->err, "%s", hint);
	reader->has_failed = true;
	return err_origin(reader->err, arena_printf(reader->arena, "%s:%u", reader->name, reader->line));
}

/* The next physical line without its end; NULL at the end of the text. */
static const char *next_line(struct reader *reader)
{
	const char *start = reader->text + reader->at;
	const char *newline;
	size_t len = reader->len - reader->at;

	if (len == 0)
		return NULL;
	reader->line++;
	newline = memchr(start, '\n', len);
	if (newline != NULL)
		len = (size_t)(newline - start);
	reader->at += len + (newline != NULL);
	if (len > 0 && start[len - 1] == '\r')
		len--;
	if (memchr(start, '\0', len) != NULL) {
		(void)refuse(reader, "config.nul", "the line has a NUL byte", "a profile is UTF-8 text");
		return NULL;
	}
	if (!str_is_utf8(start, len)) {
		(void)refuse(reader, "config.utf8", "the line is not valid UTF-8",
			     "write the bytes of such a path as \\xHH");
		return NULL;
	}
	return arena_strndup(reader->arena, start, len);
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

	if (trimmed[len - 1] != ']')
		return refuse(reader, "config.section", "a section's line must end with ]",
			      "write [name] and nothing behind it");
	if (len < 3 || len - 2 > MAX_NAME || strspn(trimmed + 1, "abcdefghijklmnopqrstuvwxyz-") != len - 2)
		return refuse(reader, "config.section", "a section's name is small letters and -",
			      "pinfold-profile(5) lists the sections");
	reader->section = arena_strndup(reader->arena, trimmed + 1, len - 2);
	reader->key = NULL;
	*ARENA_PUSH(reader->arena, reader->entries->items, reader->entries->count) =
		(struct reader_entry){.section = reader->section, .line = reader->line};
	return 0;
}

static int check_value(struct reader *reader, const char *value)
{
	if (strlen(value) > MAX_VALUE)
		return refuse(reader, "config.too-long", "the value is longer than 64 KiB",
			      "split it over several lines");
	for (const char *s = strchr(value, ';'); s != NULL; s = strchr(s + 1, ';')) {
		if (s == value || strchr(blanks, s[-1]) != NULL)
			return refuse(reader, "config.comment", "a value cannot have a comment behind it",
				      "put the comment on a line of its own, or write the space before ; as "
				      "\\x20 in a path");
	}
	reader->value = trim(reader->arena, value);
	return 0;
}

static int check_assignment(struct reader *reader, const char *line)
{
	const char *equals = strchr(line, '=');
	size_t len;

	if (equals == NULL)
		return refuse(reader, "config.syntax",
			      "the line is neither KEY = VALUE, nor [section], nor a comment",
			      "a comment starts with # or ;");
	if (reader->section == NULL)
		return refuse(reader, "config.no-section", "a key before the first [section]",
			      "put it below its section, for example [filesystem]");
	reader->key = trim(reader->arena, arena_strndup(reader->arena, line, (size_t)(equals - line)));
	len = strlen(reader->key);
	if (len == 0 || len > MAX_NAME || strspn(reader->key, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return refuse(reader, "config.key", "a key is small letters, digits and -",
			      "write KEY = VALUE");
	return check_value(reader, equals + 1);
}

/* Looks at one line; sets reader->value when inih is to see KEY = VALUE for it. */
static int check_line(struct reader *reader, const char *line)
{
	const char *first = line + strspn(line, blanks);

	reader->value = NULL;
	if (*first == '\0' || *first == '#' || *first == ';')
		return 0;
	if (first == line)
		return *line == '[' ? check_section(reader, line) : check_assignment(reader, line);
	if (reader->key == NULL)
		return refuse(
			reader, "config.continuation", "an indented line with no key above it",
			"an indented line goes on with the list of the key above; take the spaces away");
	return check_value(reader, first);
}

/* inih's reader callback, like fgets(3): one line that is known to fit and to be well formed. */
static char *give_line(char *buf, int size, void *stream)
{
	struct reader *reader = stream;
	const char *line = reader->has_failed ? NULL : next_line(reader);
	int n;

	if (line == NULL || check_line(reader, line) < 0)
		return NULL;
	if (reader->value == NULL) {
		(void)snprintf(buf, (size_t)size, "%s\n", line[0] == '[' ? trim(reader->arena, line) : "");
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
			(void)refuse(reader, "config.syntax", "the line can be read in two ways",
				     "write KEY = VALUE");
		return 0;
	}
	*ARENA_PUSH(reader->arena, reader->entries->items, reader->entries->count) = (struct reader_entry){
		.section = reader->section, .key = reader->key, .value = reader->value, .line = reader->line};
	return 1;
}

int reader_read(struct arena *arena, const char *name, const char *text, size_t len,
		struct reader_entries *ret_entries, struct err *err)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct reader reader = {
		.arena = arena, .name = name, .text = text, .len = len, .entries = ret_entries, .err = err};
	int r;

	*ret_entries = (struct reader_entries){0};
	if (len >= 3 && memcmp(text, bom, 3) == 0)
		reader.at = 3;
	r = ini_parse_stream(give_line, &reader, take_entry, &reader);
	if (reader.has_failed)
		return -1;
	if (r != 0)
		return refuse(&reader, "config.syntax", "the profile cannot be parsed", "write KEY = VALUE");
	return 0;
}
