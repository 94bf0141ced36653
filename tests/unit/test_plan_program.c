/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_program.c - what is started, with which environment, in which directory. */
#include <sys/personality.h>

#include "plan_fixture.h"

TestSuite(program, .init = fix_setup, .fini = fix_teardown);

static const char *environment(void)
{
	const char *text = "";

	cr_assert_null(fix.plan.program.env[fix.plan.program.env_count]);
	for (size_t i = 0; i < fix.plan.program.env_count; i++)
		text = arena_printf(fix.arena, "%s%s%s", text, i > 0 ? " " : "", fix.plan.program.env[i]);
	return text;
}

Test(program, the_environment_starts_empty)
{
	fix_build();
	cr_assert_str_empty(environment());
}

Test(program, passed_then_set_then_unset_and_sorted)
{
	fix_set("environment.unset", "GONE");
	fix_set("environment.set", "ZED=1");
	fix_set("environment.set", "GONE=1");
	fix_set("environment.set", "LANG=de");
	fix_set("environment.set", "ZED=2");
	fix_set("environment.pass", "LANG TERM EMPTY NOT_SET TERM");
	fix_build();
	cr_assert_str_eq(environment(), "EMPTY= LANG=de TERM=xterm ZED=2");
	fix_set("environment.unset", "TERM NEVER_THERE");
	fix_build();
	cr_assert_str_eq(environment(), "EMPTY= LANG=de ZED=2");
}

Test(program, names_are_compared_whole)
{
	fix_set("environment.set", "PATHX=1");
	fix_set("environment.set", "PAT=2");
	fix_set("environment.unset", "PATH");
	fix_build();
	cr_assert_str_eq(environment(), "PAT=2 PATHX=1");
}

Test(program, the_path_that_is_searched_is_the_programs_own)
{
	fix_build();
	cr_assert_str_eq(fix.plan.program.path, "/usr/local/bin:/usr/bin:/bin", "without one: the default");
	fix_set("environment.set", "PATH=/a:/b");
	fix_build();
	cr_assert_str_eq(fix.plan.program.path, "/a:/b");
	fix_set("environment.set", "PATH=");
	fix_build();
	cr_assert_str_empty(fix.plan.program.path);
	fix_set("environment.unset", "PATH");
	fix_build();
	cr_assert_str_eq(fix.plan.program.path, "/usr/local/bin:/usr/bin:/bin");
}

Test(program, many_variables)
{
	for (int i = 0; i < 500; i++)
		fix_set("environment.set", arena_printf(fix.arena, "V%d=%d", i, i));
	fix_build();
	cr_assert_eq(fix.plan.program.env_count, 500U);
	cr_assert_null(fix.plan.program.env[500]);
	for (size_t i = 1; i < 500; i++)
		cr_assert_lt(strcmp(fix.plan.program.env[i - 1], fix.plan.program.env[i]), 0);
}

Test(program, argv)
{
	char *const argv[] = {(char[]){"prog"}, (char[]){"with space"}, (char[]){""}, NULL};
	char *const nameless[] = {(char[]){""}, NULL};

	fix_build();
	cr_assert_null(fix.plan.program.argv);
	cr_assert_null(fix.plan.program.file);
	fix.request.argv = argv;
	fix_build();
	cr_assert_eq(fix.plan.program.argv, argv);
	cr_assert_str_eq(fix.plan.program.file, "prog");
	fix_set("process.argv0", "-other");
	fix_build();
	cr_assert_str_eq(fix.plan.program.argv[0], "-other");
	cr_assert_str_eq(fix.plan.program.argv[1], "with space");
	cr_assert_str_empty(fix.plan.program.argv[2]);
	cr_assert_null(fix.plan.program.argv[3]);
	cr_assert_str_eq(fix.plan.program.file, "prog", "what is executed stays");
	cr_assert_str_eq(argv[0], "prog", "what was given too");
	fix.request.argv = nameless;
	fix_assert_refused(fix_try_build(), "program.not-found", "name is empty");
	cr_assert_eq(fix.err.kind, ERR_NOT_FOUND);
}

