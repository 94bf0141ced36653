/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_filter.c - which filter a plan gets, and a profile's own policy compiled. */
#include "act/filter.h"

#include <linux/seccomp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "act_fixture.h"
#include "bpf.h"
#include "plan/syscall.h"

TestSuite(filter, .init = act_setup, .fini = fix_teardown);

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

static struct filter filter;

static int compile(void)
{
	return act_compile_filter(fix.arena, &fix.plan.filter, &filter, &fix.err);
}

static int load(void)
{
	return act_load_filter(&filter, &fix.err);
}

static void build_filter(void)
{
	fix_build();
	cr_assert_eq(compile(), 0, "%s", fix.err.msg);
}

static uint32_t native_number(const char *name)
{
	return (uint32_t)syscall_table.rows[syscall_find(&syscall_table, name)].number;
}

static uint32_t answer(const char *name, uint64_t a0, uint64_t a1)
{
	struct bpf_call call = {.arch = syscall_table.arch, .nr = native_number(name), .args = {a0, a1}};

	return bpf_run(filter.code, filter.count, &call, NULL);
}

/* Through the door of the 32-bit ABI, where there is one. */
static uint32_t sibling_answer(const char *name, uint64_t a0)
{
	struct bpf_call call = {.arch = syscall_table.sibling, .args = {a0}};

	call.nr = (uint32_t)syscall_table.rows[syscall_find(&syscall_table, name)].sibling;
	return bpf_run(filter.code, filter.count, &call, NULL);
}

Test(filter, without_a_word_nothing_is_compiled)
{
	build_filter();
	assert_trace("");
	cr_assert_eq(load(), 0);
	cr_assert_eq(fake_count(), 1U);
	cr_assert_eq(answer("read", 0, 0), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("keyctl", 0, 0), REFUSED);
}

Test(filter, a_policy_of_calls_needs_no_library)
{
	fix_set("seccomp.deny", "socket connect");
	fix_set("seccomp.allow", "keyctl");
	build_filter();
	assert_trace("");
	cr_assert_eq(answer("socket", 1, 0), REFUSED);
	cr_assert_eq(answer("bind", 0, 0), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("keyctl", 0, 0), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("ioctl", 0, 0x5412), REFUSED, "TIOCSTI, as in the stock one");
	if (syscall_table.sibling != 0) {
		cr_assert_eq(sibling_answer("socket", 1), REFUSED);
		cr_assert_eq(sibling_answer("connect", 0), REFUSED);
		cr_assert_eq(sibling_answer("keyctl", 0), SECCOMP_RET_ALLOW);
	}
#ifdef __x86_64__
	cr_assert_eq(sibling_answer("socketcall", 3), REFUSED, "connect");
	cr_assert_eq(sibling_answer("socketcall", 2), SECCOMP_RET_ALLOW, "bind");
#endif
}

Test(filter, arguments_are_compiled_through_a_memory_file)
{
	fix_set("seccomp.deny",
		"socket(family=AF_NETLINK) clone(flags&CLONE_NEWNS|CLONE_NEWPID) personality(a0=-1)");
	build_filter();
	assert_trace("memory_file pinfold-filter = #1\nfstat #1\npread #1\n");
	cr_assert_eq(answer("socket", AF_NETLINK, 0), REFUSED);
	cr_assert_eq(answer("socket", UINT64_C(1) << 40 | AF_NETLINK, 0), REFUSED,
		     "the kernel drops the upper half");
	cr_assert_eq(answer("socket", AF_UNIX, AF_NETLINK), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("personality", 0x400000, 0), REFUSED, "as in the stock one");
	cr_assert_eq(answer("personality", 0xffffffff, 0), REFUSED);
	cr_assert_eq(answer("personality", UINT64_MAX, 0), REFUSED);
	cr_assert_eq(answer("personality", 0, 0), SECCOMP_RET_ALLOW);
#ifndef __s390x__
	cr_assert_eq(answer("clone", CLONE_NEWNS, 0), REFUSED);
	cr_assert_eq(answer("clone", CLONE_NEWPID | CLONE_VM, 0), REFUSED);
	cr_assert_eq(answer("clone", CLONE_VM, 0), SECCOMP_RET_ALLOW);
#endif
	each_call_fails(compile, NULL, NULL);
}

Test(filter, all_compares_must_hold)
{
	fix_set("seccomp.deny", "socket(family=AF_INET,type&SOCK_RAW) ioctl(a1=0x1234567890)");
	build_filter();
	cr_assert_eq(answer("socket", AF_INET, 3), REFUSED);
	cr_assert_eq(answer("socket", AF_INET, 4), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("socket", AF_INET6, 3), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("ioctl", 0, 0x1234567890), REFUSED,
		     "a value that needs 64 bits is compared with 64");
	cr_assert_eq(answer("ioctl", 0, 0x34567890), SECCOMP_RET_ALLOW);
}

