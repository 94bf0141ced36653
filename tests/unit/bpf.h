/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bpf.h - runs a filter of system calls without loading it: what would the kernel answer?
 *
 * Knows the instructions that seccomp(2) takes of classic BPF and that ours are made of, and ends the test
 * where the kernel would not take the filter: another instruction, a load elsewhere, a jump out of it.
 */
#ifndef PINFOLD_TESTS_BPF_H
#define PINFOLD_TESTS_BPF_H

#include <criterion/criterion.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bpf_call {
	uint32_t arch;
	uint32_t nr;
	uint64_t args[6];
	bool is_big_endian; /* the machine's, which is not ours */
};

static inline uint32_t bpf_load(const struct bpf_call *call, uint32_t offset)
{
	size_t half, arg;

	if (offset == offsetof(struct seccomp_data, nr))
		return call->nr;
	if (offset == offsetof(struct seccomp_data, arch))
		return call->arch;
	cr_assert_geq(offset, offsetof(struct seccomp_data, args), "a load at %u", offset);
	cr_assert_lt(offset, sizeof(struct seccomp_data), "a load at %u", offset);
	cr_assert_eq(offset % 4, 0U);
	arg = (offset - offsetof(struct seccomp_data, args)) / 8;
	half = offset % 8 / 4;
	return (uint32_t)(call->args[arg] >> (half == call->is_big_endian ? 0 : 32));
}

static inline bool bpf_jumps(const struct sock_filter *code, uint32_t a)
{
	switch (BPF_OP(code->code)) {
	case BPF_JEQ:
		return a == code->k;
	case BPF_JGT:
		return a > code->k;
	case BPF_JGE:
		return a >= code->k;
	case BPF_JSET:
		return (a & code->k) != 0;
	default:
		cr_assert_fail("jump %#x", code->code);
		return false;
	}
}

/* The answer to a call; *ret_steps, unless it is NULL, is how many instructions it took. */
static inline uint32_t bpf_run(const struct sock_filter *code, size_t count, const struct bpf_call *call,
			       size_t *ret_steps)
{
	uint32_t a = 0;
	size_t steps = 0;

	cr_assert_leq(count, (size_t)BPF_MAXINSNS);
	for (size_t at = 0;; at++, steps++) {
		cr_assert_lt(at, count, "it runs off its end");
		switch (code[at].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = bpf_load(call, code[at].k);
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= code[at].k;
			break;
		case BPF_JMP | BPF_JA:
			at += code[at].k;
			break;
		case BPF_RET | BPF_K:
			if (ret_steps != NULL)
				*ret_steps = steps + 1;
			return code[at].k;
		default:
			cr_assert_eq(BPF_CLASS(code[at].code), BPF_JMP, "instruction %#x", code[at].code);
			at += bpf_jumps(&code[at], a) ? code[at].jt : code[at].jf;
		}
	}
}

#endif
