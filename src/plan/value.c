/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value.c - the one parser of each type of value. */
#include "plan/value.h"

#include <cap-ng.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/units.h"
#include "plan/value_parts.h"

enum { MAX_NAME = 64 };

/* Notes which byte of the value is wrong; `where` points into it or into its fields. Returns -1. */
int value_point_at(struct parse *p, const char *where)
{
	size_t len = strlen(p->text);

	p->value->flaw_at = 0;
	if (where >= p->text && where <= p->text + len)
		p->value->flaw_at = (size_t)(where - p->text);
	else if (p->copy != NULL && where >= p->copy && where <= p->copy + len)
		p->value->flaw_at = (size_t)(where - p->copy);
	return -1;
}

int value_refuse(struct parse *p, const char *id, const char *text, const char *why)
{
	enum { SHOWN = 200 }; /* what is wrong with it must fit behind it */

	err_set(p->err, ERR_CONFIG, id, 0, "%s = %.*s%s: %s", p->row->key, SHOWN,
		str_show(p->context->arena, p->text), strlen(p->text) > SHOWN ? "..." : "", why);
	if (value_is_word(p->row->type) && str_ends(text, ","))
		err_hint(p->err, "words have blanks between them, and no commas");
	else
		err_hint(p->err, "write it as %s, for example: %s = %s", p->row->metavar, p->row->key,
			 p->row->example);
	return value_point_at(p, text);
}

/* ------------------------------------------------------------ macros and escapes */

enum { FIXED_MACROS = 10, MACRO_COUNT = FIXED_MACROS + USER_DIR_COUNT };

struct macro {
	const char *name;
	const char *value; /* NULL: it has none here */
	const char *hint;  /* then */
};

static void list_macros(const struct value_context *context, struct macro macros[MACRO_COUNT])
{
	static const char home[] = "set HOME, or write the path out";
	static const char user_dirs[] = "user-dirs.dirs in your configuration directory does not name it: "
					"xdg-user-dirs-update(1) makes that file; or write the path out";
	const struct host *host = context->host;
	const struct macro fixed[FIXED_MACROS] = {
		{"HOME", host->home_inside != NULL ? host->home_inside : host->home, home},
		{"USER", host->user, "set USER, or write the name out"},
		{"UID", arena_printf(context->arena, "%u", host->uid), ""},
		{"RUNTIME", host->runtime, "set XDG_RUNTIME_DIR, which a login session does"},
		{"CWD", host->cwd, "go to a directory that exists"},
		{"PROFILE_DIR", context->profile_dir, "only a profile has a directory: write the path out"},
		{"CONFIG", host->config, home},
		{"CACHE", host->cache, home},
		{"DATA", host->data, home},
		{"STATE", host->state, home},
	};

	memcpy(macros, fixed, sizeof(fixed));
	for (size_t i = 0; i < USER_DIR_COUNT; i++)
		macros[FIXED_MACROS + i] =
			(struct macro){host_user_dir_names[i].macro, host->user_dirs[i], user_dirs};
}

static int unknown_macro(struct parse *p, const char *name, const struct macro macros[MACRO_COUNT])
{
	const char *names[MACRO_COUNT];
	const char *all = "";
	const char *near;

	for (size_t i = 0; i < MACRO_COUNT; i++) {
		names[i] = macros[i].name;
		all = arena_printf(p->context->arena, "%s %s", all, names[i]);
	}
	near = str_nearest(name, names, MACRO_COUNT);
	err_set(p->err, ERR_CONFIG, "config.macro", 0, "%s: unknown macro ${%s}", p->row->key,
		str_show(p->context->arena, name));
	if (near != NULL)
		return err_hint(p->err, "did you mean ${%s}?", near);
	return err_hint(p->err, "known are%s; $${ is a plain ${", all);
}

