/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value_parts.h - what the parsers of values are made of; for the value*.c files only. */
#ifndef PINFOLD_PLAN_VALUE_PARTS_H
#define PINFOLD_PLAN_VALUE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/value.h"

/* What every parser gets: the value being made and what it is made with. */
struct parse {
	const struct value_context *context;
	const struct option_row *row;
	struct value *value;
	struct err *err;
	const char *text; /* the whole value */
	const char *copy; /* of it, cut into fields */
};

/* Notes which byte of the value is wrong; `where` points into it or into its fields. Returns -1. */
int value_point_at(struct parse *p, const char *where);

/* Says that `text`, the value or a part of it, is wrong, and how the key's values are written. Returns -1. */
int value_refuse(struct parse *p, const char *id, const char *text, const char *why);

/* Hints at what is right, when the text begins as a path does elsewhere: with ~, $NAME or a quote. False: it
 * does not. */
bool value_hint_habit(struct parse *p, const char *text);

/* Macros, and with has_escapes the escapes of paths. What a macro brings is not read again. */
int value_expand(struct parse *p, const char *text, bool has_escapes, const char **ret_text)
	__attribute__((warn_unused_result));

/*
 * Splits at unescaped colons, before macros are expanded: a colon that a macro brings is part of the path.
 * The last field keeps further colons. Returns the number of fields.
 */
size_t value_split(struct parse *p, const char *text, size_t max, const char *fields[]);

/*
 * A path of the sandbox or the host: macros, escapes, absolute, no "..". On the command line one that may be
 * relative starts where the caller is.
 */
int value_take_path(struct parse *p, const char *text, bool may_be_relative, const char **ret_path)
	__attribute__((warn_unused_result));

int value_take_size(struct parse *p, const char *text, uint64_t *ret_size)
	__attribute__((warn_unused_result));
int value_take_mode(struct parse *p, const char *text, uint64_t *ret_mode)
	__attribute__((warn_unused_result));

/* One of the words of the metavar; its number is the value. */
int value_parse_word(struct parse *p, const char *text);

/* The parsers of value_rules.c, one for each type. */
int value_parse_space(struct parse *p, const char *text);
int value_parse_path(struct parse *p, const char *text);
int value_parse_hide(struct parse *p, const char *text);
int value_parse_root(struct parse *p, const char *text);
int value_parse_bind(struct parse *p, const char *text);
int value_parse_overlay(struct parse *p, const char *text);
int value_parse_tmpfs(struct parse *p, const char *text);
int value_parse_dir(struct parse *p, const char *text);
int value_parse_file(struct parse *p, const char *text);
int value_parse_copy(struct parse *p, const char *text);
int value_parse_persist(struct parse *p, const char *text);
int value_parse_link(struct parse *p, const char *text);
int value_parse_etc(struct parse *p, const char *text);

/* And of value_syscall.c. */
int value_parse_syscall(struct parse *p, const char *text);
int value_parse_on_deny(struct parse *p, const char *text);

#endif
