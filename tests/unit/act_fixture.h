/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * act_fixture.h - an act on the fake sys library: its good path, and every one of its calls made to fail.
 *
 *   static int act(void) { return act_something(&fix.plan, &fix.err); }
 *   Test(suite, each_call_fails) { each_call_fails(act, prepare, (const struct tolerated[]){{"access", 0},
 * {0}}); }
 */
#ifndef PINFOLD_TESTS_ACT_FIXTURE_H
#define PINFOLD_TESTS_ACT_FIXTURE_H

#include <fcntl.h>

#include "../fake/fake_sys.h"
#include "plan_fixture.h"

/* A call, by the start of its line, that the act can do without; with that errno only, unless it is 0. */
struct tolerated {
	const char *start;
	int errnum;
};

static inline bool is_tolerated(const struct tolerated *calls, const char *line, int errnum)
{
	for (; calls != NULL && calls->start != NULL; calls++) {
		if (fake_starts(line, calls->start) && (calls->errnum == 0 || calls->errnum == errnum))
			return true;
	}
	return false;
}

/*
 * Fails each call of the act once, with several errnos. The act must fail with a message, an id, the errno,
 * and a hint where the kind wants one, and leave no descriptor behind; unless the call is one whose failure
 * the act can do without: those are named in `tolerated`, and then it must succeed. prepare (may be NULL)
 * comes after each reset.
 */
static inline void each_call_fails(int (*act)(void), void (*prepare)(void), const struct tolerated *tolerated)
{
	static const int errnums[] = {EIO, EPERM, ENOENT, EACCES, ENOMEM, EEXIST};
	size_t count;

	fake_reset();
	if (prepare != NULL)
		prepare();
	cr_assert_eq(act(), 0, "%s", fix.err.msg);
	count = fake_count();
	cr_assert_gt(count, 0U, "an act that makes no call needs no loop");
	for (size_t i = 0; i < count * ARRAY_SIZE(errnums); i++) {
		const size_t n = i / ARRAY_SIZE(errnums) + 1;
		const int errnum = errnums[i % ARRAY_SIZE(errnums)];
		size_t fds;
		int r;

		fake_reset();
		if (prepare != NULL)
			prepare();
		fake_fail_at(n, errnum);
		fds = fake_open_fds();
		memset(&fix.err, 0, sizeof(fix.err));
		r = act();
		cr_assert_eq(fake_open_fds(), fds, "%s: %zu descriptors, before %zu", fake_line(n),
			     fake_open_fds(), fds);
		if (is_tolerated(tolerated, fake_line(n), errnum)) {
			cr_assert_eq(r, 0, "%s: %s", fake_line(n), fix.err.msg);
			continue;
		}
		cr_assert_eq(r, -1, "%s failed with %d, and the act did not", fake_line(n), errnum);
		cr_assert_neq(fix.err.kind, ERR_NONE, "%s", fake_line(n));
		cr_assert_neq(fix.err.kind, ERR_BUG, "%s", fake_line(n));
		cr_assert_str_not_empty(fix.err.id, "%s", fake_line(n));
		cr_assert_str_not_empty(fix.err.msg, "%s", fake_line(n));
		cr_assert(fix.err.errnum == errnum || strstr(fix.err.msg, strerror(errnum)) == NULL, "%s",
			  fake_line(n));
		if (fix.err.kind == ERR_HOST || fix.err.kind == ERR_CONFIG)
			cr_assert_str_not_empty(fix.err.hint, "%s: %s", fake_line(n), fix.err.msg);
	}
}

static inline void assert_trace(const char *want)
{
	cr_assert_str_eq(fake_trace(), want, "got:\n%s\nwant:\n%s", fake_trace(), want);
}

/* Line `first` of the trace is there, and comes before every line that starts with `then`. */
static inline void assert_before(const char *first, const char *then)
{
	cr_assert_gt(fake_find(first), 0U, "no \"%s\" in:\n%s", first, fake_trace());
	cr_assert_gt(fake_find(then), 0U, "no \"%s\" in:\n%s", then, fake_trace());
	cr_assert_lt(fake_find(first), fake_find(then), "\"%s\" is not before \"%s\":\n%s", first, then,
		     fake_trace());
}

static inline void act_setup(void)
{
	fix_setup();
	fake_reset();
}

#endif
