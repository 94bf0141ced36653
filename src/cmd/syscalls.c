/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscalls.c - pinfold syscalls: the groups of system calls, what is in one, and all about a call. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/flags.h"
#include "cmd/help.h"
#include "cmd/report.h"
#include "plan/syscall.h"
#include "plan/syscall_text.h"

static void put_number(struct json *object, const char *key, int32_t number)
{
	if (number != SYSCALL_NONE)
		json_put_int(object, key, number);
}

static struct json *put_row(struct json *array, const struct syscall_row *row)
{
	struct json *object = json_put_object(array, NULL);

	json_put_string(object, "name", row->name);
	put_number(object, "number", row->number);
	put_number(object, "compat_number", row->sibling);
	return object;
}

static void put_group(struct json *array, const struct syscall_group *group, const struct syscall_view *view)
{
	struct json *object = json_put_object(array, NULL);
	struct json *calls;

	json_put_string(object, "name", group->name);
	json_put_string(object, "help", group->help);
	calls = json_put_array(object, "calls");
	for (size_t row = 0; row < syscall_table.count; row++) {
		if (syscall_is_shown(&syscall_table, group, row, view))
			(void)put_row(calls, &syscall_table.rows[row]);
	}
}

static void put_stock(struct arena *arena, struct json *array, size_t row)
{
	const struct syscall_answer *answers;
	size_t count = syscall_answers(arena, &syscall_table, row, &answers);

	for (size_t i = 0; i < count; i++) {
		struct json *object = json_put_object(array, NULL);
		struct json *but;

		json_put_string(object, "nested", answers[i].nested);
		json_put_string(object, "answer", answers[i].word);
		but = json_put_array(object, "refused_arguments");
		for (size_t k = 0; k < answers[i].but_count; k++)
			json_put_string(but, NULL, answers[i].but[k]);
	}
}

static void put_call(struct arena *arena, struct json *array, size_t row)
{
	const char *name = syscall_table.rows[row].name;
	struct json *object = put_row(array, &syscall_table.rows[row]);
	struct json *groups = json_put_array(object, "groups");
	struct json *arguments;
	size_t count;
	const struct syscall_arg *args = syscall_args(name, &count);

	for (size_t i = 0; i < syscall_table.group_count; i++) {
		if (syscall_set_has(&syscall_table.groups[i].members, row))
			json_put_string(groups, NULL, syscall_table.groups[i].name);
	}
	put_stock(arena, json_put_array(object, "stock"), row);
	arguments = json_put_array(object, "arguments");
	for (size_t i = 0; i < count; i++) {
		struct json *argument = json_put_object(arguments, NULL);

		json_put_string(argument, "name", args[i].name);
		json_put_int(argument, "index", args[i].index);
	}
}

static int show_json(struct arena *arena, char *const words[], const struct syscall_view *view)
{
	CLEANUP_FREE char *text = NULL;
	struct json *root, *groups, *calls;
	struct err err;

	if (json_open(&err) < 0)
		return report_error(&err);
	root = json_new_object();
	json_put_string(root, "schema", "pinfold.syscalls/1");
	groups = json_put_array(root, "groups");
	calls = json_put_array(root, "calls");
	for (size_t i = 0; words[0] == NULL && i < syscall_table.group_count; i++)
		put_group(groups, &syscall_table.groups[i], view);
	for (size_t i = 0; words[i] != NULL; i++) {
		const struct syscall_group *group = syscall_find_group(&syscall_table, words[i]);

		if (group != NULL)
			put_group(groups, group, view);
		else
			put_call(arena, calls, (size_t)syscall_find(&syscall_table, words[i]));
	}
	text = json_text(root);
	json_done(root);
	return report_text(arena_printf(arena, "%s\n", text));
}

int cmd_syscalls(const struct cmd_args *args)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct syscall_view view = {.has_all = false};
	bool wants_help = false, wants_json = false;
	const struct flag flags[] = {{"all", &view.has_all, NULL},
				     {"json", &wants_json, NULL},
				     {"numbers", &view.has_numbers, NULL},
				     {"help", &wants_help, NULL},
				     {NULL, NULL, NULL}};
	struct err err;
	char **words;

	if (flags_read(args->argc, args->argv, flags, &words, &err) < 0)
		return report_error(&err);
	if (wants_help)
		return help_command("syscalls");
	if (syscall_check_words(arena, &syscall_table, words, &err) < 0)
		return report_error(&err);
	if (wants_json)
		return show_json(arena, words, &view);
	if (words[0] == NULL)
		return report_text(syscall_groups_text(arena, &syscall_table, &view));
	return report_text(syscall_words_text(arena, &syscall_table, words, &view));
}
