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

/* What a command takes besides a program's name and the options of keys. */
static const struct usage {
	const char *command, *word, *help;
} usages[] = {
	{"run", "-p, --profile NAME|PATH", "the profile (default: default)"},
	{"run", "--set SECTION.KEY=VALUE", "any key of a profile"},
	{"run", "--dry-run", "show the plan and run nothing"},
	{"run", "--trace-denied", "report which system calls the filter denied, and what would allow them"},
	{"run", "--fd N[,N...]", "descriptors that the program has too, besides 0, 1 and 2"},
	{"run", "--block-fd N", "start the program when a byte can be read from this descriptor"},
	{"run", "--status FILE|fd:N", "write what happens as JSON: created, executing, ended"},
	{"run", "--meta FILE|fd:N", "write how it ended as KEY:VALUE lines, as isolate does"},
	{"run", "--json", "with --dry-run: the plan as JSON"},
	{"run", "--name NAME", "what ps, kill and wait know the sandbox by"},
	{"run", "--detach", "go on in the background, once the program runs; takes a --name"},
	{"run", "--log FILE", "with --detach: what is written is appended to it"},
	{"run", "-h, --help", "this text"},
	{"hold", "NAME", "what ps, kill and wait know it by"},
	{"hold", "-p, --profile NAME|PATH", "the profile (default: default)"},
	{"hold", "--set SECTION.KEY=VALUE", "any key of a profile"},
	{"hold", "--dry-run", "show the plan and start nothing"},
	{"hold", "--json", "with --dry-run: the plan as JSON"},
	{"hold", "-h, --help", "this text; the options of keys are those of run"},
	{"ps", "--json", "the same as JSON"},
	{"ps", "--long", "with each one's init and namespaces"},
	{"ps", "-h, --help", "this text"},
	{"kill", "NAME", "the sandbox, as --name called it"},
	{"kill", "SIGNAL", "a name or number (default: TERM); KILL ends all that is in it"},
	{"kill", "-h, --help", "this text"},
	{"wait", "NAME", "the sandbox, as --name called it"},
	{"wait", "-h, --help", "this text"},
	{"explain", "-p, --profile NAME|PATH", "the profile (default: default)"},
	{"explain", "--set SECTION.KEY=VALUE", "any key of a profile"},
	{"explain", "--json", "the plan as JSON"},
	{"explain", "-h, --help", "this text"},
	{"lint", "PROFILE|FILE", "a name as -p takes it, or the path of a file"},
	{"lint", "--json", "the problems as JSON"},
	{"lint", "--strict", "exit with 1 for warnings too, not for errors alone"},
	{"lint", "-h, --help", "this text"},
	{"profiles", "list", "the profiles, with their files; also when nothing is said"},
	{"profiles", "show NAME", "all that it says with what it includes, and where that stands"},
	{"profiles", "new NAME", "make a profile of yours, to be edited; nothing is overwritten"},
	{"profiles", "--all", "with list: also those that are there to be included (base/...)"},
	{"profiles", "--json", "with list: the list as JSON"},
	{"profiles", "--from PROFILE", "with new: what it builds on (default: default)"},
	{"profiles", "-h, --help", "this text"},
	{"syscalls", "@GROUP", "the calls of that group; without a word, the groups"},
	{"syscalls", "CALL", "its numbers, groups and arguments, and what the stock policy answers"},
	{"syscalls", "--all", "also calls that only other architectures have"},
	{"syscalls", "--json", "the same as JSON"},
	{"syscalls", "--numbers", "with the numbers of calls, and those in the 32-bit ABI"},
	{"syscalls", "-h, --help", "this text"},
};

static bool has_keys(const struct command *command)
{
	return str_eq(command->name, "run") || str_eq(command->name, "explain");
}

static void put_usages(FILE *out, const struct command *command)
{
	const char *head = has_keys(command) ? "\nOptions stand before the program:\n" : "\n";

	for (size_t i = 0; i < ARRAY_SIZE(usages); i++) {
		if (!str_eq(usages[i].command, command->name))
			continue;
		fprintf(out, "%s  %-25s  %s\n", head, usages[i].word, usages[i].help);
		head = "";
	}
}

static void put_overview(FILE *out)
{
	fprintf(out, "pinfold - a rootless sandbox for programs that you do not trust\n\n");
	for (const struct command *command = command_table; command->name != NULL; command++)
		fprintf(out, "  pinfold %s%s%s\n        %s\n", command->name,
			command->usage[0] != '\0' ? " " : "", command->usage, command->help);
	fprintf(out, "\nTry: pinfold run -- ls -la /\n     pinfold explain -- ls -la /\n"
		     "More: pinfold help COMMAND, man pinfold, man 5 pinfold-profile\n");
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
	fprintf(out, "usage: pinfold %s%s%s\n\n%s\n", command->name, command->usage[0] != '\0' ? " " : "",
		command->usage, command->help);
	put_usages(out, command);
	if (has_keys(command))
		put_keys(out);
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
