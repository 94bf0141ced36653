/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* filter.c - the system call filters: the stock ones, and those of a profile's own policy. */
#include "config.h"

#include "act/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/lib.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/seccomp.h"

/* Made by mkfilter: stock_none, stock_browser, stock_full, stock_init, stock_sibling. */
#define T(name) stock_##name
#include "act/filters.inc"

static const struct filter stock[NESTED_COUNT] = {
	[NESTED_NONE] = {stock_none, ARRAY_SIZE(stock_none)},
	[NESTED_BROWSER] = {stock_browser, ARRAY_SIZE(stock_browser)},
	[NESTED_FULL] = {stock_full, ARRAY_SIZE(stock_full)},
};

/* What of them looks at arguments, for a profile's own policy to stand behind. */
static const struct filter stock_args[NESTED_COUNT] = {
	[NESTED_NONE] = {stock_args_none, ARRAY_SIZE(stock_args_none)},
	[NESTED_BROWSER] = {stock_args_browser, ARRAY_SIZE(stock_args_browser)},
	[NESTED_FULL] = {stock_args_full, ARRAY_SIZE(stock_args_full)},
};

enum { API_LEVEL = 5 }; /* seccomp_api_get(3) */

struct api {
	__typeof__(&seccomp_api_set) api_set;
	__typeof__(&seccomp_init) init;
	__typeof__(&seccomp_release) release;
	__typeof__(&seccomp_arch_add) arch_add;
	__typeof__(&seccomp_syscall_resolve_name) resolve_name;
	__typeof__(&seccomp_rule_add_array) rule_add;
	__typeof__(&seccomp_export_bpf) export_bpf;
};

static int load_library(struct api *ret_api, struct err *err)
{
	static const struct lib_symbol symbols[] = {
		LIB_SYMBOL(struct api, api_set, seccomp_api_set),
		LIB_SYMBOL(struct api, init, seccomp_init),
		LIB_SYMBOL(struct api, release, seccomp_release),
		LIB_SYMBOL(struct api, arch_add, seccomp_arch_add),
		LIB_SYMBOL(struct api, resolve_name, seccomp_syscall_resolve_name),
		LIB_SYMBOL(struct api, rule_add, seccomp_rule_add_array),
		LIB_SYMBOL(struct api, export_bpf, seccomp_export_bpf),
	};

	return lib_load(LIBSECCOMP_SONAME, symbols, ARRAY_SIZE(symbols), ret_api, err);
}

/*
 * Adds a rule for each way in which the compares can hold: "any of these bits" is one rule a bit. `taken` are
 * the compares decided so far.
 */
static int add_rule(const struct api *api, scmp_filter_ctx context, const struct plan_arg_rule *rule,
		    struct scmp_arg_cmp *taken, size_t count, uint32_t action)
{
	const struct syscall_compare *compare = &rule->match->compares[count];
	int r;

	if (count == rule->match->count) {
		r = api->rule_add(context, action, api->resolve_name(rule->match->name), (unsigned int)count,
				  taken);
		return r == -EEXIST ? 0 : r;
	}
	taken[count] = (struct scmp_arg_cmp){.arg = compare->index,
					     .op = SCMP_CMP_MASKED_EQ,
					     .datum_a = compare->mask,
					     .datum_b = compare->value};
	if (!compare->is_any)
		return add_rule(api, context, rule, taken, count + 1, action);
	for (unsigned int bit = 0; bit < 64; bit++) {
		uint64_t value = UINT64_C(1) << bit;

		if ((compare->value & value) == 0)
			continue;
		taken[count].datum_a = taken[count].datum_b = value;
		r = add_rule(api, context, rule, taken, count + 1, action);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_rules(const struct api *api, scmp_filter_ctx context, const struct plan_filter *plan,
		     struct err *err)
{
	/* The 32-bit architecture that a 64-bit kernel runs too: a call denied in one is denied in both. */
	int r = stock_sibling != 0 ? api->arch_add(context, stock_sibling) : 0;

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.filter", -r,
			       "cannot add the 32-bit architecture to the filter");
	for (size_t i = 0; i < plan->rule_count; i++) {
		struct scmp_arg_cmp taken[6];

		r = add_rule(api, context, &plan->rules[i], taken, 0, plan->policy.refused_action);
		if (r == 0)
			continue;
		err_set(err, ERR_CONFIG, "config.syscall-rule", -r, "deny = %s cannot be made a filter",
			plan->rules[i].text);
		err_hint(err, "this libseccomp may not know the call, or there are too many such rules: deny "
			      "the call as a "
			      "whole");
		return origin_blame(err, plan->rules[i].origin);
	}
	return 0;
}

/* libseccomp writes a filter to a descriptor: a memory file, read back. */
static int export_filter(const struct api *api, scmp_filter_ctx context, struct arena *arena,
			 struct filter *ret_filter, struct err *err)
{
	CLEANUP_FD int fd = sys_memory_file("pinfold-filter");
	struct stat st = {0};
	struct sock_filter *code;
	int r = fd < 0 ? fd : api->export_bpf(context, fd);

