/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* syscall.c - finding calls and groups in the tables that mkfilter made. */
#include "plan/syscall.h"

#include <linux/audit.h>
#include <string.h>

#include "base/err.h"
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

/* A slip of the fingers, or the "@" forgotten. */
static int refuse_word(struct arena *arena, const struct syscall_table *table, const char *word,
		       struct err *err)
{
	bool is_group = word[0] == '@';
	const char *near = syscall_nearest(table, word);
	const char *group = arena_printf(arena, "@%s", word);

	err_set(err, ERR_USAGE, "usage.syscall", 0, "there is no %s %s",
		is_group ? "group of system calls" : "system call", str_show(arena, word));
	if (!is_group && syscall_find_group(table, group) != NULL)
		return err_hint(err, "did you mean %s?", group);
	if (near != NULL)
		return err_hint(err, "did you mean %s?", near);
	if (is_group)
		return err_hint(err, "pinfold syscalls lists the groups");
	return err_hint(err, "pinfold syscalls @known lists them all; see syscalls(2)");
}

int syscall_check_words(struct arena *arena, const struct syscall_table *table, char *const words[],
			struct err *err)
{
	for (size_t i = 0; words[i] != NULL; i++) {
		if (syscall_find_group(table, words[i]) == NULL && syscall_find(table, words[i]) < 0)
			return refuse_word(arena, table, words[i], err);
	}
	return 0;
}
