/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_args.c - any words as the command line of run and explain, and of the small commands, one a line of
 * the input.
 *
 * Where the options end is decided here a second time, by the documented rules and without getopt: the
 * program's own words must never be taken for ours, nor the other way round.
 */
#include "cmd/args.h"

#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cmd/flags.h"
#include "paper.h"
#include "plan/plan_build.h"

static const char stock[] = "[filesystem]\nsystem = ro\n[environment]\npass = TERM\nset = PATH=/usr/bin\n";
static const char net[] = "[profile]\ninclude = default\n[network]\nmode = host\n";
static const char wrong[] = "[filesystem]\nroo = /\n";

struct words {
	char **argv;
	size_t argc;
};

static struct words take_words(struct arena *arena, const char *text, size_t size)
{
	const char *end = text + size;
	struct words words = {0};

	*ARENA_PUSH(arena, words.argv, words.argc) = arena_strdup(arena, "run");
	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((newline != NULL ? newline : end) - text);

		*ARENA_PUSH(arena, words.argv, words.argc) = arena_strndup(arena, text, len);
		text = newline != NULL ? newline + 1 : end;
	}
	*ARENA_PUSH(arena, words.argv, words.argc) = NULL;
	words.argc--;
	return words;
}

static void add_profiles(struct paper *paper)
{
	paper_add_file(paper, "default", stock, strlen(stock));
	paper_add_file(paper, "net", net, strlen(net));
	paper_add_file(paper, "./p.ini", net, strlen(net));
	paper_add_file(paper, "wrong", wrong, strlen(wrong));
	paper_add_errno(paper, "secret", 13);
}

/* How many words an option that was taken has: 2 when its value stands in the next one. */
static size_t words_of(const char *word, size_t *settings)
{
	static const char *const plain[] = {"--dry-run", "--trace-denied", "--json", "--detach", "--help"};
	/* With a value, and no keys. */
	static const char *const others[] = {"--profile", "--fd",   "--block-fd", "--status",
					     "--meta",	  "--name", "--log"};

	if (word[1] != '-') {
		size_t at = 1 + strspn(word + 1, "h");

		return word[at] == 'p' && word[at + 1] == '\0' ? 2 : 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (str_eq(word, plain[i]))
			return 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		const size_t len = strlen(others[i]);

		if (str_starts(word, others[i]) && (word[len] == '\0' || word[len] == '='))
			return word[len] == '=' ? 1 : 2;
	}
	++*settings;
	return strchr(word, '=') != NULL ? 1 : 2;
}

/* `given` is what the parser had in its hands. */
static void check_options(const struct words *words, const struct words *given,
			  const struct invocation *invocation)
{
	size_t settings = 0;
	size_t at = 1;

	while (at < words->argc) {
		const char *word = words->argv[at];

		if (word[0] != '-' || word[1] == '\0')
			break;
		if (str_eq(word, "--")) {
			at++;
			break;
		}
		at += words_of(word, &settings);
	}
	MUST(at <= words->argc, "the last option has no value");
	MUST(invocation->setting_count == settings, "%zu settings, not %zu", invocation->setting_count,
	     settings);
	if (at == words->argc)
		MUST(invocation->program == NULL, "%s", invocation->program[0]);
	else
		MUST(invocation->program == given->argv + at, "word %zu", at);
	for (size_t i = 0; i <= words->argc; i++)
		MUST(i == words->argc ? given->argv[i] == NULL : str_eq(given->argv[i], words->argv[i]),
		     "word %zu was moved or changed", i);
}

static void check_settings(const struct invocation *invocation)
{
	for (size_t i = 0; i < invocation->setting_count; i++) {
		const struct setting *setting = &invocation->settings[i];
		const struct option_row *row = &option_table[setting->id];

		MUST(setting->id < OPT_COUNT && setting->text != NULL, "%s", setting->origin);
		if (!str_starts(setting->origin, "--set "))
			MUST(row->alias != NULL && setting->text[0] != '\0' &&
				     str_starts(setting->origin + 2, row->alias),
			     "%s", setting->origin);
	}
}

static int make_plan(struct paper *paper, struct invocation *invocation, struct err *err)
{
	const struct profile_loader loader = paper_loader(paper);

	invocation->host = paper->host;
	if (args_request(paper->arena, invocation, &loader, err) < 0)
		return -1;
	paper_check_request(paper, &invocation->request);
	paper_probe(paper, &invocation->request);
	invocation->host = paper->host;
	return plan_build(&invocation->request, &invocation->host, &invocation->plan, err);
}

/* The same words as those of lint or profiles: of those behind "--" each one is left, and in its order. */
static void check_flags(struct paper *paper, const struct words *words, struct words given)
{
	bool wants_json = false, wants_help = false;
	const char *from = NULL;
	const struct flag flags[] = {{"json", &wants_json, NULL},
				     {"from", NULL, &from},
				     {"help", &wants_help, NULL},
				     {NULL, NULL, NULL}};
	struct err err = {0};
	size_t end = 1;
	char **rest;
	size_t count = 0;

	if (flags_read((int)given.argc, given.argv, flags, &rest, &err) < 0) {
		MUST(err.kind == ERR_USAGE, "%s: %s", err.id, err.msg);
		paper_check_refusal(paper, &err);
		return;
	}
	while (rest[count] != NULL)
		count++;
	MUST(rest + count == given.argv + given.argc, "%zu words are left", count);
	while (end < words->argc && !str_eq(words->argv[end], "--"))
		end += str_eq(words->argv[end], "--from") ? 2 : 1;
	for (size_t i = words->argc; i > end + 1; i--)
		MUST(count > 0 && str_eq(words->argv[i - 1], rest[--count]), "word %zu", i - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct invocation *invocation = arena_alloc(arena, sizeof(*invocation));
	const struct words words = take_words(arena, (const char *)data, size);
	struct words given = take_words(arena, (const char *)data, size);
	struct paper *paper = arena_alloc(arena, sizeof(*paper));
	struct err err = {0};

	paper_init(paper, arena);
	add_profiles(paper);
	check_flags(paper, &words, take_words(arena, (const char *)data, size));
	if (args_parse(arena, (int)given.argc, given.argv, invocation, &err) < 0) {
		MUST(err.kind == ERR_USAGE, "%s: %s", err.id, err.msg);
		paper_check_refusal(paper, &err);
		return 0;
	}
	check_options(&words, &given, invocation);
	check_settings(invocation);
	if (invocation->wants_help)
		return 0;
	if (make_plan(paper, invocation, &err) < 0)
		paper_check_refusal(paper, &err);
	else
		(void)paper_check_plan(paper, &invocation->plan);
	return 0;
}
