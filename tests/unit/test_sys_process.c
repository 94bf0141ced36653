/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_process.c - processes, signals, descriptors, and what a process gives up. */
#include "config.h"

#include "sys/process.h"
#include "sys/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>

#include "in_child.h"

static void assert_cloexec(int fd)
{
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC, "descriptor %d", fd);
}

/* ------------------------------------------------------------ children */

Test(child, fork_and_clone_give_one)
{
	siginfo_t info;
	pid_t child = sys_fork();

	if (child == 0)
		sys_exit(3);
	cr_assert_gt(child, 0);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_code, CLD_EXITED);
	cr_assert_eq(info.si_status, 3);
	child = sys_clone(0, -1);
	if (child == 0)
		sys_exit(4);
	cr_assert_gt(child, 0);
	cr_assert_eq(sys_wait(P_ALL, 0, &info, WEXITED), 0);
	cr_assert_eq(info.si_pid, child);
	cr_assert_eq(info.si_status, 4);
	cr_assert_eq(sys_wait(P_ALL, 0, &info, WEXITED), -ECHILD);
}

static void clones_into_namespaces(void)
{
	siginfo_t info;
	pid_t child = sys_clone(CLONE_NEWUSER | CLONE_NEWPID, -1);

	if (child == -EPERM || child == -ENOSPC)
		child_skip("no user namespaces here");
	if (child == 0)
		sys_exit(getpid() == 1 ? 0 : 1);
	CHECK(sys_wait(P_PID, (id_t)child, &info, WEXITED) == 0 && info.si_status == 0);
	CHECK(sys_clone(CLONE_NEWNS | CLONE_FS, -1) == -EINVAL, "flags that contradict each other");
}

Test(child, clone_makes_namespaces)
{
	in_child(clones_into_namespaces);
}

/* Our child makes one that is ours, too, and says its number before that runs. */
static void clones_a_sibling(void)
{
	volatile pid_t *shared;
	siginfo_t info;
	pid_t helper;
	void *page;

	CHECK(sys_shared_page(&page) == 0);
	shared = page;
	helper = sys_fork();
	if (helper == 0) {
		pid_t child = sys_clone_sibling(0, -1, shared);

		if (child == 0)
			sys_exit(*shared == getpid() && getppid() != 1 ? 7 : 1);
		sys_exit(child > 0 && child == *shared ? 0 : 1);
	}
	CHECK(sys_wait(P_PID, (id_t)helper, &info, WEXITED) == 0 && info.si_status == 0);
	CHECK(*shared > 0);
	CHECK(sys_wait(P_PID, (id_t)*shared, &info, WEXITED) == 0 && info.si_status == 7);
	CHECK(info.si_code == CLD_EXITED);
}

Test(child, a_sibling_is_its_parents_child)
{
	in_child(clones_a_sibling);
}

static int exits_with(void *arg)
{
	sys_exit(*(int *)arg);
}

static int executes_true(void *arg)
{
	char *const argv[] = {arg, NULL};
	char *const env[] = {NULL};

	(void)sys_exec("/bin/true", argv, env);
	sys_exit(99);
}

Test(child, spawn_runs_a_function_and_comes_back)
{
	siginfo_t info;
	int code = 42;
	pid_t child = sys_spawn(exits_with, &code);

	cr_assert_gt(child, 0);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_code, CLD_EXITED);
	cr_assert_eq(info.si_status, 42);
	child = sys_spawn(executes_true, (char[]){"true"});
	cr_assert_gt(child, 0);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_status, 0);
}

static char *made_apart;

static int allocates(void *arg)
{
	made_apart = strdup(arg);
	return 7;
}

#ifndef WITH_SANITIZERS
static int writes(void *arg)
{
	return write(*(int *)arg, "x", 1) == 1 ? 1 : 0;
}

static int kills_itself(void *arg)
{
	(void)arg;
	return raise(SIGKILL);
}

