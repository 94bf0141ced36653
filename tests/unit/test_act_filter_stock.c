/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_act_filter_stock.c - the stock filters as a table: (CPU, ABI, call, arguments) and what each answers.
 *
 * The numbers of the calls are libseccomp's, not those of the tables that the filters were made from.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "bpf.h"
#include "cpus.h"

#define ALLOW SECCOMP_RET_ALLOW
#define NO (SECCOMP_RET_ERRNO | EPERM)
#define GONE (SECCOMP_RET_ERRNO | ENOSYS)
#define HIGH 0x5a5a5a5a00000000U /* what the kernel does not look at of an int */

#define EVERY ALLOW, ALLOW, ALLOW
#define NEVER NO, NO, NO
#define ABSENT GONE, GONE, GONE
#define FULL_ONLY NO, NO, ALLOW
#define BROWSER_ON NO, ALLOW, ALLOW
#define ABSENT_OR_FULL GONE, GONE, ALLOW

/* What is answered without a look at arguments. */
static const struct {
	uint32_t answers[3]; /* nested = none, browser, full */
	const char *calls;
} plain[] = {
	/* what every program does */
	{{EVERY},
	 "read write openat openat2 close open stat lstat statx newfstatat execve execveat exit "
	 "exit_group mmap mmap2 munmap mprotect mremap brk madvise mlock mincore fork vfork wait4 waitid "
	 "kill tgkill pidfd_open pidfd_send_signal rt_sigaction sigaltstack futex "
	 "futex_time64 futex_waitv rseq set_robust_list membarrier getrandom uname getdents64 rename "
	 "renameat2 unlinkat linkat symlinkat mkdirat mknodat fchmodat fchmodat2 faccessat2 fchownat "
	 "utimensat setxattr inotify_init1 epoll_wait epoll_pwait2 poll ppoll select eventfd2 signalfd4 "
	 "timerfd_create timer_create nanosleep clock_nanosleep clock_gettime clock_gettime64 pipe2 "
	 "memfd_create sendfile splice copy_file_range close_range prctl seccomp landlock_restrict_self "
	 "capget capset setuid setresgid setgroups setsid sched_setaffinity sched_setscheduler "
	 "setpriority ioprio_set prlimit64 io_setup io_submit pkey_alloc process_vm_readv ptrace shmget "
	 "semop mq_open bind connect accept4 sendmsg recvmmsg socketpair personality statfs sysinfo flock "
	 "arch_prctl set_tls cacheflush riscv_flush_icache name_to_handle_at move_pages mbind chdir "
	 "fchdir"},
	/* keys have no namespace */
	{{NEVER}, "keyctl add_key request_key"},
	/* large and young parts of the kernel */
	{{NEVER},
	 "bpf perf_event_open userfaultfd fanotify_init fanotify_mark open_by_handle_at lookup_dcookie"},
	{{ABSENT}, "io_uring_setup io_uring_enter io_uring_register memfd_secret"},
	/* the machine as a whole */
	{{NEVER},
	 "kexec_load kexec_file_load init_module finit_module delete_module create_module query_module "
	 "reboot swapon swapoff acct quotactl quotactl_fd nfsservctl syslog vhangup settimeofday stime "
	 "adjtimex clock_settime clock_settime64 clock_adjtime clock_adjtime64"},
	/* hardware and relics */
	{{NEVER},
	 "iopl ioperm vm86 vm86old modify_ldt uselib ustat sysfs _sysctl s390_pci_mmio_read "
	 "get_kernel_syms afs_syscall"},
	/* mounts, and namespaces of one's own */
	{{FULL_ONLY},
	 "mount umount umount2 pivot_root move_mount open_tree fsopen fsconfig fsmount fspick "
	 "mount_setattr setns sethostname setdomainname"},
	{{BROWSER_ON}, "chroot"},
	{{GONE, ALLOW, ALLOW}, "clone3"},
};

