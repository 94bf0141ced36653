/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * floor.c - the least work that any full sandbox can do, as the lower bound for `make bench`.
 *
 *     bench_floor PROGRAM [ARG...]
 *
 * It builds a sandbox such as pinfold's default profile asks for, with no profile and no options: eight new
 * namespaces, a read-only root on a tmpfs with the host's /usr, a private /proc, /dev, /tmp and /dev/shm,
 * its own init as pid 1, no capability, no_new_privs and a filter. Nothing that keeps the program in is left
 * out for the sake of a better number; everything that makes a tool usable (configuration, messages that
 * help, policy) is. It is not a tool: do not use it to confine anything.
 *
 * Needs Linux 5.12 and a merged /usr. Exits 125 with one line when a step fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <net/if.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* glibc's <sys/mount.h> and <linux/mount.h> cannot be included together everywhere: the few names that are
 * only in the first (umount2, mount) are written out here. */
enum { DETACH = 2, PROPAGATE_NEVER = 1 << 18 }; /* MNT_DETACH, MS_PRIVATE */

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCH AUDIT_ARCH_RISCV64
#else
#error "bench/floor.c does not know this machine's AUDIT_ARCH_ constant"
#endif

/* The result of a system call, or the end: `what` names the step. Exits without a destructor, as the
 * processes after the clone share the buffers of the one before it. */
