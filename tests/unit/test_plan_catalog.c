/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_catalog.c - the profiles that there are; one merged says the same; a new one to begin with. */
#include "plan/catalog.h"

#include <dirent.h>
#include <stdlib.h>

#include "plan/explain.h"
#include "plan/lint.h"
#include "plan/problem.h"
#include "plan_fixture.h"

#define USER_DIR "/home/alice/.config/pinfold/profiles/"
#define ADMIN_DIR "/etc/pinfold/profiles/"
#define STOCK_DIR "/usr/share/pinfold/profiles/"

static struct catalog catalog;

/* The pieces of /etc that a group names, so that a plan with @base has what to show. */
static void setup(void)
{
	static const char *const pieces[] = {"/etc/ld.so.cache", "/etc/hosts",	  "/etc/resolv.conf",
					     "/etc/services",	 "/etc/passwd",	  "/etc/group",
					     "/etc/machine-id",	 "/etc/protocols"};

	fix_setup();
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		(void)fix_fact(pieces[i], PATH_FILE);
	(void)fix_fact("/usr/share", PATH_DIR);
	(void)fix_fact("/data", PATH_DIR);
	(void)fix_fact("/other", PATH_DIR);
	(void)fix_fact(fix.host.cwd, PATH_DIR);
}

TestSuite(catalog, .init = setup, .fini = fix_teardown);

/* ------------------------------------------------------------ the list */

static int try_read(bool has_bases)
{
	memset(&fix.err, 0, sizeof(fix.err));
	return catalog_read(fix.arena, &fix.host, &fix_loader, has_bases, &catalog, &fix.err);
}

static const char *list(bool has_bases)
{
	cr_assert_eq(try_read(has_bases), 0, "%s", fix.err.msg);
	return catalog_text(fix.arena, &catalog);
}

Test(catalog, of_nothing)
{
	cr_assert_str_empty(list(true));
	fix.host.config = NULL;
	cr_assert_str_empty(list(true));
}

Test(catalog, names_in_their_order_with_what_they_hide)
{
	fix_file(STOCK_DIR "b.ini", "[profile]\ndescription = stock b\n");
	fix_file(STOCK_DIR "a.ini", "[profile]\ndescription = stock a\n");
	fix_file(ADMIN_DIR "b.ini", "[profile]\ndescription = admin's b\n");
	fix_file(USER_DIR "c.ini", "");
	fix_file(USER_DIR "b.ini", "[profile]\ndescription = first\ndescription = user's b\n");
	cr_assert_str_eq(list(false), "a                stock a\n"
				      "    " STOCK_DIR "a.ini\n"
				      "b                user's b\n"
				      "    " USER_DIR "b.ini\n"
				      "    overrides " ADMIN_DIR "b.ini\n"
				      "    overrides " STOCK_DIR "b.ini\n"
				      "c                (no description)\n"
				      "    " USER_DIR "c.ini\n");
}

Test(catalog, drop_ins_in_the_order_of_reading)
{
	fix_file(STOCK_DIR "a.ini", "[profile]\ndescription =\n");
	fix_file(USER_DIR "a.d/2.ini", "");
	fix_file(USER_DIR "a.d/1.ini", "");
	fix_file(USER_DIR "a.d/.hidden.ini", "");
	fix_file(USER_DIR "a.d/README", "");
	fix_file(ADMIN_DIR "a.d/9.ini", "");
	fix_file(STOCK_DIR "a.d/9.ini", "");
	fix_file(USER_DIR "other.d/x.ini", "");
	cr_assert_str_eq(list(true), "a                (no description)\n"
				     "    " STOCK_DIR "a.ini\n"
				     "    and adds " STOCK_DIR "a.d/9.ini\n"
				     "    and adds " ADMIN_DIR "a.d/9.ini\n"
				     "    and adds " USER_DIR "a.d/1.ini\n"
				     "    and adds " USER_DIR "a.d/2.ini\n");
}

