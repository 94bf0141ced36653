/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_profile.c - any text as a profile: it is refused as it should be, or its plan holds together.
 *
 * The input is the profile, and with it the files that it may include and what else there is to a run, on
 * lines that are comments in the language:
 *
 *   #file NAME          what follows is another file (paper.h says where it is)
 *   #errno NAME N       a file that cannot be read
 *   #host LETTERS       another machine
 *   #set KEY=VALUE      as --set on the command line; KEY is section.key
 *   #argv WORD          the program, then its arguments
 *   #profile NAME       the profile to run with, instead of this text
 */
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "paper.h"
#include "plan/catalog.h"
#include "plan/explain.h"
#include "plan/lint.h"
#include "plan/plan_build.h"
#include "plan/reader.h"

struct input {
	struct paper paper;
	struct arena *arena;
	const char *profile;
	const char **settings;
	size_t setting_count;
	char **argv;
	size_t argc;
};

/* ------------------------------------------------------------ the input */

static void take_errno(struct input *input, char *text)
{
	char *blank = strrchr(text, ' ');

	if (blank == NULL || blank == text)
		return;
	*blank = '\0';
	paper_add_errno(&input->paper, text, 1 + (int)(strtoul(blank + 1, NULL, 10) % 132));
}

/* A line of those above, but for #file. */
static void take_directive(struct input *input, const char *line, size_t len)
{
	static const char set[] = "#set ", word[] = "#argv ", host[] = "#host ", number[] = "#errno ",
			  profile[] = "#profile ";
	char *text = arena_strndup(input->arena, line, len);

	if (str_starts(text, set))
		*ARENA_PUSH(input->arena, input->settings, input->setting_count) = text + strlen(set);
	else if (str_starts(text, word))
		*ARENA_PUSH(input->arena, input->argv, input->argc) = text + strlen(word);
	else if (str_starts(text, host))
		paper_set_host(&input->paper, text + strlen(host));
	else if (str_starts(text, profile))
		input->profile = text + strlen(profile);
	else if (str_starts(text, number))
		take_errno(input, text + strlen(number));
}

static void take_input(struct input *input, const char *text, size_t size)
{
	static const char mark[] = "#file ";
	const char *end = text + size;
	const char *start = text;
	const char *name = "./profile.ini";

	for (const char *line = text; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((newline != NULL ? newline : end) - line);

		if (len > strlen(mark) && memcmp(line, mark, strlen(mark)) == 0) {
			paper_add_file(&input->paper, name, start, (size_t)(line - start));
			name = arena_strndup(input->arena, line + strlen(mark), len - strlen(mark));
			start = newline != NULL ? newline + 1 : end;
		} else if (len > 0 && line[0] == '#') {
			take_directive(input, line, len);
		}
		line = newline != NULL ? newline + 1 : end;
	}
	paper_add_file(&input->paper, name, start, (size_t)(end - start));
	if (input->argc > 0)
		*ARENA_PUSH(input->arena, input->argv, input->argc) = NULL;
}

/* ------------------------------------------------------------ the reader */

/* What the reader takes, it takes line for line: nothing more, nothing less. */
static void check_reader(struct input *input, const struct paper_file *file)
{
	const struct reader_text text = {.name = "x.ini", .bytes = file->text, .len = file->len};
	struct reader_entries entries;
	struct err err;
	size_t at = 0;

	if (file->errnum != 0)
		return;
	if (reader_read(input->arena, &text, NULL, &entries, &err) < 0) {
		MUST(err.kind == ERR_CONFIG && str_eq(err.origin, "x.ini") && err.line > 0, "%s: %s",
		     err.origin, err.msg);
		return;
	}
	for (size_t i = 0; i < file->line_count; i++) {
		const struct paper_line *line = &file->lines[i];
		const struct reader_entry *entry;

		if (line->key == NULL && line->value[0] != '[')
			continue;
		MUST(at < entries.count, "line %zu is lost", i + 1);
		entry = &entries.items[at++];
		MUST(entry->line == i + 1, "line %zu", i + 1);
		MUST(str_eq(entry->section, line->section), "line %zu: [%s]", i + 1, entry->section);
		MUST((entry->key == NULL) == (line->key == NULL), "line %zu", i + 1);
		if (line->key != NULL)
			MUST(str_eq(entry->key, line->key) && str_eq(entry->value, line->value),
			     "line %zu: %s = %s", i + 1, entry->key, entry->value);
	}
	MUST(at == entries.count, "%zu entries of %zu lines", entries.count, at);
}

