/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_setup.c - clocks, names, loopback, the limit on user namespaces, pinfold's own directories, the
 * start. */
#include "act/setup.h"

#include "act_fixture.h"

TestSuite(setup, .init = act_setup, .fini = fix_teardown);

/* ------------------------------------------------------------ clocks */

static int clocks(void)
{
	return act_set_clocks(&fix.plan, &fix.err);
}

Test(setup, without_offsets_nothing_is_done_to_clocks)
{
	fix_build();
	cr_assert_eq(clocks(), 0);
	assert_trace("");
}

Test(setup, clocks_are_made_written_and_entered_in_that_order)
{
	fix_set("namespaces.time-offset", "boottime:86400 monotonic:-7");
	fix_build();
	cr_assert_eq(clocks(), 0);
	assert_trace("unshare 0x80\n"
		     "write_file cwd /proc/self/timens_offsets \"boottime 86400 0\"\n"
		     "write_file cwd /proc/self/timens_offsets \"monotonic -7 0\"\n"
		     "open cwd /proc/self/ns/time_for_children = #1\n"
		     "setns #1 0x80\n");
	each_call_fails(clocks, NULL, NULL);
}

Test(setup, an_offset_that_the_kernel_refuses_names_its_line)
{
	fix_set("namespaces.time-offset", "boottime:1 monotonic:2");
	fix_build();
	fake_reset();
	fake_fail("write_file cwd /proc/self/timens_offsets \"monotonic", ERANGE);
	fix_assert_refused(clocks(), "config.offset", "time-offset = monotonic:2");
	cr_assert_str_eq(fix_where(), "namespaces.time-offset=boottime:1 monotonic:2");
}

/* ------------------------------------------------------------ names, network */

static int names(void)
{
	return act_set_names(&fix.plan, &fix.err);
}

Test(setup, names)
{
	fix_set("identity.hostname", "box");
	fix_set("identity.domainname", "example.org");
	fix_build();
	cr_assert_eq(names(), 0);
	assert_trace("set_hostname box\nset_domainname example.org\n");
	each_call_fails(names, NULL, NULL);
}

Test(setup, the_hosts_names_are_left_alone)
{
	fix_set("namespaces.uts", "host");
	fix_build();
	cr_assert_eq(names(), 0);
	assert_trace("");
}

static int keyring(void)
{
	return act_leave_keyring(&fix.plan, &fix.err);
}

Test(setup, an_empty_keyring_if_it_is_to_be_had)
{
	fix_build();
	cr_assert_eq(keyring(), 0);
	assert_trace("join_session_keyring\n");
	fake_fail("join_session_keyring", EDQUOT);
	cr_assert_eq(keyring(), 0, "nothing can be done with keys");
}

Test(setup, a_keyring_of_its_own_where_keys_can_be_used)
{
	fix_set("seccomp.allow", "keyctl");
	fix_build();
	each_call_fails(keyring, NULL, NULL);
	fake_reset();
	fake_fail("join_session_keyring", EDQUOT);
	fix_assert_refused(keyring(), "host.keyring", "cannot make a session keyring for the program");
}

/* ------------------------------------------------------------ user namespaces */

static int without_proc(void)
{
	return act_limit_userns(&fix.plan, -1, &fix.err);
}

static int with_proc(void)
{
	return act_limit_userns(&fix.plan, 77, &fix.err);
}

Test(setup, nested_user_namespaces_are_forbidden_through_the_hosts_proc)
{
	fix_build();
	cr_assert_eq(with_proc(), 0);
	assert_trace("write_file cwd /proc/sys/user/max_user_namespaces \"0\"\n");
	each_call_fails(without_proc, NULL, NULL);
}

Test(setup, or_through_ours_where_the_hosts_is_read_only)
{
	fix_build();
	fake_fail("write_file cwd", EROFS);
	cr_assert_eq(with_proc(), 0);
	assert_trace("write_file cwd /proc/sys/user/max_user_namespaces \"0\"\n"
		     "write_file 77 sys/user/max_user_namespaces \"0\"\n");
	each_call_fails(with_proc, NULL, (const struct tolerated[]){{"write_file cwd", 0}, {NULL, 0}});
	fake_reset();
	fake_fail("write_file", EROFS);
	fix_assert_refused(with_proc(), "host.userns-limit", "cannot forbid nested user namespaces");
}