/* Takes the value of a macro that starts at s ("${"); *ret_end is behind its "}". */
static int take_macro(struct parse *p, const char *s, const char **ret_value, const char **ret_end)
{
	const char *close = strchr(s, '}');
	struct macro macros[MACRO_COUNT];
	const char *name;

	if (close == NULL)
		return value_refuse(p, "config.macro", s, "a macro without its closing }");
	name = arena_strndup(p->context->arena, s + 2, (size_t)(close - s) - 2);
	*ret_end = close + 1;
	list_macros(p->context, macros);
	for (size_t i = 0; i < MACRO_COUNT; i++) {
		if (!str_eq(macros[i].name, name))
			continue;
		*ret_value = macros[i].value;
		if (macros[i].value != NULL)
			return 0;
		err_set(p->err, ERR_CONFIG, "config.macro-unset", 0, "%s: ${%s} has no value here",
			p->row->key, name);
		err_hint(p->err, "%s", macros[i].hint);
		return value_point_at(p, s);
	}
	(void)unknown_macro(p, name, macros);
	return value_point_at(p, s);
}

/* One escape of a path at s ("\\"): returns its length, or 0 when it is none. */
static size_t take_escape(const char *s, char *ret_char)
{
	static const char plain[][2] = {{'\\', '\\'}, {':', ':'}, {'n', '\n'}, {'t', '\t'}};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (s[1] == plain[i][0]) {
			*ret_char = plain[i][1];
			return 2;
		}
	}
	if (s[1] == 'x' && isxdigit((unsigned char)s[2]) && isxdigit((unsigned char)s[3])) {
		char digits[3] = {s[2], s[3], '\0'};

		*ret_char = (char)strtoul(digits, NULL, 16);
		return *ret_char != '\0' ? 4 : 0;
	}
	return 0;
}

/* Macros, and with has_escapes the escapes of paths. What a macro brings is not read again. */
int value_expand(struct parse *p, const char *text, bool has_escapes, const char **ret_text)
{
	struct arena *arena = p->context->arena;
	size_t room = strlen(text) + 1;
	size_t used = 0;
	char *out = arena_alloc(arena, room);

	for (const char *s = text; *s != '\0';) {
		const char *piece = s;
		const char *next = s + 1;
		size_t len = 1;
		char byte;

		if (s[0] == '$' && s[1] == '$' && s[2] == '{') {
			next = s + 2;
		} else if (s[0] == '$' && s[1] == '{') {
			if (take_macro(p, s, &piece, &next) < 0)
				return -1;
			len = strlen(piece);
		} else if (s[0] == '\\' && has_escapes) {
			size_t n = take_escape(s, &byte);

			if (n == 0) {
				(void)value_refuse(p, "config.escape", text,
						   "a backslash must begin \\\\ \\: \\n \\t or \\xHH");
				return value_point_at(p, s);
			}
			piece = &byte;
			next = s + n;
		}
		if (used + len + strlen(next) + 1 > room) {
			char *bigger = arena_alloc(arena, room = (used + len + strlen(next) + 1) * 2);

			memcpy(bigger, out, used);
			out = bigger;
		}
		memcpy(out + used, piece, len);
		used += len;
		s = next;
	}
	out[used] = '\0';
	*ret_text = out;
	return 0;
}

/*
 * Splits at unescaped colons, before macros are expanded: a colon that a macro brings is part of the
 * path. The last field keeps further colons. Returns the number of fields.
 */
size_t value_split(struct parse *p, const char *text, size_t max, const char *fields[])
{
	char *s = arena_strdup(p->context->arena, text);
	size_t count = 1;

	p->copy = fields[0] = s;
	while (*s != '\0') {
		if (s[0] == '$' && s[1] == '$' && s[2] == '{') {
			s += 3;
		} else if (s[0] == '$' && s[1] == '{') {
			s += strcspn(s, "}");
		} else if (*s == '\\' && s[1] != '\0') {
			s += 2;
		} else if (*s == ':' && count < max) {
			*s++ = '\0';
			fields[count++] = s;
		} else {
			s++;
		}
	}
	return count;
}

