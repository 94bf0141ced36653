/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake_sys.c - stands in for the sys library: records every call, and can fail any of them. */
#include "fake_sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sys/cap.h"
#include "sys/file.h"
#include "sys/landlock.h"
#include "sys/mount.h"
#include "sys/namespace.h"
#include "sys/net.h"
#include "sys/process.h"
#include "sys/seccomp.h"
#include "sys/socket.h"
#include "sys/terminal.h"

enum {
	MAX_TRACE = 256 * 1024,
	MAX_LINES = 4096,
	MAX_FDS = 256,
	MAX_PATHS = 64,
	MAX_FAILS = 8,
	MAX_TEXT = 256,
	FAKE_PID = 4242
};

struct fake_path {
	char path[MAX_TEXT];
	char target[MAX_TEXT];
	char text[MAX_TEXT];
	struct stat st; /* st_mode 0: missing */
	bool is_file;	/* has a text */
};

static struct state {
	char trace[MAX_TRACE];
	size_t used;
	size_t line_at[MAX_LINES]; /* where the lines of calls that can fail start */
	size_t count;
	size_t fail_at;
	int fail_errnum;
	struct {
		char start[MAX_TEXT];
		int errnum;
	} fails[MAX_FAILS];
	size_t fail_count;
	struct fake_path paths[MAX_PATHS];
	size_t path_count;
	struct {
		int number;	/* 0: not one of ours */
		struct stat st; /* st_mode 0: what it really is */
	} fds[MAX_FDS];
	int last_number;
	int wait_code, wait_status;
	bool forks;
	bool knows_all;
	bool no_new_privs;
	bool mdwe;
	int landlock;
	unsigned int personality;
	uint64_t caps;
	uint64_t cpu_ns;
	uint64_t birth;
	unsigned int terminals;
	struct termios modes; /* of every terminal */
	pid_t tty_group;
	struct {
		int resource;
		uint64_t hard;
	} limits[MAX_FAILS];
	size_t limit_count;
	const char *const *entries; /* of every directory */
	struct call_notice notice;
	pid_t lock_holder;
	pid_t owner;
} * state;

static _Noreturn void die(const char *why)
{
	(void)fprintf(stderr, "fake_sys: %s\n", why);
	abort();
}

void fake_reset(void)
{
	if (state == NULL) {
		state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (state == MAP_FAILED)
			die("no memory");
	}
	memset(state, 0, sizeof(*state));
	state->wait_code = CLD_EXITED;
	state->modes = (struct termios){.c_oflag = OPOST, .c_lflag = ICANON | ECHO};
	state->tty_group = FAKE_PID;
	state->owner = getpid();
}

static struct state *get(void)
{
	if (state == NULL)
		fake_reset();
	return state;
}

bool fake_starts(const char *line, const char *pattern)
{
	for (; *pattern != '\0'; pattern++, line++) {
		if (*pattern != *line)
			return false;
		if (pattern[0] != '#' || pattern[1] != '*')
			continue;
		pattern++;
		line += strspn(line + 1, "0123456789");
	}
	return true;
}

void fake_fail_at(size_t n, int errnum)
{
	get()->fail_at = n == 0 ? 0 : state->count + n;
	state->fail_errnum = errnum;
}

void fake_fail(const char *start, int errnum)
{
	if (get()->fail_count == MAX_FAILS)
		die("too many failures");
	(void)snprintf(state->fails[state->fail_count].start, MAX_TEXT, "%s", start);
	state->fails[state->fail_count++].errnum = errnum;
}

static struct fake_path *find_path(const char *path)
{
	for (size_t i = 0; i < get()->path_count; i++) {
		if (strcmp(state->paths[i].path, path) == 0)
			return &state->paths[i];
	}
	return NULL;
}

static struct fake_path *make_path(const char *path)
{
	struct fake_path *slot = find_path(path);

	if (slot != NULL)
		return slot;
	if (state->path_count == MAX_PATHS)
		die("too many paths");
	slot = &state->paths[state->path_count++];
	(void)snprintf(slot->path, sizeof(slot->path), "%s", path);
	return slot;
}

void fake_mode(const char *path, mode_t mode)
{
	fake_stat(path, &(struct stat){.st_mode = mode, .st_uid = geteuid()});
}

void fake_stat(const char *path, const struct stat *st)
{
	make_path(path)->st = *st;
}

void fake_symlink(const char *path, const char *target)
{
	(void)snprintf(make_path(path)->target, MAX_TEXT, "%s", target);
}

void fake_file(const char *path, const char *text)
{
	struct fake_path *slot = make_path(path);

	slot->st = (struct stat){.st_mode = S_IFREG | 0644, .st_size = (off_t)strlen(text)};
	slot->is_file = true;
	(void)snprintf(slot->text, sizeof(slot->text), "%s", text);
}

void fake_child_ends(int code, int status)
{
	get()->wait_code = code;
	state->wait_status = status;
}

void fake_knows_all(void)
{
	get()->knows_all = true;
}

void fake_forks(void)
{
	get()->forks = true;
}

void fake_has_no_new_privs(bool value)
{
	get()->no_new_privs = value;
}