Test(catalog, bases_when_they_are_asked_for)
{
	fix_file(STOCK_DIR "base/essential.ini", "[profile]\ndescription = a base\n");
	fix_file(STOCK_DIR ".git/config.ini", "");
	fix_file(USER_DIR "base/essential.ini", "");
	cr_assert_str_empty(list(false));
	cr_assert_str_eq(list(true), "base/essential   (no description)\n"
				     "    " USER_DIR "base/essential.ini\n"
				     "    overrides " STOCK_DIR "base/essential.ini\n");
}

Test(catalog, what_cannot_be_read_says_why)
{
	fix_unreadable(USER_DIR "closed.ini", EACCES);
	fix_file(USER_DIR "broken.ini", "[profile]\n\nnothing\n");
	cr_assert_str_eq(list(false), "broken           (cannot be read: line 3: the line is neither KEY = "
				      "VALUE, nor [section], nor a "
				      "comment)\n    " USER_DIR "broken.ini\n"
				      "closed           (cannot be read: Permission denied)\n    " USER_DIR
				      "closed.ini\n");
}

Test(catalog, a_directory_that_cannot_be_read_is_an_error)
{
	static const char *const dirs[] = {"/home/alice/.config/pinfold/profiles", USER_DIR "base",
					   USER_DIR "a.d"};

	fix_file(STOCK_DIR "a.ini", "");
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		fix.file_count = 1;
		if (i > 0)
			fix_file(arena_printf(fix.arena, "%s/x", dirs[i]), "");
		fix_unreadable(dirs[i], EACCES);
		fix_assert_refused(try_read(true), "config.unreadable",
				   arena_printf(fix.arena, "%s: Permission denied", dirs[i]));
	}
	fix.file_count = 1;
	fix_unreadable("/home/alice/.config/pinfold/profiles", ENOTDIR);
	cr_assert_eq(try_read(true), 0);
	cr_assert_eq(catalog.count, 1U);
}

Test(catalog, hostile_names_and_descriptions_are_shown_harmlessly)
{
	const char *text;

	fix_file(USER_DIR "x\x1b[2J\ny.ini", "[profile]\ndescription = \x1b]0;title\x07\n");
	text = list(false);
	cr_assert_null(strpbrk(text, "\x1b\x07"), "%s", text);
	cr_assert_not_null(strstr(text, "x\\x1b[2J\\ny"), "%s", text);
}

