/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* program.h - the process that becomes the program. */
#ifndef PINFOLD_RUN_PROGRAM_H
#define PINFOLD_RUN_PROGRAM_H

#include <sys/types.h>

struct err;
struct plan_program;
struct story;

/* What the process that becomes the program is started with. */
struct program_start {
	struct story *story;
	int report_fd; /* a failure goes whole into it; the exec closes it */
	pid_t pid;     /* filled by the program's process: as the sandbox numbers it */
};

/*
 * The program's steps, for sys_spawn: `start` is a struct program_start. The memory is init's, who waits: so
 * nothing is changed in it that init still needs. Does not return.
 */
int program_main(void *start);

/*
 * Executes the program, looked for as a shell would: a name with a slash is a path, any other is searched
 * for in PATH. Returns only to say why not: ERR_NOT_FOUND or ERR_NOT_EXECUTABLE.
 */
int program_execute(const struct plan_program *program, struct err *err);

#endif
