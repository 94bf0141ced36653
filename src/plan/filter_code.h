/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter_code.h - which system calls there are, as code for the kernel.
 *
 * A policy says of every call what it is answered with. That is a map of numbers, mostly in long runs, so
 * its code is a binary search over the runs: about six compares a call, made in some 20 us. (libseccomp makes
 * a rule of each call, and 330 of them for two ABIs took 6 ms where this was measured; it makes what looks at
 * arguments, see act/filter.h.)
 */
#ifndef PINFOLD_PLAN_FILTER_CODE_H
#define PINFOLD_PLAN_FILTER_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/syscall.h"

struct sock_filter;

enum { FILTER_MAX_CODE = 4096 /* BPF_MAXINSNS of the kernel */ };

/* What is answered to what. */
struct call_policy {
	struct syscall_set allowed;
	struct syscall_set denied;    /* by the profile's own words: stronger than allowed */
	struct syscall_set optional;  /* of the others, those that a kernel may be without */
	struct syscall_set looked_at; /* by rules of arguments: refused where those are in memory */
	uint32_t refused_action;      /* SECCOMP_RET_*: denied, or not allowed and not optional */
	uint32_t missing_action;      /* optional and not allowed, and numbers that nobody knows */
	bool locks_personality; /* personality(2), where it is allowed, takes but the bits that do no harm */
};

/*
 * PER_LINUX32, UNAME26 and ADDR_NO_RANDOMIZE, which setarch(8) and debuggers set. The others make memory
 * executable that is only readable, map page 0, or are for programs of systems that no longer are. 0xffffffff
 * asks.
 */
#define FILTER_PERSONALITY 0x00060008U

/* The policy of a run whose profile says nothing of calls. `also` is a group that it allows besides, or NULL.
 */
void filter_stock_policy(const struct syscall_table *table, const char *also, struct call_policy *ret_policy);

/* What the policy answers to one row. */
uint32_t filter_action(const struct call_policy *policy, size_t row);

/* Is it a call that others hide behind: socketcall, ipc? */
bool filter_hides_calls(const char *name);

/*
 * Writes the code to ret_code, which has room for FILTER_MAX_CODE, and returns its length, 0 when it does not
 * fit. Other architectures than the table's two, and x32, kill the process. A call that many calls hide
 * behind (socketcall, ipc of 32-bit ABIs) is answered as the call is that its first argument names.
 */
size_t filter_compile(const struct syscall_table *table, const struct call_policy *policy,
		      struct sock_filter *ret_code);

/* The row of a number of arch; -1: none is known. */
int filter_number_row(const struct syscall_table *table, uint32_t arch, uint32_t number);

/* The row that a call with a number of arch, and this first argument, comes to in the end; -1: none is known.
 */
int filter_row(const struct syscall_table *table, uint32_t arch, uint32_t number, uint64_t first);

/* Do the arguments match? */
bool filter_matches(const struct syscall_match *match, const uint64_t args[6]);

/*
 * Puts code that refuses arguments in front of code that `ret_code` holds (`count` long): where it would
 * allow, it goes on there. The same as two filters of which the stricter counts, loaded with one call.
 * Returns the length, 0 when it does not fit.
 */
size_t filter_prepend(const struct sock_filter *front, size_t front_count, struct sock_filter *ret_code,
		      size_t count);

#endif
