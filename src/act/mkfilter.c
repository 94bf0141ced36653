/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mkfilter.c - compiles the stock filters when pinfold is built.
 *
 *   mkfilter tables CPU > plan/syscalls.inc      the system calls of a CPU, and their groups
 *   mkfilter filters CPU > act/filters.inc       the stock filters for it
 *
 * libseccomp knows the calls of each architecture by name and number, and makes the code that looks at
 * arguments, for the native and the 32-bit ABI of the CPU. A call of any other ABI, x32 among them, kills the
 * process.
 */
#include "act/mktables.h"

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
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plan/filter_code.h"

#ifndef TIOCLINUX
#define TIOCLINUX 0x541c
#endif

/* In the order of enum nested. */
enum variant { VARIANT_NONE, VARIANT_BROWSER, VARIANT_FULL, VARIANT_COUNT };

/* Refused in the variants below this one. */
enum where { UNLESS_BROWSER = VARIANT_BROWSER, UNLESS_FULL = VARIANT_FULL, ALWAYS = VARIANT_COUNT };

struct rule {
	const char *name;
	enum where where;
	unsigned int arg;
	uint64_t mask;
	uint64_t value;
};

/* clone(2) has its flags first on every architecture but s390 (and old cris and microblaze). */
static unsigned int clone_flags_arg;
#define CLONE_FLAGS_ARG 99

static const struct rule rules[] = {
#define DENY_ARG(name, where, arg, mask, value) {#name, where, arg, mask, value},
#include "plan/filter_rules.def"
#undef DENY_ARG
};

/* All that init does once the program runs: wait, signal, report. */
static const char *const init_calls[] = {
	"read",
	"pread64",
	"write",
	"close",
	"poll",
	"ppoll",
	"recv",
	"recvfrom",
	"recvmsg",
	"send",
	"sendto",
	"sendmsg",
	"wait4",
	"waitid",
	"kill",
	"getpid",
	"exit",
	"exit_group",
	"rt_sigreturn",
	"rt_sigprocmask",
	"restart_syscall",
	"sigreturn",
	"ppoll_time64",
	"mmap",
	"munmap",
	"brk",
	"madvise",
	"futex",
	"socketcall",
};

_Noreturn void die(const char *what, const char *name, int r)
{
	fprintf(stderr, "mkfilter: %s %s: %s\n", what, name, strerror(-r));
	exit(1);
}

static scmp_filter_ctx start(const struct cpu *cpu, uint32_t action)
{
	scmp_filter_ctx context = seccomp_init(action);
	int r = 0;

	if (context == NULL)
		die("seccomp_init", cpu->name, -ENOMEM);
	if (cpu->arch != seccomp_arch_native()) {
		r = seccomp_arch_remove(context, seccomp_arch_native());
		if (r == 0)
			r = seccomp_arch_add(context, cpu->arch);
	}
	if (r == 0 && cpu->sibling != 0)
		r = seccomp_arch_add(context, cpu->sibling);
	if (r == 0)
		r = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* A binary tree: the cost of a call does not grow with the number of rules. */
	if (r == 0)
		r = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r < 0)
		die("architecture", cpu->name, r);
	return context;
}

/* Adds a rule for a call that libseccomp must know; where an architecture lacks it there is nothing to do. */
static void add(scmp_filter_ctx context, uint32_t action, const char *name, unsigned int count,
		const struct scmp_arg_cmp *args)
{
	int number = seccomp_syscall_resolve_name(name);
	int r;

	if (number == __NR_SCMP_ERROR)
		die("unknown call", name, -EINVAL);
	r = seccomp_rule_add_array(context, action, number, count, args);
	if (r < 0)
		die("rule", name, r);
}

static void emit(const char *name, const struct sock_filter *code, size_t count)
{
	if (count == 0)
		die("too long", name, -E2BIG);
	printf("static const struct sock_filter T(%s)[] = {\n", name);
	for (size_t i = 0; i < count; i++)
		printf("\t{0x%04x, %u, %u, 0x%08x},\n", code[i].code, code[i].jt, code[i].jf, code[i].k);
	printf("};\n");
}

/* What libseccomp makes of a context's rules; ends the context. */
static size_t export(const struct cpu *cpu, scmp_filter_ctx context,
		     struct sock_filter ret_code[FILTER_MAX_CODE])
{
	FILE *file = tmpfile();
	size_t count = 0;
	int r = file == NULL ? -errno : seccomp_export_bpf(context, fileno(file));

