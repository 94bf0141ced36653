/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* process.c - processes, signals, ids, and what a process gives up. */
#include "sys/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

static void into_cgroup(struct clone_args *args, int fd)
{
	if (fd < 0)
		return;
	args->flags |= CLONE_INTO_CGROUP;
	args->cgroup = (unsigned int)fd;
}

pid_t sys_clone(uint64_t flags, int cgroup_fd)
{
	struct clone_args args = {.flags = flags, .exit_signal = SIGCHLD};

	into_cgroup(&args, cgroup_fd);
	return result(syscall(SYS_clone3, &args, sizeof(args)));
}

pid_t sys_clone_sibling(uint64_t flags, int cgroup_fd, volatile pid_t *ret_child)
{
	struct clone_args args = {.flags = flags | CLONE_PARENT | CLONE_PARENT_SETTID,
				  .parent_tid = (uint64_t)(uintptr_t)ret_child};

	into_cgroup(&args, cgroup_fd);
	return result(syscall(SYS_clone3, &args, sizeof(args)));
}

pid_t sys_fork(void)
{
	return result(_Fork());
}

pid_t sys_fork_with_files(void)
{
	struct clone_args args = {.flags = CLONE_FILES | CLONE_PARENT};

	return result(syscall(SYS_clone3, &args, sizeof(args)));
}

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ONE_STACK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ONE_STACK 1
#endif
#endif

#ifdef HAS_ONE_STACK

pid_t sys_spawn(int (*fn)(void *arg), void *arg)
{
	pid_t child = sys_fork();

	if (child == 0)
		sys_exit(fn(arg));
	return child;
}

int sys_run_apart(int (*fn)(void *arg), void *arg, int timeout_ms)
{
	(void)timeout_ms;
	return fn(arg);
}

#else

enum { STACK_SIZE = 256 * 1024 };

static char *make_stack(void)
{
	char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
			   -1, 0);

	return stack == MAP_FAILED ? NULL : stack;
}

pid_t sys_spawn(int (*fn)(void *arg), void *arg)
{
	char *stack = make_stack();
	pid_t child;

	if (stack == NULL)
		return -errno;
	/* Every architecture we build for has a stack that grows down. */
	child = result(clone(fn, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD, arg));
	(void)munmap(stack, STACK_SIZE);
	return child;
}

struct apart {
	int (*fn)(void *arg);
	void *arg;
	int result; /* its last word; what it writes otherwise is the caller's */
};

static int apart_main(void *arg)
{
	struct apart *apart = arg;

	/* One that hangs must not keep the other end of the caller's pipes waiting, nor outlive the caller.
	 */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || syscall(SYS_close_range, 0, ~0U, 0) < 0)
		apart->result = -errno;
	else
		apart->result = apart->fn(apart->arg);
	return 0;
}

/* Its end, or false after timeout_ms. */
static bool await_end(pid_t child, int pidfd, int timeout_ms)
{
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	siginfo_t info;
	int r;

	do {
		r = sys_poll(&end, 1, timeout_ms);
	} while (r == -EINTR);
	/* It has no signal for its end, so that a SIGCHLD that is ignored does not reap it: hence __WALL. */
	return r != 0 && sys_wait(P_PID, (id_t)child, &info, WEXITED | __WALL) == 0;
}

int sys_run_apart(int (*fn)(void *arg), void *arg, int timeout_ms)
{
	enum { DYING_MS = 200 };
	struct apart apart = {.fn = fn, .arg = arg, .result = -ECHILD};
	char *stack = make_stack();
	int pidfd = -1;
	pid_t child;

	if (stack == NULL)
		return -errno;
	child = result(clone(apart_main, stack + STACK_SIZE, CLONE_VM | CLONE_PIDFD, &apart, &pidfd));
	if (child < 0)
		apart.result = child;
	if (child > 0 && !await_end(child, pidfd, timeout_ms)) {
		(void)sys_kill(child, SIGKILL);
		apart.result = -ETIMEDOUT;
		/* Killed, it has ended by then, or is in the kernel and does not come back from there. */
		if (!await_end(child, pidfd, DYING_MS))
			stack = NULL;
	}
	if (pidfd >= 0)
		(void)close(pidfd);
	if (stack != NULL)
		(void)munmap(stack, STACK_SIZE);
	return apart.result;
}

#endif

_Noreturn void sys_exit(int code)
{
	_exit(code);
}