Test(catalog, names_of_new_profiles)
{
	static const char *const good[] = {"a", "A-b_c.9", "mine", "x.y", "d"};
	static const char *const bad[] = {"",	 ".",	"..",	    ".x", "-x", "a/b",	   "a b",  "a.ini",
					  "a.d", "a\n", "\xc3\xa4", "~x", "a:", "${HOME}", "../a", "a;"};
	char name[70];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		cr_assert(catalog_is_name(good[i]), "%s", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert_not(catalog_is_name(bad[i]), "%s", bad[i]);
	memset(name, 'n', sizeof(name));
	name[64] = '\0';
	cr_assert(catalog_is_name(name));
	name[64] = 'n';
	name[65] = '\0';
	cr_assert_not(catalog_is_name(name));
}

/* ------------------------------------------------------------ merged says the same */

/* The explanation without its head and without where each line is from. */
static const char *plan_text(const char *profile)
{
	const char *text;
	char *out, *w;

	request_init(&fix.request, fix.arena, &fix.host);
	fix_load(profile);
	fix_build();
	text = explain_text(fix.arena, &fix.plan);
	out = w = arena_alloc(fix.arena, strlen(text) + 1);
	for (const char *line = strchr(text, '\n') + 1; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t len = strcspn(line, "\n");
		const char *origin = memmem(line, len, "  [", 3);

		if (origin != NULL && line[len - 1] == ']')
			len = (size_t)(origin - line);
		memcpy(w, line, len);
		w += len;
		*w++ = '\n';
	}
	return out;
}

static const char *merged(const char *profile)
{
	request_init(&fix.request, fix.arena, &fix.host);
	fix_load(profile);
	return catalog_merged(fix.arena, &fix.request);
}

static void merges_to_the_same(const char *profile)
{
	const char *want = plan_text(profile);
	const char *text = merged(profile);
	const char *got;

	fix_file("/elsewhere/merged.ini", text);
	got = plan_text("/elsewhere/merged.ini");
	cr_assert_str_eq(got, want, "%s\n%s", profile, text);
	fix.file_count--;
	cr_assert_str_eq(merged(profile), text, "and does not change");
}

/* Puts the stock profiles where they are installed; their names without ".ini", NULL-terminated. */
static const char **take_stock_profiles(void)
{
	static const char *const dirs[] = {"", "base/"};
	const char *source = getenv("abs_top_srcdir") != NULL ? getenv("abs_top_srcdir") : "..";
	const char **names = NULL;
	size_t count = 0;

	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		const char *path = arena_printf(fix.arena, "%s/profiles/%s", source, dirs[d]);
		DIR *dir = opendir(path);
		const struct dirent *entry;

		cr_assert_not_null(dir, "%s", path);
		while ((entry = readdir(dir)) != NULL) {
			char *text = arena_alloc(fix.arena, 65536);
			FILE *file;
			size_t len;

			if (!profile_is_file_name(entry->d_name))
				continue;
			file = fopen(arena_printf(fix.arena, "%s%s", path, entry->d_name), "re");
			cr_assert_not_null(file);
			len = fread(text, 1, 65535, file);
			cr_assert_lt(len, 65535U);
			(void)fclose(file);
			fix_file(arena_printf(fix.arena, STOCK_DIR "%s%s", dirs[d], entry->d_name), text);
			*ARENA_PUSH(fix.arena, names, count) = arena_printf(
				fix.arena, "%s%.*s", dirs[d], (int)strlen(entry->d_name) - 4, entry->d_name);
		}
		(void)closedir(dir);
	}
	cr_assert_geq(count, 2U, "there are stock profiles");
	*ARENA_PUSH(fix.arena, names, count) = NULL;
	return names;
}

Test(catalog, every_stock_profile_merged_says_the_same)
{
	for (const char **name = take_stock_profiles(); *name != NULL; name++)
		merges_to_the_same(*name);
}

Test(catalog, words_rules_and_scalars_of_several_files_merged)
{
	take_stock_profiles();
	fix_file(USER_DIR "mine.ini", "[profile]\ninclude = default\n"
				      "[filesystem]\n"
				      "ro = -/nope\n"
				      "\t/data:/d:noexec\n"
				      "tmpfs = /tmp:size=1M\n"
				      "etc = -nothing services\n"
				      "[environment]\n"
				      "pass = !LANG\n"
				      "\tEMPTY SECRET\n"
				      "set = A=b=c # no comment\n"
				      "unset = TERM\n"
				      "[seccomp]\n"
				      "deny = socket connect\n"
				      "[namespaces]\n"
				      "time-offset = boottime:5 monotonic:-5\n"
				      "[identity]\n"
				      "hostname = one\n"
				      "[process]\n"
				      "chdir = /d\n"
				      "argv0 = ${USER} $${USER}\n");
	fix_file(USER_DIR "mine.d/1.ini", "[identity]\nhostname = two\n[environment]\nset = A=later\n");
	fix_file(USER_DIR "mine.d/2.ini", "[filesystem]\ntmpfs = /tmp:size=2M\nro = /other:/d\n");
	merges_to_the_same("mine");
}

Test(catalog, the_same_file_included_twice_merged)
{
	fix_file("/p", "[profile]\ninclude = /a\n\t/b\n");
	fix_file("/a", "[profile]\ninclude = /c\n[filesystem]\nro = /data:/x\n");
	fix_file("/b", "[profile]\ninclude = /c\n");
	fix_file("/c", "[filesystem]\nro = /other:/x\n[environment]\npass = TERM LANG\n");
	merges_to_the_same("/p");
}

