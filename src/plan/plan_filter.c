/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_filter.c - which system calls the program may make.
 *
 * Allowed is what allow names (the stock policy's @stock, unless it is taken away) and what namespaces.nested
 * needs; with default = allow, all that the stock policy does not refuse. Whatever deny names is refused.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan_parts.h"
#include "plan/request.h"
#include "plan/syscall.h"

#define REFUSE_WITH(errnum) (SECCOMP_RET_ERRNO | (uint32_t)(errnum))

static const struct syscall_set *group(const char *name)
{
	return &syscall_find_group(&syscall_table, name)->members;
}

static void put_word(struct syscall_set *set, const char *name, bool is_in)
{
	if (name[0] == '@')
		syscall_set_join(set, group(name), is_in);
	else
		syscall_set_put(set, (size_t)syscall_find(&syscall_table, name), is_in);
}

/*
 * What a call is named in other ABIs of the same kernel. Who denies one denies all: a program could take the
 * 32-bit door to the other. is_alike: their arguments stand in the same places.
 */
static const struct family {
	bool is_alike;
	const char *names[4];
} families[] = {
#define SAME(...) {true, {__VA_ARGS__}},
#define SAME_CALL(...) {false, {__VA_ARGS__}},
#include "plan/syscall_same.def"
#undef SAME
#undef SAME_CALL
};

static bool is_member(const struct family *family, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(family->names) && family->names[i] != NULL; i++) {
		if (str_eq(family->names[i], name))
			return true;
	}
	return false;
}

void plan_filter_put(struct syscall_set *set, const char *word)
{
	put_word(set, word, true);
	for (size_t i = 0; i < ARRAY_SIZE(families) && word[0] != '@'; i++) {
		if (!is_member(&families[i], word))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(families[i].names) && families[i].names[k] != NULL; k++)
			put_word(set, families[i].names[k], true);
	}
}

static void note_word(struct build *build, const struct value *value, bool is_allow)
{
	struct plan_filter *filter = &build->plan->filter;

	*ARENA_PUSH(build->arena, filter->words, filter->word_count) =
		(struct plan_filter_word){.text = value->text, .is_allow = is_allow, .origin = value->origin};
}

static bool has_name(const char *word, const char *call)
{
	struct syscall_set set = {0};

	put_word(&set, word, true);
	return syscall_set_has(&set, (size_t)syscall_find(&syscall_table, call));
}

/* What nested = none promises and a word of allow would break. */
static int check_allow(struct build *build, const struct value *value)
{
	struct plan *plan = build->plan;
	const bool is_admin = (plan->keep_caps >> CAP_SYS_ADMIN & 1) != 0;
	/* In a user namespace of its own it is one, over copies of our mounts, without the masks where it can
	 * unmount. */
	const bool can_mount = is_admin || plan->nested == NESTED_BROWSER;

	if (plan->nested == NESTED_NONE && str_eq(value->a, "clone3")) {
		err_set(build->err, ERR_CONFIG, "config.allow-nested", 0,
			"allow = clone3 does not go with nested = none: its flags are in memory, where no "
			"filter sees that it "
			"makes a user namespace");
		err_hint(build->err, "take it away (libraries do without it), or set nested = browser");
		return origin_blame(build->err, value->origin);
	}
	/* Any of them: a copy of a tree (open_tree) has no masks either, and another size (fsconfig) no
	 * limit. */
	for (size_t row = 0; can_mount && row < syscall_table.count; row++) {
		const char *name = syscall_table.rows[row].name;

		if (!syscall_set_has(group("@mount"), row) || str_eq(name, "chroot") ||
		    !has_name(value->a, name))
			continue;
		err_set(build->err, ERR_CONFIG, "config.keep-nested", 0,
			"allow = %s does not go with %s: the program could undo its own mounts", value->text,
			is_admin ? "keep = sys_admin" : "nested = browser");
		err_hint(build->err,
			 "take one of the two away; with nested = full it has the mounts of a nested user "
			 "namespace");
		return origin_blame(build->err, value->origin);
	}
	return 0;
}

