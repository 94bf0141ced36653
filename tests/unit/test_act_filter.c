/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_filter.c - the stock filters, and a profile's own denies compiled and stacked on them. */
#include "act/filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include "act_fixture.h"

TestSuite(filter, .init = act_setup, .fini = fix_teardown);

static struct filter denies;

static int compile(void)
{
	return act_compile_denies(fix.arena, &fix.plan.filter, &denies, &fix.err);
}

static int load(void)
{
	return act_load_filters(&fix.plan.filter, &denies, &fix.err);
}

Test(filter, without_denies_nothing_is_compiled)
{
	fix_build();
	cr_assert_eq(compile(), 0);
	cr_assert_null(denies.code);
	assert_trace("");
	cr_assert_eq(load(), 0);
	cr_assert_eq(fake_count(), 1U, "the stock filter alone");
}

Test(filter, denies_are_compiled_through_a_memory_file)
{
	fix_set("seccomp.deny", "socket connect");
	fix_build();
	cr_assert_eq(compile(), 0, "%s", fix.err.msg);
	cr_assert_not_null(denies.code);
	assert_trace("memory_file pinfold-filter = #1\nfstat #1\npread #1\n");
	each_call_fails(compile, NULL, NULL);
}

Test(filter, the_stock_filter_is_loaded_first)
{
	fix_set("seccomp.deny", "socket");
	fix_build();
	cr_assert_eq(compile(), 0);
	fake_reset();
	cr_assert_eq(load(), 0);
	cr_assert_eq(fake_count(), 2U);
	cr_assert_str_eq(fake_line(2), arena_printf(fix.arena, "load_filter %zu", denies.count));
	each_call_fails(load, NULL, NULL);
}

Test(filter, each_value_of_nested_has_its_own)
{
	const char *lines[3];
	static const char *const values[] = {"none", "browser", "full"};

	for (size_t i = 0; i < 3; i++) {
		fix_set("namespaces.nested", values[i]);
		fix_build();
		fake_reset();
		denies = (struct filter){0};
		cr_assert_eq(load(), 0);
		lines[i] = arena_strdup(fix.arena, fake_trace());
	}
	cr_assert_str_neq(lines[0], lines[1]);
	cr_assert_str_neq(lines[1], lines[2]);
}

Test(filter, a_refused_filter_is_the_hosts_fault)
{
	fix_build();
	fake_fail("load_filter", EINVAL);
	fix_assert_refused(load(), "host.seccomp", "cannot load the system call filter");
	cr_assert_eq(fix.err.kind, ERR_HOST);
}

Test(filter, a_name_that_is_no_system_call)
{
	static const char *const names[] = {"no_such_call", "socket_", "1"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		fix_set("seccomp.deny", "");
		fix_set("seccomp.deny", names[i]);
		fix_build();
		fix_assert_refused(compile(), "config.syscall",
				   arena_printf(fix.arena, "deny = %s: there is no such", names[i]));
		cr_assert_str_eq(fix_where(), arena_printf(fix.arena, "seccomp.deny=%s", names[i]));
	}
}

Test(filter, denies_are_compiled_once_however_often_they_are_named)
{
	size_t count;

	fix_set("seccomp.deny", "socket");
	fix_build();
	cr_assert_eq(compile(), 0);
	count = denies.count;
	fix_set("seccomp.deny", "socket socket");
	fix_build();
	cr_assert_eq(compile(), 0);
	cr_assert_eq(denies.count, count);
}

static int load_init(void)
{
	return act_load_init_filter(&fix.err);
}

Test(filter, init_has_one_of_its_own)
{
	cr_assert_eq(load_init(), 0);
	cr_assert_eq(fake_count(), 1U);
	each_call_fails(load_init, NULL, NULL);
}

/* ------------------------------------------------------------ what the code does, as the kernel would run it
 */

