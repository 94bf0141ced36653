/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_block.c - a start that waits for its caller: what each side says, and takes for an answer. */
#include "run/block.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act_fixture.h"
#include "run/story.h"
#include "run/wire.h"

TestSuite(block, .init = act_setup, .fini = fix_teardown);

static const struct plan nobody = {.caller = {.block_fd = -1}};
static const struct plan waiting = {.caller = {.block_fd = 7}};
static const struct plan watching = {.caller = {.block_fd = -1, .has_status = true}};

static int fds[2];
static struct story story;

static int report_of(const struct plan *plan, int wire_fd)
{
	story = (struct story){.plan = plan, .wire_fd = wire_fd};
	return block_report(&story, &fix.err);
}

static void open_pair(void)
{
	cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
}

static void close_pair(void)
{
	(void)close(fds[0]);
	(void)close(fds[1]);
}

Test(block, nobody_who_asks_hears_nothing)
{
	cr_assert_eq(report_of(&nobody, -1), 0);
	assert_trace("");
}

Test(block, who_wants_to_know_is_told_and_not_waited_for)
{
	struct wire wire = {0};

	open_pair();
	cr_assert_eq(report_of(&watching, fds[0]), 0);
	cr_assert_eq(wire_receive(fds[1], &wire), 1);
	cr_assert_eq(wire.type, WIRE_READY);
	close_pair();
}

Test(block, signals_are_no_go_and_are_held_for_the_program)
{
	const struct wire signal = {.type = WIRE_SIGNAL, .status = 10};
	const struct wire go = {.type = WIRE_GO};
	struct wire wire = {0};
	char byte;

	open_pair();
	cr_assert_eq(wire_send(fds[1], &signal), 0);
	cr_assert_eq(wire_send(fds[1], &go), 0);
	cr_assert_eq(wire_send(fds[1], &signal), 0);
	cr_assert_eq(report_of(&waiting, fds[0]), 0);
	cr_assert_eq(wire_receive(fds[1], &wire), 1);
	cr_assert_eq(wire.type, WIRE_READY);
	cr_assert_eq(story.held_count, 1U);
	cr_assert_eq(story.held[0].status, 10);
	/* What comes behind it is for later. */
	cr_assert_gt(recv(fds[0], &byte, 1, MSG_DONTWAIT), 0);
	close_pair();
}

static int report(void)
{
	const struct wire go = {.type = WIRE_GO};
	int r;

	open_pair();
	cr_assert_gt(send(fds[1], &go, sizeof(go), 0), 0);
	r = report_of(&waiting, fds[0]);
	close_pair();
	return r;
}

Test(block, a_start_that_cannot_wait_fails)
{
	each_call_fails(report, NULL, NULL);
}

Test(block, a_supervisor_that_is_gone_or_says_something_else_is_no_go)
{
	const struct wire other = {.type = WIRE_MAPS_DONE};

	open_pair();
	cr_assert_eq(wire_send(fds[1], &other), 0);
	cr_assert_eq(report_of(&waiting, fds[0]), -1);
	cr_assert_str_eq(fix.err.id, "system.block-fd");
	(void)shutdown(fds[1], SHUT_WR);
	cr_assert_eq(report_of(&waiting, fds[0]), -1);
	close_pair();
}

Test(block, a_byte_is_the_answer)
{
	int gate[2];

	cr_assert_eq(pipe2(gate, O_CLOEXEC | O_NONBLOCK), 0);
	cr_assert_eq(block_read(gate[0], &fix.err), BLOCK_WAIT);
	cr_assert_eq(write(gate[1], "xy", 2), 2);
	cr_assert_eq(block_read(gate[0], &fix.err), BLOCK_GO);
	/* One alone is taken: what stands behind it is the caller's. */
	cr_assert_eq(block_read(gate[0], &fix.err), BLOCK_GO);
	(void)close(gate[1]);
	cr_assert_eq(block_read(gate[0], &fix.err), BLOCK_GONE);
	cr_assert_str_eq(fix.err.id, "system.caller-gone");
	(void)close(gate[0]);
	fake_fail("read", EIO);
	cr_assert_eq(block_read(0, &fix.err), BLOCK_GONE);
	cr_assert_str_eq(fix.err.id, "system.block-fd");
}

Test(block, a_signal_has_its_name)
{
	cr_assert_eq(block_interrupted(7, SIGTERM, &fix.err), -1);
	cr_assert_str_eq(fix.err.msg, "SIGTERM came while the start waited for descriptor 7");
	cr_assert_str_eq(fix.err.id, "system.interrupted");
}