static int take_allows(struct build *build)
{
	static const char *const nested[NESTED_COUNT] = {
		[NESTED_BROWSER] = "@nested-browser", [NESTED_FULL] = "@nested-full"};
	const struct value_list *allow = &build->request->values[OPT_SECCOMP_ALLOW];
	struct plan_filter *filter = &build->plan->filter;
	struct syscall_set *allowed = &filter->policy.allowed;

	if (filter->allows_others) {
		memset(allowed, 0xff, sizeof(*allowed));
		syscall_set_join(allowed, group("@refused"), false);
	}
	for (size_t i = 0; i < allow->count; i++) {
		const struct value *value = &allow->items[i];

		if (check_allow(build, value) < 0)
			return -1;
		put_word(allowed, value->a, true);
		if (str_eq(value->a, "@stock"))
			filter->has_stock = true;
		if (value->layer > 0)
			note_word(build, value, true);
	}
	if (filter->nested == NESTED_NONE) {
		/* Not let through either where what is denied is. */
		if (filter->is_permissive)
			put_word(&filter->policy.denied, "clone3", false);
		filter->leaves_clone3 =
			syscall_set_has(allowed, (size_t)syscall_find(&syscall_table, "clone3"));
		put_word(allowed, "clone3", false);
	}
	if (nested[filter->nested] != NULL)
		put_word(allowed, nested[filter->nested], true);
	return 0;
}

static void push_rule(struct build *build, const struct value *value, const struct syscall_match *match)
{
	struct plan_filter *filter = &build->plan->filter;

	put_word(&filter->policy.looked_at, match->name, true);
	*ARENA_PUSH(build->arena, filter->rules, filter->rule_count) =
		(struct plan_arg_rule){.text = value->text, .match = match, .origin = value->origin};
}

/* A rule for a call, and for what the same call is named elsewhere; where its arguments stand otherwise, that
 * is denied. */
static void add_rule(struct build *build, const struct value *value)
{
	push_rule(build, value, value->match);
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct family *family = &families[i];

		if (!is_member(family, value->a))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(family->names) && family->names[k] != NULL; k++) {
			struct syscall_match *match;

			if (str_eq(family->names[k], value->a))
				continue;
			if (!family->is_alike) {
				put_word(&build->plan->filter.policy.denied, family->names[k], true);
				continue;
			}
			match = arena_alloc(build->arena, sizeof(*match));
			*match = *value->match;
			match->name = family->names[k];
			push_rule(build, value, match);
		}
	}
}

static void take_denies(struct build *build)
{
	const struct value_list *deny = &build->request->values[OPT_SECCOMP_DENY];
	struct plan_filter *filter = &build->plan->filter;

	for (size_t i = 0; i < deny->count; i++) {
		const struct value *value = &deny->items[i];

		note_word(build, value, false);
		if (value->match == NULL)
			plan_filter_put(&filter->policy.denied, value->a);
		else
			add_rule(build, value);
	}
}

static void take_answer(struct build *build)
{
	static const uint32_t actions[] = {[ON_DENY_ERRNO] = REFUSE_WITH(EPERM),
					   [ON_DENY_KILL] = SECCOMP_RET_KILL_PROCESS,
					   [ON_DENY_PERMISSIVE] = SECCOMP_RET_USER_NOTIF};
	const struct value *value = request_get(build->request, OPT_ON_DENY);
	struct plan_filter *filter = &build->plan->filter;

	filter->on_deny = value->text;
	filter->is_permissive = value->number == ON_DENY_PERMISSIVE;
	filter->is_traced = build->request->is_traced;
	filter->asks = filter->is_traced || filter->is_permissive;
	/* Not where the profile's refusals are let through: the stock ones must not be with them. */
	filter->asks_all = filter->is_traced && !filter->is_permissive;
	filter->on_deny_origin = value->layer > 0 ? value->origin : NULL;
	filter->policy.optional = *group("@optional");
	filter->policy.refused_action =
		value->offset > 0 ? REFUSE_WITH(value->offset) : actions[value->number];
	filter->policy.missing_action = REFUSE_WITH(ENOSYS);
	filter->policy.locks_personality = true;
}

/* The value that denies a call, or with arguments; NULL: nobody does. */
static const struct value *find_deny(struct build *build, const char *call)
{
	const struct value_list *deny = &build->request->values[OPT_SECCOMP_DENY];

	for (size_t i = 0; i < deny->count; i++) {
		if (has_name(deny->items[i].a, call))
			return &deny->items[i];
	}
	return NULL;
}

/* Without these no program could start or end, or pinfold say that it did not: what is meant is something
 * else. */
