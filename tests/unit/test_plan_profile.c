/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_profile.c - finding profiles, including them, and what is said when that does not work. */
#include "plan/profile.h"

#include "plan/problem.h"
#include "plan_fixture.h"

TestSuite(profile, .init = fix_setup, .fini = fix_teardown);

#define USER_DIR "/home/alice/.config/pinfold/profiles/"
#define ADMIN_DIR "/etc/pinfold/profiles/"
#define STOCK_DIR "/usr/share/pinfold/profiles/"

static const char *hostname(void)
{
	return request_text(&fix.request, OPT_HOSTNAME, NULL);
}

#define NAMED "[identity]\nhostname = %s\n"

static void add_named(const char *path, const char *name)
{
	fix_file(path, arena_printf(fix.arena, NAMED, name));
}

static void assert_refused(const char *name, const char *id, const char *part, const char *origin)
{
	fix_assert_refused(fix_try_load(name), id, part);
	cr_assert_eq(fix.err.kind, ERR_CONFIG);
	cr_assert_str_eq(fix_where(), origin, "%s (%s)", fix.err.msg, fix_where());
}

/* ------------------------------------------------------------ where profiles are */

Test(profile, the_users_wins_over_the_admins_over_the_stock_one)
{
	add_named(STOCK_DIR "p.ini", "stock");
	fix_load("p");
	cr_assert_str_eq(hostname(), "stock");
	cr_assert_eq(fix.tried_count, 3U);
	cr_assert_str_eq(fix.tried[0], USER_DIR "p.ini");
	cr_assert_str_eq(fix.tried[1], ADMIN_DIR "p.ini");
	cr_assert_str_eq(fix.tried[2], STOCK_DIR "p.ini");
	add_named(ADMIN_DIR "p.ini", "admin");
	fix_load("p");
	cr_assert_str_eq(hostname(), "admin");
	add_named(USER_DIR "p.ini", "user");
	fix_load("p");
	cr_assert_str_eq(hostname(), "user");
	cr_assert_str_eq(fix.request.profile, "p");
}

Test(profile, without_a_home_there_are_two_places)
{
	fix.host.config = NULL;
	add_named(STOCK_DIR "p.ini", "stock");
	fix_load("p");
	cr_assert_eq(fix.tried_count, 2U);
	cr_assert_str_eq(fix.tried[0], ADMIN_DIR "p.ini");
}

Test(profile, a_name_with_a_slash_is_a_path)
{
	add_named(STOCK_DIR "dir/p.ini", "stock");
	add_named("dir/p", "path");
	add_named("/abs/p.ini", "absolute");
	fix_load("dir/p");
	cr_assert_str_eq(hostname(), "path");
	fix_load("/abs/p.ini");
	cr_assert_str_eq(hostname(), "absolute");
	cr_assert_eq(fix.tried_count, 2U, "nowhere else");
	cr_assert_str_eq(origin_text(fix.arena, request_get(&fix.request, OPT_HOSTNAME)->origin),
			 "/abs/p.ini:2");
}

Test(profile, one_that_is_missing)
{
	assert_refused("nope", "config.no-profile", "there is no profile nope", "");
	cr_assert_str_eq(fix.err.hint, "looked for it at " USER_DIR "nope.ini, " ADMIN_DIR
				       "nope.ini, " STOCK_DIR "nope.ini");
	assert_refused("./nope.ini", "config.no-profile", "there is no profile ./nope.ini", "");
	cr_assert_str_eq(fix.err.hint, "nope.ini does not exist");
}

Test(profile, a_place_that_cannot_be_looked_at_ends_the_search)
{
	fix_unreadable(USER_DIR "p.ini", EACCES);
	add_named(STOCK_DIR "p.ini", "stock");
	assert_refused("p", "config.unreadable", USER_DIR "p.ini: Permission denied", "");
	cr_assert_str_eq(hostname(), "sandbox");
}

