/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_tty.c - the program's terminal is made where nobody can have put another one; its process group.
 */
#include "act/tty.h"

#include <unistd.h>

#include "act/root.h"
#include "act_fixture.h"
#include "base/fd.h"

TestSuite(tty, .init = act_setup, .fini = fix_teardown);

static struct plan_terminal plan = {.kind = TERMINAL_PTY, .given = 6, .replaced = 6};
static struct tty_look look;
static struct root root;

static void prepare(void)
{
	look = (struct tty_look){
		.has_modes = true, .size = {.ws_row = 5, .ws_col = 50}, .is_foreground = true};
	root = (struct root){.fd = -1, .proc_fd = -1, .pts_fd = 50};
}

static int make(void)
{
	CLEANUP_FD int tty = -1;
	CLEANUP_FD int master = -1;

	return act_make_tty(&plan, &look, &root, &tty, &master, &fix.err);
}

Test(tty, it_is_of_the_roots_own_devpts_and_replaces_terminals_alone)
{
	prepare();
	cr_assert_eq(make(), 0, "%s", fix.err.msg);
	assert_trace("open 50 ptmx rdwr nonblock = #1\n"
		     "tty_peer #1 = #2\n"
		     "tty_set_modes #2 raw\n"
		     "tty_set_size #2 50x5\n"
		     "tty_take #2\n"
		     "dup_over #2 1\n"
		     "dup_over #2 2\n");
	each_call_fails(make, prepare, NULL);
}

static void prepare_bare(void)
{
	prepare();
	look.has_modes = false;
	root.pts_fd = -1;
}

Test(tty, without_a_dev_it_is_of_one_that_is_shown_nowhere)
{
	prepare_bare();
	cr_assert_eq(make(), 0, "%s", fix.err.msg);
	cr_assert_gt(fake_find("fs_open devpts"), 0U);
	cr_assert_eq(fake_find("attach_tree"), 0U);
	cr_assert_eq(fake_find("tty_set_modes"), 0U);
	each_call_fails(make, prepare_bare, NULL);
}

Test(tty, there_may_be_no_more_of_them)
{
	prepare();
	fake_fail("open 50 ptmx", ENOSPC);
	cr_assert_eq(make(), -1);
	cr_assert_str_eq(fix.err.id, "system.terminal");
	cr_assert(strstr(fix.err.hint, "/proc/sys/kernel/pty/max") != NULL);
}

static int stream(void)
{
	CLEANUP_FD int other = -1;

	return act_make_stream(1, &other, &fix.err);
}

Test(tty, a_pipe_stands_for_a_descriptor)
{
	int other = -1;
	char byte = 'x';

	cr_assert_eq(act_make_stream(1, &other, &fix.err), 0);
	/* What the program writes is read at the other end: here the fake put nothing over 1. */
	cr_assert_eq(write(other, &byte, 1), -1);
	fd_close_ptr(&other);
	cr_assert_eq(act_make_stream(0, &other, &fix.err), 0);
	cr_assert_eq(read(other, &byte, 1), -1);
	fd_close_ptr(&other);
	each_call_fails(stream, NULL, NULL);
}

static int group(void)
{
	return act_make_group(&look, 50, &fix.err);
}

Test(tty, the_program_leads_a_group_in_the_foreground)
{
	prepare();
	cr_assert_eq(group(), 0);
	assert_trace("new_process_group\n"
		     "process_group\n"
		     "tty_set_group 50 ours\n");
	each_call_fails(group, prepare, NULL);
	fake_reset();
	look.is_foreground = false;
	cr_assert_eq(group(), 0);
	assert_trace("new_process_group\n");
}
