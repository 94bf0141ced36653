/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* idmap.h - the uid and gid maps of the sandbox's user namespace. */
#ifndef PINFOLD_ACT_IDMAP_H
#define PINFOLD_ACT_IDMAP_H

#include <sys/types.h>

struct err;
struct plan_map;

/*
 * In the supervisor, before the clone: a root caller becomes the plan's unprivileged uid and gid,
 * without supplementary groups. Does nothing for others.
 */
int act_drop_root(const struct plan_map *map, struct err *err) __attribute__((warn_unused_result));

/* In the child: makes it dumpable where it is not, so that it can write in /proc/self; until
 * act_close_memory. */
int act_open_memory(const struct plan_map *map, struct err *err) __attribute__((warn_unused_result));

/* In the child: denies setgroups(2); needed before any gid map of an ordinary user. */
int act_deny_setgroups(struct err *err) __attribute__((warn_unused_result));

/* In the child: writes the one-line maps through /proc/self. */
int act_write_maps(const struct plan_map *map, struct err *err) __attribute__((warn_unused_result));

/*
 * In the child, when maps and clocks are written: undumpable again, if it was made dumpable for that. From
 * here on it may hang (on a source's dead mount), and others of the same unprivileged uid could read root's
 * environment.
 */
int act_close_memory(const struct plan_map *map, struct err *err) __attribute__((warn_unused_result));

/* In the supervisor: has newuidmap and newgidmap write the maps of process pid. */
int act_run_map_helpers(const struct plan_map *map, pid_t pid, struct err *err)
	__attribute__((warn_unused_result));

#endif
