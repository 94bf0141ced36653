/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * entry.h - sandboxes with a name: what their supervisor keeps in the registry, as text and back.
 *
 * The text is for pinfold alone, of one version: ps shows the same as a table and as JSON. It has always the
 * same size, so that its room can be had before the program runs, when it is not too late to fail.
 */
#ifndef PINFOLD_PLAN_ENTRY_H
#define PINFOLD_PLAN_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct host;

/* The kinds of namespaces, in the order in which they can be entered: the user namespace gives the rights. */
enum space {
	SPACE_USER,
	SPACE_MOUNT,
	SPACE_PID,
	SPACE_IPC,
	SPACE_UTS,
	SPACE_NET,
	SPACE_CGROUP,
	SPACE_TIME,
	SPACE_COUNT
};

extern const struct space_row {
	const char *name; /* as explain has it */
	const char *file; /* of /proc/PID/ns */
	uint64_t flag;	  /* CLONE_NEW* */
} space_table[SPACE_COUNT];

enum {
	ENTRY_NAME_MAX = 64,
	ENTRY_TEXT_SIZE = 4096, /* of every text */
};

/* A sandbox that has a name. Text is as str_show makes it. */
struct entry {
	const char *name;
	pid_t supervisor;   /* who holds the lock */
	bool is_there;	    /* the program runs; otherwise nothing below is known */
	bool is_held;	    /* there is no program, and there will be none */
	pid_t init;	    /* as the registry's user numbers processes */
	int64_t started_ns; /* since 1970, CLOCK_REALTIME: for people */
	int64_t since_ns;   /* CLOCK_BOOTTIME, which nobody can set */
	const char *profile;
	const char **argv;
	size_t argc;
	bool is_cut;		      /* there are more arguments, or the last one goes on */
	uint64_t inodes[SPACE_COUNT]; /* of its own namespaces; 0: it has the host's */
	uint64_t memory;	      /* bytes that are resident in all its processes; filled by act_weigh */
};

/* [A-Za-z0-9][A-Za-z0-9_.-]*, up to ENTRY_NAME_MAX bytes. Returns 0, or -1 with *err (ERR_USAGE). */
int entry_check_name(struct arena *arena, const char *name, struct err *err)
	__attribute__((warn_unused_result));

/* The directory of pinfold's own in which the registry is, or is made. */
const char *entry_base(const struct host *host, struct arena *arena);

/* The text of an entry, ENTRY_TEXT_SIZE bytes with spaces at its end. */
const char *entry_text(struct arena *arena, const struct entry *entry);

/* Fills what the text says; *entry stays as it is when the text is not whole (the program does not run yet).
 */
void entry_read(struct arena *arena, const char *text, struct entry *entry);

/*
 * A table of entries for people, at a moment of CLOCK_BOOTTIME. With is_long each is followed by a line with
 * its init and its namespaces.
 */
const char *entry_table(struct arena *arena, const struct entry *entries, size_t count, int64_t now_ns,
			bool is_long);

#endif