/* Runs classic BPF over a system call: enough of it for what libseccomp makes. */
static uint32_t run(const struct filter *filter, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < filter->count; pc++) {
		const struct sock_filter *op = &filter->code[pc];

		switch (op->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + op->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= op->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > op->k ? op->jt : op->jf;
			break;
		case BPF_JMP | BPF_JA:
			pc += op->k;
			break;
		case BPF_RET | BPF_K:
			return op->k;
		default:
			cr_assert_fail("instruction %#x", op->code);
		}
	}
	cr_assert_fail("the filter runs off its end");
	return 0;
}

#if defined(__x86_64__)
#include <linux/audit.h>

/* What the stock filter for a value of nested says to a call without arguments. */
static uint32_t stock_answer(const char *nested, uint32_t arch, unsigned int nr)
{
	const struct seccomp_data data = {.arch = arch, .nr = (int)nr};
	struct filter filter;

	fix_set("namespaces.nested", nested);
	fix_build();
	denies = (struct filter){0};
	cr_assert_eq(load(), 0);
	filter.count = fake_filter(&filter.code);
	return run(&filter, &data);
}

/* 467 is open_tree_attr(2), which libseccomp has no name for; 469 the newest call that pinfold knows. */
Test(filter, calls_that_nobody_has_heard_of_are_not_there)
{
	static const char *const values[] = {"none", "browser", "full"};
	static const uint32_t arches[] = {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386};
	static const unsigned int new[] = {470, 471, 500, 511, 512, 547, 548, 1000, 65536, 0x3fffffff};

	for (size_t i = 0; i < ARRAY_SIZE(values) * ARRAY_SIZE(arches); i++) {
		const char *nested = values[i / ARRAY_SIZE(arches)];
		const uint32_t arch = arches[i % ARRAY_SIZE(arches)];
		const uint32_t missing = SECCOMP_RET_ERRNO | ENOSYS;

		for (size_t k = 0; k < ARRAY_SIZE(new); k++)
			cr_assert_eq(stock_answer(nested, arch, new[k]), missing, "%s, call %u", nested,
				     new[k]);
		cr_assert_eq(stock_answer(nested, arch, 467),
			     str_eq(nested, "full") ? SECCOMP_RET_ALLOW : missing, "%s, open_tree_attr",
			     nested);
		cr_assert_eq(stock_answer(nested, arch, 469), SECCOMP_RET_ALLOW, "%s, file_setattr", nested);
		cr_assert_eq(stock_answer(nested, arch, 466), SECCOMP_RET_ALLOW, "%s, removexattrat", nested);
	}
}

Test(filter, no_other_abi)
{
	static const unsigned int numbers[] = {0, 39, 467, 469, 470, 512, 1000};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		cr_assert_eq(stock_answer("none", AUDIT_ARCH_X86_64, numbers[i] | 0x40000000),
			     SECCOMP_RET_KILL_PROCESS, "x32, call %u", numbers[i]);
		cr_assert_neq(stock_answer("none", AUDIT_ARCH_AARCH64, numbers[i]), SECCOMP_RET_ALLOW,
			      "a foreign ABI, call %u", numbers[i]);
	}
}

Test(filter, what_is_denied_is_refused_in_both_abis_and_nothing_else)
{
	struct seccomp_data data = {.arch = AUDIT_ARCH_X86_64};

	fix_set("seccomp.deny", "getpriority connect");
	fix_build();
	cr_assert_eq(compile(), 0);
	for (int nr = 0; nr < 450; nr++) {
		bool is_denied = nr == SYS_getpriority || nr == SYS_connect;

		data.nr = nr;
		cr_assert_eq(run(&denies, &data), is_denied ? (SECCOMP_RET_ERRNO | EPERM) : SECCOMP_RET_ALLOW,
			     "call %d", nr);
	}
	data.arch = AUDIT_ARCH_I386;
	data.nr = 96; /* getpriority there */
	cr_assert_eq(run(&denies, &data), (uint32_t)(SECCOMP_RET_ERRNO | EPERM));
	data.nr = 362; /* connect */
	cr_assert_eq(run(&denies, &data), (uint32_t)(SECCOMP_RET_ERRNO | EPERM));
	data.nr = 20; /* getpid */
	cr_assert_eq(run(&denies, &data), (uint32_t)SECCOMP_RET_ALLOW);
}
#endif
