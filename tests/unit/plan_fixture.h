/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_fixture.h - a host on paper, profiles from strings, and a plan made of both.
 *
 * The host is Alice's: uid 1000, Linux 6.1, a merged /usr, the usual devices. A test changes what it is about
 * before it builds. All of it lives in one arena that TestSuite's fini frees.
 */
#ifndef PINFOLD_TESTS_PLAN_FIXTURE_H
#define PINFOLD_TESTS_PLAN_FIXTURE_H

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "plan/plan_build.h"
#include "plan/profile.h"
#include "plan/request.h"

enum { MAX_FILES = 64 };

static struct fixture {
	struct arena *arena;
	struct host host;
	struct request request;
	struct plan plan;
	struct err err;
	struct fixture_file {
		const char *path;
		const char *text;
		size_t len;
		int errnum; /* instead of a text */
	} files[MAX_FILES];
	size_t file_count;
	const char *tried[MAX_FILES]; /* paths that were asked for */
	size_t tried_count;
} fix;

static inline struct path_fact *fix_fact(const char *path, enum path_kind kind)
{
	struct path_fact *fact = NULL;

	for (size_t i = 0; i < fix.host.path_count; i++) {
		if (str_eq(fix.host.paths[i].path, path))
			fact = &fix.host.paths[i];
	}
	if (fact == NULL)
		fact = ARENA_PUSH(fix.arena, fix.host.paths, fix.host.path_count);
	*fact = (struct path_fact){.path = path, .kind = kind, .errnum = kind == PATH_MISSING ? ENOENT : 0};
	return fact;
}

static inline void fix_link(const char *path, const char *target)
{
	fix_fact(path, PATH_DIR)->target = target;
}

/* A directory of pinfold's own, which exists. */
static inline struct own_path *fix_own(const char *path)
{
	struct own_path *own = ARENA_PUSH(fix.arena, fix.host.own, fix.host.own_count);

	*own = (struct own_path){.path = path, .exists = true};
	return own;
}

static inline void fix_setup(void)
{
	static const char *const devices[] = {"/dev/null",   "/dev/zero",    "/dev/full",
					      "/dev/random", "/dev/urandom", "/dev/tty"};
	static char term[] = "TERM=xterm", lang[] = "LANG=C.UTF-8", secret[] = "SECRET=hidden",
		    empty[] = "EMPTY=";
	static char *const env[] = {term, lang, secret, empty, NULL};

	memset(&fix, 0, sizeof(fix));
	fix.arena = arena_new();
	fix.host = (struct host){.kernel_major = 6,
				 .kernel_minor = 1,
				 .landlock = 2,
				 .uid = 1000,
				 .gid = 1000,
				 .umask = 022,
				 .is_proc_ours = true,
				 .user = "alice",
				 .home = "/home/alice",
				 .cwd = "/home/alice/work",
				 .runtime = "/run/user/1000",
				 .config = "/home/alice/.config",
				 .cache = "/home/alice/.cache",
				 .data = "/home/alice/.local/share",
				 .state = "/home/alice/.local/state",
				 .sysconfdir = "/etc",
				 .datadir = "/usr/share/pinfold",
				 .env = env,
				 .random_id = "0123456789abcdef0123456789abcdef"};
	host_settle_home(&fix.host, fix.arena);
	(void)fix_fact("/usr", PATH_DIR);
	fix_link("/bin", "usr/bin");
	fix_link("/sbin", "usr/sbin");
	fix_link("/lib", "usr/lib");
	fix_link("/lib64", "usr/lib64");
	for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
		(void)fix_fact(devices[i], PATH_DEVICE);
	request_init(&fix.request, fix.arena, &fix.host);
}

static inline void fix_teardown(void)
{
	arena_free_ptr(&fix.arena);
}

/* Where the error is: "file:line", or the name alone. */
static inline const char *fix_where(void)
{
	if (fix.err.line == 0)
		return fix.err.origin;
	return arena_printf(fix.arena, "%s:%u", fix.err.origin, fix.err.line);
}

/* ------------------------------------------------------------ keys */

static inline int fix_try_set(const char *key, const char *text, const char *profile_dir)
{
	char section[40];
	const char *dot = strchr(key, '.');
	const struct request_source source = {.origin = {.name = arena_printf(fix.arena, "%s=%s", key, text)},
					      .profile_dir = profile_dir};
	enum option_id id;

	cr_assert_not_null(dot, "%s", key);
	(void)snprintf(section, sizeof(section), "%.*s", (int)(dot - key), key);
	id = option_find(section, dot + 1);
	cr_assert_neq(id, OPT_COUNT, "%s", key);
	return request_set(&fix.request, id, text, &source, &fix.err);
}

