/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process.h - processes, signals, ids, and what a process gives up.
 *
 * Every function returns >= 0, or -errno. Descriptors are CLOEXEC and the caller's to close.
 */
#ifndef PINFOLD_SYS_PROCESS_H
#define PINFOLD_SYS_PROCESS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

struct sock_filter;

/*
 * clone3(2), 5.3, as a fork into the namespaces of `flags` (CLONE_NEW*): 0 in the child. With the descriptor
 * of a cgroup (of version 2, -1: none) also into that, which is the root of a new cgroup namespace then:
 * CLONE_INTO_CGROUP, 5.7.
 */
pid_t sys_clone(uint64_t flags, int cgroup_fd);

/*
 * The same as a sibling: our parent is its parent, gets its death signal and reaps it (CLONE_PARENT; its exit
 * signal is ours). *ret_child, which may be shared memory, has its pid before it runs, whatever becomes of
 * us. clone3(2), CLONE_PARENT_SETTID.
 */
pid_t sys_clone_sibling(uint64_t flags, int cgroup_fd, volatile pid_t *ret_child);

/* fork(2) that runs no handlers of the C library: 0 in the child. */
pid_t sys_fork(void);

/* A fork that shares the descriptor table, as a sibling: our parent is its parent, and reaps it
 * (CLONE_PARENT). */
pid_t sys_fork_with_files(void);

/*
 * As a vfork(2): runs fn(arg), which must not return, in a child that shares our memory while we wait until
 * it executes or exits; no page is copied. The child has a stack of its own. clone(2). Builds with
 * sanitizers, which know one stack a thread, fork instead. Returns the child's pid.
 */
pid_t sys_spawn(int (*fn)(void *arg), void *arg);

/*
 * Runs fn(arg) in a process of its own that shares our memory and no descriptor, and waits for its end, for
 * timeout_ms at most. clone(2), CLONE_PIDFD (5.3). Returns what fn returned, >= 0, or -errno: -ETIMEDOUT when
 * it was given up, -ECHILD when something killed it. One that was given up runs no code of ours any more: it
 * is killed, though where not even that ends its wait in the kernel it stays until what it waits for answers.
 * What fn wrote is ours; it may allocate, as nobody else does meanwhile. Builds with sanitizers, which know
 * one stack a thread, call fn without a deadline.
 */
int sys_run_apart(int (*fn)(void *arg), void *arg, int timeout_ms);

/* _exit(2). */
_Noreturn void sys_exit(int code);

/* execve(2): returns only to say why not. */
int sys_exec(const char *path, char *const argv[], char *const envp[]);

/* waitid(2) on a child (P_PID) or any (P_ALL, id 0); retried on EINTR. */
int sys_wait(idtype_t type, id_t id, siginfo_t *ret_info, int options);

/*
 * Waits for the end of a child, and says what it and the children that it waited for have used. wait4(2),
 * options without WNOWAIT. Returns its pid, 0 with WNOHANG and no end yet, or -errno; *ret_usage is zeroed
 * unless there was an end.
 */
int sys_wait_usage(pid_t pid, int options, struct rusage *ret_usage);

int sys_kill(pid_t pid, int sig);

/* geteuid(2) */
uid_t sys_user(void);

/* setsid(2): a session and process group of our own, without a controlling terminal. */
int sys_new_session(void);

/* ptrace(2) PTRACE_DETACH of a child that made itself our tracee; it goes on with the signal. */
int sys_ptrace_detach(pid_t pid, int sig);

int sys_unshare(uint64_t flags);

/* pidfd_open(2), 5.3: a process that cannot become another one. */
int sys_pidfd(pid_t pid);

/*
 * setns(2): enters the namespace, of kind `type` (CLONE_NEW*), that fd is open on; or, from 5.8 on, that the
 * process is in that fd is a descriptor of.
 */
int sys_setns(int fd, int type);

int sys_set_hostname(const char *name);
int sys_set_domainname(const char *name);

/*
 * Becomes uid:gid for good: real, effective, saved, no supplementary groups. The kernel makes the process
 * undumpable with it. Needs CAP_SETUID and CAP_SETGID.
 */
int sys_become(uid_t uid, gid_t gid);

int sys_set_dumpable(bool is_dumpable);
int sys_set_parent_death_signal(int sig);
int sys_set_no_new_privs(void);

/* Orphans among our descendants become our children. prctl(2) PR_SET_CHILD_SUBREAPER, 3.4. */
int sys_adopt(void);
bool sys_has_no_new_privs(void);

