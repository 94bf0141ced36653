/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_parts.h - the parts that plan_build is made of; for the plan_*.c files only. */
#ifndef PINFOLD_PLAN_PLAN_PARTS_H
#define PINFOLD_PLAN_PLAN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* The words of other keys, in the order of their rows. */
enum system_choice { SYSTEM_RO, SYSTEM_NONE };
enum seccomp_choice { SECCOMP_ALLOW, SECCOMP_DENY };
enum devices_choice { DEVICES_MINIMAL, DEVICES_NONE };
enum machine_id_choice { MACHINE_ID_RANDOM, MACHINE_ID_HOST };
enum proc_choice { PROC_PRIVATE, PROC_MINIMAL, PROC_NONE };
enum terminal_choice { TERMINAL_MODE_AUTO, TERMINAL_MODE_PTY, TERMINAL_MODE_INHERIT, TERMINAL_MODE_NONE };
enum enforce_choice { ENFORCE_STRICT, ENFORCE_BEST_EFFORT };
enum home_choice { HOME_TMPFS, HOME_PRIVATE, HOME_REAL, HOME_NONE };

/* Nothing that is shown can give privilege, and only what was named as a device is one. */
#define ATTR_SHOWN (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define ATTR_DEVICE (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)

enum {
	TMPFS_SIZE = 256 * 1024 * 1024, /* unless the rule says otherwise */
	BYTES_PER_INODE = 4096,
	MIN_INODES = 1024,
};

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
	struct node_index *index; /* plan_nodes_at's own; NULL when the nodes change places */
};

/* Each fills its part of the plan. Returns 0, or -1 with *build->err. */
int plan_ids(struct build *build) __attribute__((warn_unused_result));
int plan_join(struct build *build) __attribute__((warn_unused_result));
int plan_root(struct build *build) __attribute__((warn_unused_result));
int plan_program(struct build *build) __attribute__((warn_unused_result));
int plan_filter(struct build *build) __attribute__((warn_unused_result));
int plan_cgroup(struct build *build) __attribute__((warn_unused_result));
/* When the root is planned: what is not held, and whether the root gives the limits away. */
int plan_cgroup_check(struct build *build) __attribute__((warn_unused_result));
int plan_limits(struct build *build) __attribute__((warn_unused_result));
int plan_terminal(struct build *build) __attribute__((warn_unused_result));
int plan_wall(struct build *build) __attribute__((warn_unused_result));
int plan_caller(struct build *build) __attribute__((warn_unused_result));
int plan_entry(struct build *build) __attribute__((warn_unused_result));

/* Adds a deny of a part of the plan that needs it, with the origin of the key that it is for. */
void plan_filter_deny(struct build *build, const char *call, const struct origin *origin);

/* The kinds of namespaces that are another sandbox's: with that of its ids, when there are any. */
uint32_t plan_joined_spaces(const struct plan *plan);

/* Refuses the value of a key next to another one's: it would promise what does not happen. Returns -1. */
int plan_refuse_without_effect(struct build *build, enum option_id id, enum option_id because);

/* Adds what / is made of, unless that is a tmpfs, and refuses keys that have no effect with it. */
int plan_base(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* Takes what / is made of from the settled nodes, where it is the first. */
int plan_base_take(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* True when / is a directory of the host: it brings its own /usr, /etc and all. */
bool plan_base_is_own(const struct request *request);

/* The host's paths that / is made of. */
void plan_base_paths(const struct request *request, struct arena *arena, const char ***paths, size_t *count);

/* Adds the system: /usr and what goes with it, as the host has it. */
int plan_system(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));
void plan_system_paths(const struct request *request, struct arena *arena, const char ***paths,
		       size_t *count);

/* Adds the overlays; checks, when all rules are there, that nothing else reaches what keeps their changes. */
int plan_overlays(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));
int plan_overlays_check(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));
void plan_overlay_paths(const struct request *request, struct arena *arena, const char ***paths,
			size_t *count);

/* Refuses an overlay whose lower directory or changes this kernel cannot take. */
int plan_check_lower(struct build *build, const struct value *value, const struct plan_node *node)
	__attribute__((warn_unused_result));

/* What to do about a path that is there, perhaps, but cannot be looked at. */
const char *plan_reach_hint(int errnum);

/* Refuses what is no directory that the caller can look at; `what` is the key that it was given to. */
int plan_check_dir(struct build *build, const struct value *value, const char *what, const char *path)
	__attribute__((warn_unused_result));

/* Fills what a bind or overlay says of its source: its real path, and what it was when it was probed. */
void plan_source(const struct build *build, const char *path, struct plan_node *node);

/* The inodes that a tmpfs of so many bytes has. */
uint64_t plan_inodes(uint64_t size);

/* Adds /proc, and decides what in it is covered. */
int plan_proc(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));
int plan_cgroup_node(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

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

/*
 * Of nodes that were united, and those added since: the one that a path of the sandbox is on, or NULL for the
 * root.
 */
struct plan_node *plan_nodes_at(struct arena *arena, struct node_list *nodes, const char *path);

/*
 * Where a place of the host, by its real path, is shown by a grant whose source is a directory above it; NULL
 * when the destination cannot be written down (*ret_flaw says why).
 */
const char *plan_nodes_shown(struct build *build, const struct plan_node *grant, const char *path,
			     const char **ret_flaw);

/* Does it show something of the host's? */
bool plan_nodes_shows(const struct plan_node *node);

/* The real path of what such a node shows. */
const char *plan_nodes_source(const struct build *build, const struct plan_node *node);

/* Puts united nodes into their order (parents first), and adds the parents, mount points and pins they need.
 */
int plan_nodes_settle(struct build *build, struct node_list *nodes) __attribute__((warn_unused_result));

/* The node that a path of the sandbox is on: the one with the longest destination, NULL: the root. */
const struct plan_node *plan_nodes_covering(const struct plan_root *root, const char *path);

#endif
