/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_value.c - the parser of each type of value: what it takes, its limits, what it refuses. */
#include "plan/value.h"

#include <limits.h>
#include <linux/capability.h>
#include <stdint.h>

#include "plan/units.h"
#include "plan_fixture.h"

TestSuite(value, .init = fix_setup, .fini = fix_teardown);

static struct value value;
static const char *profile_dir; /* NULL: as on the command line */

static int parse(enum option_id id, const char *text)
{
	const struct value_context context = {
		.arena = fix.arena, .host = &fix.host, .profile_dir = profile_dir};

	memset(&value, 0, sizeof(value));
	memset(&fix.err, 0, sizeof(fix.err));
	return value_parse(&context, &option_table[id], text, &value, &fix.err);
}

static void assert_parses(enum option_id id, const char *text)
{
	cr_assert_eq(parse(id, text), 0, "%s = %s: %s", option_table[id].key, text, fix.err.msg);
}

/* Every refusal is about the profile, names the key, and has a hint. */
static void assert_refused(enum option_id id, const char *text, const char *err_id)
{
	cr_assert_eq(parse(id, text), -1, "%s = %s should be refused", option_table[id].key, text);
	cr_assert_eq(fix.err.kind, ERR_CONFIG);
	cr_assert_str_eq(fix.err.id, err_id, "%s: %s", text, fix.err.msg);
	cr_assert_not_null(strstr(fix.err.msg, option_table[id].key), "%s", fix.err.msg);
	cr_assert_str_not_empty(fix.err.hint, "%s", fix.err.msg);
	cr_assert_str_empty(fix_where(), "the origin is the caller's");
}

static void assert_number(enum option_id id, const char *text, uint64_t number)
{
	assert_parses(id, text);
	cr_assert_eq(value.number, number, "%s", text);
}

/* ------------------------------------------------------------ words and numbers */

Test(value, enums_are_the_words_of_the_metavar)
{
	assert_number(OPT_NESTED, "none", 0);
	assert_number(OPT_NESTED, "browser", 1);
	assert_number(OPT_NESTED, "full", 2);
	assert_refused(OPT_NESTED, "None", "config.word");
	assert_refused(OPT_NESTED, "non", "config.word");
	cr_assert_str_eq(fix.err.hint, "did you mean none?");
	cr_assert_str_eq(fix.err.msg, "nested = non: it must be none|browser|full");
	assert_refused(OPT_NESTED, "something", "config.word");
	cr_assert_str_eq(fix.err.hint, "for example: nested = full");
	assert_refused(OPT_NESTED, "none|browser", "config.word");
	assert_refused(OPT_NESTED, "none ", "config.word");
	assert_refused(OPT_NESTED, "", "config.word");
}

