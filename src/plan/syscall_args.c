/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscall_args.c - arguments of calls by name, and those that the stock policy refuses. */
#include <sched.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "plan/syscall.h"

/* clone(2) has its flags first on every architecture but s390. */
#ifdef __s390x__
#define CLONE_FLAGS_ARG 1
#else
#define CLONE_FLAGS_ARG 0
#endif

/* In the order of the calls, so that those of one stand side by side. */
static const struct syscall_arg arguments[] = {
#define ARG(call, name, index) ARG_PART(call, name, index, UINT32_MAX)
#define ARG_PART(call, name, index, mask) {#call, #name, index, mask},
#include "plan/syscall_args.def"
#undef ARG_PART
#undef ARG
};

const struct syscall_arg *syscall_args(const char *call, size_t *ret_count)
{
	size_t first = 0;
	size_t count = 0;

	while (first < ARRAY_SIZE(arguments) && !str_eq(arguments[first].call, call))
		first++;
	while (first + count < ARRAY_SIZE(arguments) && str_eq(arguments[first + count].call, call))
		count++;
	*ret_count = count;
	return &arguments[first];
}

const struct syscall_exception *syscall_exceptions(size_t *ret_count)
{
	enum { UNLESS_BROWSER = NESTED_BROWSER, UNLESS_FULL = NESTED_FULL, ALWAYS = NESTED_COUNT };
	static const struct syscall_exception exceptions[] = {
#define DENY_ARG(call, where, index, mask, value) {#call, index, #value, (mask) != UINT32_MAX, where},
#include "plan/filter_rules.def"
#undef DENY_ARG
	};

	*ret_count = ARRAY_SIZE(exceptions);
	return exceptions;
}
