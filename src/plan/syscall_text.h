/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscall_text.h - system calls and their groups, told to people: pinfold syscalls. */
#ifndef PINFOLD_PLAN_SYSCALL_TEXT_H
#define PINFOLD_PLAN_SYSCALL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/syscall.h"

struct arena;

/* What of a group is shown. */
struct syscall_view {
	bool has_all;	  /* also the calls that only other architectures have */
	bool has_numbers; /* with their numbers */
};

/* What the stock policy answers to a call, with one value of namespaces.nested. */
struct syscall_answer {
	const char *nested; /* the value */
	const char *word;   /* "allowed", "EPERM" or "ENOSYS" */
	const char **but;   /* with which arguments it gets EPERM all the same, as deny would say it */
	size_t but_count;
};

/* Has this machine the call, in the native or the 32-bit ABI? */
bool syscall_is_here(const struct syscall_row *row);

/* Is row number `row` among what the view shows of the group? */
bool syscall_is_shown(const struct syscall_table *table, const struct syscall_group *group, size_t row,
		      const struct syscall_view *view);

/* How many calls the view shows of the group. */
size_t syscall_count(const struct syscall_table *table, const struct syscall_group *group,
		     const struct syscall_view *view);

/* The answers to a row; *ret_answers has as many as namespaces.nested has values. In the arena. */
size_t syscall_answers(struct arena *arena, const struct syscall_table *table, size_t row,
		       const struct syscall_answer **ret_answers);

/* The groups, each with the number of its calls and what it is. In the arena, as all of these. */
const char *syscall_groups_text(struct arena *arena, const struct syscall_table *table,
				const struct syscall_view *view);

/*
 * What is asked for by words that have been checked: of a group its calls, one a line; of a call all that is
 * known. Several words have empty lines between them, and groups then their names above.
 */
const char *syscall_words_text(struct arena *arena, const struct syscall_table *table, char *const words[],
			       const struct syscall_view *view);

#endif
