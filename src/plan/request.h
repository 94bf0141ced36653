/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * request.h - what was asked for: for every key its values, each with where it was written.
 *
 * Front ends (profiles and options today) produce a request; the plan is made of it, and the host probe asks
 * the plan which facts it will want. No act that changes anything sees one.
 */
#ifndef PINFOLD_PLAN_REQUEST_H
#define PINFOLD_PLAN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/option.h"
#include "plan/origin.h"
#include "plan/value.h"

struct arena;
struct err;
struct host;
struct problems;

struct value_list {
	struct value *items;
	size_t count;
	const struct origin *emptied; /* where values were last taken away, NULL: nowhere */
};

/* What the caller wants besides the program: options of the command line that are no keys, as they were
 * written. */
struct request_caller {
	const char **fds; /* --fd, each N[,N...] */
	size_t fd_count;
	const char *block_fd; /* --block-fd; NULL here and below: it was not given */
	const char *status;   /* --status */
	const char *meta;     /* --meta */
};

/* What the command line says of the sandbox's life: no profile has a say in that. */
struct request_entry {
	const char *name;
	const char *log;
	bool is_held;
	bool is_detached;
};

struct request {
	struct arena *arena; /* owns all text */
	const struct host *host;
	struct value_list values[OPT_COUNT];   /* a scalar has at most one */
	struct text_index *indexes[OPT_COUNT]; /* of lists that values are being taken away from */
	bool is_loading;		       /* they are only marked until request_settle */
	unsigned int layer;		       /* of the file being read */
	struct problems *problems;	       /* keeps what is wrong; NULL: the first error ends it */
	const char *profile_path;	       /* the file it was found in */
	const char **files;		       /* real paths of all that were read */
	size_t file_count;
	const char **absent; /* paths that an include would have read, and that are not there */
	size_t absent_count;
	const char *profile; /* the profile's name, as it was asked for */
	bool is_traced;	     /* --trace-denied */
	struct request_caller caller;
	struct request_entry entry;
	char *const *argv; /* the program and its arguments, NULL-terminated; NULL: none */
};

/* Where a value stands, and what it may refer to. */
struct request_source {
	struct origin origin;	 /* of the value's text */
	const char *profile_dir; /* NULL: the command line */
};

/* An empty request with every scalar at its default. arena and host must outlive it. */
void request_init(struct request *request, struct arena *arena, const struct host *host);

/*
 * Gives a key a value as the language says: an empty text resets it, a leading "!" takes a value of
 * a list away, a leading "-" makes a path optional, lists append, scalars are replaced. Returns 0, or
 * -1 with *err (ERR_CONFIG, with the origin); with request->problems what is wrong is left out and kept
 * there.
 */
int request_set(struct request *request, enum option_id id, const char *text,
		const struct request_source *source, struct err *err) __attribute__((warn_unused_result));

/*
 * While a profile is loaded, values that are taken away stay in their lists, marked: thousands of them would
 * each move all the others. Nobody looks at lists then, but for the includes. request_settle takes them out.
 */
void request_start_loading(struct request *request);
void request_settle(struct request *request);

/*
 * Takes away what an error is about: the values that stand where *err says. A scalar goes back to its
 * default. Returns false when there are none.
 */
bool request_drop(struct request *request, const struct err *err);

/* The value of a scalar, NULL when it has neither value nor default. */
const struct value *request_get(const struct request *request, enum option_id id);

/* The number of a scalar that has a default (enums: the index of the word). */
uint64_t request_number(const struct request *request, enum option_id id);

/* The `a` of a scalar, or `otherwise` when it has no value. */
const char *request_text(const struct request *request, enum option_id id, const char *otherwise);

#endif
