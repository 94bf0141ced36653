/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_terminal.c - what stands in for the caller's terminal.
 *
 * A program that has the caller's terminal can read what is typed into it, change its modes, and type into it
 * where the filter has a hole (CVE-2017-5226); and in a session of its own it has no job control there. So
 * each descriptor that is one is replaced, and no other: a terminal is open for reading and writing, whatever
 * it stands for, so a pipe as standard input alone protects nothing.
 */
#include "plan/host.h"
#include "plan/plan_parts.h"
#include "plan/request.h"
#include "plan/value.h"

enum { STDIN = 1U << 0, STDOUT = 1U << 1, STDERR = 1U << 2, STDIO = STDIN | STDOUT | STDERR };

static enum terminal_kind choose(enum terminal_choice choice, unsigned int given)
{
	if (choice == TERMINAL_MODE_PTY)
		return TERMINAL_PTY;
	if (choice == TERMINAL_MODE_INHERIT || given == 0)
		return TERMINAL_KEPT;
	return choice == TERMINAL_MODE_NONE ? TERMINAL_PIPES : TERMINAL_PTY;
}

int plan_terminal(struct build *build)
{
	const struct value *mode = request_get(build->request, OPT_TERMINAL);
	struct plan_terminal *terminal = &build->plan->terminal;
	/* In the background nobody is at it. */
	const unsigned int given = build->request->entry.is_detached ? 0 : build->host->terminals;

	terminal->kind = build->request->entry.is_held ? TERMINAL_KEPT
						       : choose((enum terminal_choice)mode->number, given);
	terminal->given = given;
	terminal->origin = mode->origin;
	if (terminal->kind == TERMINAL_KEPT)
		return 0;
	/* With none at all the whole of the program's input and output goes through the new one. */
	terminal->replaced = given == 0 ? (unsigned int)STDIO : given;
	terminal->input = (terminal->replaced & STDIN) != 0 ? 0 : (terminal->replaced & STDOUT) != 0 ? 1 : 2;
	terminal->output = (terminal->replaced & STDOUT) != 0	? 1
			   : (terminal->replaced & STDERR) != 0 ? 2
								: 0;
	/*
	 * As one part of a pipeline that shares the terminal with the others, the program may be the one that
	 * the keyboard is for, or not: we wait until it says so.
	 */
	terminal->is_eager = given == 0 || (given & (STDIN | STDOUT)) == (STDIN | STDOUT);
	return 0;
}
