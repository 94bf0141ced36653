/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_lint.c - what lint wants to know, what it warns of, and that it comes to an end. */
#include "plan/lint.h"

#include "plan/problem.h"
#include "plan_fixture.h"

static struct problems problems;

static void setup(void)
{
	fix_setup();
	problems = (struct problems){.arena = fix.arena};
	(void)fix_fact("/usr/share", PATH_DIR);
}

TestSuite(lint, .init = setup, .fini = fix_teardown);

/* As the program does it; what it says of the profile. */
static const char *lint(const char *profile)
{
	request_init(&fix.request, fix.arena, &fix.host);
	problems = (struct problems){.arena = fix.arena};
	fix.request.problems = &problems;
	fix.file_count = 0;
	fix_file("/p.ini", profile);
	cr_assert_eq(fix_try_load("/p.ini"), 0, "%s", fix.err.msg);
	host_sort_paths(&fix.host);
	lint_request(&fix.request, &fix.host, &problems);
	lint_build(&fix.request, &fix.host, NULL, &problems);
	problems_sort(&problems);
	return problems_text(fix.arena, &problems);
}

/* Each line of `lines` ("LINE:COLUMN ID"), and nothing else. */
static void finds(const char *profile, const char *lines)
{
	const char *text = lint(profile);
	const char *got = "";

	for (size_t i = 0; i < problems.count; i++)
		got = arena_printf(fix.arena, "%s%u:%u %s\n", got, problems.items[i].err.line,
				   problems.items[i].err.column, problems.items[i].err.id);
	cr_assert_str_eq(got, lines, "%s\n%s", profile, text);
}

/* ------------------------------------------------------------ what it wants to know */

static bool wants(const char *path)
{
	const char **paths;
	size_t count;

	lint_wanted_paths(&fix.host, fix.arena, &paths, &count);
	for (size_t i = 0; i < count; i++) {
		if (str_eq(paths[i], path))
			return true;
	}
	return false;
}

Test(lint, wants_facts_of_what_it_warns_of)
{
	cr_assert(wants("/home/alice/.ssh"));
	cr_assert(wants("/home/alice/.bashrc"));
	cr_assert(wants("/run/user/1000/bus"));
	cr_assert(wants("/run/docker.sock"));
	cr_assert(wants("/home/alice"));
	cr_assert(wants("/run/user/1000"));
	cr_assert_not(wants("/home/alice/work"));
}

Test(lint, wants_nothing_of_what_there_is_not)
{
	fix.host.home = fix.host.runtime = NULL;
	cr_assert(wants("/run/docker.sock"));
	cr_assert_not(wants("/home/alice"));
	cr_assert_not(wants("/.ssh"));
	cr_assert_not(wants("(null)/.ssh"));
	cr_assert_not(wants("/bus"));
}

/* ------------------------------------------------------------ grants */

Test(lint, without_home_and_runtime_the_rest_is_seen)
{
	fix.host.home = fix.host.runtime = NULL;
	host_settle_home(&fix.host, fix.arena);
	finds("[filesystem]\nro = -/run/docker.sock\n\t-/srv\n", "2:7 lint.socket\n");
}

Test(lint, what_is_above_a_secret_shows_it_only_if_it_is_there)
{
	static const char profile[] = "[filesystem]\nro = /data\n";

	(void)fix_fact("/data", PATH_DIR);
	fix.host.home = "/data/alice";
	finds(profile, "2:6 lint.home\n");
	fix.host.home = "/home/alice";
	finds(profile, "");
	fix_fact("/home/alice/.ssh", PATH_DIR)->real = "/data/keys";
	finds(profile, "2:6 lint.secret\n");
	cr_assert_str_eq(problems.items[0].err.msg,
			 "ro = /data shows /home/alice/.ssh: keys that log in to other machines");
	fix_fact("/home/alice/.ssh", PATH_MISSING)->real = "/data/keys";
	finds(profile, "");
}

Test(lint, a_name_for_a_secret_is_as_good_as_its_own)
{
	fix_fact("/data/link", PATH_DIR)->real = "/home/alice/.ssh";
	finds("[filesystem]\nro = /data/link\n", "2:6 lint.secret\n");
	fix_fact("/data/link", PATH_DIR)->real = "/home/alice/.ssh/keys";
	finds("[filesystem]\nro = /data/link\n", "2:6 lint.secret\n");
	fix_fact("/data/link", PATH_DIR)->real = "/home/alice/.sshx";
	finds("[filesystem]\nro = /data/link\n", "");
	fix_fact("/data/link", PATH_DIR)->real = "/home";
	finds("[filesystem]\nro = /data/link\n", "2:6 lint.home\n");
	fix_fact("/data/link", PATH_DIR)->real = "/";
	finds("[filesystem]\nro = /data/link\n", "2:6 lint.whole\n");
}

