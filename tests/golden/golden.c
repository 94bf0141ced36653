/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * golden.c - one golden case: host.ini, profile.ini and argv in, the plan (or its refusal) out, no kernel in
 * sight.
 *
 *   golden SOURCE-TREE CASE-DIRECTORY
 *
 * A case has: profile.ini (the profile, if argv names no other), argv (one argument a line, as for `pinfold
 * run`), host.ini (what differs from hosts/merged.ini), user-dirs.dirs. Files that profiles include:
 *
 *   ./NAME                         CASE/NAME
 *   user, administrator            CASE/user/NAME.ini, CASE/etc/NAME.ini
 *   stock                          SOURCE/profiles/NAME.ini, or else SOURCE/tests/golden/profiles/NAME.ini
 *   any of them + ".errno"         a file with the name of an errno: it, or the directory, cannot be read
 *
 * With a file "command" that says hold it is the plan of `pinfold hold`, with its name as --name in argv.
 * With one that says lint, list, list --all, show, new or syscalls WORD it is what `pinfold lint`, `pinfold
 * profiles`, `... show`, the file of `... new mine --from PROFILE` and `pinfold syscalls WORD` say.
 *
 * Prints the plan as explain does (without the story, which is the same for all, unless host.ini says story =
 * yes), with --json in argv as JSON; exits 0. A refusal is printed as cmd/report.c would, with its kind and
 * id; exits 1. 77: built without JSON. 2: the case itself is wrong.
 */
#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/catalog.h"
#include "plan/explain.h"
#include "plan/host.h"
#include "plan/lint.h"
#include "plan/plan.h"
#include "plan/plan_build.h"
#include "plan/problem.h"
#include "plan/profile.h"
#include "plan/request.h"
#include "plan/syscall_text.h"

struct golden {
	struct arena *arena;
	const char *source;
	const char *dir;
	struct host host;
	char **env;
	size_t env_count;
	uint32_t *groups;
	struct host_limit *limits;
	struct host_cgroup *cgroups;
	bool wants_story;
	bool wants_json;
	bool is_traced;
	struct request_caller caller;
	struct request_entry entry;
	const char *command; /* of the file "command"; NULL: explain */
	const char *profile;
	char **settings; /* pairs: option, value */
	size_t setting_count;
	char **program;
	size_t program_count;
	struct request request;
	struct plan plan;
	struct err err;
};

static _Noreturn void __attribute__((format(printf, 1, 2))) broken(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fprintf(stderr, "golden: ");
	(void)vfprintf(stderr, fmt, ap);
	(void)fprintf(stderr, "\n");
	va_end(ap);
	exit(2);
}

static const struct {
	const char *name;
	int errnum;
} errnos[] = {{"ENOENT", ENOENT}, {"EACCES", EACCES}, {"ENOTDIR", ENOTDIR},
	      {"EISDIR", EISDIR}, {"EFBIG", EFBIG},   {"EINVAL", EINVAL},
	      {"ELOOP", ELOOP},	  {"EIO", EIO},	      {"ENOLINK", ENOLINK}};

static int errno_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errnos); i++) {
		if (str_eq(errnos[i].name, name))
			return errnos[i].errnum;
	}
	broken("%s is no errno", name);
}

/* ------------------------------------------------------------ files */

/* The whole of a file, or NULL. */
static char *slurp(struct arena *arena, const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t used = 0;

	if (file == NULL)
		return NULL;
	for (size_t size = 4096, n = 1; n > 0; size *= 2) {
		char *bigger = arena_alloc(arena, size);

		if (used > 0)
			memcpy(bigger, text, used);
		text = bigger;
		n = fread(text + used, 1, size - 1 - used, file);
		used += n;
	}
	(void)fclose(file);
	if (ret_len != NULL)
		*ret_len = used;
	return text;
}

/* A line of a text that is written over: without its end, or NULL. */
static char *next_line(char **text)
{
	char *line = *text;

	if (line == NULL || *line == '\0')
		return NULL;
	*text = line + strcspn(line, "\n");
	if (**text == '\n')
		*(*text)++ = '\0';
	return line;
}

