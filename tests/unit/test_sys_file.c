/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_file.c - files and directories: results, errnos, and what every descriptor must be. */
#include "sys/file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "in_child.h"

static char dir[] = "/tmp/pinfold-test.XXXXXX";
static int dirfd_of_test;

static void setup(void)
{
	cr_assert_not_null(mkdtemp(dir));
	dirfd_of_test = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(dirfd_of_test, 0);
}

static void teardown(void)
{
	static const char *const names[] = {"file", "link", "loop", "deep/file", "deep", "empty", "dangling"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)remove(strcat(strcat(strcpy((char[PATH_MAX]){0}, dir), "/"), names[i]));
	(void)rmdir(dir);
	(void)close(dirfd_of_test);
}

TestSuite(file, .init = setup, .fini = teardown);

static const char *at(const char *name)
{
	static char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void assert_cloexec(int fd)
{
	cr_assert_geq(fd, 0);
	cr_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	(void)close(fd);
}

Test(file, birth_stays_and_follows_links)
{
	uint64_t birth, again, of_link;
	struct stat st, plain;
	int fd = open(at("file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	cr_assert_geq(fd, 0);
	cr_assert_eq(symlink("file", at("link")), 0);
	cr_assert_eq(sys_statx(fd, "", true, &st, &birth), 0);
	cr_assert_eq(write(fd, "x", 1), 1);
	cr_assert_eq(fchmod(fd, 0600), 0);
	cr_assert_eq(sys_statx(AT_FDCWD, at("file"), false, &st, &again), 0);
	cr_assert_eq(sys_statx(dirfd_of_test, "link", true, &st, &of_link), 0);
	cr_assert_eq(again, birth);
	cr_assert_eq(of_link, birth);
	cr_assert_eq(sys_fstat(fd, &plain), 0);
	cr_assert(st.st_dev == plain.st_dev && st.st_ino == plain.st_ino && st.st_mode == plain.st_mode &&
		  st.st_nlink == plain.st_nlink && st.st_uid == plain.st_uid && st.st_size == plain.st_size);
	cr_assert_eq(sys_statx(AT_FDCWD, at("link"), false, &st, &of_link), 0);
	cr_assert(S_ISLNK(st.st_mode));
	(void)close(fd);
	cr_assert_eq(sys_statx(AT_FDCWD, "/proc/self/stat", true, &st, &birth), 0);
	cr_assert_eq(birth, 0U, "a file system that does not say");
	cr_assert_eq(sys_statx(dirfd_of_test, "none", true, &st, &birth), -ENOENT);
	cr_assert_eq(birth, 0U);
}

Test(file, what_is_written_is_read)
{
	char text[100];

	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0640, "hello\n"), 0);
	cr_assert_eq(sys_read_file(dirfd_of_test, "file", text, sizeof(text)), 6);
	cr_assert_str_eq(text, "hello\n");
	cr_assert_eq(sys_write_file(dirfd_of_test, "file", "J"), 0);
	cr_assert_eq(sys_read_file(AT_FDCWD, at("file"), text, sizeof(text)), 6);
	cr_assert_str_eq(text, "Jello\n");
	cr_assert_eq(sys_read_file(dirfd_of_test, "file", text, 4), 3);
	cr_assert_str_eq(text, "Jel");
	cr_assert_eq(sys_read_file(dirfd_of_test, "file", text, 1), 0);
	cr_assert_str_empty(text);
}

Test(file, make_file_makes_and_never_opens)
{
	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0600, "x"), 0);
	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0600, "y"), -EEXIST);
	cr_assert_eq(sys_symlink("nowhere", dirfd_of_test, "dangling"), 0);
	cr_assert_eq(sys_make_file(dirfd_of_test, "dangling", 0600, "y"), -EEXIST);
	cr_assert_eq(access(at("nowhere"), F_OK), -1);
	cr_assert_eq(sys_make_file(dirfd_of_test, "no/file", 0600, "y"), -ENOENT);
	cr_assert_eq(sys_make_empty(dirfd_of_test, "empty", 0444), 0);
	cr_assert_eq(sys_make_empty(dirfd_of_test, "empty", 0444), -EEXIST);
}

