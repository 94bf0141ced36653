/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_paths.c - facts about the paths that a request names, and where pinfold's own files are. */
#include "config.h"

#include "act/probe_paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/probe_watch.h"
#include "act/profile_files.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_build.h"
#include "plan/request.h"
#include "sys/file.h"

enum { MAX_LINKS = 40 }; /* as the kernel follows */

/* What stat(2) said of it. */
static void take_stat(struct path_fact *fact, const struct stat *st)
{
	fact->device = st->st_dev;
	fact->inode = st->st_ino;
	fact->names = S_ISDIR(st->st_mode) ? 0 : st->st_nlink;
	if (S_ISDIR(st->st_mode))
		fact->kind = PATH_DIR;
	else
		fact->kind = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode) ? PATH_DEVICE : PATH_FILE;
	fact->is_special = fact->kind == PATH_FILE && !S_ISREG(st->st_mode);
}

static void take_target(struct path_fact *fact, struct arena *arena)
{
	char target[PATH_MAX];

	if (sys_readlink(fact->path, target, sizeof(target)) >= 0)
		fact->target = arena_strdup(arena, target);
}

static struct path_fact probe_path(struct arena *arena, const char *path)
{
	struct path_fact fact = {.path = path};
	struct stat st;
	/* Not every file system knows the birth, and an outer sandbox may not know the call: then the inode
	 * is all. */
	int r = sys_statx(AT_FDCWD, path, false, &st, &fact.birth);

	if (r == 0 && S_ISLNK(st.st_mode)) {
		take_target(&fact, arena);
		r = sys_statx(AT_FDCWD, path, true, &st, &fact.birth);
	}
	if (r < 0)
		fact.errnum = -r;
	else
		take_stat(&fact, &st);
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

/*
 * The directory that the last walk ended in, without a symlink on the way there: paths come with their
 * siblings, and thousands of them would each be walked from the root. That it may have changed since is no
 * more than that any part of a walk may have: what is mounted is opened again, without following symlinks,
 * and compared.
 */
struct known_dir {
	const char *path;
	size_t len; /* 0: none yet */
};

/* What comes behind the known directory, from its slash on; NULL: the path is not in it. */
static const char *below_known(const struct known_dir *known, const char *path)
{
	if (known->len == 0 || strncmp(path, known->path, known->len) != 0 || path[known->len] != '/')
		return NULL;
	return path + known->len;
}

static void learn_dir(struct known_dir *known, const struct own_path *own)
{
	if (own->exists)
		*known = (struct known_dir){own->path, (size_t)(strrchr(own->path, '/') - own->path)};
}

/* Follows the path by hand, for the symlinks on the way: realpath(3) tells only where they lead. */
static struct own_path walk_path(struct arena *arena, const char *path, struct known_dir *known)
{
	const char *below = below_known(known, path);
	struct own_path own = {.exists = true};
	struct walk walk = {.arena = arena, .own = &own, .done = "", .rest = path};

