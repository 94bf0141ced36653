/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_str.c - UTF-8, numbers, "did you mean", and text that is safe to show. */
#include "base/str.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

Test(str, comparing)
{
	cr_assert(str_eq("", ""));
	cr_assert_not(str_eq("a", "A"));
	cr_assert(str_starts("abc", ""));
	cr_assert(str_starts("abc", "abc"));
	cr_assert_not(str_starts("ab", "abc"));
	cr_assert(str_ends("abc", "bc"));
	cr_assert(str_ends("abc", ""));
	cr_assert(str_ends("abc", "abc"));
	cr_assert_not(str_ends("bc", "abc"));
	cr_assert_not(str_ends("abc", "ab"));
	cr_assert(str_is_empty(NULL));
	cr_assert(str_is_empty(""));
	cr_assert_not(str_is_empty(" "));
}

/* ------------------------------------------------------------ UTF-8 */

Test(utf8, first_and_last_of_each_length_are_valid)
{
	static const char *const good[] = {
		"",
		"a",
		"\x7f",
		"\xc2\x80",	    /* U+0080 */
		"\xdf\xbf",	    /* U+07FF */
		"\xe0\xa0\x80",	    /* U+0800 */
		"\xed\x9f\xbf",	    /* U+D7FF, the last before the surrogates */
		"\xee\x80\x80",	    /* U+E000, the first behind them */
		"\xef\xbf\xbf",	    /* U+FFFF */
		"\xf0\x90\x80\x80", /* U+10000 */
		"\xf4\x8f\xbf\xbf", /* U+10FFFF */
		"a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		cr_assert(str_is_utf8(good[i], strlen(good[i])), "case %zu", i);
	cr_assert(str_is_utf8("a\0b", 3),
		  "NUL is a character; that it has no place in a text is not said here");
}

Test(utf8, what_rfc_3629_forbids_is_invalid)
{
	static const char *const bad[] = {
		"\x80",		    /* a continuation alone */
		"\xbf",		    /* the same */
		"\xc0\x80",	    /* NUL in two bytes */
		"\xc1\xbf",	    /* U+007F in two */
		"\xc2",		    /* cut */
		"\xc2z",	    /* a letter instead of the second byte */
		"\xc2\xc2",	    /* a lead instead of it */
		"\xdf\xc0",	    /* a lead behind a lead */
		"\xe0\x80\x80",	    /* NUL in three */
		"\xe0\x9f\xbf",	    /* U+07FF in three */
		"\xe0\xa0",	    /* cut */
		"\xe1\x80",	    /* cut */
		"\xe1\x80\xc0",	    /* third byte wrong */
		"\xed\xa0\x80",	    /* U+D800, a surrogate */
		"\xed\xbf\xbf",	    /* U+DFFF */
		"\xf0\x80\x80\x80", /* NUL in four */
		"\xf0\x8f\xbf\xbf", /* U+FFFF in four */
		"\xf0\x90\x80",	    /* cut */
		"\xf1\x80\x80\x7f", /* fourth byte wrong */
		"\xf4\x90\x80\x80", /* U+110000 */
		"\xf5\x80\x80\x80", /* above */
		"\xf8\x88\x80\x80\x80",
		"\xfc\x84\x80\x80\x80\x80",
		"\xfe",
		"\xff",
		"good\xff",
		"\xff good",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert_not(str_is_utf8(bad[i], strlen(bad[i])), "case %zu", i);
}

Test(utf8, length_counts_and_not_the_terminator)
{
	cr_assert_not(str_is_utf8("\xc3\xa4", 1));
	cr_assert(str_is_utf8("a\xff", 1));
}

static size_t encode(unsigned int c, char out[5])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned int leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(leads[n] | c);
	out[n] = '\0';
	return n;
}

Test(utf8, every_code_point_but_the_surrogates)
{
	char text[5];

	for (unsigned int c = 0; c <= 0x10ffff + 0x1000; c += c < 0x11000 ? 1 : 61) {
		bool is_character = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);

		cr_assert_eq(str_is_utf8(text, encode(c, text)), is_character, "U+%04X", c);
	}
}

