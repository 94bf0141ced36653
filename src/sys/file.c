/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file.c - files and directories. */
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/mem.h"

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_open(int dirfd, const char *path, int flags, mode_t mode)
{
	return result(openat(dirfd, path, flags | O_CLOEXEC, mode));
}

int sys_open_resolve(int dirfd, const char *path, int flags, unsigned long long resolve)
{
	struct open_how how = {.flags = (uint64_t)(unsigned int)(flags | O_CLOEXEC), .resolve = resolve};

	return result(syscall(SYS_openat2, dirfd, path, &how, sizeof(how)));
}

int sys_access_mode(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	if ((flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_ACCMODE)
		return -EBADF;
	return flags & O_ACCMODE;
}

int sys_is_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags < 0 ? -errno : (flags & FD_CLOEXEC) != 0;
}

void sys_close(int fd)
{
	(void)close(fd);
}

int sys_fstat(int fd, struct stat *ret_st)
{
	return result(fstat(fd, ret_st));
}

int sys_stat(const char *path, struct stat *ret_st)
{
	return result(stat(path, ret_st));
}

int sys_lstat(const char *path, struct stat *ret_st)
{
	return result(lstat(path, ret_st));
}

int sys_statx(int dirfd, const char *path, bool follows_links, struct stat *ret_st, uint64_t *ret_birth)
{
	const int flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | (follows_links ? 0 : AT_SYMLINK_NOFOLLOW);
	struct statx st = {0};
	int r = result(statx(dirfd, path, flags, STATX_BASIC_STATS | STATX_BTIME, &st));

	*ret_birth = 0;
	/* glibc asks fstatat(2) where there is no statx; EPERM is the answer of old container filters. */
	if (r == -EPERM)
		return result(fstatat(dirfd, path, ret_st, flags));
	if (r < 0)
		return r;
	if ((st.stx_mask & STATX_BTIME) != 0 && st.stx_btime.tv_sec > 0)
		*ret_birth = (uint64_t)st.stx_btime.tv_sec * 1000000000 + st.stx_btime.tv_nsec;
	*ret_st = (struct stat){.st_dev = makedev(st.stx_dev_major, st.stx_dev_minor),
				.st_ino = st.stx_ino,
				.st_mode = st.stx_mode,
				.st_nlink = st.stx_nlink,
				.st_uid = st.stx_uid,
				.st_gid = st.stx_gid,
				.st_rdev = makedev(st.stx_rdev_major, st.stx_rdev_minor),
				.st_size = (off_t)st.stx_size};
	return 0;
}

int sys_readlink(const char *path, char *buf, size_t size)
{
	ssize_t n = readlink(path, buf, size);

	if (n < 0)
		return -errno;
	if ((size_t)n == size)
		return -ENAMETOOLONG;
	buf[n] = '\0';
	return (int)n;
}

int sys_mkdir(int dirfd, const char *path, mode_t mode)
{
	return result(mkdirat(dirfd, path, mode));
}

int sys_symlink(const char *target, int dirfd, const char *path)
{
	return result(symlinkat(target, dirfd, path));
}

int sys_chmod(int dirfd, const char *path, mode_t mode)
{
	return result(fchmodat(dirfd, path, mode, 0));
}

