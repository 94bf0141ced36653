/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attempt.c - try named forbidden things and say how each one ended.
 *
 *     attempt NAME[=ARG]...
 *
 * prints one line for each NAME: "NAME: ok", "NAME: EPERM" (any errno name) or
 * "NAME: SIGSYS" (any signal name).  Every attempt runs in a child of its own, so that one cannot
 * change the next.  The exit code is 0 unless the usage is wrong: the test reads the lines.
 *
 * Nothing here harms the machine when it succeeds: what would (reboot, kexec_load, adjtimex...) is called
 * with arguments that the kernel refuses only after it has granted the right to call.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/tiocl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* From <sys/mount.h>, which cannot be included next to <linux/mount.h> with every libc. */
#ifndef MNT_DETACH
#define MNT_DETACH 2
#endif

#define HIGH_BIT (UINT64_C(1) << 32)

static long to_num(const char *arg)
{
	return strtol(arg, NULL, 0);
}

static int result(long ret)
{
	return ret < 0 ? errno : 0;
}

/* ---- user namespaces ---- */

static int try_call(const char *arg)
{
	return result(syscall(to_num(arg), -1L, 0L, 0L, 0L, 0L, 0L));
}

static int try_unshare(const char *arg)
{
	return result(syscall(SYS_unshare, to_num(arg)));
}

/* A clone that succeeded: the new process ends at once. */
static int cloned(long pid)
{
	if (pid == 0)
		_exit(0);
	return result(pid);
}

static int try_clone(const char *arg)
{
	return cloned(syscall(SYS_clone, to_num(arg) | SIGCHLD, 0, 0, 0, 0));
}

static int try_clone3(const char *arg)
{
	struct clone_args args = {.flags = (uint64_t)to_num(arg), .exit_signal = SIGCHLD};

	return cloned(syscall(SYS_clone3, &args, sizeof(args)));
}

/* ---- mounts ---- */

static int try_mount_tmpfs(const char *arg)
{
	return result(syscall(SYS_mount, "tmpfs", arg, "tmpfs", 0UL, NULL));
}

static int try_mount_proc(const char *arg)
{
	return result(syscall(SYS_mount, "proc", arg, "proc", 0UL, NULL));
}

static int try_mount_bind(const char *arg)
{
	return result(syscall(SYS_mount, "/", arg, NULL, (unsigned long)0x1000 /* MS_BIND */, NULL));
}

static int try_remount_rw(const char *arg)
{
	return result(syscall(SYS_mount, NULL, arg, NULL, 0x1020UL /* MS_BIND|MS_REMOUNT */, NULL));
}

static int try_remount_rw_super(const char *arg)
{
	return result(syscall(SYS_mount, NULL, arg, NULL, 0x20UL /* MS_REMOUNT */, NULL));
}

static int try_setattr_rw(const char *arg)
{
	struct mount_attr attr = {.attr_clr = MOUNT_ATTR_RDONLY};

	return result(syscall(SYS_mount_setattr, AT_FDCWD, arg, 0, &attr, sizeof(attr)));
}

static int try_umount(const char *arg)
{
	return result(syscall(SYS_umount2, arg, MNT_DETACH));
}

static int try_pivot_root(const char *arg)
{
	return result(syscall(SYS_pivot_root, arg, arg));
}

static int try_chroot(const char *arg)
{
	return result(chroot(arg));
}

static int try_open_tree(const char *arg)
{
	return result(syscall(SYS_open_tree, AT_FDCWD, arg, OPEN_TREE_CLONE | O_CLOEXEC));
}

static int try_fsopen(const char *arg)
{
	return result(syscall(SYS_fsopen, arg, 0));
}

static int try_fspick(const char *arg)
{
	return result(syscall(SYS_fspick, AT_FDCWD, arg, 0));
}

static int try_move_mount(const char *arg)
{
	return result(syscall(SYS_move_mount, AT_FDCWD, arg, AT_FDCWD, "/tmp", 0));
}

/* ---- identities ---- */

