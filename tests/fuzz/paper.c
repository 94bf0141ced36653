/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paper.c - files in memory, a host on paper, and what must hold of every answer. */
#include "paper.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/explain.h"
#include "plan/option.h"
#include "plan/path.h"
#include "plan/plan_build.h"
#include "plan/value.h"

static const char cwd[] = "/home/alice/work";

/* ------------------------------------------------------------ the host */

static struct id_range subids[] = {{100000, 65536}};
static const uint32_t groups[] = {27, 100, 1002};
static const struct host_limit limits[] = {
	{RLIMIT_NOFILE, 4096}, {RLIMIT_NPROC, 1000}, {RLIMIT_STACK, 8 << 20}, {RLIMIT_FSIZE, 1 << 30}};

static const struct host_cgroup cgroups[] = {
	{.path = "/sys/fs/cgroup/jobs/one", .available = 0xf, .is_writable = true, .has_others = true},
	{.path = "/sys/fs/cgroup/jobs", .available = 0xf, .enabled = 0xf, .is_writable = true}};

static void add_own(struct paper *paper, const char *path, bool exists, bool is_kept)
{
	*ARENA_PUSH(paper->arena, paper->host.own, paper->host.own_count) =
		(struct own_path){.path = path, .exists = exists, .is_kept = is_kept};
}

void paper_init(struct paper *paper, struct arena *arena)
{
	static char term[] = "TERM=xterm", lang[] = "LANG=C.UTF-8", secret[] = "SECRET=hidden",
		    empty[] = "EMPTY=", odd[] = "ODD=\x1b[2J\xff\n";
	static char *const env[] = {term, lang, secret, empty, odd, NULL};

	*paper = (struct paper){.arena = arena};
	paper->host = (struct host){.kernel_major = 6,
				    .kernel_minor = 1,
				    .uid = 1000,
				    .gid = 1000,
				    .umask = 022,
				    .is_proc_ours = true,
				    .user = "alice",
				    .home = "/home/alice",
				    .cwd = cwd,
				    .runtime = "/run/user/1000",
				    .config = "/home/alice/.config",
				    .cache = "/home/alice/.cache",
				    .data = "/home/alice/.local/share",
				    .state = "/home/alice/.local/state",
				    .sysconfdir = "/etc",
				    .datadir = "/usr/share/pinfold",
				    .env = env,
				    .random_id = "0123456789abcdef0123456789abcdef",
				    .cgroups = {.items = cgroups, .count = ARRAY_SIZE(cgroups)},
				    .newuidmap = "/usr/bin/newuidmap",
				    .newgidmap = "/usr/bin/newgidmap",
				    .subuids = subids,
				    .subgids = subids,
				    .subuid_count = ARRAY_SIZE(subids),
				    .subgid_count = ARRAY_SIZE(subids)};
	add_own(paper, "/home/alice/.config/pinfold", true, false);
	add_own(paper, "/home/alice/.cache/pinfold", false, false);
	add_own(paper, "/home/alice/.local/state/pinfold", true, false);
	*ARENA_PUSH(arena, paper->host.own[2].links, paper->host.own[2].link_count) = "/home/alice/.local";
	add_own(paper, "/run/user/1000/pinfold", false, false);
	add_own(paper, "/usr/share/pinfold/profiles", true, true);
	add_own(paper, "/etc/pinfold", false, true);
	add_own(paper, "/home/alice/.config/user-dirs.dirs", false, true);
	paper->host.own[paper->host.own_count - 1].is_made = true;
	host_settle_home(&paper->host, arena);
}

static void be_root(struct host *host)
{
	host->is_root = true;
	host->uid = host->gid = 0;
}

static void be_old(struct host *host)
{
	host->kernel_major = 5;
	host->kernel_minor = 11;
}

static void be_homeless(struct host *host)
{
	host->user = host->home = NULL;
	host->config = host->cache = host->data = host->state = host->runtime = NULL;
}

static void be_nowhere(struct host *host)
{
	host->cwd = NULL;
}

static void be_in_groups(struct host *host)
{
	host->groups = groups;
	host->group_count = ARRAY_SIZE(groups);
}

static void have_no_subids(struct host *host)
{
	host->subuid_count = host->subgid_count = 0;
}

static void have_no_helpers(struct host *host)
{
	host->newuidmap = host->newgidmap = NULL;
}

static void have_no_new_privs(struct host *host)
{
	host->has_no_new_privs = true;
}

