/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * abi.c - make system calls through the other doors of an x86-64 kernel: int 0x80 and x32.
 *
 *     abi i386|i386-high|x32|wrap NAME...
 *
 * prints one line for each NAME: "NAME: ok", "NAME: EPERM" (any errno name) or "NAME: SIGSYS" (any
 * signal name).  "i386" takes the 32-bit numbers through int 0x80, "i386-high" the same with garbage in the
 * upper halves of the arguments, "x32" the 64-bit numbers with bit 30 set, "wrap" the 64-bit numbers with
 * garbage in the upper half of the number: the kernel ignores all garbage. A NAME may be a number: that call.
 * Exits with 77 on another architecture.
 */
#include <stdio.h>

#if !defined(__x86_64__) || defined(__ILP32__)

int main(void)
{
	puts("this is not an x86-64 machine");
	return 77;
}

#else

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEWUSER 0x10000000L
#define X32_BIT 0x40000000L

#define GARBAGE 0xdead00000000L

enum door { DOOR_I386, DOOR_I386_HIGH, DOOR_X32, DOOR_WRAP, DOOR_COUNT };

/* One page below 4 GiB, for what the 32-bit calls point at. */
static uint32_t *low;

static long i386(long nr, long a, long b, long c, long d)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static long native(long nr, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = 0;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
			 : "memory", "rcx", "r11");
	return ret;
}

/* The arguments that are numbers are alike in all ABIs; "low" stands for a pointer to zeroes. */
struct call {
	const char *name;
	long i386_nr;
	long native_nr;
	long a, b, c, d;
	int forks;
};

#define LOW (-4096L)

static const struct call calls[] = {
	{"getpid", 20, SYS_getpid, 0, 0, 0, 0, 0},
	{"getppid", 64, SYS_getppid, 0, 0, 0, 0, 0},
	{"mount", 21, SYS_mount, LOW, LOW, LOW, 0, 0},
	{"umount2", 52, SYS_umount2, LOW, 0, 0, 0, 0},
	{"unshare", 310, SYS_unshare, NEWUSER, 0, 0, 0, 0},
	{"clone", 120, SYS_clone, NEWUSER | SIGCHLD, 0, 0, 0, 1},
	{"ptrace", 26, SYS_ptrace, 0x4206 /* SEIZE */, 1, 0, 0, 0},
	{"keyctl", 288, SYS_keyctl, 0, -4, 1, 0, 0},
	{"perf", 336, SYS_perf_event_open, LOW, 0, -1, -1, 0},
	{"userfaultfd", 374, SYS_userfaultfd, 1, 0, 0, 0, 0},
	{"bpf", 357, SYS_bpf, 0, LOW, 40, 0, 0},
	{"io-uring", 425, SYS_io_uring_setup, 1, LOW, 0, 0, 0},
	{"fsopen", 430, SYS_fsopen, LOW, 0, 0, 0, 0},
	{"clone3", 435, SYS_clone3, LOW, 64, 0, 0, 0},
	{"tiocsti", 54, SYS_ioctl, 0, 0x5412, LOW, 0, 0},
	{"socket-vsock", 359, SYS_socket, 40, 1, 0, 0, 0},
	{"bind", 361, SYS_bind, -1, LOW, 16, 0, 0},
	{"socketcall-bind", 102, -1, 2 /* SYS_BIND */, LOW, 0, 0, 0},
	{"shmdt", 398, SYS_shmdt, 1, 0, 0, 0, 0},
	{"ipc-shmdt", 117, -1, 22 /* SHMDT */, 0, 0, 0, 0},
	{"ipc-1-shmdt", 117, -1, 1 << 16 | 22, 0, 0, 0, 0},
	{"truncate64", 193, -1, LOW, 0, 0, 0, 0},
	{"setuid32", 213, -1, 0, 0, 0, 0, 0},
	{"fcntl64-setfd", 221, -1, 0, 2 /* F_SETFD */, 0, 0, 0},
	{"_llseek", 140, -1, 0, 0, 0, LOW, 0},
	{"personality", 136, SYS_personality, 0x40000 /* ADDR_NO_RANDOMIZE */, 0, 0, 0, 0},
	{"socketcall-vsock", 102, -1, 1 /* SYS_SOCKET */, LOW, 0, 0, 0},
};

static long value(long arg)
{
	return arg == LOW ? (long)(uintptr_t)low : arg;
}

static long make_call(enum door door, const struct call *call)
{
	long a = value(call->a), b = value(call->b), c = value(call->c), d = value(call->d);

	if (strcmp(call->name, "socketcall-vsock") == 0) {
		low[0] = 40; /* AF_VSOCK, SOCK_STREAM, 0 */
		low[1] = 1;
	}
	switch (door) {
	case DOOR_I386:
		return i386(call->i386_nr, a, b, c, d);
	case DOOR_I386_HIGH:
		return i386(call->i386_nr, a | GARBAGE, b | GARBAGE, c | GARBAGE, d | GARBAGE);
	case DOOR_X32:
		return native(call->native_nr | X32_BIT, a, b, c, d);
	case DOOR_WRAP:
		return native(call->native_nr | GARBAGE, a, b, c, d);
	case DOOR_COUNT:
		break;
	}
	return -ENOSYS;
}

static void report(enum door door, const struct call *call)
{
	const char *name;
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		pid_t self = getpid();
		long ret = make_call(door, call);

		if (call->forks && getpid() != self)
			_exit(0); /* the clone itself */
		_exit(ret < 0 && ret > -256 ? (int)-ret : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("abi");
		exit(2);
	}
	if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		printf("%s: SIG%s\n", call->name, name != NULL ? name : "?");
		return;
	}
	name = strerrorname_np(WEXITSTATUS(status));
	printf("%s: %s\n", call->name, WEXITSTATUS(status) == 0 ? "ok" : name != NULL ? name : "?");
}

static void report_named(enum door door, const char *name)
{
	long number = strtol(name, NULL, 10);

	if (number > 0) {
		const struct call call = {.name = name, .i386_nr = number, .native_nr = number, .a = -1};

		report(door, &call);
		return;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(calls[i].name, name) == 0) {
			report(door, &calls[i]);
			return;
		}
	}
	fprintf(stderr, "abi: unknown: %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	static const char *const doors[] = {"i386", "i386-high", "x32", "wrap"};
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (page == MAP_FAILED) {
		perror("abi: mmap");
		return 2;
	}
	low = page;
	for (int door = 0; argc > 2 && door < DOOR_COUNT; door++) {
		if (strcmp(argv[1], doors[door]) != 0)
			continue;
		for (int i = 2; i < argc; i++)
			report_named((enum door)door, argv[i]);
		return 0;
	}
	fputs("usage: abi i386|i386-high|x32|wrap NAME...\n", stderr);
	return 2;
}

#endif