/* As the command line does it; the origin is KEY=TEXT. */
static inline void fix_set(const char *key, const char *text)
{
	if (fix.request.layer == 0)
		fix.request.layer = 1;
	cr_assert_eq(fix_try_set(key, text, NULL), 0, "%s = %s: %s", key, text, fix.err.msg);
}

/* ------------------------------------------------------------ profiles */

static inline void fix_file(const char *path, const char *text)
{
	fix.files[fix.file_count++] = (struct fixture_file){path, text, strlen(text), 0};
}

static inline void fix_unreadable(const char *path, int errnum)
{
	fix.files[fix.file_count++] = (struct fixture_file){.path = path, .errnum = errnum};
}

/* "./a", "a" and "././a" are one file, as they are to open(2). */
static inline const char *fix_plain_path(const char *path)
{
	char *plain = arena_alloc(fix.arena, strlen(path) + 1);
	char *w = plain;

	while (*path != '\0') {
		size_t len = strcspn(path, "/");
		size_t next = len + (path[len] == '/');

		if (!(len == 1 && path[0] == '.')) {
			memcpy(w, path, next);
			w += next;
		}
		path += next;
	}
	return plain;
}

static inline int fix_read(void *user, struct arena *arena, const char *path, const char **ret_text,
			   size_t *ret_len)
{
	(void)user, (void)arena;
	if (fix.tried_count < MAX_FILES)
		fix.tried[fix.tried_count++] = path;
	for (size_t i = 0; i < fix.file_count; i++) {
		if (!str_eq(fix_plain_path(fix.files[i].path), fix_plain_path(path)))
			continue;
		if (fix.files[i].errnum != 0)
			return -fix.files[i].errnum;
		*ret_text = fix.files[i].text;
		*ret_len = fix.files[i].len;
		return 0;
	}
	return -ENOENT;
}

/* The directories are those of the files; one with the name of a file that is unreadable is so too. */
static inline int fix_list(void *user, struct arena *arena, const char *path, const char ***ret_names,
			   size_t *ret_count)
{
	const char *dir = arena_printf(fix.arena, "%s/", fix_plain_path(path));

	(void)user;
	*ret_names = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < fix.file_count; i++) {
		const char *file = fix_plain_path(fix.files[i].path);

		if (fix.files[i].errnum != 0 && str_eq(file, fix_plain_path(path)))
			return -fix.files[i].errnum;
		if (str_starts(file, dir))
			*ARENA_PUSH(arena, *ret_names, *ret_count) =
				arena_strndup(arena, file + strlen(dir), strcspn(file + strlen(dir), "/"));
	}
	return *ret_count > 0 ? 0 : -ENOENT;
}

static const struct profile_loader fix_loader = {.read = fix_read, .list = fix_list};

static inline int fix_try_load(const char *name)
{
	return profile_load(&fix.request, name, &fix_loader, &fix.err);
}

static inline void fix_load(const char *name)
{
	cr_assert_eq(fix_try_load(name), 0, "%s (%s)", fix.err.msg, fix_where());
}

/* ------------------------------------------------------------ plans */

static inline int fix_try_build(void)
{
	host_sort_paths(&fix.host);
	memset(&fix.err, 0, sizeof(fix.err));
	return plan_build(&fix.request, &fix.host, &fix.plan, &fix.err);
}

static inline void fix_build(void)
{
	cr_assert_eq(fix_try_build(), 0, "%s (%s)", fix.err.msg, fix_where());
}

/* A refusal: its id, and part of its message. Every one says what to do, and where it was asked for. */
static inline void fix_assert_refused(int r, const char *id, const char *part)
{
	cr_assert_eq(r, -1, "%s should have been refused", id);
	cr_assert_str_eq(fix.err.id, id, "%s: %s", fix.err.id, fix.err.msg);
	cr_assert_not_null(strstr(fix.err.msg, part), "%s", fix.err.msg);
	cr_assert_str_not_empty(fix.err.hint, "%s", fix.err.msg);
}

static inline const struct plan_node *fix_find_node(const char *dest)
{
	for (size_t i = 0; i < fix.plan.root.count; i++) {
		if (str_eq(fix.plan.root.nodes[i].dest, dest))
			return &fix.plan.root.nodes[i];
	}
	return NULL;
}

static inline const struct plan_node *fix_node(const char *dest)
{
	const struct plan_node *node = fix_find_node(dest);

	cr_assert_not_null(node, "there is no node %s", dest);
	return node;
}

#endif