bool value_hint_habit(struct parse *p, const char *text)
{
	static const struct {
		char first;
		const char *hint;
	} rows[] = {
		{'~', "write ${HOME} in place of ~"},
		{'$', "a macro has braces: ${HOME}, ${CWD}"},
		{'"', "quotes mean nothing: leave them away"},
		{'\'', "quotes mean nothing: leave them away"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (text[0] != rows[i].first)
			continue;
		err_hint(p->err, "%s", rows[i].hint);
		return true;
	}
	return false;
}

/* A path of the host that does not say what it is relative to, or one of the sandbox. */
static int refuse_relative(struct parse *p, const char *text, bool is_of_host)
{
	(void)value_refuse(p, "config.path", text, path_flaw_text(PATH_RELATIVE));
	/* What is no path at all is likely in place of a directory: the forms of root say more. */
	if (!value_hint_habit(p, text) && is_of_host && p->row->type != VALUE_ROOT)
		err_hint(p->err, "put in front what it is relative to: ${HOME}/, ${CWD}/ or ${PROFILE_DIR}/");
	return -1;
}

/*
 * A path of the sandbox or the host: macros, escapes, absolute, no "..". On the command line one that may be
 * relative starts where the caller is; a ~ there is one that the shell has left alone, as behind a "=".
 */
int value_take_path(struct parse *p, const char *text, bool may_be_relative, const char **ret_path)
{
	bool is_from_command_line = may_be_relative && p->context->profile_dir == NULL;
	const char *cwd = p->context->host->cwd;
	const char *path;
	enum path_flaw flaw;

	if (value_expand(p, text, true, &path) < 0)
		return -1;
	if (is_from_command_line && path[0] != '/' && path[0] != '\0' && text[0] != '~') {
		if (cwd == NULL)
			return value_refuse(p, "config.path", text,
					    "the current directory is gone or out of reach");
		path = arena_printf(p->context->arena, "%s/%s", cwd, path);
	}
	flaw = path_normalize(p->context->arena, path, ret_path);
	if (flaw == PATH_RELATIVE)
		return refuse_relative(p, text, may_be_relative);
	if (flaw != PATH_OK)
		return value_refuse(p, "config.path", text, path_flaw_text(flaw));
	return 0;
}

/* ------------------------------------------------------------ numbers and words */

static int parse_text(struct parse *p, const char *text)
{
	return value_expand(p, text, false, &p->value->a);
}

int value_parse_word(struct parse *p, const char *text)
{
	const char *words[8];
	size_t count = 0;
	const char *s = p->row->metavar;
	const char *near;

	while (count < ARRAY_SIZE(words)) {
		size_t len = strcspn(s, "|");

		words[count] = arena_strndup(p->context->arena, s, len);
		if (str_eq(words[count], text)) {
			p->value->number = count;
			return 0;
		}
		count++;
		if (s[len] == '\0')
			break;
		s += len + 1;
	}
	err_set(p->err, ERR_CONFIG, "config.word", 0, "%s = %s: it must be %s", p->row->key,
		str_show(p->context->arena, text), p->row->metavar);
	near = str_nearest(text, words, count);
	if (near != NULL)
		err_hint(p->err, "did you mean %s?", near);
	else
		err_hint(p->err, "for example: %s = %s", p->row->key, p->row->example);
	return -1;
}

/* "no|yes" and "yes|no" alike: yes is 1. */
static int parse_bool(struct parse *p, const char *text)
{
	if (value_parse_word(p, text) < 0)
		return -1;
	p->value->number = str_eq(text, "yes");
	return 0;
}

static int take_number(struct parse *p, const char *text, uint64_t max, uint64_t *ret_number)
{
	int r = str_to_u64(text, max, ret_number);

	if (r == -ERANGE)
		return value_refuse(p, "config.number", text,
				    arena_printf(p->context->arena, "it must be at most %" PRIu64, max));
	if (r < 0)
		return value_refuse(p, "config.number", text, "it must be a whole number");
	return 0;
}

static int parse_count(struct parse *p, const char *text)
{
	if (take_number(p, text, INT64_MAX, &p->value->number) < 0)
		return -1;
	if (p->value->number == 0)
		return value_refuse(p, "config.number", text, "it must be at least 1");
	return 0;
}

static int parse_id(struct parse *p, const char *text)
{
	/* 4294967295 is -1, which the kernel takes for "leave it". */
	return take_number(p, text, UINT32_MAX - 1, &p->value->number);
}

int value_take_size(struct parse *p, const char *text, uint64_t *ret_size)
{
	static const char suffixes[] = "KMGT";
	size_t len = strlen(text);
	const char *suffix = len > 0 ? strchr(suffixes, text[len - 1]) : NULL;
	const char *digits = text;
	unsigned int shift = 0;
	int r;

	if (suffix != NULL && *suffix != '\0') {
		shift = 10 * (unsigned int)(suffix - suffixes + 1);
		digits = arena_strndup(p->context->arena, text, len - 1);
	}
	r = str_to_u64(digits, INT64_MAX >> shift, ret_size);
	if (r == -ERANGE)
		return value_refuse(p, "config.size", text, "a size is less than 8 EiB");
	if (r < 0)
		return value_refuse(p, "config.size", text,
				    "a size is a whole number, with K, M, G or T behind it or nothing");
	if (*ret_size == 0)
		return value_refuse(p, "config.size", text, "a size of 0 would mean no limit at all");
	*ret_size <<= shift;
	return 0;
}

static int parse_size(struct parse *p, const char *text)
{
	return value_take_size(p, text, &p->value->number);
}

static int parse_duration(struct parse *p, const char *text)
{
	int r = units_parse_duration(text, &p->value->number);

	if (r == -ERANGE)
		return value_refuse(p, "config.duration", text, "a time is less than 292 years");
	if (r < 0)
		return value_refuse(p, "config.duration", text,
				    "a time is a whole number with ms, s, m, h or d behind it");
	if (p->value->number == 0)
		return value_refuse(p, "config.duration", text, "a time of 0 would be over before it begins");
	return 0;
}

static int parse_cpuset(struct parse *p, const char *text)
{
	struct cpu_set_bits *cpus = arena_alloc(p->context->arena, sizeof(*cpus));
	int r = units_parse_cpus(text, cpus);

	p->value->cpus = cpus;
	if (r == -ERANGE)
		return value_refuse(p, "config.cpuset", text, "a processor's number is at most 1023");
	if (r == -EDOM)
		return value_refuse(p, "config.cpuset", text,
				    "a range runs from the smaller number to the larger");
	if (r < 0)
		return value_refuse(p, "config.cpuset", text,
				    "processors are numbers and ranges with commas between");
	return 0;
}

static int parse_percent(struct parse *p, const char *text)
{
	enum { MAX_PERCENT = 100 * UNITS_MAX_CPUS };
	const size_t len = strlen(text);

	if (len < 2 || text[len - 1] != '%' ||
	    str_to_u64(arena_strndup(p->context->arena, text, len - 1), MAX_PERCENT, &p->value->number) < 0 ||
	    p->value->number == 0)
		return value_refuse(p, "config.percent", text,
				    "a share is a whole number from 1% to 102400%");
	return 0;
}

int value_take_mode(struct parse *p, const char *text, uint64_t *ret_mode)
{
	uint64_t mode = 0;
	size_t len = strlen(text);

	if (len == 0 || len > 5 || strspn(text, "01234567") != len)
		return value_refuse(p, "config.mode", text, "a mode is an octal number like 0755");
	for (size_t i = 0; i < len; i++)
		mode = mode * 8 + (uint64_t)(text[i] - '0');
	if (mode > 07777)
		return value_refuse(p, "config.mode", text, "a mode is an octal number up to 7777");
	*ret_mode = mode;
	return 0;
}

static int parse_mode(struct parse *p, const char *text)
{
	return value_take_mode(p, text, &p->value->number);
}

static int parse_name(struct parse *p, const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (value_expand(p, text, false, &p->value->a) < 0)
		return -1;
	text = p->value->a;
	if (text[0] == '-' || text[0] == '\0' || strlen(text) > MAX_NAME ||
	    strspn(text, allowed) != strlen(text))
		return value_refuse(p, "config.name", text,
				    "a name is 1 to 64 letters, digits, dots, - and _");
	return 0;
}

static bool is_variable(const char *text, size_t len)
{
	if (len == 0 || isdigit((unsigned char)text[0]))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '_')
			return false;
	}
	return true;
}

