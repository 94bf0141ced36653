/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* str.h - strings: comparing, guessing, showing. */
#ifndef PINFOLD_BASE_STR_H
#define PINFOLD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

bool str_eq(const char *a, const char *b);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* True for a NULL or an empty string. */
bool str_is_empty(const char *s);

/* True when `len` bytes are valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool str_is_utf8(const char *s, size_t len);

/* How many bytes at the start of s are valid UTF-8: len, or where the first flaw is. */
size_t str_utf8_length(const char *s, size_t len);

/* How many bytes at the start of s are UTF-8 without control characters other than the tab: len when all are.
 */
size_t str_plain_length(const char *s, size_t len);

/*
 * A whole decimal number, nothing before or behind it. Returns 0, -EINVAL (not a number) or
 * -ERANGE (above max).
 */
int str_to_u64(const char *s, uint64_t max, uint64_t *ret_value);

/*
 * The candidate nearest to `word` by edit distance, for "did you mean": NULL when none is near
 * enough to be a slip of the fingers (a third of the word, at least 1 and at most 3).
 */
const char *str_nearest(const char *word, const char *const *candidates, size_t count);

/*
 * `s` as a profile would write it: control bytes, backslashes and bytes that are no UTF-8 as
 * escapes (\n \t \xHH). What is printed can neither move a cursor nor break a line.
 */
const char *str_show(struct arena *arena, const char *s);

/*
 * `s` with what a terminal might obey (control bytes, bytes that are no UTF-8) as escapes and all else as it
 * is, backslashes too: text that was made with str_show comes out unchanged.
 */
const char *str_harmless(struct arena *arena, const char *s);

#endif