Test(lint, what_the_program_could_make_runs_too)
{
	(void)fix_fact("/home/alice/.config", PATH_DIR);
	finds("[filesystem]\nro = ${HOME}/.config\n", "");
	(void)lint("[filesystem]\nrw = ${HOME}/.config\n");
	cr_assert_gt(problems.count, 1U);
	for (size_t i = 0; i < problems.count; i++)
		cr_assert_str_eq(problems.items[i].err.id, "lint.startup");
	(void)fix_fact("/home/alice/.config/gh", PATH_DIR);
	finds("[filesystem]\nro = ${HOME}/.config\n", "2:6 lint.secret\n");
}

Test(lint, its_own_directories_are_shown_empty)
{
	(void)fix_fact("/home/alice/.config", PATH_DIR);
	fix_own("/home/alice/.config/pinfold");
	fix_own("/home/alice/.cache/pinfold")->exists = false;
	fix_own("/p.ini")->is_kept = true;
	finds("[filesystem]\nro = ${HOME}/.config\n", "2:6 lint.own\n");
	finds("[filesystem]\nro = /usr/share:/x\n", "");
}

Test(lint, devices_by_their_name_and_by_what_it_leads_to)
{
	(void)fix_fact("/dev/kvm", PATH_DEVICE);
	(void)fix_fact("/dev/sda1", PATH_DEVICE);
	(void)fix_fact("/dev/cdrom", PATH_DEVICE);
	finds("[filesystem]\ndev = /dev/kvm /dev/sda1\n\t/dev/sda1:/dev/x\n\t/dev/cdrom\n",
	      "2:7 config.no-source\n3:2 lint.device\n");
	fix_fact("/dev/cdrom", PATH_DEVICE)->real = "/dev/sda1";
	finds("[filesystem]\ndev = /dev/cdrom\n", "2:7 lint.device\n");
}

/* ------------------------------------------------------------ what changes nothing */

Test(lint, values_twice_in_one_file)
{
	finds("[environment]\npass = LANG TERM LANG LANG\n", "2:18 lint.no-effect\n2:23 lint.no-effect\n");
	finds("[environment]\npass = LANG\n\tTERM\n\tLANG\n", "4:2 lint.no-effect\n");
	finds("[identity]\nhostname = a\nhostname = a\nhostname = b\n",
	      "2:12 lint.no-effect\n3:12 lint.no-effect\n");
	finds("[identity]\nhostname = a\nhostname =\n", "");
}

Test(lint, values_twice_in_different_files_are_layers)
{
	request_init(&fix.request, fix.arena, &fix.host);
	problems = (struct problems){.arena = fix.arena};
	fix.request.problems = &problems;
	fix_file("/q.ini", "[profile]\ninclude = /base.ini\n[environment]\npass = LANG\n"
			   "[identity]\nhostname = b\n");
	fix_file("/base.ini", "[environment]\npass = LANG\n[identity]\nhostname = a\n");
	fix_load("/q.ini");
	lint_request(&fix.request, &fix.host, &problems);
	cr_assert_eq(problems.count, 0U, "%s", problems_text(fix.arena, &problems));
}

Test(lint, unset_of_what_nobody_gives)
{
	finds("[environment]\nunset = LANG TERM X\npass = LANG\nset = X=1\n", "2:14 lint.no-effect\n");
}

Test(lint, rules_that_show_what_is_shown_already)
{
	(void)fix_fact("/d", PATH_DIR);
	(void)fix_fact("/d-b", PATH_DIR);
	(void)fix_fact("/d/a", PATH_DIR);
	(void)fix_fact("/d/a/b", PATH_DIR);
	/* A name that sorts between a directory and what is below it is not in the way. */
	finds("[filesystem]\nro = /d\n\t/d-b\n\t/d/a\n", "4:2 lint.no-effect\n");
	finds("[filesystem]\nro = /d\n\t/d/a\n\t/d/a/b\n", "3:2 lint.no-effect\n4:2 lint.no-effect\n");
	finds("[filesystem]\nro = /d\nrw = /d/a\n", "");
	finds("[filesystem]\nro = /d\n\t/d/a:/d/a:noexec\n", "");
	finds("[filesystem]\nro = /d:/x\n\t/d/a:/x/a\n", "3:2 lint.no-effect\n");
	finds("[filesystem]\nro = /d:/x\n\t/d/a:/x/b\n", "");
	finds("[filesystem]\nro = /d\nrw = /d/a\nro = /d/a/b\n", "");
	finds("[filesystem]\nro = /usr/share\n", "2:6 lint.no-effect\n");
	finds("[filesystem]\nsystem = none\nro = /usr/share\n", "");
}

