/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profile.h - a profile by name, with all it includes, into a request. */
#ifndef PINFOLD_PLAN_PROFILE_H
#define PINFOLD_PLAN_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct host;
struct request;

/* How plan gets at text: the caller reads files, tests hand out strings. */
struct profile_loader {
	/*
	 * Reads the file at path into memory of the arena. Returns 0, or -errno; only -ENOENT and
	 * -ENOTDIR let the search go on to the next place.
	 */
	int (*read)(void *user, struct arena *arena, const char *path, const char **ret_text,
		    size_t *ret_len);
	/*
	 * The path without symlinks and "..", in the arena; NULL, or a NULL result: as it is written. Circles
	 * of includes and ${PROFILE_DIR} go by it.
	 */
	const char *(*real)(void *user, struct arena *arena, const char *path);
	/*
	 * The names in the directory at path, in any order. Returns 0, or -errno; -ENOENT and -ENOTDIR: there
	 * is none. NULL: there are no directories.
	 */
	int (*list)(void *user, struct arena *arena, const char *path, const char ***ret_names,
		    size_t *ret_count);
	void *user;
};

/*
 * Reads profile `name` into the request: a path when it has a slash in it, else NAME.ini of the first
 * place that has it: the user's, the administrator's, the stock ones. Included files come first; after
 * a file that was found by its name come its drop-ins, NAME.d/ *.ini of all places, stock ones first. Returns
 * 0, or -1 with *err (ERR_CONFIG); with request->problems it goes on after what is wrong, and -1 means that
 * there is nothing to go on with.
 */
int profile_load(struct request *request, const char *name, const struct profile_loader *loader,
		 struct err *err) __attribute__((warn_unused_result));

/* The directories that profiles are looked for in: the user's, the administrator's, the stock ones. */
enum { PROFILE_PLACES = 3 };

/* Fills in their paths, best first; without a home there is none of the user's. Returns their number. */
size_t profile_directories(const struct host *host, struct arena *arena, const char *dirs[PROFILE_PLACES]);

/* True for the name of a file that is read as a profile or drop-in: NAME.ini, and not hidden. */
bool profile_is_file_name(const char *name);

#endif
