/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* help.h - help texts, made of the tables. */
#ifndef PINFOLD_CMD_HELP_H
#define PINFOLD_CMD_HELP_H

#include "cmd/cmd.h"

/* Prints the help of a command. Returns the exit code. */
int help_command(const char *name);

#endif