/* ------------------------------------------------------------ host.ini */

static char *copy(struct golden *g, const char *s)
{
	return arena_strdup(g->arena, s);
}

static bool take_yes(const char *value)
{
	if (!str_eq(value, "yes") && !str_eq(value, "no"))
		broken("%s is neither yes nor no", value);
	return str_eq(value, "yes");
}

static void take_ranges(struct golden *g, const char *value, struct id_range **ranges, size_t *count)
{
	char *rest = copy(g, value);

	*ranges = NULL;
	*count = 0;
	for (char *word = strtok_r(rest, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		char *colon;
		unsigned long start = strtoul(word, &colon, 10);

		*ARENA_PUSH(g->arena, *ranges, *count) = (struct id_range){
			.start = (uint32_t)start, .count = (uint32_t)strtoul(colon + 1, NULL, 10)};
	}
}

static void take_groups(struct golden *g, const char *value)
{
	char *rest = copy(g, value);

	for (char *word = strtok_r(rest, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
		*ARENA_PUSH(g->arena, g->groups, g->host.group_count) = (uint32_t)strtoul(word, NULL, 10);
	g->host.groups = g->groups;
}

/* The caller's hard limits: "open-files:1024 pids:100". */
static void take_limits(struct golden *g, const char *value)
{
	static const struct {
		const char *key;
		int resource;
	} rows[] = {{"pids", RLIMIT_NPROC}, {"open-files", RLIMIT_NOFILE}, {"file-size", RLIMIT_FSIZE},
		    {"core", RLIMIT_CORE},  {"stack", RLIMIT_STACK},	   {"data", RLIMIT_DATA},
		    {"cpu", RLIMIT_CPU},    {"address-space", RLIMIT_AS}};
	char *rest = copy(g, value);

	for (char *word = strtok_r(rest, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		const size_t len = strcspn(word, ":");
		const size_t before = g->host.limit_count;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			if (strlen(rows[i].key) == len && strncmp(rows[i].key, word, len) == 0)
				*ARENA_PUSH(g->arena, g->limits, g->host.limit_count) =
					(struct host_limit){.resource = rows[i].resource,
							    .hard = strtoull(word + len + 1, NULL, 10)};
		}
		if (g->host.limit_count == before)
			broken("host.ini: limits: %s", word);
	}
	g->host.limits = g->limits;
}

static bool take_text(struct golden *g, const char *name, const char *value)
{
	struct host *host = &g->host;
	const struct {
		const char *name, **slot;
	} rows[] = {
		{"user", &host->user},
		{"home", &host->home},
		{"cwd", &host->cwd},
		{"runtime", &host->runtime},
		{"config", &host->config},
		{"cache", &host->cache},
		{"data", &host->data},
		{"state", &host->state},
		{"sysconfdir", &host->sysconfdir},
		{"datadir", &host->datadir},
		{"newuidmap", &host->newuidmap},
		{"newgidmap", &host->newgidmap},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!str_eq(rows[i].name, name))
			continue;
		*rows[i].slot = value[0] != '\0' ? copy(g, value) : NULL;
		return true;
	}
	return false;
}

/* cgroup = PATH AVAILABLE ENABLED [writable] [others] [top], sets with commas and - for none; ours is first.
 */
static void take_cgroup(struct golden *g, const char *value)
{
	char *rest = copy(g, value);
	struct host_cgroup item = {.path = strtok_r(rest, " ", &rest)};
	char *sets[2];

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		sets[i] = strtok_r(NULL, " ", &rest);
		if (sets[i] == NULL)
			broken("host.ini: cgroup = %s", value);
		for (char *comma; (comma = strchr(sets[i], ',')) != NULL;)
			*comma = ' ';
	}
	item.available = host_controllers(sets[0]);
	item.enabled = host_controllers(sets[1]);
	for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		item.is_writable |= str_eq(word, "writable");
		item.has_others |= str_eq(word, "others");
		item.is_top |= str_eq(word, "top");
	}
	*ARENA_PUSH(g->arena, g->cgroups, g->host.cgroups.count) = item;
	g->host.cgroups.items = g->cgroups;
}