static int try_setuid(const char *arg)
{
	return result(syscall(SYS_setuid, to_num(arg)));
}

static int try_setresuid(const char *arg)
{
	return result(syscall(SYS_setresuid, to_num(arg), to_num(arg), to_num(arg)));
}

static int try_setgid(const char *arg)
{
	return result(syscall(SYS_setgid, to_num(arg)));
}

static int try_setfsuid(const char *arg)
{
	syscall(SYS_setfsuid, to_num(arg));
	return syscall(SYS_setfsuid, -1) == to_num(arg) ? 0 : EPERM;
}

static int try_setgroups(const char *arg)
{
	gid_t group = (gid_t)to_num(arg);

	return result(syscall(SYS_setgroups, 1UL, &group));
}

static int try_hostname(const char *arg)
{
	return result(syscall(SYS_sethostname, arg, strlen(arg)));
}

/* ---- calls that reach the host's kernel ---- */

static int try_keyctl(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
}

static int try_add_key(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_add_key, "user", "pinfold-attempt", "x", 1UL, KEY_SPEC_THREAD_KEYRING));
}

static int try_request_key(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_request_key, "user", "pinfold-no-such-key", NULL, 0L));
}

static int try_bpf(const char *arg)
{
	union bpf_attr attr;

	(void)arg;
	memset(&attr, 0, sizeof(attr));
	attr.map_type = BPF_MAP_TYPE_ARRAY;
	attr.key_size = 4;
	attr.value_size = 4;
	attr.max_entries = 1;
	return result(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static int try_perf(const char *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	(void)arg;
	return result(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0UL));
}

static int try_userfaultfd(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY | O_CLOEXEC));
}

static int try_io_uring(const char *arg)
{
	struct io_uring_params params = {0};

	(void)arg;
	return result(syscall(SYS_io_uring_setup, 1U, &params));
}

static int try_kexec(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_kexec_load, 0UL, 1UL << 30, NULL, 0UL)); /* too many segments */
}

static int try_kexec_file(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, 1UL << 40)); /* unknown flag */
}

static int try_init_module(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_init_module, NULL, 0UL, ""));
}

static int try_finit_module(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_finit_module, -1, "", 0));
}

static int try_delete_module(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_delete_module, "pinfold_no_such_module", O_NONBLOCK));
}

static int try_reboot(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_reboot, 0, 0, 0, NULL)); /* the magic is wrong */
}

static int try_swapon(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_swapon, "/pinfold-no-such-file", 0));
}

static int try_swapoff(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_swapoff, "/pinfold-no-such-file"));
}

static int try_acct(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_acct, "/pinfold-no-such-file"));
}

static int try_adjtimex(const char *arg)
{
	struct timex time = {.modes = ADJ_TICK, .tick = 0}; /* far out of range */

	(void)arg;
	return result(syscall(SYS_adjtimex, &time));
}

static int try_syslog(const char *arg)
{
	char text[64];

	(void)arg;
	return result(syscall(SYS_syslog, 3 /* read all */, text, sizeof(text)));
}

static int try_open_by_handle(const char *arg)
{
	struct {
		unsigned int bytes;
		int type;
		unsigned char handle[8];
	} handle = {8, 1, {2}};

	return result(syscall(SYS_open_by_handle_at, open(arg, O_RDONLY | O_CLOEXEC), &handle, O_RDONLY));
}

static int try_quotactl(const char *arg)
{
	return result(syscall(SYS_quotactl, 0x80000700 /* Q_GETQUOTA, user */, arg, 12345, NULL));
}

static int try_fanotify(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_fanotify_init, 0 /* needs CAP_SYS_ADMIN */, 0));
}

#if defined(SYS_iopl) && defined(SYS_ioperm)
static int try_iopl(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_iopl, 3));
}

static int try_ioperm(const char *arg)
{
	(void)arg;
	return result(syscall(SYS_ioperm, 0x80UL, 1UL, 1));
}
#endif

/* ---- other processes ---- */