/* ------------------------------------------------------------ the plan */

static int apply_setting(struct input *input, struct request *request, const char *text, struct err *err)
{
	struct request_source source = {.origin = {.name = "--set"}};
	const char *dot = strchr(text, '.');
	const char *equals = strchr(text, '=');
	enum option_id id = OPT_COUNT;

	if (dot != NULL && equals != NULL && dot < equals)
		id = option_find(arena_strndup(input->arena, text, (size_t)(dot - text)),
				 arena_strndup(input->arena, dot + 1, (size_t)(equals - dot - 1)));
	return id == OPT_COUNT ? 0 : request_set(request, id, equals + 1, &source, err);
}

static int make_plan(struct input *input, struct request *request, struct plan *plan, struct err *err)
{
	const struct profile_loader loader = paper_loader(&input->paper);

	request_init(request, input->arena, &input->paper.host);
	if (profile_load(request, input->profile, &loader, err) < 0)
		return err_origin(err, "--profile");
	request->layer++;
	request->argv = input->argv;
	for (size_t i = 0; i < input->setting_count; i++) {
		if (apply_setting(input, request, input->settings[i], err) < 0)
			return -1;
	}
	paper_check_request(&input->paper, request);
	paper_probe(&input->paper, request);
	return plan_build(request, &input->paper.host, plan, err);
}

/* ------------------------------------------------------------ lint, and the profile merged */

/* Lint finds what a run refuses, and refuses nothing else. */
static void check_lint(struct input *input, const struct err *refusal)
{
	const struct profile_loader loader = paper_loader(&input->paper);
	struct request *request = arena_alloc(input->arena, sizeof(*request));
	struct problems problems = {.arena = input->arena};
	struct err err;
	bool is_found = refusal == NULL;

	request_init(request, input->arena, &input->paper.host);
	request->problems = &problems;
	if (profile_load(request, input->profile, &loader, &err) < 0) {
		(void)err_origin(&err, "--profile");
		(void)!problems_take(&problems, &err);
	} else {
		paper_check_request(&input->paper, request);
		paper_probe(&input->paper, request);
		lint_request(request, &input->paper.host, &problems);
		lint_build(request, &input->paper.host, NULL, &problems);
	}
	paper_check_problems(&input->paper, &problems);
	if (input->setting_count > 0 || input->argc > 0 || problems.count >= PROBLEMS_MAX)
		return; /* lint knows profiles alone */
	MUST((problems.errors == 0) == (refusal == NULL), "%zu errors, but %s", problems.errors,
	     refusal != NULL ? refusal->msg : "a run takes it");
	for (size_t i = 0; i < problems.count; i++) {
		const struct err *found = &problems.items[i].err;

		/* Of a drop-in that cannot be read a run says who includes the profile. */
		is_found = is_found || (str_eq(found->id, refusal->id) && str_eq(found->msg, refusal->msg) &&
					(found->line == refusal->line || found->line == 0));
	}
	MUST(is_found, "lint misses what a run says: %s", refusal->msg);
}

/* The plan as text, without the origins. */
static const char *without_origins(struct arena *arena, const char *text)
{
	char *out = arena_alloc(arena, strlen(text) + 1);
	char *w = out;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		size_t cut = len;

		for (size_t i = 0; i + 2 < len && text[len - 1] == ']'; i++)
			cut = memcmp(text + i, "  [", 3) == 0 ? i : cut;
		memcpy(w, text, cut);
		w += cut;
		*w++ = '\n';
		text += len + (text[len] == '\n');
	}
	return out;
}

/*
 * Do the rules come from several layers? Of those a later one may replace what an earlier one made, and of a
 * group of pieces or a home not all: one file cannot say that.
 */
