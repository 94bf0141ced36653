/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_trace.c - what a traced run answers to a denied call, and what it tells of it. */
#include "run/trace.h"

#include <sys/socket.h>

#include "act/filter.h"
#include "act_fixture.h"
#include "bpf.h"
#include "plan/syscall.h"
#include "sys/seccomp.h"

TestSuite(trace, .init = act_setup, .fini = fix_teardown);

static struct filter filter;
static struct trace trace;

static int load(void)
{
	return trace_load_filter(&filter, 7, &fix.err);
}

/* A plan, and a trace as of a run that has begun. */
static void begin(void)
{
	fix_build();
	cr_assert_eq(act_compile_filter(fix.arena, &fix.plan.filter, &filter, &fix.err), 0, "%s",
		     fix.err.msg);
	trace_open(&trace, fix.arena, &fix.plan.filter);
	trace_listen(&trace, 5);
}

static void ask(const char *call, uint64_t a0, uint64_t a1)
{
	const struct call_notice notice = {
		.id = 11,
		.pid = 0, /* no process: there is no /proc/0 */
		.arch = syscall_table.arch,
		.number = call == NULL
				  ? 4000
				  : (uint32_t)syscall_table.rows[syscall_find(&syscall_table, call)].number,
		.args = {a0, a1}};

	fake_notice(&notice);
	trace_answer(&trace);
}

/* What the filter itself says. */
static uint32_t filter_answer(const char *call, uint64_t a0, uint64_t a1)
{
	const struct bpf_call asked = {
		.arch = syscall_table.arch,
		.nr = (uint32_t)syscall_table.rows[syscall_find(&syscall_table, call)].number,
		.args = {a0, a1}};

	return bpf_run(filter.code, filter.count, &asked, NULL);
}

static void assert_answer(const char *call, uint64_t a0, uint64_t a1, int errnum)
{
	fake_reset();
	ask(call, a0, a1);
	cr_assert_gt(fake_find(arena_printf(fix.arena, "answer_call 5 11 %d", errnum)), 0U,
		     "%s: not %d in\n%s", call != NULL ? call : "unknown", errnum, fake_trace());
}

Test(trace, the_descriptor_is_sent_by_a_sibling_that_was_there_before)
{
	fix.request.is_traced = true;
	begin();
	fake_reset();
	cr_assert_eq(load(), 0, "%s", fix.err.msg);
	assert_before("fork_with_files", "load_filter_listening");
	assert_before("load_filter_listening", "write");
	each_call_fails(load, NULL, NULL);
}

Test(trace, there_is_one_tracer)
{
	fix.request.is_traced = true;
	begin();
	fake_fail("load_filter_listening", EBUSY);
	fix_assert_refused(load(), "host.listener", "somebody is asked about denied system calls already");
}

Test(trace, the_answer_is_the_plans)
{
	fix.request.is_traced = true;
	fix_set("seccomp.on-deny", "errno:EACCES");
	fix_set("seccomp.deny", "uname socket(family=AF_INET)");
	begin();
	assert_answer("uname", 0, 0, EACCES);
	assert_answer("keyctl", 0, 0, EACCES);
	assert_answer("socket", AF_INET, 1, EACCES);
	assert_answer("socket", UINT64_C(1) << 32 | AF_INET, 1, EACCES);
	assert_answer("socket", AF_VSOCK, 1, EPERM);
	assert_answer("ioctl", 0, 0x5412, EPERM);
	assert_answer("clone3", 0, 0, ENOSYS);
	assert_answer(NULL, 0, 0, ENOSYS);
}

Test(trace, permissive_lets_through_what_the_profile_refuses_and_no_more)
{
	fix_set("seccomp.on-deny", "permissive");
	fix_set("seccomp.deny", "uname socket(family=AF_INET)");
	begin();
	assert_answer("uname", 0, 0, 0);
	assert_answer("keyctl", 0, 0, 0);
	assert_answer("socket", AF_INET, 1, 0);
	assert_answer("socket", AF_VSOCK, 1, EPERM);
	assert_answer("clone", 0x10000000, 0x10000000, EPERM);
	assert_answer("clone3", 0, 0, ENOSYS);
	assert_answer(NULL, 0, 0, ENOSYS);
	cr_assert(fix.plan.filter.allows_keys, "so a keyring of its own is needed");
}

