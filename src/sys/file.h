/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * file.h - files and directories.
 *
 * Every function returns >= 0, or -errno. Descriptors are CLOEXEC and the caller's to close.
 */
#ifndef PINFOLD_SYS_FILE_H
#define PINFOLD_SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* openat(2) with O_CLOEXEC added; mode matters with O_CREAT only. */
int sys_open(int dirfd, const char *path, int flags, mode_t mode);

/* openat2(2), 5.6: as sys_open, with RESOLVE_* rules for every component of the path. */
int sys_open_resolve(int dirfd, const char *path, int flags, unsigned long long resolve);

/*
 * What a descriptor is open for: O_RDONLY, O_WRONLY or O_RDWR. -EBADF when it is closed, or open for neither
 * (O_PATH). fcntl(2) F_GETFL.
 */
int sys_access_mode(int fd);

/* Will an exec close it? 1 or 0, -EBADF when it is closed. fcntl(2) F_GETFD. */
int sys_is_cloexec(int fd);

/* Closes; the result of close(2) means nothing on Linux that a caller here could use. */
void sys_close(int fd);

/* fstat(2) works on O_PATH descriptors; stat(2) follows symlinks, lstat(2) does not. */
int sys_fstat(int fd, struct stat *ret_st);
int sys_stat(const char *path, struct stat *ret_st);
int sys_lstat(const char *path, struct stat *ret_st);

/*
 * stat(2) and when the file was made, in one call: *ret_birth is in nanoseconds since 1970, 0 where the file
 * system does not say, or where an outer sandbox knows no statx. Of dirfd itself with an empty path; mounts
 * nothing on the way. statx(2) STATX_BTIME, 4.11.
 */
int sys_statx(int dirfd, const char *path, bool follows_links, struct stat *ret_st, uint64_t *ret_birth);

/* readlink(2) into a terminated buffer; -ENAMETOOLONG when it does not fit. */
int sys_readlink(const char *path, char *buf, size_t size);

int sys_mkdir(int dirfd, const char *path, mode_t mode);
int sys_symlink(const char *target, int dirfd, const char *path);

/* chmod(2) of dirfd/path, for modes that the umask or a set-id bit would lose. */
int sys_chmod(int dirfd, const char *path, mode_t mode);

/*
 * access(2) with the real ids: a caller whose uid is not 0 is looked at as if he had no capabilities,
 * as the program will be.
 */
int sys_access(int dirfd, const char *path, int mode);

/* An anonymous file in memory. memfd_create(2), 3.17. */
int sys_memory_file(const char *name);

/* One write of the whole text to an existing file, as the files of /proc want it. */
int sys_write_file(int dirfd, const char *path, const char *text);

/* Makes an empty file to mount on, in one call. mknod(2). */
int sys_make_empty(int dirfd, const char *path, mode_t mode);

/* Makes a file that must not exist yet, with what can be read from from_fd until its end. */
int sys_copy_file(int from_fd, int dirfd, const char *path, mode_t mode);

/* Takes a file's name away; what it is mounted as elsewhere stays. unlink(2). */
int sys_unlink(int dirfd, const char *path);

/* Takes an empty directory away; a cgroup is empty without processes and cgroups in it. rmdir(2) */
int sys_rmdir(int dirfd, const char *path);

/* 1 when the path is on a file system of that magic number (linux/magic.h), 0 when not. statfs(2) */
int sys_is_on(const char *path, unsigned long magic);

/* Gives a file another name in the same directory, in place of what has that. rename(2). */
int sys_rename(int dirfd, const char *from, const char *to);

/* Writes all of it. Neither a reader that is gone (-EPIPE) nor a limit (-EFBIG) sends a signal. */
int sys_write_all(int fd, const void *bytes, size_t len);

/* One write(2) or pwrite(2), with the same signals: what was written of it, or -errno. */
int sys_write_some(int fd, const void *bytes, size_t len);
int sys_write_at(int fd, const void *bytes, size_t len, off_t at);

/* Makes a file that must not exist yet and writes the text into it; none is left when that fails. */
int sys_make_file(int dirfd, const char *path, mode_t mode, const char *text);

/*
 * getdents64(2): the next entries of a directory. Bytes written, 0 at its end. sys_dir_entry gives the name
 * of the entry that starts there, and its length, behind which the next one is.
 */
int sys_read_dir(int fd, void *buf, size_t size);
const char *sys_dir_entry(const void *entry, int *ret_len);

/* fsetxattr(2), with a text without its terminator as the value. */
int sys_set_xattr(int fd, const char *name, const char *value);

/* Reads at most size-1 bytes, terminates them, and returns their number. */
int sys_read_file(int dirfd, const char *path, char *buf, size_t size);

/*
 * Record locks, fcntl(2) F_SETLK: of one byte or more from `start` on, of the whole process and of no child;
 * gone with it, or as soon as it closes any descriptor of that file. sys_lock: -EAGAIN or -EACCES when
 * somebody has it; sys_lock_wait waits for that one. sys_lock_holder: who has a byte, 0
 * for nobody, -ESRCH for somebody in no pid namespace of ours.
 */
int sys_lock(int fd, off_t start, off_t len);
int sys_lock_wait(int fd, off_t start, off_t len);
pid_t sys_lock_holder(int fd, off_t start);

int sys_chdir(const char *path);
int sys_fchdir(int fd);
mode_t sys_umask(mode_t mask);

#endif