int sys_exec(const char *path, char *const argv[], char *const envp[])
{
	return result(execve(path, argv, envp));
}

int sys_wait(idtype_t type, id_t id, siginfo_t *ret_info, int options)
{
	int r;

	do {
		/* WNOHANG with nothing to report leaves si_pid as it was. */
		*ret_info = (siginfo_t){0};
		r = result(waitid(type, id, ret_info, options));
	} while (r == -EINTR);
	return r;
}

int sys_wait_usage(pid_t pid, int options, struct rusage *ret_usage)
{
	int r;

	*ret_usage = (struct rusage){0};
	do {
		r = result(wait4(pid, NULL, options, ret_usage));
	} while (r == -EINTR);
	return r;
}

int sys_kill(pid_t pid, int sig)
{
	return result(kill(pid, sig));
}

uid_t sys_user(void)
{
	return geteuid();
}

int sys_new_session(void)
{
	return result(setsid());
}

int sys_ptrace_detach(pid_t pid, int sig)
{
	return result(ptrace(PTRACE_DETACH, pid, NULL, (void *)(intptr_t)sig));
}

int sys_unshare(uint64_t flags)
{
	return result(unshare((int)flags));
}

int sys_pidfd(pid_t pid)
{
	return result((int)syscall(SYS_pidfd_open, pid, 0));
}

int sys_setns(int fd, int type)
{
	return result(setns(fd, type));
}

int sys_set_hostname(const char *name)
{
	return result(sethostname(name, strlen(name)));
}

int sys_set_domainname(const char *name)
{
	return result(setdomainname(name, strlen(name)));
}

