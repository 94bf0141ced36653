/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reader.h - profile text to section, key, value and line.
 *
 * inih parses; this stands around it for what it cannot do. Its line buffer has 200 bytes as
 * packaged, and the tail of a longer line would silently be read as another key: a path could write
 * a rule. Its handler is not told the line, ` ;` cuts a value, and names are cut at 50 bytes. So lines
 * are checked here first, and a value that would not fit is handed to inih as a short stand-in,
 * which the handler swaps back.
 */
#ifndef PINFOLD_PLAN_READER_H
#define PINFOLD_PLAN_READER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct problems;

/* A profile's text. */
struct reader_text {
	const char *name; /* what it is called in errors: its path */
	const char *bytes;
	size_t len; /* they are not terminated */
};

/* One key with its value; also a section without keys, with key NULL. */
struct reader_entry {
	const char *section;
	const char *key;
	const char *value;
	unsigned int line;   /* counted from 1 */
	unsigned int column; /* of the value, counted from 1 in bytes */
	bool is_further;     /* an indented line that goes on with the key above */
};

struct reader_entries {
	struct reader_entry *items;
	size_t count;
};

/*
 * Reads a profile's text into entries of the arena, in their order. Returns 0, or -1 with *err (ERR_CONFIG,
 * with line and column); with `problems` a line that is wrong is left out and kept there instead.
 */
int reader_read(struct arena *arena, const struct reader_text *text, struct problems *problems,
		struct reader_entries *ret_entries, struct err *err) __attribute__((warn_unused_result));

#endif
