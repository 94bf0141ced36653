/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_filter_code.c - made code answers every number as the policy says, on every CPU. */
#include "plan/filter_code.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/audit.h>

#include "bpf.h"
#include "cpus.h"

enum { ROUNDS = 12, MAX_NUMBER = 1100 };

#define REFUSED (SECCOMP_RET_ERRNO | EPERM)
#define MISSING (SECCOMP_RET_ERRNO | ENOSYS)

static struct sock_filter code[FILTER_MAX_CODE];
static size_t count;

/* The same numbers in every run. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Round 0 has no bit, round 1 all, then ever other mixtures; runs of bits too, as groups make them. */
static struct syscall_set random_set(uint64_t *state, int round)
{
	struct syscall_set set;

	for (size_t i = 0; i < SYSCALL_SET_WORDS; i++) {
		uint64_t word = next_random(state);

		if (round % 3 == 0)
			word &= next_random(state) & next_random(state);
		if (round % 3 == 1)
			word |= next_random(state) | next_random(state);
		set.words[i] = round == 0 ? 0 : round == 1 ? UINT64_MAX : word;
	}
	return set;
}

/* The plain way: look the number up. */
static uint32_t expected(const struct test_cpu *cpu, const struct call_policy *policy, uint32_t arch,
			 uint32_t nr, uint64_t arg)
{
	static const char *const socketcalls[] = {"",		"socket",   "bind",	   "connect",
						  "listen",	"accept",   "getsockname", "getpeername",
						  "socketpair", "send",	    "recv",	   "sendto",
						  "recvfrom",	"shutdown", "setsockopt",  "getsockopt",
						  "sendmsg",	"recvmsg",  "accept4",	   "recvmmsg",
						  "sendmmsg"};
	const struct syscall_table *table = cpu->table;

	if (table->has_x32 && arch == table->arch && nr >= 0x40000000 && nr != UINT32_MAX)
		return SECCOMP_RET_KILL_PROCESS;
	for (size_t i = 0; i < table->count; i++) {
		int32_t number = arch == table->arch ? table->rows[i].number : table->rows[i].sibling;
		uint32_t action = filter_action(policy, i);
		uint32_t call = (uint32_t)arg;

		if (number < 0 || (uint32_t)number != nr)
			continue;
		if (action != SECCOMP_RET_ALLOW || strcmp(table->rows[i].name, "socketcall") != 0)
			return action == SECCOMP_RET_ALLOW && strcmp(table->rows[i].name, "mmap") == 0 &&
					       syscall_set_has(&policy->looked_at, i) &&
					       (arch == AUDIT_ARCH_I386 || arch == AUDIT_ARCH_S390 ||
						arch == AUDIT_ARCH_S390X)
				       ? policy->refused_action
				       : action;
		if (call == 0 || call >= ARRAY_SIZE(socketcalls))
			return policy->missing_action;
		i = (size_t)syscall_find(table, socketcalls[call]);
		return syscall_set_has(&policy->looked_at, i) ? policy->refused_action
							      : filter_action(policy, i);
	}
	return policy->missing_action;
}

static void check(const struct test_cpu *cpu, const struct call_policy *policy, uint32_t arch, uint32_t nr,
		  uint64_t arg)
{
	/* ipc has a test of its own. */
	int ipc = syscall_find(cpu->table, "ipc");
	int32_t ipc_number =
		arch == cpu->table->arch ? cpu->table->rows[ipc].number : cpu->table->rows[ipc].sibling;
	struct bpf_call call = {
		.arch = arch, .nr = nr, .args = {arg}, .is_big_endian = cpu->table->is_big_endian};
	uint32_t got;

	if ((int32_t)nr == ipc_number)
		return;
	got = bpf_run(code, count, &call, NULL);
	cr_assert_eq(got, expected(cpu, policy, arch, nr, arg), "%s: call %u of %#x with %#lx: %#x",
		     cpu->name, nr, arch, (unsigned long)arg, got);
}

static void check_all_numbers(const struct test_cpu *cpu, const struct call_policy *policy, uint32_t arch)
{
	static const uint32_t far[] = {0x0f0001,   0x0f0002,   0x0f0005,   0x0f0006,   0x3fffffff, 0x40000000,
				       0x40000001, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};

	for (uint32_t nr = 0; nr < MAX_NUMBER; nr++)
		check(cpu, policy, arch, nr, nr % 23);
	for (size_t i = 0; i < ARRAY_SIZE(far); i++)
		check(cpu, policy, arch, far[i], 1);
}

Test(filter_code, every_number_is_answered_as_the_policy_says)
{
	uint64_t state = 88172645463325252U;

	for (int round = 0; round < ROUNDS; round++) {
		struct call_policy policy = {.allowed = random_set(&state, round),
					     .denied = random_set(&state, round % 2 == 0 ? 0 : round),
					     .optional = random_set(&state, round),
					     .looked_at = random_set(&state, round % 2 == 0 ? round : 0),
					     .refused_action =
						     round % 4 == 0 ? SECCOMP_RET_KILL_PROCESS : REFUSED,
					     .missing_action = MISSING};

		for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
			count = filter_compile(cpus[i].table, &policy, code);
			cr_assert_gt(count, 0U);
			check_all_numbers(&cpus[i], &policy, cpus[i].table->arch);
			if (cpus[i].table->sibling != 0)
				check_all_numbers(&cpus[i], &policy, cpus[i].table->sibling);
		}
	}
}

