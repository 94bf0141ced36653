/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_run_order.c - what somebody who enters wants to run: written, read, and what is no order. */
#include "run/order.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "act_fixture.h"
#include "base/fd.h"

TestSuite(order, .init = act_setup, .fini = fix_teardown);

static struct order order, read_back;

static int write_order(void)
{
	CLEANUP_FD int fd = -1;

	return order_write(&order, &fd, &fix.err);
}

/* Through the file and back. */
static void pass_on(void)
{
	CLEANUP_FD int fd = -1;

	cr_assert_eq(order_write(&order, &fd, &fix.err), 0, "%s", fix.err.msg);
	memset(&read_back, 0xff, sizeof(read_back));
	cr_assert_eq(order_read(fix.arena, fd, &read_back, &fix.err), 0, "%s", fix.err.msg);
}

static void assert_argv(char *const *argv)
{
	size_t i = 0;

	for (; argv[i] != NULL; i++) {
		cr_assert_not_null(read_back.argv[i], "%zu", i);
		cr_assert_str_eq(read_back.argv[i], argv[i]);
	}
	cr_assert_null(read_back.argv[i]);
}

static char **copy_words(const char *const *words)
{
	char **argv = NULL;
	size_t count = 0;

	for (; *words != NULL; words++)
		*ARENA_PUSH(fix.arena, argv, count) = arena_strdup(fix.arena, *words);
	*ARENA_PUSH(fix.arena, argv, count) = NULL;
	return argv;
}

#define ARGV(...) copy_words((const char *const[]){__VA_ARGS__, NULL})

Test(order, what_is_written_is_read)
{
	order = (struct order){.argv = ARGV("sh", "-c", "echo \"$@\"", "", "a b\n", ""),
			       .chdir = "/tmp/a directory",
			       .term = "xterm",
			       .given = 5,
			       .look = {.has_modes = true, .size = {.ws_row = 24, .ws_col = 80}}};
	pass_on();
	assert_argv(order.argv);
	cr_assert_str_eq(read_back.chdir, order.chdir);
	cr_assert_str_eq(read_back.term, order.term);
	cr_assert_eq(read_back.given, 5U);
	cr_assert(read_back.look.has_modes);
	cr_assert_eq(read_back.look.size.ws_row, 24);
	cr_assert_eq(read_back.look.size.ws_col, 80);
}

Test(order, what_is_not_given_is_not_there)
{
	order = (struct order){.argv = ARGV("")};
	pass_on();
	assert_argv(order.argv);
	cr_assert_null(read_back.chdir);
	cr_assert_null(read_back.term);
	/* Something empty is something. */
	order.chdir = "";
	pass_on();
	assert_argv(order.argv);
	cr_assert_str_eq(read_back.chdir, "");
	cr_assert_null(read_back.term);
	order.chdir = NULL;
	order.term = "";
	pass_on();
	cr_assert_null(read_back.chdir);
	cr_assert_str_eq(read_back.term, "");
}

enum { LIMIT = 2 * 1024 * 1024, MANY = 50000 };

Test(order, thousands_of_arguments_and_long_ones)
{
	static char *argv[MANY + 2];
	char *text = arena_alloc(fix.arena, LIMIT / 2);

	memset(text, 'x', LIMIT / 2 - 1);
	text[LIMIT / 2 - 1] = '\0';
	argv[0] = text;
	for (int i = 1; i <= MANY; i++)
		argv[i] = arena_printf(fix.arena, "%d", i);
	order = (struct order){.argv = argv};
	pass_on();
	assert_argv(argv);
}

Test(order, what_execve_does_not_take_is_not_passed_on)
{
	char *text = arena_alloc(fix.arena, LIMIT + 1);

	memset(text, 'x', LIMIT);
	text[LIMIT] = '\0';
	order = (struct order){.argv = ARGV("prog", text)};
	fix_assert_refused(write_order(), "system.order", "cannot pass the program's arguments on");
	cr_assert_eq(fix.err.errnum, E2BIG);
	cr_assert_not_null(strstr(fix.err.hint, "pass fewer"), "%s", fix.err.hint);
	/* Whichever of them it is. */
	order = (struct order){.argv = ARGV("prog"), .chdir = text};
	fix_assert_refused(write_order(), "system.order", "cannot pass");
	order = (struct order){.argv = ARGV("prog"), .term = text};
	fix_assert_refused(write_order(), "system.order", "cannot pass");
}

Test(order, nor_what_is_larger_than_a_file_may_be)
{
	order = (struct order){.argv = ARGV("prog")};
	fake_fail("write_all", EFBIG);
	fix_assert_refused(write_order(), "system.order", "cannot pass the program's arguments on");
	cr_assert_not_null(strstr(fix.err.hint, "ulimit -f"), "%s", fix.err.hint);
}

Test(order, each_call_of_who_writes_fails)
{
	order = (struct order){.argv = ARGV("prog", "arg"), .chdir = "/", .term = "xterm"};
	each_call_fails(write_order, NULL, NULL);
}

/* ------------------------------------------------------------ what is no order */

static int order_fd;

static int read_order(void)
{
	return order_read(fix.arena, order_fd, &read_back, &fix.err);
}

static void begin(void)
{
	order = (struct order){.argv = ARGV("prog", "arg"), .chdir = "/tmp", .term = "xterm"};
	cr_assert_eq(order_write(&order, &order_fd, &fix.err), 0);
}

static void refused(const char *part)
{
	memset(&fix.err, 0, sizeof(fix.err));
	cr_assert_eq(read_order(), -1);
	cr_assert_str_eq(fix.err.id, "system.order");
	cr_assert_not_null(strstr(fix.err.msg, part), "%s", fix.err.msg);
}

Test(order, one_that_is_cut_anywhere_is_none)
{
	off_t size;

	begin();
	size = lseek(order_fd, 0, SEEK_END);
	cr_assert_gt(size, 0);
	cr_assert_eq(read_order(), 0);
	while (size-- > 0) {
		cr_assert_eq(ftruncate(order_fd, size), 0);
		refused("the order is not one of this pinfold's");
		cr_assert_not_null(strstr(fix.err.hint, "another version"), "%s", fix.err.hint);
	}
	close(order_fd);
}

static void poke(off_t at, uint32_t value)
{
	cr_assert_eq(pwrite(order_fd, &value, sizeof(value), at), (ssize_t)sizeof(value));
}

Test(order, nor_one_with_another_head)
{
	uint32_t size;

	begin();
	cr_assert_eq(pread(order_fd, &size, sizeof(size), 0), (ssize_t)sizeof(size));
	/* Of a pinfold whose head is longer, or shorter. */
	poke(0, size + 4);
	refused("the order is not one of this pinfold's");
	poke(0, size - 4);
	refused("the order is not one of this pinfold's");
	poke(0, size);
	cr_assert_eq(read_order(), 0);
	/* The third number is how many arguments there are. */
	poke(8, 0);
	refused("the order is not one of this pinfold's");
	poke(8, 3);
	refused("the order is not one of this pinfold's");
	poke(8, UINT32_MAX);
	refused("the order is not one of this pinfold's");
	close(order_fd);
}

Test(order, nor_one_that_is_longer_than_any)
{
	begin();
	cr_assert_eq(ftruncate(order_fd, LIMIT + 1), 0);
	refused("cannot read the order");
	cr_assert_eq(ftruncate(order_fd, LIMIT), 0);
	cr_assert_eq(read_order(), 0, "what stands behind it is not looked at");
	close(order_fd);
}

Test(order, each_call_of_who_reads_fails)
{
	begin();
	each_call_fails(read_order, NULL, NULL);
	close(order_fd);
}
