/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* args.c - the command line of run and explain: options are rows of options.def under another name. */
#include "cmd/args.h"

#include <getopt.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/profile.h"

static const char default_profile[] = "default";

/*
 * getopt_long(3) values: rows of options.def from FIRST_ROW on, then those of the command line alone. None is
 * a character: ':' and '?' have meanings of their own.
 */
enum { FIRST_ROW = 256 };
enum {
	VALUE_PROFILE = FIRST_ROW + OPT_COUNT,
	VALUE_SET,
	VALUE_DRY_RUN,
	VALUE_TRACE,
	VALUE_FD,
	VALUE_BLOCK_FD,
	VALUE_STATUS,
	VALUE_META,
	VALUE_JSON,
	VALUE_CALLED,
	VALUE_DETACH,
	VALUE_LOG,
	VALUE_HELP
};

/* The options that are no keys. */
static const struct option fixed[] = {
	{"profile", required_argument, NULL, VALUE_PROFILE},
	{"set", required_argument, NULL, VALUE_SET},
	{"dry-run", no_argument, NULL, VALUE_DRY_RUN},
	{"trace-denied", no_argument, NULL, VALUE_TRACE},
	{"fd", required_argument, NULL, VALUE_FD},
	{"block-fd", required_argument, NULL, VALUE_BLOCK_FD},
	{"status", required_argument, NULL, VALUE_STATUS},
	{"meta", required_argument, NULL, VALUE_META},
	{"json", no_argument, NULL, VALUE_JSON},
	{"name", required_argument, NULL, VALUE_CALLED},
	{"detach", no_argument, NULL, VALUE_DETACH},
	{"log", required_argument, NULL, VALUE_LOG},
	{"help", no_argument, NULL, VALUE_HELP},
};

struct args {
	struct arena *arena;
	struct err *err;
	struct invocation *invocation;
};

enum { MAX_LONG = OPT_COUNT + ARRAY_SIZE(fixed) + 1 };

/* The long options, made of the aliases. */
static void list_options(struct option options[MAX_LONG])
{
	size_t count = 0;

	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		if (option_table[id].alias != NULL)
			options[count++] = (struct option){option_table[id].alias, required_argument, NULL,
							   FIRST_ROW + (int)id};
	}
	memcpy(options + count, fixed, sizeof(fixed));
	count += ARRAY_SIZE(fixed);
	options[count] = (struct option){0};
}

static void add_setting(struct args *args, enum option_id id, const char *text, const char *origin)
{
	*ARENA_PUSH(args->arena, args->invocation->settings, args->invocation->setting_count) =
		(struct setting){.id = id, .text = text, .origin = origin};
}

/* --set SECTION.KEY=VALUE */
static int take_set(struct args *args, const char *text)
{
	const char *equals = strchr(text, '=');
	const char *dot = strchr(text, '.');
	const char *section;
	const char *key;
	enum option_id id;

	if (equals == NULL || dot == NULL || dot > equals) {
		err_set(args->err, ERR_USAGE, "usage.set", 0, "--set %s: it must be SECTION.KEY=VALUE",
			str_show(args->arena, text));
		return err_hint(args->err, "for example --set filesystem.system=none");
	}
	section = arena_strndup(args->arena, text, (size_t)(dot - text));
	key = arena_strndup(args->arena, dot + 1, (size_t)(equals - dot - 1));
	id = option_find(section, key);
	if (id == OPT_COUNT) {
		const char *near_section = option_nearest_section(section);
		const char *near = near_section != NULL ? option_nearest_key(near_section, key) : NULL;

		err_set(args->err, ERR_USAGE, "usage.unknown-key", 0, "--set: there is no key %s.%s",
			str_show(args->arena, section), str_show(args->arena, key));
		if (near != NULL)
			return err_hint(args->err, "did you mean %s.%s?", near_section, near);
		return err_hint(args->err, "pinfold help run lists the keys");
	}
	add_setting(args, id, equals + 1, arena_printf(args->arena, "--set %s.%s", section, key));
	return 0;
}

static int unknown_option(struct args *args, const char *word, const struct option *options)
{
	const char *names[MAX_LONG];
	size_t count = 0;
	const char *near;

	while (options[count].name != NULL) {
		names[count] = options[count].name;
		count++;
	}
	err_set(args->err, ERR_USAGE, "usage.option", 0, "unknown option %s", str_show(args->arena, word));
	near = str_starts(word, "--")
		       ? str_nearest(arena_strndup(args->arena, word + 2, strcspn(word + 2, "=")), names,
				     count)
		       : NULL;
	if (near != NULL)
		return err_hint(args->err, "did you mean --%s?", near);
	return err_hint(args->err, "pinfold help run lists the options; the program's own stand behind --");
}