/* prctl(PR_SET_SECUREBITS), capabilities(7). Needs CAP_SETPCAP. */
int sys_set_securebits(unsigned int bits);

/* keyctl(KEYCTL_JOIN_SESSION_KEYRING, NULL): a new, empty session keyring. keyctl(2). */
int sys_join_session_keyring(void);

/*
 * prctl(PR_SET_MDWE), 6.3: what is mapped writable is never executable, now or later, for good and across an
 * exec; and whether the kernel knows it. It is of the memory, so who shares it has it too.
 */
int sys_set_mdwe(void);
bool sys_has_mdwe(void);

/* personality(2): asks, or sets it for the caller and what it executes. */
int sys_personality(void);
int sys_set_personality(unsigned int personality);

/* prctl(PR_SET_NAME), at most 15 bytes. */
int sys_set_name(const char *name);

/* Marks descriptors first..last CLOEXEC; sys_cloexec_from all from `first` on. close_range(2), flag
 * from 5.11. */
int sys_cloexec_range(unsigned int first, unsigned int last);
int sys_cloexec_from(unsigned int first);

/* Closes descriptors first..last. close_range(2), 5.9. */
int sys_close_range(unsigned int first, unsigned int last);

/* prlimit(2) of the caller, no limit being UINT64_MAX. A hard limit can only be lowered. */
int sys_set_rlimit(int resource, uint64_t soft, uint64_t hard);
int sys_hard_limit(int resource, uint64_t *ret_hard);

/* sched_setaffinity(2) of the caller: processor n is bit n % 64 of word n / 64, size bytes in all. -EINVAL:
 * none is allowed. */
int sys_set_affinity(const uint64_t *words, size_t size);

/* nice(2): adds to the caller's niceness, up to 19. */
int sys_be_nicer(int by);

/*
 * perf_event_open(2), PERF_COUNT_SW_TASK_CLOCK: a descriptor that gives the nanoseconds of processor time, as
 * one uint64_t, of all that descends from the caller, each from its first exec on; of the caller itself none.
 * -EACCES where kernel.perf_event_paranoid forbids it, -ENOENT or -ENOSYS where the kernel has none.
 */
int sys_cpu_counter(void);

/* A pair of sequenced-packet sockets: a message is whole or not there. */
int sys_socketpair(int ret_fds[2]);
int sys_pipe(int ret_fds[2]);

/* send(2) and recv(2) without SIGPIPE, retried on EINTR: bytes moved, 0 at end of file. */
int sys_send(int fd, const void *buf, size_t len);
int sys_recv(int fd, void *buf, size_t len);

/* As these, with a descriptor on the way (SCM_RIGHTS, unix(7)); *ret_passed is -1 when none came. */
int sys_send_fd(int fd, const void *buf, size_t len, int passed);
int sys_recv_fd(int fd, void *buf, size_t len, int *ret_passed);

/* The same with several, up to SYS_MAX_PASSED, for which ret_passed must have room. */
enum { SYS_MAX_PASSED = 16 };
int sys_send_fds(int fd, const void *buf, size_t len, const int *passed, size_t count);
int sys_recv_fds(int fd, void *buf, size_t len, int *ret_passed, size_t *ret_count);

/* pidfd_send_signal(2). */
int sys_pidfd_kill(int pidfd, int sig);

/* read(2) and write(2), retried on EINTR. */
int sys_read(int fd, void *buf, size_t len);
int sys_pread(int fd, void *buf, size_t len);
int sys_write(int fd, const void *buf, size_t len);

/* A descriptor (close-on-exec) on which writing 8 bytes blocks until somebody has read 8 from it: an
 * eventfd(2) that is full. */
int sys_gate(void);

/* poll(2), not retried: -EINTR is the caller's. timeout in milliseconds, -1 for none. */
int sys_poll(struct pollfd *fds, size_t count, int timeout_ms);

/* signalfd(2) for the set, which the caller has blocked. */
int sys_signalfd(const sigset_t *set);

/* sigprocmask(2) SIG_SETMASK. */
int sys_set_mask(const sigset_t *set, sigset_t *ret_old);

int sys_dup_over(int from, int to);

/*
 * Puts /dev/null where 0, 1 or 2 is closed, so that nothing of ours is opened there. It is CLOEXEC: the
 * program finds them closed, as our caller left them.
 */
int sys_reserve_stdio(void);

/* A zeroed page that forked children share; -errno on failure. Never unmapped. */
int sys_shared_page(void **ret_page);

#endif