static int check_needed(struct build *build)
{
	const struct request *request = build->request;
	static const char *const needed[] = {"execve", "exit_group", "write"};
	const struct syscall_set *allowed = &build->plan->filter.policy.allowed;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		const struct value *deny = find_deny(build, needed[i]);
		const struct value *allow = request_get(build->request, OPT_SECCOMP_ALLOW);

		if (deny != NULL) {
			err_set(build->err, ERR_CONFIG, "config.deny-needed", 0,
				"deny = %s: no program can start without %s", deny->text, needed[i]);
			if (deny->a[0] == '@')
				err_hint(
					build->err,
					"deny the calls of it that are meant: pinfold syscalls %s lists them",
					deny->a);
			else
				err_hint(build->err, "take it away");
			return origin_blame(build->err, deny->origin);
		}
		if (syscall_set_has(allowed, (size_t)syscall_find(&syscall_table, needed[i])))
			continue;
		err_set(build->err, ERR_CONFIG, "config.deny-needed", 0,
			"allow does not name %s, and no program can start without it", needed[i]);
		err_hint(build->err, "add what every program needs: allow = @default @basic-io @file-system");
		/* With default = allow all is allowed, and deny was to blame. */
		return origin_blame(build->err, allow != NULL ? allow->origin
							      : request->values[OPT_SECCOMP_ALLOW].emptied);
	}
	return 0;
}

/* Somebody answers each call in place of the filter. */
static int check_answer(struct build *build)
{
	struct plan_filter *filter = &build->plan->filter;
	const struct value *answer = request_get(build->request, OPT_ON_DENY);

	const bool is_admin = (build->plan->keep_caps >> CAP_SYS_ADMIN & 1) != 0;

	if (filter->is_permissive && (is_admin || filter->nested != NESTED_NONE)) {
		err_set(build->err, ERR_CONFIG, "config.keep-nested", 0,
			"on-deny = permissive does not go with %s: the program could undo its own mounts",
			is_admin ? "keep = sys_admin" : "user namespaces of its own (nested)");
		err_hint(build->err, "take one of the two away");
		return origin_blame(build->err, answer->origin);
	}
	if (filter->is_traced && answer->number == ON_DENY_KILL) {
		err_set(build->err, ERR_CONFIG, "config.trace-kill", 0,
			"--trace-denied does not go with on-deny = kill: who is asked about a call can only "
			"give it an errno");
		err_hint(build->err, "add --set seccomp.on-deny=errno while you trace");
		return origin_blame(build->err, answer->origin);
	}
	return 0;
}

/* Can the call be made at all, whatever is reported of it? */
static bool is_open(const struct plan_filter *filter, size_t row)
{
	const uint32_t action = filter_action(&filter->policy, row);

	return action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_USER_NOTIF;
}

int plan_filter(struct build *build)
{
	const struct request *request = build->request;
	struct plan_filter *filter = &build->plan->filter;

	filter->nested = build->plan->nested;
	filter->allows_others = request_number(request, OPT_SECCOMP_DEFAULT) == SECCOMP_ALLOW;
	take_answer(build);
	take_denies(build);
	if (take_allows(build) < 0 || check_needed(build) < 0)
		return -1;
	if (check_answer(build) < 0)
		return -1;
	for (size_t i = 0; i < syscall_table.count; i++)
		filter->allows_keys =
			filter->allows_keys || (syscall_set_has(group("@keyring"), i) && is_open(filter, i));
	/* A kill would come in place of "not found". */
	build->plan->program.may_look = is_open(filter, (size_t)syscall_find(&syscall_table, "faccessat"));
	/* @stock, and nothing else said. */
	filter->is_stock = filter->word_count == 0 && !filter->allows_others &&
			   filter->on_deny_origin == NULL && !filter->is_traced &&
			   request->values[OPT_SECCOMP_ALLOW].count == 1;
	return 0;
}

void plan_filter_deny(struct build *build, const char *call, const struct origin *origin)
{
	struct plan_filter *filter = &build->plan->filter;
	size_t row = (size_t)syscall_find(&syscall_table, call);

	if (syscall_set_has(&filter->policy.denied, row))
		return;
	syscall_set_put(&filter->policy.denied, row, true);
	filter->is_stock = false;
	*ARENA_PUSH(build->arena, filter->words, filter->word_count) =
		(struct plan_filter_word){.text = call, .origin = origin};
}