/* clone(2) has its flags first but on s390. TIOCLINUX is 0x541c. */
static const struct {
	const char *call;
	uint32_t answers[3];
	uint64_t args[3];
} with_arguments[] = {
	{"unshare", {BROWSER_ON}, {CLONE_NEWUSER}},
	{"unshare", {BROWSER_ON}, {HIGH | CLONE_NEWUSER | CLONE_NEWNS}},
	{"unshare", {EVERY}, {CLONE_FILES}},
	{"unshare", {EVERY}, {CLONE_NEWNS}},
	{"clone", {BROWSER_ON}, {CLONE_NEWUSER | SIGCHLD, CLONE_NEWUSER | SIGCHLD}},
	{"clone", {BROWSER_ON}, {HIGH | CLONE_NEWUSER | CLONE_NEWPID, HIGH | CLONE_NEWUSER}},
	{"clone", {EVERY}, {SIGCHLD, 0}},
	{"clone", {EVERY}, {CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0}},
	{"ioctl", {NEVER}, {0, TIOCSTI}},
	{"ioctl", {NEVER}, {0, HIGH | TIOCSTI}},
	{"ioctl", {NEVER}, {1, 0x541c}},
	{"ioctl", {NEVER}, {1, 0x10000541c}},
	{"ioctl", {EVERY}, {0, TIOCGWINSZ}},
	{"ioctl", {EVERY}, {TIOCSTI, 0}},
	{"personality", {EVERY}, {0}},
	{"personality", {EVERY}, {0xffffffff}},
	{"personality", {EVERY}, {HIGH | 0xffffffff}},
	{"personality", {EVERY}, {0x40008}},
	{"personality", {NEVER}, {0x400000}}, /* READ_IMPLIES_EXEC */
	{"personality", {NEVER}, {HIGH | 0x440000}},
	{"personality", {NEVER}, {0x100000}}, /* MMAP_PAGE_ZERO */
	{"personality", {NEVER}, {0xfffffffe}},
	{"socket", {EVERY}, {AF_UNIX}},
	{"socket", {EVERY}, {AF_INET}},
	{"socket", {NEVER}, {AF_VSOCK}},
	{"socket", {NEVER}, {0x100000000 | AF_VSOCK}},
	{"socket", {NEVER}, {AF_ALG}},
	{"socket", {NEVER}, {0x100000000 | AF_ALG}},
	{"socket", {EVERY}, {AF_INET, AF_VSOCK}},
};

/* Of the 32-bit ABIs that have them. */
static const struct {
	const char *call;
	uint64_t arg;
	uint32_t answer;
} behind[] = {
	{"socketcall", 1, NO}, /* socket: its family cannot be seen */
	{"socketcall", HIGH | 1, NO},
	{"socketcall", 2, ALLOW},
	{"socketcall", 3, ALLOW},
	{"socketcall", 20, ALLOW},
	{"socketcall", 0, GONE},
	{"socketcall", 21, GONE},
	{"ipc", 1, ALLOW},
	{"ipc", 21, ALLOW},
	{"ipc", 0x10015, ALLOW},
	{"ipc", 77, GONE},
};

static size_t checked;

static uint32_t answer(const struct test_cpu *cpu, const struct code *code, uint32_t arch, int nr,
		       const uint64_t *args)
{
	struct bpf_call call = {.arch = arch, .nr = (uint32_t)nr, .is_big_endian = cpu->table->is_big_endian};

	memcpy(call.args, args, 3 * sizeof(args[0]));
	checked++;
	return bpf_run(code->code, code->count, &call, NULL);
}

static void check_call(const struct test_cpu *cpu, uint32_t arch, const char *name, const uint32_t answers[3],
		       const uint64_t args[3])
{
	int nr = seccomp_syscall_resolve_name_arch(arch, name);

	/* Below zero: not one of this ABI's. */
	for (size_t nested = 0; nr >= 0 && nested < 3; nested++) {
		uint32_t got = answer(cpu, &cpu->stock[nested], arch, nr, args);

		cr_assert_eq(got, answers[nested], "%s, ABI %#x, nested %zu: %s(%#lx, %#lx): %#x", cpu->name,
			     arch, nested, name, (unsigned long)args[0], (unsigned long)args[1], got);
	}
}