static void have_setfcap(struct host *host)
{
	host->has_setfcap = true;
}

static void have_limits(struct host *host)
{
	host->limits = limits;
	host->limit_count = ARRAY_SIZE(limits);
}

static void have_no_cgroup(struct host *host)
{
	host->cgroups = (struct host_cgroups){0};
}

static void have_foreign_proc(struct host *host)
{
	host->is_proc_ours = false;
}

void paper_set_host(struct paper *paper, const char *flags)
{
	static const struct {
		char letter;
		void (*change)(struct host *host);
	} rows[] = {{'r', be_root},	    {'o', be_old},
		    {'h', be_homeless},	    {'w', be_nowhere},
		    {'g', be_in_groups},    {'s', have_no_subids},
		    {'m', have_no_helpers}, {'n', have_no_new_privs},
		    {'c', have_setfcap},    {'p', have_foreign_proc},
		    {'l', have_limits},	    {'d', have_no_cgroup}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strchr(flags, rows[i].letter) != NULL)
			rows[i].change(&paper->host);
	}
	paper->host.home_inside = NULL;
	host_settle_home(&paper->host, paper->arena);
}

/* FNV-1a: what a path that is not in the table is depends on its name alone. */
static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261U;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h;
}

static const char *const home_links[] = {"/home/alice/.local"};
static const char *const tree_links[] = {"/link"};

static struct path_fact make_up(struct arena *arena, const char *path)
{
	static const struct path_fact kinds[] = {
		{.kind = PATH_MISSING, .errnum = ENOENT},
		{.kind = PATH_MISSING, .errnum = EACCES},
		{.kind = PATH_MISSING, .errnum = ELOOP},
		{.kind = PATH_FILE, .names = 1},
		{.kind = PATH_FILE, .names = 2},
		{.kind = PATH_FILE, .names = 1, .is_closed = true},
		{.kind = PATH_FILE, .names = 1, .is_special = true},
		{.kind = PATH_FILE, .target = "../notes.txt", .real = "/srv/notes.txt"},
		{.kind = PATH_DEVICE},
		{.kind = PATH_DIR, .target = "/srv/tree", .real = "/srv/tree"},
		{.kind = PATH_DIR, .target = ".local/state", .real = "/home/alice/.local/state"},
		{.kind = PATH_DIR, .is_magic = true},
		{.kind = PATH_DIR},
		{.kind = PATH_DIR},
		{.kind = PATH_DIR},
		{.kind = PATH_DIR},
	};
	struct path_fact fact = kinds[hash(path) % ARRAY_SIZE(kinds)];

	fact.path = path;
	if (fact.kind != PATH_MISSING && path_is_within(path, "/link"))
		fact.real = arena_printf(arena, "/real%s", path + strlen("/link"));
	if (fact.real != NULL && path_is_within(fact.real, home_links[0]))
		*ARENA_PUSH(arena, fact.links, fact.link_count) = home_links[0];
	if (fact.real != NULL)
		*ARENA_PUSH(arena, fact.links, fact.link_count) =
			path_is_within(path, tree_links[0]) ? tree_links[0] : path;
	fact.device = 1;
	fact.inode = fact.kind == PATH_MISSING ? 0 : hash(fact.real != NULL ? fact.real : path) | 1U;
	return fact;
}

