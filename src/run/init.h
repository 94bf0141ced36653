/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* init.h - process 1 of the sandbox. */
#ifndef PINFOLD_RUN_INIT_H
#define PINFOLD_RUN_INIT_H

struct story;

/*
 * After the clone: does init's steps, forks the program, then reaps whatever is orphaned until the program
 * ends, gives it the signals that the supervisor passes on, and reports how it ended. Its exit ends every
 * process of the sandbox.
 */
_Noreturn void init_main(struct story *story);

#endif