static void check_rows(const struct test_cpu *cpu, uint32_t arch)
{
	static const uint64_t none[3];

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		char *words = strdup(plain[i].calls);
		char *rest = words;

		for (char *name; (name = strsep(&rest, " ")) != NULL;)
			check_call(cpu, arch, name, plain[i].answers, none);
		free(words);
	}
	for (size_t i = 0; i < ARRAY_SIZE(with_arguments); i++)
		check_call(cpu, arch, with_arguments[i].call, with_arguments[i].answers,
			   with_arguments[i].args);
	for (size_t i = 0; i < ARRAY_SIZE(behind); i++) {
		int nr = seccomp_syscall_resolve_name_arch(arch, behind[i].call);
		uint64_t args[3] = {behind[i].arg};

		if (nr >= 0 && (arch == SCMP_ARCH_X86 || arch == SCMP_ARCH_S390X || arch == SCMP_ARCH_S390))
			cr_assert_eq(answer(cpu, &cpu->stock[0], arch, nr, args), behind[i].answer,
				     "%s, ABI %#x: %s(%#lx)", cpu->name, arch, behind[i].call,
				     (unsigned long)behind[i].arg);
	}
}

Test(filter_stock, each_call_on_each_cpu_through_each_door)
{
	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		check_rows(&cpus[i], cpus[i].table->arch);
		if (cpus[i].table->sibling != 0)
			check_rows(&cpus[i], cpus[i].table->sibling);
	}
	cr_assert_gt(checked, 3000U, "%zu", checked);
}

Test(filter_stock, x32_and_other_architectures_are_killed)
{
	static const uint64_t none[3];

	for (size_t nested = 0; nested < 3; nested++) {
		for (int nr = 0; nr < 600; nr++)
			cr_assert_eq(answer(&cpus[0], &cpus[0].stock[nested], SCMP_ARCH_X86_64,
					    0x40000000 + nr, none),
				     SECCOMP_RET_KILL_PROCESS);
		for (size_t i = 0; i < ARRAY_SIZE(cpus); i++)
			cr_assert_eq(answer(&cpus[i], &cpus[i].stock[nested], SCMP_ARCH_MIPS, 4001, none),
				     SECCOMP_RET_KILL_PROCESS);
	}
}

Test(filter_stock, calls_that_nobody_has_heard_of_are_not_there)
{
	static const uint64_t none[3];

	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		for (int nr = 470; nr < 1200; nr++)
			cr_assert_eq(answer(&cpus[i], &cpus[i].stock[2], cpus[i].table->arch, nr, none), GONE,
				     "%s %d", cpus[i].name, nr);
		cr_assert_eq(answer(&cpus[i], &cpus[i].stock[0], cpus[i].table->arch, -1, none), GONE);
	}
}

/* Not by their names, which libseccomp may not know yet. From 424 on numbers are the same on each CPU. */
static const struct {
	int nr;
	uint32_t answers[3];
} young[] = {
	{424 /* pidfd_send_signal */, {EVERY}},
	{441 /* epoll_pwait2 */, {EVERY}},
	{442 /* mount_setattr */, {FULL_ONLY}},
	{443 /* quotactl_fd */, {NEVER}},
	{444 /* landlock_create_ruleset */, {EVERY}},
	{448 /* process_mrelease */, {EVERY}},
	{449 /* futex_waitv */, {EVERY}},
	{450 /* set_mempolicy_home_node */, {EVERY}},
	{451 /* cachestat */, {EVERY}},
	{452 /* fchmodat2 */, {EVERY}},
	{453 /* map_shadow_stack */, {EVERY}},
	{454 /* futex_wake */, {EVERY}},
	{456 /* futex_requeue */, {EVERY}},
	{457 /* statmount */, {ABSENT}},
	{458 /* listmount */, {ABSENT}},
	{459 /* lsm_get_self_attr */, {ABSENT}},
	{460 /* lsm_set_self_attr */, {ABSENT}},
	{461 /* lsm_list_modules */, {ABSENT}},
	{462 /* mseal */, {EVERY}},
	{463 /* setxattrat */, {EVERY}},
	{467 /* open_tree_attr */, {ABSENT_OR_FULL}},
	{468 /* file_getattr */, {EVERY}},
};

