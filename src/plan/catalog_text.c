/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* catalog_text.c - profiles as text: one merged, and a new one to begin with. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/catalog.h"
#include "plan/host.h"
#include "plan/request.h"

/* ------------------------------------------------------------ the list */

static const char *entry_text(struct arena *arena, const struct catalog_entry *entry)
{
	const char *what = entry->description != NULL ? entry->description : "(no description)";
	const char *text;

	if (entry->flaw != NULL)
		what = arena_printf(arena, "(cannot be read: %s)", entry->flaw);
	text = arena_printf(arena, "%-16s %s\n", str_show(arena, entry->name), str_show(arena, what));
	for (size_t i = 0; i < entry->path_count; i++)
		text = arena_printf(arena, "%s    %s%s\n", text, i == 0 ? "" : "overrides ",
				    str_show(arena, entry->paths[i]));
	for (size_t i = 0; i < entry->drop_in_count; i++)
		text = arena_printf(arena, "%s    and adds %s\n", text, str_show(arena, entry->drop_ins[i]));
	return text;
}

const char *catalog_text(struct arena *arena, const struct catalog *catalog)
{
	const char *text = "";

	for (size_t i = 0; i < catalog->count; i++)
		text = arena_printf(arena, "%s%s", text, entry_text(arena, &catalog->entries[i]));
	return text;
}

/* ------------------------------------------------------------ merged */

/* A value that stands in the merged text, and for rules of the file system where they put something. */
struct line {
	enum option_id id;
	const struct value *value;
	const char *destination;
	const struct value *replaced_by; /* of a later layer, with the same destination */
};

static int compare_lines(const void *a, const void *b)
{
	const struct line *one = *(const struct line *const *)a;
	const struct line *two = *(const struct line *const *)b;
	int r = strcmp(one->destination, two->destination);

	if (r != 0)
		return r;
	return one->value->layer < two->value->layer ? -1 : one->value->layer > two->value->layer;
}

/* A later layer's rule for the same destination replaces an earlier one: in one file they would contradict.
 */
static void mark_replaced(struct arena *arena, struct line *lines, size_t count)
{
	struct line **rules = arena_alloc(arena, (count + 1) * sizeof(const void *));
	size_t rule_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (lines[i].destination != NULL)
			rules[rule_count++] = &lines[i];
	}
	if (rule_count > 0)
		qsort(rules, rule_count, sizeof(const void *), compare_lines);
	for (size_t i = rule_count; i > 1; i--) {
		const struct line *later = rules[i - 1];
		struct line *line = rules[i - 2];

		if (!str_eq(line->destination, later->destination))
			continue;
		if (later->replaced_by != NULL)
			line->replaced_by = later->replaced_by;
		else if (line->value->layer < later->value->layer)
			line->replaced_by = later->value;
	}
}

/* A list that is not empty at first, and what was in it is gone: that has to be said again. */
static bool lacks_default(const struct value_list *list, enum option_id id)
{
	if (option_table[id].class != CLASS_LIST || option_table[id].initial == NULL || list->emptied == NULL)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].layer == 0)
			return false;
	}
	return true;
}

static struct line *collect(struct arena *arena, const struct request *request, size_t *ret_count)
{
	struct line *lines = NULL;

	*ret_count = 0;
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct value_list *list = &request->values[id];

		if (lacks_default(list, id)) {
			struct value *nothing = arena_alloc(arena, sizeof(*nothing));

			*nothing = (struct value){.text = "", .origin = list->emptied};
			*ARENA_PUSH(arena, lines, *ret_count) = (struct line){.id = id, .value = nothing};
		}
		for (size_t i = 0; i < list->count; i++) {
			const struct value *value = &list->items[i];

			/* Defaults need not be said, and what was included is here. */
			if (value->layer == 0 || id == OPT_INCLUDE)
				continue;
			*ARENA_PUSH(arena, lines, *ret_count) = (struct line){
				.id = id,
				.value = value,
				.destination = id == OPT_SET
						       ? value->a
						       : value_destination(option_table[id].type, value)};
		}
	}
	mark_replaced(arena, lines, *ret_count);
	return lines;
}

static const char profile_dir[] = "${PROFILE_DIR}";

/* The next ${PROFILE_DIR} that is meant as one, in the text of a value of this type, or NULL. */
static const char *find_profile_dir(enum value_type type, const char *text)
{
	if (!value_has_macros(type))
		return NULL;
	for (const char *at = strstr(text, profile_dir); at != NULL; at = strstr(at + 1, profile_dir)) {
		if (at == text || at[-1] != '$')
			return at;
	}
	return NULL;
}

/* What no value can have in it, unless as an escape. */
static bool is_awkward(const char *dir)
{
	for (const char *s = dir; *s != '\0'; s++) {
		if (iscntrl((unsigned char)*s) || *s == ';')
			return true;
	}
	return dir[0] == '\0' || dir[strlen(dir) - 1] == ' ' || !str_is_utf8(dir, strlen(dir));
}

/* A path as a value that has the escapes of paths. */
static const char *escape_path(struct arena *arena, const char *path)
{
	bool is_utf8 = str_is_utf8(path, strlen(path));
	char *text = arena_alloc(arena, strlen(path) * 4 + 1);
	char *w = text;

	for (const unsigned char *s = (const unsigned char *)path; *s != '\0'; s++) {
		if (*s == ':' || *s == '\\')
			*w++ = '\\';
		if (iscntrl(*s) || *s == ';' || *s == '$' || (*s == ' ' && s[1] == '\0') ||
		    (*s >= 0x80 && !is_utf8))
			w += snprintf(w, sizeof("\\xHH"), "\\x%02x", *s);
		else
			*w++ = (char)*s;
	}
	return text;
}

