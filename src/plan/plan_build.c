/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan_build.c - the decisions: a request and facts in, a plan out. */
#include "plan/plan_build.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

const struct step_row step_table[STEP_COUNT] = {
#define STEP(id, name, who, reason) [STEP_##id] = {name, WHO_##who, reason},
#include "plan/steps.def"
#undef STEP
};

/* Of every key whose first word is that; SPACE_PRIVATE where it can be joined too. */
enum { CHOICE_PRIVATE = SPACE_PRIVATE };

static bool is_private(const struct request *request, enum option_id id)
{
	return request_number(request, id) == CHOICE_PRIVATE;
}

/* 5.12 brought mount_setattr(2), without which a tree cannot be made read-only as a whole. */
static int plan_kernel(struct build *build)
{
	const struct host *host = build->host;

	if (host->kernel_major > 5 || (host->kernel_major == 5 && host->kernel_minor >= 12))
		return 0;
	err_set(build->err, ERR_HOST, "host.kernel-too-old", 0, "Linux %u.%u is too old", host->kernel_major,
		host->kernel_minor);
	return err_hint(build->err, "pinfold needs Linux 5.12 or newer (mount_setattr, close_range)");
}

int plan_refuse_without_effect(struct build *build, enum option_id id, enum option_id because)
{
	const struct value *value = request_get(build->request, id);
	const struct option_row *row = &option_table[id];
	const struct option_row *other = &option_table[because];

	err_set(build->err, ERR_CONFIG, "config.no-effect", 0, "%s.%s has no effect with %s.%s = %s",
		row->section, row->key, other->section, other->key,
		request_get(build->request, because)->text);
	err_hint(build->err, "take one of the two away");
	return origin_blame(build->err, value->origin);
}

static int plan_names(struct build *build)
{
	const struct request *request = build->request;
	static const enum option_id names[] = {OPT_HOSTNAME, OPT_DOMAINNAME};

	if (is_private(request, OPT_NS_UTS)) {
		build->plan->clone_flags |= CLONE_NEWUTS;
		build->plan->hostname = request_text(request, OPT_HOSTNAME, NULL);
		build->plan->domainname = request_text(request, OPT_DOMAINNAME, "(none)");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct value *value = request_get(request, names[i]);

		if (value != NULL && value->layer > 0)
			return plan_refuse_without_effect(build, names[i], OPT_NS_UTS);
	}
	return 0;
}

/* One offset for a clock: that of the later layer; two in one file contradict each other. */
static int add_offset(struct build *build, const struct value *value)
{
	struct plan *plan = build->plan;
	struct plan_offset *slot = NULL;

	for (size_t i = 0; i < plan->offset_count; i++) {
		if (str_eq(plan->offsets[i].clock, value->a))
			slot = &plan->offsets[i];
	}
	if (slot != NULL && slot->layer == value->layer && slot->seconds != value->offset) {
		err_set(build->err, ERR_CONFIG, "config.offset", 0, "two offsets for the clock %s: %s and %s",
			value->a, origin_text(build->arena, slot->origin),
			origin_text(build->arena, value->origin));
		err_hint(build->err, "take one of them away");
		return origin_blame(build->err, value->origin);
	}
	if (slot == NULL)
		slot = ARENA_PUSH(build->arena, plan->offsets, plan->offset_count);
	*slot = (struct plan_offset){
		.clock = value->a, .seconds = value->offset, .origin = value->origin, .layer = value->layer};
	return 0;
}

static int plan_time(struct build *build)
{
	const struct value_list *list = &build->request->values[OPT_TIME_OFFSET];
	struct plan *plan = build->plan;

	if (!is_private(build->request, OPT_NS_TIME))
		return list->count > 0 ? plan_refuse_without_effect(build, OPT_TIME_OFFSET, OPT_NS_TIME) : 0;
	/*
	 * Offsets can be written only before a process is in the namespace (time_namespaces(7)), so with
	 * them the namespace is made by unshare(2) after the clone; without, the clone makes it at once.
	 */
	plan->has_time_offsets = list->count > 0;
	if (!plan->has_time_offsets)
		plan->clone_flags |= CLONE_NEWTIME;
	for (size_t i = 0; i < list->count; i++) {
		if (add_offset(build, &list->items[i]) < 0)
			return -1;
	}
	return 0;
}

