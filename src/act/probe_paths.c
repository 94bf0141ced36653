/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_paths.c - facts about the paths that a request names, and where pinfold's own files are. */
#include "config.h"

#include "act/probe_paths.h"

#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/profile_files.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan_build.h"
#include "plan/request.h"
#include "sys/file.h"

enum { MAX_LINKS = 40 }; /* as the kernel follows */

static struct path_fact probe_path(struct arena *arena, const char *path)
{
	struct path_fact fact = {.path = path};
	struct stat st;
	int r = sys_lstat(path, &st);

	if (r == 0 && S_ISLNK(st.st_mode)) {
		char target[PATH_MAX];

		if (sys_readlink(path, target, sizeof(target)) >= 0)
			fact.target = arena_strdup(arena, target);
		r = sys_stat(path, &st);
	}
	if (r < 0) {
		fact.errnum = -r;
		return fact;
	}
	fact.device = st.st_dev;
	fact.inode = st.st_ino;
	fact.names = S_ISDIR(st.st_mode) ? 0 : st.st_nlink;
	if (S_ISDIR(st.st_mode))
		fact.kind = PATH_DIR;
	else
		fact.kind = S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ? PATH_DEVICE : PATH_FILE;
	fact.is_special = fact.kind == PATH_FILE && !S_ISREG(st.st_mode);
	return fact;
}

/* A path under way: `done` has no symlinks, `rest` is still to be walked. */
struct walk {
	struct arena *arena;
	struct own_path *own;
	const char *done;
	const char *rest;
};

static void go_up(struct walk *walk)
{
	const char *slash = strrchr(walk->done, '/');

	if (slash != NULL)
		walk->done = arena_strndup(walk->arena, walk->done, (size_t)(slash - walk->done));
}

/* One component. Returns false at the end, or where the path ends to exist. */
static bool step(struct walk *walk)
{
	char target[PATH_MAX];
	struct stat st;
	const char *next;
	size_t len;

	walk->rest += strspn(walk->rest, "/");
	len = strcspn(walk->rest, "/");
	if (len == 0)
		return false;
	next = arena_printf(walk->arena, "%s/%.*s", walk->done, (int)len, walk->rest);
	if (len == 2 && strncmp(walk->rest, "..", 2) == 0) {
		go_up(walk);
	} else if (len == 1 && walk->rest[0] == '.') {
		/* stays where it is */
	} else if (sys_lstat(next, &st) < 0) {
		walk->own->exists = false;
		return false;
	} else if (S_ISLNK(st.st_mode) && sys_readlink(next, target, sizeof(target)) >= 0) {
		*ARENA_PUSH(walk->arena, walk->own->links, walk->own->link_count) = next;
		walk->rest = arena_printf(walk->arena, "%s/%s", target, walk->rest + len);
		if (target[0] == '/')
			walk->done = "";
		return walk->own->link_count < MAX_LINKS;
	} else {
		walk->own->is_file = !S_ISDIR(st.st_mode);
		walk->done = next;
	}
	walk->rest += len;
	return true;
}

/* Follows the path by hand, for the symlinks on the way: realpath(3) tells only where they lead. */
static struct own_path walk_path(struct arena *arena, const char *path)
{
	struct own_path own = {.exists = true};
	struct walk walk = {.arena = arena, .own = &own, .done = "", .rest = path};

	while (step(&walk)) {
	}
	own.path = arena_printf(arena, "%s%s%s", walk.done, walk.rest[0] != '\0' ? "/" : "", walk.rest);
	if (own.path[0] == '\0')
		own.path = "/";
	return own;
}

/* What becomes of a path of pinfold's own: masked, shown read-only, or that and refused where it could be
 * made. */
enum own_kind { OWN_MASKED, OWN_KEPT, OWN_ASKED };

static void add_own(struct arena *arena, struct host *host, const char *path, enum own_kind kind)
{
	struct own_path own = walk_path(arena, path);

	own.is_kept = kind != OWN_MASKED;
	own.is_asked = kind == OWN_ASKED;
	for (size_t i = 0; i < host->own_count; i++) {
		if (str_eq(host->own[i].path, own.path) && host->own[i].link_count == own.link_count)
			return;
	}
	*ARENA_PUSH(arena, host->own, host->own_count) = own;
}

/* pinfold's directories below a home, where no variable says otherwise. */
static void add_home(struct arena *arena, struct host *host, const char *home)
{
	static const char *const below[] = {".config", ".cache", ".local/share", ".local/state"};

	for (size_t i = 0; home != NULL && i < ARRAY_SIZE(below); i++)
		add_own(arena, host, arena_printf(arena, "%s/%s/pinfold", home, below[i]), OWN_MASKED);
}

/*
 * Profiles are often links into a tree of settings that is kept elsewhere: what they lead to decides what
 * other runs may do. The user-dirs.dirs says what ${DOWNLOADS} and the like are.
 */
