/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_entry.c - the sandbox's name, and how it goes on when nobody waits for it. */
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/entry.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

int entry_check_name(struct arena *arena, const char *name, struct err *err)
{
	static const char more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	const size_t len = strlen(name);

	if (len > 0 && len <= ENTRY_NAME_MAX && strspn(name, more) == len && strchr("_.-", name[0]) == NULL)
		return 0;
	err_set(err, ERR_USAGE, "usage.name", 0, "%s cannot be the name of a sandbox",
		len == 0 ? "\"\"" : str_show(arena, name));
	return err_hint(
		err, "letters, digits, \"_\", \".\" and \"-\", the first one a letter or digit, %d at most",
		ENTRY_NAME_MAX);
}

/* The kinds of namespaces in a set of CLONE_NEW*. */
static uint32_t spaces_of(uint64_t flags)
{
	uint32_t spaces = 0;

	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		if ((flags & space_table[i].flag) != 0)
			spaces |= UINT32_C(1) << i;
	}
	return spaces;
}

int plan_entry(struct build *build)
{
	const struct request_entry *asked = &build->request->entry;
	const struct plan *plan = build->plan;
	const uint64_t time_flag = plan->has_time_offsets ? space_table[SPACE_TIME].flag : 0;
	struct plan_entry *entry = &build->plan->entry;

	if (asked->is_detached && asked->name == NULL) {
		err_set(build->err, ERR_USAGE, "usage.detach", 0, "--detach needs --name NAME");
		return err_hint(build->err,
				"without one nobody could find it again, to wait for it or end it");
	}
	if (asked->log != NULL && !asked->is_detached) {
		err_set(build->err, ERR_USAGE, "usage.log", 0, "--log has no effect without --detach");
		return err_hint(build->err, "the program writes where pinfold does: redirect that");
	}
	/* --status tells their inodes. */
	if (asked->name != NULL || plan->caller.has_status) {
		entry->early_spaces = spaces_of(plan->clone_flags | time_flag);
		entry->late_spaces = spaces_of(plan->apart_flags);
	}
	if (asked->name == NULL)
		return 0;
	if (entry_check_name(build->arena, asked->name, build->err) < 0)
		return -1;
	entry->name = asked->name;
	entry->base = entry_base(build->host, build->arena);
	entry->is_held = asked->is_held;
	entry->is_detached = asked->is_detached;
	entry->log = asked->log;
	return 0;
}
