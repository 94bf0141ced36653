/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_build.h - the decisions: a request and facts in, a plan out. */
#ifndef PINFOLD_PLAN_PLAN_BUILD_H
#define PINFOLD_PLAN_PLAN_BUILD_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct host;
struct origin;
struct plan;
struct plan_caller;
struct plan_terminal;
struct request;
struct request_caller;

/* How long the host may take for the facts, and again for the start. */
enum { PLAN_DEADLINE_MS = 30 * 1000 };

/* The paths of the host whose facts plan_build will want: *ret_paths is in the arena. */
void plan_wanted_paths(const struct request *request, struct arena *arena, const char ***ret_paths,
		       size_t *ret_count);

/* Those of them that the user grants, of which plan_build will want the real path too. */
void plan_granted_paths(const struct request *request, struct arena *arena, const char ***ret_paths,
			size_t *ret_count);

/* Who grants, copies or hides the path, as it is written there; NULL: nobody. */
const struct origin *plan_path_origin(const struct request *request, const char *path);

/* Is the fact about memory-deny-write-execute wanted? */
bool plan_wants_mdwe(const struct request *request);

/* True when the plan will want subordinate ids and the helpers that map them. */
bool plan_wants_subids(const struct request *request);

/* True when the plan will want a cgroup. */
bool plan_wants_cgroup(const struct request *request);

/*
 * Makes the plan. All it points to lives in the request's arena, the request, or the host. Pure: the
 * same input gives the same plan. Returns 0, or -1 with *err (ERR_CONFIG or ERR_HOST).
 */
int plan_build(const struct request *request, const struct host *host, struct plan *ret_plan, struct err *err)
	__attribute__((warn_unused_result));

/*
 * What stands in for the terminal of who enters a running sandbox: bit n of `given`, his descriptor n is one.
 * As with terminal.mode = auto, whatever the sandbox's own is: a program that is typed to by hand gets a
 * terminal, and none gets the caller's.
 */
void plan_entered_terminal(unsigned int given, struct plan_terminal *ret_terminal);

/*
 * What the caller wants besides the program, which is part of the plan too: by itself, for when there is no
 * plan because something else is wrong. Returns 0, or -1 with *err (ERR_USAGE).
 */
int plan_read_caller(const struct request_caller *asked, struct arena *arena, struct plan_caller *ret,
		     struct err *err) __attribute__((warn_unused_result));

#endif
