/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_terminal.c - what stands in for the terminal of who enters; that of a run the goldens show. */
#include "plan_fixture.h"

TestSuite(terminal, .init = fix_setup, .fini = fix_teardown);

Test(terminal, who_enters_gets_a_new_one_for_each_descriptor_that_is_one)
{
	static const struct {
		unsigned int given;
		int input, output;
		bool is_eager;
	} rows[] = {
		{1, 0, 0, false}, {2, 1, 1, false}, {3, 0, 1, true}, {4, 2, 2, false},
		{5, 0, 2, false}, {6, 1, 1, false}, {7, 0, 1, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct plan_terminal terminal;

		plan_entered_terminal(rows[i].given, &terminal);
		cr_assert_eq(terminal.kind, TERMINAL_PTY, "%u", rows[i].given);
		cr_assert_eq(terminal.given, rows[i].given);
		cr_assert_eq(terminal.replaced, rows[i].given);
		cr_assert_eq(terminal.input, rows[i].input, "%u", rows[i].given);
		cr_assert_eq(terminal.output, rows[i].output, "%u", rows[i].given);
		cr_assert_eq(terminal.is_eager, rows[i].is_eager, "%u", rows[i].given);
	}
}

Test(terminal, and_none_where_he_has_none)
{
	struct plan_terminal terminal = {.kind = TERMINAL_PTY, .given = 7, .replaced = 7};

	plan_entered_terminal(0, &terminal);
	cr_assert_eq(terminal.kind, TERMINAL_KEPT);
	cr_assert_eq(terminal.given, 0U);
	cr_assert_eq(terminal.replaced, 0U);
}

/* What the sandbox was started with is another's: in the background nobody is at it, nor in one that is held.
 */
Test(terminal, a_run_that_nobody_is_at_has_none)
{
	fix.host.terminals = 7;
	fix_build();
	cr_assert_eq(fix.plan.terminal.kind, TERMINAL_PTY);
	fix.request.entry.name = "web";
	fix.request.entry.is_detached = true;
	fix_build();
	cr_assert_eq(fix.plan.terminal.kind, TERMINAL_KEPT);
	fix_set("terminal.mode", "pty");
	fix_build();
	cr_assert_eq(fix.plan.terminal.kind, TERMINAL_PTY, "it was asked for");
	cr_assert_eq(fix.plan.terminal.given, 0U);
	fix.request.entry.is_held = true;
	fix_build();
	cr_assert_eq(fix.plan.terminal.kind, TERMINAL_KEPT, "there is no program to have it");
}
