/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mkfilter.c - compiles the stock filters when pinfold is built: mkfilter CPU > filters.inc.
 *
 * The rules are data (filter_rules.def); libseccomp makes the code, for the native and the 32-bit ABI of
 * the CPU. A call of any other ABI, x32 among them, kills the process.
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
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

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
	int errnum;
	bool has_arg;
	unsigned int arg;
	uint64_t mask;
	uint64_t value;
};

/* clone(2) has its flags first on every architecture but s390 (and old cris and microblaze). */
static unsigned int clone_flags_arg;
#define CLONE_FLAGS_ARG 99

static const struct rule rules[] = {
#define DENY(name, where, errnum) {#name, where, errnum, false, 0, 0, 0},
#define DENY_ARG(name, where, errnum, arg, mask, value) {#name, where, errnum, true, arg, mask, value},
#include "act/filter_rules.def"
#undef DENY
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

static const struct cpu {
	const char *name;
	uint32_t arch;
	uint32_t sibling; /* 0: none */
} cpus[] = {
	{"x86_64", SCMP_ARCH_X86_64, SCMP_ARCH_X86},
	{"aarch64", SCMP_ARCH_AARCH64, SCMP_ARCH_ARM},
	{"i386", SCMP_ARCH_X86, 0},
	{"i486", SCMP_ARCH_X86, 0},
	{"i586", SCMP_ARCH_X86, 0},
	{"i686", SCMP_ARCH_X86, 0},
	{"arm", SCMP_ARCH_ARM, 0},
	{"armv7l", SCMP_ARCH_ARM, 0},
	{"armv6l", SCMP_ARCH_ARM, 0},
	{"riscv64", SCMP_ARCH_RISCV64, 0},
	{"powerpc64le", SCMP_ARCH_PPC64LE, 0},
	{"s390x", SCMP_ARCH_S390X, SCMP_ARCH_S390},
};

static _Noreturn void die(const char *what, const char *name, int r)
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

static void put_code(const struct sock_filter *code)
{
	printf("\t{0x%04x, %u, %u, 0x%08x},\n", code->code, code->jt, code->jf, code->k);
}

/* Writes the filter, behind `prefix`, as the rows of an array. */
static void emit(scmp_filter_ctx context, const char *name, const struct sock_filter *prefix,
		 size_t prefix_count)
{
	FILE *file = tmpfile();
	struct sock_filter code;
	int r = file == NULL ? -errno : seccomp_export_bpf(context, fileno(file));

	if (r < 0)
		die("export", name, r);
	rewind(file);
	printf("static const struct sock_filter stock_%s[] = {\n", name);
	for (size_t i = 0; i < prefix_count; i++)
		put_code(&prefix[i]);
	while (fread(&code, sizeof(code), 1, file) == 1)
		put_code(&code);
	printf("};\n");
	(void)fclose(file);
	seccomp_release(context);
}

/*
 * Calls that the library does not know by name. From 424 on a call has one number on all architectures that
 * we build for. One that is newer than this list is not there (ENOSYS), instead of open because nobody had
 * heard of it; and open_tree_attr(2) is open_tree and mount_setattr in one. x32 (bit 30) is left to the
 * filter behind, which kills.
 */
static void emit_with_new_calls(scmp_filter_ctx context, enum variant variant, const char *name)
{
	enum { OPEN_TREE_ATTR = 467, NEWEST = 469 /* file_setattr, Linux 6.17 */, X32_BIT = 0x40000000 };
	const uint32_t missing = SECCOMP_RET_ERRNO | ENOSYS;
	const struct sock_filter prefix[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NEWEST, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, variant == VARIANT_FULL ? NEWEST + 1 : OPEN_TREE_ATTR, 0,
			 1),
		BPF_STMT(BPF_RET | BPF_K, missing),
	};

	emit(context, name, prefix, sizeof(prefix) / sizeof(prefix[0]));
}

static void emit_variant(const struct cpu *cpu, enum variant variant, const char *name)
{
	scmp_filter_ctx context = start(cpu, SCMP_ACT_ALLOW);

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *rule = &rules[i];
		struct scmp_arg_cmp arg = {.arg = rule->arg == CLONE_FLAGS_ARG ? clone_flags_arg : rule->arg,
					   .op = SCMP_CMP_MASKED_EQ,
					   .datum_a = rule->mask,
					   .datum_b = rule->value};

		if ((int)rule->where > (int)variant)
			add(context, SCMP_ACT_ERRNO((uint32_t)rule->errnum), rule->name,
			    rule->has_arg ? 1 : 0, &arg);
	}
	/*
	 * socketcall(2) of 32-bit x86 and s390 hides the family in memory, where no filter can see vsock: the
	 * socket(2) inside it is refused. C libraries call socket itself since Linux 4.3.
	 */
	if (cpu->arch == SCMP_ARCH_X86 || cpu->sibling == SCMP_ARCH_X86 || cpu->arch == SCMP_ARCH_S390X) {
		struct scmp_arg_cmp is_socket = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = 1};

		add(context, SCMP_ACT_ERRNO(EPERM), "socketcall", 1, &is_socket);
	}
	emit_with_new_calls(context, variant, name);
}

static void emit_init(const struct cpu *cpu)
{
	const struct scmp_arg_cmp is_detach = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = PTRACE_DETACH};
	scmp_filter_ctx context = start(cpu, SCMP_ACT_KILL_PROCESS);

	for (size_t i = 0; i < sizeof(init_calls) / sizeof(init_calls[0]); i++)
		add(context, SCMP_ACT_ALLOW, init_calls[i], 0, NULL);
	add(context, SCMP_ACT_ALLOW, "ptrace", 1, &is_detach);
	emit(context, "init", NULL, 0);
}

int main(int argc, char *argv[])
{
	static const char *const names[VARIANT_COUNT] = {"none", "browser", "full"};
	const struct cpu *cpu = NULL;

	for (size_t i = 0; argc == 2 && i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		if (strcmp(cpus[i].name, argv[1]) == 0)
			cpu = &cpus[i];
	}
	if (cpu == NULL) {
		fprintf(stderr, "mkfilter: no filters for the CPU \"%s\"\n", argc == 2 ? argv[1] : "");
		return 1;
	}
	clone_flags_arg = cpu->arch == SCMP_ARCH_S390X ? 1 : 0;
	printf("/* Made by mkfilter for %s; not to be edited. */\n", cpu->name);
	for (enum variant variant = 0; variant < VARIANT_COUNT; variant++)
		emit_variant(cpu, variant, names[variant]);
	emit_init(cpu);
	printf("static const uint32_t stock_sibling = 0x%08xU;\n", cpu->sibling);
	return 0;
}
