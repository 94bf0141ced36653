/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_root.c - the root is built by descriptors, each tree flagged before it is attached, nothing left
 * open. */
#include "act/root.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "act_fixture.h"
#include "base/fd.h"

static void setup(void)
{
	act_setup();
	(void)fix_fact("/src", PATH_DIR);
	(void)fix_fact("/srcfile", PATH_FILE);
	(void)fix_fact("/dev/kvm", PATH_DEVICE);
	(void)fix_fact("/", PATH_DIR);
	(void)fix_fact("/src/secret", PATH_FILE);
	(void)fix_fact("/src/secrets", PATH_DIR);
	(void)fix_fact("/src/secrets/open", PATH_DIR);
}

TestSuite(root, .init = setup, .fini = fix_teardown);

/* What the sources are when they are opened: as they were probed. */
static void prepare(void)
{
	static const char *const devices[] = {"/dev/null",    "/dev/zero", "/dev/full", "/dev/random",
					      "/dev/urandom", "/dev/tty",  "/dev/kvm"};

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		fake_mode(devices[i], S_IFCHR | 0666);
	fake_mode("/src", S_IFDIR | 0755);
	fake_mode("/srcfile", S_IFREG | 0644);
	fake_mode("/src/secrets/open", S_IFDIR | 0755);
}

/* Parts of /proc that a kernel may lack. */
#define OPTIONAL_COVERS                                                                                      \
	{"clone_tree_at #* pressure", ENOENT}, {"attach_tree #* #* keys", ENOENT},                           \
		{"clone_tree_at #* sysrq", ENOENT}, {"clone_tree_at #* irq", ENOENT},                        \
		{"clone_tree_at #* bus", ENOENT}, {"clone_tree_at #* acpi", ENOENT},                         \
		{"clone_tree_at #* fs", ENOENT}, {"clone_tree_at #* scsi", ENOENT},                          \
	{                                                                                                    \
		"clone_tree_at #* mtrr", ENOENT                                                              \
	}

static struct root root;
static volatile uint32_t progress;

/* Closes what is the caller's, so that whatever is left over was forgotten. */
static int build(void)
{
	int r = act_build_root(&fix.plan, "/sys/fs/cgroup/mine", &progress, &root, &fix.err);

	fd_close_ptr(&root.fd);
	fd_close_ptr(&root.proc_fd);
	fd_close_ptr(&root.pts_fd);
	return r;
}

static void builds(void)
{
	fix_build();
	fake_reset();
	prepare();
	cr_assert_eq(build(), 0, "%s", fix.err.msg);
}

static void none_by_default(void)
{
	fix_set("filesystem.system", "none");
	fix_set("filesystem.devices", "none");
	fix_set("filesystem.proc", "none");
}

