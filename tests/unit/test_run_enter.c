/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_enter.c - what a supervisor keeps for those that enter, and its joiners, up to their fork. */
#include "run/enter.h"

#include <poll.h>
#include <unistd.h>

#include "act/spaces.h"
#include "act_fixture.h"
#include "base/fd.h"

TestSuite(enter, .init = act_setup, .fini = fix_teardown);

static struct enter enter;
static struct spaces spaces;

static int open_null(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	cr_assert_geq(fd, 0);
	return fd;
}

/* A packet with so many descriptors. */
static struct wire_fds bring(size_t count)
{
	struct wire_fds passed = {.count = count};

	for (size_t i = 0; i < count; i++)
		passed.items[i] = open_null();
	return passed;
}

static void take(int bits, size_t count)
{
	const struct wire wire = {.type = WIRE_LENT, .status = bits};
	struct wire_fds passed = bring(count);

	enter_take(&enter, &wire, &passed);
	wire_fds_close(&passed);
}

Test(enter, what_is_lent_is_kept_by_its_bits)
{
	size_t fds = fake_open_fds();

	enter_init(&enter);
	for (int i = 0; i < LENT_COUNT; i++)
		cr_assert_eq(enter.lent[i], -1);
	take(1 << LENT_RULES | 1 << LENT_PTS, 2);
	cr_assert_geq(enter.lent[LENT_RULES], 0);
	cr_assert_eq(enter.lent[LENT_PROC], -1);
	cr_assert_geq(enter.lent[LENT_PTS], 0);
	cr_assert_eq(fake_open_fds(), fds + 2);
	enter_end(&enter);
	cr_assert_eq(fake_open_fds(), fds);
}

Test(enter, once_and_no_more_than_came)
{
	size_t fds = fake_open_fds();
	int first;

	enter_init(&enter);
	take(1 << LENT_RULES | 1 << LENT_PROC, 1);
	first = enter.lent[LENT_RULES];
	cr_assert_geq(first, 0);
	cr_assert_eq(enter.lent[LENT_PROC], -1, "it did not come");
	take(1 << LENT_RULES, 1);
	cr_assert_eq(enter.lent[LENT_RULES], first);
	take(0, 3);
	cr_assert_eq(fake_open_fds(), fds + 1, "what is not kept is closed");
	enter_end(&enter);
	cr_assert_eq(fake_open_fds(), fds);
}

/* ------------------------------------------------------------ joiners */

static void prepare(void)
{
	enter_init(&enter);
	act_spaces_init(&spaces);
	enter.plan = &fix.plan;
	enter.spaces = &spaces;
}

static int start(size_t count)
{
	struct wire_fds passed = bring(count);
	int r = enter_start(&enter, 99, &passed, &fix.err);

	wire_fds_close(&passed);
	return r;
}

/* In the parent of a fork that the fake takes for one, and to its end. */
static int start_and_end(void)
{
	int r = start(4);

	enter_end(&enter);
	return r < 0 ? -1 : 0;
}

Test(enter, nobody_is_let_in_without_his_descriptors)
{
	prepare();
	for (size_t count = 0; count < 7; count++) {
		if (count == 4)
			continue;
		cr_assert_eq(start(count), -1, "%zu", count);
		cr_assert_str_eq(fix.err.id, "system.enter");
		cr_assert_not_null(strstr(fix.err.msg, "did not come along"), "%s", fix.err.msg);
	}
	cr_assert_eq(fake_find("fork"), 0U);
}

Test(enter, a_joiner_is_watched_until_it_has_ended)
{
	size_t fds = fake_open_fds();
	int first, second;

	prepare();
	first = start(4);
	second = start(4);
	cr_assert(first >= 0 && second >= 0 && first != second);
	cr_assert_eq(enter.count, 2U);
	cr_assert_not(enter_reap(&enter, second + 50), "some other descriptor");
	cr_assert_eq(enter.count, 2U);
	enter_wake(&enter);
	cr_assert_gt(fake_find("kill child 18"), 0U);
	cr_assert(enter_reap(&enter, first));
	cr_assert_eq(enter.count, 1U);
	cr_assert_not(enter_reap(&enter, first), "it is gone");
	cr_assert_eq(fake_find("kill child 9"), 0U);
	enter_end(&enter);
	cr_assert_eq(enter.count, 0U);
	cr_assert_eq(fake_open_fds(), fds);
}

Test(enter, one_that_does_not_end_with_the_sandbox_is_ended)
{
	prepare();
	cr_assert_geq(start(4), 0);
	fake_fail("poll", ETIMEDOUT);
	enter_end(&enter);
	assert_before("poll", "kill child 9");
	assert_before("kill child 9", "wait pid");
}

Test(enter, one_that_cannot_be_watched_is_none)
{
	prepare();
	fake_fail("pidfd", EMFILE);
	cr_assert_eq(start(4), -1);
	cr_assert_str_eq(fix.err.id, "system.fork");
	assert_before("kill child 9", "wait pid");
	cr_assert_eq(enter.count, 0U);
	enter_end(&enter);
}

Test(enter, it_cannot_be_started)
{
	prepare();
	fake_fail("fork", EAGAIN);
	cr_assert_eq(start_and_end(), -1);
	cr_assert_str_eq(fix.err.id, "system.fork");
	cr_assert_eq(enter.count, 0U);
}