static bool take_bool(struct golden *g, const char *name, const char *value)
{
	struct host *host = &g->host;
	const struct {
		const char *name;
		bool *slot;
	} rows[] = {{"root", &host->is_root},
		    {"setfcap", &host->has_setfcap},
		    {"no-new-privs", &host->has_no_new_privs},
		    {"proc-ours", &host->is_proc_ours},
		    {"mdwe", &host->has_mdwe},
		    {"systemd", &host->cgroups.has_systemd},
		    {"swap", &host->cgroups.has_swap},
		    {"story", &g->wants_story}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!str_eq(rows[i].name, name))
			continue;
		*rows[i].slot = take_yes(value);
		return true;
	}
	return false;
}

static void read_host(struct golden *g, const char *path);

static void take_host(struct golden *g, const char *name, const char *value)
{
	struct host *host = &g->host;

	if (str_eq(name, "like")) {
		read_host(g, arena_printf(g->arena, "%s/tests/golden/hosts/%s.ini", g->source, value));
	} else if (str_eq(name, "kernel")) {
		char *dot;

		host->kernel_major = (unsigned int)strtoul(value, &dot, 10);
		host->kernel_minor = (unsigned int)strtoul(dot + 1, NULL, 10);
	} else if (str_eq(name, "landlock")) {
		host->landlock = (unsigned int)strtoul(value, NULL, 10);
	} else if (str_eq(name, "terminals")) {
		for (const char *digit = value; *digit != '\0'; digit++) {
			if (*digit >= '0' && *digit <= '2')
				host->terminals |= 1U << (*digit - '0');
		}
	} else if (str_eq(name, "personality")) {
		host->personality = (unsigned int)strtoul(value, NULL, 16);
	} else if (str_eq(name, "uid")) {
		host->uid = (uid_t)strtoul(value, NULL, 10);
	} else if (str_eq(name, "gid")) {
		host->gid = (gid_t)strtoul(value, NULL, 10);
	} else if (str_eq(name, "umask")) {
		host->umask = (mode_t)strtoul(value, NULL, 8);
	} else if (str_eq(name, "groups")) {
		take_groups(g, value);
	} else if (str_eq(name, "cgroup")) {
		take_cgroup(g, value);
	} else if (str_eq(name, "manager")) {
		host->cgroups.manager_socket = "/run/user/1000/systemd/private";
		host->cgroups.manager = host_controllers(value);
	} else if (str_eq(name, "manager-unasked")) {
		host->cgroups.unasked = str_eq(value, "no-library") ? MANAGER_NO_LIBRARY : MANAGER_NO_RUNTIME;
	} else if (str_eq(name, "limits")) {
		take_limits(g, value);
	} else if (str_eq(name, "subuids")) {
		take_ranges(g, value, &host->subuids, &host->subuid_count);
	} else if (str_eq(name, "subgids")) {
		take_ranges(g, value, &host->subgids, &host->subgid_count);
	} else if (str_eq(name, "random-id")) {
		(void)snprintf(host->random_id, sizeof(host->random_id), "%s", value);
	} else if (!take_text(g, name, value) && !take_bool(g, name, value)) {
		broken("host.ini: unknown key %s", name);
	}
}

static struct path_fact *fact_of(struct golden *g, const char *path)
{
	struct host *host = &g->host;

	for (size_t i = 0; i < host->path_count; i++) {
		if (str_eq(host->paths[i].path, path))
			return &host->paths[i];
	}
	return ARENA_PUSH(g->arena, host->paths, host->path_count);
}

/*
 * dir, file, device = PATH; missing = PATH [ERRNO]; link = PATH TARGET KIND. A later line
 * about a path replaces an earlier one. What
 * more is known of a path: real = PATH REAL; through = PATH LINK, a symlink on the way; names = PATH N, hard
 * links; special = PATH, a file that is a socket or a FIFO.
 */
