/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_pump.c - bytes go through as they are, no faster than they are taken, and nothing waits. */
#include "run/pump.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "act_fixture.h"

static int in[2], out[2];
static struct pump pump;

static void setup(void)
{
	fake_reset();
	cr_assert_eq(pipe2(in, O_NONBLOCK | O_CLOEXEC), 0);
	cr_assert_eq(pipe2(out, O_NONBLOCK | O_CLOEXEC), 0);
	pump_open(&pump, in[0], out[1], PUMP_SIZE);
	/* As the supervisor has it. */
	(void)signal(SIGPIPE, SIG_IGN);
}

TestSuite(pump, .init = setup);

static void put(const char *text)
{
	cr_assert_eq(write(in[1], text, strlen(text)), (ssize_t)strlen(text));
}

static void assert_got(const char *text)
{
	char buf[64] = "";
	ssize_t n = read(out[0], buf, sizeof(buf) - 1);

	cr_assert_eq(n, (ssize_t)strlen(text));
	cr_assert_str_eq(buf, text);
}

static void assert_wants(int fd, short events)
{
	short seen = 0;

	cr_assert_eq(pump_wants(&pump, &seen), fd);
	if (fd >= 0)
		cr_assert_eq(seen, events);
}

Test(pump, reads_then_writes_then_reads_again)
{
	assert_wants(in[0], POLLIN);
	cr_assert_eq(pump_run(&pump), PUMP_RUNS, "there is nothing yet");
	put("one");
	cr_assert_eq(pump_run(&pump), PUMP_RUNS);
	cr_assert(pump_is_full(&pump));
	assert_wants(out[1], POLLOUT);
	cr_assert_eq(pump_run(&pump), PUMP_RUNS);
	assert_got("one");
	assert_wants(in[0], POLLIN);
}

Test(pump, writes_no_more_than_it_may_at_once)
{
	pump.max_write = 2;
	put("three");
	(void)pump_run(&pump);
	(void)pump_run(&pump);
	assert_got("th");
	(void)pump_run(&pump);
	assert_got("re");
	assert_wants(out[1], POLLOUT);
}

Test(pump, holds_what_is_not_taken_and_reads_nothing_meanwhile)
{
	char page[4096];
	int held = 0;

	memset(page, 'x', sizeof(page));
	while (write(out[1], page, sizeof(page)) > 0)
		held++;
	put("kept");
	(void)pump_run(&pump);
	cr_assert_eq(pump_run(&pump), PUMP_RUNS);
	cr_assert(pump_is_full(&pump));
	assert_wants(out[1], POLLOUT);
	for (; held > 0; held--)
		cr_assert_eq(read(out[0], page, sizeof(page)), (ssize_t)sizeof(page));
	cr_assert_eq(pump_run(&pump), PUMP_RUNS);
	assert_got("kept");
}

Test(pump, ends_when_all_is_read_and_written)
{
	put("last");
	(void)pump_run(&pump);
	close(in[1]);
	cr_assert_eq(pump_run(&pump), PUMP_RUNS);
	cr_assert_eq(pump_run(&pump), PUMP_ENDED);
	assert_wants(-1, 0);
	pump_append(&pump, "\004", 1);
	assert_wants(out[1], POLLOUT);
	cr_assert_eq(pump_run(&pump), PUMP_ENDED);
	assert_got("last\004");
	assert_wants(-1, 0);
}

Test(pump, says_that_nobody_takes_it)
{
	put("lost");
	(void)pump_run(&pump);
	close(out[0]);
	cr_assert_eq(pump_run(&pump), PUMP_BROKEN);
	cr_assert_not(pump_is_full(&pump));
}

Test(pump, says_that_it_may_not_read)
{
	fake_fail("read", EIO);
	cr_assert_eq(pump_run(&pump), PUMP_DENIED);
	fake_reset();
	fake_fail("read", EISDIR);
	cr_assert_eq(pump_run(&pump), PUMP_ENDED, "what cannot be read has ended");
}

Test(pump, without_both_ends_it_wants_nothing)
{
	pump.to = -1;
	assert_wants(-1, 0);
	pump_open(&pump, -1, out[1], PUMP_SIZE);
	assert_wants(-1, 0);
}

Test(pump, takes_no_more_than_there_is_room_for)
{
	static char block[PUMP_SIZE];

	pump_append(&pump, block, sizeof(block));
	pump_append(&pump, "x", 1);
	cr_assert_eq(pump.len, sizeof(block));
}