Test(value, bools_are_yes_and_no)
{
	static const char *const bad[] = {"true", "false", "1", "0", "on", "Yes", "y", ""};

	assert_number(OPT_ALLOW_HOST_ROOT, "yes", 1);
	assert_number(OPT_ALLOW_HOST_ROOT, "no", 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_refused(OPT_ALLOW_HOST_ROOT, bad[i], "config.word");
}

Test(value, counts)
{
	assert_number(OPT_INODES, "1", 1);
	assert_number(OPT_INODES, "9223372036854775807", INT64_MAX);
	assert_refused(OPT_INODES, "9223372036854775808", "config.number");
	cr_assert_not_null(strstr(fix.err.msg, "at most 9223372036854775807"));
	assert_refused(OPT_INODES, "18446744073709551617", "config.number");
	assert_refused(OPT_INODES, "-1", "config.number");
	assert_refused(OPT_INODES, "1k", "config.number");
	assert_refused(OPT_INODES, "1 ", "config.number");
	assert_refused(OPT_INODES, "", "config.number");
	assert_refused(OPT_INODES, "0x10", "config.number");
}

Test(value, ids_end_before_minus_one)
{
	assert_number(OPT_UID, "0", 0);
	assert_number(OPT_UID, "4294967294", UINT32_MAX - 1);
	assert_refused(OPT_UID, "4294967295", "config.number");
	assert_refused(OPT_UID, "4294967296", "config.number");
	assert_refused(OPT_GID, "-1", "config.number");
	assert_refused(OPT_GID, "root", "config.number");
}

Test(value, sizes)
{
	assert_number(OPT_SIZE, "1", 1);
	assert_number(OPT_SIZE, "4096", 4096);
	assert_number(OPT_SIZE, "1K", 1024);
	assert_number(OPT_SIZE, "3M", 3145728);
	assert_number(OPT_SIZE, "2G", UINT64_C(2) << 30);
	assert_number(OPT_SIZE, "5T", UINT64_C(5) << 40);
	assert_number(OPT_SIZE, "9223372036854775807", INT64_MAX);
	assert_number(OPT_SIZE, "8388607T", UINT64_C(8388607) << 40);
	assert_refused(OPT_SIZE, "9223372036854775808", "config.size");
	assert_refused(OPT_SIZE, "8388608T", "config.size"); /* 2 to the 63 */
	assert_refused(OPT_SIZE, "9007199254740992K", "config.size");
	assert_refused(OPT_SIZE, "", "config.size");
	assert_refused(OPT_SIZE, "K", "config.size");
	assert_refused(OPT_SIZE, "1k", "config.size");
	assert_refused(OPT_SIZE, "1KB", "config.size");
	assert_refused(OPT_SIZE, "1 K", "config.size");
	assert_refused(OPT_SIZE, "1.5M", "config.size");
	assert_refused(OPT_SIZE, "-1M", "config.size");
	assert_refused(OPT_SIZE, "1P", "config.size");
}

Test(value, a_size_or_count_of_zero_is_refused)
{
	/* To tmpfs, 0 bytes or inodes mean no limit at all. */
	assert_refused(OPT_SIZE, "0", "config.size");
	assert_refused(OPT_SIZE, "0K", "config.size");
	assert_refused(OPT_INODES, "0", "config.number");
	assert_refused(OPT_TMPFS, "/tmp:size=0", "config.size");
}

Test(value, sizes_are_shown_as_they_are_written)
{
	static const struct {
		uint64_t size;
		const char *text;
	} cases[] = {{0, "0"},
		     {1, "1"},
		     {1023, "1023"},
		     {1024, "1K"},
		     {1025, "1025"},
		     {1536, "1536"},
		     {UINT64_C(3) << 20, "3M"},
		     {UINT64_C(1) << 40, "1T"},
		     {UINT64_C(4096) << 40, "4096T"},
		     {UINT64_MAX, "18446744073709551615"}};
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		value_show_size(cases[i].size, text);
		cr_assert_str_eq(text, cases[i].text);
	}
}

Test(value, modes_are_octal)
{
	assert_number(OPT_UMASK, "0", 0);
	assert_number(OPT_UMASK, "022", 022);
	assert_number(OPT_UMASK, "0077", 077);
	assert_number(OPT_UMASK, "07777", 07777);
	assert_number(OPT_UMASK, "7777", 07777);
	assert_refused(OPT_UMASK, "10000", "config.mode");
	assert_refused(OPT_UMASK, "77777", "config.mode");
	assert_refused(OPT_UMASK, "000000", "config.mode");
	assert_refused(OPT_UMASK, "8", "config.mode");
	assert_refused(OPT_UMASK, "u=rwx", "config.mode");
	assert_refused(OPT_UMASK, "-1", "config.mode");
	assert_refused(OPT_UMASK, "", "config.mode");
}

/* ------------------------------------------------------------ text */

Test(value, names)
{
	char name[70];

	assert_parses(OPT_HOSTNAME, "a");
	assert_parses(OPT_HOSTNAME, "Build-er_1.example");
	cr_assert_str_eq(value.a, "Build-er_1.example");
	assert_parses(OPT_HOSTNAME, "${USER}-box");
	cr_assert_str_eq(value.a, "alice-box");
	memset(name, 'n', sizeof(name));
	name[64] = '\0';
	assert_parses(OPT_HOSTNAME, name);
	name[64] = 'n';
	name[65] = '\0';
	assert_refused(OPT_HOSTNAME, name, "config.name");
	assert_refused(OPT_HOSTNAME, "", "config.name");
	assert_refused(OPT_HOSTNAME, "-x", "config.name");
	assert_refused(OPT_HOSTNAME, "a b", "config.name");
	assert_refused(OPT_HOSTNAME, "a:b", "config.name");
	assert_refused(OPT_HOSTNAME, "a/b", "config.name");
	assert_refused(OPT_HOSTNAME, "\xc3\xa4", "config.name");
	fix.host.user = "al ice";
	assert_refused(OPT_HOSTNAME, "${USER}", "config.name");
}

Test(value, text_expands_macros_and_keeps_the_rest)
{
	assert_parses(OPT_ARGV0, "-sh \\n \"x\" $HOME $${HOME} ${USER}!");
	cr_assert_str_eq(value.a, "-sh \\n \"x\" $HOME ${HOME} alice!");
	assert_parses(OPT_ARGV0, "");
	cr_assert_str_empty(value.a);
}

