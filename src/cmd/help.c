/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help.c - pinfold help: made of the command table and of options.def. */
#include "cmd/help.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/report.h"
#include "plan/option.h"

static void put_keys(FILE *out)
{
	const char *section = "";

	fprintf(out,
		"\nKeys, for profiles and --set; those with an option of their own have it in brackets:\n");
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];

		if (!str_eq(section, row->section))
			fprintf(out, "\n[%s]\n", section = row->section);
		fprintf(out, "  %s = %s", row->key, row->metavar);
		if (row->alias != NULL)
			fprintf(out, "   [--%s]", row->alias);
		fprintf(out, "\n        %s", row->help);
		if (row->initial != NULL)
			fprintf(out, " (default: %s)", row->initial);
		fprintf(out, "\n");
	}
}

static void put_run(FILE *out)
{
	fprintf(out, "\nOptions stand before the program:\n"
		     "  -p, --profile NAME|PATH    the profile (default: default)\n"
		     "  --set SECTION.KEY=VALUE    any key of a profile\n"
		     "  --dry-run                  show the plan and run nothing\n"
		     "  --json                     the plan as JSON\n"
		     "  -h, --help                 this text\n");
	put_keys(out);
}

static void put_overview(FILE *out)
{
	fprintf(out, "pinfold - a rootless sandbox for programs that you do not trust\n\n");
	for (const struct command *command = command_table; command->name != NULL; command++)
		fprintf(out, "  pinfold %-8s %-34s %s\n", command->name, command->usage, command->help);
	fprintf(out, "\nTry: pinfold run -- ls -la /\n     pinfold explain -- ls -la /\n");
}

static int print(void (*put)(FILE *out, const struct command *command), const struct command *command)
{
	CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err err;

	if (out == NULL) {
		err_set(&err, ERR_SYSTEM, "system.memory", 0, "out of memory");
		return report_error(&err);
	}
	put(out, command);
	(void)fclose(out);
	return report_text(text);
}

static void put_command(FILE *out, const struct command *command)
{
	if (command == NULL) {
		put_overview(out);
		return;
	}
	fprintf(out, "usage: pinfold %s %s\n\n%s\n", command->name, command->usage, command->help);
	if (str_eq(command->name, "run") || str_eq(command->name, "explain"))
		put_run(out);
}

int help_command(const char *name)
{
	return print(put_command, command_find(name));
}

int cmd_help(const struct cmd_args *args)
{
	const struct command *command = args->argc > 1 ? command_find(args->argv[1]) : NULL;
	int extra = report_extra(args->argc, args->argv, 1);
	struct err err;

	if (extra != 0)
		return extra;
	if (args->argc > 1 && command == NULL) {
		CLEANUP_ARENA struct arena *arena = arena_new();

		err_set(&err, ERR_USAGE, "usage.command", 0, "there is no command %s",
			str_show(arena, args->argv[1]));
		err_hint(&err, "pinfold help lists the commands");
		return report_error(&err);
	}
	return print(put_command, command);
}