Test(lint, names_for_files_that_nobody_shows)
{
	static const char names[] = "[identity]\nuser = a\ngroup = b\nmachine-id = random\n";

	finds(names, "2:8 lint.no-effect\n3:9 lint.no-effect\n4:14 lint.no-effect\n");
	finds(arena_printf(fix.arena, "%s[filesystem]\netc = passwd group machine-id\n", names), "");
}

/* ------------------------------------------------------------ all of it */

Test(lint, all_that_a_plan_is_refused_for)
{
	finds("[filesystem]\n"
	      "ro = /nope\n"
	      "\t/usr/share:/a\n"
	      "rw = /usr/share:/a\n"
	      "\t/nope/either\n"
	      "[seccomp]\n"
	      "deny = execve\n",
	      "2:6 config.no-source\n4:6 config.same-destination\n5:2 config.no-source\n7:8 "
	      "config.deny-needed\n");
}

Test(lint, what_is_refused_goes_and_what_is_right_stays)
{
	(void)lint("[identity]\nhostname = ok\n[process]\numask = 7777\n[filesystem]\nro = "
		   "/nope\n\t/usr/share\n");
	cr_assert_null(request_get(&fix.request, OPT_UMASK));
	cr_assert_str_eq(request_text(&fix.request, OPT_HOSTNAME, ""), "ok");
	cr_assert_eq(fix.request.values[OPT_RO].count, 1U);
	cr_assert_str_eq(fix.request.values[OPT_RO].items[0].a, "/usr/share");
	cr_assert_eq(problems.errors, 2U);
}

static const struct origin *check_against;
static size_t checked;

/* Refuses the plan as long as the value is in the request; then for something that is in no file. */
static int check(struct arena *arena, const struct plan *plan, struct err *err)
{
	(void)arena, (void)plan;
	checked++;
	(void)err_set(err, ERR_CONFIG, "config.test", 0, "checked");
	if (checked == 1)
		return origin_blame(err, check_against);
	return checked == 2 ? err_origin(err, "nowhere") : 0;
}

Test(lint, what_only_the_caller_can_check)
{
	request_init(&fix.request, fix.arena, &fix.host);
	fix.request.problems = &problems;
	fix_file("/p.ini", "[seccomp]\ndeny = socket connect\n");
	fix_load("/p.ini");
	check_against = fix.request.values[OPT_SECCOMP_DENY].items[1].origin;
	host_sort_paths(&fix.host);
	lint_build(&fix.request, &fix.host, check, &problems);
	cr_assert_eq(checked, 2U, "what nothing can be taken away for is the end");
	cr_assert_eq(fix.request.values[OPT_SECCOMP_DENY].count, 1U);
	cr_assert_eq(problems.errors, 2U);
	cr_assert_str_eq(problems.items[0].err.msg, "checked");
	cr_assert_eq(problems.items[0].err.column, 15U);
}

/* "KEY = ..." with i in it, `count` times. */
static const char *many(const char *head, const char *format, int count)
{
	size_t len = strlen(head);
	char *text = arena_alloc(fix.arena, len + (size_t)count * 80 + 1);

	memcpy(text, head, len);
	for (int i = 0; i < count; i++) {
		const char *at = strchr(format, '#');

		len += (size_t)sprintf(text + len, "%.*s%d%s", (int)(at - format), format, i, at + 1);
	}
	return text;
}

Test(lint, many_errors_of_the_plan_come_to_an_end)
{
	struct arena *arena = fix.arena;

	(void)lint(many("[filesystem]\n", "ro = /nope/#\n", 300));
	cr_assert_eq(problems.errors, 300U);
	cr_assert_not(problems.has_more);
	(void)lint(many("[filesystem]\n", "ro = /nope/#\n", 20000));
	cr_assert_gt(problems.errors, 10U);
	cr_assert_lt(problems.errors, 1000U, "each takes a plan of 20,000 rules");
	cr_assert(problems.has_more);
	cr_assert_eq(fix.request.arena, arena, "and its own memory is its own again");
}

Test(lint, an_error_behind_many_warnings_is_one)
{
	(void)lint(arena_printf(fix.arena, "%s\n[filesystem]\nro = /nope\n",
				many("[environment]\nunset =", " N#", 2000)));
	cr_assert_eq(problems.count, (size_t)PROBLEMS_MAX + 1);
	cr_assert_eq(problems.errors, 1U);
	cr_assert(problems.has_more);
}

Test(lint, a_thousand_words_have_a_thousand_columns)
{
	(void)lint(many("[environment]\nunset =", " N#", 1000));
	cr_assert_eq(problems.count, 1000U);
	for (size_t i = 1; i < problems.count; i++)
		cr_assert_gt(problems.items[i].err.column, problems.items[i - 1].err.column);
	cr_assert_not(problems.has_more);
}
