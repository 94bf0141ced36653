/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpus.h - the tables and stock filters of several CPUs, as mkfilter makes them, whatever machine this is. */
#ifndef PINFOLD_TESTS_CPUS_H
#define PINFOLD_TESTS_CPUS_H

#include <linux/filter.h>

#include "base/mem.h"
#include "plan/filter_code.h"
#include "plan/syscall.h"

#define T(name) x86_64_##name
#include "tests/filters/x86_64.filters.inc"
#include "tests/filters/x86_64.tables.inc"
#undef T
#define T(name) aarch64_##name
#include "tests/filters/aarch64.filters.inc"
#include "tests/filters/aarch64.tables.inc"
#undef T
#define T(name) armv7l_##name
#include "tests/filters/armv7l.filters.inc"
#include "tests/filters/armv7l.tables.inc"
#undef T
#define T(name) i686_##name
#include "tests/filters/i686.filters.inc"
#include "tests/filters/i686.tables.inc"
#undef T
#define T(name) riscv64_##name
#include "tests/filters/riscv64.filters.inc"
#include "tests/filters/riscv64.tables.inc"
#undef T
#define T(name) s390x_##name
#include "tests/filters/s390x.filters.inc"
#include "tests/filters/s390x.tables.inc"
#undef T

struct code {
	const struct sock_filter *code;
	size_t count;
};

static const struct test_cpu {
	const char *name;
	const struct syscall_table *table;
	struct code stock[3]; /* nested = none, browser, full */
	struct code init;
	uint32_t sibling;
	struct code args[3];
} cpus[] = {
#define C(array)                                                                                             \
	{                                                                                                    \
		array, ARRAY_SIZE(array)                                                                     \
	}
#define CPU(name)                                                                                            \
	{                                                                                                    \
#name, &name##_table,                                                                        \
			{C(name##_none), C(name##_browser), C(name##_full) }, C(name##_init),                \
			 name##_sibling,                                                                     \
		{                                                                                            \
			C(name##_args_none), C(name##_args_browser), C(name##_args_full)                     \
		}                                                                                            \
	}
	CPU(x86_64), CPU(aarch64), CPU(armv7l), CPU(i686), CPU(riscv64), CPU(s390x),
#undef CPU
#undef C
};

#endif
