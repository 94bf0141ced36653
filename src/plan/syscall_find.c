/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscall_find.c - looking a name up; mkfilter needs it too, before there are tables. */
#include <string.h>

#include "plan/syscall.h"

int syscall_find(const struct syscall_table *table, const char *name)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(name, table->rows[middle].name);

		if (order == 0)
			return (int)middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

const struct syscall_group *syscall_find_group(const struct syscall_table *table, const char *name)
{
	for (size_t i = 0; i < table->group_count; i++) {
		if (strcmp(table->groups[i].name, name) == 0)
			return &table->groups[i];
	}
	return NULL;
}