static int try_ptrace(const char *arg)
{
	return result(syscall(SYS_ptrace, PTRACE_SEIZE, (pid_t)to_num(arg), 0UL, 0UL));
}

static int try_vm_readv(const char *arg)
{
	char here[8];
	struct iovec local = {here, sizeof(here)};
	struct iovec remote = {(void *)(uintptr_t)8, sizeof(here)};

	return result(syscall(SYS_process_vm_readv, (pid_t)to_num(arg), &local, 1UL, &remote, 1UL, 0UL));
}

static int try_vm_writev(const char *arg)
{
	char here[8] = "";
	struct iovec local = {here, sizeof(here)};
	struct iovec remote = {(void *)(uintptr_t)8, sizeof(here)};

	return result(syscall(SYS_process_vm_writev, (pid_t)to_num(arg), &local, 1UL, &remote, 1UL, 0UL));
}

static int try_pidfd_getfd(const char *arg)
{
	long pidfd = syscall(SYS_pidfd_open, (pid_t)to_num(arg), 0);

	return pidfd < 0 ? errno : result(syscall(SYS_pidfd_getfd, pidfd, 0, 0));
}

static int try_kcmp(const char *arg)
{
	return result(syscall(SYS_kcmp, getpid(), (pid_t)to_num(arg), 1 /* KCMP_VM */, 0UL, 0UL));
}

static int try_move_pages(const char *arg)
{
	void *page = NULL;
	int status;

	return result(syscall(SYS_move_pages, (pid_t)to_num(arg), 1UL, &page, NULL, &status, 0));
}

static int try_signal(const char *arg)
{
	return result(kill((pid_t)to_num(arg), 0));
}

static int try_kill(const char *arg)
{
	return result(kill((pid_t)to_num(arg), SIGKILL));
}

static int try_prlimit(const char *arg)
{
	uint64_t limit[2];

	return result(syscall(SYS_prlimit64, (pid_t)to_num(arg), 7 /* RLIMIT_NOFILE */, NULL, limit));
}

/* ---- sockets ---- */

static int try_socket(const char *arg)
{
	return result(syscall(SYS_socket, to_num(arg), SOCK_STREAM, 0));
}

static int try_socket_raw(const char *arg)
{
	return result(syscall(SYS_socket, to_num(arg), SOCK_RAW, 255));
}

/* ---- files ---- */

