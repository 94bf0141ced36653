/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* value_rules.c - the parsers of paths, and of the rules that put something at one. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/entry.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/value_parts.h"

enum { MAX_FIELDS = 3 };

int value_parse_path(struct parse *p, const char *text)
{
	return value_take_path(p, text, true, &p->value->a);
}

int value_parse_hide(struct parse *p, const char *text)
{
	if (value_take_path(p, text, true, &p->value->a) < 0)
		return -1;
	if (str_eq(p->value->a, "/"))
		return value_refuse(p, "config.path", text,
				    "with / hidden there would be nothing left to show");
	return 0;
}

/* SRC[:DEST...]: the same place when there is no DEST. */
static int take_source(struct parse *p, const char *const fields[], size_t count)
{
	if (value_take_path(p, fields[0], true, &p->value->a) < 0)
		return -1;
	p->value->b = p->value->a;
	if (count == 1 || fields[1][0] == '\0' || value_take_path(p, fields[1], false, &p->value->b) == 0)
		return 0;
	if (fields[1][0] != '/' && !value_hint_habit(p, fields[1]))
		err_hint(p->err, "it is %s; a colon that is part of a path is written \\:", p->row->metavar);
	return -1;
}

int value_parse_bind(struct parse *p, const char *text)
{
	const char *fields[MAX_FIELDS];
	size_t count = value_split(p, text, MAX_FIELDS, fields);

	if (take_source(p, fields, count) < 0)
		return -1;
	if (count > 2 && !str_eq(fields[2], "noexec"))
		return value_refuse(p, "config.bind-option", fields[2],
				    "the only option of a bind is noexec");
	p->value->is_noexec = count > 2;
	if (str_eq(p->value->b, "/"))
		return value_refuse(p, "config.bind-root", text,
				    "the root itself cannot be bound over; grant what is "
				    "needed below it");
	return 0;
}

/* A word, or join: and whose it is. What could be no name is a path, or is to become one by a macro. */
int value_parse_space(struct parse *p, const char *text)
{
	static const char join[] = "join:";
	const char *whose = text + strlen(join);

	if (!str_starts(text, join))
		return value_parse_word(p, text);
	p->value->number = SPACE_JOIN;
	if (whose[0] == '/' || whose[0] == '$')
		return value_take_path(p, whose, false, &p->value->a);
	p->value->a = arena_strdup(p->context->arena, whose);
	if (entry_check_name(p->context->arena, whose, p->err) == 0)
		return 0;
	/* The same words, but a profile is wrong, and no command line. */
	p->err->kind = ERR_CONFIG;
	(void)snprintf(p->err->id, sizeof(p->err->id), "config.name");
	return value_point_at(p, whose);
}

/* tmpfs, or a directory with how it is used in front. */
int value_parse_root(struct parse *p, const char *text)
{
	static const struct {
		const char *prefix;
		enum root_kind kind;
	} kinds[] = {{"rw:", ROOT_WRITABLE}, {"overlay:", ROOT_OVERLAY}, {"", ROOT_DIR}};
	size_t i = 0;

	p->value->number = ROOT_TMPFS;
	if (str_eq(text, "tmpfs"))
		return 0;
	while (!str_starts(text, kinds[i].prefix))
		i++;
	p->value->number = kinds[i].kind;
	return value_take_path(p, text + strlen(kinds[i].prefix), true, &p->value->a);
}

static int option_size(struct parse *p, const char *text)
{
	return value_take_size(p, text, &p->value->size);
}

/* LOWER[:DEST[:upper=DIR|:size=SIZE]] */
int value_parse_overlay(struct parse *p, const char *text)
{
	const char *fields[MAX_FIELDS];
	size_t count = value_split(p, text, MAX_FIELDS, fields);

	if (take_source(p, fields, count) < 0)
		return -1;
	if (str_eq(p->value->b, "/"))
		return value_refuse(p, "config.overlay", text,
				    "for the root itself there is root = overlay:DIR");
	if (count < 3)
		return 0;
	if (str_starts(fields[2], "upper="))
		return value_take_path(p, fields[2] + strlen("upper="), true, &p->value->c);
	if (str_starts(fields[2], "size="))
		return option_size(p, fields[2] + strlen("size="));
	return value_refuse(p, "config.overlay", fields[2],
			    "the last part is upper=DIR or size=SIZE, one of them");
}

static int option_mode(struct parse *p, const char *text)
{
	uint64_t mode;

	if (value_take_mode(p, text, &mode) < 0)
		return -1;
	p->value->has_mode = true;
	p->value->mode = (unsigned int)mode;
	return 0;
}

/* Of a file or directory that is made. What the program sees is nosuid, and a directory would lose the bit.
 */
static int option_plain_mode(struct parse *p, const char *text)
{
	enum { SET_ID = 06000 };

	if (option_mode(p, text) < 0)
		return -1;
	if ((p->value->mode & SET_ID) != 0)
		return value_refuse(p, "config.mode", text,
				    "the set-id bits have no effect: a sandbox is without them");
	return 0;
}