/* An empty value resets a key in a profile and with --set; here it is a variable of a script that was not
 * set. */
static int take_alias(struct args *args, enum option_id id, const char *text)
{
	const struct option_row *row = &option_table[id];

	if (text[0] == '\0') {
		err_set(args->err, ERR_USAGE, "usage.argument", 0, "--%s needs a value", row->alias);
		return err_hint(args->err, "--set %s.%s= sets it back to nothing or its default",
				row->section, row->key);
	}
	add_setting(args, id, text,
		    arena_printf(args->arena, "--%s %s", row->alias, str_show(args->arena, text)));
	return 0;
}

/* What the caller wants besides the program: a word, which the plan reads. */
static int take_caller(struct args *args, int value, const char *text)
{
	struct request_caller *caller = &args->invocation->caller;

	if (text[0] == '\0') {
		err_set(args->err, ERR_USAGE, "usage.argument", 0, "--%s needs a value",
			fixed[value - VALUE_PROFILE].name);
		return err_hint(args->err, "pinfold help run says which");
	}
	if (value == VALUE_FD)
		*ARENA_PUSH(args->arena, caller->fds, caller->fd_count) = text;
	else if (value == VALUE_BLOCK_FD)
		caller->block_fd = text;
	else if (value == VALUE_STATUS)
		caller->status = text;
	else
		caller->meta = text;
	return 0;
}

static int take_option(struct args *args, int value)
{
	switch (value) {
	case 'p':
	case VALUE_PROFILE:
		args->invocation->profile = optarg;
		return 0;
	case VALUE_SET:
		return take_set(args, optarg);
	case VALUE_DRY_RUN:
		args->invocation->is_dry_run = true;
		return 0;
	case VALUE_TRACE:
		args->invocation->is_traced = true;
		return 0;
	case VALUE_FD:
	case VALUE_BLOCK_FD:
	case VALUE_STATUS:
	case VALUE_META:
		return take_caller(args, value, optarg);
	case VALUE_JSON:
		args->invocation->wants_json = true;
		return 0;
	case VALUE_CALLED:
		args->invocation->entry.name = optarg;
		return 0;
	case VALUE_DETACH:
		args->invocation->entry.is_detached = true;
		return 0;
	case VALUE_LOG:
		args->invocation->entry.log = optarg;
		return 0;
	case 'h':
	case VALUE_HELP:
		args->invocation->wants_help = true;
		return 0;
	default:
		return take_alias(args, (enum option_id)(value - FIRST_ROW), optarg);
	}
}

/* Options up to the first word that is none: what follows is the program's. */
static int take_options(struct args *args, int argc, char **argv)
{
	struct option options[MAX_LONG];

	list_options(options);
	optind = 0; /* glibc: also resets what it knows of an earlier argv */
	opterr = 0;
	for (;;) {
		int at = optind == 0 ? 1 : optind;
		int index = -1;
		int value = getopt_long(argc, argv, "+:p:h", options, &index);

		if (value == -1)
			break;
		if (value == ':') {
			err_set(args->err, ERR_USAGE, "usage.argument", 0, "%s needs a value",
				str_show(args->arena, argv[at]));
			return err_hint(args->err, "pinfold help run says which");
		}
		/* getopt_long takes abbreviations, which the next new option would break. */
		if (value == '?' || (index >= 0 && strcspn(argv[at] + 2, "=") != strlen(options[index].name)))
			return unknown_option(args, argv[at], options);
		if (take_option(args, value) < 0)
			return -1;
	}
	args->invocation->program = optind < argc ? argv + optind : NULL;
	return 0;
}

int args_parse(struct arena *arena, int argc, char **argv, struct invocation *ret, struct err *err)
{
	struct args args = {.arena = arena, .err = err, .invocation = ret};

	*ret = (struct invocation){.profile = default_profile};
	return take_options(&args, argc, argv);
}

int args_request(struct arena *arena, struct invocation *invocation, const struct profile_loader *loader,
		 struct err *err)
{
	struct request *request = &invocation->request;

	request_init(request, arena, &invocation->host);
	request->argv = invocation->program;
	request->is_traced = invocation->is_traced;
	request->caller = invocation->caller;
	request->entry = invocation->entry;
	if (profile_load(request, invocation->profile, loader, err) < 0)
		return invocation->profile == default_profile ? -1 : err_origin(err, "--profile");
	request->layer++;
	for (size_t i = 0; i < invocation->setting_count; i++) {
		const struct setting *setting = &invocation->settings[i];
		struct request_source source = {.origin = {.name = setting->origin}};

		if (request_set(request, setting->id, setting->text, &source, err) < 0)
			return -1;
	}
	return 0;
}
