/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_cmd_args.c - the command line of run and explain: what is ours, what the program's, and what is
 * refused. */
#include "cmd/args.h"

#include <stdarg.h>
#include <stdlib.h>

#include "act_fixture.h"

static struct invocation invocation;

static void setup(void)
{
	act_setup();
	(void)setenv("HOME", "/home/alice", 1);
	(void)setenv("PINFOLD_DATADIR", "/d", 1);
	(void)unsetenv("XDG_CONFIG_HOME");
	fake_knows_all();
	fake_file("/d/profiles/default.ini", "[filesystem]\nsystem = none\ndevices = none\nproc = none\n");
	fake_file("/d/profiles/other.ini",
		  "[filesystem]\nsystem = none\ndevices = none\nproc = none\n[identity]\nhostname = other\n");
}

TestSuite(args, .init = setup, .fini = fix_teardown);

/* As `pinfold run ARG...`, the arguments ended by NULL. */
static int parse(const char *first, ...)
{
	static char *argv[32]; /* the plan points into it */
	int argc = 0;
	va_list ap;

	memset(argv, 0, sizeof(argv));
	argv[argc++] = arena_strdup(fix.arena, "run");
	va_start(ap, first);
	for (const char *arg = first; arg != NULL; arg = va_arg(ap, const char *))
		argv[argc++] = arena_strdup(fix.arena, arg);
	va_end(ap);
	memset(&fix.err, 0, sizeof(fix.err));
	return args_plan(fix.arena, argc, argv, &invocation, &fix.err);
}

#define PARSES(...) cr_assert_eq(parse(__VA_ARGS__, NULL), 0, "%s (%s)", fix.err.msg, fix_where())
#define REFUSES(id, part, ...) fix_assert_refused(parse(__VA_ARGS__, NULL), id, part)

static const char *hostname(void)
{
	return request_text(&invocation.request, OPT_HOSTNAME, "");
}

static void assert_program(const char *first, const char *second)
{
	cr_assert_not_null(invocation.request.argv);
	cr_assert_str_eq(invocation.request.argv[0], first);
	if (second == NULL)
		cr_assert_null(invocation.request.argv[1]);
	else
		cr_assert_str_eq(invocation.request.argv[1], second);
}

Test(args, nothing_is_the_default_profile_and_no_program)
{
	cr_assert_eq(parse(NULL), 0, "%s", fix.err.msg);
	cr_assert_str_eq(invocation.request.profile, "default");
	cr_assert_null(invocation.request.argv);
	cr_assert_not(invocation.wants_help || invocation.is_dry_run || invocation.wants_json);
	cr_assert_str_eq(hostname(), "sandbox");
}

Test(args, the_first_word_that_is_no_option_is_the_program)
{
	PARSES("ls", "--hostname", "x", "-p", "other");
	assert_program("ls", "--hostname");
	cr_assert_str_eq(hostname(), "sandbox", "behind it everything is the program's");
	PARSES("--hostname", "box", "--", "--hostname", "x");
	assert_program("--hostname", "x");
	cr_assert_str_eq(hostname(), "box");
	PARSES("--", "ls");
	assert_program("ls", NULL);
	PARSES("-");
	assert_program("-", NULL);
	PARSES("--");
	cr_assert_null(invocation.request.argv);
}

Test(args, profiles_by_name)
{
	PARSES("-p", "other");
	cr_assert_str_eq(hostname(), "other");
	PARSES("-pother");
	cr_assert_str_eq(hostname(), "other");
	PARSES("--profile", "other");
	PARSES("--profile=other");
	cr_assert_str_eq(hostname(), "other");
	REFUSES("config.no-profile", "there is no profile nope", "-p", "nope");
	cr_assert_str_eq(fix_where(), "--profile");
}

Test(args, every_alias_is_an_option)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];
		const struct value *value;

		/* The examples of these are not on this host, nor is a cgroup. */
		if (row->alias == NULL || id == OPT_RO || id == OPT_DEV || id == OPT_ROOT ||
		    id == OPT_OVERLAY || id == OPT_MEMORY)
			continue;
		if (id == OPT_RW)
			fake_mode("/data", S_IFDIR | 0755);
		PARSES(arena_printf(fix.arena, "--%s", row->alias), id == OPT_RW ? "/data" : row->example);
		value = request_get(&invocation.request, id);
		cr_assert_not_null(value, "%s", row->alias);
		cr_assert(str_starts(value->origin->name, arena_printf(fix.arena, "--%s ", row->alias)), "%s",
			  value->origin->name);
		PARSES(arena_printf(fix.arena, "--%s=%s", row->alias, id == OPT_RW ? "/data" : row->example));
	}
}