static void take_path(struct golden *g, const char *name, const char *value)
{
	static const char *const kinds[] = {[PATH_MISSING] = "missing",
					    [PATH_DIR] = "dir",
					    [PATH_FILE] = "file",
					    [PATH_DEVICE] = "device"};
	char *rest = copy(g, value);
	const char *path = strtok_r(rest, " ", &rest);
	const char *second = strtok_r(NULL, " ", &rest);
	const char *kind = str_eq(name, "link") ? strtok_r(NULL, " ", &rest) : name;
	struct path_fact *fact = fact_of(g, path);

	if (str_eq(name, "real")) {
		fact->real = second;
		return;
	}
	if (str_eq(name, "through")) {
		*ARENA_PUSH(g->arena, fact->links, fact->link_count) = second;
		return;
	}
	if (str_eq(name, "special")) {
		fact->is_special = true;
		return;
	}
	if (str_eq(name, "names")) {
		fact->names = strtoul(second, NULL, 10);
		return;
	}
	*fact = (struct path_fact){.path = path, .target = str_eq(name, "link") ? second : NULL};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kind == NULL || !str_eq(kinds[i], kind))
			continue;
		fact->kind = (enum path_kind)i;
		if (i == PATH_MISSING)
			fact->errnum = errno_of(fact->target == NULL && second != NULL ? second : "ENOENT");
		return;
	}
	broken("host.ini: [paths] %s = %s", name, value);
}

/*
 * exists, missing, kept = PATH; asked = PATH, a profile would be read from there, and it does not exist; made
 * = PATH, the same, but an empty file is as good as none; linked = PATH LINK
 */
static void take_own(struct golden *g, const char *name, const char *value)
{
	char *rest = copy(g, value);
	struct own_path own = {
		.path = strtok_r(rest, " ", &rest),
		.exists = !str_eq(name, "missing") && !str_eq(name, "asked") && !str_eq(name, "made"),
		.is_kept = str_eq(name, "kept") || str_eq(name, "asked") || str_eq(name, "made"),
		.is_made = str_eq(name, "made"),
		.is_asked = str_eq(name, "asked")};

	if (str_eq(name, "linked"))
		*ARENA_PUSH(g->arena, own.links, own.link_count) = strtok_r(NULL, " ", &rest);
	*ARENA_PUSH(g->arena, g->host.own, g->host.own_count) = own;
}

static int take_line(void *user, const char *section, const char *name, const char *value)
{
	struct golden *g = user;

	if (str_eq(section, "host"))
		take_host(g, name, value);
	else if (str_eq(section, "env"))
		*ARENA_PUSH(g->arena, g->env, g->env_count) = arena_printf(g->arena, "%s=%s", name, value);
	else if (str_eq(section, "paths"))
		take_path(g, name, value);
	else if (str_eq(section, "own"))
		take_own(g, name, value);
	else
		broken("host.ini: unknown section [%s]", section);
	return 1;
}

static void read_host(struct golden *g, const char *path)
{
	int r = ini_parse(path, take_line, g);

	if (r != 0)
		broken("%s: %s %d", path, r < 0 ? "cannot be read," : "line", r);
}

/* ------------------------------------------------------------ profiles */

static const char *locate(struct golden *g, const char *path)
{
	const struct {
		const char *place, *dir, *below;
	} places[] = {
		{"/home/alice/.config/pinfold/profiles", g->dir, "user"},
		{"/etc/pinfold/profiles", g->dir, "etc"},
		{"/usr/share/pinfold/profiles", g->source, "profiles"},
		{"/usr/share/pinfold/profiles", g->source, "tests/golden/profiles"},
	};
	const char *place = path[0] == '/' ? NULL : arena_printf(g->arena, "%s/%s", g->dir, path);

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *rest;

		if (!str_starts(path, places[i].place))
			continue;
		rest = path + strlen(places[i].place);
		if (rest[0] != '/' && rest[0] != '\0')
			continue;
		place = arena_printf(g->arena, "%s/%s%s", places[i].dir, places[i].below, rest);
		if (access(place, F_OK) == 0)
			break;
	}
	return place;
}