static int parse_variable(struct parse *p, const char *text)
{
	if (!is_variable(text, strlen(text)))
		return value_refuse(p, "config.variable", text, "a variable's name is letters, digits and _");
	p->value->a = arena_strdup(p->context->arena, text);
	return 0;
}

static int parse_assign(struct parse *p, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || !is_variable(text, (size_t)(equals - text)))
		return value_refuse(p, "config.variable", text, "it must be NAME=VALUE");
	p->value->a = arena_strndup(p->context->arena, text, (size_t)(equals - text));
	return value_expand(p, equals + 1, false, &p->value->b);
}

static int unknown_cap(struct parse *p, const char *text, const char *name)
{
	const char *names[CAP_LAST_CAP + 1];
	const char *near;

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		names[i] = capng_capability_to_name(i);
	near = str_nearest(name, names, ARRAY_SIZE(names));
	(void)value_refuse(p, "config.capability", text, "no such capability");
	if (near != NULL)
		err_hint(p->err, "did you mean %s?", near);
	else
		err_hint(p->err, "capabilities(7) lists them; they are written like net_bind_service");
	return -1;
}

static int parse_cap(struct parse *p, const char *text)
{
	char name[MAX_NAME];
	size_t skip = strncasecmp(text, "cap_", 4) == 0 ? 4 : 0;
	int cap;

	(void)snprintf(name, sizeof(name), "%s", text + skip);
	cap = capng_name_to_capability(name);
	if (cap < 0)
		return unknown_cap(p, text, name);
	p->value->number = (uint64_t)cap;
	return 0;
}