	if (r == 0)
		r = sys_fstat(fd, &st);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.filter", -r, "cannot compile the filter");
	code = arena_alloc(arena, (size_t)st.st_size);
	r = sys_pread(fd, code, (size_t)st.st_size);
	if (r != st.st_size)
		return err_set(err, ERR_SYSTEM, "system.filter", r < 0 ? -r : EIO,
			       "cannot read the filter back");
	*ret_filter = (struct filter){.code = code, .count = (size_t)st.st_size / sizeof(code[0])};
	return 0;
}

/* The profile's own denies of arguments, as a filter that allows all else. */
static int compile_rules(struct arena *arena, const struct plan_filter *plan, struct filter *ret_filter,
			 struct err *err)
{
	struct api api;
	scmp_filter_ctx context;
	int r;

	if (plan->rule_count == 0)
		return 0;
	if (load_library(&api, err) < 0)
		return -1;
	/*
	 * Of kernels from 5.0 on, which every one is that we run on: asked for what this one knows, the
	 * library would not take KILL_PROCESS or NOTIFY where seccomp(2) answers nothing, although it only
	 * makes code.
	 */
	(void)api.api_set(API_LEVEL);
	context = api.init(SCMP_ACT_ALLOW);
	if (context == NULL)
		return err_set(err, ERR_SYSTEM, "system.filter", ENOMEM, "cannot start a filter");
	r = add_rules(&api, context, plan, err);
	if (r == 0)
		r = export_filter(&api, context, arena, ret_filter, err);
	api.release(context);
	return r;
}

/* Where arguments are refused, somebody is asked. */
static void ask_instead(struct sock_filter *code, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (code[i].code == (BPF_RET | BPF_K) &&
		    (code[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
			code[i].k = SECCOMP_RET_USER_NOTIF;
	}
}

int act_compile_filter(struct arena *arena, const struct plan_filter *plan, struct filter *ret_filter,
		       struct err *err)
{
	struct call_policy policy = plan->policy;
	struct filter rules = {0};
	struct sock_filter *code;
	size_t count;

	*ret_filter = stock[plan->nested];
	if (plan->is_stock)
		return 0;
	if (compile_rules(arena, plan, &rules, err) < 0)
		return -1;
	code = arena_alloc(arena, FILTER_MAX_CODE * sizeof(code[0]));
	/* Who traces is asked about each call, and gives the answer that stands in the plan. */
	if (plan->is_traced)
		policy.refused_action = policy.missing_action = SECCOMP_RET_USER_NOTIF;
	count = filter_compile(&syscall_table, &policy, code);
	if (count > 0 && rules.count > 0)
		count = filter_prepend(rules.code, rules.count, code, count);
	if (count > 0)
		count = filter_prepend(stock_args[plan->nested].code, stock_args[plan->nested].count, code,
				       count);
	if (plan->asks_all)
		ask_instead(code, count);
	if (count == 0) {
		err_set(err, ERR_CONFIG, "config.syscall-rule", 0,
			"the rules of [seccomp] make a filter that is too long");
		return err_hint(err,
				"the kernel takes 4096 instructions: deny fewer arguments, or whole calls");
	}
	*ret_filter = (struct filter){.code = code, .count = count};
	return 0;
}

int act_explain_load(int errnum, struct err *err)
{
	err_set(err, ERR_HOST, "host.seccomp", errnum, "cannot load the system call filter");
	return err_hint(err,
			"the kernel needs CONFIG_SECCOMP_FILTER, and no outer filter may refuse seccomp(2)");
}

int act_load_filter(const struct filter *filter, struct err *err)
{
	int r = sys_load_filter(filter->code, filter->count);

	return r == 0 ? 0 : act_explain_load(-r, err);
}

int act_load_init_filter(struct err *err)
{
	static const struct filter filter = {stock_init, ARRAY_SIZE(stock_init)};

#ifdef __SANITIZE_ADDRESS__
	/* A sanitizer makes calls of its own; such a build is for finding bugs, and gets the program's
	 * filter. */
	(void)filter;
	return act_load_filter(&stock[NESTED_NONE], err);
#else
	return act_load_filter(&filter, err);
#endif
}