Test(profile, a_place_below_a_file_does_not)
{
	fix_unreadable(USER_DIR "p.ini", ENOTDIR);
	add_named(STOCK_DIR "p.ini", "stock");
	fix_load("p");
	cr_assert_str_eq(hostname(), "stock");
}

Test(profile, one_that_is_unreadable)
{
	static const int errnums[] = {EACCES, EISDIR, EFBIG, EINVAL, EIO, ELOOP};

	for (size_t i = 0; i < ARRAY_SIZE(errnums); i++) {
		fix.file_count = 0;
		fix_unreadable("/p", errnums[i]);
		assert_refused("/p", "config.unreadable", "cannot read profile /p: ", "");
		cr_assert_eq(fix.err.errnum, errnums[i]);
	}
}

Test(profile, a_hostile_name_is_shown_harmlessly)
{
	cr_assert_eq(fix_try_load("x\x1b[2J/y"), -1);
	cr_assert_null(strchr(fix.err.msg, '\x1b'));
	cr_assert_null(strchr(fix.err.hint, '\x1b'));
	cr_assert_eq(fix_try_load("x\x1b[2J"), -1);
	cr_assert_null(strchr(fix.err.msg, '\x1b'));
	cr_assert_null(strchr(fix.err.hint, '\x1b'));
}

/* ------------------------------------------------------------ includes */

Test(profile, includes_come_first_depth_first)
{
	fix_file("/p/top.ini", "[environment]\nset = N=top\n[profile]\ninclude = ./a.ini\n\t./b.ini\n");
	fix_file("/p/a.ini", "[profile]\ninclude = ./deep.ini\n[environment]\nset = N=a\n");
	fix_file("/p/deep.ini", "[environment]\nset = N=deep\n");
	fix_file("/p/b.ini", "[environment]\nset = N=b\n");
	fix_load("/p/top.ini");
	const struct value_list *set = &fix.request.values[OPT_SET];
	static const char *const order[] = {"deep", "a", "b", "top"};

	cr_assert_eq(set->count, 4U);
	for (size_t i = 0; i < 4; i++) {
		cr_assert_str_eq(set->items[i].b, order[i]);
		cr_assert_eq(set->items[i].layer, i + 1, "each file is a layer of its own");
	}
}

Test(profile, what_includes_wins_over_what_is_included)
{
	fix_file("/p/top.ini", "[profile]\ninclude = ./a.ini\n[identity]\nhostname = top\n");
	add_named("/p/a.ini", "a");
	fix_load("/p/top.ini");
	cr_assert_str_eq(hostname(), "top");
}

Test(profile, names_are_looked_for_and_paths_are_relative_to_the_file)
{
	fix_file(STOCK_DIR "p.ini", "[profile]\ninclude = base/x\n\t./near.ini\n\t../up.ini\n\t/abs.ini\n");
	fix_file(STOCK_DIR "base/x.ini", "[environment]\npass = X\n");
	fix_file(STOCK_DIR "near.ini", "[environment]\npass = NEAR\n");
	fix_file(STOCK_DIR "../up.ini", "[environment]\npass = UP\n");
	fix_file("/abs.ini", "[environment]\npass = ABS\n");
	fix_load("p");
	cr_assert_eq(fix.request.values[OPT_PASS].count, 4U);
	cr_assert_str_eq(fix.request.values[OPT_PASS].items[1].a, "NEAR");
	cr_assert_str_eq(fix.request.values[OPT_PASS].items[3].a, "ABS");
}

Test(profile, includes_of_a_profile_without_a_directory)
{
	fix_file("./p.ini", "[profile]\ninclude = ./a.ini\n");
	add_named("./a.ini", "a");
	fix_load("./p.ini");
	cr_assert_str_eq(hostname(), "a");
}

Test(profile, an_include_has_macros)
{
	fix_file("/p", "[profile]\ninclude = ${CONFIG}/mine.ini\n");
	add_named("/home/alice/.config/mine.ini", "mine");
	fix_load("/p");
	cr_assert_str_eq(hostname(), "mine");
}

