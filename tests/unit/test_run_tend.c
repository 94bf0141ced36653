/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_tend.c - whom a signal goes to, from process 1 and from one outside of the pid namespace. */
#include "run/tend.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "act_fixture.h"
#include "run/story.h"
#include "sys/process.h"
#include "sys/terminal.h"

static struct story story;
static struct plan held_plan;
static struct tend tend;
static int other_end; /* of the wire */

enum { OWN_GROUP = 1, SOMEBODYS_GROUP = 77, TTY = 50, NO_TTY = -1, SECONDS = 20 };

TestSuite(tend, .init = act_setup, .fini = fix_teardown);

static void prepare(bool is_init, int tty_fd)
{
	int fds[2];

	fake_reset();
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	other_end = fds[0];
	story = (struct story){.plan = &fix.plan,
			       .wire_fd = fds[1],
			       .root = {.fd = -1, .proc_fd = -1, .pts_fd = -1},
			       .rules_fd = -1,
			       .tty_fd = tty_fd,
			       .is_entered = !is_init};
	tend_init(&tend, &story, is_init, OWN_GROUP);
}

/* Whom the keyboard of the terminal is for. */
static void set_front(pid_t group)
{
	cr_assert_eq(sys_tty_set_group(TTY, group), 0);
}

static void tell(int sig, enum wire_to to)
{
	const struct wire wire = {.type = WIRE_SIGNAL, .status = sig, .to = (int)to};

	cr_assert_eq(send(other_end, &wire, sizeof(wire), 0), (ssize_t)sizeof(wire));
}

/* In a child: starts what the fake takes for a program, does what the wire says, and ends. */
static int tend_it(bool has_ended)
{
	const pid_t child = fork();
	int status;

	cr_assert_geq(child, 0);
	if (child == 0) {
		sigset_t set;

		(void)alarm(SECONDS);
		(void)sigemptyset(&set);
		(void)sigaddset(&set, SIGCHLD);
		(void)sigprocmask(SIG_BLOCK, &set, NULL);
		if (has_ended)
			(void)raise(SIGCHLD);
		if (tend_start(&tend, &fix.err) < 0)
			_exit(99);
		tend_watch(&tend);
	}
	close(story.wire_fd);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status), "%#x\n%s", (unsigned int)status, fake_trace());
	return WEXITSTATUS(status);
}

/* What the wire says until it ends. Returns the kills: their targets and signals, each behind a blank. */
static const char *kills(void)
{
	static const char start[] = "child: kill ";
	const char *text = "";

	cr_assert_eq(shutdown(other_end, SHUT_WR), 0);
	(void)tend_it(false);
	close(other_end);
	for (const char *line = fake_trace(); *line != '\0'; line = strchr(line, '\n') + 1) {
		if (str_starts(line, start))
			text = arena_printf(fix.arena, "%s%.*s; ", text,
					    (int)(strcspn(line, "\n") - strlen(start)), line + strlen(start));
	}
	return text;
}

/* Without a supervisor there is no sandbox; without who entered it is his program that ends, and that alone.
 */
#define LIFELINE "group of child 9; child 9; "

Test(tend, who_entered_is_outside_and_means_his_program_alone)
{
	fix_build();
	prepare(false, NO_TTY);
	tell(SIGTERM, WIRE_TO_PROGRAM);
	tell(SIGINT, WIRE_TO_GROUP);
	tell(SIGSTOP, WIRE_TO_ALL);
	tell(SIGCONT, WIRE_TO_ALL);
	cr_assert_str_eq(kills(),
			 "child 15; group of child 2; group of child 19; group of child 18; " LIFELINE);
}

Test(tend, with_a_terminal_also_what_its_shell_has_in_the_foreground)
{
	fix_build();
	prepare(false, TTY);
	set_front(SOMEBODYS_GROUP);
	tell(SIGTERM, WIRE_TO_PROGRAM);
	tell(SIGINT, WIRE_TO_GROUP);
	tell(SIGSTOP, WIRE_TO_ALL);
	cr_assert_str_eq(
		kills(),
		"child 15; group of child 2; child 19; group of child 19; group of other 19; " LIFELINE);
	/* That is ourselves: the keyboard was taken away. */
	prepare(false, TTY);
	set_front(OWN_GROUP);
	tell(SIGSTOP, WIRE_TO_ALL);
	cr_assert_str_eq(kills(), "child 19; group of child 19; " LIFELINE);
	/* That is the program, as after a reset; and nobody knows. */
	prepare(false, TTY);
	tell(SIGSTOP, WIRE_TO_ALL);
	cr_assert_str_eq(kills(), "child 19; group of child 19; " LIFELINE);
	prepare(false, TTY);
	fake_fail("child: tty_group", ENOTTY);
	tell(SIGSTOP, WIRE_TO_ALL);
	cr_assert_str_eq(kills(), "child 19; group of child 19; " LIFELINE);
}

