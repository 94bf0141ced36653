/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_parts.h - the parts that plan_build is made of; for the plan_*.c files only. */
#ifndef PINFOLD_PLAN_PLAN_PARTS_H
#define PINFOLD_PLAN_PLAN_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include <sys/mount.h>

#include "plan/option.h"
#include "plan/plan.h"

struct arena;
struct err;
struct host;
struct request;
struct value;

/* The words of identity.map, in the order of its row. */
enum map_mode { MAP_MODE_SELF, MAP_MODE_ROOT, MAP_MODE_SUBIDS };

/* The words of identity.machine-id, filesystem.proc, filesystem.devices and home.mode. */
enum machine_id_mode { MACHINE_ID_RANDOM, MACHINE_ID_HOST };
enum proc_mode { PROC_PRIVATE, PROC_MINIMAL, PROC_NONE };
enum devices_mode { DEVICES_MINIMAL, DEVICES_NONE };
enum home_mode { HOME_TMPFS, HOME_PRIVATE, HOME_REAL, HOME_NONE };

/* Nothing that is shown can give privilege, and only what was named as a device is one. */
#define ATTR_SHOWN (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

/* What every part gets. */
struct build {
	const struct request *request;
	const struct host *host;
	struct arena *arena;
	struct plan *plan;
	struct err *err;
};

/* A growing list of nodes. */
struct node_list {
	struct plan_node *items;
	size_t count;
};

/* Each fills its part of the plan. Returns 0, or -1 with *build->err. */
int plan_ids(struct build *build) __attribute__((warn_unused_result));
int plan_root(struct build *build) __attribute__((warn_unused_result));
int plan_program(struct build *build) __attribute__((warn_unused_result));
int plan_limits(struct build *build) __attribute__((warn_unused_result));

/* Refuses the value of a key next to another one's: it would promise what does not happen. Returns -1. */
int plan_refuse_without_effect(struct build *build, enum option_id id, enum option_id because);

/* Adds /proc, and decides what in it is covered. */
int plan_proc(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Adds what the etc keys ask for. */
int plan_etc(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Adds files with a text, and copies of files of the host. */
int plan_files(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Adds the home, or the parts of it that are kept. */
int plan_home(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Masks what is hidden wherever the nodes so far show it. */
int plan_hide(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Masks pinfold's own directories wherever the nodes so far show them. */
int plan_own(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* The host's paths that plan_etc will ask for: appended to (paths, count). */
void plan_etc_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count);

/* The host's paths that plan_home will ask for: appended to (paths, count). */
void plan_home_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count);

/* A tmpfs of a size in bytes, 0: the usual one; it holds a file for every 4096 of them. */
struct plan_node plan_tmpfs(const char *dest, mode_t mode, uint64_t size);

/* A host path's fact; plan_wanted_paths and this must agree, else it is a bug and errnum says ENOENT. */
const struct path_fact *plan_fact(const struct build *build, const char *path);

/*
 * Settles who wins at the same destination, and leads destinations through the plan's own symlinks: from here
 * on each node says where it will stand.
 */
int plan_nodes_unite(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Of nodes that were united: the one that a path of the sandbox is on, or NULL for the root. */
struct plan_node *plan_nodes_at(const struct node_list *nodes, const char *path);

/*
 * Where a place of the host, by its real path, is shown by a grant whose source is a directory above it; NULL
 * when the destination cannot be written down (*ret_flaw says why).
 */
const char *plan_nodes_shown(struct build *build, const struct plan_node *grant, const char *path,
			     const char **ret_flaw);

/* The real path of what a bind shows. */
const char *plan_nodes_source(const struct build *build, const struct plan_node *node);

/* Puts united nodes into their order (parents first), and adds the parents, mount points and pins they need. */
int plan_nodes_settle(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* The node that a path of the sandbox is on: the one with the longest destination, NULL: the root. */
const struct plan_node *plan_nodes_covering(const struct plan_root *root, const char *path);

#endif