Test(setup, unless_they_are_allowed)
{
	fix_set("namespaces.nested", "full");
	fix_build();
	cr_assert_eq(with_proc(), 0);
	assert_trace("");
}

/* ------------------------------------------------------------ pinfold's own directories */

static int own_dirs(void)
{
	const char *_Atomic at = NULL;

	return act_make_own_dirs(&fix.plan, &at, &fix.err);
}

static void plan_own_dir(void)
{
	fix_own("/home/alice/.cache/pinfold")->exists = false;
	(void)fix_fact("/home/alice", PATH_DIR);
	fix_set("filesystem.rw", "/home/alice");
	fix_build();
}

Test(setup, own_directories_are_made_from_the_top_for_the_owner_alone)
{
	plan_own_dir();
	cr_assert_eq(own_dirs(), 0);
	assert_trace("mkdir cwd /home 0700\n"
		     "mkdir cwd /home/alice 0700\n"
		     "mkdir cwd /home/alice/.cache 0700\n"
		     "mkdir cwd /home/alice/.cache/pinfold 0700\n");
}

Test(setup, own_directories_that_are_there_are_no_failure)
{
	plan_own_dir();
	fake_fail("mkdir cwd /home", EEXIST);
	cr_assert_eq(own_dirs(), 0);
	fake_reset();
	fake_fail("mkdir cwd /home/alice/.cache", EACCES);
	fix_assert_refused(own_dirs(), "host.own-directory", "cannot make /home/alice/.cache, to mask it");
}

static void plan_own_file(void)
{
	struct own_path *own = fix_own("/home/alice/.config/user-dirs.dirs");

	own->exists = false;
	own->is_kept = own->is_made = true;
	(void)fix_fact("/home/alice", PATH_DIR);
	fix_set("filesystem.rw", "/home/alice");
	fix_build();
}

Test(setup, an_own_file_is_made_empty_with_the_directories_above)
{
	plan_own_file();
	cr_assert_eq(own_dirs(), 0);
	assert_trace("mkdir cwd /home 0700\n"
		     "mkdir cwd /home/alice 0700\n"
		     "mkdir cwd /home/alice/.config 0700\n"
		     "make_empty cwd /home/alice/.config/user-dirs.dirs 0600\n");
	fake_reset();
	fake_fail("make_empty", EEXIST);
	cr_assert_eq(own_dirs(), 0, "somebody was faster");
	fake_reset();
	fake_fail("make_empty", EROFS);
	fix_assert_refused(own_dirs(), "host.own-directory",
			   "cannot make /home/alice/.config/user-dirs.dirs, to mask it");
	fake_reset();
	fake_fail("mkdir cwd /home/alice/.config", EACCES);
	fix_assert_refused(own_dirs(), "host.own-directory", "cannot make /home/alice/.config, to mask it");
}

Test(setup, none_is_made_without_a_reason)
{
	fix_build();
	cr_assert_eq(own_dirs(), 0);
	assert_trace("");
}

/* ------------------------------------------------------------ the start */

static int start(void)
{
	return act_set_start(&fix.plan, &fix.err);
}

Test(setup, directory_and_mask_of_the_program)
{
	fix_set("process.chdir", "/tmp");
	fix_set("process.umask", "077");
	fix_build();
	cr_assert_eq(start(), 0);
	assert_trace("chdir /tmp\numask 0077\n");
	each_call_fails(start, NULL, NULL);
	fake_reset();
	fake_fail("chdir", ENOENT);
	fix_assert_refused(start(), "config.chdir",
			   "cannot start the program in /tmp: No such file or directory");
	cr_assert_str_eq(fix_where(), "process.chdir=/tmp");
}

Test(setup, a_directory_that_nobody_asked_for_need_not_be_there)
{
	fix_set("filesystem.tmpfs", "/home/alice");
	fix_build();
	fake_fail("chdir /home/alice", EACCES);
	cr_assert_eq(start(), 0);
	assert_trace("chdir /home/alice\numask 0022\nchdir /\n");
	fake_reset();
	fake_fail("chdir", EACCES);
	fix_assert_refused(start(), "config.chdir", "/home/alice");
}
