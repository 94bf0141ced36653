/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_join.c - namespaces of another sandbox, in place of new ones or the host's: a pod. */
#include <sched.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/entry.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

static const struct {
	enum option_id id;
	enum space kind;
} keys[] = {{OPT_NS_IPC, SPACE_IPC}, {OPT_NS_UTS, SPACE_UTS}, {OPT_NETWORK, SPACE_NET}};

/* They belong to one user namespace, and only one can be entered. Of paths that is seen when they are open.
 */
static int check_donor(struct build *build, const struct value *first, const struct value *value)
{
	if (str_eq(value->a, first->a) || (value->a[0] == '/' && first->a[0] == '/'))
		return 0;
	err_set(build->err, ERR_CONFIG, "config.join", 0,
		"%s does not go with %s (%s): namespaces of one other sandbox can be joined, not of two",
		value->text, first->text, origin_text(build->arena, first->origin));
	err_hint(build->err, "each belongs to a user namespace, and a process is in one: join them all from "
			     "the same sandbox");
	return origin_blame(build->err, value->origin);
}

static void add(struct build *build, size_t row, const struct value *value)
{
	struct plan_join *join = &build->plan->join;
	const struct option_row *option = &option_table[keys[row].id];
	const bool is_path = value->a[0] == '/';

	*ARENA_PUSH(build->arena, join->items, join->count) =
		(struct plan_joined){.kind = keys[row].kind,
				     .path = is_path ? value->a : NULL,
				     .key = arena_printf(build->arena, "%s.%s", option->section, option->key),
				     .origin = value->origin};
	join->kinds |= UINT32_C(1) << keys[row].kind;
	join->name = is_path ? NULL : value->a;
}

/* They are written in /proc/self, for which init would have to be open to the root of what it joins. */
static int refuse_offsets(struct build *build, const struct value *value)
{
	const struct plan_offset *offset = &build->plan->offsets[0];

	err_set(build->err, ERR_CONFIG, "config.join", 0, "time-offset does not go with %s (%s)", value->text,
		origin_text(build->arena, value->origin));
	err_hint(build->err, "it does with a sandbox that is joined by its name");
	return origin_blame(build->err, offset->origin);
}

int plan_join(struct build *build)
{
	const struct value *first = NULL;
	struct plan *plan = build->plan;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const struct value *value = request_get(build->request, keys[i].id);

		if (value->number != SPACE_JOIN)
			continue;
		if (first == NULL)
			first = value;
		if (check_donor(build, first, value) < 0)
			return -1;
		add(build, i, value);
	}
	if (first == NULL)
		return 0;
	if (plan->join.name != NULL)
		plan->join.base = entry_base(build->host, build->arena);
	plan->clone_flags &= ~(uint64_t)CLONE_NEWUSER;
	plan->map.writer = MAP_JOINED;
	if (plan->has_time_offsets && plan->join.name == NULL)
		return refuse_offsets(build, first);
	/* Nobody of the other's can see it then: its pid namespace is another one. */
	plan->map.opens_memory = plan->has_time_offsets;
	return 0;
}

uint32_t plan_joined_spaces(const struct plan *plan)
{
	return plan->join.kinds == 0 ? 0 : plan->join.kinds | UINT32_C(1) << SPACE_USER;
}