int sys_access(int dirfd, const char *path, int mode)
{
	return result(faccessat(dirfd, path, mode, 0));
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Writes to fd and closes it. */
static int write_and_close(int fd, const char *text)
{
	CLEANUP_FD int owned = fd;

	return fd < 0 ? fd : write_all(owned, text, strlen(text));
}

int sys_write_file(int dirfd, const char *path, const char *text)
{
	return write_and_close(sys_open(dirfd, path, O_WRONLY, 0), text);
}

int sys_make_empty(int dirfd, const char *path, mode_t mode)
{
	return result(mknodat(dirfd, path, S_IFREG | mode, 0));
}

int sys_copy_file(int from_fd, int dirfd, const char *path, mode_t mode)
{
	CLEANUP_FD int fd = sys_open(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
	char buf[16384];

	if (fd < 0)
		return fd;
	for (;;) {
		ssize_t n = read(from_fd, buf, sizeof(buf));
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = write_all(fd, buf, (size_t)n);
		if (r < 0)
			return r;
	}
}

int sys_unlink(int dirfd, const char *path)
{
	return result(unlinkat(dirfd, path, 0));
}

int sys_rmdir(int dirfd, const char *path)
{
	return result(unlinkat(dirfd, path, AT_REMOVEDIR));
}

int sys_is_on(const char *path, unsigned long magic)
{
	struct statfs fs;
	int r = result(statfs(path, &fs));

	return r < 0 ? r : (unsigned long)fs.f_type == magic;
}

int sys_rename(int dirfd, const char *from, const char *to)
{
	return result(renameat(dirfd, from, dirfd, to));
}

/* The signals of a write that fails, which would end us before we can tell. */
static const int write_signals[] = {SIGPIPE, SIGXFSZ};

struct write_actions {
	struct sigaction old[ARRAY_SIZE(write_signals)];
};

static void ignore_signals(struct write_actions *actions)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	for (size_t i = 0; i < ARRAY_SIZE(write_signals); i++)
		(void)sigaction(write_signals[i], &ignore, &actions->old[i]);
}

static void heed_signals(const struct write_actions *actions)
{
	for (size_t i = 0; i < ARRAY_SIZE(write_signals); i++)
		(void)sigaction(write_signals[i], &actions->old[i], NULL);
}

int sys_write_all(int fd, const void *bytes, size_t len)
{
	struct write_actions actions;
	int r;

	ignore_signals(&actions);
	r = write_all(fd, bytes, len);
	heed_signals(&actions);
	return r;
}

int sys_write_some(int fd, const void *bytes, size_t len)
{
	struct write_actions actions;
	int r;

	ignore_signals(&actions);
	do {
		r = result(write(fd, bytes, len));
	} while (r == -EINTR);
	heed_signals(&actions);
	return r;
}

int sys_write_at(int fd, const void *bytes, size_t len, off_t at)
{
	struct write_actions actions;
	int r;

	ignore_signals(&actions);
	do {
		r = result(pwrite(fd, bytes, len, at));
	} while (r == -EINTR);
	heed_signals(&actions);
	return r;
}

int sys_make_file(int dirfd, const char *path, mode_t mode, const char *text)
{
	int fd = sys_open(dirfd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
	int r = write_and_close(fd, text);

	/* Half of a file would stand in the way of the next attempt. */
	if (fd >= 0 && r < 0)
		(void)unlinkat(dirfd, path, 0);
	return r;
}

int sys_read_dir(int fd, void *buf, size_t size)
{
	return result(syscall(SYS_getdents64, fd, buf, size));
}

const char *sys_dir_entry(const void *entry, int *ret_len)
{
	const struct dirent *dirent = entry;

	*ret_len = dirent->d_reclen;
	return dirent->d_name;
}

int sys_set_xattr(int fd, const char *name, const char *value)
{
	return result(fsetxattr(fd, name, value, strlen(value), 0));
}

int sys_read_file(int dirfd, const char *path, char *buf, size_t size)
{
	CLEANUP_FD int fd = sys_open(dirfd, path, O_RDONLY, 0);
	size_t used = 0;

	if (fd < 0)
		return fd;
	while (used < size - 1) {
		ssize_t n = read(fd, buf + used, size - 1 - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	buf[used] = '\0';
	return (int)used;
}

int sys_memory_file(const char *name)
{
	return result(memfd_create(name, MFD_CLOEXEC));
}

int sys_lock(int fd, off_t start, off_t len)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = len};

	return result(fcntl(fd, F_SETLK, &lock));
}

int sys_lock_wait(int fd, off_t start, off_t len)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = len};

	return result(fcntl(fd, F_SETLKW, &lock));
}

pid_t sys_lock_holder(int fd, off_t start)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = 1};

	if (fcntl(fd, F_GETLK, &lock) < 0)
		return -errno;
	if (lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid > 0 ? lock.l_pid : -ESRCH;
}

int sys_chdir(const char *path)
{
	return result(chdir(path));
}

int sys_fchdir(int fd)
{
	return result(fchdir(fd));
}

mode_t sys_umask(mode_t mask)
{
	return umask(mask);
}