	if (below != NULL) {
		walk.done = arena_strndup(arena, known->path, known->len);
		walk.rest = below;
	}
	while (step(&walk)) {
	}
	own.path = arena_printf(arena, "%s%s%s", walk.done, walk.rest[0] != '\0' ? "/" : "", walk.rest);
	if (own.path[0] == '\0')
		own.path = "/";
	if (walk.rest[0] == '\0')
		learn_dir(known, &own);
	return own;
}

/* What becomes of a path of pinfold's own: masked; shown read-only; that, and where it could be made, refused
 * or made as an empty file. */
enum own_kind { OWN_MASKED, OWN_KEPT, OWN_ASKED, OWN_MADE };

/* What is looked at, by whom it may be. */
struct survey {
	struct arena *arena;
	const struct request *request;
	struct host *host;
	const char *entry_home; /* the caller's home in the password file, or NULL */
	struct known_dir known;
	struct probe_watch watch;
};

static void push_own(struct survey *survey, struct own_path own, enum own_kind kind)
{
	struct host *host = survey->host;

	own.is_kept = kind != OWN_MASKED;
	own.is_asked = kind == OWN_ASKED;
	own.is_made = kind == OWN_MADE;
	for (size_t i = 0; i < host->own_count; i++) {
		if (str_eq(host->own[i].path, own.path) && host->own[i].link_count == own.link_count)
			return;
	}
	*ARENA_PUSH(survey->arena, host->own, host->own_count) = own;
}

/*
 * Can nobody of ours make what is not there? Not on a file system that is read-only, nor in a directory of
 * root's, who is in no map of an ordinary user's; one of our own could be opened first, whatever its mode is
 * now.
 */
static bool is_beyond(struct arena *arena, const char *path)
{
	char *dir = arena_strdup(arena, path);
	struct stat st;
	int r;

	do {
		char *slash = strrchr(dir, '/');

		slash[slash == dir ? 1 : 0] = '\0';
	} while (sys_lstat(dir, &st) < 0 && dir[1] != '\0');
	r = sys_access(AT_FDCWD, dir, W_OK);
	return r == -EROFS || (r == -EACCES && st.st_uid == 0);
}

static void add_own(struct survey *survey, const char *path, enum own_kind kind)
{
	struct own_path own;

	atomic_store(&survey->watch.at, path);
	own = walk_path(survey->arena, path, &survey->known);
	own.is_beyond = !own.exists && is_beyond(survey->arena, own.path);
	push_own(survey, own, kind);
}

/* The user-dirs.dirs in a configuration directory says what ${DOWNLOADS} and the like are. */
static void add_user_dirs(struct survey *survey, const char *config)
{
	add_own(survey, arena_printf(survey->arena, "%s/user-dirs.dirs", config), OWN_MADE);
}

/* What is below a home, where no variable says otherwise. */
static void add_home(struct survey *survey, const char *home)
{
	static const char *const below[] = {".config", ".cache", ".local/share", ".local/state"};

	for (size_t i = 0; home != NULL && i < ARRAY_SIZE(below); i++)
		add_own(survey, arena_printf(survey->arena, "%s/%s/pinfold", home, below[i]), OWN_MASKED);
	if (home != NULL)
		add_user_dirs(survey, arena_printf(survey->arena, "%s/.config", home));
}

/* A symlink among the profiles. Returns whether it leads to a directory that was not looked into yet. */
static bool add_link(struct survey *survey, const char *path)
{
	const struct own_path own = walk_path(survey->arena, path, &survey->known);
	const bool is_dir = own.exists && !own.is_file;
	const size_t before = survey->host->own_count;

	if (own.exists && own.is_file && !str_ends(path, ".ini"))
		return false; /* no profile, and nothing that one could be in */
	push_own(survey, own, !is_dir && str_ends(path, ".ini") ? OWN_ASKED : OWN_MASKED);
	return is_dir && survey->host->own_count > before;
}

/* The symlinks in a directory of profiles and in those below it: drop-ins, and profiles named DIR/NAME. */
static void add_links(struct survey *survey, const char *dir, int depth)
{
	struct arena *arena = survey->arena;
	enum { MAX_DEPTH = 8 };
	const char **names = NULL;
	size_t count = 0;

	if (depth > MAX_DEPTH || act_profile_loader.list(NULL, arena, dir, &names, &count) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		const char *path = arena_printf(arena, "%s/%s", dir, names[i]);
		struct stat st;

		atomic_store(&survey->watch.at, path);
		if (sys_lstat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) || (S_ISLNK(st.st_mode) && add_link(survey, path)))
			add_links(survey, path, depth + 1);
	}
}

/*
 * Profiles are often links into a tree of settings that is kept elsewhere: what they lead to decides what
 * other runs may do.
 */
static void add_profiles(struct survey *survey)
{
	struct arena *arena = survey->arena;
	struct host *host = survey->host;
	const char *dir;

	if (host->config == NULL)
		return;
	dir = arena_printf(arena, "%s/pinfold/profiles", host->config);
	add_own(survey, dir, OWN_MASKED);
	add_user_dirs(survey, host->config);
	add_links(survey, dir, 0);
}

