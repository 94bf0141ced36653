/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_root.c - what the program sees as files: the system, devices, /proc, and what was granted. */
#include <sys/mount.h>

#include "plan_fixture.h"

TestSuite(root, .init = fix_setup, .fini = fix_teardown);

static void assert_bind(const char *dest, const char *source, enum bind_source is, uint64_t attr)
{
	const struct plan_node *node = fix_node(dest);

	cr_assert_eq(node->kind, NODE_BIND, "%s", dest);
	cr_assert_str_eq(node->source, source);
	cr_assert_eq(node->is, is, "%s", dest);
	cr_assert_eq(node->attr, attr, "%s: %#lx", dest, (unsigned long)node->attr);
}

static const uint64_t shown = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
static const uint64_t device = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;

Test(root, a_merged_usr)
{
	fix_build();
	assert_bind("/usr", "/usr", SOURCE_DIR, shown | MOUNT_ATTR_RDONLY);
	cr_assert_eq(fix_node("/bin")->kind, NODE_SYMLINK);
	cr_assert_str_eq(fix_node("/bin")->text, "usr/bin");
	cr_assert_str_eq(fix_node("/lib64")->text, "usr/lib64");
	cr_assert_null(fix_find_node("/lib32"), "what the host has not is not there");
	cr_assert_null(fix_find_node("/etc"));
	cr_assert_null(fix_find_node("/home"));
}

Test(root, a_split_usr)
{
	(void)fix_fact("/bin", PATH_DIR);
	(void)fix_fact("/sbin", PATH_DIR);
	(void)fix_fact("/lib", PATH_DIR);
	(void)fix_fact("/lib64", PATH_MISSING);
	fix_build();
	assert_bind("/bin", "/bin", SOURCE_DIR, shown | MOUNT_ATTR_RDONLY);
	assert_bind("/lib", "/lib", SOURCE_DIR, shown | MOUNT_ATTR_RDONLY);
	cr_assert_null(fix_find_node("/lib64"));
}

Test(root, a_system_directory_that_is_a_file_or_a_dangling_link_is_not_shown)
{
	(void)fix_fact("/lib32", PATH_FILE);
	fix_fact("/libx32", PATH_MISSING)->target = "usr/libx32";
	fix_build();
	cr_assert_null(fix_find_node("/lib32"));
	cr_assert_null(fix_find_node("/libx32"));
}

Test(root, no_system)
{
	fix_set("filesystem.system", "none");
	fix_build();
	cr_assert_null(fix_find_node("/usr"));
	cr_assert_null(fix_find_node("/bin"));
}

Test(root, minimal_devices)
{
	static const char *const devices[] = {"/dev/null",   "/dev/zero",    "/dev/full",
					      "/dev/random", "/dev/urandom", "/dev/tty"};
	static const char *const links[][2] = {{"/dev/fd", "/proc/self/fd"},
					       {"/dev/stdin", "/proc/self/fd/0"},
					       {"/dev/stdout", "/proc/self/fd/1"},
					       {"/dev/stderr", "/proc/self/fd/2"},
					       {"/dev/ptmx", "pts/ptmx"}};

	fix_build();
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		assert_bind(devices[i], devices[i], SOURCE_DEVICE, device);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		cr_assert_eq(fix_node(links[i][0])->kind, NODE_SYMLINK);
		cr_assert_str_eq(fix_node(links[i][0])->text, links[i][1]);
	}
	cr_assert_eq(fix_node("/dev/pts")->kind, NODE_DEVPTS);
	cr_assert_eq(fix_node("/dev/pts")->attr, device);
	cr_assert_eq(fix_node("/dev/shm")->kind, NODE_TMPFS);
	cr_assert_eq(fix_node("/dev/shm")->mode, 01777U);
	cr_assert_eq(fix_node("/dev/shm")->attr, shown);
	cr_assert_gt(fix_node("/dev/shm")->size, 0U);
	cr_assert_gt(fix_node("/dev/shm")->inodes, 0U);
	cr_assert_null(fix_find_node("/dev/console"));
}