static void add_profiles(struct arena *arena, struct host *host)
{
	const char *dir;
	const char **names = NULL;
	size_t count = 0;

	if (host->config == NULL)
		return;
	dir = arena_printf(arena, "%s/pinfold/profiles", host->config);
	add_own(arena, host, dir, OWN_MASKED);
	if (sys_access(AT_FDCWD, arena_printf(arena, "%s/user-dirs.dirs", host->config), F_OK) == 0)
		add_own(arena, host, arena_printf(arena, "%s/user-dirs.dirs", host->config), OWN_KEPT);
	if (act_profile_loader.list(NULL, arena, dir, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *path = arena_printf(arena, "%s/%s", dir, names[i]);
		struct stat st;

		if (sys_lstat(path, &st) < 0 || !S_ISLNK(st.st_mode))
			continue;
		add_own(arena, host, path, str_ends(names[i], ".ini") ? OWN_ASKED : OWN_MASKED);
	}
}

/*
 * Masked: the directories of this environment, and those that another one of the same user would have (a
 * login without the variables, cron). Kept as they are: what this run was told by.
 */
static void probe_own(struct arena *arena, const struct request *request, struct host *host)
{
	const char *const bases[] = {host->config, host->cache, host->data, host->state, host->runtime};
	const struct passwd *entry = getpwuid(host->uid);
	char program[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		if (bases[i] != NULL)
			add_own(arena, host, arena_printf(arena, "%s/pinfold", bases[i]), OWN_MASKED);
	}
	add_home(arena, host, host->home);
	if (entry != NULL && entry->pw_dir[0] == '/')
		add_home(arena, host, arena_strdup(arena, entry->pw_dir));
	add_own(arena, host, arena_printf(arena, "/run/user/%u/pinfold", host->uid), OWN_MASKED);
	for (size_t i = 0; i < request->file_count; i++)
		add_own(arena, host, request->files[i], OWN_KEPT);
	for (size_t i = 0; i < request->absent_count; i++)
		add_own(arena, host, request->absent[i], OWN_ASKED);
	add_profiles(arena, host);
	add_own(arena, host, arena_printf(arena, "%s/profiles", host->datadir), OWN_KEPT);
	add_own(arena, host, arena_printf(arena, "%s/pinfold", host->sysconfdir), OWN_KEPT);
	if (sys_readlink("/proc/self/exe", program, sizeof(program)) > 0)
		add_own(arena, host, program, OWN_KEPT);
}

/* Where a path really is, as far as it exists, as the plan will want it. */
static void probe_real(struct arena *arena, struct path_fact *fact)
{
	struct own_path walked;

	if (fact == NULL || fact->real != NULL)
		return;
	walked = walk_path(arena, fact->path);
	fact->links = walked.links;
	fact->link_count = walked.link_count;
	fact->real = str_eq(walked.path, fact->path) ? NULL : walked.path;
	for (size_t k = 0; k < walked.link_count; k++) {
		/* /proc/self itself is an ordinary link; those below it lead where no path does. */
		const char *below = str_starts(walked.links[k], "/proc/") ? walked.links[k] + 6 : "";

		fact->is_magic = fact->is_magic || strchr(below, '/') != NULL;
	}
}

void act_probe_paths(struct arena *arena, const struct request *request, struct host *host)
{
	const char **paths;
	size_t count;

	plan_wanted_paths(request, arena, &paths, &count);
	for (size_t i = 0; i < count; i++)
		*ARENA_PUSH(arena, host->paths, host->path_count) = probe_path(arena, paths[i]);
	host_sort_paths(host);
	plan_granted_paths(request, arena, &paths, &count);
	for (size_t i = 0; i < count; i++)
		probe_real(arena, host_find_path(host, paths[i]));
	for (size_t i = 0; i < request->values[OPT_COPY].count; i++) {
		struct path_fact *fact = host_find_path(host, request->values[OPT_COPY].items[i].a);

		/* The child will have capabilities over the caller's own files, and could read any. */
		if (fact != NULL && fact->kind == PATH_FILE)
			fact->is_closed = sys_access(AT_FDCWD, fact->path, R_OK) < 0;
	}
	if (count > 0)
		probe_own(arena, request, host);
}

void act_probe_more(struct arena *arena, struct host *host, const char *const paths[], size_t count)
{
	size_t known = host->path_count;

	for (size_t i = 0; i < count; i++) {
		/* Those that the request names are known already; the sorted part is looked through. */
		struct host sorted = {.paths = host->paths, .path_count = known};

		if (host_find_path(&sorted, paths[i]) != NULL)
			continue;
		*ARENA_PUSH(arena, host->paths, host->path_count) = probe_path(arena, paths[i]);
		probe_real(arena, &host->paths[host->path_count - 1]);
	}
	host_sort_paths(host);
}