Test(value, assignments)
{
	assert_parses(OPT_SET, "NAME=value=more");
	cr_assert_str_eq(value.a, "NAME");
	cr_assert_str_eq(value.b, "value=more");
	assert_parses(OPT_SET, "_x9=");
	cr_assert_str_empty(value.b);
	assert_parses(OPT_SET, "P=${HOME}/bin:\\t");
	cr_assert_str_eq(value.b, "/home/alice/bin:\\t");
	assert_refused(OPT_SET, "NAME", "config.variable");
	assert_refused(OPT_SET, "=value", "config.variable");
	assert_refused(OPT_SET, "9A=1", "config.variable");
	assert_refused(OPT_SET, "A B=1", "config.variable");
	assert_refused(OPT_SET, "A-B=1", "config.variable");
	assert_refused(OPT_SET, "", "config.variable");
	assert_refused(OPT_SET, "A=${NOPE}", "config.macro");
}

Test(value, variables)
{
	assert_parses(OPT_PASS, "LC_ALL");
	cr_assert_str_eq(value.a, "LC_ALL");
	assert_refused(OPT_PASS, "LC_*", "config.variable");
	assert_refused(OPT_PASS, "A=B", "config.variable");
	assert_refused(OPT_PASS, "1", "config.variable");
	assert_refused(OPT_PASS, "", "config.variable");
}