Test(filter, a_denied_call_ends_the_program_where_that_is_wanted)
{
	fix_set("seccomp.on-deny", "kill");
	fix_set("seccomp.deny", "uname socket(family=AF_NETLINK)");
	build_filter();
	cr_assert_eq(answer("uname", 0, 0), SECCOMP_RET_KILL_PROCESS);
	cr_assert_eq(answer("keyctl", 0, 0), SECCOMP_RET_KILL_PROCESS);
	cr_assert_eq(answer("socket", AF_NETLINK, 0), SECCOMP_RET_KILL_PROCESS);
	cr_assert_eq(answer("clone3", 0, 0), SECCOMP_RET_ERRNO | ENOSYS, "libraries do without it");
	fix_set("seccomp.on-deny", "errno:EACCES");
	build_filter();
	cr_assert_eq(answer("uname", 0, 0), SECCOMP_RET_ERRNO | EACCES);
	cr_assert_eq(answer("clone3", 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
}

Test(filter, a_list_of_ones_own)
{
	fix_set("seccomp.allow", "");
	fix_set("seccomp.allow", "@default @basic-io");
	build_filter();
	cr_assert_eq(answer("read", 0, 0), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("execve", 0, 0), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("openat", 0, 0), REFUSED);
	cr_assert_eq(answer("socket", AF_UNIX, 0), REFUSED);
	fix_set("seccomp.allow", "");
	fix_set("seccomp.default", "allow");
	build_filter();
	cr_assert_eq(answer("openat", 0, 0), SECCOMP_RET_ALLOW);
	cr_assert_eq(answer("sethostname", 0, 0), SECCOMP_RET_ALLOW,
		     "the stock policy neither allows nor refuses it");
	cr_assert_eq(answer("keyctl", 0, 0), REFUSED);
	cr_assert_eq(answer("clone3", 0, 0), SECCOMP_RET_ERRNO | ENOSYS);
}

/* One call, several names: who denies one denies all, by the 32-bit door too. */
Test(filter, a_call_is_denied_under_all_its_names)
{
	fix_set("seccomp.deny", "truncate setuid lseek mmap(prot&4) fcntl(cmd=1) umount2(flags=8)");
	build_filter();
	cr_assert_eq(answer("truncate", 0, 0), REFUSED);
	cr_assert_eq(answer("fcntl", 0, 1), REFUSED);
	cr_assert_eq(answer("fcntl", 0, 2), SECCOMP_RET_ALLOW);
#ifdef __x86_64__
	static const char *const denied[] = {"truncate", "truncate64", "setuid", "setuid32",
					     "lseek",	 "_llseek",    "umount"};
	const uint32_t mmap2 = (uint32_t)syscall_table.rows[syscall_find(&syscall_table, "mmap2")].sibling;
	const uint32_t fcntl64 =
		(uint32_t)syscall_table.rows[syscall_find(&syscall_table, "fcntl64")].sibling;
	struct bpf_call call = {.arch = syscall_table.sibling, .nr = mmap2, .args = {0, 0, 4}};

	for (size_t i = 0; i < ARRAY_SIZE(denied); i++)
		cr_assert_eq(sibling_answer(denied[i], 0), REFUSED, "%s", denied[i]);
	cr_assert_eq(bpf_run(filter.code, filter.count, &call, NULL), REFUSED, "mmap2 with PROT_EXEC");
	call.args[2] = 1;
	cr_assert_eq(bpf_run(filter.code, filter.count, &call, NULL), SECCOMP_RET_ALLOW, "mmap2 without");
	call = (struct bpf_call){.arch = syscall_table.sibling, .nr = fcntl64, .args = {0, 1}};
	cr_assert_eq(bpf_run(filter.code, filter.count, &call, NULL), REFUSED, "fcntl64");
#endif
}

Test(filter, too_many_arguments)
{
	for (int i = 0; i < 1000; i++)
		fix_set("seccomp.deny", arena_printf(fix.arena, "ioctl(request=%d,a2=%d)", i, i));
	fix_build();
	fix_assert_refused(compile(), "config.syscall-rule", "too long");
}

Test(filter, each_value_of_nested_has_its_own)
{
	const char *lines[3];
	static const char *const values[] = {"none", "browser", "full"};

	for (size_t i = 0; i < 3; i++) {
		fix_set("namespaces.nested", values[i]);
		build_filter();
		fake_reset();
		cr_assert_eq(load(), 0);
		lines[i] = arena_strdup(fix.arena, fake_trace());
	}
	cr_assert_str_neq(lines[0], lines[1]);
	cr_assert_str_neq(lines[1], lines[2]);
}

Test(filter, a_refused_filter_is_the_hosts_fault)
{
	build_filter();
	fake_fail("load_filter", EINVAL);
	fix_assert_refused(load(), "host.seccomp", "cannot load the system call filter");
	cr_assert_eq(fix.err.kind, ERR_HOST);
}
