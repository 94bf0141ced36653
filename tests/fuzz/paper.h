/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paper.h - what the fuzz targets share: files in memory, a host made up on paper, and what must hold of
 * every answer, be it a plan or a refusal.
 *
 * The same input gives the same facts and files everywhere, so a file of the corpus fails or passes for good.
 */
#ifndef PINFOLD_TESTS_FUZZ_PAPER_H
#define PINFOLD_TESTS_FUZZ_PAPER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/problem.h"
#include "plan/profile.h"
#include "plan/request.h"

/* What libFuzzer and replay.c call. Returns 0; what must not be aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An assertion that no build leaves out. */
#define MUST(condition, ...)                                                                                 \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			(void)fprintf(stderr, "%s:%d: must be: %s\n  ", __FILE__, __LINE__, #condition);     \
			(void)fprintf(stderr, __VA_ARGS__);                                                  \
			(void)fprintf(stderr, "\n");                                                         \
			abort();                                                                             \
		}                                                                                            \
	} while (0)

/* One line of a file, as a reader of our own sees it: by this the project's is judged. */
struct paper_line {
	const char *section; /* that it stands in */
	const char *key;     /* whose value is here; NULL: none is */
	const char *value;   /* without the blanks around it */
	const char *text; /* all of it, without its end; a mark at the start of the file is not part of it */
	size_t len;
};

struct paper_file {
	const char *path; /* absolute, without "." and ".." */
	const char *text;
	size_t len;
	int errnum; /* instead of a text */
	struct paper_line *lines;
	size_t line_count;
};

struct paper {
	struct arena *arena;
	struct host host;
	struct paper_file *files;
	size_t file_count;
};

/* Alice's machine and no files. The flags change the machine, one letter each: see paper.c. */
void paper_init(struct paper *paper, struct arena *arena);
void paper_set_host(struct paper *paper, const char *flags);

/*
 * Adds a file. A name is a path (from the caller's directory, if it starts with "."), or that of a stock
 * profile. The first of a name is the one that is read.
 */
void paper_add_file(struct paper *paper, const char *name, const char *text, size_t len);
void paper_add_errno(struct paper *paper, const char *name, int errnum);

/* Reads the files as a profile's loader; `user` is the paper. */
struct profile_loader paper_loader(struct paper *paper);

/* The facts that the plan will want of a request, into paper->host. */
void paper_probe(struct paper *paper, const struct request *request);

/* A refusal says what is wrong, what to do, and where it stands. */
void paper_check_refusal(struct paper *paper, const struct err *err);

/* The same of what lint has kept. */
void paper_check_problems(struct paper *paper, struct problems *problems);

/* Every value of the request is what is written where its origin says, to the column. */
void paper_check_request(struct paper *paper, const struct request *request);

/* Text that cannot move a cursor. */
void paper_check_harmless(const char *text);

/* The plan holds together, and shows nothing that a terminal might obey. Returns it as text. */
const char *paper_check_plan(struct paper *paper, const struct plan *plan);

/* The same of the plan as JSON, where there is a library for it. */
void paper_check_json(struct paper *paper, const struct plan *plan);

#endif