/*
 * Masked: the directories of this environment, and those that another one of the same user would have (a
 * login without the variables, cron). Kept as they are: what this run was told by.
 */
static void probe_own(struct survey *survey)
{
	const struct request *request = survey->request;
	const struct host *host = survey->host;
	const char *const bases[] = {host->config, host->cache, host->data, host->state, host->runtime};
	struct arena *arena = survey->arena;
	char program[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		if (bases[i] != NULL)
			add_own(survey, arena_printf(arena, "%s/pinfold", bases[i]), OWN_MASKED);
	}
	add_home(survey, host->home);
	add_home(survey, survey->entry_home);
	add_own(survey, arena_printf(arena, "/run/user/%u/pinfold", host->uid), OWN_MASKED);
	/* The registry of a login without XDG_RUNTIME_DIR. */
	add_own(survey, arena_printf(arena, "/tmp/pinfold-%u", host->uid), OWN_MASKED);
	for (size_t i = 0; i < request->file_count; i++)
		add_own(survey, request->files[i], OWN_KEPT);
	for (size_t i = 0; i < request->absent_count; i++)
		add_own(survey, request->absent[i], OWN_ASKED);
	add_profiles(survey);
	add_own(survey, arena_printf(arena, "%s/profiles", host->datadir), OWN_KEPT);
	add_own(survey, arena_printf(arena, "%s/pinfold", host->sysconfdir), OWN_KEPT);
	if (sys_readlink("/proc/self/exe", program, sizeof(program)) > 0)
		add_own(survey, arena_strdup(arena, program), OWN_KEPT);
}

/* Where a path really is, as far as it exists, as the plan will want it. */
static void probe_real(struct arena *arena, struct path_fact *fact, struct known_dir *known)
{
	struct own_path walked;
	const char *name;

	if (fact == NULL || fact->real != NULL)
		return;
	name = below_known(known, fact->path);
	/* There, no link itself, and nor is what is above it: that is all that the walk would find. */
	if (name != NULL && strchr(name + 1, '/') == NULL && fact->kind != PATH_MISSING &&
	    fact->target == NULL)
		return;
	walked = walk_path(arena, fact->path, known);
	fact->links = walked.links;
	fact->link_count = walked.link_count;
	fact->real = str_eq(walked.path, fact->path) ? NULL : walked.path;
	for (size_t k = 0; k < walked.link_count; k++) {
		/* /proc/self itself is an ordinary link; those below it lead where no path does. */
		const char *below = str_starts(walked.links[k], "/proc/") ? walked.links[k] + 6 : "";

		fact->is_magic = fact->is_magic || strchr(below, '/') != NULL;
	}
}

/* The paths that every request of this kind wants. */
static void probe_wanted(struct survey *survey)
{
	struct host *host = survey->host;
	const char **paths;
	size_t count;

	plan_wanted_paths(survey->request, survey->arena, &paths, &count);
	for (size_t i = 0; i < count; i++) {
		atomic_store(&survey->watch.at, paths[i]);
		*ARENA_PUSH(survey->arena, host->paths, host->path_count) =
			probe_path(survey->arena, paths[i]);
	}
	host_sort_paths(host);
}

/* All of it, for act_probe_watched. */
static int probe_granted(void *arg)
{
	struct survey *survey = arg;
	const struct value_list *copies = &survey->request->values[OPT_COPY];
	const char **paths;
	size_t count;

	probe_wanted(survey);
	plan_granted_paths(survey->request, survey->arena, &paths, &count);
	for (size_t i = 0; i < count; i++) {
		atomic_store(&survey->watch.at, paths[i]);
		probe_real(survey->arena, host_find_path(survey->host, paths[i]), &survey->known);
	}
	for (size_t i = 0; i < copies->count; i++) {
		struct path_fact *fact = host_find_path(survey->host, copies->items[i].a);

		atomic_store(&survey->watch.at, copies->items[i].a);
		/* The child will have capabilities over the caller's own files, and could read any. */
		if (fact != NULL && fact->kind == PATH_FILE)
			fact->is_closed = sys_access(AT_FDCWD, fact->path, R_OK) < 0;
	}
	probe_own(survey);
	return 0;
}