static struct path_fact fact_of(struct arena *arena, const char *path)
{
	static const struct path_fact known[] = {
		{.path = "/", .kind = PATH_DIR},
		{.path = "/usr", .kind = PATH_DIR},
		{.path = "/bin", .kind = PATH_DIR, .target = "usr/bin"},
		{.path = "/sbin", .kind = PATH_DIR, .target = "usr/sbin"},
		{.path = "/lib", .kind = PATH_DIR, .target = "usr/lib"},
		{.path = "/lib64", .kind = PATH_DIR, .target = "usr/lib64"},
		{.path = "/lib32", .kind = PATH_MISSING, .errnum = ENOENT},
		{.path = "/libx32", .kind = PATH_MISSING, .errnum = ENOENT},
		{.path = "/dev/null", .kind = PATH_DEVICE},
		{.path = "/dev/zero", .kind = PATH_DEVICE},
		{.path = "/dev/full", .kind = PATH_DEVICE},
		{.path = "/dev/random", .kind = PATH_DEVICE},
		{.path = "/dev/urandom", .kind = PATH_DEVICE},
		{.path = "/dev/tty", .kind = PATH_DEVICE},
		{.path = "/home", .kind = PATH_DIR},
		{.path = "/home/alice", .kind = PATH_DIR},
		{.path = cwd, .kind = PATH_DIR},
		{.path = "/opt", .kind = PATH_DIR},
		{.path = "/etc/localtime", .kind = PATH_FILE, .target = "/usr/share/zoneinfo/UTC"},
		{.path = "/etc/machine-id", .kind = PATH_FILE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (str_eq(known[i].path, path))
			return known[i];
	}
	return make_up(arena, path);
}

void paper_probe(struct paper *paper, const struct request *request)
{
	struct host *host = &paper->host;
	const char **paths;
	size_t count;

	plan_wanted_paths(request, paper->arena, &paths, &count);
	for (size_t i = 0; i < count; i++)
		*ARENA_PUSH(paper->arena, host->paths, host->path_count) = fact_of(paper->arena, paths[i]);
	host_sort_paths(host);
	for (size_t i = 0; i < request->file_count; i++)
		add_own(paper, request->files[i], true, true);
}

/* ------------------------------------------------------------ files */

/* Absolute, and "." and ".." are folded: there are no symlinks here. */
static const char *real_path(void *user, struct arena *arena, const char *path)
{
	char *out = arena_alloc(arena, sizeof(cwd) + strlen(path) + 2);
	char *w = out;

	(void)user;
	if (path[0] != '/')
		w += sprintf(w, "%s", cwd);
	while (*path != '\0') {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (w > out && *--w != '/') {
			}
		} else if (len > 0 && !(len == 1 && path[0] == '.')) {
			*w++ = '/';
			memcpy(w, path, len);
			w += len;
		}
		path += len;
	}
	*w = '\0';
	return w == out ? "/" : out;
}

static struct paper_file *find_file(struct paper *paper, const char *path)
{
	const char *real = real_path(paper, paper->arena, path);

	for (size_t i = 0; i < paper->file_count; i++) {
		if (str_eq(paper->files[i].path, real))
			return &paper->files[i];
	}
	return NULL;
}

static int read_file(void *user, struct arena *arena, const char *path, const char **ret_text,
		     size_t *ret_len)
{
	struct paper_file *file = find_file(user, path);
	char *copy;

	if (file == NULL)
		return -ENOENT;
	if (file->errnum != 0)
		return -file->errnum;
	/* To the byte, so that a sanitizer sees who reads on. */
	copy = malloc(file->len > 0 ? file->len : 1);
	MUST(copy != NULL, "out of memory");
	memcpy(copy, file->text, file->len);
	*ret_text = arena_strndup(arena, copy, file->len);
	free(copy);
	*ret_len = file->len;
	return 0;
}

/* A directory is there when a file in it is, or a directory in it. */
static int list_files(void *user, struct arena *arena, const char *path, const char ***ret_names,
		      size_t *ret_count)
{
	struct paper *paper = user;
	const char *real = real_path(user, arena, path);
	size_t len = strlen(real);
	bool is_there = false;

	*ret_names = NULL;
	*ret_count = 0;
	for (size_t i = 0; i < paper->file_count; i++) {
		const struct paper_file *file = &paper->files[i];
		const char *name = file->path + len + 1;
		bool is_listed = false;

		if (!str_starts(file->path, real) || file->path[len] != '/')
			continue;
		is_there = true;
		name = arena_strndup(arena, name, strcspn(name, "/"));
		for (size_t k = 0; k < *ret_count; k++)
			is_listed = is_listed || str_eq((*ret_names)[k], name);
		if (!is_listed)
			*ARENA_PUSH(arena, *ret_names, *ret_count) = name;
	}
	return is_there ? 0 : -ENOENT;
}

struct profile_loader paper_loader(struct paper *paper)
{
	return (struct profile_loader){
		.read = read_file, .real = real_path, .list = list_files, .user = paper};
}

static struct paper_file *add_file(struct paper *paper, const char *name)
{
	struct paper_file *file = ARENA_PUSH(paper->arena, paper->files, paper->file_count);

	if (name[0] != '/' && name[0] != '.')
		name = arena_printf(paper->arena, "/usr/share/pinfold/profiles/%s.ini", name);
	file->path = real_path(paper, paper->arena, name);
	return file;
}

static const char blanks[] = " \t";