Test(tend, process_1_means_everything_inside)
{
	fix_build();
	prepare(true, NO_TTY);
	tell(SIGTERM, WIRE_TO_PROGRAM);
	tell(SIGINT, WIRE_TO_GROUP);
	tell(SIGSTOP, WIRE_TO_ALL);
	cr_assert_str_eq(kills(), "child 15; our group 2; all 19; ");
	prepare(true, TTY);
	set_front(SOMEBODYS_GROUP);
	tell(SIGINT, WIRE_TO_GROUP);
	tell(SIGSTOP, WIRE_TO_ALL);
	tell(SIGCONT, WIRE_TO_ALL);
	cr_assert_str_eq(kills(), "group of child 2; child 19; all 19; group of other 18; all 18; ");
}

Test(tend, a_program_that_left_its_group_gets_what_was_for_it)
{
	fix_build();
	prepare(false, NO_TTY);
	fake_fail("child: kill group of child 2", ESRCH);
	tell(SIGINT, WIRE_TO_GROUP);
	cr_assert_str_eq(kills(), "group of child 2; child 2; " LIFELINE);
}

Test(tend, what_came_before_there_was_a_program_is_not_lost)
{
	fix_build();
	prepare(true, NO_TTY);
	story.held[story.held_count++] =
		(struct wire){.type = WIRE_SIGNAL, .status = SIGUSR1, .to = WIRE_TO_PROGRAM};
	cr_assert_str_eq(kills(), arena_printf(fix.arena, "child %d; ", SIGUSR1));
}

/* Reads what the other end was told, but for that the program runs. */
static struct wire answer(void)
{
	struct wire wire;

	do {
		cr_assert_eq(recv(other_end, &wire, sizeof(wire), MSG_DONTWAIT), (ssize_t)sizeof(wire), "%s",
			     fake_trace());
	} while (wire.type == WIRE_EXECUTED);
	return wire;
}

Test(tend, the_end_of_what_somebody_entered_with_ends_nothing_else)
{
	struct wire wire;

	fix_build();
	fix.plan.caller.wants_usage = true; /* then process 1 kills all and counts */
	prepare(false, NO_TTY);
	fake_child_ends(CLD_EXITED, 7);
	cr_assert_eq(tend_it(true), 0);
	wire = answer();
	cr_assert_eq(wire.type, WIRE_ENDED);
	cr_assert_eq(wire.code, CLD_EXITED);
	cr_assert_eq(wire.status, 7);
	cr_assert_eq(fake_find("child: kill"), 0U, "%s", fake_trace());
	/* Not left to process 1 of the host: that it ended is told when it is gone. */
	cr_assert_gt(fake_find("child: wait pid nohang"), 0U, "%s", fake_trace());
	close(other_end);
}

Test(tend, what_cannot_be_locked_down_is_ended_and_said)
{
	struct wire wire;

	fix_build();
	prepare(false, NO_TTY);
	fake_fail("child: load_filter", EINVAL);
	cr_assert_eq(tend_it(false), 125);
	wire = answer();
	cr_assert_eq(wire.type, WIRE_BROKEN);
	cr_assert_str_not_empty(wire.err.msg);
	assert_before("child: load_filter", "child: kill group of child 9");
	assert_before("child: kill group of child 9", "child: kill child 9");
	assert_before("child: kill child 9", "child: wait pid nohang");
	close(other_end);
	/* The end of process 1 is the end of all. */
	prepare(true, NO_TTY);
	fake_fail("child: load_filter", EINVAL);
	cr_assert_eq(tend_it(false), 125);
	cr_assert_eq(answer().type, WIRE_BROKEN);
	cr_assert_eq(fake_find("child: kill"), 0U);
	close(other_end);
}

Test(tend, one_that_is_held_is_ended_by_what_asks_to_end)
{
	fix_build();
	held_plan = fix.plan;
	held_plan.entry.is_held = true;
	prepare(true, NO_TTY);
	story.plan = &held_plan;
	tell(SIGUSR1, WIRE_TO_PROGRAM);
	tell(SIGHUP, WIRE_TO_PROGRAM);
	cr_assert_eq(tend_it(false), 0);
	cr_assert_eq(answer().status, SIGHUP);
	cr_assert_eq(fake_find("child: kill"), 0U);
	cr_assert_eq(fake_find("child: spawn"), 0U);
	close(other_end);
}
