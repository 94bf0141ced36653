/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_tell.c - a run tells its caller what happens: which words, and what becomes of what cannot be
 * told. */
#include "run/tell.h"

#include <signal.h>

#include "act/spaces.h"
#include "act_fixture.h"
#include "run/supervisor.h"

static struct tell tell;

static void setup(void)
{
	act_setup();
	tell = (struct tell){0};
	fix.request.caller = (struct request_caller){.meta = "fd:2000"};
	fix_build();
}

TestSuite(tell, .init = setup, .fini = fix_teardown);

/* What is written into the descriptor, from its first line that starts so on. */
static const char *written(const struct outcome *outcome, const struct err *err)
{
	static const struct trace trace;

	fake_reset();
	cr_assert_eq(tell_open(&tell, fix.arena, &fix.plan, &fix.err), 0);
	tell_ended(&tell, &fix.plan, outcome, &trace, err);
	cr_assert_eq(tell.failure.kind, ERR_NONE, "%s", tell.failure.msg);
	return status_meta(fix.arena, &tell.status);
}

static void assert_why(struct outcome outcome, enum status_why why)
{
	const struct err none = {0};

	(void)written(&outcome, &none);
	cr_assert_eq(tell.status.why, why, "%d, wanted %d", tell.status.why, why);
	cr_assert_null(tell.status.reason);
}

Test(tell, why_it_ended)
{
	const struct err broken = {.kind = ERR_SYSTEM};
	const struct outcome killed = {.code = CLD_KILLED, .status = SIGKILL};

	assert_why((struct outcome){.code = CLD_EXITED, .status = 0}, WHY_EXITED);
	cr_assert_eq(tell.status.exit_code, 0);
	cr_assert_eq(tell.status.signal, 0);
	assert_why((struct outcome){.code = CLD_DUMPED, .status = SIGSEGV}, WHY_SIGNAL);
	cr_assert_eq(tell.status.exit_code, -1);
	cr_assert_eq(tell.status.signal, SIGSEGV);
	assert_why((struct outcome){.code = CLD_EXITED, .limit = LIMIT_WALL}, WHY_WALL);
	assert_why((struct outcome){.code = CLD_KILLED, .status = SIGKILL, .limit = LIMIT_CPU}, WHY_CPU);
	assert_why((struct outcome){.code = CLD_KILLED, .status = SIGKILL, .is_lost = true}, WHY_SUPERVISOR);
	(void)written(&killed, &broken);
	cr_assert_eq(tell.status.why, WHY_SUPERVISOR);
	cr_assert_eq(tell.status.reason, &broken);
}

Test(tell, a_file_size_is_the_limits_only_where_there_is_one)
{
	const struct outcome too_large = {.code = CLD_KILLED, .status = SIGXFSZ};

	assert_why(too_large, WHY_SIGNAL);
	fix_set("limits.file-size", "1M");
	fix_build();
	assert_why(too_large, WHY_FILE_SIZE);
}

Test(tell, nobody_asked_and_nothing_is_done)
{
	const struct outcome outcome = {.code = CLD_EXITED};
	const struct trace trace = {0};
	const struct spaces spaces = {.inodes = {[SPACE_NET] = 7}};

	fix.request.caller = (struct request_caller){0};
	fix_build();
	fake_reset();
	cr_assert_eq(tell_open(&tell, fix.arena, &fix.plan, &fix.err), 0);
	tell_created(&tell, 5, &spaces);
	tell_executing(&tell);
	tell_ended(&tell, &fix.plan, &outcome, &trace, &fix.err);
	tell_failed(&tell, &fix.err);
	tell_close(&tell);
	assert_trace("");
}

Test(tell, the_first_failure_is_kept_and_nothing_else_changes)
{
	const struct outcome outcome = {.code = CLD_EXITED, .status = 3};
	const struct err none = {0};
	const struct trace trace = {0};

	cr_assert_eq(tell_open(&tell, fix.arena, &fix.plan, &fix.err), 0);
	fake_fail("write_some", EPIPE);
	tell_ended(&tell, &fix.plan, &outcome, &trace, &none);
	cr_assert_str_eq(tell.failure.msg, "descriptor 2000 cannot be written to: Broken pipe");
	cr_assert_eq(tell.status.exit_code, 3);
	tell_close(&tell);
}

Test(tell, the_namespaces_that_are_its_own)
{
	const struct spaces spaces = {.inodes = {[SPACE_USER] = 70, [SPACE_NET] = 80}};

	cr_assert_eq(tell_open(&tell, fix.arena, &fix.plan, &fix.err), 0);
	tell_created(&tell, 5, &spaces);
	cr_assert_eq(tell.status.init, 5);
	cr_assert_eq(tell.status.namespace_count, 2U);
	cr_assert_str_eq(tell.status.namespaces[1].kind, "net");
	cr_assert_eq(tell.status.namespaces[1].inode, 80U);
	tell_close(&tell);
}