Test(root, the_whole_of_a_small_one)
{
	none_by_default();
	fix_set("filesystem.proc", "private");
	fix_set("filesystem.ro", "/src:/data");
	fix_set("filesystem.rw", "/srcfile:/a/b/file:noexec");
	fix_set("filesystem.tmpfs", "/tmp:size=1M,mode=1777");
	fix_set("filesystem.symlink", "usr/lib:/lib");
	fix_set("filesystem.etc", "machine-id");
	builds();
	assert_trace(
		/* private before anything else; the root is stacked on / and reached by its descriptor alone
		 */
		"mount_make_private\n"
		"umask 0000\n"
		"fs_open tmpfs = #1\n"
		"fs_set #1 size=16777216\n"
		"fs_set #1 nr_inodes=65536\n"
		"fs_set #1 mode=755\n"
		"fs_mount #1 nosuid nodev = #2\n"
		"attach_tree #2 cwd /\n"
		"mkdir #2 a 0755\n"
		"open_resolve #2 a path directory in_root no_symlinks no_magiclinks = #3\n"
		"mkdir #3 b 0755\n"
		/* the source is opened, looked at, cloned, flagged, and only then put into place */
		"open_resolve #2 a/b path directory in_root no_symlinks no_magiclinks = #4\n"
		"open_resolve cwd /srcfile path no_symlinks no_magiclinks = #5\n"
		"statx #5\n"
		"clone_tree #5 = #6\n"
		"mount_set #6 recursive nosuid nodev noexec\n"
		"make_empty #4 file 0444\n"
		"attach_tree #6 #4 file\n"
		"open_resolve cwd /src path no_symlinks no_magiclinks = #7\n"
		"statx #7\n"
		"clone_tree #7 = #8\n"
		"mount_set #8 recursive ro nosuid nodev\n"
		"mkdir #2 data 0755\n"
		"attach_tree #8 #2 data\n"
		"mkdir #2 etc 0755\n"
		"open_resolve #2 etc path directory in_root no_symlinks no_magiclinks = #9\n"
		"make_file #9 machine-id 0644 \"0123456789abcdef0123456789abcdef\"\n"
		"symlink usr/lib #2 lib\n"
		"fs_open proc = #10\n"
		"fs_mount #10 nosuid nodev noexec = #11\n"
		"mkdir #2 proc 0755\n"
		"attach_tree #11 #2 proc\n"
		"clone_tree_at #11 sys = #12\n"
		"mount_set #12 recursive ro nosuid nodev noexec\n"
		"attach_tree #12 #11 sys\n"
		"clone_tree_at #11 pressure = #13\n"
		"mount_set #13 recursive ro nosuid nodev noexec\n"
		"attach_tree #13 #11 pressure\n"
		"clone_tree_at cwd /dev/null = #14\n"
		"mount_set #14 recursive ro nosuid nodev noexec\n"
		"attach_tree #14 #11 keys\n"
		"fs_open tmpfs = #15\n"
		"fs_set #15 size=1048576\n"
		"fs_set #15 nr_inodes=1024\n"
		"fs_set #15 mode=1777\n"
		"fs_mount #15 nosuid nodev = #16\n"
		"mkdir #2 tmp 0755\n"
		"attach_tree #16 #2 tmp\n"
		/* read-only last */
		"mount_set #2 ro\n");
	cr_assert_eq(progress, fix.plan.root.count);
}

/* The number behind "#" in the n-th word of a line, or 0. */
static int number_in(const char *line, int word)
{
	for (; word > 0; word--)
		line = strchr(line, ' ') != NULL ? strchr(line, ' ') + 1 : "";
	return line[0] == '#' ? (int)strtol(line + 1, NULL, 10) : 0;
}

/* Every tree that is attached was given flags before: by mount_set when cloned, by fs_mount when new. */
static void assert_flagged_before_attached(void)
{
	bool is_flagged[1000] = {false};
	size_t attached = 0;

	for (size_t n = 1; n <= fake_count(); n++) {
		const char *line = fake_line(n);

		if (str_starts(line, "mount_set ") && strstr(line, " nosuid") != NULL)
			is_flagged[number_in(line, 1)] = true;
		if (str_starts(line, "fs_mount ") && strstr(line, " nosuid") != NULL)
			is_flagged[strtol(strstr(line, "= #") + 3, NULL, 10)] = true;
		if (!str_starts(line, "attach_tree"))
			continue;
		attached++;
		cr_assert(is_flagged[number_in(line, 1)], "%s\n%s", line, fake_trace());
	}
	cr_assert_gt(attached, 1U);
}

static void everything(void)
{
	fix_set("filesystem.ro", "/src:/ro");
	fix_set("filesystem.rw", "/src:/rw");
	fix_set("filesystem.ro", "/srcfile:/f/file");
	fix_set("filesystem.dev", "/dev/kvm");
	fix_set("filesystem.tmpfs", "/tmp");
	fix_set("filesystem.dir", "/d:mode=700");
	fix_set("filesystem.symlink", "x:/l");
	fix_set("filesystem.etc", "@base");
	fix_set("filesystem.hide", "/src/secret");
	fix_set("filesystem.hide", "/src/secrets");
	fix_set("filesystem.ro", "/src/secrets/open:/ro/secrets/open");
	fix_set("identity.map", "root");
}