/*
 * Does it answer, or hang where everything does? The kernel's own devices answer, and through the system's
 * directories came our own loader and libraries.
 */
static bool does_answer(const char *path)
{
	static const char *const system[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};

	for (size_t i = 0; i < ARRAY_SIZE(system); i++) {
		if (str_eq(path, system[i]))
			return true;
	}
	return path_is_within(path, "/dev") || path_is_within(path, "/proc");
}

/* Of a path to which no mount is crossed, by one walk; false: one is, or that cannot be told. */
static bool probe_near(struct arena *arena, const char *path, struct path_fact *ret)
{
	CLEANUP_FD int fd = sys_open_resolve(AT_FDCWD, path, O_PATH, RESOLVE_NO_XDEV);
	struct stat st;
	int r = fd;

	if (fd < 0 && fd != -ENOENT && fd != -ENOTDIR)
		return false;
	*ret = (struct path_fact){.path = path};
	/* One that leads nowhere, too. */
	take_target(ret, arena);
	if (fd >= 0)
		r = sys_statx(fd, "", true, &st, &ret->birth);
	if (r < 0)
		ret->errnum = -r;
	else
		take_stat(ret, &st);
	return true;
}

/*
 * The same as probe_wanted, where nothing that the request wants of the system crosses a mount: then it hangs
 * where everything does, and a process to wait for would cost more than the looking. Returns false, and has
 * found nothing, where something does.
 */
static bool probe_all_near(struct survey *survey)
{
	struct host *host = survey->host;
	const size_t before = host->path_count;
	const char **paths;
	size_t count;

	plan_wanted_paths(survey->request, survey->arena, &paths, &count);
	for (size_t i = 0; i < count; i++) {
		struct path_fact fact;

		if (does_answer(paths[i])) {
			fact = probe_path(survey->arena, paths[i]);
		} else if (!probe_near(survey->arena, paths[i], &fact)) {
			host->path_count = before;
			return false;
		}
		*ARENA_PUSH(survey->arena, host->paths, host->path_count) = fact;
	}
	host_sort_paths(host);
	return true;
}

int act_probe_paths(struct arena *arena, const struct request *request, struct host *host, struct err *err)
{
	struct survey survey = {
		.arena = arena, .request = request, .host = host, .watch = {.request = request}};
	const struct passwd *entry;
	const char **paths;
	size_t count;

	plan_granted_paths(request, arena, &paths, &count);
	if (count == 0 && probe_all_near(&survey))
		return 0;
	/* Here and not there: a name service may keep a descriptor. */
	entry = getpwuid(host->uid);
	if (entry != NULL && entry->pw_dir[0] == '/')
		survey.entry_home = arena_strdup(arena, entry->pw_dir);
	return act_probe_watched(&survey.watch, probe_granted, &survey, err);
}

void act_probe_more(struct arena *arena, struct host *host, const char *const paths[], size_t count,
		    struct probe_watch *watch)
{
	size_t sorted_count = host->path_count;
	struct known_dir known = {0};

	for (size_t i = 0; i < count; i++) {
		/* Those that the request names are known already; the sorted part is looked through. */
		struct host sorted = {.paths = host->paths, .path_count = sorted_count};

		if (host_find_path(&sorted, paths[i]) != NULL)
			continue;
		atomic_store(&watch->at, paths[i]);
		*ARENA_PUSH(arena, host->paths, host->path_count) = probe_path(arena, paths[i]);
		probe_real(arena, &host->paths[host->path_count - 1], &known);
	}
	host_sort_paths(host);
}
