/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_act_document.c - where a run says what happens: checked before, replaced as a whole, never followed.
 */
#include "act/document.h"

#include <errno.h>
#include <unistd.h>

#include "act_fixture.h"

TestSuite(document, .init = act_setup, .fini = fix_teardown);

static const struct plan_target file = {
	.path = "out/run.json", .dir = "out", .name = "run.json", .fd = -1, .option = "--status"};

static int open_file(void)
{
	struct document document;
	int r = act_open_document(&file, &document, &fix.err);

	act_close_document(&document);
	return r;
}

static void a_directory(void)
{
	fake_mode("out", S_IFDIR | 0755);
}

static void with_an_older_one(void)
{
	a_directory();
	fake_mode("run.json", S_IFREG | 0644);
}

Test(document, its_directory_is_opened_once_and_an_older_one_taken_away)
{
	static const struct tolerated absent[] = {{"statx", ENOENT}, {0}};

	a_directory();
	cr_assert_eq(open_file(), 0, "%s", fix.err.msg);
	assert_trace("open cwd out path directory = #1\naccess #1 . w\nstatx #1 run.json nofollow\n");
	fake_reset();
	with_an_older_one();
	cr_assert_eq(open_file(), 0, "%s", fix.err.msg);
	assert_before("statx #1 run.json nofollow", "unlink #1 run.json");
	each_call_fails(open_file, with_an_older_one, absent);
	cr_assert_str_eq(fix_where(), "--status");
}

Test(document, what_is_no_plain_file_is_left_alone)
{
	static const mode_t modes[] = {S_IFCHR | 0666, S_IFIFO | 0644, S_IFDIR | 0755, S_IFSOCK | 0644,
				       S_IFBLK | 0600};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		fake_reset();
		a_directory();
		fake_mode("run.json", modes[i]);
		fix_assert_refused(open_file(), "usage.status-file", "is there, and is not a plain file");
		cr_assert_eq(fake_find("unlink"), 0U);
	}
	fake_reset();
	a_directory();
	fake_symlink("run.json", "/etc/passwd");
	fix_assert_refused(open_file(), "usage.status-file", "is not a plain file");
}

static int write_file(void)
{
	const struct document document = {.target = &file, .dir_fd = 50};
	size_t done = 0;

	return act_write_document(&document, "text\n", &done, &fix.err);
}

Test(document, a_new_one_is_made_beside_and_takes_its_name)
{
	cr_assert_eq(write_file(), 0, "%s", fix.err.msg);
	cr_assert(fake_starts(fake_line(1), "open 50 .pinfold-"), "%s", fake_line(1));
	cr_assert_not_null(strstr(fake_line(1), " nofollow = "), "%s", fake_line(1));
	cr_assert(fake_starts(fake_line(2), "write_all #1 \"text"), "%s", fake_line(2));
	cr_assert(fake_starts(fake_line(3), "rename 50 .pinfold-"), "%s", fake_line(3));
	cr_assert(str_ends(fake_line(3), " run.json"), "%s", fake_line(3));
	each_call_fails(write_file, NULL, (const struct tolerated[]){{"open", EEXIST}, {0}});
}

Test(document, one_that_cannot_be_written_leaves_nothing)
{
	fake_fail("write_all", ENOSPC);
	cr_assert_eq(write_file(), -1);
	cr_assert_gt(fake_find("unlink 50 .pinfold-"), 0U);
	cr_assert_eq(fake_find("rename"), 0U);
	cr_assert_str_eq(fix.err.msg, "out/run.json cannot be written: No space left on device");
	fake_reset();
	fake_fail("rename", EISDIR);
	cr_assert_eq(write_file(), -1);
	cr_assert_gt(fake_find("unlink 50 .pinfold-"), 0U);
}

Test(document, names_that_are_taken_are_not_tried_for_ever)
{
	fake_fail("open", EEXIST);
	cr_assert_eq(write_file(), -1);
	cr_assert_lt(fake_count(), 100U);
	cr_assert_eq(fake_find("unlink"), 0U, "what is not ours is not taken away");
}

Test(document, a_reader_that_does_not_read_holds_nothing_up)
{
	struct plan_target target = {.option = "--status"};
	struct document document = {.target = &target, .dir_fd = -1};
	char bytes[4096];
	size_t done = 0;
	int fds[2];

	cr_assert_eq(act_open_document(&target, &document, &fix.err), 0);
	assert_trace("");
	cr_assert_eq(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	target.fd = fds[1];
	cr_assert_eq(act_write_document(&document, "line\n", &done, &fix.err), 0, "%s", fix.err.msg);
	cr_assert_eq(done, 5U);
	while (write(fds[1], fds, sizeof(fds)) > 0)
		;
	fake_reset();
	done = 0;
	cr_assert_eq(act_write_document(&document, "line\n", &done, &fix.err), 1, "there is more to come");
	cr_assert_eq(fake_find("write_some"), 0U);
	cr_assert_eq(done, 0U);
	/* There is room again: the rest, from where it was. */
	while (read(fds[0], bytes, sizeof(bytes)) > 0)
		;
	done = 2;
	cr_assert_eq(act_write_document(&document, "line\n", &done, &fix.err), 0);
	cr_assert_not_null(strstr(fake_trace(), "\"ne"), "%s", fake_trace());
	(void)close(fds[0]);
	(void)close(fds[1]);
}