static int hangs(void *arg)
{
	(void)arg;
	while (pause() < 0)
		continue;
	return 0;
}
#endif

Test(child, a_process_apart_has_our_memory_and_no_descriptor)
{
#ifndef WITH_SANITIZERS
	int fds[2];
	char byte;
#endif

	if (getenv("PINFOLD_VALGRIND") != NULL)
		return; /* which knows no such process */
	cr_assert_eq(sys_run_apart(allocates, (char[]){"text"}, 60000), 7);
	cr_assert_str_eq(made_apart, "text");
	free(made_apart);
#ifndef WITH_SANITIZERS
	cr_assert_eq(sys_pipe(fds), 0);
	cr_assert_eq(sys_run_apart(writes, &fds[1], 60000), 0);
	cr_assert_eq(sys_run_apart(kills_itself, NULL, 60000), -ECHILD);
	cr_assert_eq(sys_run_apart(hangs, NULL, 1), -ETIMEDOUT);
	/* Nothing is left of them, and ours are still open. */
	cr_assert_eq(waitpid(-1, NULL, __WALL), -1);
	cr_assert_eq(write(fds[1], "y", 1), 1);
	cr_assert_eq(read(fds[0], &byte, 1), 1);
	cr_assert_eq(byte, 'y');
#endif
}

Test(child, exec_returns_only_to_say_why_not)
{
	char *const argv[] = {(char[]){"x"}, NULL};
	char *const env[] = {NULL};

	cr_assert_eq(sys_exec("/does/not/exist", argv, env), -ENOENT);
	cr_assert_eq(sys_exec("/etc", argv, env), -EACCES);
	cr_assert_eq(sys_exec("/dev/null/x", argv, env), -ENOTDIR);
}

Test(child, wait_without_an_end_reports_none)
{
	siginfo_t info;
	int fds[2];
	char byte;
	pid_t child;

	cr_assert_eq(sys_pipe(fds), 0);
	child = sys_fork();
	if (child == 0) {
		(void)close(fds[1]);
		sys_exit(sys_read(fds[0], &byte, 1) == 0 ? 0 : 1);
	}
	memset(&info, 0xff, sizeof(info));
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED | WNOHANG), 0);
	cr_assert_eq(info.si_pid, 0);
	(void)close(fds[1]);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	cr_assert_eq(info.si_pid, child, "looked at");
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_pid, child, "and reaped");
	(void)close(fds[0]);
}

static volatile int release_fd;
static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
	/* Only now may the other side go on: the call was interrupted, and must be tried again. */
	(void)close(release_fd);
}

static void interrupt_soon(int fd)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
	const struct sigaction action = {.sa_handler = on_alarm};

	release_fd = fd;
	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &soon, NULL);
}

Test(child, wait_and_read_are_retried)
{
	siginfo_t info;
	int fds[2];
	int other[2];
	char byte;
	pid_t child;

	cr_assert_eq(sys_pipe(fds), 0);
	child = sys_fork();
	if (child == 0) {
		(void)close(fds[1]);
		sys_exit(sys_read(fds[0], &byte, 1) == 0 ? 7 : 1);
	}
	interrupt_soon(fds[1]);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_status, 7);
	cr_assert_eq(alarms, 1);
	cr_assert_eq(sys_pipe(other), 0);
	interrupt_soon(other[1]);
	cr_assert_eq(sys_read(other[0], &byte, 1), 0);
	cr_assert_eq(alarms, 2);
	cr_assert_eq(sys_socketpair(other), 0);
	interrupt_soon(other[1]);
	cr_assert_eq(sys_recv(other[0], &byte, 1), 0);
	cr_assert_eq(alarms, 3);
}

