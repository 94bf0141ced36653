/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_mount.c - the mount calls, in a user and mount namespace of our own. */
#include "sys/mount.h"

#include <errno.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "in_child.h"

static int make_tmpfs(const char *size, uint64_t attr)
{
	int fs = sys_fs_open("tmpfs");
	int fd;

	CHECK(fs >= 0, "%d", fs);
	CHECK((fcntl(fs, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK(sys_fs_set(fs, "size", size) == 0);
	CHECK(sys_fs_set(fs, "mode", "0711") == 0);
	fd = sys_fs_mount(fs, attr);
	CHECK(fd >= 0, "%d", fd);
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	(void)close(fs);
	return fd;
}

/* A private mount namespace with an empty tmpfs on /tmp, which is the current directory. */
static void begin(void)
{
	int fd;

	child_unshare(CLONE_NEWNS);
	CHECK(sys_mount_make_private() == 0);
	fd = make_tmpfs("1048576", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	CHECK(sys_attach_tree(fd, AT_FDCWD, "/tmp") == 0);
	CHECK(fchdir(fd) == 0);
	(void)close(fd);
}

static void makes_private(void)
{
	child_unshare(CLONE_NEWNS);
	CHECK(sys_mount_make_private() == 0);
	CHECK(strstr(child_read("/proc/self/mountinfo"), " shared:") == NULL);
	CHECK(strstr(child_read("/proc/self/mountinfo"), " master:") == NULL);
}

Test(mount, make_private_reaches_every_mount)
{
	in_child(makes_private);
}

static void mounts_with_parameters(void)
{
	struct statvfs fs;
	struct stat st;

	begin();
	CHECK(statvfs("/tmp", &fs) == 0);
	CHECK((fs.f_flag & (ST_NOSUID | ST_NODEV | ST_RDONLY)) == (ST_NOSUID | ST_NODEV), "%#lx", fs.f_flag);
	CHECK(fs.f_blocks * fs.f_frsize == 1048576);
	CHECK(stat("/tmp", &st) == 0 && (st.st_mode & 07777) == 0711, "%o", st.st_mode);
}

Test(mount, a_new_file_system_has_its_parameters_and_flags)
{
	in_child(mounts_with_parameters);
}

static void refuses_bad_parameters(void)
{
	int fs;

	child_unshare(CLONE_NEWNS);
	CHECK(sys_fs_open("nosuchfs") == -ENODEV);
	fs = sys_fs_open("tmpfs");
	CHECK(sys_fs_set(fs, "nosuchkey", "1") == -EINVAL);
	CHECK(sys_fs_set(fs, "size", "many") < 0);
	CHECK(sys_fs_set(-1, "size", "1") < 0);
	CHECK(sys_fs_mount(-1, 0) < 0);
}

Test(mount, bad_types_and_parameters_are_errors)
{
	in_child(refuses_bad_parameters);
}

/* tree/ with a mount at tree/inner, and an empty place/. */
static int make_tree(void)
{
	int fd;

	CHECK(mkdir("tree", 0755) == 0 && mkdir("tree/inner", 0755) == 0 && mkdir("place", 0755) == 0);
	fd = make_tmpfs("65536", 0);
	CHECK(sys_attach_tree(fd, AT_FDCWD, "tree/inner") == 0);
	(void)close(fd);
	fd = open("tree", O_PATH | O_CLOEXEC);
	CHECK(fd >= 0);
	return fd;
}

static int make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return 0;
}

static void sets_flags_recursively(void)
{
	struct statvfs fs;
	int clone;

	begin();
	clone = sys_clone_tree(make_tree());
	CHECK(clone >= 0);
	CHECK((fcntl(clone, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK(sys_mount_set(clone, true, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC) == 0);
	CHECK(sys_attach_tree(clone, AT_FDCWD, "place") == 0);
	CHECK(make_file("place/x") == -EROFS);
	CHECK(make_file("place/inner/x") == -EROFS, "the mounts below came along, with the flags");
	CHECK(statvfs("place/inner", &fs) == 0 && (fs.f_flag & ST_NOEXEC) != 0);
	CHECK(make_file("tree/x") == 0 && make_file("tree/inner/x") == 0, "the original is as it was");
	CHECK(access("place/x", F_OK) == 0, "and it is the same tree");
}

Test(mount, a_cloned_tree_gets_flags_as_a_whole)
{
	in_child(sets_flags_recursively);
}

static void sets_flags_of_one(void)
{
	int clone;

	begin();
	clone = sys_clone_tree(make_tree());
	CHECK(sys_mount_set(clone, false, MOUNT_ATTR_RDONLY) == 0);
	CHECK(sys_attach_tree(clone, AT_FDCWD, "place") == 0);
	CHECK(make_file("place/x") == -EROFS);
	CHECK(make_file("place/inner/x") == 0);
	CHECK(sys_mount_set(-1, false, MOUNT_ATTR_RDONLY) == -EBADF);
	CHECK(sys_mount_set(clone, false, UINT64_C(1) << 60) == -EINVAL);
}

Test(mount, or_one_mount_alone)
{
	in_child(sets_flags_of_one);
}

static void follows_no_last_link(void)
{
	int fd;
	int clone;

	begin();
	fd = make_tree();
	CHECK(symlink("place", "link") == 0);
	clone = sys_clone_tree(fd);
	CHECK(sys_attach_tree(clone, AT_FDCWD, "link") < 0);
	CHECK(access("place/inner", F_OK) < 0);
	/* Only a mount can be cloned through a path: of the link, not of what it leads to. */
	clone = sys_clone_tree_at(AT_FDCWD, "tree");
	CHECK(clone >= 0);
	CHECK((fcntl(clone, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK(sys_attach_tree(clone, AT_FDCWD, "place") == 0);
	CHECK(access("place/inner", F_OK) == 0);
	CHECK(sys_clone_tree_at(AT_FDCWD, "missing") == -ENOENT);
	CHECK(sys_attach_tree(clone, AT_FDCWD, "missing") == -ENOENT);
	CHECK(sys_clone_tree(-1) == -EBADF);
}

Test(mount, no_final_symlink_is_followed)
{
	in_child(follows_no_last_link);
}

static void pivots(void)
{
	int fd;

	begin();
	fd = make_tmpfs("65536", 0);
	CHECK(sys_attach_tree(fd, AT_FDCWD, "/") == 0);
	CHECK(fchdir(fd) == 0);
	CHECK(mkdir("only-this", 0755) == 0);
	CHECK(sys_pivot_root_here() == 0);
	CHECK(sys_detach_here() == 0);
	CHECK(chdir("/") == 0);
	CHECK(access("/only-this", F_OK) == 0);
	CHECK(access("/usr", F_OK) < 0, "the old root is gone");
	CHECK(chdir("/..") == 0 && access("only-this", F_OK) == 0);
}

Test(mount, pivot_and_detach_leave_nothing_of_the_old_root)
{
	in_child(pivots);
}

static void refuses_without_rights(void)
{
	child_unshare(0);
	CHECK(sys_mount_make_private() == -EPERM || sys_mount_make_private() == -EINVAL);
	CHECK(sys_fs_open("tmpfs") == -EPERM);
	CHECK(sys_pivot_root_here() == -EPERM);
	CHECK(sys_detach_here() == -EPERM);
	CHECK(sys_clone_tree_at(AT_FDCWD, "/") == -EPERM);
}

Test(mount, without_a_mount_namespace_of_ours_all_are_refused)
{
	in_child(refuses_without_rights);
}