/* What the file PLACE.errno says, or 0. */
static int errno_beside(struct arena *arena, const char *place)
{
	char *text = slurp(arena, arena_printf(arena, "%s.errno", place), NULL);

	if (text == NULL)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return errno_of(text);
}

static int read_file(void *user, struct arena *arena, const char *path, const char **ret_text,
		     size_t *ret_len)
{
	struct golden *g = user;
	const char *place = locate(g, path);
	char *text;
	int errnum;

	if (place == NULL)
		return -ENOENT;
	errnum = errno_beside(arena, place);
	if (errnum != 0)
		return -errnum;
	text = slurp(arena, place, ret_len);
	*ret_text = text;
	return text != NULL ? 0 : -ENOENT;
}

static int list_directory(void *user, struct arena *arena, const char *path, const char ***ret_names,
			  size_t *ret_count)
{
	const char *place = locate(user, path);
	int errnum = place != NULL ? errno_beside(arena, place) : ENOENT;
	DIR *dir = errnum == 0 ? opendir(place) : NULL;
	const struct dirent *entry;

	*ret_names = NULL;
	*ret_count = 0;
	if (dir == NULL)
		return errnum != 0 ? -errnum : -ENOENT;
	while ((entry = readdir(dir)) != NULL)
		*ARENA_PUSH(arena, *ret_names, *ret_count) = arena_strdup(arena, entry->d_name);
	(void)closedir(dir);
	return 0;
}

static const char *real_path(void *user, struct arena *arena, const char *path)
{
	const struct golden *g = user;

	if (path[0] == '/' || g->host.cwd == NULL)
		return path;
	return arena_printf(arena, "%s/%s", g->host.cwd, str_starts(path, "./") ? path + 2 : path);
}

/* ------------------------------------------------------------ argv */

/* What the caller wants besides the program. */
static bool read_caller(struct golden *g, const char *option, const char *value)
{
	struct request_caller *caller = &g->caller;
	const struct {
		const char *option, **slot;
	} rows[] = {
		{"--block-fd", &caller->block_fd}, {"--status", &caller->status}, {"--meta", &caller->meta}};

	if (str_eq(option, "--fd")) {
		*ARENA_PUSH(g->arena, caller->fds, caller->fd_count) = value;
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!str_eq(rows[i].option, option))
			continue;
		*rows[i].slot = value;
		return true;
	}
	return false;
}

/* One that takes a value and is no key. */
static bool take_fixed(struct golden *g, const char *option, const char *value)
{
	if (str_eq(option, "-p") || str_eq(option, "--profile"))
		g->profile = value;
	else if (str_eq(option, "--name"))
		g->entry.name = value;
	else if (str_eq(option, "--log"))
		g->entry.log = value;
	else
		return read_caller(g, option, value);
	return true;
}

/* The options of run, as far as they make a plan: --set, -p and the aliases. */
static void read_argv(struct golden *g)
{
	char *text = slurp(g->arena, arena_printf(g->arena, "%s/argv", g->dir), NULL);
	char *line = next_line(&text);

	for (; line != NULL && str_starts(line, "-"); line = next_line(&text)) {
		if (str_eq(line, "--")) {
			line = next_line(&text);
			break;
		}
		if (str_eq(line, "--json")) {
			g->wants_json = true;
			continue;
		}
		if (str_eq(line, "--trace-denied")) {
			g->is_traced = true;
			continue;
		}
		if (str_eq(line, "--detach")) {
			g->entry.is_detached = true;
			continue;
		}
		char *value = next_line(&text);

		if (value == NULL)
			broken("argv: %s has no value (write it on a line of its own)", line);
		if (take_fixed(g, line, value))
			continue;
		*ARENA_PUSH(g->arena, g->settings, g->setting_count) = line;
		*ARENA_PUSH(g->arena, g->settings, g->setting_count) = value;
	}
	for (; line != NULL; line = next_line(&text))
		*ARENA_PUSH(g->arena, g->program, g->program_count) = line;
	if (g->program_count > 0)
		*ARENA_PUSH(g->arena, g->program, g->program_count) = NULL;
}

