/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * syscall.h - the system calls by name, and their groups, for the CPU that pinfold is built for.
 *
 * mkfilter makes the tables when pinfold is built, from what libseccomp knows and from syscall_groups.def.
 */
#ifndef PINFOLD_PLAN_SYSCALL_H
#define PINFOLD_PLAN_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SYSCALL_NONE = -1, SYSCALL_SET_WORDS = 10 };

struct arena;
struct err;

/* One call. A name that only other architectures have is a row too: it is known, and not here. */
struct syscall_row {
	const char *name;
	int32_t number;	 /* of the native ABI; SYSCALL_NONE: it has no such call */
	int32_t sibling; /* of the 32-bit ABI that the same kernel runs */
};

/* A set of rows, one bit each. */
struct syscall_set {
	uint64_t words[SYSCALL_SET_WORDS];
};

struct syscall_group {
	const char *name; /* with its "@" */
	const char *help;
	struct syscall_set members;
};

/* An argument that is compared: equal to `value` where `mask` has bits; with is_any, having any of its bits.
 */
struct syscall_compare {
	unsigned int index;
	bool is_any;
	uint64_t mask;
	uint64_t value;
};

/* A call with certain arguments: all compares hold. */
struct syscall_match {
	const char *name;
	struct syscall_compare compares[6];
	size_t count;
};

/* An argument that has a name. */
struct syscall_arg {
	const char *call;
	const char *name;
	unsigned int index;
	uint32_t mask; /* flags stand outside of it */
};

/* What the stock policy refuses of a call that it allows. */
struct syscall_exception {
	const char *call;
	unsigned int index; /* of the argument */
	const char *value;  /* the constant's name */
	bool is_bit;	    /* refused when the argument has that bit, not when it is that value */
	int below;	    /* for which enum nested: those below this one */
};

/* All there is to know of one CPU. The rows are sorted by name; groups stand as in syscall_groups.def. */
struct syscall_table {
	const struct syscall_row *rows;
	size_t count;
	const struct syscall_group *groups;
	size_t group_count;
	uint32_t arch;	  /* AUDIT_ARCH_* of the native ABI */
	uint32_t sibling; /* and of the 32-bit one; 0: none */
	bool has_x32;	  /* numbers with bit 30 set are a third ABI, which nobody needs */
	bool is_big_endian;
};

/* The one that this pinfold is made for. */
extern const struct syscall_table syscall_table;

/* The row of a name, or -1. */
int syscall_find(const struct syscall_table *table, const char *name);

/* The group of a name (with "@"), or NULL. */
const struct syscall_group *syscall_find_group(const struct syscall_table *table, const char *name);

/* The arguments of a call that have names (syscall_args.def); *ret_count can be 0. */
const struct syscall_arg *syscall_args(const char *call, size_t *ret_count);

/* The exceptions of the stock policy (filter_rules.def). */
const struct syscall_exception *syscall_exceptions(size_t *ret_count);

/* For "did you mean": the nearest name of a call, or of a group when `name` has an "@" in front. */
const char *syscall_nearest(const struct syscall_table *table, const char *name);

/*
 * Is each word, of a list that ends with NULL, a group or a call? Returns 0, or -1 with *err (ERR_USAGE)
 * about the first that is neither.
 */
int syscall_check_words(struct arena *arena, const struct syscall_table *table, char *const words[],
			struct err *err) __attribute__((warn_unused_result));

static inline bool syscall_set_has(const struct syscall_set *set, size_t row)
{
	return (set->words[row / 64] >> row % 64 & 1) != 0;
}

static inline void syscall_set_put(struct syscall_set *set, size_t row, bool is_in)
{
	uint64_t bit = UINT64_C(1) << row % 64;

	set->words[row / 64] = is_in ? set->words[row / 64] | bit : set->words[row / 64] & ~bit;
}

/* Adds, or takes away, all of another set. */
static inline void syscall_set_join(struct syscall_set *set, const struct syscall_set *other, bool is_in)
{
	for (size_t i = 0; i < SYSCALL_SET_WORDS; i++)
		set->words[i] = is_in ? set->words[i] | other->words[i] : set->words[i] & ~other->words[i];
}

#endif