Test(file, errnos_come_back_negative)
{
	char text[10];
	struct stat st;

	cr_assert_eq(sys_open(dirfd_of_test, "missing", O_RDONLY, 0), -ENOENT);
	cr_assert_eq(sys_open(-2, "missing", O_RDONLY, 0), -EBADF);
	cr_assert_eq(sys_open_resolve(dirfd_of_test, "missing", O_RDONLY, 0), -ENOENT);
	cr_assert_eq(sys_write_file(dirfd_of_test, "missing", "x"), -ENOENT);
	cr_assert_eq(sys_read_file(dirfd_of_test, "missing", text, sizeof(text)), -ENOENT);
	cr_assert_eq(sys_read_file(AT_FDCWD, dir, text, sizeof(text)), -EISDIR);
	cr_assert_eq(sys_write_file(AT_FDCWD, "/dev/full", "x"), -ENOSPC);
	cr_assert_eq(sys_stat(at("missing"), &st), -ENOENT);
	cr_assert_eq(sys_lstat(at("missing"), &st), -ENOENT);
	cr_assert_eq(sys_fstat(-1, &st), -EBADF);
	cr_assert_eq(sys_readlink(dir, text, sizeof(text)), -EINVAL);
	cr_assert_eq(sys_mkdir(dirfd_of_test, "no/dir", 0755), -ENOENT);
	cr_assert_eq(sys_symlink("x", dirfd_of_test, "no/link"), -ENOENT);
	cr_assert_eq(sys_chmod(dirfd_of_test, "missing", 0755), -ENOENT);
	cr_assert_eq(sys_access(dirfd_of_test, "missing", F_OK), -ENOENT);
	cr_assert_eq(sys_chdir(at("missing")), -ENOENT);
	cr_assert_eq(sys_fchdir(-1), -EBADF);
}

Test(file, descriptors_are_closed_by_an_exec)
{
	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0600, ""), 0);
	assert_cloexec(sys_open(dirfd_of_test, "file", O_RDONLY, 0));
	assert_cloexec(sys_open(AT_FDCWD, dir, O_PATH, 0));
	assert_cloexec(sys_open_resolve(dirfd_of_test, "file", O_RDONLY, 0));
	assert_cloexec(sys_open_resolve(AT_FDCWD, "/", O_PATH | O_DIRECTORY, RESOLVE_NO_MAGICLINKS));
}

Test(file, a_directory_is_read_to_its_end)
{
	char buf[1024] __attribute__((aligned(8)));
	bool has_file = false;
	size_t count = 0;
	int fd;
	int n;

	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0600, ""), 0);
	cr_assert_eq(sys_mkdir(dirfd_of_test, "sub", 0700), 0);
	fd = sys_open(dirfd_of_test, ".", O_RDONLY | O_DIRECTORY, 0);
	while ((n = sys_read_dir(fd, buf, sizeof(buf))) > 0) {
		for (int at = 0, len; at < n; at += len, count++)
			has_file |= strcmp(sys_dir_entry(buf + at, &len), "file") == 0;
	}
	cr_assert_eq(n, 0);
	cr_assert_eq(count, 4U, "with . and ..");
	cr_assert(has_file);
	(void)lseek(fd, 0, SEEK_SET);
	cr_assert_eq(sys_read_dir(fd, buf, 1), -EINVAL, "no room for one");
	(void)close(fd);
	cr_assert_eq(sys_read_dir(-1, buf, sizeof(buf)), -EBADF);
}

Test(file, a_file_in_memory)
{
	char text[4] = "";
	int fd = sys_memory_file("test");

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, "abc", 3), 3);
	cr_assert_eq(pread(fd, text, 3, 0), 3);
	cr_assert_str_eq(text, "abc");
	assert_cloexec(fd);
}

Test(file, no_descriptor_is_left_behind)
{
	int before = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char text[10];
	int after;

	(void)close(before);
	(void)sys_make_file(dirfd_of_test, "file", 0600, "x");
	(void)sys_make_file(dirfd_of_test, "file", 0600, "x");
	(void)sys_write_file(AT_FDCWD, "/dev/full", "x");
	(void)sys_read_file(AT_FDCWD, dir, text, sizeof(text));
	(void)sys_read_file(dirfd_of_test, "file", text, sizeof(text));
	after = open("/dev/null", O_RDONLY | O_CLOEXEC);
	(void)close(after);
	cr_assert_eq(before, after);
}

Test(file, stat_follows_and_lstat_does_not)
{
	struct stat st;
	int fd;

	cr_assert_eq(sys_symlink("/dev/null", dirfd_of_test, "link"), 0);
	cr_assert_eq(sys_stat(at("link"), &st), 0);
	cr_assert(S_ISCHR(st.st_mode));
	cr_assert_eq(sys_lstat(at("link"), &st), 0);
	cr_assert(S_ISLNK(st.st_mode));
	fd = sys_open(dirfd_of_test, "link", O_PATH, 0);
	cr_assert_eq(sys_fstat(fd, &st), 0, "works on O_PATH descriptors");
	cr_assert(S_ISCHR(st.st_mode));
	sys_close(fd);
	cr_assert_eq(sys_fstat(fd, &st), -EBADF, "sys_close closes");
}

