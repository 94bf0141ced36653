/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cmd.h - the subcommands. Each takes its own argv (argv[0] is its name) and returns the exit code. */
#ifndef PINFOLD_CMD_CMD_H
#define PINFOLD_CMD_CMD_H

#include "act/lockdown.h"

/* What a command is called with. */
struct cmd_args {
	int argc;
	char **argv;	       /* a copy: the original is overwritten in the sandbox */
	struct argv_area area; /* the original */
};

struct command {
	const char *name;
	int (*run)(const struct cmd_args *args);
	const char *usage; /* behind "pinfold NAME" */
	const char *help;
};

/* In the order in which help shows them; ends with a NULL name. */
extern const struct command command_table[];

int cmd_run(const struct cmd_args *args);
int cmd_explain(const struct cmd_args *args);
int cmd_lint(const struct cmd_args *args);
int cmd_profiles(const struct cmd_args *args);
int cmd_syscalls(const struct cmd_args *args);
int cmd_hold(const struct cmd_args *args);
int cmd_ps(const struct cmd_args *args);
int cmd_kill(const struct cmd_args *args);
int cmd_wait(const struct cmd_args *args);
int cmd_version(const struct cmd_args *args);
int cmd_help(const struct cmd_args *args);

/* The command called `name`, or NULL. */
const struct command *command_find(const char *name);

#endif
