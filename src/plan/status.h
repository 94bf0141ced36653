/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status.h - what a run says of itself to programs: --status as JSON, --meta as lines. doc/json.md describes
 * the former.
 */
#ifndef PINFOLD_PLAN_STATUS_H
#define PINFOLD_PLAN_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct plan_lost_limit;

enum status_phase {
	PHASE_CREATED,	 /* the sandbox stands, the program does not run */
	PHASE_EXECUTING, /* it does */
	PHASE_ENDED,	 /* nothing of it is left, or nothing ever ran */
	PHASE_COUNT
};

/* Why it ended. */
enum status_why {
	WHY_EXITED,
	WHY_SIGNAL,
	WHY_WALL,
	WHY_CPU,
	WHY_MEMORY,
	WHY_PIDS, /* it failed by itself, after a fork that failed at the limit */
	WHY_FILE_SIZE,
	WHY_SUPERVISOR, /* pinfold could not go on with it, or lost it */
	WHY_FAILED,	/* nothing ran */
	WHY_COUNT
};

/* One call that the filter denied. */
struct status_denial {
	const char *call; /* NULL: one that nobody knows */
	uint32_t number;
	const char *answer;  /* the name of an errno; NULL: it was let through */
	const char *process; /* the name of who made it */
	uint64_t count;
};

struct status_namespace {
	const char *kind; /* as in /proc/PID/ns */
	uint64_t inode;
};

enum { STATUS_MAX_NAMESPACES = 8 };

/* What everything in the sandbox used together, but for max_rss, which is of one process. */
struct status_usage {
	uint64_t wall_ns; /* from the exec to the program's end */
	uint64_t cpu_ns;  /* at least user_ns + system_ns */
	uint64_t user_ns;
	uint64_t system_ns;
	uint64_t max_rss;     /* bytes; the largest resident set */
	bool has_cgroup;      /* so that the following are known, as far as the kernel says it */
	uint64_t peak_memory; /* bytes, of all together; 0: not known */
	uint64_t peak_pids;   /* at once, pinfold's process 1 included; 0: not known */
	bool is_oom;	      /* the limit of memory was reached, and everything killed */
	bool has_hit_pids;    /* a fork failed at the limit */
	uint64_t switches_voluntary;
	uint64_t switches_forced;
};

struct status {
	enum status_phase phase;
	const char *profile; /* NULL: none was found */
	const char *name;    /* in the registry; NULL: it has none */
	pid_t supervisor;    /* on the host; 0, here and below: not known, or not there */
	pid_t init;
	pid_t program;
	struct status_namespace namespaces[STATUS_MAX_NAMESPACES];
	size_t namespace_count;

	/* From here on: when it has ended. */
	enum status_why why;
	int exit_code;		  /* the program's own; -1: it did not exit */
	int signal;		  /* that ended it; 0: none */
	const struct err *reason; /* what pinfold said about it; NULL: nothing */
	bool has_run;		  /* the program, so that there is a usage */
	struct status_usage usage;
	const struct plan_lost_limit *lost; /* limits that nothing holds */
	size_t lost_count;
	bool has_denials;      /* somebody asked for them */
	bool has_lost_denials; /* and nobody knows them */
	const struct status_denial *denials;
	size_t denial_count;
};

/*
 * The document, indented over several lines or as a single one, with a newline at its end: *ret_text is in
 * the arena. json_open must have been called. Returns 0, or -1 with *err.
 */
int status_json(struct arena *arena, const struct status *status, bool is_line, const char **ret_text,
		struct err *err) __attribute__((warn_unused_result));

/* How it ended, as KEY:VALUE lines of isolate(1). */
const char *status_meta(struct arena *arena, const struct status *status);

#endif