Test(root, a_tree_has_its_flags_before_it_is_attached)
{
	everything();
	builds();
	assert_flagged_before_attached();
	assert_before("mount_make_private", "fs_open");
	assert_before("mount_make_private", "attach_tree");
	assert_before("mount_make_private", "open_resolve");
}

Test(root, destinations_are_opened_below_the_root_and_through_no_link)
{
	everything();
	builds();
	for (size_t n = 1; n <= fake_count(); n++) {
		const char *line = fake_line(n);

		if (str_starts(line, "open_resolve #"))
			cr_assert_not_null(strstr(line, " in_root no_symlinks no_magiclinks"), "%s", line);
		else if (str_starts(line, "open_resolve "))
			cr_assert_not_null(strstr(line, " no_magiclinks"), "%s", line);
		cr_assert_not(str_starts(line, "open "), "%s", line);
		if (str_starts(line, "mkdir ") || str_starts(line, "make_") || str_starts(line, "symlink "))
			cr_assert_null(strstr(line, " cwd "), "nothing is made by a path: %s", line);
	}
}

Test(root, masks_are_read_only_and_leave_nothing_behind)
{
	none_by_default();
	fix_set("filesystem.rw", "/src");
	fix_set("filesystem.hide", "/src/secret");
	fix_set("filesystem.hide", "/src/secrets");
	fix_set("filesystem.ro", "/src/secrets/open");
	builds();
	/* A file's has a name as long as it takes to be attached; that of a directory is sealed when what is
	 * granted in it stands there. */
	assert_before("make_empty #2 .pinfold-mask 0000", "clone_tree_at #2 .pinfold-mask = #6");
	assert_before("mount_set #6 ro nosuid nodev noexec", "attach_tree_on #6 #7");
	assert_before("open_resolve #5 secret path in_root no_symlinks no_magiclinks = #7",
		      "attach_tree_on #6 #7");
	assert_before("attach_tree_on #6 #7", "unlink #2 .pinfold-mask");
	assert_before("fs_mount #8 nosuid nodev noexec", "mkdir #11 open 0755");
	assert_before("attach_tree #13 #11 open", "mount_set #14");
	assert_before("open_resolve #2 src/secrets path directory in_root no_symlinks no_magiclinks = #14",
		      "mount_set #14 ro nosuid nodev noexec");
	cr_assert_null(strstr(fake_trace(), " cwd /src/secret "));
}

Test(root, each_call_of_everything_fails)
{
	everything();
	fix_build();
	each_call_fails(build, prepare,
			(const struct tolerated[]){{"access ", 0}, OPTIONAL_COVERS, {NULL, 0}});
}

Test(root, each_call_of_the_default_fails)
{
	fix_build();
	each_call_fails(build, prepare, (const struct tolerated[]){OPTIONAL_COVERS, {NULL, 0}});
}

Test(root, each_call_of_a_minimal_proc_fails)
{
	none_by_default();
	fix_set("filesystem.proc", "minimal");
	fix_set("filesystem.copy", "/srcfile:/copy");
	fix_set("filesystem.file", "/file:text");
	fix_build();
	each_call_fails(build, prepare, NULL);
	fake_reset();
	prepare();
	cr_assert_eq(build(), 0);
	assert_before("fs_set #4 hidepid=ptraceable", "fs_mount #4");
	cr_assert_null(strstr(fake_trace(), "clone_tree_at #"), "there is nothing to cover");
}

static const struct host_cgroup mine[] = {
	{.path = "/cg/jobs", .available = 0xf, .enabled = 0xf, .is_writable = true}, {.path = "/cg"}};

static void with_its_cgroup(void)
{
	none_by_default();
	fix.host.cgroups = (struct host_cgroups){.items = mine, .count = ARRAY_SIZE(mine)};
	fix_set("limits.memory", "64M");
	fix_set("filesystem.cgroup", "ro");
}

Test(root, its_own_cgroup_is_read_only_before_it_is_attached)
{
	with_its_cgroup();
	builds();
	assert_before("open_resolve cwd /sys/fs/cgroup/mine", "clone_tree #");
	assert_before("mount_set #6 recursive ro nosuid nodev noexec", "attach_tree #6 #4 cgroup");
}

