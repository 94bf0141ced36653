/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profiles.c - pinfold profiles: which there are, what one says in the end, and a new one. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "act/probe.h"
#include "act/probe_watch.h"
#include "act/profile_files.h"
#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/flags.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "plan/catalog.h"
#include "plan/host.h"
#include "plan/request.h"

/* What all three have. */
struct profiles {
	struct arena *arena;
	struct host host;
	bool wants_json, wants_all;
	const char *from;
	const char *name; /* of the profile to be read into request */
	struct request request;
	struct catalog catalog;
	struct probe_watch watch;
	struct err err;
};

/* ------------------------------------------------------------ the list */

static void put_paths(struct arena *arena, struct json *object, const char *key, const char *const *paths,
		      size_t count)
{
	struct json *array = json_put_array(object, key);

	for (size_t i = 0; i < count; i++)
		json_put_string(array, NULL, str_show(arena, paths[i]));
}

static int list_json(struct profiles *p, const struct catalog *catalog)
{
	CLEANUP_FREE char *text = NULL;
	struct json *root, *array;

	if (json_open(&p->err) < 0)
		return report_error(&p->err);
	root = json_new_object();
	json_put_string(root, "schema", "pinfold.profiles/1");
	array = json_put_array(root, "profiles");
	for (size_t i = 0; i < catalog->count; i++) {
		const struct catalog_entry *entry = &catalog->entries[i];
		struct json *object = json_put_object(array, NULL);

		json_put_string(object, "name", str_show(p->arena, entry->name));
		json_put_string(object, "path", str_show(p->arena, entry->paths[0]));
		if (entry->description != NULL)
			json_put_string(object, "description", str_show(p->arena, entry->description));
		if (entry->flaw != NULL)
			json_put_string(object, "flaw", str_show(p->arena, entry->flaw));
		put_paths(p->arena, object, "overrides", entry->paths + 1, entry->path_count - 1);
		put_paths(p->arena, object, "drop_ins", entry->drop_ins, entry->drop_in_count);
	}
	text = json_text(root);
	json_done(root);
	return report_text(arena_printf(p->arena, "%s\n", text));
}

/* For act_probe_watched, as the next one. */
static int read_catalog(void *arg)
{
	struct profiles *p = arg;
	const struct profile_loader loader = act_watched_loader(&p->watch);

	return catalog_read(p->arena, &p->host, &loader, p->wants_all, &p->catalog, &p->err);
}

static int list_profiles(struct profiles *p, char **words)
{
	(void)words;
	if (act_probe_watched(&p->watch, read_catalog, p, &p->err) < 0)
		return report_error(&p->err);
	if (p->wants_json)
		return list_json(p, &p->catalog);
	return report_text(catalog_text(p->arena, &p->catalog));
}

/* ------------------------------------------------------------ one, merged */

static int read_profile(void *arg)
{
	struct profiles *p = arg;
	const struct profile_loader loader = act_watched_loader(&p->watch);

	act_probe_user_dirs(p->arena, &p->host, &p->watch);
	return profile_load(&p->request, p->name, &loader, &p->err);
}

/* Into p->request. */
static int load(struct profiles *p, const char *name)
{
	p->name = name;
	request_init(&p->request, p->arena, &p->host);
	return act_probe_profile_watched(&p->watch, name, read_profile, p, &p->err);
}

static int show_profile(struct profiles *p, char **words)
{
	if (load(p, words[0]) < 0)
		return report_error(&p->err);
	return report_text(catalog_merged(p->arena, &p->request));
}

/* ------------------------------------------------------------ a new one */

static int refuse_name(struct profiles *p, const char *name)
{
	err_set(&p->err, ERR_USAGE, "usage.profile-name", 0, "%s cannot be the name of a profile",
		str_show(p->arena, name));
	err_hint(&p->err,
		 "a name is 1 to 64 letters, digits, dots, - and _, begins with neither . nor - and ends in "
		 "neither .ini nor .d");
	return report_error(&p->err);
}

/* What the new profile is to include: a path is from where we are, not from where the new one will be. */
static const char *choose_base(struct profiles *p)
{
	const struct request *request = &p->request;
	bool is_file = str_eq(request->profile_path, request->profile) || request->profile[0] == '.';
	const char *base = is_file ? request->profile_path : request->profile;

	if (is_file && base[0] != '/')
		base = arena_printf(p->arena, "%s/%s", p->host.cwd != NULL ? p->host.cwd : "", base);
	return base;
}

