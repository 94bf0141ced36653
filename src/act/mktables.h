/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mktables.h - for mkfilter only: the CPUs that pinfold is built for, and their system calls. */
#ifndef PINFOLD_ACT_MKTABLES_H
#define PINFOLD_ACT_MKTABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/syscall.h"

struct cpu {
	const char *name; /* as config.guess says it */
	uint32_t arch;
	uint32_t sibling; /* 0: none */
	bool is_big_endian;
};

/* The CPU of a name, or NULL. */
const struct cpu *find_cpu(const char *name);

/* The calls and groups of a CPU. Ends the program where a group names what no architecture knows. */
const struct syscall_table *make_tables(const struct cpu *cpu);

/* Prints them as plan/syscalls.inc. */
void emit_tables(const struct syscall_table *table);

/* Ends the build. r is negative: -errno. */
_Noreturn void die(const char *what, const char *name, int r);

#endif
