/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* main.c - the command table. */
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/report.h"

const struct command command_table[] = {
	{"run", cmd_run, "[OPTIONS] [--] PROGRAM [ARG...]", "run a program, confined by a profile"},
	{"explain", cmd_explain, "[OPTIONS] [[--] PROGRAM [ARG...]]",
	 "show what run would do, and do nothing"},
	{"hold", cmd_hold, "NAME [OPTIONS]", "keep a sandbox without a program, in the background"},
	{"ps", cmd_ps, "[--json] [--long]", "list the running sandboxes that have a name"},
	{"kill", cmd_kill, "NAME [SIGNAL]", "send a signal to the program of a running sandbox"},
	{"wait", cmd_wait, "NAME", "wait for the end of a running sandbox, and exit as its program did"},
	{"lint", cmd_lint, "[--json] [--strict] PROFILE|FILE...",
	 "say all that is wrong with profiles, and what they risk"},
	{"profiles", cmd_profiles, "[list] [--json] [--all] | show NAME | new NAME [--from PROFILE]",
	 "list the profiles, show one with all it includes, begin a new one"},
	{"syscalls", cmd_syscalls, "[--json] [--all] [--numbers] [@GROUP|CALL...]",
	 "list the system calls and groups that [seccomp] can name"},
	{"version", cmd_version, "", "show the version, and those of the libraries"},
	{"help", cmd_help, "[COMMAND]", "show help"},
	{NULL, NULL, NULL, NULL},
};

/* Commands that are looked for as options too. */
static const char *const other_names[][2] = {{"--version", "version"}, {"--help", "help"}, {"-h", "help"}};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(other_names); i++) {
		if (str_eq(name, other_names[i][0]))
			name = other_names[i][1];
	}
	for (const struct command *command = command_table; command->name != NULL; command++) {
		if (str_eq(command->name, name))
			return command;
	}
	return NULL;
}

static int unknown_command(struct arena *arena, const char *name)
{
	const char *names[sizeof(command_table) / sizeof(command_table[0]) - 1];
	const char *near;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		names[i] = command_table[i].name;
	near = str_nearest(name, names, ARRAY_SIZE(names));
	err_set(&err, ERR_USAGE, "usage.command", 0, "unknown command %s", str_show(arena, name));
	if (near != NULL)
		err_hint(&err, "did you mean %s?", near);
	else
		err_hint(&err, "to run a program: pinfold run -- %s", str_show(arena, name));
	return report_error(&err);
}

int main(int argc, char *argv[])
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct cmd_args args = {.argc = argc - 1};
	const struct command *command;

	if (argc < 1)
		return 125;
	if (argc < 2) {
		struct err err;

		err_set(&err, ERR_USAGE, "usage.command", 0, "no command given");
		err_hint(&err, "pinfold help lists the commands; pinfold run -- PROGRAM runs one");
		return report_error(&err);
	}
	/* The sandbox's init overwrites what the kernel shows of argv, so everything works on a copy. */
	args.area.start = argv[0];
	args.area.len = (size_t)(argv[argc - 1] - argv[0]) + strlen(argv[argc - 1]) + 1;
	args.argv = arena_alloc(arena, (size_t)argc * sizeof(args.argv[0]));
	for (int i = 1; i < argc; i++)
		args.argv[i - 1] = arena_strdup(arena, argv[i]);
	command = command_find(args.argv[0]);
	if (command == NULL)
		return unknown_command(arena, args.argv[0]);
	return command->run(&args);
}