Test(root, each_call_of_its_own_cgroup_fails)
{
	with_its_cgroup();
	fix_build();
	each_call_fails(build, prepare,
			(const struct tolerated[]){{"fs_open proc", 0}, {"fs_mount #7", 0}, {NULL, 0}});
}

Test(root, each_call_of_the_least_fails)
{
	none_by_default();
	fix_build();
	/* The /proc for init alone is one that it can do without. */
	each_call_fails(build, prepare,
			(const struct tolerated[]){{"fs_open proc", 0}, {"fs_mount #3", 0}, {NULL, 0}});
}

Test(root, a_part_of_proc_that_this_kernel_lacks_need_not_be_covered)
{
	fix_build();
	fake_fail("clone_tree_at #* pressure", ENOENT);
	prepare();
	cr_assert_eq(build(), 0, "%s", fix.err.msg);
	fake_reset();
	fake_fail("clone_tree_at #* pressure", EPERM);
	prepare();
	cr_assert_eq(build(), -1);
	fake_reset();
	fake_fail("clone_tree_at #* sys", ENOENT);
	prepare();
	cr_assert_eq(build(), -1, "that one is in every kernel");
}

Test(root, covers_that_a_probe_decides)
{
	fix_set("identity.map", "root");
	fix_build();
	prepare();
	fake_fail("access", EACCES);
	cr_assert_eq(build(), 0);
	cr_assert_gt(fake_find("clone_tree_at #"), 0U);
	cr_assert_null(strstr(fake_trace(), "sysrq-trigger = "), "what cannot be written is not covered");
	fake_reset();
	prepare();
	cr_assert_eq(build(), 0);
	cr_assert_not_null(strstr(fake_trace(), "sysrq-trigger = "), "what can is");
}

/* ------------------------------------------------------------ what is said when */

static void fails_with(const char *line, int errnum, const char *id, const char *part, const char *origin)
{
	fake_reset();
	prepare();
	fake_fail(line, errnum);
	memset(&fix.err, 0, sizeof(fix.err));
	fix_assert_refused(build(), id, part);
	cr_assert_str_eq(fix_where(), origin, "%s", fix_where());
}

Test(root, a_source_that_is_gone_or_out_of_reach)
{
	none_by_default();
	fix_set("filesystem.ro", "/src:/data");
	fix_build();
	fails_with("open_resolve cwd /src", ENOENT, "config.no-source", "cannot open /src: No such file",
		   "filesystem.ro=/src:/data");
	fails_with("open_resolve cwd /src", EACCES, "config.no-source", "cannot open /src: Permission denied",
		   "filesystem.ro=/src:/data");
	fails_with("open_resolve cwd /src", ELOOP, "config.source-changed", "/src changed",
		   "filesystem.ro=/src:/data");
}

Test(root, a_source_that_has_become_something_else)
{
	static const mode_t modes[] = {S_IFREG, S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK, S_IFLNK};

	none_by_default();
	fix_set("filesystem.ro", "/src:/data");
	fix_build();
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		fake_reset();
		fake_mode("/src", modes[i] | 0644);
		fix_assert_refused(build(), "config.source-changed",
				   "/src changed while the sandbox started");
		cr_assert_str_eq(fix_where(), "filesystem.ro=/src:/data");
		cr_assert_eq(fake_find("clone_tree"), 0U, "nothing of it is shown");
	}
}

Test(root, a_source_that_another_has_taken_the_place_of)
{
	none_by_default();
	struct path_fact *fact = fix_fact("/src", PATH_DIR);

	fact->inode = 12;
	fact->device = 7;
	fix_set("filesystem.ro", "/src:/data");
	fix_build();
	fake_stat("/src", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 12, .st_dev = 7});
	cr_assert_eq(build(), 0, "%s", fix.err.msg);
	fake_stat("/src", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 13, .st_dev = 7});
	fix_assert_refused(build(), "config.source-changed", "/src changed");
	fake_stat("/src", &(struct stat){.st_mode = S_IFDIR | 0755, .st_ino = 12, .st_dev = 8});
	fix_assert_refused(build(), "config.source-changed", "/src changed");
}