int sys_become(uid_t uid, gid_t gid)
{
	if (setgroups(0, NULL) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return -errno;
	return 0;
}

int sys_set_dumpable(bool is_dumpable)
{
	return result(prctl(PR_SET_DUMPABLE, is_dumpable ? 1 : 0, 0, 0, 0));
}

int sys_set_parent_death_signal(int sig)
{
	return result(prctl(PR_SET_PDEATHSIG, sig, 0, 0, 0));
}

int sys_adopt(void)
{
	return result(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
}

int sys_set_no_new_privs(void)
{
	return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

bool sys_has_no_new_privs(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

int sys_set_securebits(unsigned int bits)
{
	return result(prctl(PR_SET_SECUREBITS, bits, 0, 0, 0));
}

int sys_join_session_keyring(void)
{
	return result(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
}

/* linux/prctl.h of 6.3, which the headers of distributions lack. */
enum { SET_MDWE = 65, GET_MDWE = 66, MDWE_REFUSE_EXEC_GAIN = 1 };

int sys_set_mdwe(void)
{
	return result(prctl(SET_MDWE, MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
}

bool sys_has_mdwe(void)
{
	return prctl(GET_MDWE, 0, 0, 0, 0) >= 0;
}

int sys_personality(void)
{
	const unsigned long ask = 0xffffffff;

	return result(personality(ask));
}

int sys_set_personality(unsigned int value)
{
	return result(personality(value));
}

int sys_set_name(const char *name)
{
	return result(prctl(PR_SET_NAME, name, 0, 0, 0));
}

int sys_cloexec_range(unsigned int first, unsigned int last)
{
	return result(syscall(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC));
}

int sys_cloexec_from(unsigned int first)
{
	return sys_cloexec_range(first, ~0U);
}

int sys_close_range(unsigned int first, unsigned int last)
{
	return result(syscall(SYS_close_range, first, last, 0));
}

int sys_set_rlimit(int resource, uint64_t soft, uint64_t hard)
{
	const uint64_t limit[2] = {soft, hard};

	return result(syscall(SYS_prlimit64, 0, resource, limit, NULL));
}

int sys_hard_limit(int resource, uint64_t *ret_hard)
{
	uint64_t limit[2];
	int r = result(syscall(SYS_prlimit64, 0, resource, NULL, limit));

	*ret_hard = r < 0 ? UINT64_MAX : limit[1];
	return r;
}

int sys_set_affinity(const uint64_t *words, size_t size)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	for (size_t cpu = 0; cpu < size * CHAR_BIT && cpu < CPU_SETSIZE; cpu++) {
		if ((words[cpu / 64] >> cpu % 64 & 1) != 0)
			CPU_SET(cpu, &set);
	}
	return result(sched_setaffinity(0, sizeof(set), &set));
}

int sys_be_nicer(int by)
{
	errno = 0;
	return nice(by) == -1 && errno != 0 ? -errno : 0;
}

int sys_cpu_counter(void)
{
	/* Only user space is asked for, which takes no privilege; this clock does not stop in the kernel. */
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
				       .size = sizeof(attr),
				       .config = PERF_COUNT_SW_TASK_CLOCK,
				       .disabled = 1,
				       .inherit = 1,
				       .exclude_kernel = 1,
				       .exclude_hv = 1,
				       .enable_on_exec = 1};

	return result(syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

int sys_socketpair(int ret_fds[2])
{
	return result(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds));
}

int sys_pipe(int ret_fds[2])
{
	return result(pipe2(ret_fds, O_CLOEXEC));
}

int sys_send(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do {
		n = send(fd, buf, len, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return result(n);
}

int sys_recv(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = recv(fd, buf, len, 0);
	} while (n < 0 && errno == EINTR);
	return result(n);
}

/* Room for the descriptors that go along. */
union passed {
	char room[CMSG_SPACE(SYS_MAX_PASSED * sizeof(int))];
	struct cmsghdr align;
};

int sys_send_fds(int fd, const void *buf, size_t len, const int *passed, size_t count)
{
	/* sendmsg(2) only reads; its struct has no const to say so with. */
	union {
		const void *in;
		void *out;
	} cast = {.in = buf};
	struct iovec part = {.iov_base = cast.out, .iov_len = len};
	union passed control = {0};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	ssize_t n;

	if (count > SYS_MAX_PASSED)
		return -E2BIG;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(count * sizeof(int));
	message.msg_controllen = CMSG_SPACE(count * sizeof(int));
	memcpy(CMSG_DATA(header), passed, count * sizeof(int));
	do {
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return result(n);
}

int sys_recv_fds(int fd, void *buf, size_t len, int *ret_passed, size_t *ret_count)
{
	struct iovec part = {.iov_base = buf, .iov_len = len};
	union passed control = {0};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.room,
				 .msg_controllen = sizeof(control.room)};
	const struct cmsghdr *header;
	ssize_t n;

	*ret_count = 0;
	do {
		n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	header = n < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
		*ret_count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(ret_passed, CMSG_DATA(header), *ret_count * sizeof(int));
	}
	return result(n);
}

int sys_send_fd(int fd, const void *buf, size_t len, int passed)
{
	return sys_send_fds(fd, buf, len, &passed, 1);
}

int sys_recv_fd(int fd, void *buf, size_t len, int *ret_passed)
{
	int passed[SYS_MAX_PASSED];
	size_t count;
	int r = sys_recv_fds(fd, buf, len, passed, &count);

	*ret_passed = count > 0 ? passed[0] : -1;
	for (size_t i = 1; i < count; i++)
		(void)close(passed[i]);
	return r;
}

int sys_pidfd_kill(int pidfd, int sig)
{
	return result(syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0));
}

int sys_read(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return result(n);
}

int sys_write(int fd, const void *buf, size_t len)
{
	ssize_t n;

	do {
		n = write(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return result(n);
}

int sys_gate(void)
{
	const uint64_t full = UINT64_MAX - 1;
	int fd = eventfd(0, EFD_CLOEXEC);
	int r = fd < 0 ? -errno : sys_write(fd, &full, sizeof(full));

	if (r >= 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int sys_pread(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = pread(fd, buf, len, 0);
	} while (n < 0 && errno == EINTR);
	return result(n);
}

int sys_poll(struct pollfd *fds, size_t count, int timeout_ms)
{
	return result(poll(fds, (nfds_t)count, timeout_ms));
}

int sys_signalfd(const sigset_t *set)
{
	return result(signalfd(-1, set, SFD_CLOEXEC));
}

int sys_set_mask(const sigset_t *set, sigset_t *ret_old)
{
	return result(sigprocmask(SIG_SETMASK, set, ret_old));
}

int sys_dup_over(int from, int to)
{
	return result(dup2(from, to));
}

int sys_reserve_stdio(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		/* The lowest free descriptor is taken: this one, as those below are in use by now. */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_CLOEXEC) < 0)
			return -errno;
	}
	return 0;
}

int sys_shared_page(void **ret_page)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return -errno;
	*ret_page = page;
	return 0;
}
