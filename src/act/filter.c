/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* filter.c - the system call filters: the stock ones, and a profile's own denies. */
#include "config.h"

#include "act/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/lib.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"

/* Made by mkfilter: stock_none, stock_browser, stock_full, stock_init, stock_sibling. */
#include "act/filters.inc"

static const struct filter stock[NESTED_COUNT] = {
	[NESTED_NONE] = {stock_none, ARRAY_SIZE(stock_none)},
	[NESTED_BROWSER] = {stock_browser, ARRAY_SIZE(stock_browser)},
	[NESTED_FULL] = {stock_full, ARRAY_SIZE(stock_full)},
};

struct api {
	__typeof__(&seccomp_init) init;
	__typeof__(&seccomp_release) release;
	__typeof__(&seccomp_arch_add) arch_add;
	__typeof__(&seccomp_syscall_resolve_name) resolve_name;
	__typeof__(&seccomp_syscall_resolve_num_arch) resolve_number;
	__typeof__(&seccomp_rule_add_array) rule_add;
	__typeof__(&seccomp_export_bpf) export_bpf;
};

static int load_library(struct api *ret_api, struct err *err)
{
	static const struct lib_symbol symbols[] = {
		LIB_SYMBOL(struct api, init, seccomp_init),
		LIB_SYMBOL(struct api, release, seccomp_release),
		LIB_SYMBOL(struct api, arch_add, seccomp_arch_add),
		LIB_SYMBOL(struct api, resolve_name, seccomp_syscall_resolve_name),
		LIB_SYMBOL(struct api, resolve_number, seccomp_syscall_resolve_num_arch),
		LIB_SYMBOL(struct api, rule_add, seccomp_rule_add_array),
		LIB_SYMBOL(struct api, export_bpf, seccomp_export_bpf),
	};

	return lib_load(LIBSECCOMP_SONAME, symbols, ARRAY_SIZE(symbols), ret_api, err);
}

static int unknown_call(const struct api *api, const struct plan_deny *deny, struct err *err)
{
	enum { MAX_CALLS = 1024 };
	char *names[MAX_CALLS];
	size_t count = 0;
	const char *near;

	for (int number = 0; number < MAX_CALLS; number++) {
		char *name = api->resolve_number(SCMP_ARCH_NATIVE, number);

		if (name != NULL)
			names[count++] = name;
	}
	near = str_nearest(deny->name, (const char *const *)names, count);
	err_set(err, ERR_CONFIG, "config.syscall", 0, "deny = %s: there is no such system call here",
		deny->name);
	if (near != NULL)
		err_hint(err, "did you mean %s?", near);
	else
		err_hint(err,
			 "see syscalls(2); calls of other architectures have no place in a profile for this "
			 "one");
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	return origin_blame(err, deny->origin);
}

static int add_denies(const struct api *api, scmp_filter_ctx context, const struct plan_filter *plan,
		      struct err *err)
{
	/* The 32-bit architecture that a 64-bit kernel runs too: a call denied in one is denied in both. */
	int r = stock_sibling != 0 ? api->arch_add(context, stock_sibling) : 0;

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.filter", -r,
			       "cannot add the 32-bit architecture to the filter");
	for (size_t i = 0; i < plan->deny_count; i++) {
		const struct plan_deny *deny = &plan->denies[i];
		int number = api->resolve_name(deny->name);

		if (number < 0)
			return unknown_call(api, deny, err);
		r = api->rule_add(context, SCMP_ACT_ERRNO(EPERM), number, 0, NULL);
		if (r < 0 && r != -EEXIST) {
			err_set(err, ERR_SYSTEM, "system.filter", -r, "cannot add deny = %s to the filter",
				deny->name);
			return origin_blame(err, deny->origin);
		}
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

int act_compile_denies(struct arena *arena, const struct plan_filter *plan, struct filter *ret_filter,
		       struct err *err)
{
	struct api api;
	scmp_filter_ctx context;
	int r;

	*ret_filter = (struct filter){0};
	if (plan->deny_count == 0)
		return 0;
	if (load_library(&api, err) < 0)
		return -1;
	context = api.init(SCMP_ACT_ALLOW);
	if (context == NULL)
		return err_set(err, ERR_SYSTEM, "system.filter", ENOMEM, "cannot start a filter");
	r = add_denies(&api, context, plan, err);
	if (r == 0)
		r = export_filter(&api, context, arena, ret_filter, err);
	api.release(context);
	return r;
}

static int load(const struct filter *filter, struct err *err)
{
	int r = sys_load_filter(filter->code, filter->count);

	if (r == 0)
		return 0;
	err_set(err, ERR_HOST, "host.seccomp", -r, "cannot load the system call filter");
	return err_hint(err,
			"the kernel needs CONFIG_SECCOMP_FILTER, and no outer filter may refuse seccomp(2)");
}

int act_load_filters(const struct plan_filter *plan, const struct filter *denies, struct err *err)
{
	/* A deny may name a call that loading the next filter takes; the stock filters allow it. */
	if (load(&stock[plan->stock], err) < 0)
		return -1;
	return denies->code != NULL ? load(denies, err) : 0;
}

int act_load_init_filter(struct err *err)
{
	static const struct filter filter = {stock_init, ARRAY_SIZE(stock_init)};

#ifdef __SANITIZE_ADDRESS__
	/* A sanitizer makes calls of its own; such a build is for finding bugs, and gets the program's
	 * filter. */
	(void)filter;
	return load(&stock[NESTED_NONE], err);
#else
	return load(&filter, err);
#endif
}