Test(root, a_source_that_was_made_anew_with_the_same_inode)
{
	none_by_default();
	struct path_fact *fact = fix_fact("/src", PATH_DIR);
	const struct stat same = {.st_mode = S_IFDIR | 0755, .st_ino = 12, .st_dev = 7};

	fact->inode = 12;
	fact->device = 7;
	fix_set("filesystem.ro", "/src:/data");
	fix_build();
	fake_stat("/src", &same);
	cr_assert_eq(build(), 0, "%s", fix.err.msg);
	host_find_path(&fix.host, "/src")->birth = 1234567890123;
	fix_build();
	fake_birth(1234567890123);
	cr_assert_eq(build(), 0, "%s", fix.err.msg);
	fake_birth(1234567890124);
	fix_assert_refused(build(), "config.source-changed", "/src changed");
	fake_birth(0);
	fix_assert_refused(build(), "config.source-changed", "/src changed");
	fake_fail("statx #*", EIO);
	cr_assert_eq(build(), -1);
	cr_assert_str_eq(fix.err.id, "system.root", "%s", fix.err.msg);
	cr_assert_not_null(strstr(fix.err.msg, "cannot look at the source of"));
}

Test(root, what_is_pinfolds_own_is_masked_and_pinned_before_it_could_be_reached)
{
	none_by_default();
	(void)fix_own("/src/a/pinfold");
	fix_set("filesystem.rw", "/src:/data");
	builds();
	/* The pin is of what is there in the new root: no path of the host is looked up again. */
	assert_before("attach_tree #4 #2 data", "clone_tree_at #5 a = #6");
	assert_before("mount_set #6 recursive nosuid nodev", "attach_tree_on #6 #7");
	assert_before("attach_tree_on #6 #7", "attach_tree_on #10 #11");
	assert_flagged_before_attached();
	each_call_fails(build, prepare,
			(const struct tolerated[]){{"fs_open proc", 0}, {"fs_mount #12", 0}, {NULL, 0}});
}

Test(root, sockets_and_pipes_are_files)
{
	none_by_default();
	fix_set("filesystem.rw", "/srcfile");
	fix_build();
	fake_mode("/srcfile", S_IFSOCK | 0600);
	cr_assert_eq(build(), 0);
}

Test(root, a_mount_point_that_a_tree_of_the_host_does_not_have)
{
	none_by_default();
	fix_set("filesystem.ro", "/src:/data");
	fix_set("filesystem.tmpfs", "/data/deep/point");
	fix_build();
	fails_with("open_resolve #2 data/deep", ENOENT, "config.no-mount-point",
		   "/data/deep/point is not in the tree shown at /data", "filesystem.tmpfs=/data/deep/point");
	fails_with("open_resolve #2 data/deep", ELOOP, "config.through-link",
		   "goes through a symbolic link in the tree shown at /data",
		   "filesystem.tmpfs=/data/deep/point");
	fails_with("open_resolve #5 point", ENOENT, "config.no-mount-point",
		   "/data/deep/point is not in the tree shown at /data", "filesystem.tmpfs=/data/deep/point");
	fails_with("open_resolve #5 point", ELOOP, "config.through-link",
		   "/data/deep/point goes through a symbolic link", "filesystem.tmpfs=/data/deep/point");
	fails_with("open_resolve #5 point", ENOTDIR, "config.no-mount-point",
		   "/data/deep/point is no directory in the tree shown at /data",
		   "filesystem.tmpfs=/data/deep/point");
}

Test(root, a_proc_that_the_kernel_refuses)
{
	none_by_default();
	fix_set("filesystem.proc", "private");
	fix_build();
	fails_with("fs_mount #3", EPERM, "host.proc-refused", "the kernel refuses a new /proc",
		   "filesystem.proc=private");
	cr_assert_eq(fix.err.kind, ERR_HOST);
}

