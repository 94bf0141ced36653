/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_etc.c - the pieces of /etc: made for the sandbox, kept as links, or shown as the host has them.
 */
#include <sys/mount.h>

#include "plan_fixture.h"

TestSuite(etc, .init = fix_setup, .fini = fix_teardown);

static const char *text_of(const char *path)
{
	cr_assert_eq(fix_node(path)->kind, NODE_FILE, "%s", path);
	cr_assert_eq(fix_node(path)->mode, 0644U);
	return fix_node(path)->text;
}

static void base(void)
{
	fix_set("filesystem.etc", "@base");
}

Test(etc, without_it_there_is_none)
{
	fix_build();
	cr_assert_null(fix_find_node("/etc"));
}

Test(etc, base_is_made)
{
	base();
	fix_build();
	cr_assert_str_eq(text_of("/etc/passwd"), "alice:x:1000:1000:alice:/home/alice:/bin/sh\n"
						 "root:x:0:0:root:/root:/usr/sbin/nologin\n"
						 "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
	cr_assert_str_eq(text_of("/etc/group"), "alice:x:1000:\nroot:x:0:\nnogroup:x:65534:\n");
	cr_assert_str_eq(text_of("/etc/hosts"),
			 "127.0.0.1\tlocalhost sandbox\n::1\tlocalhost ip6-localhost\n");
	cr_assert_str_eq(text_of("/etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
	cr_assert_not_null(strstr(text_of("/etc/nsswitch.conf"), "passwd: files\n"));
	cr_assert_eq(fix_node("/etc")->kind, NODE_DIR);
}

Test(etc, as_root_inside)
{
	base();
	fix_set("identity.map", "root");
	fix_build();
	cr_assert_str_eq(text_of("/etc/passwd"), "root:x:0:0:root:/home/alice:/bin/sh\n"
						 "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n");
	cr_assert_str_eq(text_of("/etc/group"), "root:x:0:\nnogroup:x:65534:\n");
}

Test(etc, as_nobody_inside)
{
	base();
	fix_set("identity.uid", "65534");
	fix_set("identity.gid", "65534");
	fix_build();
	cr_assert_str_eq(text_of("/etc/passwd"), "alice:x:65534:65534:alice:/home/alice:/bin/sh\n"
						 "root:x:0:0:root:/root:/usr/sbin/nologin\n");
	cr_assert_str_eq(text_of("/etc/group"), "alice:x:65534:\nroot:x:0:\n");
}

Test(etc, with_names_of_its_own)
{
	base();
	fix_set("identity.user", "builder");
	fix_build();
	cr_assert(str_starts(text_of("/etc/passwd"), "builder:x:1000:1000:builder:"));
	cr_assert(str_starts(text_of("/etc/group"), "builder:x:1000:\n"));
	fix_set("identity.group", "staff");
	fix_build();
	cr_assert(str_starts(text_of("/etc/group"), "staff:x:1000:\n"));
}

Test(etc, a_caller_without_a_usable_name)
{
	base();
	fix.host.user = NULL;
	fix_build();
	cr_assert(str_starts(text_of("/etc/passwd"), "user:x:1000:1000:user:"));
	fix.host.user = "a:0:0";
	fix_build();
	cr_assert(str_starts(text_of("/etc/passwd"), "user:x:1000:1000:user:"));
	fix.host.user = "a\nroot::0:0";
	fix_build();
	cr_assert(str_starts(text_of("/etc/passwd"), "user:x:1000:1000:user:"));
}

Test(etc, a_root_caller_is_not_called_root)
{
	base();
	fix.host.uid = fix.host.gid = 0;
	fix.host.is_root = true;
	fix.host.user = "root";
	fix_build();
	cr_assert(str_starts(text_of("/etc/passwd"), "user:x:65534:65534:user:"), "%s",
		  text_of("/etc/passwd"));
}

Test(etc, the_home_is_that_of_the_environment)
{
	base();
	fix_set("environment.set", "HOME=/first");
	fix_set("environment.set", "HOME=/second");
	fix_build();
	cr_assert_not_null(strstr(text_of("/etc/passwd"), ":/second:"));
	fix_set("environment.set", "HOME=/a:b");
	fix_build();
	cr_assert_not_null(strstr(text_of("/etc/passwd"), ":alice:/:/bin/sh\n"));
	fix_set("environment.set", "");
	fix.host.home = NULL;
	host_settle_home(&fix.host, fix.arena);
	fix_build();
	cr_assert_not_null(strstr(text_of("/etc/passwd"), ":alice:/home/alice:/bin/sh\n"));
}

Test(etc, hosts_of_the_host_on_its_network)
{
	base();
	fix_set("network.mode", "host");
	(void)fix_fact("/etc/hosts", PATH_FILE);
	fix_build();
	cr_assert_eq(fix_node("/etc/hosts")->kind, NODE_BIND);
	cr_assert_eq(fix_node("/etc/hosts")->attr,
		     (uint64_t)(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY));
	(void)fix_fact("/etc/hosts", PATH_MISSING);
	fix_build();
	cr_assert_null(fix_find_node("/etc/hosts"), "a piece of a group may be missing");
}

Test(etc, the_hosts_machine_id_when_asked_for)
{
	base();
	fix_set("identity.machine-id", "host");
	(void)fix_fact("/etc/machine-id", PATH_FILE);
	fix_build();
	cr_assert_eq(fix_node("/etc/machine-id")->kind, NODE_BIND);
	cr_assert_str_eq(fix_node("/etc/machine-id")->source, "/etc/machine-id");
}

Test(etc, links_stay_links_where_that_is_what_they_are_for)
{
	base();
	fix_fact("/etc/localtime", PATH_FILE)->target = "/usr/share/zoneinfo/UTC";
	fix_fact("/etc/ld.so.cache", PATH_FILE)->target = "elsewhere";
	fix_build();
	cr_assert_eq(fix_node("/etc/localtime")->kind, NODE_SYMLINK);
	cr_assert_str_eq(fix_node("/etc/localtime")->text, "/usr/share/zoneinfo/UTC");
	cr_assert_eq(fix_node("/etc/ld.so.cache")->kind, NODE_BIND);
	(void)fix_fact("/etc/localtime", PATH_FILE);
	fix_build();
	cr_assert_eq(fix_node("/etc/localtime")->kind, NODE_BIND);
}

Test(etc, single_pieces)
{
	(void)fix_fact("/etc/ssh", PATH_DIR);
	(void)fix_fact("/etc/deep/file", PATH_FILE);
	fix_set("filesystem.etc", "ssh deep/file passwd");
	fix_build();
	cr_assert_eq(fix_node("/etc/ssh")->is, SOURCE_DIR);
	cr_assert_eq(fix_node("/etc/deep/file")->is, SOURCE_FILE);
	cr_assert_eq(fix_node("/etc/passwd")->kind, NODE_FILE, "a name of a made piece means the made one");
	cr_assert_null(fix_find_node("/etc/group"));
}

Test(etc, single_pieces_must_be_there_unless_they_may_be_missing)
{
	fix_set("filesystem.etc", "nope");
	fix_assert_refused(fix_try_build(), "config.no-source",
			   "etc = nope: /etc/nope: No such file or directory");
	cr_assert_str_eq(fix_where(), "filesystem.etc=nope");
	fix_set("filesystem.etc", "!nope -nope");
	fix_build();
	fix_fact("/etc/nope", PATH_MISSING)->errnum = EACCES;
	fix_assert_refused(fix_try_build(), "config.no-source", "Permission denied");
	(void)fix_fact("/etc/nope", PATH_DEVICE);
	fix_assert_refused(fix_try_build(), "config.no-source", "/etc/nope");
}

Test(etc, groups_that_do_not_exist)
{
	fix_set("filesystem.etc", "@nope");
	fix_assert_refused(fix_try_build(), "config.etc", "etc = @nope: there is no such group");
	cr_assert_str_eq(fix_where(), "filesystem.etc=@nope");
}

Test(etc, the_other_groups)
{
	(void)fix_fact("/etc/resolv.conf", PATH_FILE);
	(void)fix_fact("/etc/ssl", PATH_DIR);
	fix_set("filesystem.etc", "@network @tls");
	fix_build();
	cr_assert_eq(fix_node("/etc/resolv.conf")->kind, NODE_FILE,
		     "without a network there is nobody to ask");
	cr_assert_eq(fix_node("/etc/ssl")->kind, NODE_BIND);
	cr_assert_null(fix_find_node("/etc/passwd"));
	cr_assert_null(fix_find_node("/etc/pki"));
}

Test(etc, a_piece_by_group_and_by_name_is_one)
{
	fix_set("filesystem.etc", "@base passwd @base");
	fix_build();
	(void)text_of("/etc/passwd");
}