static int parse_offset(struct parse *p, const char *text)
{
	const char *colon = strchr(text, ':');
	const char *digits;
	uint64_t seconds;

	if (colon == NULL)
		return value_refuse(p, "config.offset", text, "it must be CLOCK:SECONDS");
	p->value->a = arena_strndup(p->context->arena, text, (size_t)(colon - text));
	if (!str_eq(p->value->a, "boottime") && !str_eq(p->value->a, "monotonic"))
		return value_refuse(p, "config.offset", text, "the clock must be boottime or monotonic");
	digits = colon[1] == '-' ? colon + 2 : colon + 1;
	/* The kernel takes offsets up to half of KTIME_SEC_MAX, about 146 years (time_namespaces(7)). */
	if (take_number(p, digits, INT64_MAX / 1000000000 / 2, &seconds) < 0)
		return -1;
	p->value->offset = colon[1] == '-' ? -(int64_t)seconds : (int64_t)seconds;
	return 0;
}

/* ------------------------------------------------------------ the table */

static const struct {
	int (*parse)(struct parse *p, const char *text);
	bool is_word;				  /* lists of it are words with spaces between */
	enum { NOWHERE, IN_A, IN_B } destination; /* of a filesystem rule: which part of the value it is */
} types[VALUE_TYPE_COUNT] = {
	[VALUE_TEXT] = {parse_text, false, NOWHERE},
	[VALUE_BOOL] = {parse_bool, false, NOWHERE},
	[VALUE_ENUM] = {value_parse_word, false, NOWHERE},
	[VALUE_SPACE] = {value_parse_space, false, NOWHERE},
	[VALUE_SIZE] = {parse_size, false, NOWHERE},
	[VALUE_COUNT] = {parse_count, false, NOWHERE},
	[VALUE_ID] = {parse_id, false, NOWHERE},
	[VALUE_MODE] = {parse_mode, false, NOWHERE},
	[VALUE_NAME] = {parse_name, false, NOWHERE},
	[VALUE_PATH] = {value_parse_path, false, NOWHERE},
	[VALUE_INCLUDE] = {parse_text, false, NOWHERE},
	[VALUE_ROOT] = {value_parse_root, false, NOWHERE},
	[VALUE_BIND] = {value_parse_bind, false, IN_B},
	[VALUE_OVERLAY] = {value_parse_overlay, false, IN_B},
	[VALUE_HIDE] = {value_parse_hide, false, NOWHERE},
	[VALUE_FILE] = {value_parse_file, false, IN_A},
	[VALUE_COPY] = {value_parse_copy, false, IN_B},
	[VALUE_PERSIST] = {value_parse_persist, false, NOWHERE},
	[VALUE_TMPFS] = {value_parse_tmpfs, false, IN_A},
	[VALUE_DIR] = {value_parse_dir, false, IN_A},
	[VALUE_LINK] = {value_parse_link, false, IN_B},
	[VALUE_ETC] = {value_parse_etc, true, NOWHERE},
	[VALUE_VARIABLE] = {parse_variable, true, NOWHERE},
	[VALUE_ASSIGN] = {parse_assign, false, NOWHERE},
	[VALUE_OFFSET] = {parse_offset, true, NOWHERE},
	[VALUE_CAP] = {parse_cap, true, NOWHERE},
	[VALUE_SYSCALL] = {value_parse_syscall, true, NOWHERE},
	[VALUE_ON_DENY] = {value_parse_on_deny, false, NOWHERE},
	[VALUE_DURATION] = {parse_duration, false, NOWHERE},
	[VALUE_CPUSET] = {parse_cpuset, false, NOWHERE},
	[VALUE_PERCENT] = {parse_percent, false, NOWHERE},
};