Test(value, capabilities)
{
	assert_number(OPT_KEEP, "net_bind_service", CAP_NET_BIND_SERVICE);
	assert_number(OPT_KEEP, "CAP_NET_BIND_SERVICE", CAP_NET_BIND_SERVICE);
	assert_number(OPT_KEEP, "cap_chown", CAP_CHOWN);
	assert_number(OPT_KEEP, "Sys_Admin", CAP_SYS_ADMIN);
	assert_refused(OPT_KEEP, "cap_", "config.capability");
	assert_refused(OPT_KEEP, "cap_cap_chown", "config.capability");
	assert_refused(OPT_KEEP, "all", "config.capability");
	assert_refused(OPT_KEEP, "", "config.capability");
	assert_refused(OPT_KEEP, "7", "config.capability");
	assert_refused(OPT_KEEP, "64", "config.capability");
	assert_refused(OPT_KEEP,
		       "net_bind_servicexxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		       "config.capability");
}

Test(value, syscalls)
{
	assert_parses(OPT_SECCOMP_DENY, "clone3");
	cr_assert_str_eq(value.a, "clone3");
	assert_refused(OPT_SECCOMP_DENY, "Socket", "config.syscall");
	assert_refused(OPT_SECCOMP_DENY, "@network", "config.syscall");
	assert_refused(OPT_SECCOMP_DENY, "a-b", "config.syscall");
}

static void assert_compare(const char *text, bool is_any, uint64_t mask, uint64_t bits)
{
	assert_parses(OPT_SECCOMP_DENY, text);
	cr_assert_eq(value.match->count, 1U, "%s", text);
	cr_assert_eq(value.match->compares[0].is_any, is_any, "%s", text);
	cr_assert_eq(value.match->compares[0].mask, mask, "%s: %lx", text,
		     (unsigned long)value.match->compares[0].mask);
	cr_assert_eq(value.match->compares[0].value, bits, "%s", text);
}

Test(value, rules_compare_what_the_kernel_reads)
{
	assert_compare("socket(family=40)", false, UINT32_MAX, 40);
	assert_compare("socket(protocol=-1)", false, UINT32_MAX, UINT32_MAX);
	assert_compare("kill(a0=0x123456789)", false, UINT64_MAX, 0x123456789);
	assert_compare("openat(flags&O_WRONLY|O_RDWR)", true, UINT32_MAX, 3);
	/* Flags stand next to some; whoever looks for them says so. */
	assert_compare("socket(type=SOCK_RAW)", false, 0xf, 3);
	assert_compare("socketpair(type=0x1)", false, 0xf, 1);
	assert_compare("socket(type=0x80003)", false, UINT32_MAX, 0x80003);
	assert_compare("socket(a1=3)", false, UINT32_MAX, 3);
	assert_compare("sched_setscheduler(policy=1)", false, 0x0fffffff, 1);
}

Test(value, offsets)
{
	assert_parses(OPT_TIME_OFFSET, "boottime:86400");
	cr_assert_str_eq(value.a, "boottime");
	cr_assert_eq(value.offset, 86400);
	assert_parses(OPT_TIME_OFFSET, "monotonic:-5");
	cr_assert_str_eq(value.a, "monotonic");
	cr_assert_eq(value.offset, -5);
	assert_parses(OPT_TIME_OFFSET, "boottime:-0");
	cr_assert_eq(value.offset, 0);
	assert_parses(OPT_TIME_OFFSET, "boottime:4611686018");
	cr_assert_eq(value.offset, 4611686018);
	assert_refused(OPT_TIME_OFFSET, "boottime:4611686019", "config.number");
	assert_refused(OPT_TIME_OFFSET, "boottime:99999999999999999999", "config.number");
	assert_refused(OPT_TIME_OFFSET, "boottime", "config.offset");
	assert_refused(OPT_TIME_OFFSET, "realtime:1", "config.offset");
	assert_refused(OPT_TIME_OFFSET, ":1", "config.offset");
	assert_refused(OPT_TIME_OFFSET, "boottime:", "config.number");
	assert_refused(OPT_TIME_OFFSET, "boottime:--1", "config.number");
	assert_refused(OPT_TIME_OFFSET, "boottime:+1", "config.number");
	assert_refused(OPT_TIME_OFFSET, "boottime:1h", "config.number");
}

/* ------------------------------------------------------------ paths */

Test(value, paths_are_absolute_and_normalized)
{
	assert_parses(OPT_CHDIR, "//a/./b/");
	cr_assert_str_eq(value.a, "/a/b");
	assert_parses(OPT_CHDIR, "a");
	cr_assert_str_eq(value.a, "/home/alice/work/a", "from the command line");
	profile_dir = "/profiles";
	assert_refused(OPT_CHDIR, "a", "config.path");
	cr_assert_str_eq(fix.err.msg, "chdir = a: the path must start with /");
	assert_refused(OPT_CHDIR, "", "config.path");
	assert_refused(OPT_CHDIR, "/a/../b", "config.path");
	assert_refused(OPT_CHDIR, "/a/\\x2e./b", "config.path");
}

Test(value, escapes_write_any_byte_but_nul)
{
	assert_parses(OPT_CHDIR, "/a\\\\b\\:c\\nd\\te\\x20f\\xFF\\x7f");
	cr_assert_str_eq(value.a, "/a\\b:c\nd\te f\xff\x7f");
	assert_parses(OPT_CHDIR, "/a:b");
	cr_assert_str_eq(value.a, "/a:b", "alone, a colon needs no escape");
	assert_refused(OPT_CHDIR, "/a\\", "config.escape");
	assert_refused(OPT_CHDIR, "/a\\z", "config.escape");
	assert_refused(OPT_CHDIR, "/a\\x", "config.escape");
	assert_refused(OPT_CHDIR, "/a\\x1", "config.escape");
	assert_refused(OPT_CHDIR, "/a\\x1g", "config.escape");
	assert_refused(OPT_CHDIR, "/a\\x00", "config.escape");
	assert_refused(OPT_CHDIR, "/a\\N", "config.escape");
}

Test(value, every_byte_of_a_path_can_be_escaped)
{
	char text[] = "/\\x00";

	for (unsigned int byte = 1; byte < 256; byte++) {
		if (byte == '/' || byte == '.')
			continue;
		(void)snprintf(text, sizeof(text), "/\\x%02x", byte);
		assert_parses(OPT_CHDIR, text);
		cr_assert_eq((unsigned char)value.a[1], byte);
		cr_assert_eq(value.a[2], '\0');
	}
}

Test(value, the_longest_path_can_be_written_in_escapes)
{
	size_t len = PATH_MAX - 1;
	char *text = arena_alloc(fix.arena, len * 4 + 1);

	for (size_t i = 0; i < len; i++)
		(void)sprintf(text + i * 4, "\\x%02x", i % 200 == 0 ? '/' : 'p');
	assert_parses(OPT_CHDIR, text);
	cr_assert_eq(strlen(value.a), len);
	assert_refused(OPT_CHDIR, arena_printf(fix.arena, "%s\\x70", text), "config.path");
}

Test(value, macros)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{"${HOME}", "/home/alice"},
		{"${HOME}/x", "/home/alice/x"},
		{"/x${HOME}", "/x/home/alice"},
		{"/home/${USER}", "/home/alice"},
		{"/run/user/${UID}", "/run/user/1000"},
		{"${RUNTIME}/bus", "/run/user/1000/bus"},
		{"${CWD}", "/home/alice/work"},
		{"${CONFIG}", "/home/alice/.config"},
		{"${CACHE}", "/home/alice/.cache"},
		{"${DATA}", "/home/alice/.local/share"},
		{"${STATE}", "/home/alice/.local/state"},
		{"${PROFILE_DIR}/x", "/profiles/x"},
		{"/${USER}${USER}", "/alicealice"},
		{"/$${HOME}", "/${HOME}"},
		{"/$HOME", "/$HOME"},
		{"/$", "/$"},
		{"/$$", "/$$"},
		{"/$$$${USER}", "/$$${USER}"},
		{"/$${${USER}}", "/${alice}"},
	};

	profile_dir = "/profiles";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_parses(OPT_CHDIR, cases[i].text);
		cr_assert_str_eq(value.a, cases[i].path, "%s", cases[i].text);
	}
}