Test(child, kill)
{
	siginfo_t info;
	int fds[2];
	char byte;
	pid_t child;

	cr_assert_eq(sys_pipe(fds), 0);
	child = sys_fork();
	if (child == 0)
		sys_exit(sys_read(fds[0], &byte, 1));
	cr_assert_eq(sys_kill(child, SIGKILL), 0);
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(info.si_code, CLD_KILLED);
	cr_assert_eq(info.si_status, SIGKILL);
	cr_assert_eq(sys_kill(child, 0), -ESRCH);
}

/* ------------------------------------------------------------ descriptors and messages */

Test(fds, all_are_closed_by_an_exec)
{
	sigset_t set;
	int fds[2];

	cr_assert_eq(sys_pipe(fds), 0);
	assert_cloexec(fds[0]);
	assert_cloexec(fds[1]);
	cr_assert_eq(sys_socketpair(fds), 0);
	assert_cloexec(fds[0]);
	assert_cloexec(fds[1]);
	(void)sigemptyset(&set);
	fds[0] = sys_signalfd(&set);
	cr_assert_geq(fds[0], 0);
	assert_cloexec(fds[0]);
}

Test(fds, a_packet_is_whole_or_not_there)
{
	char text[100] = "";
	int fds[2];

	cr_assert_eq(sys_socketpair(fds), 0);
	cr_assert_eq(sys_send(fds[0], "first", 5), 5);
	cr_assert_eq(sys_send(fds[0], "2", 1), 1);
	cr_assert_eq(sys_recv(fds[1], text, sizeof(text)), 5);
	cr_assert_eq(sys_recv(fds[1], text, sizeof(text)), 1);
	(void)close(fds[0]);
	cr_assert_eq(sys_recv(fds[1], text, sizeof(text)), 0, "end");
	cr_assert_eq(sys_send(fds[1], "x", 1), -EPIPE, "an error and no SIGPIPE");
}

Test(fds, read_and_pread)
{
	char template[] = "/tmp/pinfold-test.XXXXXX";
	char text[10] = "";
	int fd = mkstemp(template);

	(void)unlink(template);
	cr_assert_eq(write(fd, "abc", 3), 3);
	cr_assert_eq(sys_read(fd, text, sizeof(text)), 0, "at the end");
	cr_assert_eq(sys_pread(fd, text, sizeof(text)), 3, "from the start");
	cr_assert_str_eq(text, "abc");
	cr_assert_eq(sys_read(-1, text, 1), -EBADF);
	cr_assert_eq(sys_pread(-1, text, 1), -EBADF);
	cr_assert_eq(sys_recv(fd, text, 1), -ENOTSOCK);
	(void)close(fd);
}

Test(fds, poll)
{
	struct pollfd polled = {.events = POLLIN};
	int fds[2];

	cr_assert_eq(sys_pipe(fds), 0);
	polled.fd = fds[0];
	cr_assert_eq(sys_poll(&polled, 1, 0), 0);
	(void)close(fds[1]);
	cr_assert_eq(sys_poll(&polled, 1, -1), 1);
	cr_assert(polled.revents & POLLHUP);
}

Test(fds, poll_is_not_retried)
{
	struct pollfd polled = {.events = POLLIN};
	int fds[2];
	int other[2];

	cr_assert_eq(sys_pipe(fds), 0);
	cr_assert_eq(sys_pipe(other), 0);
	polled.fd = fds[0];
	interrupt_soon(other[1]);
	cr_assert_eq(sys_poll(&polled, 1, 10000), -EINTR);
}

