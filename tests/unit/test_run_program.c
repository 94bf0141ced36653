/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_program.c - a program is looked for as a shell would, and what is said when there is none. */
#include "run/program.h"

#include "act_fixture.h"

static char name[64];
static char *argv[] = {name, NULL};

static void setup(void)
{
	act_setup();
	fix.request.argv = argv;
}

TestSuite(program, .init = setup, .fini = fix_teardown);

/* Each exec fails with what was told before by fake_fail, or else with ENOENT; access says there is nothing.
 */
static void executes(const char *file, const char *path)
{
	(void)snprintf(name, sizeof(name), "%s", file);
	fix_set("environment.set", "");
	if (path != NULL)
		fix_set("environment.set", arena_printf(fix.arena, "PATH=%s", path));
	fix_build();
	memset(&fix.err, 0, sizeof(fix.err));
	cr_assert_eq(program_execute(&fix.plan.program, &fix.err), -1);
}

static void assert_error(enum err_kind kind, const char *id, const char *hint)
{
	cr_assert_eq(fix.err.kind, kind, "%s", fix.err.msg);
	cr_assert_str_eq(fix.err.id, id);
	cr_assert_not_null(strstr(fix.err.hint, hint), "%s", fix.err.hint);
}

Test(program, a_name_with_a_slash_is_a_path)
{
	fake_fail("access", ENOENT);
	executes("./prog", "/a:/b");
	cr_assert_eq(fake_find("exec ./prog ./prog (1 variables)"), 1U);
	cr_assert_null(strstr(fake_trace(), "exec /a"));
	assert_error(ERR_NOT_FOUND, "program.not-found", "grant it");
}

Test(program, what_the_sandbox_lacks_as_a_whole_is_the_better_hint)
{
	fake_fail("access", ENOENT);
	executes("prog", "/a");
	cr_assert_null(fix.plan.program.missing_hint);
	fix_set("filesystem.system", "none");
	executes("prog", "/a");
	assert_error(ERR_NOT_FOUND, "program.not-found", "there is no system in it");
}

Test(program, any_other_is_searched_for_in_the_path_of_the_sandbox)
{
	fake_fail("access", ENOENT);
	executes("prog", "/a::/b:");
	assert_before("exec /a/prog", "exec ./prog");
	assert_before("exec ./prog", "exec /b/prog");
	assert_error(ERR_NOT_FOUND, "program.not-found", "PATH in the sandbox is /a::/b:");
	fake_reset();
	fake_fail("access", ENOENT);
	executes("prog", NULL);
	assert_before("exec /usr/local/bin/prog", "exec /usr/bin/prog");
	assert_before("exec /usr/bin/prog", "exec /bin/prog");
	fake_reset();
	fake_fail("access", ENOENT);
	executes("prog", "");
	cr_assert_eq(fake_find("exec ./prog"), 1U, "an empty PATH is the current directory");
}

Test(program, found_but_refused_is_worth_more_than_not_found)
{
	fake_fail("access", ENOENT);
	fake_fail("exec /a/prog", EACCES);
	executes("prog", "/a:/b");
	cr_assert_gt(fake_find("exec /b/prog"), 0U, "the search goes on");
	assert_error(ERR_NOT_EXECUTABLE, "program.not-executable", "execute permission");
}

Test(program, other_refusals_end_the_search)
{
	static const int errnums[] = {ENOEXEC, EPERM, ETXTBSY, ELOOP, E2BIG, EIO, ENOMEM, EISDIR};

	for (size_t i = 0; i < ARRAY_SIZE(errnums); i++) {
		fake_reset();
		fake_fail("exec /a/prog", errnums[i]);
		executes("prog", "/a:/b");
		cr_assert_eq(fake_find("exec /b/prog"), 0U, "errno %d", errnums[i]);
		cr_assert_eq(fix.err.errnum, errnums[i]);
		cr_assert_str_eq(fix.err.id, "program.not-executable");
		cr_assert_str_not_empty(fix.err.msg);
	}
}

Test(program, a_directory_of_the_path_that_is_none_is_passed_by)
{
	fake_fail("access", ENOENT);
	fake_fail("exec /a/prog", ENOTDIR);
	executes("prog", "/a:/b");
	cr_assert_gt(fake_find("exec /b/prog"), 0U);
	assert_error(ERR_NOT_FOUND, "program.not-found", "PATH");
}

Test(program, a_missing_interpreter_is_not_a_missing_program)
{
	/* The file is there for access, and yet the exec says ENOENT. */
	executes("/script", NULL);
	assert_error(ERR_NOT_FOUND, "program.not-found", "interpreter");
}

Test(program, directories_too_long_for_a_path_are_passed_by)
{
	char *path = arena_alloc(fix.arena, 5010);

	memset(path, 'd', 5000);
	(void)strcpy(path + 5000, ":/b");
	fake_fail("access", ENOENT);
	executes("prog", path);
	cr_assert_eq(fake_find("exec /b/prog"), 1U);
}
