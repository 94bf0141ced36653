/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter.c - what making the filter of a profile's own policy costs at each start, for `make bench`.
 *
 *     bench_filter [-n ROUNDS] [-c CALLS]
 *
 * The policy allows 330 calls (-c) of both ABIs, and all else gets an error. Three ways to make code of it,
 * in turn, in each round: plan/filter_code.c, which is what pinfold does; libseccomp with its default, a
 * compare for each call; and libseccomp with a binary tree. Besides, what libseccomp takes for three rules of
 * arguments, which is what pinfold uses it for. "length" are the instructions; "steps" how many of them the
 * kernel would run for getpid(2) and, on average, for the calls of the policy, if it did not remember which
 * numbers are always allowed.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "plan/filter_code.h"
#include "plan/syscall.h"

enum { ROUNDS_MAX = 10000, BINARY_TREE = 2 };

struct code {
	struct sock_filter code[FILTER_MAX_CODE];
	size_t count;
};

static struct call_policy policy;
static size_t call_count;

static _Noreturn void fail(const char *what, int r)
{
	fprintf(stderr, "bench_filter: %s: %s\n", what, strerror(-r));
	exit(1);
}

static void check(int r, const char *what)
{
	if (r < 0)
		fail(what, r);
}

/* The first so many calls that both ABIs have, or the native one where there is no other; and libseccomp
 * knows. */
static void choose_calls(size_t count)
{
	const struct syscall_table *table = &syscall_table;
	int getpid_row = syscall_find(table, "getpid");

	policy.refused_action = SECCOMP_RET_ERRNO | EPERM;
	policy.missing_action = SECCOMP_RET_ERRNO | ENOSYS;
	syscall_set_put(&policy.allowed, (size_t)getpid_row, true);
	call_count = 1;
	for (size_t i = 0; i < table->count && call_count < count; i++) {
		const struct syscall_row *row = &table->rows[i];

		if (row->number == SYSCALL_NONE || (table->sibling != 0 && row->sibling == SYSCALL_NONE) ||
		    syscall_set_has(&policy.allowed, i) ||
		    seccomp_syscall_resolve_name(row->name) == __NR_SCMP_ERROR)
			continue;
		syscall_set_put(&policy.allowed, i, true);
		call_count++;
	}
}

/* ------------------------------------------------------------ the ways */

static scmp_filter_ctx start_context(uint32_t action, uint32_t optimize)
{
	scmp_filter_ctx context = seccomp_init(action);

	if (context == NULL)
		fail("seccomp_init", -ENOMEM);
	if (syscall_table.sibling != 0)
		check(seccomp_arch_add(context, syscall_table.sibling), "seccomp_arch_add");
	check(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, optimize), "seccomp_attr_set");
	return context;
}

static void finish_context(scmp_filter_ctx context, struct code *ret_code)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);
	ssize_t length;

	check(fd < 0 ? -errno : seccomp_export_bpf(context, fd), "seccomp_export_bpf");
	seccomp_release(context);
	length = pread(fd, ret_code->code, sizeof(ret_code->code), 0);
	ret_code->count = length > 0 ? (size_t)length / sizeof(ret_code->code[0]) : 0;
	(void)close(fd);
}

static void make_ours(struct code *ret_code)
{
	ret_code->count = filter_compile(&syscall_table, &policy, ret_code->code);
}

static void make_theirs(struct code *ret_code, uint32_t optimize)
{
	scmp_filter_ctx context = start_context(SCMP_ACT_ERRNO(EPERM), optimize);

	for (size_t i = 0; i < syscall_table.count; i++) {
		const char *name = syscall_table.rows[i].name;

		if (syscall_set_has(&policy.allowed, i))
			check(seccomp_rule_add_array(context, SCMP_ACT_ALLOW,
						     seccomp_syscall_resolve_name(name), 0, NULL),
			      name);
	}
	finish_context(context, ret_code);
}

static void make_plain(struct code *ret_code)
{
	make_theirs(ret_code, 1);
}

static void make_tree(struct code *ret_code)
{
	make_theirs(ret_code, BINARY_TREE);
}

static void make_args(struct code *ret_code)
{
	static const struct {
		const char *name;
		struct scmp_arg_cmp compare;
	} rules[] = {{"socket", {0, SCMP_CMP_MASKED_EQ, UINT32_MAX, AF_ALG}},
		     {"ioctl", {1, SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI}},
		     {"personality", {0, SCMP_CMP_MASKED_EQ, UINT32_MAX, 0x0040000}}};
	scmp_filter_ctx context = start_context(SCMP_ACT_ALLOW, 1);

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		check(seccomp_rule_add_array(context, SCMP_ACT_ERRNO(EPERM),
					     seccomp_syscall_resolve_name(rules[i].name), 1,
					     &rules[i].compare),
		      rules[i].name);
	finish_context(context, ret_code);
}