static const char *trim(struct arena *arena, const char *s, size_t len)
{
	while (len > 0 && memchr(blanks, *s, 2) != NULL) {
		s++;
		len--;
	}
	while (len > 0 && memchr(blanks, s[len - 1], 2) != NULL)
		len--;
	return arena_strndup(arena, s, len);
}

/* The language's rules for lines, in the simplest way; what is wrong with a line does not matter here. */
static void read_lines(struct paper *paper, struct paper_file *file)
{
	const char *end = file->text + file->len;
	const char *section = NULL;
	const char *key = NULL;

	for (const char *s = file->text; s < end;) {
		struct paper_line *line = ARENA_PUSH(paper->arena, file->lines, file->line_count);
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		const char *next = newline != NULL ? newline + 1 : end;
		size_t len = (size_t)((newline != NULL ? newline : end) - s);
		const char *equals;

		if (len >= 3 && file->line_count == 1 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
			s += 3;
			len -= 3;
		}
		len -= len > 0 && s[len - 1] == '\r';
		equals = memchr(s, '=', len);
		line->text = s;
		line->len = len;
		line->value = trim(paper->arena, s, len);
		if (line->value[0] != '\0' && strchr("#;", line->value[0]) == NULL) {
			if (s[0] == '[') {
				section = arena_strndup(paper->arena, line->value + 1,
							strcspn(line->value + 1, "]"));
				key = NULL;
			} else if (memchr(blanks, s[0], 2) != NULL) {
				line->key = key;
			} else if (equals != NULL) {
				key = line->key = trim(paper->arena, s, (size_t)(equals - s));
				line->value = trim(paper->arena, equals + 1, len - (size_t)(equals + 1 - s));
			}
		}
		line->section = section;
		s = next;
	}
}

void paper_add_file(struct paper *paper, const char *name, const char *text, size_t len)
{
	struct paper_file *file = add_file(paper, name);

	file->text = text;
	file->len = len;
	read_lines(paper, file);
}

void paper_add_errno(struct paper *paper, const char *name, int errnum)
{
	add_file(paper, name)->errnum = errnum;
}

/* The line of a file, NULL when there is none. */
static const struct paper_line *line_of(struct paper *paper, const char *name, unsigned int number)
{
	const struct paper_file *file = find_file(paper, name);

	return file != NULL && number >= 1 && number <= file->line_count ? &file->lines[number - 1] : NULL;
}

/* ------------------------------------------------------------ what must hold */

/* Nothing that moves a cursor: no control byte but newline, no C1, and all of it UTF-8. */
void paper_check_harmless(const char *text)
{
	static char plain[128]; /* newline and printable ASCII: nearly all there is */

	for (int c = ' '; plain[0] == '\0' && c < 0x7f; c++)
		plain[c - ' ' + 1] = (char)c;
	plain[0] = '\n';
	if (text[strspn(text, plain)] == '\0')
		return;
	MUST(str_is_utf8(text, strlen(text)), "%s", text);
	for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++) {
		MUST(*s == '\n' || (*s >= 0x20 && *s != 0x7f), "byte %02x in: %s", *s, text);
		MUST(!(s[0] == 0xc2 && s[1] < 0xa0), "C1 in: %s", text);
	}
}

void paper_check_refusal(struct paper *paper, const struct err *err)
{
	MUST(err->kind == ERR_CONFIG || err->kind == ERR_USAGE || err->kind == ERR_HOST ||
		     err->kind == ERR_NOT_FOUND,
	     "%d %s", err->kind, err->msg);
	MUST(err->id[0] != '\0' && strchr(err->id, '.') != NULL, "%s", err->msg);
	MUST(err->msg[0] != '\0' && err->hint[0] != '\0', "%s: %s", err->id, err->msg);
	paper_check_harmless(str_harmless(paper->arena, err->msg));
	paper_check_harmless(str_harmless(paper->arena, err->hint));
	MUST(err->kind != ERR_CONFIG || err->origin[0] != '\0', "%s: %s", err->id, err->msg);
	/* An origin that was too long has lost its head. */
	if (err->line > 0 && !str_starts(err->origin, "...")) {
		const struct paper_line *line = line_of(paper, err->origin, err->line);

		MUST(line != NULL && err->column <= line->len + 1, "%s:%u:%u: %s", err->origin, err->line,
		     err->column, err->msg);
	}
	MUST(err->line > 0 || err->column == 0, "%s: %s", err->origin, err->msg);
}

