/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* problem.c - all that is wrong with a profile. */
#include "plan/problem.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static bool is_same(const struct problem *problem, bool is_warning, const struct err *err)
{
	return problem->is_warning == is_warning && problem->err.line == err->line &&
	       problem->err.column == err->column && str_eq(problem->err.origin, err->origin) &&
	       str_eq(problem->err.msg, err->msg);
}

/* Returns false when there is no room for it. */
static bool keep(struct problems *problems, bool is_warning, const struct err *err)
{
	/* Each kind has room of its own: an error must not be lost behind warnings. */
	size_t kept = is_warning ? problems->count - problems->errors : problems->errors;

	for (size_t i = 0; i < problems->count; i++) {
		if (is_same(&problems->items[i], is_warning, err))
			return true;
	}
	if (kept >= PROBLEMS_MAX) {
		problems->has_more = true;
		return false;
	}
	*ARENA_PUSH(problems->arena, problems->items, problems->count) =
		(struct problem){.is_warning = is_warning, .err = *err};
	problems->errors += !is_warning;
	return true;
}

int problems_take(struct problems *problems, const struct err *err)
{
	return problems != NULL && keep(problems, false, err) ? 0 : -1;
}

void problems_warn(struct problems *problems, const struct err *err)
{
	(void)keep(problems, true, err);
}

/* A problem with its place in the order of the files and of arrival, so that the sort is stable. */
struct place {
	size_t file, at;
	const struct problem *problem;
};

static int compare(const void *a, const void *b)
{
	const struct place *one = a;
	const struct place *two = b;
	const struct err *err = &one->problem->err;
	const struct err *other = &two->problem->err;

	if (one->file != two->file)
		return one->file < two->file ? -1 : 1;
	if (err->line != other->line)
		return err->line < other->line ? -1 : 1;
	if (err->column != other->column)
		return err->column < other->column ? -1 : 1;
	return one->at < two->at ? -1 : 1;
}

void problems_sort(struct problems *problems)
{
	size_t count = problems->count;
	struct place *places = arena_alloc(problems->arena, (count + 1) * sizeof(places[0]));
	struct problem *sorted = arena_alloc(problems->arena, (count + 1) * sizeof(sorted[0]));

	for (size_t i = 0; i < count; i++) {
		const char *file = problems->items[i].err.origin;
		size_t first = 0;

		while (!str_eq(problems->items[first].err.origin, file))
			first++;
		places[i] = (struct place){.file = first, .at = i, .problem = &problems->items[i]};
	}
	qsort(places, count, sizeof(places[0]), compare);
	for (size_t i = 0; i < count; i++)
		sorted[i] = *places[i].problem;
	problems->items = sorted;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

const char *problems_text(struct arena *arena, const struct problems *problems)
{
	size_t errors = problems->errors;
	size_t warnings = problems->count - errors;
	const char **lines = arena_alloc(arena, (problems->count + 1) * sizeof(lines[0]));
	size_t len = 0;
	char *text;

	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *problem = &problems->items[i];
		const struct err *err = &problem->err;

		lines[i] = arena_printf(
			arena, "%s%s%s: %s [%s]\n", str_harmless(arena, err_where(arena, err)),
			err->origin[0] != '\0' ? ": " : "", problem->is_warning ? "warning" : "error",
			str_harmless(arena, err->msg), err->id);
		if (err->hint[0] != '\0')
			lines[i] = arena_printf(arena, "%s    hint: %s\n", lines[i],
						str_harmless(arena, err->hint));
		len += strlen(lines[i]);
	}
	text = arena_alloc(arena, len + 1);
	len = 0;
	for (size_t i = 0; i < problems->count; i++) {
		memcpy(text + len, lines[i], strlen(lines[i]));
		len += strlen(lines[i]);
	}
	if (problems->count == 0)
		return text;
	return arena_printf(arena, "%s%zu error%s, %zu warning%s%s\n", text, errors, plural(errors), warnings,
			    plural(warnings), problems->has_more ? "; more are not shown" : "");
}