static void marks_and_closes(void)
{
	int fds[4];

	for (int i = 0; i < 4; i++)
		fds[i] = open("/dev/null", O_RDONLY); /* not CLOEXEC, on purpose */
	CHECK(fds[3] == fds[0] + 3);
	CHECK(sys_cloexec_from((unsigned int)fds[1]) == 0);
	CHECK((fcntl(fds[0], F_GETFD) & FD_CLOEXEC) == 0);
	for (int i = 1; i < 4; i++)
		CHECK((fcntl(fds[i], F_GETFD) & FD_CLOEXEC) != 0);
	CHECK(sys_close_range((unsigned int)fds[1], (unsigned int)fds[2]) == 0);
	CHECK(fcntl(fds[0], F_GETFD) >= 0);
	CHECK(fcntl(fds[1], F_GETFD) < 0 && fcntl(fds[2], F_GETFD) < 0);
	CHECK(fcntl(fds[3], F_GETFD) >= 0);
	CHECK(sys_close_range(5, 4) == -EINVAL);
	CHECK(sys_dup_over(fds[0], fds[1]) == fds[1]);
	CHECK(fcntl(fds[1], F_GETFD) >= 0);
	CHECK(sys_dup_over(-1, fds[1]) == -EBADF);
}

Test(fds, ranges_are_marked_and_closed)
{
	in_child(marks_and_closes);
}

static void reserves(void)
{
	CHECK(sys_reserve_stdio() == 0);
	CHECK(close(0) == 0 && close(2) == 0);
	CHECK(sys_reserve_stdio() == 0);
	CHECK((fcntl(0, F_GETFD) & FD_CLOEXEC) != 0, "the program finds it closed, as our caller left it");
	CHECK((fcntl(2, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK((fcntl(1, F_GETFD) & FD_CLOEXEC) == 0, "what was open stays as it is");
	CHECK(open("/dev/null", O_RDONLY | O_CLOEXEC) > 2, "nothing of ours gets there");
}

Test(fds, closed_standard_descriptors_are_reserved)
{
	in_child(reserves);
}

Test(fds, a_shared_page_is_zeroed_and_shared)
{
	siginfo_t info;
	void *page = NULL;
	volatile int *number;
	pid_t child;

	cr_assert_eq(sys_shared_page(&page), 0);
	for (size_t i = 0; i < 4096; i++)
		cr_assert_eq(((char *)page)[i], 0);
	number = page;
	child = sys_fork();
	if (child == 0) {
		*number = 12;
		sys_exit(0);
	}
	cr_assert_eq(sys_wait(P_PID, (id_t)child, &info, WEXITED), 0);
	cr_assert_eq(*number, 12);
}

/* ------------------------------------------------------------ signals */

Test(signal, a_blocked_one_is_read_from_its_descriptor)
{
	struct signalfd_siginfo info;
	sigset_t set;
	sigset_t before;
	sigset_t again;
	int fd;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGUSR1);
	cr_assert_eq(sys_set_mask(&set, &before), 0);
	cr_assert_not(sigismember(&before, SIGUSR1));
	fd = sys_signalfd(&set);
	cr_assert_geq(fd, 0);
	cr_assert_eq(sys_kill(getpid(), SIGUSR1), 0);
	cr_assert_eq(sys_read(fd, &info, sizeof(info)), (int)sizeof(info));
	cr_assert_eq(info.ssi_signo, (uint32_t)SIGUSR1);
	cr_assert_eq(sys_set_mask(&before, &again), 0);
	cr_assert(sigismember(&again, SIGUSR1));
	cr_assert_eq(sys_set_mask(&before, NULL), 0);
	(void)close(fd);
}

/* ------------------------------------------------------------ giving up */

static void sets_what_prctl_sets(void)
{
	char name[20];
	int sig = 0;

	CHECK(sys_set_dumpable(false) == 0);
	CHECK(prctl(PR_GET_DUMPABLE) == 0);
	CHECK(sys_set_dumpable(true) == 0);
	CHECK(prctl(PR_GET_DUMPABLE) == 1);
	CHECK(sys_set_parent_death_signal(SIGKILL) == 0);
	CHECK(prctl(PR_GET_PDEATHSIG, &sig) == 0 && sig == SIGKILL);
	CHECK(sys_set_parent_death_signal(9999) == -EINVAL);
	CHECK(sys_set_name("pinfold-test") == 0);
	CHECK(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "pinfold-test") == 0, "%s", name);
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == sys_has_no_new_privs());
	CHECK(sys_set_no_new_privs() == 0);
	CHECK(sys_has_no_new_privs());
}