Test(value, macros_that_do_not_exist)
{
	assert_refused(OPT_CHDIR, "${NOPE}", "config.macro");
	cr_assert_str_eq(fix.err.msg, "chdir: unknown macro ${NOPE}");
	assert_refused(OPT_CHDIR, "${home}", "config.macro");
	assert_refused(OPT_CHDIR, "${HOME }", "config.macro");
	assert_refused(OPT_CHDIR, "${}", "config.macro");
	assert_refused(OPT_CHDIR, "${HOMER}", "config.macro");
	assert_refused(OPT_CHDIR, "${HOM}", "config.macro");
	assert_refused(OPT_CHDIR, "${HOME", "config.macro");
	assert_refused(OPT_CHDIR, "/x${", "config.macro");
}

Test(value, macros_without_a_value_are_errors_and_not_empty)
{
	static const char *const names[] = {"HOME",  "USER",	    "RUNTIME", "CWD",  "CONFIG",
					    "CACHE", "PROFILE_DIR", "DATA",    "STATE"};

	fix.host.home = fix.host.home_inside = fix.host.user = fix.host.runtime = fix.host.cwd = NULL;
	fix.host.config = fix.host.cache = fix.host.data = fix.host.state = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_refused(OPT_ARGV0, arena_printf(fix.arena, "${%s}", names[i]), "config.macro-unset");
		assert_refused(OPT_CHDIR, arena_printf(fix.arena, "/${%s}", names[i]), "config.macro-unset");
	}
	assert_parses(OPT_ARGV0, "${UID}");
}

Test(value, what_a_macro_brings_is_not_read_again)
{
	fix.host.home_inside = "/home/${USER}\\n$${x:y";
	assert_parses(OPT_CHDIR, "${HOME}/z");
	cr_assert_str_eq(value.a, "/home/${USER}\\n$${x:y/z");
	assert_parses(OPT_RO, "${HOME}:/inside");
	cr_assert_str_eq(value.a, "/home/${USER}\\n$${x:y");
	cr_assert_str_eq(value.b, "/inside", "a colon that a macro brings separates nothing");
	fix.host.home_inside = "/a/../b";
	assert_refused(OPT_CHDIR, "${HOME}", "config.path");
}

Test(value, long_macros_fit)
{
	char *home = arena_alloc(fix.arena, 1001);

	for (size_t i = 0; i < 1000; i++)
		home[i] = i % 100 == 0 ? '/' : 'h';
	fix.host.home_inside = home;
	assert_parses(OPT_ARGV0, "${HOME}${HOME}${HOME}${HOME}${HOME}.");
	cr_assert_eq(strlen(value.a), 5001U);
	cr_assert_eq(value.a[5000], '.');
}

/* ------------------------------------------------------------ rules */

Test(value, binds)
{
	assert_parses(OPT_RO, "/a");
	cr_assert_str_eq(value.a, "/a");
	cr_assert_str_eq(value.b, "/a");
	cr_assert_not(value.is_noexec);
	assert_parses(OPT_RO, "/a/:/b//c");
	cr_assert_str_eq(value.a, "/a");
	cr_assert_str_eq(value.b, "/b/c");
	assert_parses(OPT_RO, "/a:/b:noexec");
	cr_assert(value.is_noexec);
	assert_parses(OPT_RO, "/a::noexec");
	cr_assert_str_eq(value.b, "/a");
	cr_assert(value.is_noexec);
	assert_parses(OPT_RO, "/with\\:colon:/b\\:c");
	cr_assert_str_eq(value.a, "/with:colon");
	cr_assert_str_eq(value.b, "/b:c");
	assert_parses(OPT_RO, "/:/host");
	cr_assert_str_eq(value.a, "/");
	assert_parses(OPT_RO, "/a\\\\:/b");
	cr_assert_str_eq(value.a, "/a\\", "an escaped backslash escapes no colon");
	cr_assert_str_eq(value.b, "/b");
	assert_refused(OPT_RO, "/a:/b:exec", "config.bind-option");
	assert_refused(OPT_RO, "/a:/b:noexec:", "config.bind-option");
	assert_refused(OPT_RO, "/a:/b:", "config.bind-option");
	assert_refused(OPT_RO, "", "config.path");
	assert_refused(OPT_RO, ":/b", "config.path");
	assert_refused(OPT_RO, "/a:b", "config.path");
	assert_refused(OPT_RO, "/a:/b/..", "config.path");
	assert_refused(OPT_RO, "/", "config.bind-root");
	assert_refused(OPT_RO, "/a:/", "config.bind-root");
}