Test(root, a_full_root_names_the_limit)
{
	none_by_default();
	fix_set("filesystem.dir", "/d");
	fix_set("filesystem.inodes", "1");
	fix_build();
	fails_with("mkdir #2 d", ENOSPC, "config.root-full", "/d", "filesystem.dir=/d");
	cr_assert_not_null(strstr(fix.err.hint, "filesystem.inodes"));
}

Test(root, the_whole_of_the_host_is_cloned_before_the_root_is_stacked_on_it)
{
	none_by_default();
	fix_set("filesystem.ro", "/:/host");
	builds();
	assert_before("clone_tree_at cwd / = #1", "attach_tree");
	assert_before("mount_set #1 recursive ro nosuid nodev", "attach_tree #1");
	assert_flagged_before_attached();
	each_call_fails(build, prepare,
			(const struct tolerated[]){{"fs_open proc", 0}, {"fs_mount #4", 0}, {NULL, 0}});
}

/* ------------------------------------------------------------ a root of the host's */

Test(root, a_directory_as_the_root)
{
	none_by_default();
	(void)fix_fact("/src/etc/hosts", PATH_FILE);
	fix_set("filesystem.root", "/src");
	fix_set("filesystem.etc", "hosts");
	builds();
	assert_trace("mount_make_private\n"
		     "umask 0000\n"
		     "open_resolve cwd /src path no_symlinks no_magiclinks = #1\n"
		     "statx #1\n"
		     "clone_tree #1 = #2\n"
		     "mount_set #2 recursive ro nosuid nodev\n"
		     "attach_tree #2 cwd /\n"
		     /* what is made is made in a scratch, stacked on the root, which is reached by its
			descriptor */
		     "fs_open tmpfs = #3\n"
		     "fs_set #3 size=16777216\n"
		     "fs_set #3 nr_inodes=65536\n"
		     "fs_set #3 mode=700\n"
		     "fs_mount #3 nosuid nodev noexec = #4\n"
		     "attach_tree #4 cwd /\n"
		     "fchdir #4\n"
		     "open_resolve #2 etc path directory in_root no_symlinks no_magiclinks = #5\n"
		     "make_file #4 .pinfold-file 0644 \"127.0.0.1\tlocalhost sandbox\"\n"
		     "clone_tree_at #4 .pinfold-file = #6\n"
		     "mount_set #6 ro nosuid nodev\n"
		     /* nothing is made in the tree, and nothing in it is followed */
		     "open_resolve #5 hosts path in_root no_symlinks no_magiclinks = #7\n"
		     "attach_tree_on #6 #7\n"
		     "unlink #4 .pinfold-file\n"
		     "fs_open proc = #8\n"
		     "fs_mount #8 nosuid nodev noexec = #9\n"
		     "fchdir #4\n"
		     "detach_here\n");
}

static void own_root(const char *text)
{
	fix.host.kernel_minor = 6;
	(void)fix_fact("/src/etc/hosts", PATH_FILE);
	fix_set("filesystem.root", text);
	fix_set("filesystem.etc", "@base");
	fix_set("filesystem.ro", "/src:/ro");
	fix_set("filesystem.tmpfs", "/tmp");
}

Test(root, each_call_of_a_directory_as_the_root_fails)
{
	own_root("/src");
	fix_build();
	each_call_fails(build, prepare, (const struct tolerated[]){OPTIONAL_COVERS, {NULL, 0}});
}

Test(root, each_call_of_a_writable_one_fails)
{
	own_root("rw:/src");
	fix_build();
	each_call_fails(build, prepare, (const struct tolerated[]){OPTIONAL_COVERS, {NULL, 0}});
	cr_assert_eq(fake_find("mount_set #2 recursive ro"), 0U);
}

Test(root, the_dev_of_a_root_of_the_hosts_is_sealed_when_all_stands_on_it)
{
	own_root("/src");
	builds();
	cr_assert_not_null(strstr(fake_trace(), "mode=755\nfs_mount #5 nosuid nodev noexec = #6\n"
						"open_resolve #2 dev path directory in_root no_symlinks "
						"no_magiclinks = #7\nattach_tree_on #6 #7\n"),
			   "%s", fake_trace());
	assert_before("attach_tree_on #6 #7", "mkdir");
	cr_assert_not_null(
		strstr(fake_trace(), "mount_set #40 ro nosuid nodev noexec\nfchdir #4\ndetach_here\n"), "%s",
		fake_trace());
}