Test(trace, nor_does_a_trace_of_it)
{
	fix.request.is_traced = true;
	fix_set("seccomp.on-deny", "permissive");
	fix_set("seccomp.deny", "socket unshare personality clone3 ioctl(request=0x5412)");
	begin();
	assert_answer("socket", AF_INET, 1, 0);
	assert_answer("clone3", 0, 0, ENOSYS);
	/* What is refused whatever is allowed is not even asked for. */
	cr_assert_eq(filter_answer("socket", AF_VSOCK, 1), SECCOMP_RET_ERRNO | EPERM);
	cr_assert_eq(filter_answer("unshare", 0x10000000, 0), SECCOMP_RET_ERRNO | EPERM);
	cr_assert_eq(filter_answer("ioctl", 0, 0x5412), SECCOMP_RET_ERRNO | EPERM);
	cr_assert_eq(filter_answer("personality", 0x400000, 0), SECCOMP_RET_ERRNO | EPERM);
	cr_assert_eq(filter_answer("personality", 0x40000, 0), SECCOMP_RET_USER_NOTIF);
	cr_assert_eq(filter_answer("socket", AF_INET, 1), SECCOMP_RET_USER_NOTIF);
}

Test(trace, a_call_that_was_interrupted_is_forgotten)
{
	fix.request.is_traced = true;
	begin();
	fake_reset();
	fake_fail("next_call", ENOENT);
	ask("uname", 0, 0);
	cr_assert_eq(trace.count, 0U);
	cr_assert_eq(fake_find("answer_call"), 0U);
	cr_assert_null(trace_text(&trace, fix.arena));
}

Test(trace, the_report_says_what_would_allow_each)
{
	static const char *const lines[] = {
		"  uname(0x1, 0x2, 0, 0): EPERM, by ? (0) and 1 more\n    deny = uname refuses it (",
		"  bind(0, 0, 0, 0): EPERM, by ? (0)\n    deny = @network-io refuses it (",
		"  personality(0x8, 0, 0, 0): EPERM, by ? (0)\n    deny = personality(persona=8) refuses it "
		"(",
		"  keyctl(0, 0, 0, 0): EPERM, by ? (0)\n    allow = keyctl, in [seccomp], would allow it\n",
		"  clone3(0, 0, 0, 0): ENOSYS, by ? (0)\n    nested = browser, in [namespaces], would allow "
		"it\n",
		"  ioctl(0, 0x5412, 0, 0): EPERM, by ? (0)\n    nothing allows it with these arguments\n",
		"  call 4000(0, 0, 0, 0): ENOSYS, by ? (0)\n    nothing allows a call that pinfold does not "
		"know\n",
	};
	const char *text;

	fix.request.is_traced = true;
	fix_set("seccomp.deny", "uname @network-io personality(persona=8)");
	begin();
	ask("uname", 1, 2);
	ask("uname", 3, 4);
	ask("bind", 0, 0);
	ask("personality", 8, 0);
	ask("keyctl", 0, 0);
	ask("clone3", 0, 0);
	ask("ioctl", 0, 0x5412);
	ask(NULL, 0, 0);
	text = trace_text(&trace, fix.arena);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		cr_assert_not_null(strstr(text, lines[i]), "no \"%s\" in\n%s", lines[i], text);
}

Test(trace, a_report_that_cannot_be_made_says_so)
{
	fix.request.is_traced = true;
	begin();
	trace_open(&trace, fix.arena, &fix.plan.filter);
	cr_assert_not_null(strstr(trace_text(&trace, fix.arena), "they are not known"));
	fix.plan.filter.asks = false;
	trace_open(&trace, fix.arena, &fix.plan.filter);
	cr_assert_null(trace_text(&trace, fix.arena));
}

Test(trace, kinds_are_bounded)
{
	fix.request.is_traced = true;
	begin();
	for (uint32_t i = 0; i < MAX_DENIALS + 5; i++) {
		const struct call_notice notice = {.arch = syscall_table.arch, .number = 5000 + i};

		fake_reset();
		fake_notice(&notice);
		trace_answer(&trace);
	}
	cr_assert_eq(trace.count, (size_t)MAX_DENIALS);
	cr_assert_eq(trace.lost, 5U);
	cr_assert_not_null(strstr(trace_text(&trace, fix.arena), "  and 5 calls of further kinds\n"));
}