/* The same, told by arithmetic: decodes, encodes again, compares. */
static bool is_utf8_by_arithmetic(const unsigned char *s, size_t len)
{
	while (len > 0) {
		size_t n = s[0] < 0x80	 ? 1
			   : s[0] < 0xc0 ? 0
			   : s[0] < 0xe0 ? 2
			   : s[0] < 0xf0 ? 3
			   : s[0] < 0xf8 ? 4
					 : 0;
		unsigned int c = n == 1 ? s[0] : n == 0 ? 0 : s[0] & (0xffU >> (n + 1));
		char again[5];

		if (n == 0 || n > len)
			return false;
		for (size_t i = 1; i < n; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return false;
			c = c << 6 | (s[i] & 0x3f);
		}
		if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) || encode(c, again) != n)
			return false;
		s += n;
		len -= n;
	}
	return true;
}

Test(utf8, agrees_with_a_decoder_on_all_leads)
{
	static const unsigned char ends[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
	unsigned char text[4];

	for (unsigned int a = 0; a < 256; a++) {
		for (unsigned int b = 0; b < 256; b++) {
			text[0] = (unsigned char)a;
			text[1] = (unsigned char)b;
			cr_assert_eq(str_is_utf8((char *)text, 2), is_utf8_by_arithmetic(text, 2),
				     "%02x %02x", a, b);
			for (size_t i = 0; i < ARRAY_SIZE(ends) * ARRAY_SIZE(ends); i++) {
				text[2] = ends[i % ARRAY_SIZE(ends)];
				text[3] = ends[i / ARRAY_SIZE(ends)];
				if (str_is_utf8((char *)text, 4) != is_utf8_by_arithmetic(text, 4))
					cr_assert_fail("%02x %02x %02x %02x", a, b, text[2], text[3]);
			}
			b += a < 0xc0 ? 15 : 0;
		}
	}
}

/* ------------------------------------------------------------ numbers */

Test(number, whole_decimal_numbers)
{
	static const struct {
		const char *text;
		uint64_t max;
		int r;
		uint64_t value;
	} cases[] = {
		{"0", 0, 0, 0},
		{"007", 10, 0, 7},
		{"10", 10, 0, 10},
		{"11", 10, -ERANGE, 0},
		{"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, -ERANGE, 0},
		{"18446744073709551615", UINT64_MAX - 1, -ERANGE, 0},
		{"99999999999999999999999", UINT64_MAX, -ERANGE, 0},
		{"", 10, -EINVAL, 0},
		{" 1", 10, -EINVAL, 0},
		{"1 ", 10, -EINVAL, 0},
		{"+1", 10, -EINVAL, 0},
		{"-1", UINT64_MAX, -EINVAL, 0},
		{"0x1", 10, -EINVAL, 0},
		{"1e3", UINT64_MAX, -EINVAL, 0},
		{"1.0", 10, -EINVAL, 0},
		{"\xd9\xa1", 10, -EINVAL, 0}, /* an Arabic one */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t value = 0;

		cr_assert_eq(str_to_u64(cases[i].text, cases[i].max, &value), cases[i].r, "%s",
			     cases[i].text);
		cr_assert_eq(value, cases[i].value, "%s", cases[i].text);
	}
}

/* ------------------------------------------------------------ did you mean */

static const char *const words[] = {"filesystem", "network", "process", "ipc", "uts", "hostname"};

static const char *nearest(const char *word)
{
	return str_nearest(word, words, ARRAY_SIZE(words));
}

Test(nearest, slips_of_the_fingers)
{
	cr_assert_str_eq(nearest("filesystem"), "filesystem");
	cr_assert_str_eq(nearest("filesytem"), "filesystem");	/* one missing */
	cr_assert_str_eq(nearest("fileystsem"), "filesystem");	/* moved */
	cr_assert_str_eq(nearest("filessystem"), "filesystem"); /* one too many */
	cr_assert_str_eq(nearest("metwork"), "network");	/* another */
	cr_assert_str_eq(nearest("ip"), "ipc");
	cr_assert_str_eq(nearest("Process"), "process");
}

Test(nearest, nothing_near_is_nothing)
{
	cr_assert_null(nearest("completely-different"));
	cr_assert_null(nearest("xyz123"));
	cr_assert_null(str_nearest("a", words, 0));
	cr_assert_null(nearest("nxxxxrk"), "four slips are no slip");
}

Test(nearest, the_nearest_wins_and_the_first_of_equals)
{
	static const char *const candidates[] = {"abcdxx", "abcdex", "abcdey"};

	cr_assert_str_eq(str_nearest("abcdef", candidates, 3), "abcdex");
	cr_assert_str_eq(str_nearest("abcdey", candidates, 3), "abcdey");
}

Test(nearest, long_words_are_never_near)
{
	char word[100];
	const char *candidates[] = {word};

	memset(word, 'a', sizeof(word));
	word[64] = '\0';
	cr_assert_eq(str_nearest(word, candidates, 1), candidates[0]);
	word[64] = 'a';
	word[65] = '\0';
	cr_assert_null(str_nearest(word, candidates, 1));
	word[65] = 'a';
	word[99] = '\0';
	cr_assert_null(str_nearest("a", candidates, 1));
}

/* ------------------------------------------------------------ showing */

Test(show, what_is_shown_how)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"", ""},
		{"/usr/bin", "/usr/bin"},
		{"with space", "with space"},
		{"\n\t\\", "\\n\\t\\\\"},
		{"\x1b[31m", "\\x1b[31m"},
		{"\x01\x1f\x7f\r", "\\x01\\x1f\\x7f\\x0d"},
		{"\xc3\xa4", "\xc3\xa4"},
		{"\xff\xfe", "\\xff\\xfe"},
		{"a\xc3", "a\\xc3"},
		{"\xc2\x80\xc2\x9f", "\\xc2\\x80\\xc2\\x9f"}, /* C1: U+0080, U+009F */
		{"\xc2\x9b"
		 "31m",
		 "\\xc2\\x9b31m"},	  /* U+009B starts an escape sequence, as ESC [ does */
		{"\xc2\xa0", "\xc2\xa0"}, /* U+00A0 is the first behind them */
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_assert_str_eq(str_show(arena, cases[i].text), cases[i].shown, "case %zu", i);
}

Test(show, harmless_text_keeps_its_backslashes)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{"", ""},
		{"a\\n", "a\\n"},
		{"a\nb\x1b", "a\\nb\\x1b"},
		{"\xc2\x9b\xff", "\\xc2\\x9b\\xff"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *shown = str_harmless(arena, cases[i].text);

		cr_assert_str_eq(shown, cases[i].shown, "case %zu", i);
		cr_assert_str_eq(str_harmless(arena, shown), shown, "once is enough");
		cr_assert_str_eq(str_harmless(arena, str_show(arena, cases[i].text)),
				 str_show(arena, cases[i].text));
	}
}

Test(show, no_two_bytes_give_a_control_character)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (unsigned int n = 0x0101; n <= 0xffff; n++) {
		char text[] = {(char)(n >> 8), (char)n, '\0'};
		const char *shown = str_show(arena, text);

		if ((n & 0xff) == 0)
			continue;
		cr_assert(str_is_utf8(shown, strlen(shown)), "%04x", n);
		for (const unsigned char *s = (const unsigned char *)shown; *s != '\0'; s++)
			cr_assert(*s >= 0x20 && *s != 0x7f && !(s[0] == 0xc2 && s[1] < 0xa0), "%04x", n);
	}
}