Test(profile, a_missing_include_names_the_line)
{
	fix_file("/p", "# c\n[profile]\ninclude = nope\n");
	assert_refused("/p", "config.no-profile", "there is no profile nope", "/p:3");
	fix_file("/q", "[profile]\ninclude = /p\n");
	assert_refused("/q", "config.no-profile", "there is no profile nope", "/p:3");
}

Test(profile, an_optional_include_may_be_missing)
{
	fix_file("/p", "[profile]\ninclude = -nope\n\t-./nope.ini\n\t-mine\n");
	add_named(USER_DIR "mine.ini", "mine");
	fix_load("/p");
	cr_assert_str_eq(hostname(), "mine");
	fix_unreadable(USER_DIR "nope.ini", EACCES);
	assert_refused("/p", "config.unreadable", "Permission denied", "/p:2");
}

Test(profile, an_error_in_an_include_names_its_own_line)
{
	fix_file("/p", "[profile]\ninclude = /a\n");
	fix_file("/a", "\n[identity]\nhostname = a b\n");
	assert_refused("/p", "config.name", "hostname = a b", "/a:3");
	fix.file_count--;
	fix_file("/a", "\n\nnothing\n");
	assert_refused("/p", "config.syntax", "neither", "/a:3");
}

Test(profile, a_profile_that_includes_itself)
{
	fix_file("/p", "[profile]\ninclude = /p\n");
	assert_refused("/p", "config.include-cycle", "/p includes itself", "/p:2");
	fix_file("/a", "[profile]\ninclude = /b\n");
	fix_file("/b", "[profile]\n\ninclude = /c\n");
	fix_file("/c", "[profile]\n\n\ninclude = -/a\n");
	assert_refused("/a", "config.include-cycle", "/a includes itself", "/c:4");
	fix_file(STOCK_DIR "n.ini", "[profile]\ninclude = n\n");
	assert_refused("n", "config.include-cycle", STOCK_DIR "n.ini includes itself", STOCK_DIR "n.ini:2");
}

