/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ps.c - pinfold ps: the running sandboxes that have a name. */
#include <stdlib.h>
#include <time.h>

#include "act/registry.h"
#include "act/weigh.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/flags.h"
#include "cmd/help.h"
#include "cmd/named.h"
#include "cmd/report.h"

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int list(struct arena *arena, struct entry **ret_entries, size_t *ret_count, struct err *err)
{
	const char *base = named_base(arena, err);
	CLEANUP_FD int dir_fd = -1;

	*ret_entries = NULL;
	*ret_count = 0;
	if (base == NULL || act_registry_open(base, false, &dir_fd, err) < 0)
		return -1;
	if (dir_fd < 0)
		return 0;
	if (act_registry_list(arena, dir_fd, ret_entries, ret_count, err) < 0)
		return -1;
	return *ret_count == 0 ? 0 : act_weigh(arena, *ret_entries, *ret_count, err);
}

static const char *phase(const struct entry *entry)
{
	if (!entry->is_there)
		return "starting";
	return entry->is_held ? "held" : "executing";
}

static void put_entry(struct json *parent, const struct entry *entry, int64_t now)
{
	struct json *object = json_put_object(parent, NULL);
	struct json *part;

	json_put_string(object, "name", entry->name);
	json_put_string(object, "phase", phase(entry));
	if (entry->supervisor > 0)
		json_put_int(object, "supervisor", entry->supervisor);
	if (!entry->is_there)
		return;
	json_put_int(object, "init", entry->init);
	json_put_int(object, "started_ns", entry->started_ns);
	json_put_int(object, "uptime_ns", now - entry->since_ns);
	json_put_int(object, "memory", (int64_t)entry->memory);
	json_put_string(object, "profile", entry->profile);
	part = json_put_array(object, "command");
	for (size_t i = 0; i < entry->argc; i++)
		json_put_string(part, NULL, entry->argv[i]);
	json_put_bool(object, "command_is_cut", entry->is_cut);
	part = json_put_object(object, "namespaces");
	for (size_t i = 0; i < SPACE_COUNT; i++) {
		if (entry->inodes[i] != 0)
			json_put_int(part, space_table[i].name, (int64_t)entry->inodes[i]);
	}
}

static int show_json(struct arena *arena, const struct entry *entries, size_t count)
{
	CLEANUP_FREE char *text = NULL;
	struct json *root, *array;
	struct err err;

	if (json_open(&err) < 0)
		return report_error(&err);
	root = json_new_object();
	json_put_string(root, "schema", "pinfold.ps/1");
	array = json_put_array(root, "sandboxes");
	for (size_t i = 0; i < count; i++)
		put_entry(array, &entries[i], now_ns());
	text = json_text(root);
	json_done(root);
	return report_text(arena_printf(arena, "%s\n", text));
}

int cmd_ps(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	bool wants_help = false, wants_json = false, is_long = false;
	const struct flag flags[] = {{"json", &wants_json, NULL},
				     {"long", &is_long, NULL},
				     {"help", &wants_help, NULL},
				     {NULL, NULL, NULL}};
	struct entry *entries;
	struct err err;
	size_t count;
	char **words;

	if (flags_read(args->argc, args->argv, flags, &words, &err) < 0)
		return report_error(&err);
	if (wants_help)
		return help_command("ps");
	if (words[0] != NULL) {
		err_set(&err, ERR_USAGE, "usage.extra", 0, "pinfold ps does not take \"%s\"", words[0]);
		err_hint(&err, "pinfold help lists the commands and what they take");
		return report_error(&err);
	}
	if (list(arena, &entries, &count, &err) < 0)
		return report_error(&err);
	if (wants_json)
		return show_json(arena, entries, count);
	return report_text(entry_table(arena, entries, count, now_ns(), is_long));
}
