/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value.h - one typed value of a profile, and the one parser of each type. */
#ifndef PINFOLD_PLAN_VALUE_H
#define PINFOLD_PLAN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/option.h"

struct arena;
struct err;
struct host;

/*
 * A parsed value. `text` is what was written, for messages and explain; the rest is filled as the
 * type needs it:
 *
 *   BOOL ENUM SIZE COUNT ID MODE CAP   number (the index of an enum's word; a CAP_* number)
 *   TEXT NAME INCLUDE VARIABLE SYSCALL ETC   a
 *   HIDE     a = a path of the host        COPY   a = source, b = destination
 *   FILE     a = destination, b = text     PERSIST a = a path below the home, without a slash in front
 *   PATH DIR TMPFS   a = destination            BIND   a = source, b = destination
 *   LINK     a = target, b = link               ASSIGN a = name, b = value
 *   OFFSET   a = clock, offset = seconds
 */
struct value {
	const char *text;
	const char *origin; /* file:line, an option, or "default" */
	unsigned int layer; /* counts up with each file read; the command line is the last */
	bool is_optional;   /* written with a leading "-" */

	uint64_t number;
	int64_t offset;
	const char *a;
	const char *b;
	bool is_noexec; /* BIND */
	bool has_mode;	/* TMPFS, DIR, COPY */
	unsigned int mode;
	uint64_t size; /* TMPFS, bytes; 0: not given */
};

/* What a value is parsed with. */
struct value_context {
	struct arena *arena; /* owns what the value points to */
	const struct host *host;
	const char *profile_dir; /* ${PROFILE_DIR}; NULL on the command line */
};

/*
 * Parses text (one value, no "-", "!" or spaces around it) as the row's type into *ret_value; text,
 * origin, layer and is_optional are the caller's. Returns 0, or -1 with *err (ERR_CONFIG, no origin).
 */
int value_parse(const struct value_context *context, const struct option_row *row, const char *text,
		struct value *ret_value, struct err *err) __attribute__((warn_unused_result));

/* True when a list of this type is written as words with spaces between. */
bool value_is_word(enum value_type type);

/* Bytes as people write them: 268435456 is "256M". At most 32 bytes with the terminator. */
void value_show_size(uint64_t size, char buf[32]);

#endif