Test(catalog, the_directory_of_a_profile_is_written_out)
{
	static const char *const dirs[] = {
		"/data",	"/a:b",	      "/a\\b",	    "/a\\\\:b",	    "/with space", "/at the end ",
		"/semi ;colon", "/tab\there", "/new\nline", "/not\xffutf8", "/\xc3\xa4",   "/${HOME}",
		"/$${HOME}",	"/$",	      "/#x",	    "/!x",	    "/[x]",	   "/a=b"};

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		fix.file_count = 0;
		(void)fix_fact(arena_printf(fix.arena, "%s/in", dirs[i]), PATH_DIR);
		(void)fix_fact(arena_printf(fix.arena, "%s/{x", dirs[i]), PATH_DIR);
		(void)fix_fact(dirs[i], PATH_DIR);
		fix_file(arena_printf(fix.arena, "%s/p.ini", dirs[i]),
			 "[filesystem]\n"
			 "ro = -${PROFILE_DIR}/in:/m${PROFILE_DIR}/in:noexec\n"
			 "ro = ${PROFILE_DIR}:/where\n"
			 "dir = /$${PROFILE_DIR}/${PROFILE_DIR}\n"
			 "dir = /last${PROFILE_DIR}\n"
			 "dir = ${PROFILE_DIR}{x\n"
			 "symlink = ${PROFILE_DIR}:/link\n");
		merges_to_the_same(arena_printf(fix.arena, "%s/p.ini", dirs[i]));
	}
}

Test(catalog, the_directory_of_a_profile_in_a_value_without_escapes)
{
	static const char profile[] =
		"[environment]\nset = A=${PROFILE_DIR}{x:${PROFILE_DIR}/y $${PROFILE_DIR}\n";
	static const char *const dirs[] = {"/data",	"/a:b", "/a\\b", "/with space", "/${HOME}",
					   "/$${HOME}", "/$",	"/$$",	 "/\xc3\xa4"};
	static const char *const awkward[] = {"/a ;b", "/new\nline", "/\xff", "/\x1b[2J"};

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		fix.file_count = 0;
		fix_file(arena_printf(fix.arena, "%s/p.ini", dirs[i]), profile);
		merges_to_the_same(arena_printf(fix.arena, "%s/p.ini", dirs[i]));
	}
	for (size_t i = 0; i < ARRAY_SIZE(awkward); i++) {
		const char *text;

		fix.file_count = 0;
		fix_file(arena_printf(fix.arena, "%s/p.ini", awkward[i]), profile);
		text = merged(arena_printf(fix.arena, "%s/p.ini", awkward[i]));
		cr_assert_not_null(strstr(text, arena_printf(fix.arena,
							     "\n# here ${PROFILE_DIR} is %s\nset = A="
							     "${PROFILE_DIR}{x:",
							     str_show(fix.arena, awkward[i]))),
				   "%s", text);
		cr_assert_null(strpbrk(text, "\x1b\xff"));
	}
}

Test(catalog, merged_says_where_each_value_is_from)
{
	fix_file("/p",
		 "[profile]\ninclude = /a\n[filesystem]\nro = /data:/x\n[environment]\npass = A B\n\tC\n");
	fix_file("/a", "[filesystem]\nro = /other:/x\n[identity]\nhostname = a\n");
	cr_assert_str_eq(merged("/p"), "# Profile /p, merged from:\n"
				       "#   /p\n"
				       "#   /a\n"
				       "\n[identity]\n"
				       "# /a:4\nhostname = a\n"
				       "\n[filesystem]\n"
				       "# /a:2\n# replaced by /p:4: ro = /other:/x\n"
				       "# /p:4\nro = /data:/x\n"
				       "\n[environment]\n"
				       "# /p:6\npass = A B\n"
				       "# /p:7\npass = C\n");
}