Test(give_up, prctls)
{
	in_child(sets_what_prctl_sets);
}

static void new_session(void)
{
	CHECK(getsid(0) != getpid());
	CHECK(sys_new_session() == getpid());
	CHECK(getsid(0) == getpid() && getpgrp() == getpid());
	CHECK(sys_new_session() == -EPERM, "we lead one already");
}

Test(give_up, session)
{
	in_child(new_session);
}

static void joins_a_keyring(void)
{
	long before = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	int r = sys_join_session_keyring();

	if (r == -ENOSYS || r == -EPERM || r == -EDQUOT)
		return; /* containers have none */
	CHECK(r >= 0, "%d", r);
	CHECK(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) != before);
}

Test(give_up, keyring)
{
	in_child(joins_a_keyring);
}

static void detaches(void)
{
	siginfo_t info;
	pid_t child = sys_fork();

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
			sys_exit(99);
		(void)sys_kill(getpid(), SIGSTOP);
		sys_exit(5);
	}
	CHECK(sys_wait(P_PID, (id_t)child, &info, WEXITED | WSTOPPED) == 0);
	if (info.si_code == CLD_EXITED)
		return; /* an outer sandbox forbids it */
	CHECK(sys_ptrace_detach(child, 0) == 0);
	CHECK(sys_wait(P_PID, (id_t)child, &info, WEXITED) == 0 && info.si_status == 5, "it goes on");
	CHECK(sys_ptrace_detach(getpid(), 0) == -ESRCH);
}

Test(give_up, tracee)
{
	in_child(detaches);
}

static void sets_names_and_securebits(void)
{
	struct utsname name;

	child_unshare(CLONE_NEWUTS);
	CHECK(sys_set_hostname("inner-host") == 0);
	CHECK(sys_set_domainname("inner-domain") == 0);
	CHECK(uname(&name) == 0 && strcmp(name.nodename, "inner-host") == 0, "%s", name.nodename);
	CHECK(strcmp(name.domainname, "inner-domain") == 0, "%s", name.domainname);
	CHECK(sys_set_securebits(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED) == 0);
	CHECK(prctl(PR_GET_SECUREBITS) == (SECBIT_NOROOT | SECBIT_NOROOT_LOCKED));
	CHECK(sys_set_securebits(0) == -EPERM, "locked");
}

Test(give_up, names_and_securebits)
{
	in_child(sets_names_and_securebits);
}

static void enters_and_unshares(void)
{
	char before[64] = "";
	char after[64] = "";
	int fd;

	child_unshare(0);
	fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	CHECK(readlink("/proc/self/ns/uts", before, sizeof(before) - 1) > 0);
	CHECK(sys_unshare(CLONE_NEWUTS) == 0);
	CHECK(readlink("/proc/self/ns/uts", after, sizeof(after) - 1) > 0);
	CHECK(strcmp(before, after) != 0);
	CHECK(sys_setns(fd, CLONE_NEWNET) == -EINVAL, "another type than was said");
	/* The first one belongs to a user namespace that we have no rights over. */
	CHECK(sys_setns(fd, CLONE_NEWUTS) == -EPERM);
	fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	CHECK(sys_setns(fd, CLONE_NEWUTS) == 0);
}

Test(give_up, unshare_and_setns)
{
	in_child(enters_and_unshares);
}

static void becomes_nobody(void)
{
	uid_t uids[3];
	gid_t gids[3];

	if (geteuid() != 0) {
		CHECK(sys_become(65534, 65534) == -EPERM);
		return;
	}
	CHECK(sys_become(65534, 65533) == 0);
	CHECK(getresuid(&uids[0], &uids[1], &uids[2]) == 0 && getresgid(&gids[0], &gids[1], &gids[2]) == 0);
	for (int i = 0; i < 3; i++)
		CHECK(uids[i] == 65534 && gids[i] == 65533, "%d", i);
	CHECK(getgroups(0, NULL) == 0, "no supplementary groups");
	CHECK(prctl(PR_GET_DUMPABLE) == 0, "others of that uid cannot look into us");
	CHECK(sys_become(0, 0) == -EPERM, "for good");
}

