/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* host.c - looking facts up. */
#include "plan/host.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/path.h"

const struct user_dir_name host_user_dir_names[USER_DIR_COUNT] = {
	{"DESKTOP", "DESKTOP"},	   {"DOWNLOADS", "DOWNLOAD"},  {"TEMPLATES", "TEMPLATES"},
	{"PUBLIC", "PUBLICSHARE"}, {"DOCUMENTS", "DOCUMENTS"}, {"MUSIC", "MUSIC"},
	{"PICTURES", "PICTURES"},  {"VIDEOS", "VIDEOS"},
};

const char *const host_controller_names[CONTROLLER_COUNT] = {[CONTROLLER_MEMORY] = "memory",
							     [CONTROLLER_CPU] = "cpu",
							     [CONTROLLER_IO] = "io",
							     [CONTROLLER_PIDS] = "pids"};

unsigned int host_controllers(const char *text)
{
	static const char blanks[] = " \n";
	unsigned int set = 0;

	for (const char *word = text + strspn(text, blanks); *word != '\0'; word += strspn(word, blanks)) {
		const size_t len = strcspn(word, blanks);

		for (unsigned int i = 0; i < CONTROLLER_COUNT; i++) {
			if (strlen(host_controller_names[i]) == len &&
			    strncmp(host_controller_names[i], word, len) == 0)
				set |= 1U << i;
		}
		word += len;
	}
	return set;
}

static int compare_facts(const void *a, const void *b)
{
	const struct path_fact *fact_a = a;
	const struct path_fact *fact_b = b;

	return strcmp(fact_a->path, fact_b->path);
}

struct path_fact *host_find_path(const struct host *host, const char *path)
{
	struct path_fact key = {.path = path};

	if (host->path_count == 0)
		return NULL;
	return bsearch(&key, host->paths, host->path_count, sizeof(key), compare_facts);
}

void host_sort_paths(struct host *host)
{
	size_t kept = 0;

	if (host->path_count == 0)
		return;
	qsort(host->paths, host->path_count, sizeof(host->paths[0]), compare_facts);
	for (size_t i = 0; i < host->path_count; i++) {
		if (i == 0 || !str_eq(host->paths[i].path, host->paths[kept - 1].path))
			host->paths[kept++] = host->paths[i];
	}
	host->path_count = kept;
}

uint64_t host_hard_limit(const struct host *host, int resource)
{
	for (size_t i = 0; i < host->limit_count; i++) {
		if (host->limits[i].resource == resource)
			return host->limits[i].hard;
	}
	return UINT64_MAX;
}

const char *host_getenv(const struct host *host, const char *name)
{
	size_t len = strlen(name);

	for (char *const *entry = host->env; entry != NULL && *entry != NULL; entry++) {
		if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
			return *entry + len + 1;
	}
	return NULL;
}

void host_settle_home(struct host *host, struct arena *arena)
{
	static const char *const taken[] = {"/usr",    "/bin", "/sbin", "/lib",	 "/lib32", "/lib64",
					    "/libx32", "/etc", "/dev",	"/proc", "/sys"};
	bool is_usable = host->home != NULL && !str_eq(host->home, "/") && !str_eq(host->home, "/tmp");
	const char *user = host->user;

	for (size_t i = 0; is_usable && i < ARRAY_SIZE(taken); i++)
		is_usable = !path_is_within(host->home, taken[i]);
	if (user == NULL || user[0] == '\0' || user[0] == '.' || strchr(user, '/') != NULL)
		user = "user";
	host->home_inside = is_usable ? host->home : arena_printf(arena, "/home/%s", user);
}

/* The directory of one line's value, without its quotes; NULL when it names none. */
static const char *user_dir(const struct host *host, struct arena *arena, const char *value, size_t len)
{
	static const char home[] = "$HOME/";
	const char *path;

	if (len < 2 || value[0] != '"' || value[len - 1] != '"')
		return NULL;
	value = arena_strndup(arena, value + 1, len - 2);
	if (str_starts(value, home) && host->home != NULL)
		value = arena_printf(arena, "%s/%s", host->home, value + strlen(home));
	/* What the shell would still expand is not a path. */
	if (strpbrk(value, "$`\\\"") != NULL || path_normalize(arena, value, &path) != PATH_OK)
		return NULL;
	if (str_eq(path, "/") || (host->home != NULL && path_is_within(host->home, path)))
		return NULL;
	return path;
}

void host_take_user_dirs(struct host *host, struct arena *arena, const char *text)
{
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *start = line + strspn(line, " \t");
		size_t len = strcspn(start, "\n");

		while (len > 0 && strchr(" \t\r", start[len - 1]) != NULL)
			len--;
		for (size_t i = 0; str_starts(start, "XDG_") && i < USER_DIR_COUNT; i++) {
			const char *key = arena_printf(arena, "XDG_%s_DIR=", host_user_dir_names[i].key);

			if (len > strlen(key) && str_starts(start, key))
				host->user_dirs[i] =
					user_dir(host, arena, start + strlen(key), len - strlen(key));
		}
	}
}
