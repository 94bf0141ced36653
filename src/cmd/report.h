/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.h - errors to people and to exit codes. */
#ifndef PINFOLD_CMD_REPORT_H
#define PINFOLD_CMD_REPORT_H

struct err;

/* Prints the error, with its origin, step and hint, to standard error; returns the exit code of its kind. */
int report_error(const struct err *err);

/* For a command that takes `max` words: reports a further one. Returns 0, or the exit code. */
int report_extra(int argc, char *const argv[], int max);

/* Prints a warning to standard error. */
void report_warning(const char *text);

/* Writes text to standard output. Returns 0, or 125 when it cannot be written, which is then reported. */
int report_text(const char *text);

#endif
