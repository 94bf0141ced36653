/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* program.h - the process that becomes the program. */
#ifndef PINFOLD_RUN_PROGRAM_H
#define PINFOLD_RUN_PROGRAM_H

#include <signal.h>

struct err;
struct plan_program;
struct story;

/* After init's fork: the program's steps. A failure goes whole into report_fd, which the exec closes. */
_Noreturn void program_main(struct story *story, int report_fd);

/*
 * Executes the program, looked for as a shell would: a name with a slash is a path, any other is searched
 * for in PATH. Returns only to say why not: ERR_NOT_FOUND or ERR_NOT_EXECUTABLE.
 */
int program_execute(const struct plan_program *program, const sigset_t *mask, struct err *err);

#endif
