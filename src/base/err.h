/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* err.h - the one error every floor above sys reports with. */
#ifndef PINFOLD_BASE_ERR_H
#define PINFOLD_BASE_ERR_H

#include <limits.h>

struct arena;

/* What kind of failure it was; cmd/ maps each to an exit code in one table. */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,	    /* the command line is wrong */
	ERR_CONFIG,	    /* a profile is wrong: origin has file:line */
	ERR_HOST,	    /* the kernel or an administrator's setting says no: always has a hint */
	ERR_SYSTEM,	    /* a call failed that should not have */
	ERR_NOT_EXECUTABLE, /* the program was found and cannot be executed */
	ERR_NOT_FOUND,	    /* the program was not found */
	ERR_LIMIT,	    /* a limit of the profile ended the program */
	ERR_BUG,	    /* pinfold itself is wrong */
	ERR_KIND_COUNT
};

/*
 * Fixed size and without pointers, so that it crosses a fork whole in one write. Its size stays
 * below PIPE_BUF (4096 on Linux): a write of it is atomic.
 */
struct err {
	enum err_kind kind;
	int errnum;	     /* a positive errno, or 0 */
	char id[32];	     /* stable and documented, like "host.userns-disabled" */
	char step[16];	     /* the story's step, when one was under way */
	char origin[1024];   /* the file or the option that asked for it */
	unsigned int line;   /* in that file, counted from 1; 0: none */
	unsigned int column; /* in that line, counted from 1 in bytes; 0: not known */
	char msg[384];
	char hint[256];
};

_Static_assert(sizeof(struct err) < 4096, "an error must be one atomic pipe write");

/*
 * Each of these returns -1, so that callers can `return err_set(...)`; the value stands in the header, where
 * compilers and analyzers see that a failed call does not go on.
 */
static inline int err_failed(void)
{
	return -1;
}

/*
 * Fills *err: kind, stable id, errno (0 for none; its text is appended to the message) and a
 * printf-style message. Overlong text is cut.
 */
#define err_set(...) (err_fill(__VA_ARGS__), err_failed())
void err_fill(struct err *err, enum err_kind kind, const char *id, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 5, 6), cold));

/* Says what to do about it. Replaces an earlier hint. */
#define err_hint(...) (err_fill_hint(__VA_ARGS__), err_failed())
void err_fill_hint(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));

/* Says where it was asked for (an option, a few words); a NULL or a second origin is ignored. */
#define err_origin(...) err_at(__VA_ARGS__, 0, 0)

/* The same for a line of a file; line or column 0: not known. Of an overlong path the head is cut. */
#define err_at(...) (err_fill_origin(__VA_ARGS__), err_failed())
void err_fill_origin(struct err *err, const char *name, unsigned int line, unsigned int column)
	__attribute__((cold));

/* Where it is: "file:line:column", or as much of that as is known; in the arena, or the error's own. */
const char *err_where(struct arena *arena, const struct err *err);

/* Puts context in front of the message ("mount /usr: ..."). */
#define err_prefix(...) (err_fill_prefix(__VA_ARGS__), err_failed())
void err_fill_prefix(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3), cold));

#endif
