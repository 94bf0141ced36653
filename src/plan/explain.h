/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain.h - a plan as text for people and as JSON for programs. */
#ifndef PINFOLD_PLAN_EXPLAIN_H
#define PINFOLD_PLAN_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct plan;
struct plan_cgroup;
struct plan_terminal;
struct plan_wall;
struct plan_node;
struct plan_rlimit;

/* The plan as text, every decision on a line of its own, with where it was asked for. */
const char *explain_text(struct arena *arena, const struct plan *plan);

/*
 * The plan as JSON, schema "pinfold.plan/1". Returns 0 with text that the caller frees with free(3),
 * or -1 with *err when JSON is not to be had.
 */
int explain_json(struct arena *arena, const struct plan *plan, char **ret_text, struct err *err)
	__attribute__((warn_unused_result));

/* Words that both forms use. */
const char *explain_node_word(const struct plan_node *node);
const char *explain_namespaces(struct arena *arena, uint64_t clone_flags, int has_time);
const char *explain_attr(struct arena *arena, uint64_t attr);

/* Rights of a rule of the wall as "read,execute,...". */
const char *explain_rights(struct arena *arena, uint64_t rights);

/* What became of Landlock, in a word. */
const char *explain_wall_state(const struct plan_wall *wall);

/* Where the cgroup is made: below, scope, own, none. The names of a set of controllers. */
const char *explain_cgroup_way(const struct plan_cgroup *cgroup);
const char *explain_controllers(struct arena *arena, unsigned int set);

/* Is anything limited that was asked for? Is this limit one of those, and not a default or a backstop? */
bool explain_has_limits(const struct plan *plan);

/* Is there a terminal to speak of? And what becomes of it: the word of terminal.mode that says so without
 * auto. */
bool explain_has_terminal(const struct plan *plan);
const char *explain_terminal(const struct plan_terminal *terminal);
bool explain_shows_rlimit(const struct plan_rlimit *limit);

#endif