Test(root, a_device_that_is_none_is_not_shown_as_one)
{
	(void)fix_fact("/dev/random", PATH_FILE);
	fix_assert_refused(fix_try_build(), "host.no-device", "/dev/random is no device here");
	cr_assert_eq(fix.err.kind, ERR_HOST);
	(void)fix_fact("/dev/random", PATH_MISSING);
	fix_assert_refused(fix_try_build(), "host.no-device", "/dev/random");
	fix_set("filesystem.devices", "none");
	fix_build();
	cr_assert_null(fix_find_node("/dev"));
	cr_assert_null(fix_find_node("/dev/shm"));
}

Test(root, proc)
{
	fix_build();
	cr_assert_not_null(fix_find_node("/proc"));
	cr_assert_eq(fix_node("/proc")->kind, NODE_PROC);
	cr_assert_eq(fix_node("/proc")->attr, shown | MOUNT_ATTR_NOEXEC);
	fix_set("filesystem.proc", "none");
	fix_build();
	cr_assert_null(fix_find_node("/proc"));
	cr_assert_null(fix_find_node("/proc"));
}

Test(root, size_and_inodes)
{
	fix_build();
	cr_assert_eq(fix.plan.root.size, UINT64_C(16) << 20);
	cr_assert_eq(fix.plan.root.inodes, 65536U);
	fix_set("filesystem.size", "1M");
	fix_set("filesystem.inodes", "100");
	fix_build();
	cr_assert_eq(fix.plan.root.size, UINT64_C(1) << 20);
	cr_assert_eq(fix.plan.root.inodes, 100U);
}

Test(root, binds_have_the_flags_of_their_key)
{
	(void)fix_fact("/d", PATH_DIR);
	(void)fix_fact("/f", PATH_FILE);
	(void)fix_fact("/dev/kvm", PATH_DEVICE);
	(void)fix_fact("/dev/dri", PATH_DIR);
	fix_set("filesystem.ro", "/d:/ro");
	fix_set("filesystem.ro", "/f:/ro-file:noexec");
	fix_set("filesystem.rw", "/d:/rw");
	fix_set("filesystem.rw", "/f:/rw-file:noexec");
	fix_set("filesystem.dev", "/dev/kvm");
	fix_set("filesystem.dev", "/dev/dri:/gpu");
	fix_build();
	assert_bind("/ro", "/d", SOURCE_DIR, shown | MOUNT_ATTR_RDONLY);
	assert_bind("/ro-file", "/f", SOURCE_FILE, shown | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC);
	assert_bind("/rw", "/d", SOURCE_DIR, shown);
	assert_bind("/rw-file", "/f", SOURCE_FILE, shown | MOUNT_ATTR_NOEXEC);
	assert_bind("/dev/kvm", "/dev/kvm", SOURCE_DEVICE, device);
	assert_bind("/gpu", "/dev/dri", SOURCE_DIR, device);
}

Test(root, every_mount_is_nosuid_and_nodev_unless_it_is_a_device)
{
	(void)fix_fact("/d", PATH_DIR);
	fix_set("filesystem.rw", "/d");
	fix_set("filesystem.tmpfs", "/tmp");
	fix_build();
	for (size_t i = 0; i < fix.plan.root.count; i++) {
		const struct plan_node *node = &fix.plan.root.nodes[i];
		bool is_mount =
			node->kind != NODE_DIR && node->kind != NODE_FILE && node->kind != NODE_SYMLINK;

		if (!is_mount)
			continue;
		cr_assert(node->attr & MOUNT_ATTR_NOSUID, "%s", node->dest);
		cr_assert(node->attr & (MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC), "%s", node->dest);
	}
}