Test(args, any_key_can_be_set)
{
	PARSES("--set", "identity.hostname=one", "--hostname", "two", "--set=environment.set=A=b=c.d");
	cr_assert_str_eq(hostname(), "two", "in the order of the command line");
	cr_assert_str_eq(invocation.request.values[OPT_SET].items[0].b, "b=c.d");
	cr_assert_str_eq(origin_text(fix.arena, invocation.request.values[OPT_SET].items[0].origin),
			 "--set environment.set");
	PARSES("-p", "other", "--set", "identity.hostname=");
	cr_assert_str_eq(hostname(), "sandbox", "an empty value sets it back");
}

Test(args, the_command_line_is_the_last_layer)
{
	PARSES("-p", "other", "--hostname", "mine");
	cr_assert_str_eq(hostname(), "mine");
	cr_assert_gt(request_get(&invocation.request, OPT_HOSTNAME)->layer, 1U);
}

Test(args, what_set_does_not_take)
{
	REFUSES("usage.set", "--set hostname=x: it must be SECTION.KEY=VALUE", "--set", "hostname=x");
	REFUSES("usage.set", "SECTION.KEY=VALUE", "--set", "identity.hostname");
	REFUSES("usage.set", "SECTION.KEY=VALUE", "--set", "hostname=x.y");
	REFUSES("usage.unknown-key", "there is no key identity.hostnam", "--set", "identity.hostnam=x");
	cr_assert_str_eq(fix.err.hint, "did you mean identity.hostname?");
	REFUSES("usage.unknown-key", "there is no key nowhere.x", "--set", "nowhere.x=y");
	REFUSES("usage.file-only", "profile.include", "--set", "profile.include=x");
	cr_assert_eq(fix.err.kind, ERR_USAGE);
	REFUSES("config.name", "hostname = a b", "--set", "identity.hostname=a b");
	cr_assert_str_eq(fix_where(), "--set identity.hostname");
}

Test(args, unknown_options)
{
	REFUSES("usage.option", "unknown option --hostnam", "--hostnam", "x");
	cr_assert_str_eq(fix.err.hint, "did you mean --hostname?");
	REFUSES("usage.option", "unknown option --hostnam=x", "--hostnam=x");
	cr_assert_str_eq(fix.err.hint, "did you mean --hostname?");
	REFUSES("usage.option", "unknown option -x", "-x");
	REFUSES("usage.option", "unknown option --quite-another", "--quite-another");
	cr_assert_eq(fix.err.kind, ERR_USAGE);
}

Test(args, an_abbreviation_is_no_option)
{
	/* The next new option would make it another one, or none. */
	REFUSES("usage.option", "--host", "--host", "x");
	REFUSES("usage.option", "--prof=other", "--prof=other");
	REFUSES("usage.option", "--dry", "--dry");
}

Test(args, options_without_their_values)
{
	REFUSES("usage.argument", "--hostname needs a value", "--hostname");
	REFUSES("usage.argument", "-p needs a value", "-p");
	REFUSES("usage.argument", "--set needs a value", "--set");
	REFUSES("usage.argument", "--hostname needs a value", "--hostname", "");
	cr_assert_not_null(strstr(fix.err.hint, "--set identity.hostname="), "%s", fix.err.hint);
	REFUSES("usage.argument", "--rw needs a value", "--rw", "", "prog");
}

Test(args, switches)
{
	PARSES("--dry-run", "--json", "ls");
	cr_assert(invocation.is_dry_run && invocation.wants_json);
	PARSES("-h");
	cr_assert(invocation.wants_help);
	PARSES("--help", "--hostname", "x");
	cr_assert(invocation.wants_help);
	REFUSES("usage.option", "--json", "--json=yes");
}

Test(args, the_program_and_its_arguments_arrive_unharmed)
{
	PARSES("--", "./a b", "\n", "", "--set", "\"q\"");
	cr_assert_str_eq(invocation.plan.program.file, "./a b");
	cr_assert_str_eq(invocation.plan.program.argv[1], "\n");
	cr_assert_str_empty(invocation.plan.program.argv[2]);
	cr_assert_str_eq(invocation.plan.program.argv[3], "--set");
	cr_assert_str_eq(invocation.plan.program.argv[4], "\"q\"");
	cr_assert_null(invocation.plan.program.argv[5]);
}

Test(args, hostile_words_are_shown_harmlessly)
{
	(void)parse("--\x1b[2J", NULL);
	cr_assert_null(strchr(fix.err.msg, '\x1b'));
	(void)parse("--set", "\x1b=x", NULL);
	cr_assert_null(strchr(fix.err.msg, '\x1b'));
	(void)parse("--hostname", "\x1b", NULL);
	cr_assert_null(strchr(fix.err.msg, '\x1b'));
	cr_assert_null(strchr(fix_where(), '\x1b'));
}
