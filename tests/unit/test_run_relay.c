/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_relay.c - whose modes the caller's terminal has: raw in the foreground alone, its own at every
 * end. */
#include "run/relay.h"

#include <sys/socket.h>

#include "act/tty.h"
#include "act_fixture.h"
#include "base/fd.h"
#include "run/wire.h"

static struct plan_terminal plan;
static struct relay *relay;
static struct tty_look look;
static int wired[2];

static void setup(void)
{
	act_setup();
	fake_reset();
	plan = (struct plan_terminal){
		.kind = TERMINAL_PTY, .given = 7, .replaced = 7, .output = 1, .is_eager = true};
	relay = NULL;
}

TestSuite(relay, .init = setup, .fini = fix_teardown);

static int open_relay(void)
{
	return relay_open(fix.arena, &plan, &relay, &look, &fix.err);
}

static int open_and_close(void)
{
	int r = open_relay();

	relay_close(relay);
	return r;
}

/* As far as the program's exec. */
static void start(void)
{
	struct wire wire = {.type = WIRE_TERMINAL, .status = -1};
	int master = fcntl(0, F_DUPFD_CLOEXEC, 3);

	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, wired), 0);
	cr_assert_eq(open_relay(), 0, "%s", fix.err.msg);
	relay_take(relay, &wire, &master);
	cr_assert_eq(master, -1);
	relay_start(relay, wired[0]);
}

/* What init is told next; -1: nothing. */
static int told(enum wire_type type)
{
	struct wire wire;

	if (recv(wired[1], &wire, sizeof(wire), 0) != (ssize_t)sizeof(wire))
		return -1;
	cr_assert_eq(wire.type, type);
	return wire.status;
}

static size_t count(const char *line)
{
	size_t n = 0;

	for (size_t i = 1; i <= fake_count(); i++)
		n += fake_starts(fake_line(i), line);
	return n;
}

#define RAW "tty_set_modes #1 raw"
#define COOKED "tty_set_modes #1 lines opost"

Test(relay, there_is_none_where_nothing_is_replaced)
{
	plan = (struct plan_terminal){.kind = TERMINAL_KEPT, .given = 7};
	cr_assert_eq(open_relay(), 0);
	cr_assert_null(relay);
	cr_assert_str_eq(fake_trace(), "");
	/* Nor is one wanted to ask it. */
	relay_start(relay, 1);
	relay_pause(relay);
	relay_resume(relay);
	relay_drain(relay, -1, 0);
	relay_close(relay);
	cr_assert_not(relay_has_tty(relay));
}

Test(relay, the_look_of_the_callers_terminal_is_the_programs)
{
	cr_assert_eq(open_relay(), 0);
	cr_assert(look.has_modes && look.is_foreground);
	cr_assert_neq(look.modes.c_oflag & OPOST, 0U);
	cr_assert_eq(look.size.ws_col, 50);
	cr_assert_eq(count("open cwd /proc/self/fd/0 rdwr nonblock"), 1U);
	relay_close(relay);
	cr_assert_eq(count("tty_set_modes"), 0U, "what was not changed is not set");
}

Test(relay, in_the_background_or_a_pipeline_the_caller_makes_the_lines)
{
	fake_foreground(false);
	cr_assert_eq(open_relay(), 0);
	cr_assert_not(look.is_foreground);
	cr_assert_eq(look.modes.c_oflag & OPOST, 0U);
	relay_close(relay);
	fake_reset();
	plan.is_eager = false;
	cr_assert_eq(open_relay(), 0);
	cr_assert_not(look.is_foreground);
	cr_assert_eq(look.modes.c_oflag & OPOST, 0U);
	relay_close(relay);
}

Test(relay, a_terminal_that_cannot_be_opened_again_is_shared)
{
	fake_fail("open cwd /proc/self/fd", EACCES);
	cr_assert_eq(open_relay(), 0);
	cr_assert_eq(count("dup_above"), 2U);
	relay_close(relay);
	fake_reset();
	fake_fail("open cwd /proc/self/fd", EACCES);
	fake_fail("dup_above 1", EMFILE);
	cr_assert_eq(open_and_close(), -1);
	cr_assert_str_eq(fix.err.id, "system.terminal");
}

Test(relay, whatever_fails_no_descriptor_is_left)
{
	static const struct tolerated tolerated[] = {{"open cwd /proc/self/fd", 0},
						     {"tty_group", 0},
						     {"tty_modes", 0},
						     {"tty_size", 0},
						     {NULL, 0}};

	each_call_fails(open_and_close, NULL, tolerated);
}

Test(relay, raw_while_the_program_runs)
{
	start();
	cr_assert_eq(count(RAW), 1U);
	cr_assert_eq(told(WIRE_KEYBOARD), KEYBOARD_BACK);
	cr_assert_eq(count("tty_set_size 0 50x5") + count("tty_set_size"), 1U);
	relay_pause(relay);
	cr_assert_eq(count(COOKED), 1U);
	relay_resume(relay);
	cr_assert_eq(count(RAW), 2U);
	cr_assert_eq(told(WIRE_KEYBOARD), KEYBOARD_BACK);
	/* After a SIGSTOP that nobody saw. */
	relay_resume(relay);
	cr_assert_eq(count(RAW), 3U);
	relay_close(relay);
	cr_assert_eq(count(COOKED), 2U);
}

Test(relay, in_the_background_nothing_is_set_and_the_program_is_told)
{
	start();
	(void)told(WIRE_KEYBOARD);
	relay_pause(relay);
	fake_foreground(false);
	relay_resume(relay);
	cr_assert_eq(told(WIRE_KEYBOARD), KEYBOARD_NOBODY);
	relay_close(relay);
	cr_assert_eq(count(RAW), 1U);
	cr_assert_eq(count(COOKED), 1U);
}

Test(relay, modes_of_somebody_elses_terminal_are_left_alone)
{
	start();
	/* It was taken away from us without a word. */
	fake_foreground(false);
	relay_close(relay);
	cr_assert_eq(count(COOKED), 0U);
}

Test(relay, in_a_pipeline_the_keyboard_is_given_when_it_is_asked_for)
{
	plan.is_eager = false;
	start();
	cr_assert_eq(count("tty_set_modes"), 0U);
	cr_assert_eq(told(WIRE_KEYBOARD), -1);
	relay_give_keyboard(relay);
	cr_assert_eq(count(RAW), 1U);
	cr_assert_eq(told(WIRE_KEYBOARD), KEYBOARD_BACK);
	cr_assert_eq(told(WIRE_KEYBOARD), KEYBOARD_PROGRAM);
	relay_close(relay);
	cr_assert_eq(count(COOKED), 1U);
}

Test(relay, pipes_leave_the_terminal_as_it_is)
{
	plan = (struct plan_terminal){.kind = TERMINAL_PIPES, .given = 5, .replaced = 5};
	start();
	cr_assert_eq(count("open cwd /proc/self/fd/2"), 1U);
	cr_assert_eq(count("open cwd /proc/self/fd/1"), 0U);
	relay_resize(relay);
	relay_resume(relay);
	relay_close(relay);
	cr_assert_eq(count("tty_set"), 0U);
	cr_assert_not(relay_has_tty(relay));
}

Test(relay, a_terminal_out_of_nothing_has_a_usual_size)
{
	plan.given = 0;
	cr_assert_eq(open_relay(), 0);
	cr_assert_not(look.has_modes);
	cr_assert(look.is_foreground);
	cr_assert_eq(look.size.ws_col, 80);
	cr_assert_eq(count("dup_above"), 2U);
	relay_close(relay);
}