Test(value, a_plain_dollar_brace_separates_as_any_text_does)
{
	assert_parses(OPT_RO, "/a$${b:/dest");
	cr_assert_str_eq(value.a, "/a${b");
	cr_assert_str_eq(value.b, "/dest");
}

Test(value, relative_sources_are_for_the_command_line)
{
	assert_parses(OPT_RW, "data/x");
	cr_assert_str_eq(value.a, "/home/alice/work/data/x");
	cr_assert_str_eq(value.b, "/home/alice/work/data/x");
	assert_parses(OPT_RW, ".:/work");
	cr_assert_str_eq(value.a, "/home/alice/work");
	assert_refused(OPT_RW, "../x", "config.path");
	profile_dir = "/profiles";
	assert_refused(OPT_RW, "data/x", "config.path");
	profile_dir = NULL;
	fix.host.cwd = NULL;
	assert_refused(OPT_RW, "data/x", "config.path");
}

Test(value, tmpfs)
{
	assert_parses(OPT_TMPFS, "/t");
	cr_assert_str_eq(value.a, "/t");
	cr_assert_not(value.has_mode);
	cr_assert_eq(value.size, 0U);
	assert_parses(OPT_TMPFS, "/t:size=64M,mode=1777");
	cr_assert_eq(value.size, UINT64_C(64) << 20);
	cr_assert_eq(value.mode, 01777U);
	cr_assert(value.has_mode);
	assert_parses(OPT_TMPFS, "/t:mode=0");
	cr_assert(value.has_mode);
	cr_assert_eq(value.mode, 0U);
	assert_parses(OPT_TMPFS, "/t\\:x:mode=700");
	cr_assert_str_eq(value.a, "/t:x");
	assert_refused(OPT_TMPFS, "/t:size=", "config.size");
	assert_refused(OPT_TMPFS, "/t:mode=9", "config.mode");
	assert_refused(OPT_TMPFS, "/t:size", "config.option");
	assert_refused(OPT_TMPFS, "/t:inodes=3", "config.option");
	assert_refused(OPT_TMPFS, "/t:Mode=700", "config.option");
	assert_refused(OPT_TMPFS, "/t:size=1M:mode=700", "config.size");
	assert_refused(OPT_TMPFS, "/t:mode=700,,size=1M", "config.option");
	assert_refused(OPT_TMPFS, "/", "config.path");
	assert_refused(OPT_TMPFS, "t", "config.path");
	assert_refused(OPT_TMPFS, "", "config.path");
}

Test(value, dirs_have_no_size)
{
	assert_parses(OPT_DIR, "/d:mode=0750");
	cr_assert_eq(value.mode, 0750U);
	assert_refused(OPT_DIR, "/d:size=1M", "config.option");
	assert_refused(OPT_DIR, "/", "config.path");
	assert_refused(OPT_DIR, "d", "config.path");
}

Test(value, links)
{
	assert_parses(OPT_SYMLINK, "usr/bin:/bin/");
	cr_assert_str_eq(value.a, "usr/bin");
	cr_assert_str_eq(value.b, "/bin");
	assert_parses(OPT_SYMLINK, "../x\\:y:/a/b");
	cr_assert_str_eq(value.a, "../x:y");
	assert_refused(OPT_SYMLINK, "usr/bin", "config.link");
	assert_refused(OPT_SYMLINK, ":/bin", "config.link");
	assert_refused(OPT_SYMLINK, "x:/", "config.link");
	assert_refused(OPT_SYMLINK, "x:", "config.path");
	assert_refused(OPT_SYMLINK, "x:bin", "config.path");
}

Test(value, pieces_of_etc)
{
	assert_parses(OPT_ETC, "ssh");
	cr_assert_str_eq(value.a, "ssh");
	assert_parses(OPT_ETC, "ssl//certs/.");
	cr_assert_str_eq(value.a, "ssl/certs");
	assert_parses(OPT_ETC, "@base");
	cr_assert_str_eq(value.a, "@base");
	assert_refused(OPT_ETC, "/etc/ssh", "config.etc");
	assert_refused(OPT_ETC, "..", "config.etc");
	assert_refused(OPT_ETC, "../shadow", "config.etc");
	assert_refused(OPT_ETC, ".", "config.etc");
	assert_refused(OPT_ETC, "", "config.etc");
}

