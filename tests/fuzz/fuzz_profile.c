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
 */
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "paper.h"
#include "plan/plan_build.h"
#include "plan/reader.h"

struct input {
	struct paper paper;
	struct arena *arena;
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
	static const char set[] = "#set ", word[] = "#argv ", host[] = "#host ", number[] = "#errno ";
	char *text = arena_strndup(input->arena, line, len);

	if (str_starts(text, set))
		*ARENA_PUSH(input->arena, input->settings, input->setting_count) = text + strlen(set);
	else if (str_starts(text, word))
		*ARENA_PUSH(input->arena, input->argv, input->argc) = text + strlen(word);
	else if (str_starts(text, host))
		paper_set_host(&input->paper, text + strlen(host));
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
	struct reader_entries entries;
	struct err err;
	size_t at = 0;

	if (file->errnum != 0)
		return;
	if (reader_read(input->arena, "x.ini", file->text, file->len, &entries, &err) < 0) {
		MUST(err.kind == ERR_CONFIG && str_starts(err.origin, "x.ini:"), "%s: %s", err.origin,
		     err.msg);
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
	struct request_source source = {.origin = "--set"};
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
	if (profile_load(request, "./profile.ini", &loader, err) < 0)
		return -1;
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

/* Returns the plan as text, or NULL for what is refused. */
static const char *run(struct arena *arena, const uint8_t *data, size_t size, bool is_again)
{
	struct input *input = arena_alloc(arena, sizeof(*input));
	struct request *request = arena_alloc(arena, sizeof(*request));
	struct plan plan;
	struct err err = {0};

	input->arena = arena;
	paper_init(&input->paper, arena);
	take_input(input, (const char *)data, size);
	for (size_t i = 0; i < input->paper.file_count && !is_again; i++)
		check_reader(input, &input->paper.files[i]);
	if (make_plan(input, request, &plan, &err) < 0) {
		paper_check_refusal(&input->paper, &err);
		return NULL;
	}
	if (!is_again)
		paper_check_json(&input->paper, &plan);
	return paper_check_plan(&input->paper, &plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *text = run(arena, data, size, false);

	if (text != NULL) {
		CLEANUP_ARENA struct arena *other = arena_new();

		MUST(str_eq(run(other, data, size, true), text), "two plans of one input: %s", text);
	}
	return 0;
}