Test(root, a_root_without_a_mount_point)
{
	none_by_default();
	fix_set("filesystem.root", "/src");
	fix_set("filesystem.tmpfs", "/tmp");
	fix_build();
	fails_with("open_resolve #2 tmp", ENOENT, "config.no-mount-point", "/tmp is not in the root /src",
		   "filesystem.tmpfs=/tmp");
	fails_with("open_resolve #2 tmp", ELOOP, "config.through-link",
		   "/tmp goes through a symbolic link in the root /src", "filesystem.tmpfs=/tmp");
	fails_with("open_resolve #2 tmp", ENOTDIR, "config.no-mount-point",
		   "/tmp is no directory in the root /src", "filesystem.tmpfs=/tmp");
	cr_assert_eq(fake_find("mkdir"), 0U, "nothing is made in it");
}

Test(root, the_whole_host_as_the_root)
{
	none_by_default();
	fix_set("filesystem.root", "/");
	fix_set("filesystem.tmpfs", "/tmp");
	builds();
	assert_before("clone_tree_at cwd / = #1", "attach_tree");
	assert_before("mount_set #1 recursive ro nosuid nodev", "attach_tree #1 cwd /");
	assert_flagged_before_attached();
}

/* ------------------------------------------------------------ overlays */

#define OVERLAY_LAYERS                                                                                       \
	"fs_open tmpfs = #3\n"                                                                               \
	"fs_set #3 size=16777216\n"                                                                          \
	"fs_set #3 nr_inodes=65544\n"                                                                        \
	"fs_set #3 mode=700\n"                                                                               \
	"fs_mount #3 nosuid nodev noexec = #4\n"                                                             \
	"attach_tree #4 cwd /\n"                                                                             \
	"fchdir #4\n"

Test(root, an_overlay_as_the_root)
{
	none_by_default();
	fix.host.kernel_minor = 6;
	fix_set("filesystem.root", "overlay:/src");
	fix_set("filesystem.dir", "/a/b:mode=700");
	fix_build();
	fake_reset();
	prepare();
	/* The lower layer has the directory a, and b in it. */
	fake_fail("mkdir #8 a 0755", EEXIST);
	fake_fail("mkdir #12 b 0700", EEXIST);
	cr_assert_eq(build(), 0, "%s", fix.err.msg);
	assert_trace("mount_make_private\n"
		     "umask 0000\n"
		     "open_resolve cwd /src path no_symlinks no_magiclinks = #1\n"
		     "statx #1\n"
		     "clone_tree #1 = #2\n" OVERLAY_LAYERS
		     /* no path of the host is in an option */
		     "fstat #2\n"
		     "mount_limits #2\n"
		     "mkdir #4 lower 0700\n"
		     "mkdir #4 state 0700\n"
		     "attach_tree #2 #4 lower\n"
		     "open_resolve #4 state path directory no_symlinks = #5\n"
		     "mkdir #5 upper 0666\n"
		     "mkdir #5 work 0700\n"
		     "open_resolve #5 work directory beneath no_symlinks = #6\n"
		     "set_xattr #6 user.pinfold=\n"
		     "fs_open overlay = #7\n"
		     "fs_set #7 lowerdir=lower\n"
		     "fs_set #7 upperdir=state/upper\n"
		     "fs_set #7 workdir=state/work\n"
		     "fs_set_flag #7 userxattr\n"
		     "fs_mount #7 nosuid nodev = #8\n"
		     "fchdir #4\n"
		     "detach_here\n"
		     "attach_tree #8 cwd /\n"
		     "fs_open tmpfs = #9\n"
		     "fs_set #9 size=16777216\n"
		     "fs_set #9 nr_inodes=65536\n"
		     "fs_set #9 mode=700\n"
		     "fs_mount #9 nosuid nodev noexec = #10\n"
		     "attach_tree #10 cwd /\n"
		     "fchdir #10\n"
		     "mkdir #8 a 0755\n"
		     "open_resolve #8 a path directory in_root no_symlinks no_magiclinks = #11\n"
		     "open_resolve #8 a path directory in_root no_symlinks no_magiclinks = #12\n"
		     "mkdir #12 b 0700\n"
		     "open_resolve #12 b path directory in_root no_symlinks no_magiclinks = #13\n"
		     "fs_open proc = #14\n"
		     "fs_mount #14 nosuid nodev noexec = #15\n"
		     "fchdir #10\n"
		     "detach_here\n");
}