/* A path as a value that has none: only a "${" must not begin a macro, also not with what is behind it. */
static const char *quote_macros(struct arena *arena, const char *path, char behind)
{
	char *text = arena_alloc(arena, strlen(path) * 2 + 1);
	char *w = text;

	for (const char *s = path; *s != '\0'; s++) {
		if (*s == '$' && (s[1] != '\0' ? s[1] : behind) == '{')
			*w++ = '$';
		*w++ = *s;
	}
	return text;
}

/* Is ${PROFILE_DIR} a path here that the type of value cannot have in it? */
static bool keeps_macro(const struct line *line)
{
	enum value_type type = option_table[line->id].type;
	const char *dir = line->value->profile_dir;

	return find_profile_dir(type, line->value->text) != NULL &&
	       (dir == NULL || (!value_has_escapes(type) && is_awkward(dir)));
}

/* ${PROFILE_DIR} means another directory in another file, so here it is written out. */
static const char *text_of(struct arena *arena, const struct line *line)
{
	enum value_type type = option_table[line->id].type;
	const char *rest = line->value->text;
	const char *text = "";

	if (keeps_macro(line))
		return rest;
	for (const char *at = find_profile_dir(type, rest); at != NULL; at = find_profile_dir(type, rest)) {
		const char *behind = at + strlen(profile_dir);
		const char *dir = line->value->profile_dir;

		dir = value_has_escapes(type) ? escape_path(arena, dir) : quote_macros(arena, dir, *behind);
		text = arena_printf(arena, "%s%.*s%s", text, (int)(at - rest), rest, dir);
		rest = behind;
	}
	return arena_printf(arena, "%s%s", text, rest);
}

static void put_origin(FILE *out, struct arena *arena, const struct line *line)
{
	fprintf(out, "# %s\n", str_show(arena, origin_text(arena, line->value->origin)));
	if (keeps_macro(line))
		fprintf(out, "# here %s is %s\n", profile_dir, str_show(arena, line->value->profile_dir));
	if (line->replaced_by != NULL)
		fprintf(out,
			"# replaced by %s: ", str_show(arena, origin_text(arena, line->replaced_by->origin)));
}

/* Do the words of both stand in one line of the same file? */
static bool is_same_line(const struct line *one, const struct line *two)
{
	const struct origin *a = one->value->origin;
	const struct origin *b = two->value->origin;

	return one->id == two->id && value_is_word(option_table[one->id].type) && a->line == b->line &&
	       str_eq(a->name, b->name);
}

static void put_lines(FILE *out, struct arena *arena, const struct line *lines, size_t count)
{
	const char *section = "";

	for (size_t i = 0; i < count; i++) {
		const struct option_row *row = &option_table[lines[i].id];

		if (!str_eq(section, row->section))
			fprintf(out, "\n[%s]\n", section = row->section);
		put_origin(out, arena, &lines[i]);
		fprintf(out, "%s = %s", row->key, text_of(arena, &lines[i]));
		while (i + 1 < count && !str_is_empty(lines[i].value->text) &&
		       is_same_line(&lines[i], &lines[i + 1]))
			fprintf(out, " %s", text_of(arena, &lines[++i]));
		fprintf(out, "\n");
	}
}

const char *catalog_merged(struct arena *arena, const struct request *request)
{
	char *buffer = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&buffer, &len);
	const char *text;
	struct line *lines;
	size_t count;

	if (out == NULL)
		return "# out of memory\n";
	lines = collect(arena, request, &count);
	fprintf(out, "# Profile %s, merged from:\n", str_show(arena, request->profile));
	for (size_t i = 0; i < request->file_count; i++)
		fprintf(out, "#   %s\n", str_show(arena, request->files[i]));
	put_lines(out, arena, lines, count);
	(void)fclose(out);
	text = arena_strndup(arena, buffer, len);
	free(buffer);
	return text;
}

/* ------------------------------------------------------------ a new one */

const char *catalog_starter(struct arena *arena, const char *name, const char *base)
{
	static const char head[] =
		"# %s.ini - a profile of pinfold. The language: man 5 pinfold-profile.\n"
		"#\n"
		"#   pinfold lint %s                     is it right, and what does it risk?\n"
		"#   pinfold explain -p %s -- PROGRAM    what would the program see?\n"
		"#   pinfold run -p %s -- PROGRAM        run it\n"
		"#\n"
		"# For:    what is it made for?\n"
		"# Open:   what can the program still do?\n"
		"\n"
		"[profile]\n"
		"language = 1\n"
		"description = Made from %s; say here what it is for\n"
		"# What %s says holds here too. Below it is added to, replaced or taken away: take\n"
		"# the # of a line away and change the value.\n"
		"include = %s\n";
	char *buffer = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&buffer, &len);
	const char *section = "profile";
	const char *text;

	if (out == NULL)
		return "# out of memory\n";
	fprintf(out, head, name, name, name, name, base, base, base);
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		if (str_eq(row->section, "profile"))
			continue;
		if (!str_eq(section, row->section))
			fprintf(out, "\n[%s]\n", section = row->section);
		fprintf(out, "\n# %s: %s\n", row->metavar, row->help);
		if (row->initial != NULL)
			fprintf(out, "# (%s unless a profile says otherwise)\n", row->initial);
		fprintf(out, "#%s = %s\n", row->key, row->example);
	}
	(void)fclose(out);
	text = arena_strndup(arena, buffer, len);
	free(buffer);
	return text;
}
