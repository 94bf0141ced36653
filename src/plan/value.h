/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value.h - one typed value of a profile, and the one parser of each type. */
#ifndef PINFOLD_PLAN_VALUE_H
#define PINFOLD_PLAN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/option.h"
#include "plan/origin.h"

struct arena;
struct cpu_set_bits;
struct err;
struct host;
struct syscall_match;

/* What a denied call is answered with; permissive: nothing, it is let through and reported. */
enum on_deny { ON_DENY_ERRNO, ON_DENY_KILL, ON_DENY_PERMISSIVE };

/* What / is made of; with a directory of the host: read-only, writable, or below an overlay. */
enum root_kind { ROOT_TMPFS, ROOT_DIR, ROOT_WRITABLE, ROOT_OVERLAY };

/* Whose a namespace is: the first two are words, which the metavar of a key names. */
enum space_choice { SPACE_PRIVATE, SPACE_HOST, SPACE_JOIN };

/*
 * A parsed value. `text` is what was written, for messages and explain; the rest is filled as the
 * type needs it:
 *
 *   BOOL ENUM SIZE COUNT ID MODE CAP   number (the index of an enum's word; a CAP_* number)
 *   DURATION   number, in nanoseconds            CPUSET   cpus
 *   PERCENT    number
 *   TEXT NAME INCLUDE VARIABLE ETC   a
 *   SPACE    number = enum space_choice, a = of SPACE_JOIN: a sandbox's name, or an absolute path
 *   SYSCALL  a = a call or a group, match: its arguments, NULL for any
 *   ON_DENY  number = enum on_deny, offset = the errno, 0: the one that fits the call
 *   HIDE     a = a path of the host        COPY   a = source, b = destination
 *   FILE     a = destination, b = text     PERSIST a = a path below the home, without a slash in front
 *   PATH DIR TMPFS   a = destination            BIND   a = source, b = destination
 *   ROOT     number = enum root_kind, a = the directory, NULL for tmpfs
 *   OVERLAY  a = lower, b = destination, c = upper, NULL for memory
 *   LINK     a = target, b = link               ASSIGN a = name, b = value
 *   OFFSET   a = clock, offset = seconds
 */
struct value {
	const char *text;
	const struct origin *origin;
	const char *profile_dir; /* of the file that it is from; NULL: none */
	unsigned int layer;	 /* counts up with each file read; the command line is the last */
	bool is_optional;	 /* written with a leading "-" */
	bool is_gone;		 /* taken away, and still in its list: request.c's own */
	size_t flaw_at; /* when it did not parse: the byte of the text that is wrong, counted from 0 */

	uint64_t number;
	int64_t offset;
	const char *a;
	const char *b;
	const char *c;	/* OVERLAY */
	bool is_noexec; /* BIND */
	bool has_mode;	/* TMPFS, DIR, COPY */
	unsigned int mode;
	uint64_t size; /* TMPFS, OVERLAY, bytes; 0: not given */
	const struct cpu_set_bits *cpus;
	const struct syscall_match *match;
};

/* What a value is parsed with. */
struct value_context {
	struct arena *arena; /* owns what the value points to */
	const struct host *host;
	const char *profile_dir; /* ${PROFILE_DIR}; NULL on the command line */
};

/*
 * Parses text (one value, no "-", "!" or spaces around it) as the row's type into *ret_value; text,
 * origin, layer and is_optional are the caller's. Returns 0, or -1 with *err (ERR_CONFIG, no origin) and
 * flaw_at.
 */
int value_parse(const struct value_context *context, const struct option_row *row, const char *text,
		struct value *ret_value, struct err *err) __attribute__((warn_unused_result));

/* Where a filesystem rule puts something in the sandbox; NULL when the type is no such rule. */
const char *value_destination(enum value_type type, const struct value *value);

/* True when a value of this type has the escapes of paths. */
bool value_has_escapes(enum value_type type);

/* True when ${...} in a value of this type is a macro. */
bool value_has_macros(enum value_type type);

/* True when a list of this type is written as words with spaces between. */
bool value_is_word(enum value_type type);

/* Bytes as people write them: 268435456 is "256M". At most 32 bytes with the terminator. */
void value_show_size(uint64_t size, char buf[32]);

#endif
