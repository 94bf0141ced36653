/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lint_filter.c - what the words of [seccomp] open, and those that change nothing here. */
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/lint.h"
#include "plan/problem.h"
#include "plan/request.h"
#include "plan/syscall.h"

static void warn(struct problems *problems, const struct value *value, const char *id, const char *message,
		 const char *hint)
{
	struct err err;

	err_set(&err, ERR_CONFIG, id, 0, "%s", message);
	err_hint(&err, "%s", hint);
	(void)origin_blame(&err, value->origin);
	problems_warn(problems, &err);
}

/* Does a group have anything that the stock policy refuses? One that it has, to name it; -1: none. */
static int find_refused(const struct value *value)
{
	const struct syscall_set *refused = &syscall_find_group(&syscall_table, "@refused")->members;
	const struct syscall_group *group = syscall_find_group(&syscall_table, value->a);

	for (size_t row = 0; row < syscall_table.count; row++) {
		bool is_here = syscall_table.rows[row].number != SYSCALL_NONE ||
			       syscall_table.rows[row].sibling != SYSCALL_NONE;
		bool is_named = group != NULL ? syscall_set_has(&group->members, row)
					      : str_eq(value->a, syscall_table.rows[row].name);

		if (is_here && is_named && syscall_set_has(refused, row))
			return (int)row;
	}
	return -1;
}

static void check_allow(struct arena *arena, const struct value *value, struct problems *problems)
{
	int row = find_refused(value);

	if (row < 0 || value->layer == 0)
		return;
	warn(problems, value, "lint.privilege",
	     arena_printf(arena,
			  "allow = %s: %s reaches parts of the kernel that are kept from confined programs",
			  value->text, syscall_table.rows[row].name),
	     "take it away, unless the program cannot do without");
}

/* Known, but not to the CPU that this is. */
static void check_here(struct arena *arena, const char *key, const struct value *value,
		       struct problems *problems)
{
	int row = value->a[0] == '@' ? -1 : syscall_find(&syscall_table, value->a);

	if (row < 0 || syscall_table.rows[row].number != SYSCALL_NONE ||
	    syscall_table.rows[row].sibling != SYSCALL_NONE)
		return;
	warn(problems, value, "lint.syscall-absent",
	     arena_printf(arena, "%s = %s: only other architectures have that call", key, value->text),
	     "nothing is wrong with it, if the profile is for those too");
}

void lint_filter(const struct request *request, struct problems *problems)
{
	const struct value_list *allow = &request->values[OPT_SECCOMP_ALLOW];
	const struct value_list *deny = &request->values[OPT_SECCOMP_DENY];

	for (size_t i = 0; i < allow->count; i++) {
		check_allow(request->arena, &allow->items[i], problems);
		check_here(request->arena, "allow", &allow->items[i], problems);
	}
	for (size_t i = 0; i < deny->count; i++)
		check_here(request->arena, "deny", &deny->items[i], problems);
}
