/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.h - which system calls were denied: with --trace-denied, and what on-deny = permissive let through.
 *
 * The filter of such a run answers nothing itself: the kernel asks the supervisor, at a descriptor that comes
 * from the program's process when it loads the filter (seccomp_unotify(2)). That costs two switches of
 * process for each call that is not allowed, and nothing for the others.
 */
#ifndef PINFOLD_RUN_TRACE_H
#define PINFOLD_RUN_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct filter;
struct plan_filter;
struct status;

/* Calls of one kind, from processes of one name. */
struct denial {
	int row; /* of the table of calls; -1: nobody knows it */
	uint32_t number;
	int rule;   /* of the plan's, that its arguments match; -1: none */
	int errnum; /* what it was answered with; 0: it was let through */
	char name[16];
	pid_t pid; /* of the first, on the host */
	uint64_t args[6];
	uint64_t count;
};

enum { MAX_DENIALS = 200 };

struct trace {
	const struct plan_filter *filter;
	int listener_fd; /* -1: nobody asks */
	struct denial *items;
	size_t count;
	uint64_t lost; /* calls of further kinds */
	bool has_come; /* the descriptor; without it refused calls fail with ENOSYS, and nobody can tell */
};

/*
 * In the program's process, in place of act_load_filter: loads the filter and has its descriptor sent over
 * wire_fd. Behind the load the program may not be allowed to send anything, so a sibling that shares its
 * descriptors does.
 */
int trace_load_filter(const struct filter *filter, int wire_fd, struct err *err)
	__attribute__((warn_unused_result));

/* In the supervisor, before the clone. */
void trace_open(struct trace *trace, struct arena *arena, const struct plan_filter *filter);
void trace_close(struct trace *trace);

/* Takes the descriptor over. */
void trace_listen(struct trace *trace, int listener);

/* Answers one call that waits, and notes it. */
void trace_answer(struct trace *trace);

/* What was denied, with the line of a profile that would allow each, or why that is not known; NULL: nothing.
 */
const char *trace_text(const struct trace *trace, struct arena *arena);

/* The same for --status. */
void trace_list(const struct trace *trace, struct arena *arena, struct status *status);

#endif