static int apply_setting(struct golden *g, const char *option, const char *value)
{
	struct request_source source = {.profile_dir = NULL};
	enum option_id id;

	if (str_eq(option, "--set")) {
		const char *dot = strchr(value, '.');
		const char *equals = strchr(value, '=');

		if (dot == NULL || equals == NULL || dot > equals)
			broken("argv: --set %s", value);
		source.origin.name = arena_printf(g->arena, "--set %.*s", (int)(equals - value), value);
		id = option_find(arena_strndup(g->arena, value, (size_t)(dot - value)),
				 arena_strndup(g->arena, dot + 1, (size_t)(equals - dot - 1)));
		value = equals + 1;
	} else {
		source.origin.name = arena_printf(g->arena, "%s %s", option, str_show(g->arena, value));
		id = option_find_alias(option + 2);
	}
	if (id == OPT_COUNT)
		broken("argv: unknown option %s %s", option, value);
	return request_set(&g->request, id, value, &source, &g->err);
}

/* ------------------------------------------------------------ the whole */

static int plan(struct golden *g)
{
	const struct profile_loader loader = {
		.read = read_file, .real = real_path, .list = list_directory, .user = g};

	request_init(&g->request, g->arena, &g->host);
	if (profile_load(&g->request, g->profile, &loader, &g->err) < 0)
		return -1;
	g->request.layer++;
	g->request.argv = g->program;
	g->request.is_traced = g->is_traced;
	g->request.caller = g->caller;
	g->request.entry = g->entry;
	for (size_t i = 0; i < g->setting_count; i += 2) {
		if (apply_setting(g, g->settings[i], g->settings[i + 1]) < 0)
			return -1;
	}
	return plan_build(&g->request, &g->host, &g->plan, &g->err);
}

static int print_lint(struct golden *g, const struct profile_loader *loader)
{
	struct problems problems = {.arena = g->arena};

	g->request.problems = &problems;
	if (profile_load(&g->request, g->profile, loader, &g->err) < 0) {
		(void)err_origin(&g->err, g->profile);
		(void)!problems_take(&problems, &g->err);
	} else {
		lint_request(&g->request, &g->host, &problems);
		lint_build(&g->request, &g->host, NULL, &problems);
	}
	problems_sort(&problems);
	printf("%s", problems_text(g->arena, &problems));
	return 0;
}

static int print_refusal(struct golden *g);

static int print_list(struct golden *g, const struct profile_loader *loader)
{
	struct catalog catalog;

	if (catalog_read(g->arena, &g->host, loader, str_eq(g->command, "list --all"), &catalog, &g->err) < 0)
		return print_refusal(g);
	printf("%s", catalog_text(g->arena, &catalog));
	return 0;
}

static int print_merged(struct golden *g, const struct profile_loader *loader)
{
	if (profile_load(&g->request, g->profile, loader, &g->err) < 0)
		return print_refusal(g);
	printf("%s", catalog_merged(g->arena, &g->request));
	return 0;
}

static int print_starter(struct golden *g, const struct profile_loader *loader)
{
	(void)loader;
	printf("%s", catalog_starter(g->arena, "mine", g->profile));
	return 0;
}

/* "syscalls WORD": what it says of a word is the same on every machine only for some. */
static int print_syscalls(struct golden *g, const struct profile_loader *loader)
{
	char *words[] = {arena_strdup(g->arena, g->command + strlen("syscalls ")), NULL};
	const struct syscall_view view = {.has_all = false};

	(void)loader;
	if (syscall_check_words(g->arena, &syscall_table, words, &g->err) < 0)
		return print_refusal(g);
	printf("%s", syscall_words_text(g->arena, &syscall_table, words, &view));
	return 0;
}