void fake_landlock(int version)
{
	get()->landlock = version;
}

void fake_has_mdwe(bool value)
{
	get()->mdwe = value;
}

void fake_personality(unsigned int value)
{
	get()->personality = value;
}

void fake_effective_caps(uint64_t caps)
{
	get()->caps = caps;
}

void fake_hard_limit(int resource, uint64_t hard)
{
	if (get()->limit_count == MAX_FAILS)
		die("too many limits");
	state->limits[state->limit_count].resource = resource;
	state->limits[state->limit_count++].hard = hard;
}

void fake_lock_holder(pid_t pid)
{
	get()->lock_holder = pid;
}

void fake_cpu_used(uint64_t ns)
{
	get()->cpu_ns = ns;
}

void fake_birth(uint64_t ns)
{
	get()->birth = ns;
}

void fake_notice(const struct call_notice *notice)
{
	get()->notice = *notice;
}

void fake_entries(const char *const *names)
{
	get()->entries = names;
}

size_t fake_count(void)
{
	return get()->count;
}

const char *fake_line(size_t n)
{
	static char line[1024];

	line[0] = '\0';
	if (n >= 1 && n <= get()->count) {
		const char *start = state->trace + state->line_at[n - 1];

		(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(start, "\n"), start);
	}
	return line;
}

const char *fake_trace(void)
{
	return get()->trace;
}

size_t fake_find(const char *start)
{
	size_t number = 1;

	for (const char *line = get()->trace; *line != '\0'; line = strchr(line, '\n') + 1, number++) {
		if (fake_starts(line, start))
			return number;
	}
	return 0;
}

size_t fake_open_fds(void)
{
	size_t count = 0;
	DIR *dir = opendir("/proc/self/fd");

	if (dir == NULL)
		die("no /proc");
	while (readdir(dir) != NULL)
		count++;
	(void)closedir(dir);
	return count - 3; /* ".", ".." and the directory itself */
}

/* ------------------------------------------------------------ recording */

__attribute__((format(printf, 1, 0))) static void write_line(const char *fmt, va_list ap)
{
	size_t room;
	int n;

	if (get()->used + 4096 > MAX_TRACE)
		die("the trace is full");
	if (getpid() != state->owner)
		state->used += (size_t)sprintf(state->trace + state->used, "child: ");
	room = MAX_TRACE - state->used;
	n = vsnprintf(state->trace + state->used, room, fmt, ap);
	if (n < 0 || (size_t)n >= room)
		die("a line is too long");
	state->used += (size_t)n;
	state->trace[state->used++] = '\n';
	state->trace[state->used] = '\0';
}

/* A call that cannot fail. */
static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(fmt, ap);
	va_end(ap);
}

/* One that can: 0, or -errno when it is its turn. */
static int call(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int call(const char *fmt, ...)
{
	size_t start = get()->used;
	va_list ap;

	if (state->count == MAX_LINES)
		die("too many calls");
	state->line_at[state->count++] = start;
	va_start(ap, fmt);
	write_line(fmt, ap);
	va_end(ap);
	if (state->count == state->fail_at)
		return -state->fail_errnum;
	for (size_t i = 0; i < state->fail_count; i++) {
		if (fake_starts(state->trace + start, state->fails[i].start))
			return -state->fails[i].errnum;
	}
	return 0;
}

/* Puts " = #N" behind the last line. */
static int hand_out(int fd, const struct stat *st)
{
	if (fd < 0 || fd >= MAX_FDS)
		die("no descriptor");
	state->fds[fd].number = ++state->last_number;
	state->fds[fd].st = st != NULL ? *st : (struct stat){0};
	state->used += (size_t)sprintf(state->trace + state->used - 1, " = #%d\n", state->last_number) - 1;
	return fd;
}

static int open_null(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* How a descriptor is called in the trace. Eight at once, in turn. */
static const char *name_of(int fd)
{
	static char names[8][16];
	static size_t next;
	char *name = names[next++ % 8];

	if (fd == AT_FDCWD)
		(void)snprintf(name, sizeof(names[0]), "cwd");
	else if (fd >= 0 && fd < MAX_FDS && get()->fds[fd].number > 0)
		(void)snprintf(name, sizeof(names[0]), "#%d", state->fds[fd].number);
	else
		(void)snprintf(name, sizeof(names[0]), "%d", fd);
	return name;
}

struct bit {
	uint64_t bit;
	const char *name;
};

static const char *names_of_bits(char buf[100], uint64_t value, const struct bit *bits, size_t count)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		if ((value & bits[i].bit) == bits[i].bit)
			used += (size_t)sprintf(buf + used, " %s", bits[i].name);
	}
	return buf;
}

static const char *open_flags(char buf[100], int flags)
{
	static const struct bit bits[] = {{O_PATH, "path"},	    {O_DIRECTORY, "directory"},
					  {O_WRONLY, "write"},	    {O_RDWR, "rdwr"},
					  {O_NONBLOCK, "nonblock"}, {O_NOFOLLOW, "nofollow"}};

	return names_of_bits(buf, (uint64_t)(unsigned int)flags, bits, sizeof(bits) / sizeof(bits[0]));
}