Test(root, each_call_of_an_overlay_as_the_root_fails)
{
	own_root("overlay:/src");
	fix_build();
	each_call_fails(build, prepare,
			(const struct tolerated[]){OPTIONAL_COVERS,
						   /* what the lower layer has is not made */
						   {"mkdir #8", EEXIST},
						   {"make_empty #* hosts", EEXIST},
						   {NULL, 0}});
}

static void kept_overlay(void)
{
	none_by_default();
	fix.host.kernel_minor = 14;
	fix.host.kernel_major = 5;
	(void)fix_fact("/upper", PATH_DIR);
	fix_set("filesystem.overlay", "/src:/data:upper=/upper");
	fix_build();
}

Test(root, an_overlay_that_keeps_its_changes)
{
	kept_overlay();
	builds();
	/* Symlinks in the user's directory lead nowhere, from before it can be looked into. */
	assert_before("mount_set #6 recursive nosuid nodev nosymfollow", "attach_tree #6 #8 state");
	assert_before("fs_set #11 index=on", "fs_mount #11");
	each_call_fails(build, prepare,
			(const struct tolerated[]){
				{"mkdir #9", EEXIST}, {"fs_open proc", 0}, {"fs_mount #13", 0}, {NULL, 0}});
}

Test(root, what_is_said_of_an_overlay_that_cannot_be)
{
	static const char origin[] = "filesystem.overlay=/src:/data:upper=/upper";

	kept_overlay();
	fails_with("fs_mount #11", EBUSY, "config.overlay-busy", "upper=/upper is in use", origin);
	fails_with("fs_mount #11", EINVAL, "config.overlay", "the kernel makes no overlay of /src for /data",
		   origin);
	cr_assert_not_null(strstr(fix.err.hint, "upper"));
	fails_with("mkdir #9 upper", EACCES, "config.overlay-upper", "cannot make /upper/upper", origin);
	fails_with("set_xattr", EOPNOTSUPP, "host.overlay-xattr", "the file system of /upper", origin);
	cr_assert_not_null(strstr(fix.err.hint, "another file system"));
	fix.request.values[OPT_OVERLAY].count = 0;
	fix.host.kernel_major = 6;
	fix_set("filesystem.overlay", "/src:/data");
	fix_build();
	fails_with("set_xattr", EOPNOTSUPP, "host.overlay-xattr", "the file system of memory",
		   "filesystem.overlay=/src:/data");
	cr_assert_not_null(strstr(fix.err.hint, "CONFIG_TMPFS_XATTR"));
}

Test(root, a_symlink_where_an_overlay_has_something)
{
	none_by_default();
	fix.host.kernel_minor = 6;
	fix_set("filesystem.root", "overlay:/src");
	fix_set("filesystem.symlink", "x:/l");
	fix_build();
	fails_with("symlink x", EEXIST, "config.exists", "cannot make the symbolic link /l",
		   "filesystem.symlink=x:/l");
}

/* ------------------------------------------------------------ leaving */

static int leave(void)
{
	static const struct root fake_root = {.fd = 77, .proc_fd = -1};

	return act_leave_host(&fake_root, &fix.err);
}

Test(root, leaving_the_host)
{
	cr_assert_eq(leave(), 0);
	assert_trace("fchdir 77\npivot_root_here\ndetach_here\nchdir /\n");
	each_call_fails(leave, NULL, NULL);
	fake_reset();
	fake_fail("pivot_root_here", EINVAL);
	fix_assert_refused(leave(), "host.pivot", "cannot leave the host's root");
}
