/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* catalog.h - the profiles that there are, for people: found where, hiding what; one merged; a new one. */
#ifndef PINFOLD_PLAN_CATALOG_H
#define PINFOLD_PLAN_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct host;
struct profile_loader;
struct request;

/* A name that can be given to --profile or include. */
struct catalog_entry {
	const char *name;
	const char **paths; /* the file that is used, then those of the same name that it hides */
	size_t path_count;
	const char **drop_ins; /* what is added to it, in the order of reading */
	size_t drop_in_count;
	const char *description; /* NULL: it has none */
	const char *flaw;	 /* why the file cannot be read as a profile; NULL: it can */
};

struct catalog {
	struct catalog_entry *entries; /* in the order of their names */
	size_t count;
};

/*
 * Lists the profiles of all places; with has_bases also those in directories below (base/essential), which
 * are made to be included. A directory that is missing has none. Returns 0, or -1 with *err when a directory
 * cannot be read.
 */
int catalog_read(struct arena *arena, const struct host *host, const struct profile_loader *loader,
		 bool has_bases, struct catalog *ret_catalog, struct err *err)
	__attribute__((warn_unused_result));

/* The list for people: name, description, and the files. In the arena. */
const char *catalog_text(struct arena *arena, const struct catalog *catalog);

/*
 * A profile that says the same as the request, which was made of a file with its includes and drop-ins: every
 * value with a comment that says where it is from. The text is in the arena.
 */
const char *catalog_merged(struct arena *arena, const struct request *request);

/* The text of a new profile that builds on profile `base`: what can be said, as comments. In the arena. */
const char *catalog_starter(struct arena *arena, const char *name, const char *base);

/* True for what can be the name of a new profile: a file's name that no other rule reads otherwise. */
bool catalog_is_name(const char *name);

#endif