static struct way {
	const char *name;
	void (*make)(struct code *ret_code);
	bool is_args; /* another filter than the others */
	struct code code;
	double *us;
} ways[] = {{.name = "pinfold", .make = make_ours},
	    {.name = "libseccomp", .make = make_plain},
	    {.name = "libseccomp, binary tree", .make = make_tree},
	    {.name = "libseccomp, three rules of arguments", .make = make_args, .is_args = true}};

/* ------------------------------------------------------------ what the kernel would do with it */

/* Instructions up to the answer for a call of the native ABI. */
static size_t count_steps(const struct code *code, uint32_t number, uint32_t *ret_action)
{
	const struct seccomp_data data = {.nr = (int)number, .arch = syscall_table.arch};
	uint32_t a = 0;
	size_t steps = 0;

	for (size_t at = 0; at < code->count; at++) {
		const struct sock_filter *i = &code->code[at];
		bool is_true;

		steps++;
		if (i->code == (BPF_LD | BPF_W | BPF_ABS)) {
			memcpy(&a, (const char *)&data + i->k, sizeof(a));
			continue;
		}
		if (i->code == (BPF_RET | BPF_K)) {
			*ret_action = i->k;
			return steps;
		}
		if (i->code == (BPF_JMP | BPF_JA)) {
			at += i->k;
			continue;
		}
		is_true = BPF_OP(i->code) == BPF_JEQ   ? a == i->k
			  : BPF_OP(i->code) == BPF_JGT ? a > i->k
						       : a >= i->k;
		at += is_true ? i->jt : i->jf;
	}
	fail("code that runs off its end", -EINVAL);
}

/* All ways must say the same, or their times compare nothing. */
static double mean_steps(const struct way *way)
{
	size_t steps = 0, calls = 0;

	for (size_t i = 0; i < syscall_table.count; i++) {
		uint32_t action = 0;

		if (syscall_table.rows[i].number == SYSCALL_NONE)
			continue;
		if (syscall_set_has(&policy.allowed, i)) {
			steps += count_steps(&way->code, (uint32_t)syscall_table.rows[i].number, &action);
			calls++;
		} else {
			(void)count_steps(&way->code, (uint32_t)syscall_table.rows[i].number, &action);
		}
		if ((action == SECCOMP_RET_ALLOW) != syscall_set_has(&policy.allowed, i))
			fail(syscall_table.rows[i].name, -EINVAL);
	}
	return (double)steps / (double)calls;
}

/* ------------------------------------------------------------ on the clock */

/* Of processor time: who else uses the machine counts only for what is in the caches. */
static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare_times(const void *a, const void *b)
{
	const double *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void print_way(const struct way *way, size_t rounds, double reference)
{
	uint32_t action;
	double median;

	median = way->us[rounds / 2];
	printf("%-38s %10.3f %10.3f %10.3f %10.1f %8zu", way->name, median / 1e3, way->us[rounds / 10] / 1e3,
	       way->us[rounds * 9 / 10] / 1e3, median / reference, way->code.count);
	if (!way->is_args)
		printf(" %8zu %8.1f",
		       count_steps(
			       &way->code,
			       (uint32_t)syscall_table.rows[syscall_find(&syscall_table, "getpid")].number,
			       &action),
		       mean_steps(way));
	putchar('\n');
}

static size_t parse_number(const char *text, size_t max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '1' || *text > '9' || *end != '\0' || value > max) {
		fprintf(stderr, "bench_filter: '%s' is not a number from 1 to %zu\n", text, max);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	size_t rounds = 200, calls = 330;
	int option;

	while ((option = getopt(argc, argv, "n:c:")) != -1) {
		if (option == 'n')
			rounds = parse_number(optarg, ROUNDS_MAX);
		else if (option == 'c')
			calls = parse_number(optarg, syscall_table.count);
		else
			return 2;
	}
	choose_calls(calls);
	for (size_t k = 0; k < ARRAY_SIZE(ways); k++)
		ways[k].us = mem_alloc(rounds * sizeof(ways[k].us[0]));
	for (size_t i = 0; i < rounds; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(ways); k++) {
			double start = now_us();

			ways[k].make(&ways[k].code);
			ways[k].us[i] = now_us() - start;
		}
	}
	printf("# to make a filter that allows %zu calls%s, %zu rounds, ms of processor time\n", call_count,
	       syscall_table.sibling != 0 ? " of two ABIs" : "", rounds);
	printf("%-38s %10s %10s %10s %10s %8s %8s %8s\n", "", "median", "p10", "p90", "/ pinfold", "length",
	       "getpid", "mean");
	for (size_t k = 0; k < ARRAY_SIZE(ways); k++)
		qsort(ways[k].us, rounds, sizeof(ways[k].us[0]), compare_times);
	for (size_t k = 0; k < ARRAY_SIZE(ways); k++)
		print_way(&ways[k], rounds, ways[0].us[rounds / 2]);
	for (size_t k = 0; k < ARRAY_SIZE(ways); k++)
		free(ways[k].us);
	return 0;
}