static const char *resolve_flags(char buf[100], uint64_t flags)
{
	static const struct bit bits[] = {{RESOLVE_IN_ROOT, "in_root"},
					  {RESOLVE_BENEATH, "beneath"},
					  {RESOLVE_NO_SYMLINKS, "no_symlinks"},
					  {RESOLVE_NO_MAGICLINKS, "no_magiclinks"}};

	return names_of_bits(buf, flags, bits, sizeof(bits) / sizeof(bits[0]));
}

static const char *mount_flags(char buf[100], uint64_t flags)
{
	static const struct bit bits[] = {{MOUNT_ATTR_RDONLY, "ro"},
					  {MOUNT_ATTR_NOSUID, "nosuid"},
					  {MOUNT_ATTR_NODEV, "nodev"},
					  {MOUNT_ATTR_NOEXEC, "noexec"},
					  {MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"}};

	return names_of_bits(buf, flags, bits, sizeof(bits) / sizeof(bits[0]));
}

/* ------------------------------------------------------------ sys/file.h */

static int open_fake(const char *path)
{
	static const struct stat directory = {.st_mode = S_IFDIR | 0755};
	const struct fake_path *known = find_path(path);
	int fd;

	if (known == NULL && state->knows_all)
		return -ENOENT;
	if (known == NULL || !known->is_file)
		return hand_out(open_null(), known != NULL ? &known->st : &directory);
	fd = memfd_create("fake", MFD_CLOEXEC);
	if (write(fd, known->text, strlen(known->text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		die("cannot write");
	return hand_out(fd, NULL);
}

int sys_open(int dirfd, const char *path, int flags, mode_t mode)
{
	char buf[100];
	int r = call("open %s %s%s", name_of(dirfd), path, open_flags(buf, flags));

	(void)mode;
	return r < 0 ? r : open_fake(path);
}

int sys_open_resolve(int dirfd, const char *path, int flags, unsigned long long resolve)
{
	char buf[2][100];
	int r = call("open_resolve %s %s%s%s", name_of(dirfd), path, open_flags(buf[0], flags),
		     resolve_flags(buf[1], resolve));

	return r < 0 ? r : open_fake(path);
}

void sys_close(int fd)
{
	note("close %s", name_of(fd));
	(void)close(fd);
}

int sys_fstat(int fd, struct stat *ret_st)
{
	int r = call("fstat %s", name_of(fd));

	if (r < 0)
		return r;
	if (fstat(fd, ret_st) < 0)
		return -errno;
	if (fd < MAX_FDS && state->fds[fd].st.st_mode != 0)
		*ret_st = state->fds[fd].st;
	return 0;
}

static int stat_path(int r, const char *path, struct stat *ret_st, bool is_link_itself)
{
	const struct fake_path *known = find_path(path);

	if (r < 0)
		return r;
	*ret_st = (struct stat){0};
	if (known == NULL)
		return -ENOENT;
	if (is_link_itself && known->target[0] != '\0') {
		ret_st->st_mode = S_IFLNK | 0777;
		return 0;
	}
	if (known->st.st_mode == 0)
		return -ENOENT;
	*ret_st = known->st;
	return 0;
}

int sys_stat(const char *path, struct stat *ret_st)
{
	return stat_path(call("stat %s", path), path, ret_st, false);
}

int sys_lstat(const char *path, struct stat *ret_st)
{
	return stat_path(call("lstat %s", path), path, ret_st, true);
}

int sys_statx(int dirfd, const char *path, bool follows_links, struct stat *ret_st, uint64_t *ret_birth)
{
	const char *how = follows_links ? "" : " nofollow";
	int r = path[0] == '\0' ? call("statx %s", name_of(dirfd))
				: call("statx %s %s%s", name_of(dirfd), path, how);

	if (r == 0 && path[0] == '\0') {
		r = fstat(dirfd, ret_st) < 0 ? -errno : 0;
		if (dirfd < MAX_FDS && state->fds[dirfd].st.st_mode != 0)
			*ret_st = state->fds[dirfd].st;
	} else if (r == 0) {
		r = stat_path(r, path, ret_st, !follows_links);
	}
	*ret_birth = r == 0 ? state->birth : 0;
	return r;
}

int sys_readlink(const char *path, char *buf, size_t size)
{
	const struct fake_path *known = find_path(path);
	int r = call("readlink %s", path);

	if (r < 0)
		return r;
	if (known == NULL || known->target[0] == '\0')
		return -EINVAL;
	if (strlen(known->target) >= size)
		return -ENAMETOOLONG;
	(void)strcpy(buf, known->target);
	return (int)strlen(buf);
}

int sys_mkdir(int dirfd, const char *path, mode_t mode)
{
	const struct fake_path *known = find_path(path);
	int r = call("mkdir %s %s %04o", name_of(dirfd), path, mode);

	/* With all paths known, what is there cannot be made. */
	return r == 0 && state->knows_all && known != NULL && known->st.st_mode != 0 ? -EEXIST : r;
}

int sys_symlink(const char *target, int dirfd, const char *path)
{
	return call("symlink %s %s %s", target, name_of(dirfd), path);
}

int sys_chmod(int dirfd, const char *path, mode_t mode)
{
	return call("chmod %s %s %04o", name_of(dirfd), path, mode);
}

int sys_access(int dirfd, const char *path, int mode)
{
	return call("access %s %s%s%s", name_of(dirfd), path, mode & R_OK ? " r" : "",
		    mode & W_OK ? " w" : "");
}

int sys_is_cloexec(int fd)
{
	return call("is_cloexec %s", name_of(fd));
}

int sys_access_mode(int fd)
{
	/* Of 0, 1 and 2, as in a pipeline. */
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};
	int r = call("access_mode %s", name_of(fd));

	return r < 0 ? r : modes[fd % 3];
}

int sys_memory_file(const char *name)
{
	int r = call("memory_file %s", name);

	return r < 0 ? r : hand_out(memfd_create(name, MFD_CLOEXEC), NULL);
}

int sys_write_file(int dirfd, const char *path, const char *text)
{
	return call("write_file %s %s \"%.*s\"", name_of(dirfd), path, (int)strcspn(text, "\n"), text);
}

int sys_make_empty(int dirfd, const char *path, mode_t mode)
{
	return call("make_empty %s %s %04o", name_of(dirfd), path, mode);
}

int sys_copy_file(int from_fd, int dirfd, const char *path, mode_t mode)
{
	return call("copy_file %s %s %s %04o", name_of(from_fd), name_of(dirfd), path, mode);
}

int sys_unlink(int dirfd, const char *path)
{
	return call("unlink %s %s", name_of(dirfd), path);
}

int sys_rmdir(int dirfd, const char *path)
{
	return call("rmdir %s %s", name_of(dirfd), path);
}

int sys_is_on(const char *path, unsigned long magic)
{
	const struct fake_path *known = find_path(path);
	int r = call("is_on %s %#lx", path, magic);

	return r < 0 ? r : known != NULL && known->st.st_dev == magic;
}

int sys_rename(int dirfd, const char *from, const char *to)
{
	return call("rename %s %s %s", name_of(dirfd), from, to);
}

int sys_write_all(int fd, const void *bytes, size_t len)
{
	const char *text = bytes;
	int r = call("write_all %s \"%.*s\"", name_of(fd), (int)(len < 40 ? len : 40), text);

	/* Memory is there to be read again; what stands for a file of the disk is not open for writing. */
	if (r == 0 && fd >= 0 && fd < MAX_FDS && state->fds[fd].number > 0 && pwrite(fd, bytes, len, 0) < 0 &&
	    errno != EBADF)
		die("cannot write");
	return r;
}

int sys_write_some(int fd, const void *bytes, size_t len)
{
	const char *text = bytes;
	int r = call("write_some %s \"%.*s\"", name_of(fd), (int)(len < 40 ? len : 40), text);

	return r < 0 ? r : (int)len;
}

int sys_make_file(int dirfd, const char *path, mode_t mode, const char *text)
{
	return call("make_file %s %s %04o \"%.*s\"", name_of(dirfd), path, mode, (int)strcspn(text, "\n"),
		    text);
}

int sys_set_xattr(int fd, const char *name, const char *value)
{
	return call("set_xattr %s %s=%s", name_of(fd), name, value);
}

int sys_read_file(int dirfd, const char *path, char *buf, size_t size)
{
	const struct fake_path *known = find_path(path);
	int r = call("read_file %s %s", name_of(dirfd), path);

	if (r < 0)
		return r;
	if (known == NULL || !known->is_file)
		return -ENOENT;
	r = snprintf(buf, size, "%s", known->text);
	return (size_t)r < size ? r : (int)size - 1;
}

int sys_read_dir(int fd, void *buf, size_t size)
{
	int r = call("read_dir %s", name_of(fd));
	size_t used = 0;

	if (r < 0)
		return r;
	for (; state->entries != NULL && *state->entries != NULL; state->entries++) {
		if (used + strlen(*state->entries) + 1 > size)
			die("too many entries");
		used += (size_t)sprintf((char *)buf + used, "%s", *state->entries) + 1;
	}
	return (int)used;
}

const char *sys_dir_entry(const void *entry, int *ret_len)
{
	*ret_len = (int)strlen(entry) + 1;
	return entry;
}

int sys_chdir(const char *path)
{
	return call("chdir %s", path);
}

int sys_fchdir(int fd)
{
	return call("fchdir %s", name_of(fd));
}

mode_t sys_umask(mode_t mask)
{
	note("umask %04o", mask);
	return 022;
}

/* ------------------------------------------------------------ sys/landlock.h */

int sys_landlock_version(void)
{
	int r = call("landlock_version");

	return r < 0 ? r : state->landlock;
}

int sys_landlock_create(uint64_t files, uint64_t scopes)
{
	int r = call("landlock_create %#" PRIx64 " %#" PRIx64, files, scopes);

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_landlock_allow(int rules_fd, int fd, uint64_t rights)
{
	return call("landlock_allow %s %s %#" PRIx64, name_of(rules_fd), name_of(fd), rights);
}

int sys_landlock_enter(int rules_fd)
{
	return call("landlock_enter %s", name_of(rules_fd));
}

/* ------------------------------------------------------------ sys/mount.h */

int sys_clone_tree(int fd)
{
	int r = call("clone_tree %s", name_of(fd));

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_clone_tree_at(int dirfd, const char *path)
{
	int r = call("clone_tree_at %s %s", name_of(dirfd), path);

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_attach_tree(int tree_fd, int dirfd, const char *path)
{
	return call("attach_tree %s %s %s", name_of(tree_fd), name_of(dirfd), path);
}

int sys_attach_tree_on(int tree_fd, int point_fd)
{
	return call("attach_tree_on %s %s", name_of(tree_fd), name_of(point_fd));
}

int sys_mount_set(int fd, bool recursive, uint64_t attr_set)
{
	char buf[100];

	return call("mount_set %s%s%s", name_of(fd), recursive ? " recursive" : "",
		    mount_flags(buf, attr_set));
}

int sys_mount_limits(int fd, uint64_t *ret_attr)
{
	*ret_attr = 0;
	return call("mount_limits %s", name_of(fd));
}

int sys_mount_make_private(void)
{
	return call("mount_make_private");
}

int sys_fs_open(const char *type)
{
	int r = call("fs_open %s", type);

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_fs_set(int fs_fd, const char *key, const char *value)
{
	return call("fs_set %s %s=%s", name_of(fs_fd), key, value);
}

int sys_fs_set_flag(int fs_fd, const char *key)
{
	return call("fs_set_flag %s %s", name_of(fs_fd), key);
}

int sys_fs_mount(int fs_fd, uint64_t attr)
{
	char buf[100];
	int r = call("fs_mount %s%s", name_of(fs_fd), mount_flags(buf, attr));

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_pivot_root_here(void)
{
	return call("pivot_root_here");
}

int sys_detach_here(void)
{
	return call("detach_here");
}

/* ------------------------------------------------------------ sys/net.h, sys/cap.h */

int sys_interface_up(const char *name)
{
	return call("interface_up %s", name);
}

int sys_cap_keep_only(uint64_t keep)
{
	return call("cap_keep_only %#" PRIx64, keep);
}

int sys_cap_drop_all(void)
{
	return call("cap_drop_all");
}

bool sys_cap_is_effective(unsigned int cap)
{
	note("cap_is_effective %u", cap);
	return (state->caps >> cap & 1) != 0;
}

/* ------------------------------------------------------------ sys/process.h */

pid_t sys_clone(uint64_t flags, int cgroup_fd)
{
	int r = cgroup_fd < 0 ? call("clone %#" PRIx64, flags)
			      : call("clone %#" PRIx64 " into %s", flags, name_of(cgroup_fd));

	return r < 0 ? r : FAKE_PID;
}

pid_t sys_clone_sibling(uint64_t flags, int cgroup_fd, volatile pid_t *ret_child)
{
	(void)cgroup_fd;
	int r = call("clone_sibling %#" PRIx64, flags);

	if (r < 0)
		return r;
	*ret_child = FAKE_PID;
	return FAKE_PID;
}

pid_t sys_fork(void)
{
	int r = call("fork");
	pid_t child;

	if (r < 0)
		return r;
	if (!state->forks)
		return FAKE_PID;
	child = fork();
	/* One trace, so one writer at a time: the parent goes on when the child has ended, and reaps it
	 * later. */
	if (child > 0 && waitid(P_PID, (id_t)child, &(siginfo_t){0}, WEXITED | WNOWAIT) < 0)
		die("the child was lost");
	return child;
}

pid_t sys_fork_with_files(void)
{
	int r = call("fork_with_files");

	return r < 0 ? r : FAKE_PID;
}

pid_t sys_spawn(int (*fn)(void *arg), void *arg)
{
	int r = call("spawn");
	pid_t child;

	if (r < 0)
		return r;
	child = state->forks ? fork() : FAKE_PID;
	if (child == 0)
		sys_exit(fn(arg));
	return child;
}

int sys_run_apart(int (*fn)(void *arg), void *arg, int timeout_ms)
{
	int r = call("run_apart %d", timeout_ms);

	return r < 0 ? r : fn(arg);
}

_Noreturn void sys_exit(int code)
{
	note("exit %d", code);
	_exit(code);
}

int sys_exec(const char *path, char *const argv[], char *const envp[])
{
	char line[2048];
	size_t used = 0;
	size_t variables = 0;
	int r;

	for (size_t i = 0; argv[i] != NULL; i++)
		used += (size_t)snprintf(line + used, sizeof(line) - used, " %s", argv[i]);
	while (envp[variables] != NULL)
		variables++;
	r = call("exec %s%s (%zu variables)", path, line, variables);
	return r < 0 ? r : -ENOENT;
}

int sys_wait(idtype_t type, id_t id, siginfo_t *ret_info, int options)
{
	int r = call("wait%s%s", type == P_PID ? " pid" : " all", (options & WNOHANG) != 0 ? " nohang" : "");

	*ret_info = (siginfo_t){0};
	if (r < 0)
		return r;
	if (state->forks)
		return waitid(type, id, ret_info, options) < 0 ? -errno : 0;
	ret_info->si_pid = FAKE_PID;
	ret_info->si_code = state->wait_code;
	ret_info->si_status = state->wait_status;
	return 0;
}

int sys_wait_usage(pid_t pid, int options, struct rusage *ret_usage)
{
	int r = call("wait_usage%s", (options & WNOHANG) != 0 ? " nohang" : "");

	*ret_usage = (struct rusage){0};
	return r < 0 ? r : pid;
}

int sys_new_session(void)
{
	return call("new_session");
}

int sys_ptrace_detach(pid_t pid, int sig)
{
	return call("ptrace_detach %s %d", pid == FAKE_PID ? "child" : "other", sig);
}

int sys_join_session_keyring(void)
{
	return call("join_session_keyring");
}

int sys_set_rlimit(int resource, uint64_t soft, uint64_t hard)
{
	return call("set_rlimit %d %" PRIu64 " %" PRIu64, resource, soft, hard);
}

int sys_hard_limit(int resource, uint64_t *ret_hard)
{
	int r = call("hard_limit %d", resource);

	*ret_hard = UINT64_MAX;
	for (size_t i = 0; i < state->limit_count; i++) {
		if (state->limits[i].resource == resource)
			*ret_hard = state->limits[i].hard;
	}
	return r;
}

int sys_set_affinity(const uint64_t *words, size_t size)
{
	return call("set_affinity %#" PRIx64 " %zu", words[0], size);
}

int sys_be_nicer(int by)
{
	return call("be_nicer %d", by);
}

int sys_cpu_counter(void)
{
	int r = call("cpu_counter");
	uint64_t used = state->cpu_ns;

	if (r < 0)
		return r;
	r = memfd_create("counter", MFD_CLOEXEC);
	/* As the kernel's: each read gives the whole. Eight of them are enough for a test. */
	for (int i = 0; i < 8; i++) {
		if (write(r, &used, sizeof(used)) < 0)
			die("cannot write");
	}
	(void)lseek(r, 0, SEEK_SET);
	return hand_out(r, NULL);
}

int sys_kill(pid_t pid, int sig)
{
	static const struct {
		pid_t pid;
		const char *name;
	} targets[] = {{FAKE_PID, "child"}, {-FAKE_PID, "group of child"}, {0, "our group"}, {-1, "all"}};

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		if (targets[i].pid == pid)
			return call("kill %s %d", targets[i].name, sig);
	}
	return call("kill %s %d", pid < 0 ? "group of other" : "other", sig);
}

int sys_unshare(uint64_t flags)
{
	return call("unshare %#" PRIx64, flags);
}

int sys_pidfd(pid_t pid)
{
	int r = call("pidfd %s", pid == FAKE_PID ? "child" : "other");

	return r < 0 ? r : hand_out(memfd_create("process", MFD_CLOEXEC), NULL);
}

int sys_setns(int fd, int type)
{
	return call("setns %s %#x", name_of(fd), (unsigned int)type);
}

/* In the struct stat of a namespace st_rdev is its type, and st_size the inode of the one that it belongs to.
 */
int sys_ns_type(int fd, uint64_t *ret_type)
{
	int r = call("ns_type %s", name_of(fd));

	if (r < 0)
		return r;
	*ret_type = state->fds[fd].st.st_rdev;
	return *ret_type == 0 ? -ENOTTY : 0;
}

static int above(int r, int fd)
{
	const struct stat st = {.st_mode = S_IFREG,
				.st_ino = (ino_t)state->fds[fd].st.st_size,
				.st_size = state->fds[fd].st.st_blocks};

	return r < 0 ? r : hand_out(open_null(), &st);
}

int sys_ns_owner(int fd)
{
	return above(call("ns_owner %s", name_of(fd)), fd);
}

int sys_ns_parent(int fd)
{
	return above(call("ns_parent %s", name_of(fd)), fd);
}

int sys_set_hostname(const char *name)
{
	return call("set_hostname %s", name);
}

int sys_set_domainname(const char *name)
{
	return call("set_domainname %s", name);
}

int sys_become(uid_t uid, gid_t gid)
{
	return call("become %u %u", uid, gid);
}

int sys_set_dumpable(bool is_dumpable)
{
	return call("set_dumpable %s", is_dumpable ? "yes" : "no");
}

int sys_set_parent_death_signal(int sig)
{
	return call("set_parent_death_signal %d", sig);
}

int sys_adopt(void)
{
	return call("adopt");
}

int sys_set_no_new_privs(void)
{
	return call("set_no_new_privs");
}

bool sys_has_no_new_privs(void)
{
	note("has_no_new_privs");
	return state->no_new_privs;
}

int sys_set_securebits(unsigned int bits)
{
	return call("set_securebits %#x", bits);
}

int sys_set_mdwe(void)
{
	return call("set_mdwe");
}

bool sys_has_mdwe(void)
{
	note("has_mdwe");
	return state->mdwe;
}

int sys_personality(void)
{
	int r = call("personality");

	return r < 0 ? r : (int)state->personality;
}

int sys_set_personality(unsigned int personality)
{
	return call("set_personality %#x", personality);
}

int sys_set_name(const char *name)
{
	return call("set_name %s", name);
}

static const struct sock_filter *loaded;
static size_t loaded_count;

size_t fake_filter(const struct sock_filter **ret_code)
{
	*ret_code = loaded;
	return loaded_count;
}

int sys_load_filter(const struct sock_filter *code, size_t count)
{
	if (code == NULL || count == 0)
		die("an empty filter");
	loaded = code;
	loaded_count = count;
	return call("load_filter %zu", count);
}

int sys_load_filter_listening(const struct sock_filter *code, size_t count)
{
	int r = call("load_filter_listening %zu", count);

	loaded = code;
	loaded_count = count;
	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_next_call(int listener, struct call_notice *ret_notice)
{
	int r = call("next_call %s", name_of(listener));

	*ret_notice = state->notice;
	return r;
}

int sys_is_call_waiting(int listener, uint64_t id)
{
	return call("is_call_waiting %s %" PRIu64, name_of(listener), id);
}

int sys_answer_call(int listener, uint64_t id, int errnum)
{
	return call("answer_call %s %" PRIu64 " %d", name_of(listener), id, errnum);
}

int sys_cloexec_range(unsigned int first, unsigned int last)
{
	return call("cloexec_range %u %u", first, last);
}

int sys_cloexec_from(unsigned int first)
{
	return call("cloexec_from %u", first);
}

int sys_close_range(unsigned int first, unsigned int last)
{
	return call("close_range %u %d", first, (int)last);
}

/* A pair of real descriptors. */
static int hand_out_pair(int r, int ret_fds[2])
{
	if (r < 0)
		return -errno;
	(void)hand_out(ret_fds[0], NULL);
	(void)hand_out(ret_fds[1], NULL);
	return 0;
}

int sys_socketpair(int ret_fds[2])
{
	int r = call("socketpair");

	return r < 0 ? r
		     : hand_out_pair(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds), ret_fds);
}

int sys_pipe(int ret_fds[2])
{
	int r = call("pipe");

	return r < 0 ? r : hand_out_pair(pipe2(ret_fds, O_CLOEXEC), ret_fds);
}

static int result(ssize_t r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_send(int fd, const void *buf, size_t len)
{
	int r = call("send %s %zu", name_of(fd), len);

	return r < 0 ? r : result(send(fd, buf, len, MSG_NOSIGNAL));
}

int sys_recv(int fd, void *buf, size_t len)
{
	int r = call("recv %s %zu", name_of(fd), len);

	return r < 0 ? r : result(recv(fd, buf, len, 0));
}

int sys_send_fd(int fd, const void *buf, size_t len, int passed)
{
	int r = call("send_fd %s %zu %s", name_of(fd), len, name_of(passed));

	return r < 0 ? r : result(send(fd, buf, len, MSG_NOSIGNAL));
}

int sys_recv_fd(int fd, void *buf, size_t len, int *ret_passed)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = {.iov_base = buf, .iov_len = len};
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	const struct cmsghdr *header;
	int r = call("recv_fd %s %zu", name_of(fd), len);

	*ret_passed = -1;
	if (r < 0)
		return r;
	r = result(recvmsg(fd, &message, MSG_CMSG_CLOEXEC));
	header = r < 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (header != NULL) {
		memcpy(ret_passed, CMSG_DATA(header), sizeof(int));
		(void)hand_out(*ret_passed, NULL);
	}
	return r;
}

int sys_send_fds(int fd, const void *buf, size_t len, const int *passed, size_t count)
{
	int r = call("send_fds %s %zu %zu from %s", name_of(fd), len, count, name_of(passed[0]));

	return r < 0 ? r : result(send(fd, buf, len, MSG_NOSIGNAL));
}

int sys_recv_fds(int fd, void *buf, size_t len, int *ret_passed, size_t *ret_count)
{
	int r = call("recv_fds %s %zu", name_of(fd), len);

	(void)ret_passed;
	*ret_count = 0;
	return r < 0 ? r : result(recv(fd, buf, len, 0));
}

int sys_pidfd_kill(int pidfd, int sig)
{
	return call("pidfd_kill %s %d", name_of(pidfd), sig);
}

int sys_lock(int fd, off_t start, off_t len)
{
	return call("lock %s %jd %jd", name_of(fd), (intmax_t)start, (intmax_t)len);
}

int sys_lock_wait(int fd, off_t start, off_t len)
{
	return call("lock_wait %s %jd %jd", name_of(fd), (intmax_t)start, (intmax_t)len);
}

pid_t sys_lock_holder(int fd, off_t start)
{
	int r = call("lock_holder %s %jd", name_of(fd), (intmax_t)start);

	return r < 0 ? r : state->lock_holder;
}

uid_t sys_user(void)
{
	note("user");
	return 0;
}

int sys_write_at(int fd, const void *buf, size_t len, off_t at)
{
	(void)buf;
	return call("write_at %s %zu %jd", name_of(fd), len, (intmax_t)at);
}

int sys_listen(int dirfd, const char *name)
{
	int r = call("listen %s %s", name_of(dirfd), name);

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_connect(int dirfd, const char *name, int timeout_ms)
{
	int r = call("connect %s %s %d", name_of(dirfd), name, timeout_ms);

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_accept(int fd)
{
	int r = call("accept %s", name_of(fd));

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_peer(int fd, pid_t *ret_pid, uid_t *ret_uid)
{
	*ret_pid = FAKE_PID;
	*ret_uid = 0;
	return call("peer %s", name_of(fd));
}

int sys_poller(void)
{
	int r = call("poller");

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_poller_add(int poller, int fd)
{
	return call("poller_add %s %s", name_of(poller), name_of(fd));
}

int sys_poller_forget(int poller, int fd)
{
	return call("poller_forget %s %s", name_of(poller), name_of(fd));
}

int sys_poller_next(int poller)
{
	int r = call("poller_next %s", name_of(poller));

	return r < 0 ? r : -EAGAIN;
}

int sys_read(int fd, void *buf, size_t len)
{
	int r = call("read %s", name_of(fd));

	return r < 0 ? r : result(read(fd, buf, len));
}

int sys_write(int fd, const void *buf, size_t len)
{
	int r = call("write %s %zu", name_of(fd), len);

	return r < 0 ? r : result(write(fd, buf, len));
}

int sys_gate(void)
{
	int r = call("gate");

	return r < 0 ? r : hand_out(memfd_create("gate", MFD_CLOEXEC), NULL);
}

int sys_pread(int fd, void *buf, size_t len)
{
	int r = call("pread %s", name_of(fd));

	return r < 0 ? r : result(pread(fd, buf, len, 0));
}

int sys_poll(struct pollfd *fds, size_t count, int timeout_ms)
{
	int r = call("poll %zu", count);

	return r < 0 ? r : result(poll(fds, (nfds_t)count, timeout_ms));
}

int sys_signalfd(const sigset_t *set)
{
	int r = call("signalfd");

	return r < 0 ? r : hand_out(signalfd(-1, set, SFD_CLOEXEC), NULL);
}

int sys_set_mask(const sigset_t *set, sigset_t *ret_old)
{
	int blocked = 0;

	for (int sig = 1; sig < 64; sig++)
		blocked += sigismember(set, sig) == 1;
	if (ret_old != NULL)
		(void)sigemptyset(ret_old);
	return call("set_mask %d", blocked);
}

int sys_dup_over(int from, int to)
{
	int r = call("dup_over %s %d", name_of(from), to);

	return r < 0 ? r : to;
}

int sys_reserve_stdio(void)
{
	return call("reserve_stdio");
}

int sys_shared_page(void **ret_page)
{
	int r = call("shared_page");
	void *page;

	if (r < 0)
		return r;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -errno;
	*ret_page = page;
	return 0;
}

/* ------------------------------------------------------------ terminals */

bool sys_is_terminal(int fd)
{
	note("is_terminal %s", name_of(fd));
	return fd >= 0 && fd < 32 && (state->terminals >> fd & 1) != 0;
}

int sys_tty_modes(int fd, struct termios *ret_modes)
{
	int r = call("tty_modes %s", name_of(fd));

	if (r < 0)
		return r;
	*ret_modes = state->modes;
	return 0;
}

int sys_tty_set_modes(int fd, const struct termios *modes)
{
	int r = call("tty_set_modes %s%s%s", name_of(fd), (modes->c_lflag & ICANON) != 0 ? " lines" : " raw",
		     (modes->c_oflag & OPOST) != 0 ? " opost" : "");

	if (r >= 0)
		state->modes = *modes;
	return r;
}

int sys_tty_size(int fd, struct winsize *ret_size)
{
	int r = call("tty_size %s", name_of(fd));

	*ret_size = (struct winsize){.ws_row = 5, .ws_col = 50};
	return r;
}

int sys_tty_set_size(int fd, const struct winsize *size)
{
	return call("tty_set_size %s %ux%u", name_of(fd), size->ws_col, size->ws_row);
}

int sys_tty_peer(int master)
{
	int r = call("tty_peer %s", name_of(master));

	return r < 0 ? r : hand_out(open_null(), NULL);
}

int sys_tty_take(int fd)
{
	return call("tty_take %s", name_of(fd));
}

pid_t sys_tty_group(int fd)
{
	int r = call("tty_group %s", name_of(fd));

	return r < 0 ? r : state->tty_group;
}

int sys_tty_set_group(int fd, pid_t group)
{
	int r = call("tty_set_group %s %s", name_of(fd), group == FAKE_PID ? "ours" : "other");

	if (r >= 0)
		state->tty_group = group;
	return r;
}

int sys_new_process_group(void)
{
	return call("new_process_group");
}

pid_t sys_process_group(void)
{
	note("process_group");
	return FAKE_PID;
}

int sys_dup_above(int fd)
{
	int r = call("dup_above %s", name_of(fd));

	return r < 0 ? r : hand_out(open_null(), NULL);
}

void fake_terminals(unsigned int bits)
{
	get()->terminals = bits;
}

void fake_foreground(bool value)
{
	get()->tty_group = value ? FAKE_PID : 1;
}