	if (r < 0)
		die("export", "", r);
	rewind(file);
	count = fread(ret_code, sizeof(ret_code[0]), FILTER_MAX_CODE, file);
	(void)fclose(file);
	seccomp_release(context);
	/* It is in the byte order of the CPU that it is for. */
	for (size_t i = 0; i < count && cpu->is_big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__); i++) {
		ret_code[i].code = __builtin_bswap16(ret_code[i].code);
		ret_code[i].k = __builtin_bswap32(ret_code[i].k);
	}
	return count;
}

/* Which arguments are refused. Alone, for a profile's own policy to stand behind. */
static size_t make_args(const struct cpu *cpu, enum variant variant,
			struct sock_filter ret_code[FILTER_MAX_CODE])
{
	scmp_filter_ctx context = start(cpu, SCMP_ACT_ALLOW);

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *rule = &rules[i];
		struct scmp_arg_cmp arg = {.arg = rule->arg == CLONE_FLAGS_ARG ? clone_flags_arg : rule->arg,
					   .op = SCMP_CMP_MASKED_EQ,
					   .datum_a = rule->mask,
					   .datum_b = rule->value};

		if ((int)rule->where > (int)variant)
			add(context, SCMP_ACT_ERRNO(EPERM), rule->name, 1, &arg);
	}
	/*
	 * socketcall(2) of 32-bit x86 and s390 hides the family in memory, where no filter can see vsock: the
	 * socket(2) inside it is refused. musl calls socket itself; glibc, as distributions build it for
	 * 32-bit x86, does not, so that its 32-bit programs have socketpair only.
	 */
	if (cpu->arch == SCMP_ARCH_X86 || cpu->sibling == SCMP_ARCH_X86 || cpu->arch == SCMP_ARCH_S390X) {
		struct scmp_arg_cmp is_socket = {
			.arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = UINT32_MAX, .datum_b = 1};

		add(context, SCMP_ACT_ERRNO(EPERM), "socketcall", 1, &is_socket);
	}
	return export(cpu, context, ret_code);
}

static void emit_variant(const struct cpu *cpu, const struct syscall_table *table, enum variant variant)
{
	static const char *const names[VARIANT_COUNT] = {"none", "browser", "full"};
	static const char *const groups[VARIANT_COUNT] = {NULL, "@nested-browser", "@nested-full"};
	static struct sock_filter args[FILTER_MAX_CODE], code[FILTER_MAX_CODE];
	struct call_policy policy;
	char args_name[32];
	size_t arg_count = make_args(cpu, variant, args);
	size_t count;

	filter_stock_policy(table, groups[variant], &policy);
	count = filter_compile(table, &policy, code);
	(void)snprintf(args_name, sizeof(args_name), "args_%s", names[variant]);
	emit(args_name, args, arg_count);
	emit(names[variant], code, filter_prepend(args, arg_count, code, count));
}

static void emit_init(const struct cpu *cpu)
{
	const struct scmp_arg_cmp is_detach = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = PTRACE_DETACH};
	/* Whom the keyboard of the program's terminal is for. */
	static const uint32_t requests[] = {TIOCGPGRP, TIOCSPGRP};
	scmp_filter_ctx context = start(cpu, SCMP_ACT_KILL_PROCESS);
	static struct sock_filter code[FILTER_MAX_CODE];

	for (size_t i = 0; i < sizeof(init_calls) / sizeof(init_calls[0]); i++)
		add(context, SCMP_ACT_ALLOW, init_calls[i], 0, NULL);
	add(context, SCMP_ACT_ALLOW, "ptrace", 1, &is_detach);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		const struct scmp_arg_cmp is_request = {
			.arg = 1, .op = SCMP_CMP_MASKED_EQ, .datum_a = UINT32_MAX, .datum_b = requests[i]};

		add(context, SCMP_ACT_ALLOW, "ioctl", 1, &is_request);
	}
	emit("init", code, export(cpu, context, code));
}

int main(int argc, char *argv[])
{
	const struct cpu *cpu = argc == 3 ? find_cpu(argv[2]) : NULL;
	const struct syscall_table *table;

	if (cpu == NULL) {
		fprintf(stderr, "mkfilter: no filters for the CPU \"%s\"\n", argc == 3 ? argv[2] : "");
		return 1;
	}
	/* T(name) is what who includes it defines. */
	printf("/* Made by mkfilter for %s; not to be edited. */\n", cpu->name);
	table = make_tables(cpu);
	if (strcmp(argv[1], "tables") == 0) {
		emit_tables(table);
		return 0;
	}
	clone_flags_arg = cpu->arch == SCMP_ARCH_S390X ? 1 : 0;
	for (enum variant variant = 0; variant < VARIANT_COUNT; variant++)
		emit_variant(cpu, table, variant);
	emit_init(cpu);
	printf("static const uint32_t T(sibling) = 0x%08xU;\n", cpu->sibling);
	return 0;
}