/* DEST[:name=value,...] with the options that the type has. */
static int take_dest(struct parse *p, const char *text, bool has_size)
{
	const struct {
		const char *prefix;
		int (*take)(struct parse *p, const char *text);
	} options[] = {{"mode=", has_size ? option_mode : option_plain_mode}, {"size=", option_size}};
	const char *fields[2];
	size_t count = value_split(p, text, ARRAY_SIZE(fields), fields);
	const char *s = count > 1 ? fields[1] : "";
	bool is_given[ARRAY_SIZE(options)] = {false};

	if (value_take_path(p, fields[0], false, &p->value->a) < 0)
		return -1;
	if (str_eq(p->value->a, "/"))
		return value_refuse(p, "config.path", text,
				    "the root itself is set by root, size and inodes");
	while (*s != '\0') {
		size_t len = strcspn(s, ",");
		const char *word = arena_strndup(p->context->arena, s, len);
		const size_t most = has_size ? ARRAY_SIZE(options) : 1;
		size_t i = 0;
		int r;

		while (i < most && !str_starts(word, options[i].prefix))
			i++;
		if (i == most || is_given[i])
			r = value_refuse(p, "config.option", word,
					 i == most ? "no such option" : "the option is given twice");
		else
			r = options[i].take(p, word + strlen(options[i].prefix));
		if (r < 0)
			return value_point_at(p, s);
		is_given[i] = true;
		s += len + (s[len] == ',');
	}
	return 0;
}

int value_parse_tmpfs(struct parse *p, const char *text)
{
	return take_dest(p, text, true);
}

int value_parse_dir(struct parse *p, const char *text)
{
	return take_dest(p, text, false);
}

int value_parse_file(struct parse *p, const char *text)
{
	const char *fields[2];

	if (value_split(p, text, ARRAY_SIZE(fields), fields) != 2)
		return value_refuse(p, "config.file", text, "it must be DEST:TEXT");
	if (value_take_path(p, fields[0], false, &p->value->a) < 0 ||
	    value_expand(p, fields[1], true, &p->value->b) < 0)
		return -1;
	if (str_eq(p->value->a, "/"))
		return value_refuse(p, "config.path", text, "the root itself is no file");
	return 0;
}

int value_parse_copy(struct parse *p, const char *text)
{
	const char *fields[MAX_FIELDS];
	size_t count = value_split(p, text, MAX_FIELDS, fields);

	if (count < 2)
		return value_refuse(p, "config.file", text, "it must be SRC:DEST");
	if (value_take_path(p, fields[0], true, &p->value->a) < 0 ||
	    value_take_path(p, fields[1], false, &p->value->b) < 0)
		return -1;
	if (str_eq(p->value->b, "/"))
		return value_refuse(p, "config.path", text, "the root itself is no file");
	if (count > 2 && !str_starts(fields[2], "mode="))
		return value_refuse(p, "config.option", fields[2], "the only option of a copy is mode");
	return count > 2 ? option_plain_mode(p, fields[2] + strlen("mode=")) : 0;
}

/* A path of the home, absolute or relative to it. */
int value_parse_persist(struct parse *p, const char *text)
{
	const char *home = p->context->host->home_inside;
	const char *path;
	enum path_flaw flaw;

	if (value_expand(p, text, true, &path) < 0)
		return -1;
	if (path[0] != '/' && path[0] != '\0')
		path = arena_printf(p->context->arena, "%s/%s", home, path);
	flaw = path_normalize(p->context->arena, path, &path);
	if (flaw != PATH_OK)
		return value_refuse(p, "config.path", text, path_flaw_text(flaw));
	if (!path_is_within(path, home) || str_eq(path, home))
		return value_refuse(p, "config.path", text, "it must be a path in the home");
	p->value->a = path + strlen(home) + 1;
	return 0;
}

int value_parse_link(struct parse *p, const char *text)
{
	const char *fields[2];

	if (value_split(p, text, ARRAY_SIZE(fields), fields) != 2)
		return value_refuse(p, "config.link", text, "it must be TARGET:LINK");
	if (value_expand(p, fields[0], true, &p->value->a) < 0 ||
	    value_take_path(p, fields[1], false, &p->value->b) < 0)
		return -1;
	if (p->value->a[0] == '\0' || str_eq(p->value->b, "/"))
		return value_refuse(p, "config.link", text,
				    "the target cannot be empty, and the link not / itself");
	return 0;
}

int value_parse_etc(struct parse *p, const char *text)
{
	const char *path;
	enum path_flaw flaw;

	if (text[0] == '@') {
		p->value->a = arena_strdup(p->context->arena, text);
		return 0; /* the pieces are a table of the plan's, which knows the names */
	}
	flaw = path_normalize(p->context->arena, arena_printf(p->context->arena, "/etc/%s", text), &path);
	if (flaw != PATH_OK || text[0] == '/' || str_eq(path, "/etc"))
		return value_refuse(p, "config.etc", text,
				    "a piece of etc is a path below /etc, without /etc/ and ..");
	p->value->a = path + strlen("/etc/");
	return 0;
}