static int plan_namespaces(struct build *build)
{
	static const struct {
		enum option_id id;
		uint64_t flag;
	} rows[] = {
		{OPT_NS_IPC, CLONE_NEWIPC}, {OPT_NS_CGROUP, CLONE_NEWCGROUP}, {OPT_NETWORK, CLONE_NEWNET}};
	const struct request *request = build->request;
	struct plan *plan = build->plan;

	plan->clone_flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (is_private(request, rows[i].id))
			plan->clone_flags |= rows[i].flag;
	}
	plan->has_loopback = (plan->clone_flags & CLONE_NEWNET) != 0;
	plan->has_host_network = request_number(request, OPT_NETWORK) == SPACE_HOST;
	plan->nested = (enum nested)request_number(request, OPT_NESTED);
	plan->limits_userns = plan->nested == NESTED_NONE;
	if (plan_names(build) < 0)
		return -1;
	return plan_time(build);
}

#define SECBITS_LOCKED                                                                                       \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |     \
	 SECBIT_KEEP_CAPS_LOCKED)

/*
 * Most of what a start takes is the network namespace, and nothing but its own loopback waits for it. A root
 * caller's is made by the clone: he is undumpable when he has given up root, and so is the sandbox to those
 * beside it.
 */
static int plan_apart(struct build *build)
{
	struct plan *plan = build->plan;

	plan->apart_flags =
		plan->map.drops_root || plan->join.kinds != 0 ? 0 : plan->clone_flags & CLONE_NEWNET;
	plan->clone_flags &= ~plan->apart_flags;
	return 0;
}

static int plan_privilege(struct build *build)
{
	const struct value_list *keep = &build->request->values[OPT_KEEP];
	struct plan *plan = build->plan;

	/*
	 * Locked for good: uid 0 gives no capabilities on exec, changing uids moves none. With kept ones the
	 * ambient set is how they survive the exec, so raising it cannot be locked; it can hold no others.
	 */
	plan->securebits = SECBITS_LOCKED;
	if (keep->count == 0)
		plan->securebits |= SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	for (size_t i = 0; i < keep->count; i++)
		plan->keep_caps |= UINT64_C(1) << keep->items[i].number;
	if (plan->nested == NESTED_FULL && (plan->keep_caps >> CAP_SYS_ADMIN & 1) != 0) {
		/* With the mount calls open it could unmount masks and make what is read-only writable again.
		 */
		err_set(build->err, ERR_CONFIG, "config.keep-nested", 0,
			"keep = sys_admin does not go with nested = full: the program could undo its own "
			"mounts");
		err_hint(build->err,
			 "take one of the two away; a nested user namespace has its own sys_admin");
		return origin_blame(build->err, request_get(build->request, OPT_KEEP)->origin);
	}
	return 0;
}

int plan_build(const struct request *request, const struct host *host, struct plan *ret_plan, struct err *err)
{
	static int (*const parts[])(struct build * build) = {
		plan_caller, plan_kernel,   plan_namespaces, plan_ids,	     plan_join,	  plan_apart,
		plan_cgroup, plan_root,	    plan_wall,	     plan_privilege, plan_filter, plan_cgroup_check,
		plan_limits, plan_terminal, plan_program,    plan_entry,
	};
	struct build build = {
		.request = request, .host = host, .arena = request->arena, .plan = ret_plan, .err = err};

	*ret_plan = (struct plan){.profile = request->profile,
				  .profile_path = request->profile_path,
				  .deadline_ms = PLAN_DEADLINE_MS};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i](&build) < 0)
			return -1;
	}
	return 0;
}

bool plan_wants_mdwe(const struct request *request)
{
	return request_number(request, OPT_MDWE) != 0;
}

bool plan_wants_subids(const struct request *request)
{
	return request_number(request, OPT_MAP) == MAP_MODE_SUBIDS;
}