Test(file, readlink_terminates_or_refuses)
{
	char text[6];

	cr_assert_eq(sys_symlink("12345", dirfd_of_test, "link"), 0);
	memset(text, 'x', sizeof(text));
	cr_assert_eq(sys_readlink(at("link"), text, 6), 5);
	cr_assert_str_eq(text, "12345");
	cr_assert_eq(sys_readlink(at("link"), text, 5), -ENAMETOOLONG);
}

Test(file, resolve_rules_reach_every_component)
{
	cr_assert_eq(sys_mkdir(dirfd_of_test, "deep", 0755), 0);
	cr_assert_eq(sys_make_file(dirfd_of_test, "deep/file", 0600, ""), 0);
	cr_assert_eq(sys_symlink("deep", dirfd_of_test, "link"), 0);
	assert_cloexec(sys_open_resolve(dirfd_of_test, "link/file", O_PATH, 0));
	cr_assert_eq(sys_open_resolve(dirfd_of_test, "link/file", O_PATH, RESOLVE_NO_SYMLINKS), -ELOOP);
	cr_assert_eq(sys_open_resolve(AT_FDCWD, "/proc/self/exe", O_PATH, RESOLVE_NO_MAGICLINKS), -ELOOP);
	cr_assert_eq(sys_open_resolve(dirfd_of_test, "../x", O_PATH, RESOLVE_BENEATH), -EXDEV);
	assert_cloexec(sys_open_resolve(dirfd_of_test, "/../deep", O_PATH, RESOLVE_IN_ROOT));
}

Test(file, modes)
{
	mode_t before = sys_umask(0);
	struct stat st;

	cr_assert_eq(sys_umask(0), 0);
	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0642, ""), 0);
	cr_assert_eq(sys_make_empty(dirfd_of_test, "empty", 0444), 0);
	cr_assert_eq(sys_mkdir(dirfd_of_test, "deep", 01777), 0);
	(void)sys_umask(before);
	cr_assert_eq(sys_stat(at("file"), &st), 0);
	cr_assert_eq(st.st_mode & 07777, 0642);
	cr_assert_eq(sys_stat(at("empty"), &st), 0);
	cr_assert_eq(st.st_mode, (mode_t)(S_IFREG | 0444));
	cr_assert_eq(sys_stat(at("deep"), &st), 0);
	cr_assert_eq(st.st_mode & 07777, 01777);
	cr_assert_eq(sys_chmod(dirfd_of_test, "deep", 04700), 0);
	cr_assert_eq(sys_stat(at("deep"), &st), 0);
	cr_assert_eq(st.st_mode & 07777, 04700);
}

Test(file, access_asks_for_the_real_ids)
{
	cr_assert_eq(sys_make_file(dirfd_of_test, "file", 0444, ""), 0);
	cr_assert_eq(sys_access(dirfd_of_test, "file", R_OK), 0);
	cr_assert_eq(sys_access(dirfd_of_test, "file", X_OK), -EACCES);
	if (getuid() != 0)
		cr_assert_eq(sys_access(dirfd_of_test, "file", W_OK), -EACCES);
}

static void changes_directory(void)
{
	char text[PATH_MAX];

	CHECK(sys_chdir("/usr") == 0);
	CHECK(strcmp(getcwd(text, sizeof(text)), "/usr") == 0, "%s", text);
	CHECK(sys_fchdir(dirfd_of_test) == 0);
	CHECK(strcmp(getcwd(text, sizeof(text)), dir) == 0, "%s", text);
}

Test(file, directories_change)
{
	in_child(changes_directory);
}

Test(file, what_a_descriptor_is_open_for)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		int fd = open("/dev/null", modes[i] | O_CLOEXEC | O_NONBLOCK);

		cr_assert_eq(sys_access_mode(fd), modes[i]);
		(void)close(fd);
		cr_assert_eq(sys_access_mode(fd), -EBADF, "closed");
	}
	int path_fd = open("/dev/null", O_PATH | O_CLOEXEC);
	int no_fd = open("/dev/null", O_ACCMODE | O_CLOEXEC); /* for ioctl alone */

	cr_assert_eq(sys_access_mode(path_fd), -EBADF);
	cr_assert_eq(sys_access_mode(no_fd), -EBADF);
	(void)close(path_fd);
	(void)close(no_fd);
}
