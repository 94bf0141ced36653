/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_wire.c - packets between the supervisor and init: whole, or an error, or the end. */
#include "run/wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include "act_fixture.h"
#include "sys/process.h"

static int fds[2];

static void setup(void)
{
	act_setup();
	cr_assert_eq(sys_socketpair(fds), 0);
}

static void teardown(void)
{
	(void)close(fds[0]);
	(void)close(fds[1]);
	fix_teardown();
}

TestSuite(wire, .init = setup, .fini = teardown);

Test(wire, an_error_arrives_whole)
{
	struct wire sent = {.type = WIRE_FAILED, .code = 1, .status = -2};
	struct wire got;

	(void)err_set(&sent.err, ERR_CONFIG, "config.test", ENOENT, "a message");
	(void)err_hint(&sent.err, "a hint");
	(void)err_origin(&sent.err, "p.ini:3");
	(void)snprintf(sent.err.step, sizeof(sent.err.step), "root");
	cr_assert_eq(wire_send(fds[0], &sent), 0);
	memset(&got, 0xff, sizeof(got));
	cr_assert_eq(wire_receive(fds[1], &got), 1);
	cr_assert_eq(got.type, WIRE_FAILED);
	cr_assert_eq(got.code, 1);
	cr_assert_eq(got.status, -2);
	cr_assert_eq(got.err.kind, ERR_CONFIG);
	cr_assert_str_eq(got.err.id, "config.test");
	cr_assert_str_eq(got.err.msg, sent.err.msg);
	cr_assert_str_eq(got.err.hint, "a hint");
	cr_assert_str_eq(got.err.origin, "p.ini:3");
	cr_assert_str_eq(got.err.step, "root");
}

Test(wire, packets_stay_apart_and_in_order)
{
	struct wire wire = {0};

	for (int i = 0; i < 5; i++) {
		wire.status = i;
		wire.type = WIRE_SIGNAL;
		cr_assert_eq(wire_send(fds[0], &wire), 0);
	}
	for (int i = 0; i < 5; i++) {
		cr_assert_eq(wire_receive(fds[1], &wire), 1);
		cr_assert_eq(wire.status, i);
	}
}

Test(wire, a_descriptor_comes_along_or_not)
{
	struct wire wire = {.type = WIRE_PROC};
	int passed = 7;

	cr_assert_eq(wire_send_fd(fds[0], &wire, fds[0]), 0);
	cr_assert_eq(wire_send(fds[0], &wire), 0);
	cr_assert_eq(wire_receive_fd(fds[1], &wire, &passed), 1);
	cr_assert_eq(fake_find("send_fd #1"), 2U, "%s", fake_trace());
	cr_assert_eq(wire_receive_fd(fds[1], &wire, &passed), 1);
	cr_assert_eq(passed, -1);
	fake_fail("send_fd", EPERM);
	cr_assert_eq(wire_send_fd(fds[0], &wire, fds[0]), -EPERM);
	fake_fail("recv_fd", ECONNRESET);
	cr_assert_eq(wire_receive_fd(fds[1], &wire, &passed), 0);
}

Test(wire, the_end_is_zero)
{
	struct wire wire = {.type = WIRE_ENDED};

	cr_assert_eq(wire_send(fds[0], &wire), 0);
	(void)close(fds[0]);
	cr_assert_eq(wire_receive(fds[1], &wire), 1, "what was sent before it still arrives");
	cr_assert_eq(wire_receive(fds[1], &wire), 0);
	cr_assert_eq(wire_send(fds[1], &wire), -EPIPE);
	fds[0] = -1;
}

Test(wire, a_reset_is_the_end_too)
{
	struct wire wire = {0};

	fake_fail("recv", ECONNRESET);
	cr_assert_eq(wire_receive(fds[1], &wire), 0);
}

Test(wire, last_words_come_behind_a_reset)
{
	struct wire wire = {.type = WIRE_FAILED};
	const struct wire unread = {.type = WIRE_NETWORK};

	cr_assert_eq(wire_send(fds[1], &unread), 0);
	cr_assert_eq(wire_send(fds[0], &wire), 0);
	(void)close(fds[0]);
	wire.type = WIRE_PROC;
	cr_assert_eq(wire_receive(fds[1], &wire), 1);
	cr_assert_eq(wire.type, WIRE_FAILED);
	cr_assert_eq(wire_receive(fds[1], &wire), 0);
	fds[0] = -1;
}

Test(wire, what_is_no_packet_of_ours)
{
	struct wire wire = {0};
	char byte = 'x';

	cr_assert_eq(send(fds[0], &byte, 1, 0), 1);
	cr_assert_eq(wire_receive(fds[1], &wire), -EPROTO);
	cr_assert_eq(send(fds[0], &wire, sizeof(wire) - 1, 0), (ssize_t)sizeof(wire) - 1);
	cr_assert_eq(wire_receive(fds[1], &wire), -EPROTO);
}

Test(wire, errors_come_through)
{
	struct wire wire = {0};

	fake_fail("recv", EIO);
	fake_fail("send", ENOBUFS);
	cr_assert_eq(wire_receive(fds[1], &wire), -EIO);
	cr_assert_eq(wire_send(fds[0], &wire), -ENOBUFS);
}