static void assert_starts_in(const char *dir)
{
	fix_build();
	cr_assert_str_eq(fix.plan.program.chdir, dir);
	cr_assert_null(fix.plan.program.chdir_origin);
}

Test(program, it_starts_where_i_am_if_that_is_shown_at_its_place)
{
	(void)fix_fact("/home/alice/work", PATH_DIR);
	(void)fix_fact("/home/alice", PATH_DIR);
	(void)fix_fact("/srv", PATH_DIR);
	assert_starts_in("/");
	fix_set("filesystem.ro", "/home/alice/work:/elsewhere");
	assert_starts_in("/");
	fix_set("filesystem.ro", "/srv:/home/alice/work");
	assert_starts_in("/home/alice"); /* another tree under that name; but there is a home now */
	fix_set("filesystem.ro", "");
	fix_set("filesystem.rw", "/home/alice/work");
	assert_starts_in("/home/alice/work");
	fix_set("filesystem.rw", "");
	fix_set("filesystem.ro", "/home/alice");
	assert_starts_in("/home/alice/work");
	fix_set("filesystem.tmpfs", "/home/alice/work");
	assert_starts_in("/home/alice"); /* what is there is not what I see there */
}

Test(program, else_in_its_home)
{
	fix_set("filesystem.tmpfs", "/home/alice");
	assert_starts_in("/home/alice");
	fix_set("filesystem.tmpfs", "");
	fix_set("filesystem.tmpfs", "/home");
	assert_starts_in("/"); /* there is no alice in it */
	fix.host.home = NULL;
	fix.host.cwd = NULL;
	assert_starts_in("/");
}

Test(program, in_usr_where_i_am_in_usr)
{
	fix.host.cwd = "/usr/share";
	assert_starts_in("/usr/share");
	fix.host.cwd = "/usr";
	assert_starts_in("/usr");
	fix.host.cwd = "/usrx";
	assert_starts_in("/");
}

Test(program, where_it_was_told_to)
{
	fix_set("process.chdir", "/tmp/x");
	fix_build();
	cr_assert_str_eq(fix.plan.program.chdir, "/tmp/x");
	cr_assert_str_eq(origin_text(fix.arena, fix.plan.program.chdir_origin), "process.chdir=/tmp/x");
}

Test(program, the_umask_is_mine_unless_told)
{
	fix.host.umask = 027;
	fix_build();
	cr_assert_eq(fix.plan.program.umask, 027U);
	fix_set("process.umask", "0");
	fix_build();
	cr_assert_eq(fix.plan.program.umask, 0U);
	fix_set("process.umask", "1000");
	fix_assert_refused(fix_try_build(), "config.mode", "umask = 1000: a mask is at most 0777");
	cr_assert_str_eq(fix_where(), "process.umask=1000");
}

Test(program, addresses_differ_whatever_the_caller_was_started_with)
{
	enum { LINUX32 = 0x0008 };

	fix_build();
	cr_assert_not(fix.plan.program.sets_personality);
	fix.host.personality = ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC | MMAP_PAGE_ZERO | LINUX32;
	fix_build();
	cr_assert(fix.plan.program.sets_personality);
	cr_assert_eq(fix.plan.program.personality, (unsigned int)LINUX32, "the name of the machine stays");
	fix_set("process.aslr", "no");
	fix_build();
	cr_assert_eq(fix.plan.program.personality, (unsigned int)(LINUX32 | ADDR_NO_RANDOMIZE));
	fix.host.personality = ADDR_NO_RANDOMIZE;
	fix_build();
	cr_assert_not(fix.plan.program.sets_personality, "it is so already");
}

Test(program, memory_is_left_alone_unless_asked_and_possible)
{
	fix_build();
	cr_assert_not(fix.plan.program.has_mdwe);
	fix_set("process.memory-deny-write-execute", "yes");
	fix_assert_refused(fix_try_build(), "host.mdwe", "this kernel does not know how");
	cr_assert_eq(fix.err.kind, ERR_HOST);
	fix.host.has_mdwe = true;
	fix_build();
	cr_assert(fix.plan.program.has_mdwe);
}