Test(give_up, become_is_for_good)
{
	in_child(becomes_nobody);
}

static const struct sock_filter refuse_getppid[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTTY),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static void loads_a_filter(void)
{
	static const struct sock_filter broken[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0)};

	CHECK(sys_set_no_new_privs() == 0);
	CHECK(sys_load_filter(broken, 1) == -EINVAL, "the kernel checks it");
	CHECK(sys_load_filter(refuse_getppid, 0) == -EINVAL);
	CHECK(sys_load_filter(refuse_getppid, BPF_MAXINSNS + 1) == -EINVAL);
	CHECK(sys_load_filter(refuse_getppid, 65536 + 4) == -EINVAL, "not cut to 16 bits");
	CHECK(syscall(SYS_getppid) == getppid());
	CHECK(sys_load_filter(refuse_getppid, 4) == 0);
	CHECK(syscall(SYS_getppid) == -1 && errno == ENOTTY);
}

Test(give_up, a_filter_is_loaded)
{
	in_child(loads_a_filter);
}

static void needs_no_new_privs(void)
{
	if (sys_has_no_new_privs())
		child_skip("runs under no_new_privs already");
	if (geteuid() == 0)
		CHECK(sys_become(65534, 65534) == 0);
	CHECK(sys_load_filter(refuse_getppid, 4) == -EACCES);
}

Test(give_up, a_filter_wants_no_new_privs)
{
	in_child(needs_no_new_privs);
}

/* ------------------------------------------------------------ limits */

static void limits_are_lowered_for_good(void)
{
	uint64_t hard = 0;

	CHECK(sys_set_rlimit(RLIMIT_NOFILE, 40, 50) == 0);
	CHECK(sys_hard_limit(RLIMIT_NOFILE, &hard) == 0 && hard == 50, "%lu", (unsigned long)hard);
	CHECK(fcntl(0, F_DUPFD, 39) == 39 && fcntl(0, F_DUPFD, 40) == -1);
	CHECK(sys_set_rlimit(RLIMIT_NOFILE, 60, 50) == -EINVAL);
	CHECK(geteuid() == 0 || sys_set_rlimit(RLIMIT_NOFILE, 60, 60) == -EPERM);
	CHECK(sys_hard_limit(999, &hard) == -EINVAL);
	CHECK(sys_set_rlimit(RLIMIT_FSIZE, UINT64_MAX, UINT64_MAX) == 0 || geteuid() != 0);
}

Test(limit, rlimits_are_lowered_for_good)
{
	in_child(limits_are_lowered_for_good);
}

static void runs_where_it_is_told(void)
{
	uint64_t words[16] = {0};
	cpu_set_t set;
	size_t first = 0;

	CHECK(sched_getaffinity(0, sizeof(set), &set) == 0);
	while (!CPU_ISSET(first, &set))
		first++;
	words[first / 64] = UINT64_C(1) << first % 64;
	CHECK(sys_set_affinity(words, sizeof(words)) == 0);
	CHECK(sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) == 1 && CPU_ISSET(first, &set));
	memset(words, 0, sizeof(words));
	CHECK(sys_set_affinity(words, sizeof(words)) == -EINVAL);
}

Test(limit, affinity)
{
	in_child(runs_where_it_is_told);
}

static void is_nicer(void)
{
	const int before = getpriority(PRIO_PROCESS, 0);

	CHECK(sys_be_nicer(1) == 0);
	CHECK(getpriority(PRIO_PROCESS, 0) == (before < 19 ? before + 1 : 19));
	CHECK(sys_be_nicer(40) == 0);
	CHECK(getpriority(PRIO_PROCESS, 0) == 19);
}

