/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_paths.h - facts about the paths that a request names, and where pinfold's own files are. */
#ifndef PINFOLD_ACT_PROBE_PATHS_H
#define PINFOLD_ACT_PROBE_PATHS_H

#include <stddef.h>

struct arena;
struct err;
struct host;
struct probe_watch;
struct request;

/*
 * Fills host->paths with the facts that the plan will want; where the request grants something, also the real
 * paths of the grants and host->own: every place of pinfold's own, of this environment and of any other that
 * the same user may start the next run from. A path that cannot be looked at is a fact too; one of those that
 * does not answer is the error. Returns 0, or -1 with *err.
 */
int act_probe_paths(struct arena *arena, const struct request *request, struct host *host, struct err *err)
	__attribute__((warn_unused_result));

/* Adds facts of further paths, with where they really are. For act_probe_watched: some may not answer. */
void act_probe_more(struct arena *arena, struct host *host, const char *const paths[], size_t count,
		    struct probe_watch *watch);

#endif