int value_parse(const struct value_context *context, const struct option_row *row, const char *text,
		struct value *ret_value, struct err *err)
{
	struct parse p = {.context = context, .row = row, .value = ret_value, .err = err, .text = text};

	return types[row->type].parse(&p, text);
}

const char *value_destination(enum value_type type, const struct value *value)
{
	const char *const places[] = {[NOWHERE] = NULL, [IN_A] = value->a, [IN_B] = value->b};

	return places[types[type].destination];
}

bool value_has_escapes(enum value_type type)
{
	return types[type].destination != NOWHERE || type == VALUE_PATH || type == VALUE_ROOT ||
	       type == VALUE_HIDE || type == VALUE_PERSIST || type == VALUE_SPACE;
}

bool value_has_macros(enum value_type type)
{
	return value_has_escapes(type) || type == VALUE_TEXT || type == VALUE_INCLUDE || type == VALUE_NAME ||
	       type == VALUE_ASSIGN;
}

bool value_is_word(enum value_type type)
{
	return types[type].is_word;
}

void value_show_size(uint64_t size, char buf[32])
{
	static const char suffixes[] = "KMGT";
	size_t n = 0;

	while (size > 0 && size % 1024 == 0 && n < sizeof(suffixes) - 1) {
		size /= 1024;
		n++;
	}
	if (n == 0)
		(void)snprintf(buf, 32, "%" PRIu64, size);
	else
		(void)snprintf(buf, 32, "%" PRIu64 "%c", size, suffixes[n - 1]);
}