Test(root, sources_that_are_missing)
{
	fix_set("filesystem.ro", "/none");
	fix_assert_refused(fix_try_build(), "config.no-source", "ro = /none: No such file or directory");
	cr_assert_str_eq(fix_where(), "filesystem.ro=/none");
	cr_assert_str_eq(fix.err.hint,
			 "make it, correct the path, or write ro = -/none if it may be missing");
	fix_set("filesystem.ro", "");
	fix_set("filesystem.ro", "-/none");
	fix_build();
	cr_assert_null(fix_find_node("/none"));
	fix_fact("/none", PATH_MISSING)->errnum = ENOTDIR;
	fix_build();
}

Test(root, sources_that_cannot_be_reached_are_no_optional_ones)
{
	static const int errnums[] = {EACCES, ELOOP, EIO, ENAMETOOLONG};

	fix_set("filesystem.ro", "-/secret");
	for (size_t i = 0; i < ARRAY_SIZE(errnums); i++) {
		fix_fact("/secret", PATH_MISSING)->errnum = errnums[i];
		fix_assert_refused(fix_try_build(), "config.no-source", "ro = /secret: ");
		cr_assert_eq(fix.err.errnum, errnums[i]);
	}
}

Test(root, devices_are_for_dev_and_files_are_not)
{
	(void)fix_fact("/dev/kvm", PATH_DEVICE);
	(void)fix_fact("/f", PATH_FILE);
	fix_set("filesystem.ro", "/dev/kvm");
	fix_assert_refused(fix_try_build(), "config.source-kind", "ro = /dev/kvm: it is a device");
	fix_set("filesystem.ro", "");
	fix_set("filesystem.rw", "-/dev/kvm");
	fix_assert_refused(fix_try_build(), "config.source-kind", "rw = /dev/kvm: it is a device");
	fix_set("filesystem.rw", "");
	fix_set("filesystem.dev", "/f");
	fix_assert_refused(fix_try_build(), "config.source-kind", "dev = /f: it is no device");
}

Test(root, tmpfs_sizes_inodes_and_modes)
{
	fix_set("filesystem.tmpfs", "/a");
	fix_set("filesystem.tmpfs", "/b:size=64K,mode=1777");
	fix_set("filesystem.tmpfs", "/c:size=1G,mode=0");
	fix_build();
	cr_assert_eq(fix_node("/a")->size, UINT64_C(256) << 20);
	cr_assert_eq(fix_node("/a")->mode, 0755U);
	cr_assert_eq(fix_node("/a")->attr, shown);
	cr_assert_eq(fix_node("/a")->inodes, 65536U);
	cr_assert_eq(fix_node("/b")->size, 65536U);
	cr_assert_eq(fix_node("/b")->mode, 01777U);
	cr_assert_eq(fix_node("/b")->inodes, 1024U, "some, however small");
	cr_assert_eq(fix_node("/c")->mode, 0U);
	cr_assert_eq(fix_node("/c")->inodes, 262144U);
}

Test(root, dirs_and_links)
{
	fix_set("filesystem.dir", "/d");
	fix_set("filesystem.dir", "/e:mode=1700");
	fix_set("filesystem.symlink", "../x:/l");
	fix_build();
	cr_assert_eq(fix_node("/d")->mode, 0755U);
	cr_assert_eq(fix_node("/e")->mode, 01700U);
	cr_assert_str_eq(fix_node("/l")->text, "../x");
}

Test(root, the_whole_of_the_host_once)
{
	(void)fix_fact("/", PATH_DIR);
	fix_fact("/also-root", PATH_DIR)->real = "/";
	fix_set("filesystem.ro", "/:/host");
	fix_build();
	cr_assert(fix_node("/host")->is_whole);
	cr_assert_not(fix_node("/usr")->is_whole);
	fix_set("filesystem.ro", "/also-root:/again");
	fix_assert_refused(fix_try_build(), "config.whole-root", "shown twice");
}