Test(filter_code, another_architecture_is_killed)
{
	struct call_policy policy = {.refused_action = REFUSED, .missing_action = MISSING};
	static const uint32_t others[] = {0, 1, 0xc000003e ^ 0x80000000, 0x12345678, 0xffffffff};

	memset(&policy.allowed, 0xff, sizeof(policy.allowed));
	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		count = filter_compile(cpus[i].table, &policy, code);
		for (size_t k = 0; k < ARRAY_SIZE(others); k++) {
			struct bpf_call call = {.arch = others[k], .nr = 1};

			cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_KILL_PROCESS, "%s %#x",
				     cpus[i].name, others[k]);
		}
	}
}

Test(filter_code, the_32_bit_mmap_has_its_arguments_in_memory)
{
	const struct test_cpu *cpu = &cpus[0];
	const struct syscall_row *row = &cpu->table->rows[syscall_find(cpu->table, "mmap")];
	struct call_policy policy = {.refused_action = REFUSED, .missing_action = MISSING};
	struct bpf_call call = {.arch = cpu->table->arch, .nr = (uint32_t)row->number};

	cr_assert_str_eq(cpu->name, "x86_64");
	memset(&policy.allowed, 0xff, sizeof(policy.allowed));
	syscall_set_put(&policy.looked_at, (size_t)syscall_find(cpu->table, "mmap"), true);
	count = filter_compile(cpu->table, &policy, code);
	cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_ALLOW, "rules in front have looked");
	call = (struct bpf_call){.arch = cpu->table->sibling, .nr = (uint32_t)row->sibling};
	cr_assert_eq(bpf_run(code, count, &call, NULL), REFUSED);
	syscall_set_put(&policy.looked_at, (size_t)syscall_find(cpu->table, "mmap"), false);
	count = filter_compile(cpu->table, &policy, code);
	cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_ALLOW, "nobody asks for its arguments");
}

Test(filter_code, what_hides_behind_ipc_is_told_by_its_lower_half)
{
	const struct test_cpu *cpu = &cpus[3];
	struct call_policy policy = {.refused_action = REFUSED, .missing_action = MISSING};
	struct bpf_call call = {.arch = cpu->table->arch};

	cr_assert_str_eq(cpu->name, "i686");
	call.nr = (uint32_t)cpu->table->rows[syscall_find(cpu->table, "ipc")].number;
	memset(&policy.allowed, 0xff, sizeof(policy.allowed));
	syscall_set_put(&policy.denied, (size_t)syscall_find(cpu->table, "shmat"), true);
	syscall_set_put(&policy.looked_at, (size_t)syscall_find(cpu->table, "shmget"), true);
	count = filter_compile(cpu->table, &policy, code);
	/* SHMAT 21, in version 0 and 1; SHMDT 22. */
	call.args[0] = 21;
	cr_assert_eq(bpf_run(code, count, &call, NULL), REFUSED);
	call.args[0] = 1U << 16 | 21;
	cr_assert_eq(bpf_run(code, count, &call, NULL), REFUSED);
	call.args[0] = UINT64_C(1) << 32 | 21;
	cr_assert_eq(bpf_run(code, count, &call, NULL), REFUSED);
	call.args[0] = 22;
	cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_ALLOW);
	call.args[0] = 99;
	cr_assert_eq(bpf_run(code, count, &call, NULL), MISSING, "a call that nobody knows");
	call.args[0] = 23;
	cr_assert_eq(bpf_run(code, count, &call, NULL), REFUSED, "whose arguments cannot be seen there");
	call.nr = (uint32_t)cpu->table->rows[syscall_find(cpu->table, "shmget")].number;
	cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_ALLOW, "by its own number they can");
}

Test(filter_code, a_search_is_short)
{
	struct call_policy policy = {.allowed = syscall_find_group(&x86_64_table, "@stock")->members,
				     .refused_action = REFUSED,
				     .missing_action = MISSING};

	count = filter_compile(&x86_64_table, &policy, code);
	for (uint32_t nr = 0; nr < 500; nr++) {
		struct bpf_call call = {.arch = x86_64_table.arch, .nr = nr};
		size_t steps;

		(void)bpf_run(code, count, &call, &steps);
		cr_assert_leq(steps, 16U, "%u", nr);
	}
}

Test(filter_code, code_in_front_goes_on_behind_where_it_would_allow)
{
	const struct sock_filter front[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct call_policy policy = {.refused_action = REFUSED, .missing_action = MISSING};
	struct bpf_call call = {.arch = x86_64_table.arch};

	syscall_set_put(&policy.allowed, (size_t)syscall_find(&x86_64_table, "read"), true);
	count = filter_compile(&x86_64_table, &policy, code);
	count = filter_prepend(front, ARRAY_SIZE(front), code, count);
	cr_assert_gt(count, 0U);
	call.nr = 7;
	cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_ERRNO | EXDEV);
	call.nr = 0;
	cr_assert_eq(bpf_run(code, count, &call, NULL), SECCOMP_RET_ALLOW);
	call.nr = 1;
	cr_assert_eq(bpf_run(code, count, &call, NULL), REFUSED);
	cr_assert_eq(filter_prepend(front, ARRAY_SIZE(front), code, FILTER_MAX_CODE - 1), 0U, "too long");
}