Test(filter_stock, calls_that_an_older_libseccomp_does_not_know)
{
	static const uint64_t none[3];

	for (size_t i = 0; i < ARRAY_SIZE(cpus) * ARRAY_SIZE(young) * 3; i++) {
		const struct test_cpu *cpu = &cpus[i % ARRAY_SIZE(cpus)];
		size_t nested = i / ARRAY_SIZE(cpus) % 3;
		size_t row = i / ARRAY_SIZE(cpus) / 3;

		cr_assert_eq(answer(cpu, &cpu->stock[nested], cpu->table->arch, young[row].nr, none),
			     young[row].answers[nested], "%s, nested %zu: %d", cpu->name, nested,
			     young[row].nr);
	}
}

/* What libseccomp makes of the same sets: another compiler, another order, the same answers. */
Test(filter_stock, libseccomp_would_answer_the_same)
{
	const struct syscall_group *stock = syscall_find_group(&x86_64_table, "@stock");
	static const uint32_t abis[] = {SCMP_ARCH_X86_64, SCMP_ARCH_X86};
	static struct sock_filter theirs[FILTER_MAX_CODE], ours[FILTER_MAX_CODE];
	struct call_policy policy = {.allowed = stock->members, .refused_action = NO, .missing_action = NO};
	size_t our_count = filter_compile(&x86_64_table, &policy, ours);
	size_t calls = 0;

	for (size_t abi = 0; abi < ARRAY_SIZE(abis); abi++) {
		scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
		FILE *file = tmpfile();
		size_t their_count;

		if (abis[abi] != seccomp_arch_native()) {
			cr_assert_eq(seccomp_arch_remove(context, seccomp_arch_native()), 0);
			cr_assert_eq(seccomp_arch_add(context, abis[abi]), 0);
		}
		for (size_t i = 0; i < x86_64_table.count; i++) {
			int nr = seccomp_syscall_resolve_name(x86_64_table.rows[i].name);

			if (nr != __NR_SCMP_ERROR && syscall_set_has(&stock->members, i))
				(void)!seccomp_rule_add(context, SCMP_ACT_ALLOW, nr, 0);
		}
		cr_assert_eq(seccomp_export_bpf(context, fileno(file)), 0);
		rewind(file);
		their_count = fread(theirs, sizeof(theirs[0]), FILTER_MAX_CODE, file);
		(void)fclose(file);
		seccomp_release(context);
		for (int nr = 0; nr < 470; nr++) {
			char *name = seccomp_syscall_resolve_num_arch(abis[abi], nr);
			struct bpf_call call = {.arch = abis[abi], .nr = (uint32_t)nr, .args = {3}};

			if (name != NULL)
				cr_assert_eq(bpf_run(ours, our_count, &call, NULL),
					     bpf_run(theirs, their_count, &call, NULL), "%s, ABI %#x", name,
					     abis[abi]);
			calls += name != NULL;
			free(name);
		}
	}
	cr_assert_gt(calls, 700U);
}

Test(filter_stock, init_may_wait_signal_and_report_and_nothing_else)
{
	static const char *const allowed[] = {"read", "write", "waitid", "kill", "exit_group", "ppoll"};
	static const char *const refused[] = {"openat", "socket", "execve", "mmap2",
					      "clone",	"mount",  "ioctl",  "ptrace"};
	static const uint64_t none[3];

	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		uint32_t arch = cpus[i].table->arch;

		for (size_t k = 0; k < ARRAY_SIZE(allowed); k++)
			cr_assert_eq(answer(&cpus[i], &cpus[i].init, arch,
					    seccomp_syscall_resolve_name_arch(arch, allowed[k]), none),
				     ALLOW, "%s: %s", cpus[i].name, allowed[k]);
		for (size_t k = 0; k < ARRAY_SIZE(refused); k++) {
			int nr = seccomp_syscall_resolve_name_arch(arch, refused[k]);

			if (nr >= 0)
				cr_assert_eq(answer(&cpus[i], &cpus[i].init, arch, nr, none),
					     SECCOMP_RET_KILL_PROCESS, "%s: %s", cpus[i].name, refused[k]);
		}
	}
}
