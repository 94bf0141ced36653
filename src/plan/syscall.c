/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscall.c - finding calls and groups in the tables that mkfilter made. */
#include "plan/syscall.h"

#include <linux/audit.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* Made by mkfilter: the rows, the groups, and syscall_table. */
#define T(name) syscall_##name
#include "plan/syscalls.inc"

enum { MAX_ROWS = SYSCALL_SET_WORDS * 64 };

_Static_assert(ARRAY_SIZE(syscall_rows) <= MAX_ROWS, "a set has a bit for every row");

const char *syscall_nearest(const struct syscall_table *table, const char *name)
{
	bool is_group = name[0] == '@';
	size_t count = is_group ? table->group_count : table->count;
	const char *names[MAX_ROWS];

	for (size_t i = 0; i < count; i++)
		names[i] = is_group ? table->groups[i].name : table->rows[i].name;
	return str_nearest(name, names, count);
}