static int try_read(const char *arg)
{
	char byte;
	int fd = open(arg, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : result(read(fd, &byte, 1));
}

static int try_read_mem(const char *arg)
{
	char byte;
	unsigned long start = 0;
	FILE *maps = fopen(arg, "re");
	char mem[128];
	int fd;

	if (maps == NULL)
		return errno;
	if (fscanf(maps, "%lx", &start) != 1)
		return ENODATA;
	snprintf(mem, sizeof(mem), "%.*smem", (int)(strlen(arg) - strlen("maps")), arg);
	fd = open(mem, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(pread(fd, &byte, 1, (off_t)start));
}

static int try_write(const char *arg)
{
	return result(open(arg, O_WRONLY | O_CLOEXEC));
}

static int try_opath(const char *arg)
{
	return result(open(arg, O_PATH | O_CLOEXEC));
}

/* What CVE-2019-5736 did: a path descriptor first, opened again for writing later. */
static int try_reopen(const char *arg)
{
	char link[64];
	int fd = open(arg, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return errno;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return result(open(link, O_WRONLY | O_CLOEXEC));
}

static int try_readlink(const char *arg)
{
	char text[64];

	return result(readlink(arg, text, sizeof(text)));
}

/* FROM:TO cut in two; what is done is undone, so that one attempt does not decide the next. */
static int try_two(const char *arg, int (*act)(const char *from, const char *to),
		   int (*undo)(const char *from, const char *to))
{
	const char *colon = strchr(arg, ':');
	char from[PATH_MAX];
	int r;

	if (colon == NULL || (size_t)(colon - arg) >= sizeof(from))
		return EINVAL;
	memcpy(from, arg, (size_t)(colon - arg));
	from[colon - arg] = '\0';
	r = result(act(from, colon + 1));
	return r != 0 ? r : result(undo(from, colon + 1));
}

static int rename_back(const char *from, const char *to)
{
	return rename(to, from);
}

static int unlink_second(const char *from, const char *to)
{
	(void)from;
	return unlink(to);
}

static int try_rename(const char *arg)
{
	return try_two(arg, rename, rename_back);
}

static int try_link(const char *arg)
{
	return try_two(arg, link, unlink_second);
}

static int try_rmdir(const char *arg)
{
	return result(rmdir(arg));
}

static int try_chdir(const char *arg)
{
	return result(chdir(arg));
}

/* Succeeds only if there is an entry to see. */
static int try_list(const char *arg)
{
	DIR *dir = opendir(arg);
	struct dirent *entry;

	if (dir == NULL)
		return errno;
	errno = 0;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			return 0;
	return errno != 0 ? errno : ENODATA;
}

static int try_create(const char *arg)
{
	return result(open(arg, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static int try_mknod_char(const char *arg)
{
	return result(mknod(arg, S_IFCHR | 0600, makedev(1, 3)));
}

static int try_mknod_block(const char *arg)
{
	return result(mknod(arg, S_IFBLK | 0600, makedev(7, 0)));
}

static int try_chown(const char *arg)
{
	return result(chown(arg, 0, 0));
}

/* ---- terminals ---- */

static int push_byte(const char *arg, uint64_t high)
{
	char byte = 'X';
	int fd = arg[0] == '/' ? open(arg, O_RDWR | O_CLOEXEC) : (int)to_num(arg);

	return fd < 0 ? errno : result(syscall(SYS_ioctl, fd, high | TIOCSTI, &byte));
}

static int try_tiocsti(const char *arg)
{
	return push_byte(arg, 0);
}

static int try_tiocsti_high(const char *arg)
{
	return push_byte(arg, HIGH_BIT);
}

static int paste(const char *arg, uint64_t high)
{
	char code = TIOCL_PASTESEL;
	int fd = arg[0] == '/' ? open(arg, O_RDWR | O_CLOEXEC) : (int)to_num(arg);

	return fd < 0 ? errno : result(syscall(SYS_ioctl, fd, high | TIOCLINUX, &code));
}

static int try_tioclinux(const char *arg)
{
	return paste(arg, 0);
}

static int try_tioclinux_high(const char *arg)
{
	return paste(arg, HIGH_BIT);
}

/* ---- the table ---- */

struct attempt {
	const char *name;
	int (*run)(const char *arg); /* 0, or the errno of the refusal */
	const char *fallback;	     /* the argument when none is given */
};

static const struct attempt attempts[] = {
	{"call", try_call, "467" /* any number, with arguments that are no use */},
	{"unshare", try_unshare, "0x10000000" /* CLONE_NEWUSER */},
	{"clone", try_clone, "0x10000000"},
	{"clone3", try_clone3, "0x10000000"},
	{"mount-tmpfs", try_mount_tmpfs, "/tmp"},
	{"mount-proc", try_mount_proc, "/tmp"},
	{"mount-bind", try_mount_bind, "/tmp"},
	{"remount-rw", try_remount_rw, "/"},
	{"remount-rw-super", try_remount_rw_super, "/"},
	{"setattr-rw", try_setattr_rw, "/"},
	{"umount", try_umount, "/proc"},
	{"pivot-root", try_pivot_root, "/tmp"},
	{"chroot", try_chroot, "/tmp"},
	{"open-tree", try_open_tree, "/"},
	{"fsopen", try_fsopen, "tmpfs"},
	{"fspick", try_fspick, "/"},
	{"move-mount", try_move_mount, "/tmp"},
	{"setuid", try_setuid, "0"},
	{"setresuid", try_setresuid, "0"},
	{"setgid", try_setgid, "0"},
	{"setfsuid", try_setfsuid, "0"},
	{"setgroups", try_setgroups, "0"},
	{"sethostname", try_hostname, "pinfold-attempt"},
	{"keyctl", try_keyctl, ""},
	{"add-key", try_add_key, ""},
	{"request-key", try_request_key, ""},
	{"bpf", try_bpf, ""},
	{"perf", try_perf, ""},
	{"userfaultfd", try_userfaultfd, ""},
	{"io-uring", try_io_uring, ""},
	{"kexec", try_kexec, ""},
	{"kexec-file", try_kexec_file, ""},
	{"init-module", try_init_module, ""},
	{"finit-module", try_finit_module, ""},
	{"delete-module", try_delete_module, ""},
	{"reboot", try_reboot, ""},
	{"swapon", try_swapon, ""},
	{"swapoff", try_swapoff, ""},
	{"acct", try_acct, ""},
	{"adjtimex", try_adjtimex, ""},
	{"syslog", try_syslog, ""},
	{"open-by-handle", try_open_by_handle, "/"},
	{"quotactl", try_quotactl, "/dev/null"},
	{"fanotify", try_fanotify, ""},
#if defined(SYS_iopl) && defined(SYS_ioperm)
	{"iopl", try_iopl, ""},
	{"ioperm", try_ioperm, ""},
#endif
	{"ptrace", try_ptrace, "1"},
	{"vm-readv", try_vm_readv, "1"},
	{"vm-writev", try_vm_writev, "1"},
	{"pidfd-getfd", try_pidfd_getfd, "1"},
	{"kcmp", try_kcmp, "1"},
	{"move-pages", try_move_pages, "1"},
	{"prlimit", try_prlimit, "1"},
	{"signal", try_signal, "1"},
	{"kill", try_kill, "1"},
	{"socket", try_socket, "40" /* AF_VSOCK */},
	{"socket-raw", try_socket_raw, "2" /* AF_INET */},
	{"read", try_read, "/proc/1/environ"},
	{"read-mem", try_read_mem, "/proc/1/maps"},
	{"write", try_write, "/proc/1/mem"},
	{"opath", try_opath, "/proc/1/exe"},
	{"reopen", try_reopen, "/proc/1/exe"},
	{"readlink", try_readlink, "/proc/1/exe"},
	{"rename", try_rename, "/tmp/from:/tmp/to"},
	{"link", try_link, "/tmp/from:/tmp/to"},
	{"rmdir", try_rmdir, "/tmp/none"},
	{"chdir", try_chdir, "/proc/1/root"},
	{"list", try_list, "/proc/1/fd"},
	{"create", try_create, "/created"},
	{"mknod-char", try_mknod_char, "/tmp/null"},
	{"mknod-block", try_mknod_block, "/tmp/loop0"},
	{"chown", try_chown, "/tmp"},
	{"tiocsti", try_tiocsti, "0"},
	{"tiocsti-high", try_tiocsti_high, "0"},
	{"tioclinux", try_tioclinux, "0"},
	{"tioclinux-high", try_tioclinux_high, "0"},
};

static const struct attempt *find(const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		if (strlen(attempts[i].name) == length && strncmp(attempts[i].name, word, length) == 0)
			return &attempts[i];
	return NULL;
}

/* Run one attempt in a child and print its line. */
static int report(const char *word)
{
	size_t length = strcspn(word, "=");
	const struct attempt *attempt = find(word, length);
	const char *name;
	int status;
	pid_t pid;

	if (attempt == NULL) {
		fprintf(stderr, "attempt: unknown: %s\n", word);
		return -1;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(attempt->run(word[length] == '=' ? word + length + 1 : attempt->fallback));
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("attempt");
		return -1;
	}
	if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		printf("%s: SIG%s\n", word, name != NULL ? name : "?");
	} else {
		name = strerrorname_np(WEXITSTATUS(status));
		printf("%s: %s\n", word, WEXITSTATUS(status) == 0 ? "ok" : name != NULL ? name : "?");
	}
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (report(argv[i]) < 0)
			return 2;
	return 0;
}