Test(limit, niceness)
{
	in_child(is_nicer);
}

/* Burns processor time of its own, a little, in a child that nobody waits for and that executed something. */
static void counts_what_descends(void)
{
	int fd = sys_cpu_counter();
	uint64_t ns = 77;

	if (fd == -EACCES || fd == -EPERM || fd == -ENOENT || fd == -ENOSYS)
		child_skip("the kernel gives us no counter");
	CHECK(fd >= 0, "%d", fd);
	for (volatile int i = 0; i < 10000000; i++)
		;
	CHECK(sys_read(fd, &ns, sizeof(ns)) == (int)sizeof(ns));
	CHECK(ns == 0, "our own time: %lu", (unsigned long)ns);
	(void)signal(SIGCHLD, SIG_IGN);
	CHECK(system("sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'") != 127);
	CHECK(sys_read(fd, &ns, sizeof(ns)) == (int)sizeof(ns));
	CHECK(ns > 1000000, "%lu", (unsigned long)ns);
}

Test(limit, processor_time_of_all_descendants)
{
	in_child(counts_what_descends);
}

/* ------------------------------------------------------------ descriptors on the way */

Test(pass, a_descriptor_goes_along)
{
	char text[4] = "abc";
	int fds[2];
	int pipe_fds[2];
	int passed = -1;

	cr_assert_eq(sys_socketpair(fds), 0);
	cr_assert_eq(sys_pipe(pipe_fds), 0);
	cr_assert_eq(sys_send_fd(fds[0], text, sizeof(text), pipe_fds[1]), (int)sizeof(text));
	memset(text, 0, sizeof(text));
	cr_assert_eq(sys_recv_fd(fds[1], text, sizeof(text), &passed), (int)sizeof(text));
	cr_assert_str_eq(text, "abc");
	cr_assert_geq(passed, 0);
	assert_cloexec(passed);
	cr_assert_eq(write(passed, "x", 1), 1);
	cr_assert_eq(sys_read(pipe_fds[0], text, 1), 1);
	cr_assert_eq(sys_send(fds[0], text, 1), 1);
	(void)close(passed);
	cr_assert_eq(sys_recv_fd(fds[1], text, sizeof(text), &passed), 1);
	cr_assert_eq(passed, -1);
	(void)close(fds[0]);
	cr_assert_eq(sys_recv_fd(fds[1], text, sizeof(text), &passed), 0);
	cr_assert_eq(sys_send_fd(fds[1], text, sizeof(text), pipe_fds[0]), -EPIPE);
}

static void memory_that_was_writable_is_never_executable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!sys_has_mdwe())
		child_skip("the kernel has no PR_SET_MDWE");
	CHECK(page != MAP_FAILED);
	CHECK(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0, "the control: it is allowed without");
	CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
	CHECK(sys_set_mdwe() == 0);
	CHECK(mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0 && errno == EACCES);
	CHECK(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	      MAP_FAILED);
}

Test(give_up, memory_that_was_writable_is_never_executable)
{
	in_child(memory_that_was_writable_is_never_executable);
}

static void personality_is_asked_and_set(void)
{
	const int asked = sys_personality();
	const unsigned int before = (unsigned int)asked;

	CHECK(asked >= 0);
	CHECK(sys_set_personality(before | ADDR_NO_RANDOMIZE) >= 0);
	CHECK((unsigned int)sys_personality() == (before | ADDR_NO_RANDOMIZE));
	CHECK(sys_set_personality(before & ~(unsigned int)ADDR_NO_RANDOMIZE) >= 0);
	CHECK(((unsigned int)sys_personality() & ADDR_NO_RANDOMIZE) == 0);
}

Test(give_up, personality_is_asked_and_set)
{
	in_child(personality_is_asked_and_set);
}
