/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* str.c - strings: comparing, guessing, showing. */
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

bool str_eq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t len = strlen(s);
	size_t n = strlen(suffix);

	return len >= n && memcmp(s + len - n, suffix, n) == 0;
}

bool str_is_empty(const char *s)
{
	return s == NULL || s[0] == '\0';
}

/* Length of the UTF-8 sequence at s, or 0 when it is not one. */
static size_t utf8_length(const unsigned char *s, size_t len)
{
	static const struct {
		unsigned char mask, lead, low, high; /* of the second byte */
		size_t length;
	} forms[] = {
		{0x80, 0x00, 0x00, 0x00, 1}, {0xff, 0xe0, 0xa0, 0xbf, 3}, {0xff, 0xed, 0x80, 0x9f, 3},
		{0xff, 0xf0, 0x90, 0xbf, 4}, {0xff, 0xf4, 0x80, 0x8f, 4}, {0xff, 0xc0, 0x01, 0x00, 2},
		{0xff, 0xc1, 0x01, 0x00, 2}, {0xe0, 0xc0, 0x80, 0xbf, 2}, {0xf0, 0xe0, 0x80, 0xbf, 3},
		{0xfc, 0xf0, 0x80, 0xbf, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if ((s[0] & forms[i].mask) != forms[i].lead)
			continue;
		if (forms[i].length > len)
			return 0;
		for (size_t k = 1; k < forms[i].length; k++) {
			unsigned char low = k == 1 ? forms[i].low : 0x80;
			unsigned char high = k == 1 ? forms[i].high : 0xbf;

			if (s[k] < low || s[k] > high)
				return 0;
		}
		return forms[i].length;
	}
	return 0;
}

size_t str_utf8_length(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t at = 0;

	while (at < len) {
		size_t n = utf8_length(p + at, len - at);

		if (n == 0)
			break;
		at += n;
	}
	return at;
}

bool str_is_utf8(const char *s, size_t len)
{
	return str_utf8_length(s, len) == len;
}

int str_to_u64(const char *s, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (s[0] == '\0')
		return -EINVAL;
	for (; *s != '\0'; s++) {
		uint64_t digit;

		if (*s < '0' || *s > '9')
			return -EINVAL;
		digit = (uint64_t)(*s - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return -ERANGE;
		value = value * 10 + digit;
	}
	if (value > max)
		return -ERANGE;
	*ret_value = value;
	return 0;
}

enum { MAX_WORD = 64 };

/*
 * Optimal string alignment: a letter too many, too few, another one, or two swapped each count one. Words
 * longer than MAX_WORD are never near.
 */
static size_t distance(const char *a, const char *b)
{
	unsigned char d[MAX_WORD + 1][MAX_WORD + 1];
	size_t na = strlen(a);
	size_t nb = strlen(b);

	if (na > MAX_WORD || nb > MAX_WORD)
		return MAX_WORD;
	for (size_t i = 0; i <= na; i++)
		d[i][0] = (unsigned char)i;
	for (size_t j = 0; j <= nb; j++)
		d[0][j] = (unsigned char)j;
	for (size_t i = 1; i <= na; i++) {
		for (size_t j = 1; j <= nb; j++) {
			int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = (unsigned char)best;
		}
	}
	return d[na][nb];
}

const char *str_nearest(const char *word, const char *const *candidates, size_t count)
{
	size_t len = strlen(word);
	size_t limit = len < 3 ? 1 : len / 3;
	const char *nearest = NULL;

	if (limit > 3)
		limit = 3;
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(candidates[i]);
		size_t d;

		if (n > len + limit || len > n + limit)
			continue; /* each letter too many or too few is one */
		d = distance(word, candidates[i]);
		/* "<=" once, "<" after: the first of equals wins, so the answer is stable. */
		if (nearest == NULL ? d <= limit : d < limit) {
			nearest = candidates[i];
			limit = d;
		}
	}
	return nearest;
}

static char escape_letter(unsigned char c)
{
	if (c == '\n')
		return 'n';
	return c == '\t' ? 't' : '\\';
}

/* C0 and C1: U+009B starts an escape sequence as ESC [ does. */
static bool is_control(const unsigned char *p, size_t n)
{
	return (n == 1 && (p[0] < 0x20 || p[0] == 0x7f)) || (n == 2 && p[0] == 0xc2 && p[1] < 0xa0);
}

/* What makes a terminal show text in another order than it stands in: U+061C, 200E, 200F, 202A to 202E, 2066
 * to 2069. */
static bool is_reordering(const unsigned char *p, size_t n)
{
	if (n == 2)
		return p[0] == 0xd8 && p[1] == 0x9c;
	if (n != 3 || p[0] != 0xe2)
		return false;
	return (p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xaa && p[2] <= 0xae))) ||
	       (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9);
}

size_t str_plain_length(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t at = 0;

	while (at < len) {
		size_t n = utf8_length(p + at, len - at);

		if (n == 0 || (is_control(p + at, n) && p[at] != '\t'))
			break;
		at += n;
	}
	return at;
}

static const char *escape(struct arena *arena, const char *s, bool escapes_backslash)
{
	size_t len = strlen(s);
	const unsigned char *p = (const unsigned char *)s;
	char *out = arena_alloc(arena, len * 4 + 1);
	char *w = out;

	for (size_t at = 0; at < len;) {
		size_t n = utf8_length(p + at, len - at);
		unsigned char c = p[at];

		if (n > 0 && !is_control(p + at, n) && !is_reordering(p + at, n) &&
		    (c != '\\' || !escapes_backslash)) {
			memcpy(w, s + at, n);
			w += n;
			at += n;
			continue;
		}
		if (c == '\\' || c == '\n' || c == '\t') {
			*w++ = '\\';
			*w++ = escape_letter(c);
		} else {
			w += snprintf(w, 5, "\\x%02x", c);
		}
		at++;
	}
	*w = '\0';
	return out;
}

const char *str_show(struct arena *arena, const char *s)
{
	return escape(arena, s, true);
}

const char *str_harmless(struct arena *arena, const char *s)
{
	return escape(arena, s, false);
}