static int run_command(struct golden *g)
{
	static const struct {
		const char *name;
		int (*run)(struct golden *g, const struct profile_loader *loader);
	} commands[] = {{"lint", print_lint},
			{"list", print_list},
			{"list --all", print_list},
			{"show", print_merged},
			{"new", print_starter}};
	const struct profile_loader loader = {
		.read = read_file, .real = real_path, .list = list_directory, .user = g};

	request_init(&g->request, g->arena, &g->host);
	if (str_starts(g->command, "syscalls "))
		return print_syscalls(g, &loader);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (str_eq(commands[i].name, g->command))
			return commands[i].run(g, &loader);
	}
	broken("command: there is no %s", g->command);
}

static int print_refusal(struct golden *g)
{
	static const char *const kinds[ERR_KIND_COUNT] = {
		[ERR_NONE] = "none",
		[ERR_USAGE] = "usage",
		[ERR_CONFIG] = "config",
		[ERR_HOST] = "host",
		[ERR_SYSTEM] = "system",
		[ERR_NOT_EXECUTABLE] = "not-executable",
		[ERR_NOT_FOUND] = "not-found",
		[ERR_LIMIT] = "limit",
		[ERR_BUG] = "bug",
	};

	printf("pinfold: %s", str_harmless(g->arena, g->err.msg));
	if (g->err.origin[0] != '\0')
		printf(" (%s)", str_harmless(g->arena, err_where(g->arena, &g->err)));
	printf("\n");
	if (g->err.hint[0] != '\0')
		printf("  hint: %s\n", str_harmless(g->arena, g->err.hint));
	printf("%s %s\n", kinds[g->err.kind], g->err.id);
	return 1;
}

static int print_plan(struct golden *g)
{
	const char *text = explain_text(g->arena, &g->plan);
	const char *story = strstr(text, "\nstory\n");
	CLEANUP_FREE char *json = NULL;

	if (!g->wants_json) {
		printf("%.*s", g->wants_story || story == NULL ? INT_MAX : (int)(story - text) + 1, text);
		return 0;
	}
	if (explain_json(g->arena, &g->plan, &json, &g->err) < 0) {
		(void)fprintf(stderr, "golden: %s\n", g->err.msg);
		return 77;
	}
	printf("%s\n", json);
	return 0;
}

int main(int argc, char **argv)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct golden *g = arena_alloc(arena, sizeof(*g));
	const char *host_ini;
	const char *user_dirs;
	FILE *file;

	if (argc != 3)
		broken("usage: golden SOURCE-TREE CASE-DIRECTORY");
	*g = (struct golden){.arena = arena, .source = argv[1], .dir = argv[2]};
	read_host(g, arena_printf(arena, "%s/tests/golden/hosts/merged.ini", g->source));
	host_ini = arena_printf(arena, "%s/host.ini", g->dir);
	if (slurp(arena, host_ini, NULL) != NULL)
		read_host(g, host_ini);
	*ARENA_PUSH(arena, g->env, g->env_count) = NULL;
	g->host.env = g->env;
	user_dirs = slurp(arena, arena_printf(arena, "%s/user-dirs.dirs", g->dir), NULL);
	if (user_dirs != NULL)
		host_take_user_dirs(&g->host, arena, user_dirs);
	host_settle_home(&g->host, arena);
	host_sort_paths(&g->host);
	file = fopen(arena_printf(arena, "%s/profile.ini", g->dir), "re");
	g->profile = file != NULL ? "./profile.ini" : "default";
	if (file != NULL)
		(void)fclose(file);
	read_argv(g);
	g->command = slurp(arena, arena_printf(arena, "%s/command", g->dir), NULL);
	if (g->command != NULL) {
		g->command = arena_strndup(arena, g->command, strcspn(g->command, "\n"));
		if (!str_eq(g->command, "hold"))
			return run_command(g);
		g->entry.is_held = g->entry.is_detached = true;
	}
	return plan(g) < 0 ? print_refusal(g) : print_plan(g);
}