/* Could a value that is not a path have the text? It has no escapes. */
static bool can_be_written(struct profiles *p, const char *text)
{
	return str_eq(str_show(p->arena, text), text) && strchr(text, ';') == NULL &&
	       strstr(text, "${") == NULL && text[0] != '-' && text[0] != '!' && text[0] != ' ' &&
	       !str_ends(text, " ");
}

static int new_profile(struct profiles *p, char **words)
{
	const char *name = words[0];
	const char *base = p->from != NULL ? p->from : "default";
	const char *path;

	if (!catalog_is_name(name))
		return refuse_name(p, name);
	if (p->host.config == NULL) {
		err_set(&p->err, ERR_HOST, "host.no-home", 0, "there is no home to make the profile in");
		err_hint(&p->err, "set HOME or XDG_CONFIG_HOME");
		return report_error(&p->err);
	}
	/* A profile that builds on one that cannot be read would be of no use. */
	if (load(p, base) < 0) {
		(void)err_origin(&p->err, "--from");
		return report_error(&p->err);
	}
	base = choose_base(p);
	if (!can_be_written(p, base)) {
		err_set(&p->err, ERR_USAGE, "usage.profile-name", 0,
			"%s cannot stand behind include =", str_show(p->arena, base));
		err_hint(&p->err, "give the file a name without ; and escapes, and try again");
		return report_error(&p->err);
	}
	path = arena_printf(p->arena, "%s/pinfold/profiles/%s.ini", p->host.config, name);
	if (act_make_profile(p->arena, path, catalog_starter(p->arena, name, base), &p->err) < 0)
		return report_error(&p->err);
	return report_text(arena_printf(p->arena, "%s\n", str_show(p->arena, path)));
}

/* ------------------------------------------------------------ which of them */

static const struct action {
	const char *word; /* NULL: none is given */
	int (*run)(struct profiles *p, char **words);
	int words; /* that it takes */
	bool has_json, has_from;
	const char *needs;
} actions[] = {
	{NULL, list_profiles, 0, true, false, ""},
	{"list", list_profiles, 0, true, false, ""},
	{"show", show_profile, 1, false, false, "a profile: pinfold profiles show default"},
	{"new", new_profile, 1, false, true, "a name: pinfold profiles new NAME [--from PROFILE]"},
};

static const struct action *find_action(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (word == NULL ? actions[i].word == NULL
				 : actions[i].word != NULL && str_eq(actions[i].word, word))
			return &actions[i];
	}
	return NULL;
}

static int check_use(struct profiles *p, const struct action *action, char *const words[])
{
	int count = 0;

	while (words[count] != NULL)
		count++;
	if (count < action->words) {
		err_set(&p->err, ERR_USAGE, "usage.argument", 0, "pinfold profiles %s needs a name",
			action->word);
		return err_hint(&p->err, "give it %s", action->needs);
	}
	if (count > action->words) {
		err_set(&p->err, ERR_USAGE, "usage.extra", 0, "pinfold profiles %s does not take \"%s\"",
			action->word, str_show(p->arena, words[action->words]));
		return err_hint(&p->err, "one at a time");
	}
	if ((p->from != NULL && !action->has_from) ||
	    ((p->wants_json || p->wants_all) && !action->has_json)) {
		err_set(&p->err, ERR_USAGE, "usage.option", 0, "pinfold profiles%s%s does not take %s",
			action->word != NULL ? " " : "", action->word != NULL ? action->word : "",
			p->from != NULL ? "--from"
			: p->wants_json ? "--json"
					: "--all");
		return err_hint(&p->err, "--json and --all go with the list, --from goes with new");
	}
	return 0;
}

int cmd_profiles(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct profiles p = {.arena = arena};
	bool wants_help = false;
	const struct flag flags[] = {{"json", &p.wants_json, NULL},
				     {"all", &p.wants_all, NULL},
				     {"from", NULL, &p.from},
				     {"help", &wants_help, NULL},
				     {NULL, NULL, NULL}};
	const struct action *action;
	char **words;

	if (flags_read(args->argc, args->argv, flags, &words, &p.err) < 0)
		return report_error(&p.err);
	if (wants_help)
		return help_command("profiles");
	action = find_action(words[0]);
	if (action == NULL) {
		err_set(&p.err, ERR_USAGE, "usage.command", 0, "pinfold profiles has no command %s",
			str_show(arena, words[0]));
		err_hint(&p.err, "there are list, show and new; to see one: pinfold profiles show %s",
			 str_show(arena, words[0]));
		return report_error(&p.err);
	}
	words += action->word != NULL;
	if (check_use(&p, action, words) < 0 || act_probe(arena, &p.host, &p.err) < 0)
		return report_error(&p.err);
	return action->run(&p, words);
}