static bool has_layers(const struct request *request)
{
	unsigned int layer = 0;

	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct value_list *list = &request->values[id];

		if (!str_eq(option_table[id].section, "filesystem") &&
		    !str_eq(option_table[id].section, "home"))
			continue;
		for (size_t i = 0; i < list->count; i++) {
			if (list->items[i].layer > 0 && layer > 0 && list->items[i].layer != layer)
				return true;
			layer = list->items[i].layer > 0 ? list->items[i].layer : layer;
		}
	}
	return false;
}

/* The merged profile, read as a file of its own, gives the same plan. */
static void check_merged(struct input *input, const struct request *request, const char *text)
{
	struct arena *arena = input->arena;
	const char *merged = catalog_merged(arena, request);
	struct request *again = arena_alloc(arena, sizeof(*again));
	struct paper paper = input->paper;
	struct profile_loader loader = paper_loader(&paper);
	struct plan plan;
	struct err err;
	const char *other;

	if (input->setting_count > 0)
		return; /* they are not from any file */
	paper.files = NULL;
	paper.file_count = 0;
	/* In its place, since a home that is kept goes by that. */
	paper_add_file(&paper, request->files[0], merged, strlen(merged));
	request_init(again, arena, &paper.host);
	MUST(profile_load(again, input->profile, &loader, &err) == 0, "%s (%u): %s", err.msg, err.line,
	     merged);
	again->argv = input->argv;
	if (has_layers(request))
		return;
	MUST(plan_build(again, &paper.host, &plan, &err) == 0, "%s (%u): %s", err.msg, err.line, merged);
	other = without_origins(arena, explain_text(arena, &plan));
	MUST(str_eq(other, without_origins(arena, text)), "%s\n--- merged:\n%s\n--- gives:\n%s", text, merged,
	     other);
}

static void check_catalog(struct input *input)
{
	const struct profile_loader loader = paper_loader(&input->paper);
	struct catalog catalog;
	struct err err;

	if (catalog_read(input->arena, &input->paper.host, &loader, true, &catalog, &err) == 0)
		paper_check_harmless(catalog_text(input->arena, &catalog));
	else
		paper_check_refusal(&input->paper, &err);
}

/* ------------------------------------------------------------ the whole */

static struct input *read_input(struct arena *arena, const uint8_t *data, size_t size)
{
	struct input *input = arena_alloc(arena, sizeof(*input));

	input->arena = arena;
	input->profile = "./profile.ini";
	paper_init(&input->paper, arena);
	take_input(input, (const char *)data, size);
	return input;
}

/* Returns the plan as text, or NULL for what is refused. */
static const char *run(struct arena *arena, const uint8_t *data, size_t size)
{
	struct input *input = read_input(arena, data, size);
	struct request *request = arena_alloc(arena, sizeof(*request));
	struct plan plan;
	struct err err = {0};
	const char *text;

	for (size_t i = 0; i < input->paper.file_count; i++)
		check_reader(input, &input->paper.files[i]);
	check_catalog(input);
	if (make_plan(input, request, &plan, &err) < 0) {
		paper_check_refusal(&input->paper, &err);
		check_lint(read_input(arena, data, size), &err);
		return NULL;
	}
	paper_check_json(&input->paper, &plan);
	text = paper_check_plan(&input->paper, &plan);
	check_merged(input, request, text);
	check_lint(read_input(arena, data, size), NULL);
	return text;
}

/* The same once more, for the same plan. */
static const char *run_again(struct arena *arena, const uint8_t *data, size_t size)
{
	struct input *input = read_input(arena, data, size);
	struct request *request = arena_alloc(arena, sizeof(*request));
	struct plan plan;
	struct err err = {0};

	MUST(make_plan(input, request, &plan, &err) == 0, "refused the second time: %s", err.msg);
	return explain_text(arena, &plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *text = run(arena, data, size);

	if (text != NULL) {
		CLEANUP_ARENA struct arena *other = arena_new();

		MUST(str_eq(run_again(other, data, size), text), "two plans of one input: %s", text);
	}
	return 0;
}