static int must(long result, const char *what)
{
	if (result >= 0)
		return (int)result;
	dprintf(STDERR_FILENO, "bench_floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

#define SYS(what, ...) must(syscall(__VA_ARGS__), what)

static void write_file(const char *path, const char *text, size_t length)
{
	int fd = must(open(path, O_WRONLY | O_CLOEXEC), path);
	must(write(fd, text, length), path);
	must(close(fd), path);
}

/* The caller as itself, written by the new process through its own /proc/self: no helper, no second process
 * to wait for. setgroups is denied first: the kernel takes an unprivileged gid_map only then. */
static void map_self(uid_t uid, gid_t gid)
{
	char line[64];
	write_file("/proc/self/setgroups", "deny", 4);
	int length = snprintf(line, sizeof(line), "%u %u 1", uid, uid);
	write_file("/proc/self/uid_map", line, (size_t)length);
	length = snprintf(line, sizeof(line), "%u %u 1", gid, gid);
	write_file("/proc/self/gid_map", line, (size_t)length);
}

/* One flag: the kernel adds 127.0.0.1 and ::1 by itself. */
static void bring_up_lo(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	must(ioctl(fd, SIOCSIFFLAGS, &request), "lo up");
	must(close(fd), "close");
}

/* A new file system, not attached anywhere yet; `options` is a list of name, value, ..., NULL. A mount from
 * fsmount is private from the start. */
static int make_fs(const char *type, unsigned attributes, const char *const *options)
{
	int config = SYS(type, SYS_fsopen, type, FSOPEN_CLOEXEC);
	for (; *options != NULL; options += 2)
		SYS(*options, SYS_fsconfig, config, FSCONFIG_SET_STRING, options[0], options[1], 0);
	SYS(type, SYS_fsconfig, config, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	int mount = SYS(type, SYS_fsmount, config, FSMOUNT_CLOEXEC, attributes);
	must(close(config), "close");
	return mount;
}

static void attach(int mount, int root, const char *where)
{
	SYS(where, SYS_move_mount, mount, "", root, where, MOVE_MOUNT_F_EMPTY_PATH);
	must(close(mount), where);
}

static void make_fs_at(int root, const char *where, const char *type, unsigned attributes,
		       const char *const *options)
{
	must(mkdirat(root, where, 0755), where);
	attach(make_fs(type, attributes, options), root, where);
}

/* A piece of the host's tree: cloned detached, flags and propagation set while nothing can reach it, then
 * attached. Propagation is set here and not once for the whole old tree: the old tree goes away, and a slave
 * copy of it is all that a mount namespace of another user namespace ever gets. */
static void bind_host(int root, const char *from, const char *to, unsigned attributes, unsigned recursive)
{
	struct mount_attr attr = {.attr_set = attributes, .propagation = PROPAGATE_NEVER};
	int tree = SYS(from, SYS_open_tree, AT_FDCWD, from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);
	SYS(from, SYS_mount_setattr, tree, "", AT_EMPTY_PATH | recursive, &attr, sizeof(attr));
	attach(tree, root, to);
}

static void build_dev(int root)
{
	static const char *const nodes[] = {"null", "zero", "full", "random", "urandom"};
	static const char *const links[][2] = {
		{"/proc/self/fd", "dev/fd"},	   {"/proc/self/fd/0", "dev/stdin"},
		{"/proc/self/fd/1", "dev/stdout"}, {"/proc/self/fd/2", "dev/stderr"},
		{"pts/ptmx", "dev/ptmx"},
	};
	static const char *const pts[] = {"ptmxmode", "0666", "mode", "0620", NULL};
	static const char *const shm[] = {"size", "64m", "mode", "1777", NULL};

	must(mkdirat(root, "dev", 0755), "dev");
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++) {
		char path[32];
		snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
		must(mknodat(root, path + 1, S_IFREG | 0444, 0), path);
		bind_host(root, path, path + 1, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0);
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		must(symlinkat(links[i][0], root, links[i][1]), links[i][1]);
	make_fs_at(root, "dev/pts", "devpts", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, pts);
	make_fs_at(root, "dev/shm", "tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, shm);
}

/* Everything is placed below `root`, the descriptor of a tmpfs attached over "/": there is no path in /tmp to
 * predict, and no path lookup from here on passes through what the host can change, but for the sources. */
static void build_root(void)
{
	static const char *const links[] = {"bin", "lib", "lib64", "sbin"};
	static const char *const sized[] = {"size", "64m", "mode", "1777", NULL};
	static const char *const root_options[] = {"size", "1m", "mode", "0755", NULL};
	static const char *const none[] = {NULL};

	int root = make_fs("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, root_options);
	SYS("/", SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);

	must(mkdirat(root, "usr", 0755), "usr");
	bind_host(root, "/usr", "usr", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
		  AT_RECURSIVE);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		char target[32];
		snprintf(target, sizeof(target), "usr/%s", links[i]);
		must(symlinkat(target, root, links[i]), target);
	}
	make_fs_at(root, "proc", "proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, none);
	build_dev(root);
	make_fs_at(root, "tmp", "tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, sized);

	struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
	SYS("root read-only", SYS_mount_setattr, root, "", AT_EMPTY_PATH, &read_only, sizeof(read_only));
	must(fchdir(root), "fchdir");
	must(close(root), "close");
	SYS("pivot_root", SYS_pivot_root, ".", "."); /* the old root now lies over the new one, */
	SYS("umount2", SYS_umount2, ".", DETACH);    /* and goes as a whole, with one wait for RCU */
	must(chdir("/"), "chdir");
}

/* Not SECURE_ALL_BITS: what that means depends on the kernel headers. */
#define SECURE_BITS                                                                                          \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |     \
	 SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

/* Once for init and the program: the order is that each step needs what the next one takes away. */
static void lock_down(void)
{
	unsigned long cap = 0;
	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	if (errno != EINVAL) /* EINVAL: past the kernel's last capability */
		must(-1, "bounding set");
	must(prctl(PR_SET_SECUREBITS, SECURE_BITS, 0, 0, 0), "securebits");
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
	SYS("capset", SYS_capset, &header, sets);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");

	/* A trivial filter: one architecture, one denied call. A real one is longer, but loads the same way.
	 */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_kexec_load, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(*code), .filter = code};
	SYS("seccomp", SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}

static int exit_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Pid 1: starts the program, reaps whatever is handed to it, and takes everything down with it at the end. */
static void be_init(char **argv)
{
	static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", NULL};
	pid_t program = vfork(); /* nothing to copy: the child only execs */
	if (program == 0) {
		execve(argv[0], argv, (char *const *)(uintptr_t)environment);
		_exit(127);
	}
	must(program, "fork");
	for (;;) {
		int status = 0;
		if (must(waitpid(-1, &status, 0), "wait") == program)
			_exit(exit_code(status));
	}
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		dprintf(STDERR_FILENO, "usage: bench_floor PROGRAM [ARG...]\n");
		return 125;
	}
	uid_t uid = getuid();
	gid_t gid = getgid();
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
			 CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWTIME,
		.exit_signal = SIGCHLD,
	};
	pid_t init = SYS("clone3", SYS_clone3, &args, sizeof(args));
	if (init == 0) {
		must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0),
		     "pdeathsig"); /* nothing outlives the caller */
		SYS("close_range", SYS_close_range, 3U, ~0U, 0U);
		map_self(uid, gid);
		bring_up_lo();
		build_root();
		must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable"); /* pid 1 is closed to the program */
		lock_down();
		be_init(argv + 1);
	}
	int status = 0;
	must(waitpid(init, &status, 0), "wait");
	return exit_code(status);
}