Test(value, messages_show_hostile_text_harmlessly)
{
	assert_refused(OPT_NESTED, "\x1b[2J\n", "config.word");
	cr_assert_null(strchr(fix.err.msg, '\x1b'));
	cr_assert_null(strchr(fix.err.msg, '\n'));
	assert_refused(OPT_CHDIR, "/..\xff/..", "config.path");
	cr_assert(str_is_utf8(fix.err.msg, strlen(fix.err.msg)));
}

Test(value, overlong_text_is_refused_and_not_cut)
{
	char *text = arena_alloc(fix.arena, 65537);

	memset(text, '1', 65536);
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		enum value_type type = option_table[id].type;

		if (type == VALUE_TEXT || type == VALUE_INCLUDE || type == VALUE_SYSCALL)
			continue;
		cr_assert_eq(parse(id, text), -1, "%s", option_table[id].key);
	}
}

Test(value, lists_of_words)
{
	cr_assert(value_is_word(VALUE_VARIABLE));
	cr_assert(value_is_word(VALUE_CAP));
	cr_assert(value_is_word(VALUE_SYSCALL));
	cr_assert(value_is_word(VALUE_ETC));
	cr_assert(value_is_word(VALUE_OFFSET));
	cr_assert_not(value_is_word(VALUE_BIND));
	cr_assert_not(value_is_word(VALUE_ASSIGN));
	cr_assert_not(value_is_word(VALUE_TEXT));
}

/* ------------------------------------------------------------ limits */

Test(value, times)
{
	assert_number(OPT_WALL_TIME, "1500ms", 1500000000);
	assert_number(OPT_STOP_GRACE, "2s", UINT64_C(2000000000));
	assert_refused(OPT_WALL_TIME, "5", "config.duration");
	assert_refused(OPT_WALL_TIME, "0s", "config.duration");
	assert_refused(OPT_WALL_TIME, "", "config.duration");
	assert_refused(OPT_WALL_TIME, "1s 2s", "config.duration");
	assert_refused(OPT_WALL_TIME, "300000h90", "config.duration");
	assert_refused(OPT_CPU_TIME, "9999999999999h", "config.duration");
	cr_assert_not_null(strstr(fix.err.msg, "less than 292 years"));
}

Test(value, processors)
{
	assert_parses(OPT_CPUSET, "0-1,64");
	cr_assert_eq(value.cpus->words[0], 3U);
	cr_assert_eq(value.cpus->words[1], 1U);
	assert_refused(OPT_CPUSET, "", "config.cpuset");
	assert_refused(OPT_CPUSET, "all", "config.cpuset");
	assert_refused(OPT_CPUSET, "3-1", "config.cpuset");
	assert_refused(OPT_CPUSET, "1024", "config.cpuset");
}

/* ------------------------------------------------------------ where the flaw is */

