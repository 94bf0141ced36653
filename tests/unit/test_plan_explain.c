/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_explain.c - a plan as text and as JSON; that both are complete is the goldens' business. */
#include "config.h"

#include "plan/explain.h"

#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "plan_fixture.h"

TestSuite(explain, .init = fix_setup, .fini = fix_teardown);

static void assert_says(const char *text, const char *part)
{
	cr_assert_not_null(strstr(text, part), "\"%s\" is not in:\n%s", part, text);
}

Test(explain, words_of_nodes)
{
	const struct {
		struct plan_node node;
		const char *word;
	} cases[] = {
		{{.kind = NODE_DIR}, "dir"},
		{{.kind = NODE_FILE}, "file"},
		{{.kind = NODE_SYMLINK}, "symlink"},
		{{.kind = NODE_TMPFS}, "tmpfs"},
		{{.kind = NODE_PROC}, "proc"},
		{{.kind = NODE_DEVPTS}, "devpts"},
		{{.kind = NODE_BIND, .attr = MOUNT_ATTR_NODEV}, "rw"},
		{{.kind = NODE_BIND, .attr = MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY}, "ro"},
		{{.kind = NODE_BIND}, "dev"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_assert_str_eq(explain_node_word(&cases[i].node), cases[i].word);
}

Test(explain, words_of_namespaces_and_flags)
{
	const uint64_t all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
			     CLONE_NEWNET | CLONE_NEWCGROUP;

	cr_assert_str_eq(explain_namespaces(fix.arena, all, 1), "user mount pid ipc uts net cgroup time");
	cr_assert_str_eq(explain_namespaces(fix.arena, CLONE_NEWPID, 0), "pid");
	cr_assert_str_eq(explain_attr(fix.arena, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
							 MOUNT_ATTR_NOEXEC),
			 "ro,nosuid,nodev,noexec");
	cr_assert_str_eq(explain_attr(fix.arena, 0), "");
}

static const char *text(void)
{
	fix_build();
	return explain_text(fix.arena, &fix.plan);
}

Test(explain, every_part_is_there)
{
	static const char *const parts[] = {"profile ", "identity",  "namespaces", "network",
					    "root\n",	"privilege", "program",	   "story"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_says(text(), parts[i]);
}

Test(explain, values_say_where_they_were_asked_for)
{
	char *const given[] = {(char[]){"prog"}, (char[]){"an arg"}, NULL};

	(void)fix_fact("/data", PATH_DIR);
	fix_set("filesystem.ro", "/data:/d:noexec");
	fix_set("namespaces.time-offset", "boottime:60");
	fix_set("seccomp.deny", "socket");
	fix_set("capabilities.keep", "chown");
	fix_set("process.chdir", "/tmp");
	fix.request.argv = given;
	assert_says(text(),
		    "  ro      /d from /data (ro,nosuid,nodev,noexec)  [filesystem.ro=/data:/d:noexec]\n");
	assert_says(text(), "clock boottime shifted by 60 s  [namespaces.time-offset=boottime:60]\n");
	assert_says(text(), "deny socket  [seccomp.deny=socket]\n");
	assert_says(text(), "capabilities: chown\n");
	assert_says(text(), "chdir /tmp  [process.chdir=/tmp]\n");
	assert_says(text(), "argv[1] an arg\n");
	assert_says(text(), "[default]");
}

/* Text of which every piece that comes from outside has bytes that a terminal obeys. */
static void make_hostile(void)
{
	static char evil[] = "EVIL=\x1b]0;title\x07\n\xc2\x9b";
	static char *const env[] = {evil, NULL};
	static char program[] = "\x1b[2J", arg[] = "\xff\n";
	static char *const argv[] = {program, arg, NULL};

	fix.host.env = env;
	fix.host.cwd = "/usr/\x1b[31m";
	fix.request.argv = argv;
	(void)fix_fact("/a\x1b\n\x9b", PATH_DIR);
	fix_file("/dir\x1b\n\xc2\x9b/p.ini", "[filesystem]\n"
					     "ro = /a\\x1b\\n\\x9b:/\\x1b\n"
					     "tmpfs = /\\x07:mode=700\n"
					     "symlink = \\x1b:/l\\x1b\n"
					     "[environment]\npass = EVIL\n"
					     "[process]\nchdir = /\\x1b\n"
					     "[namespaces]\ntime-offset = boottime:1\n"
					     "[seccomp]\ndeny = socket\n"
					     "[identity]\nmap = root\n");
	fix_load("/dir\x1b\n\xc2\x9b/p.ini");
	/* No profile has such bytes as they are; the command line may. */
	fix_set("process.argv0", "\x1b[1m\n");
	fix_set("environment.set", "SET=\x1b[2J\n\xc2\x9b");
}

Test(explain, text_never_obeys)
{
	make_hostile();
	for (const unsigned char *s = (const unsigned char *)text(); *s != '\0'; s++)
		cr_assert((*s >= 0x20 && *s != 0x7f && !(s[0] == 0xc2 && s[1] < 0xa0)) || *s == '\n',
			  "\\x%02x in ...%.60s", *s, (const char *)s);
	cr_assert(str_is_utf8(text(), strlen(text())));
	assert_says(text(), "\\x1b");
}

Test(explain, no_line_of_the_text_is_made_by_what_it_shows)
{
	size_t before = 0;
	size_t after = 0;

	make_hostile();
	for (const char *s = text(); *s != '\0'; s++)
		before += *s == '\n';
	fix.host.env = NULL;
	for (const char *s = text(); *s != '\0'; s++)
		after += *s == '\n';
	cr_assert_eq(before, after + 1, "one line a variable, whatever is in it");
}

#ifdef HAVE_JANSSON

Test(explain, json)
{
	static const char *const parts[] = {"\"schema\": \"pinfold.plan/1\"",
					    "\"uid_map\"",
					    "\"identity\"",
					    "\"namespaces\"",
					    "\"network\"",
					    "\"root\"",
					    "\"capabilities\"",
					    "\"filter\"",
					    "\"program\"",
					    "\"story\"",
					    "\"dest\": \"/usr\"",
					    "\"size\": 16777216"};
	CLEANUP_FREE char *json = NULL;

	fix_build();
	cr_assert_eq(explain_json(fix.arena, &fix.plan, &json, &fix.err), 0, "%s", fix.err.msg);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		assert_says(json, parts[i]);
}

Test(explain, json_of_hostile_text_is_json)
{
	CLEANUP_FREE char *json = NULL;

	make_hostile();
	fix_build();
	cr_assert_eq(explain_json(fix.arena, &fix.plan, &json, &fix.err), 0);
	cr_assert(str_is_utf8(json, strlen(json)));
	cr_assert_null(strchr(json, '\x1b'));
	assert_says(json, "\\\\x1b");
	cr_assert_null(strstr(json, "\"dest\": null"), "what is no UTF-8 is escaped and not dropped");
}

#endif