Test(profile, a_cycle_by_relative_paths_is_one_too)
{
	static const char *const names[] = {"./p.ini", "/dir/p.ini"};

	fix_file("./p.ini", "[profile]\ninclude = ./p.ini\n");
	fix_file("/dir/p.ini", "[profile]\ninclude = ./p.ini\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		fix_assert_refused(fix_try_load(names[i]), "config.include-cycle", "p.ini includes itself");
}

Test(profile, the_same_one_twice_is_no_cycle)
{
	fix_file("/p", "[profile]\ninclude = /a\n\t/b\n\t/a\n");
	fix_file("/a", "[environment]\npass = A\n");
	fix_file("/b", "[profile]\ninclude = /a\n");
	fix_load("/p");
	cr_assert_geq(fix.request.values[OPT_PASS].count, 1U);
}

Test(profile, sixteen_deep_and_no_deeper)
{
	for (int i = 1; i <= 17; i++)
		fix_file(arena_printf(fix.arena, "/%d", i),
			 arena_printf(fix.arena, "[profile]\ninclude = /%d\n", i + 1));
	fix_file("/18", "");
	fix_load("/3");
	assert_refused("/2", "config.include-depth", "deeper than 16", "/17:2");
}

Test(profile, taking_includes_away)
{
	fix_file("/p", "[profile]\ninclude = /a\n\t!/a\n\t/b\n\t\ninclude =\n");
	add_named("/a", "a");
	fix_file("/b", "[environment]\npass = B\n");
	fix_load("/p");
	cr_assert_eq(fix.request.values[OPT_INCLUDE].count, 0U);
	fix_file("/q", "[profile]\ninclude = !/nope\n");
	assert_refused("/q", "config.remove", "!/nope", "/q:2");
}

/* ------------------------------------------------------------ what is in them */

Test(profile, unknown_sections)
{
	fix_file("/p", "[filesytem]\n");
	assert_refused("/p", "config.unknown-section", "unknown section [filesytem]", "/p:1");
	cr_assert_str_eq(fix.err.hint, "did you mean [filesystem]?");
	fix_file("/q", "[profile]\n[quite-another]\nro = /x\n");
	assert_refused("/q", "config.unknown-section", "[quite-another]", "/q:2");
}

Test(profile, unknown_keys)
{
	fix_file("/p", "[filesystem]\nread-only = /usr\n");
	assert_refused("/p", "config.unknown-key", "unknown key read-only in [filesystem]", "/p:2");
	fix_file("/q", "[identity]\nhostnam = x\n");
	assert_refused("/q", "config.unknown-key", "unknown key hostnam in [identity]", "/q:2");
	cr_assert_str_eq(fix.err.hint, "did you mean hostname?");
	fix_file("/r", "[network]\nhostname = x\n");
	assert_refused("/r", "config.unknown-key", "unknown key hostname in [network]", "/r:2");
	cr_assert_str_eq(fix.err.hint, "hostname belongs into [identity]");
}

Test(profile, unknown_keys_are_found_before_anything_is_included)
{
	fix_file("/p", "[profile]\nincluded = x\ninclude = /nope\n");
	assert_refused("/p", "config.unknown-key", "included", "/p:2");
}

Test(profile, lists_with_continuations)
{
	fix_file("/p", "[filesystem]\nro =\n\t/a\n\t/b\nro = /c\n\t!/a\n");
	fix_load("/p");
	cr_assert_eq(fix.request.values[OPT_RO].count, 2U);
	cr_assert_str_eq(origin_text(fix.arena, fix.request.values[OPT_RO].items[0].origin), "/p:4");
	cr_assert_str_eq(origin_text(fix.arena, fix.request.values[OPT_RO].items[1].origin), "/p:5");
}

Test(profile, an_empty_value_in_a_file_forgets_what_was_included)
{
	fix_file("/p", "[profile]\ninclude = /a\n[environment]\npass =\n");
	fix_file("/a", "[environment]\npass = A\n");
	fix_load("/p");
	cr_assert_eq(fix.request.values[OPT_PASS].count, 0U);
}

Test(profile, the_language_is_checked)
{
	fix_file("/p", "[profile]\nlanguage = 2\n");
	assert_refused("/p", "config.language", "version 2 of the language", "/p:2");
	fix_file("/q", "[profile]\nlanguage = 1\ninclude = /p\n");
	assert_refused("/q", "config.language", "version 2", "/p:2");
	fix_file("/r", "[profile]\nlanguage = 0\n");
	assert_refused("/r", "config.language", "version 0", "/r:2");
	fix_file("/s", "[profile]\nlanguage = one\n");
	assert_refused("/s", "config.language", "version one", "/s:2");
	fix_file("/t", "[profile]\nlanguage = 1\n");
	fix_load("/t");
}

Test(profile, a_newer_language_is_said_before_its_keys_are_misunderstood)
{
	fix_file("/p", "[profile]\nlanguage = 2\n[holodeck]\nsafeties = off\n");
	assert_refused("/p", "config.language", "version 2 of the language", "/p:2");
	fix_file("/q", "[holodeck]\nsafeties = off\n[profile]\nlanguage = 2\n");
	assert_refused("/q", "config.language", "version 2 of the language", "/q:4");
}

Test(profile, profile_dir_is_that_of_the_file)
{
	fix_file("/p/top.ini", "[profile]\ninclude = /q/a.ini\n[filesystem]\nro = ${PROFILE_DIR}/data\n");
	fix_file("/q/a.ini", "[filesystem]\nro = ${PROFILE_DIR}/data\n");
	fix_file("/r.ini", "[filesystem]\nro = ${PROFILE_DIR}x\n");
	fix_load("/p/top.ini");
	cr_assert_str_eq(fix.request.values[OPT_RO].items[0].a, "/q/data");
	cr_assert_str_eq(fix.request.values[OPT_RO].items[1].a, "/p/data");
	fix_load("/r.ini");
	cr_assert_str_eq(fix.request.values[OPT_RO].items[2].a, "/x");
}

Test(profile, profile_dir_of_a_relative_path_starts_at_the_current_directory)
{
	fix_file("sub/p.ini", "[filesystem]\nro = ${PROFILE_DIR}/data\n");
	fix_file("./p.ini", "[filesystem]\nro = ${PROFILE_DIR}/data\n");
	fix_load("sub/p.ini");
	cr_assert_str_eq(fix.request.values[OPT_RO].items[0].a, "/home/alice/work/sub/data");
	fix_load("./p.ini");
	cr_assert_str_eq(fix.request.values[OPT_RO].items[1].a, "/home/alice/work/data");
}

Test(profile, relative_sources_have_no_meaning_in_a_file)
{
	fix_file("/p", "[filesystem]\nrw = data\n");
	assert_refused("/p", "config.path", "must start with /", "/p:2");
}

/* ------------------------------------------------------------ drop-ins */

/* What the profile sets of N, in the order of reading. */
static const char *order_of(const char *name)
{
	const char *text = "";

	request_init(&fix.request, fix.arena, &fix.host);
	fix_load(name);
	for (size_t i = 0; i < fix.request.values[OPT_SET].count; i++)
		text = arena_printf(fix.arena, "%s%s ", text, fix.request.values[OPT_SET].items[i].b);
	return text;
}

static void add_set(const char *path, const char *value)
{
	fix_file(path, arena_printf(fix.arena, "[environment]\nset = N=%s\n", value));
}

Test(profile, drop_ins_of_all_places_stock_ones_first)
{
	add_set(ADMIN_DIR "p.ini", "p");
	add_set(USER_DIR "p.d/1.ini", "user1");
	add_set(USER_DIR "p.d/0.ini", "user0");
	add_set(ADMIN_DIR "p.d/5.ini", "admin");
	add_set(STOCK_DIR "p.d/9.ini", "stock");
	add_set(USER_DIR "p.d/.x.ini", "hidden");
	add_set(USER_DIR "p.d/.ini", "hidden");
	add_set(USER_DIR "p.d/x.ini~", "old");
	add_set(USER_DIR "p.d/x", "none");
	add_set(USER_DIR "q.d/x.ini", "other");
	cr_assert_str_eq(order_of("p"), "p stock admin user0 user1 ");
}

Test(profile, drop_ins_are_for_names_not_for_paths)
{
	add_set("/p.ini", "p");
	add_set("/p.d/1.ini", "drop-in");
	cr_assert_str_eq(order_of("/p.ini"), "p ");
}

Test(profile, a_drop_in_includes_and_is_included_with_its_profile)
{
	add_set(STOCK_DIR "base/b.ini", "base");
	add_set(USER_DIR "base/b.d/1.ini", "base-drop-in");
	fix_file(STOCK_DIR "p.ini", "[profile]\ninclude = base/b\n[environment]\nset = N=p\n");
	fix_file(USER_DIR "p.d/1.ini", "[profile]\ninclude = ./part.inc\n[environment]\nset = N=drop-in\n");
	add_set(USER_DIR "p.d/part.inc", "part");
	cr_assert_str_eq(order_of("p"), "base base-drop-in p part drop-in ");
}

Test(profile, the_directory_of_a_drop_in_is_its_own)
{
	add_set(STOCK_DIR "p.ini", "p");
	add_set(USER_DIR "p.d/1.ini", "${PROFILE_DIR}");
	cr_assert_str_eq(order_of("p"), "p " USER_DIR "p.d ");
}

Test(profile, a_directory_of_drop_ins_that_cannot_be_read)
{
	add_set(STOCK_DIR "p.ini", "p");
	fix_unreadable(USER_DIR "p.d", EACCES);
	assert_refused("p", "config.unreadable",
		       "cannot read the directory " USER_DIR "p.d: Permission denied", "");
	cr_assert_str_eq(fix.err.hint, "it holds additions to a profile: make it readable, or remove it");
	fix.files[1].errnum = ENOTDIR;
	cr_assert_str_eq(order_of("p"), "p ");
}

Test(profile, a_drop_in_that_cannot_be_read)
{
	add_set(STOCK_DIR "p.ini", "p");
	add_set(USER_DIR "p.d/2.ini", "2");
	fix.files[1].errnum = EACCES;
	assert_refused("p", "config.unreadable",
		       "cannot read profile " USER_DIR "p.d/2.ini: Permission denied", USER_DIR "p.d/2.ini");
}

/* ------------------------------------------------------------ names that build on the next one */

Test(profile, the_name_of_ones_own_is_the_next_place)
{
	fix_file(USER_DIR "p.ini", "[profile]\ninclude = p\n[environment]\nset = N=user\n");
	fix_file(ADMIN_DIR "p.ini", "[profile]\ninclude = p\n[environment]\nset = N=admin\n");
	add_set(STOCK_DIR "p.ini", "stock");
	cr_assert_str_eq(order_of("p"), "stock admin user ");
	fix_file(ADMIN_DIR "q.ini", "[profile]\ninclude = q\n");
	assert_refused("q", "config.include-cycle", ADMIN_DIR "q.ini includes itself", ADMIN_DIR "q.ini:2");
}

Test(profile, drop_ins_of_a_name_that_builds_on_the_next_one)
{
	fix_file(USER_DIR "p.ini", "[profile]\ninclude = p\n[environment]\nset = N=user\n");
	add_set(STOCK_DIR "p.ini", "stock");
	add_set(USER_DIR "p.d/1.ini", "drop-in");
	cr_assert_str_eq(order_of("p"), "stock user drop-in ", "once, behind all of that name");
}

/* ------------------------------------------------------------ too many files */

static size_t drop_ins, reads_of_text;
static size_t includes;

/* p.ini with many includes, and a directory p.d of many files: none of them stored. */
static int read_many(void *user, struct arena *arena, const char *path, const char **ret_text,
		     size_t *ret_len)
{
	const char *text = "[environment]\npass = A\n";

	(void)user;
	if (str_eq(path, STOCK_DIR "p.ini")) {
		text = "[profile]\n";
		for (size_t i = 0; i < includes; i++)
			text = arena_printf(arena, "%sinclude = /inc/%zu\n", text, i);
	} else if (!str_starts(path, USER_DIR "p.d/") && !str_starts(path, "/inc/")) {
		return -ENOENT;
	}
	reads_of_text++;
	*ret_text = text;
	*ret_len = strlen(text);
	return 0;
}

static int list_many(void *user, struct arena *arena, const char *path, const char ***ret_names,
		     size_t *ret_count)
{
	(void)user;
	*ret_names = NULL;
	*ret_count = 0;
	if (!str_eq(path, USER_DIR "p.d"))
		return -ENOENT;
	for (size_t i = 0; i < drop_ins; i++)
		*ARENA_PUSH(arena, *ret_names, *ret_count) = arena_printf(arena, "%zu.ini", 1000 + i);
	return 0;
}

static int load_many(struct problems *problems)
{
	static const struct profile_loader loader = {.read = read_many, .list = list_many};

	reads_of_text = 0;
	request_init(&fix.request, fix.arena, &fix.host);
	fix.request.problems = problems;
	memset(&fix.err, 0, sizeof(fix.err));
	return profile_load(&fix.request, "p", &loader, &fix.err);
}

Test(profile, files_are_counted)
{
	drop_ins = 255;
	includes = 0;
	cr_assert_eq(load_many(NULL), 0, "%s", fix.err.msg);
	drop_ins = 256;
	fix_assert_refused(load_many(NULL), "config.include-count", "more than 256 files are included");
	cr_assert_str_eq(fix_where(), USER_DIR "p.d/1255.ini");
	drop_ins = 100;
	includes = 156;
	fix_assert_refused(load_many(NULL), "config.include-count", "more than 256 files are included");
	includes = 300;
	fix_assert_refused(load_many(NULL), "config.include-count", "more than 256 files are included");
	cr_assert_str_eq(fix_where(), STOCK_DIR "p.ini:257");
}

Test(profile, with_problems_too_many_files_are_said_once_and_no_more_are_read)
{
	struct problems problems = {.arena = fix.arena};

	drop_ins = 500;
	includes = 10000;
	cr_assert_eq(load_many(&problems), 0);
	cr_assert_eq(problems.errors, 1U, "%s", problems_text(fix.arena, &problems));
	cr_assert_lt(reads_of_text, 260U);
	problems = (struct problems){.arena = fix.arena};
	includes = 0;
	cr_assert_eq(load_many(&problems), 0);
	cr_assert_eq(problems.errors, 1U, "%s", problems_text(fix.arena, &problems));
}

/* ------------------------------------------------------------ all errors in one go */

static void collects(const char *name, const char *want)
{
	struct problems problems = {.arena = fix.arena};
	const char *got = "";

	request_init(&fix.request, fix.arena, &fix.host);
	fix.request.problems = &problems;
	cr_assert_eq(fix_try_load(name), 0, "%s", fix.err.msg);
	problems_sort(&problems);
	for (size_t i = 0; i < problems.count; i++)
		got = arena_printf(fix.arena, "%s%s %s\n", got, err_where(fix.arena, &problems.items[i].err),
				   problems.items[i].err.id);
	cr_assert_str_eq(got, want);
}

Test(profile, with_problems_what_is_right_is_taken)
{
	fix_file("/p", "[profile]\ninclude = /nope\n\t/a\n[nope]\nx = 1\n\ty\n[identity]\nhostnam = x\n\ty\n"
		       "hostname = ok\nuser = a b\n");
	fix_file("/a", "[filesystem]\nro = a\n\t/b\n");
	collects("/p", "/p:2:11 config.no-profile\n"
		       "/p:4:1 config.unknown-section\n"
		       "/p:8:1 config.unknown-key\n"
		       "/p:11:8 config.name\n"
		       "/a:2:6 config.path\n");
	cr_assert_str_eq(hostname(), "ok");
	cr_assert_eq(fix.request.values[OPT_RO].count, 1U);
}

Test(profile, with_problems_a_diamond_says_each_once)
{
	fix_file("/p", "[profile]\ninclude = /a\n\t/b\n");
	fix_file("/a", "[profile]\ninclude = /c\n");
	fix_file("/b", "[profile]\ninclude = /c\n");
	fix_file("/c", "[filesystem]\nro = c\nnope\n[identity]\nuser = a\nuser = b\n");
	collects("/p", "/c:2:6 config.path\n/c:3:1 config.syntax\n/c:5:8 lint.no-effect\n");
}

Test(profile, with_problems_circles_end)
{
	fix_file("/p", "[profile]\ninclude = /a\n\t/p\n");
	fix_file("/a", "[profile]\ninclude = /p\n\t/a\n[identity]\nhostname = a\n");
	collects("/p",
		 "/a:2:11 config.include-cycle\n/a:3:2 config.include-cycle\n/p:3:2 config.include-cycle\n");
	cr_assert_str_eq(hostname(), "a");
}

Test(profile, with_problems_another_language_ends_that_file_alone)
{
	fix_file("/p", "[profile]\ninclude = /a\n[identity]\nhostname = p\n");
	fix_file("/a", "[profile]\nlanguage = 2\n[holodeck]\nsafeties = off\n");
	collects("/p", "/a:2:12 config.language\n");
	cr_assert_str_eq(hostname(), "p");
}

Test(profile, with_problems_drop_ins_go_on)
{
	add_set(STOCK_DIR "p.ini", "p");
	fix_unreadable(USER_DIR "p.d/1.ini", EACCES);
	fix_file(USER_DIR "p.d/2.ini", "nope\n");
	add_set(USER_DIR "p.d/3.ini", "3");
	fix_unreadable(ADMIN_DIR "p.d", EIO);
	collects("p", " config.unreadable\n" USER_DIR "p.d/1.ini config.unreadable\n" USER_DIR
		      "p.d/2.ini:1:1 config.syntax\n");
	cr_assert_eq(fix.request.values[OPT_SET].count, 2U);
}