Test(value, the_byte_that_is_wrong)
{
	static const struct {
		enum option_id id;
		const char *text;
		size_t at;
	} cases[] = {
		{OPT_NESTED, "non", 0},
		{OPT_ALLOW_HOST_ROOT, "on", 0},
		{OPT_INODES, "1k", 0},
		{OPT_UID, "-1", 0},
		{OPT_SIZE, "12Q", 0},
		{OPT_SIZE, "0", 0},
		{OPT_UMASK, "888", 0},
		{OPT_HOSTNAME, "a b", 0},
		{OPT_HOSTNAME, "${USER}/x", 0},
		{OPT_HOSTNAME, "a${NOPE}", 1},
		{OPT_PASS, "A=B", 0},
		{OPT_SET, "A", 0},
		{OPT_SET, "A=${NOPE}", 2},
		{OPT_SET, "A=\xc3\xa4${HOME", 4},
		{OPT_KEEP, "nope", 0},
		{OPT_SECCOMP_DENY, "So", 0},
		{OPT_ETC, "../x", 0},
		{OPT_TIME_OFFSET, "boottime", 0},
		{OPT_TIME_OFFSET, "realtime:1", 0},
		{OPT_TIME_OFFSET, "boottime:x", 9},
		{OPT_TIME_OFFSET, "boottime:-x", 10},
		{OPT_CHDIR, "a", 0},
		{OPT_CHDIR, "/a/../b", 0},
		{OPT_CHDIR, "/a\\q", 2},
		{OPT_CHDIR, "/\xc3\xa4\\x0", 3},
		{OPT_CHDIR, "/a/${NOPE}", 3},
		{OPT_CHDIR, "${HOME}/${HOME", 8},
		{OPT_RO, "a:/b", 0},
		{OPT_RO, "/a:b", 3},
		{OPT_RO, "/a:/b/..", 3},
		{OPT_RO, "/a\\:b:c", 6},
		{OPT_RO, "/a:/b:exec", 6},
		{OPT_RO, "/a::exec", 4},
		{OPT_RO, "/a:/${NOPE}", 4},
		{OPT_RO, "${HOME}:${NOPE}", 8},
		{OPT_RO, "/a:/b\\", 5},
		{OPT_RO, "/a:/", 0},
		{OPT_DEV, "/dev/x:y", 7},
		{OPT_TMPFS, "a", 0},
		{OPT_TMPFS, "/", 0},
		{OPT_TMPFS, "/a:size=1x", 3},
		{OPT_TMPFS, "/a:mode=0755,size=1x", 13},
		{OPT_TMPFS, "/a:size=1M,mode=9", 11},
		{OPT_TMPFS, "/a:nope", 3},
		{OPT_TMPFS, "/a:mode=0755,nope=1", 13},
		{OPT_DIR, "/a:size=1M", 3},
		{OPT_SYMLINK, "a", 0},
		{OPT_SYMLINK, "a:b", 2},
		{OPT_SYMLINK, "a\\q:/b", 1},
		{OPT_SYMLINK, "a:/b${NOPE}", 4},
		{OPT_SYMLINK, ":/b", 0},
		{OPT_INCLUDE, "a${NOPE}", 1},
	};

	profile_dir = "/profiles";
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_assert_eq(parse(cases[i].id, cases[i].text), -1, "%s", cases[i].text);
		cr_assert_eq(value.flaw_at, cases[i].at, "%s = %s: %zu", option_table[cases[i].id].key,
			     cases[i].text, value.flaw_at);
	}
}

Test(value, what_has_a_destination_and_what_escapes)
{
	assert_parses(OPT_RO, "/a:/b");
	cr_assert_str_eq(value_destination(VALUE_BIND, &value), "/b");
	assert_parses(OPT_TMPFS, "/c");
	cr_assert_str_eq(value_destination(VALUE_TMPFS, &value), "/c");
	assert_parses(OPT_SYMLINK, "x:/d");
	cr_assert_str_eq(value_destination(VALUE_LINK, &value), "/d");
	assert_parses(OPT_CHDIR, "/e");
	cr_assert_null(value_destination(VALUE_PATH, &value));
	cr_assert_null(value_destination(VALUE_TEXT, &value));
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const char *text = arena_printf(fix.arena, "/a\\x20b%s",
						option_table[id].type == VALUE_LINK ? ":/c" : "");
		bool is_unescaped;

		if (option_table[id].type == VALUE_ETC || parse(id, text) < 0)
			continue;
		is_unescaped = value.a != NULL && str_starts(value.a, "/a b");
		cr_assert_eq(is_unescaped, value_has_escapes(option_table[id].type), "%s",
			     option_table[id].key);
	}
}

Test(value, a_namespace_is_a_word_or_whose_it_is)
{
	static const struct {
		const char *text;
		enum space_choice choice;
		const char *whose;
	} rows[] = {
		{"none", SPACE_PRIVATE, NULL},
		{"host", SPACE_HOST, NULL},
		{"join:web", SPACE_JOIN, "web"},
		{"join:NAME", SPACE_JOIN, "NAME"},
		{"join:/proc//7/ns/./net", SPACE_JOIN, "/proc/7/ns/net"},
		{"join:${RUNTIME}/net", SPACE_JOIN, "/run/user/1000/net"},
	};
	static const char *const wrong[] = {"private",
					    "join",
					    "join:",
					    "join:../net",
					    "join:proc/7/ns/net",
					    "join:a b",
					    "join:/proc/../net",
					    "join:${NOPE}/net",
					    "join:$HOME",
					    "JOIN:web",
					    "Host"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct value *got;

		fix_set("network.mode", rows[i].text);
		got = request_get(&fix.request, OPT_NETWORK);
		cr_assert_eq(got->number, (uint64_t)rows[i].choice, "%s", rows[i].text);
		if (rows[i].whose != NULL)
			cr_assert_str_eq(got->a, rows[i].whose);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		cr_assert_eq(fix_try_set("network.mode", wrong[i], NULL), -1, "%s", wrong[i]);
}
