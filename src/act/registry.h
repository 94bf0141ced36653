/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registry.h - sandboxes with a name, while they are alive.
 *
 * A directory of the caller's with two files for each sandbox: NAME.lock, which holds the text of
 * plan/entry.h and whose record lock the supervisor has until it ends, however it ends; and NAME.sock, where
 * it listens. A file without a lock is what a killed one left behind: whoever comes across it takes it away.
 *
 * Must guarantee: a name is one sandbox's at a time; what a lock proves alive is alive; nobody but the caller
 * can put anything there. That no program in a sandbox can reach the directory is the mask's work
 * (plan_own.c).
 */
#ifndef PINFOLD_ACT_REGISTRY_H
#define PINFOLD_ACT_REGISTRY_H

#include <stddef.h>
#include <sys/types.h>

#include "plan/entry.h"

struct arena;
struct err;

/* A name that is ours. */
struct claim {
	int dir_fd;
	int lock_fd; /* -1: there is none */
	int listener_fd;
	const char *name;
};

/*
 * The registry in the directory `base` (entry_base). *ret_fd is -1 when there is none, or with `makes` it is
 * made. Returns 0, or -1 with *err when what is there is not for the caller alone.
 */
int act_registry_open(const char *base, bool makes, int *ret_fd, struct err *err)
	__attribute__((warn_unused_result));

/*
 * Takes a name, with room for its text, and listens; `name` must stay. To be called by the process that is to
 * be the supervisor: locks are not inherited. Returns 0, or -1 with *err (id "usage.in-use").
 */
int act_registry_reserve(const char *base, const char *name, struct claim *ret_claim, struct err *err)
	__attribute__((warn_unused_result));

/* Writes the text of the entry, of ENTRY_TEXT_SIZE bytes. Returns 0, or -errno. */
int act_registry_publish(const struct claim *claim, const char *text) __attribute__((warn_unused_result));

/* Gives the name back. A supervisor that gave up root cannot: the next command does. */
void act_registry_release(struct claim *claim);

/*
 * The entry of that name, looked for in a registry (-1: there is none). Returns 0, or -1 with *err
 * (ERR_USAGE, "usage.unknown-name") when nothing alive has it.
 */
int act_registry_find(struct arena *arena, int dir_fd, const char *name, struct entry *ret_entry,
		      struct err *err) __attribute__((warn_unused_result));

/* All that are alive, by name, in the arena. Returns 0, or -1 with *err. */
int act_registry_list(struct arena *arena, int dir_fd, struct entry **ret_entries, size_t *ret_count,
		      struct err *err) __attribute__((warn_unused_result));

/*
 * Connects to the supervisor of a sandbox, within timeout_ms. Returns the descriptor, or -errno:
 * -ECONNREFUSED or -ENOENT when it has just ended.
 */
int act_registry_connect(int dir_fd, const char *name, int timeout_ms);

/*
 * Kills the supervisor, and all with it, if it still is who has the name, and waits for its end, for
 * timeout_ms. Returns 0, or -1 with *err.
 */
int act_registry_kill(int dir_fd, const struct entry *entry, int timeout_ms, struct err *err)
	__attribute__((warn_unused_result));

#endif