/* ------------------------------------------------------------ a new one */

static struct problems problems;

static const char *lint(const char *name)
{
	request_init(&fix.request, fix.arena, &fix.host);
	problems = (struct problems){.arena = fix.arena};
	fix.request.problems = &problems;
	cr_assert_eq(fix_try_load(name), 0, "%s", fix.err.msg);
	host_sort_paths(&fix.host);
	lint_request(&fix.request, &fix.host, &problems);
	lint_build(&fix.request, &fix.host, NULL, &problems);
	return problems_text(fix.arena, &problems);
}

/* What stock profiles are meant to be warned of; all others lint clean. */
static const struct {
	const char *profile, *id;
} meant[] = {{"net", "lint.leak"}};

Test(catalog, every_stock_profile_lints_as_it_is_meant_to)
{
	for (const char **name = take_stock_profiles(); *name != NULL; name++) {
		const char *text = lint(*name);
		size_t wanted = 0;

		for (size_t i = 0; i < ARRAY_SIZE(meant); i++) {
			if (!str_eq(meant[i].profile, *name))
				continue;
			wanted++;
			cr_assert_not_null(strstr(text, arena_printf(fix.arena, " [%s]\n", meant[i].id)),
					   "%s: %s", *name, text);
		}
		cr_assert_eq(problems.errors, 0U, "%s: %s", *name, text);
		cr_assert_eq(problems.count, wanted, "%s: %s", *name, text);
	}
}

Test(catalog, a_new_one_says_what_its_base_says)
{
	static const char *const bases[] = {"default", "base/essential", "/abs/p.ini"};

	take_stock_profiles();
	fix_file("/abs/p.ini", "[filesystem]\nro = /data\n");
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		const char *want = plan_text(bases[i]);

		fix_file(USER_DIR "mine.ini", catalog_starter(fix.arena, "mine", bases[i]));
		cr_assert_str_eq(plan_text("mine"), want);
		cr_assert_str_empty(lint("mine"));
		fix.file_count--;
	}
}

Test(catalog, a_new_one_may_have_the_name_of_its_base)
{
	const char *want;

	take_stock_profiles();
	want = plan_text("default");
	fix_file(USER_DIR "default.ini", catalog_starter(fix.arena, "default", "default"));
	cr_assert_str_eq(plan_text("default"), want);
	cr_assert_str_eq(fix.request.profile_path, USER_DIR "default.ini");
}

Test(catalog, a_new_one_has_every_key_and_each_can_be_switched_on)
{
	const char *text = catalog_starter(fix.arena, "mine", "default");
	size_t before;

	take_stock_profiles();
	before = fix.file_count;
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];
		const char *section = arena_printf(fix.arena, "\n[%s]\n", row->section);
		const char *line = arena_printf(fix.arena, "\n#%s = %s\n", row->key, row->example);
		const char *at = strstr(text, section);
		char *changed = arena_strdup(fix.arena, text);
		char *hash;
		const struct value_list *values = &fix.request.values[id];
		struct problems found = {.arena = fix.arena};

		cr_assert_not_null(at, "[%s]", row->section);
		if (str_eq(row->section, "profile"))
			continue;
		cr_assert_not_null(strstr(at, line), "%s", line);
		hash = changed + (strstr(at, line) - text) + 1;
		memmove(hash, hash + 1, strlen(hash));
		fix.file_count = before;
		fix_file(USER_DIR "mine.ini", changed);
		request_init(&fix.request, fix.arena, &fix.host);
		fix.request.problems = &found;
		cr_assert_eq(fix_try_load("mine"), 0, "%s: %s", row->key, fix.err.msg);
		cr_assert_eq(found.count, 0U, "%s", problems_text(fix.arena, &found));
		cr_assert_geq(values->count, 1U, "%s", row->key);
		cr_assert_str_eq(values->items[values->count - 1].origin->name, USER_DIR "mine.ini", "%s",
				 row->key);
	}
}