void paper_check_problems(struct paper *paper, struct problems *problems)
{
	const struct err *last = NULL;

	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		const struct err *err = &problems->items[i].err;

		paper_check_refusal(paper, err);
		MUST(last == NULL || !str_eq(last->origin, err->origin) || last->line <= err->line,
		     "%s:%u: %s", err->origin, err->line, err->msg);
		last = err;
	}
	paper_check_harmless(problems_text(paper->arena, problems));
}

static void check_value(struct paper *paper, enum option_id id, const struct value *value)
{
	const struct option_row *row = &option_table[id];
	const struct origin *origin = value->origin;
	const struct paper_line *line = line_of(paper, origin->name, origin->line);
	const char *text = value->text;
	size_t at = origin->column - 1;

	if (origin->line == 0) {
		MUST(origin->name[0] == '-' || str_eq(origin->name, "default"), "%s.%s = %s from %s",
		     row->section, row->key, value->text, origin->name);
		return;
	}
	MUST(line != NULL, "%s:%u", origin->name, origin->line);
	MUST(line->key != NULL && str_eq(line->key, row->key) && str_eq(line->section, row->section),
	     "%s.%s = %s is not at %s:%u", row->section, row->key, text, origin->name, origin->line);
	if (!value_is_word(row->type))
		MUST(str_eq(line->value, text), "%s is %s at line %u", text, line->value, origin->line);
	if (value->is_optional)
		text += 1 + strspn(text + 1, blanks);
	MUST(at <= line->len && strlen(text) <= line->len - at &&
		     memcmp(line->text + at, text, strlen(text)) == 0,
	     "%s is not at %s:%u:%u", text, origin->name, origin->line, origin->column);
}

void paper_check_request(struct paper *paper, const struct request *request)
{
	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct value_list *list = &request->values[id];

		MUST(option_table[id].class == CLASS_LIST || list->count <= 1, "%s has %zu values",
		     option_table[id].key, list->count);
		for (size_t i = 0; i < list->count; i++)
			check_value(paper, id, &list->items[i]);
	}
}

/* Absolute, and each component says where it is: not by path_normalize, which is on trial here. */
static void check_path(const char *path)
{
	MUST(path[0] == '/' && strlen(path) < 4096, "%s", path);
	for (const char *s = path; path[1] != '\0' && s != NULL; s = strchr(s + 1, '/')) {
		size_t len = strcspn(s + 1, "/");

		MUST(len > 0 && len <= 255, "%s", path);
		MUST(strncmp(s + 1, ".", len) != 0 && strncmp(s + 1, "..", len) != 0, "%s", path);
	}
}

static void check_node(struct paper *paper, const struct plan_node *node, const struct plan_node *before)
{
	check_path(node->dest);
	MUST(!str_eq(node->dest, "/"), "a node at the root");
	MUST(before == NULL || path_compare(before->dest, node->dest) < 0, "%s behind %s", node->dest,
	     before->dest);
	MUST(node->origin != NULL && node->origin->name[0] != '\0', "%s", node->dest);
	MUST(node->origin->line == 0 || line_of(paper, node->origin->name, node->origin->line) != NULL,
	     "%s from %s", node->dest, node->origin->name);
	MUST(node->makes_point || node->under != NULL, "%s", node->dest);
	if (node->under != NULL)
		MUST(path_is_within(node->dest, node->under), "%s under %s", node->dest, node->under);
	if (node->kind == NODE_BIND || node->kind == NODE_OVERLAY || node->kind == NODE_COPY)
		check_path(node->source);
	if (node->kind == NODE_FILE || node->kind == NODE_SYMLINK)
		MUST(node->text != NULL, "%s", node->dest);
}

const char *paper_check_plan(struct paper *paper, const struct plan *plan)
{
	const char *text = explain_text(paper->arena, plan);

	for (size_t i = 0; i < plan->root.count; i++)
		check_node(paper, &plan->root.nodes[i], i > 0 ? &plan->root.nodes[i - 1] : NULL);
	paper_check_harmless(text);
	return text;
}

void paper_check_json(struct paper *paper, const struct plan *plan)
{
	CLEANUP_FREE char *json = NULL;
	struct err err;

	if (explain_json(paper->arena, plan, &json, &err) == 0) {
		MUST(json != NULL && json[0] == '{', "%s", json != NULL ? json : "no JSON");
		paper_check_harmless(json);
	} else {
		MUST(str_eq(err.id, "host.library-missing") || str_eq(err.id, "host.no-json"), "%s: %s",
		     err.id, err.msg);
	}
}
