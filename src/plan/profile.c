/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profile.c - a profile by name, with all it includes, into a request. */
#include "plan/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/problem.h"
#include "plan/reader.h"
#include "plan/request.h"

/* Files in all: sixteen levels of two includes each would be 65,535. */
enum { MAX_DEPTH = 16, MAX_FILES = 256 };

/* A file under way; the chain of them finds cycles. */
struct open_profile {
	const struct open_profile *parent;
	const char *path; /* as it was asked for */
	const char *real; /* what it is */
	unsigned int depth;
};

struct loading {
	struct request *request;
	const struct profile_loader *loader;
	struct err *err;
};

static const char *directory_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? "." : arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

/* "./x" is x: the same file under one name, or a circle of includes would not be seen. */
static const char *skip_here(const char *path)
{
	while (path[0] == '.' && path[1] == '/' && path[1 + strspn(path + 1, "/")] != '\0')
		path += 1 + strspn(path + 1, "/");
	return path;
}

/* The directory of a profile, absolute, for ${PROFILE_DIR}. */
static const char *absolute_directory_of(const struct request *request, const char *path)
{
	const char *dir = directory_of(request->arena, path);

	if (dir[0] == '/' || request->host->cwd == NULL)
		return dir;
	return arena_printf(request->arena, "%s/%s", request->host->cwd, dir);
}

size_t profile_directories(const struct host *host, struct arena *arena, const char *dirs[PROFILE_PLACES])
{
	const struct {
		const char *dir, *below;
	} places[PROFILE_PLACES] = {
		{host->config, "pinfold/profiles"},
		{host->sysconfdir, "pinfold/profiles"},
		{host->datadir, "profiles"},
	};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (places[i].dir != NULL)
			dirs[count++] = arena_printf(arena, "%s/%s", places[i].dir, places[i].below);
	}
	return count;
}

/* The places of a profile's name, best first. Returns their number. */
static size_t list_places(const struct request *request, const char *name, const char *places[PROFILE_PLACES])
{
	size_t count = profile_directories(request->host, request->arena, places);

	for (size_t i = 0; i < count; i++)
		places[i] = arena_printf(request->arena, "%s/%s.ini", places[i], name);
	return count;
}

static const char *join_places(struct arena *arena, const char *const places[], size_t count)
{
	const char *text = "in no place";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s %s", i == 0 ? "at" : arena_printf(arena, "%s,", text),
				    str_show(arena, places[i]));
	return text;
}

static const char *unreadable_hint(int errnum)
{
	static const struct {
		int errnum;
		const char *hint;
	} rows[] = {
		{EACCES, "it is not yours to read; is HOME or XDG_CONFIG_HOME somebody else's?"},
		{EFBIG, "a profile has at most 4 MiB"},
		{EINVAL, "a profile is a regular file, neither a device nor a pipe"},
		{EISDIR, "name the file in the directory"},
		{ELOOP, "a symbolic link leads back to itself"},
		{ENOLINK, "mend the link, or remove it"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].errnum == errnum)
			return rows[i].hint;
	}
	return "a profile is a text file that you can read";
}

/* The arena is only for the bytes, of which the reader takes what it needs. */
static int read_text(struct loading *loading, struct arena *arena, const char *path,
		     struct reader_text *ret_text)
{
	ret_text->name = path;
	return loading->loader->read(loading->loader->user, arena, path, &ret_text->bytes, &ret_text->len);
}

/* More would not be taken, and that is said once. */
static bool is_full(const struct loading *loading)
{
	return loading->request->file_count > MAX_FILES;
}

static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR;
}

static int unreadable(struct loading *loading, const char *path, int errnum)
{
	const char *shown = str_show(loading->request->arena, path);

	/* The C library's text for this errno is of other links. */
	if (errnum == ENOLINK)
		err_set(loading->err, ERR_CONFIG, "config.unreadable", 0,
			"cannot read profile %s: it is a symbolic link that leads to nothing", shown);
	else
		err_set(loading->err, ERR_CONFIG, "config.unreadable", errnum, "cannot read profile %s",
			shown);
	return err_hint(loading->err, "%s", unreadable_hint(errnum));
}

static int includes_itself(struct loading *loading, const char *path)
{
	err_set(loading->err, ERR_CONFIG, "config.include-cycle", 0, "%s includes itself",
		str_show(loading->request->arena, path));
	return err_hint(loading->err, "take one of the includes of the circle away");
}

/*
 * Is the name a path and nothing else? A name may have slashes too, as base/essential has; on the command
 * line it is looked for as a path first.
 */
static bool is_path(const char *name, const struct open_profile *from)
{
	if (name[0] == '/' || name[0] == '.')
		return true;
	return from == NULL && strchr(name, '/') != NULL && str_ends(name, ".ini");
}

/* Where to look, best first. Returns the number of places. */
static size_t list_candidates(const struct loading *loading, const char *name,
			      const struct open_profile *from, const char *places[PROFILE_PLACES + 1])
{
	struct arena *arena = loading->request->arena;

	if (!is_path(name, from)) {
		size_t first = from == NULL && strchr(name, '/') != NULL;

		places[0] = name;
		return first + list_places(loading->request, name, places + first);
	}
	if (from == NULL || name[0] == '/')
		places[0] = skip_here(name);
	else
		places[0] = arena_printf(arena, "%s/%s", directory_of(arena, from->path), skip_here(name));
	return 1;
}

static int not_found(struct loading *loading, const char *name, const struct open_profile *from,
		     const char *const places[], size_t count)
{
	struct arena *arena = loading->request->arena;

	err_set(loading->err, ERR_CONFIG, "config.no-profile", 0, "there is no profile %s",
		str_show(arena, name));
	if (from != NULL && strpbrk(name, " ,") != NULL)
		(void)err_hint(loading->err, "each profile has a line of its own, indented below the first");
	else if (is_path(name, from))
		(void)err_hint(loading->err, "%s does not exist", str_show(arena, places[0]));
	else
		(void)err_hint(loading->err, "looked for it %s%s", join_places(arena, places, count),
			       str_ends(name, ".ini") ? "; for a file write its path, with a /" : "");
	return 0;
}

static const char *real_path(struct loading *loading, const char *path)
{
	const struct profile_loader *loader = loading->loader;
	const char *real =
		loader->real != NULL ? loader->real(loader->user, loading->request->arena, path) : NULL;

	return real != NULL ? real : path;
}

/* Is this place of the name the file that includes it, by whatever path that was asked for? */
static bool is_own_place(struct loading *loading, const char *place, const struct open_profile *from)
{
	const char *base = strrchr(place, '/');
	const char *from_base = strrchr(from->real, '/');

	/* Most includes are of other names: those need not be looked for. */
	return base != NULL && from_base != NULL && str_eq(base, from_base) &&
	       str_eq(real_path(loading, place), from->real);
}

/*
 * A profile that includes its own name means the next place: the user's default.ini may build on the stock
 * one. Returns the number of that place, or 0 for any other include.
 */
static size_t next_place(struct loading *loading, const char *name, const struct open_profile *from,
			 const char *const places[], size_t count)
{
	size_t next = 0;

	for (size_t i = 0; from != NULL && !is_path(name, from) && i < count; i++)
		next = str_eq(places[i], from->path) || is_own_place(loading, places[i], from) ? i + 1 : next;
	return next;
}

/*
 * Reads the first place that has the profile. `from` is the file that includes it, NULL for the command line.
 * Returns 1, or 0 when no place has it, or -1 with the error.
 */
static int find_text(struct loading *loading, struct arena *arena, const char *name,
		     const struct open_profile *from, struct reader_text *ret_text)
{
	const char *places[PROFILE_PLACES + 1];
	size_t count = list_candidates(loading, name, from, places);
	size_t first = next_place(loading, name, from, places, count);

	for (size_t i = first; i < count; i++) {
		int r = read_text(loading, arena, places[i], ret_text);

		if (r == 0)
			return 1;
		if (!is_absent(r))
			return unreadable(loading, places[i], -r);
	}
	if (first > 0)
		return includes_itself(loading, from->path);
	return not_found(loading, name, from, places, count);
}

/* The keys of a section, or the sections: what was meant is likely to be there. */
static const char *list_names(struct arena *arena, const char *section)
{
	const char *last = "";
	const char *text = "";

	for (enum option_id id = 0; id < OPT_COUNT; id++) {
		const struct option_row *row = &option_table[id];
		const char *name = section != NULL ? row->key : row->section;

		if (section != NULL ? !str_eq(row->section, section) : str_eq(name, last))
			continue;
		text = arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? ", " : "", name);
		last = name;
	}
	return text;
}

static int unknown_key(struct arena *arena, const struct reader_entry *entry, struct err *err)
{
	const char *section = option_nearest_section(entry->section);
	const char *near = section != NULL ? option_nearest_key(section, entry->key) : NULL;
	const char *other = option_section_of_key(entry->key);

	err_set(err, ERR_CONFIG, "config.unknown-key", 0, "unknown key %s in [%s]", entry->key,
		entry->section);
	if (other != NULL)
		return err_hint(err, "%s belongs into [%s]", entry->key, other);
	if (near != NULL)
		return err_hint(err, "did you mean %s?", near);
	return err_hint(err, "its keys are %s", list_names(arena, entry->section));
}

static int unknown_section(struct arena *arena, const char *name, struct err *err)
{
	const char *near = option_nearest_section(name);

	err_set(err, ERR_CONFIG, "config.unknown-section", 0, "unknown section [%s]", str_show(arena, name));
	if (near != NULL)
		return err_hint(err, "did you mean [%s]?", near);
	return err_hint(err, "the sections are %s", list_names(arena, NULL));
}

static int load(struct loading *loading, const char *name, bool is_optional, const struct open_profile *from);

static size_t include_count(const struct request *request)
{
	return request->values[OPT_INCLUDE].count;
}

static int take_include(struct loading *loading, const struct reader_entry *entry,
			const struct request_source *source, const struct open_profile *from)
{
	size_t before = include_count(loading->request);
	const struct value *value;

	if (request_set(loading->request, OPT_INCLUDE, entry->value, source, loading->err) < 0)
		return -1;
	if (include_count(loading->request) <= before)
		return 0; /* taken away, reset, or refused and kept as a problem */
	value = request_get(loading->request, OPT_INCLUDE);
	if (load(loading, value->a, value->is_optional, from) == 0)
		return 0;
	(void)origin_blame(loading->err, value->origin);
	return problems_take(loading->request->problems, loading->err);
}

static struct origin origin_of(const struct open_profile *file, const struct reader_entry *entry)
{
	return (struct origin){.name = file->path, .line = entry->line, .column = entry->column};
}

/* Names that do not exist, before anything is taken from the file. */
static int check_names(struct loading *loading, const struct reader_entries *entries,
		       const struct open_profile *file)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct reader_entry *entry = &entries->items[i];
		const struct origin origin = {.name = file->path, .line = entry->line, .column = 1};
		bool has_section = option_has_section(entry->section);

		/* The line of an unknown section stands for all that is below it, that of a key for its list.
		 */
		if (entry->key == NULL ? has_section
				       : !has_section || entry->is_further ||
						 option_find(entry->section, entry->key) != OPT_COUNT)
			continue;
		if (entry->key == NULL)
			(void)unknown_section(loading->request->arena, entry->section, loading->err);
		else
			(void)unknown_key(loading->request->arena, entry, loading->err);
		(void)origin_blame(loading->err, &origin);
		if (problems_take(loading->request->problems, loading->err) < 0)
			return -1;
	}
	return 0;
}

/* Gives the file's entries to the request: the includes in one pass, all else in the next. */
static int take_entries(struct loading *loading, const struct reader_entries *entries,
			const struct open_profile *file, bool is_include_pass)
{
	const char *dir = absolute_directory_of(loading->request, file->real);

	for (size_t i = 0; i < entries->count; i++) {
		const struct reader_entry *entry = &entries->items[i];
		struct request_source source = {.profile_dir = dir, .origin = origin_of(file, entry)};
		enum option_id id = entry->key != NULL ? option_find(entry->section, entry->key) : OPT_COUNT;
		int r;

		if (id == OPT_COUNT || (id == OPT_INCLUDE) != is_include_pass)
			continue;
		if (is_include_pass)
			r = take_include(loading, entry, &source, file);
		else
			r = request_set(loading->request, id, entry->value, &source, loading->err);
		if (r < 0)
			return -1;
	}
	return 0;
}

/*
 * The version of the language, before anything else of the file: a key that only a newer one knows is to be
 * reported as that.
 */
static int check_language(struct loading *loading, const struct reader_entries *entries,
			  const struct open_profile *file)
{
	struct arena *arena = loading->request->arena;

	for (size_t i = 0; i < entries->count; i++) {
		const struct reader_entry *entry = &entries->items[i];
		struct origin origin = origin_of(file, entry);

		if (entry->key == NULL || !str_eq(entry->section, "profile") ||
		    !str_eq(entry->key, "language") || str_eq(entry->value, "1") || entry->value[0] == '\0')
			continue;
		err_set(loading->err, ERR_CONFIG, "config.language", 0,
			"the profile is written in version %s of the language",
			str_show(arena, entry->value));
		err_hint(loading->err, "this pinfold knows version 1: update it, or write language = 1");
		return origin_blame(loading->err, &origin);
	}
	return 0;
}

/* May this file be opened, below those that are open? */
static int check_nesting(struct loading *loading, const struct open_profile *file)
{
	if (is_full(loading)) {
		err_set(loading->err, ERR_CONFIG, "config.include-count", 0,
			"more than %d files are included", MAX_FILES);
		return err_hint(loading->err, "include each once");
	}
	for (const struct open_profile *open = file->parent; open != NULL; open = open->parent) {
		if (str_eq(open->real, file->real))
			return includes_itself(loading, file->path);
	}
	if (file->depth > MAX_DEPTH) {
		err_set(loading->err, ERR_CONFIG, "config.include-depth", 0,
			"includes are nested deeper than %d", MAX_DEPTH);
		return err_hint(loading->err, "include the file directly");
	}
	return 0;
}

static struct open_profile open_file(struct loading *loading, const char *path,
				     const struct open_profile *from)
{
	struct request *request = loading->request;
	struct open_profile file = {.parent = from,
				    .path = path,
				    .real = real_path(loading, path),
				    .depth = from == NULL ? 1 : from->depth + 1};

	*ARENA_PUSH(request->arena, request->files, request->file_count) = file.real;
	return file;
}

/* One file: what it includes, then what it says itself. */
static int load_file(struct loading *loading, const struct open_profile *file, const struct reader_text *text)
{
	struct request *request = loading->request;
	struct reader_entries entries;

	if (check_nesting(loading, file) < 0 ||
	    reader_read(request->arena, text, request->problems, &entries, loading->err) < 0 ||
	    check_language(loading, &entries, file) < 0 || check_names(loading, &entries, file) < 0 ||
	    take_entries(loading, &entries, file, true) < 0)
		return -1;
	request->layer++;
	return take_entries(loading, &entries, file, false);
}

static int load_drop_in(struct loading *loading, const char *path, const struct open_profile *profile)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct reader_text text;
	struct open_profile file;
	int r;

	if (is_full(loading))
		return 0;
	r = read_text(loading, scratch, path, &text);
	if (is_absent(r))
		return 0; /* it was there a moment ago */
	if (r < 0) {
		/* Whoever includes the profile did not ask for this file: it is named as the place instead.
		 */
		(void)unreadable(loading, path, -r);
		return err_origin(loading->err, path);
	}
	file = open_file(loading, path, profile);
	if (load_file(loading, &file, &text) == 0)
		return 0;
	return err_origin(loading->err, path);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The files NAME.d/ *.ini of one place, in the order of their names. */
static int load_drop_ins_of(struct loading *loading, const char *dir, const struct open_profile *profile)
{
	const struct profile_loader *loader = loading->loader;
	struct arena *arena = loading->request->arena;
	const char **names = NULL;
	size_t count = 0;
	int r = loader->list(loader->user, arena, dir, &names, &count);

	if (is_absent(r))
		return 0;
	if (r < 0) {
		err_set(loading->err, ERR_CONFIG, "config.unreadable", -r, "cannot read the directory %s",
			str_show(arena, dir));
		return err_hint(loading->err,
				"it holds additions to a profile: make it readable, or remove it");
	}
	if (count > 0)
		qsort(names, count, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < count; i++) {
		if (!profile_is_file_name(names[i]))
			continue;
		if (load_drop_in(loading, arena_printf(arena, "%s/%s", dir, names[i]), profile) < 0 &&
		    problems_take(loading->request->problems, loading->err) < 0)
			return -1;
	}
	return 0;
}

/* What the distribution, the administrator and the user add to a profile, in this order: the last wins. */
static int load_drop_ins(struct loading *loading, const char *name, const struct open_profile *profile)
{
	struct arena *arena = loading->request->arena;
	const char *places[PROFILE_PLACES];
	size_t count = list_places(loading->request, name, places);

	/* A profile that builds on the next one of its name: the additions are to both, and come once. */
	if (next_place(loading, name, profile->parent, places, count) > 0)
		return 0;
	for (size_t i = count; loading->loader->list != NULL && i > 0; i--) {
		const char *dir = arena_printf(arena, "%.*s.d", (int)(strlen(places[i - 1]) - strlen(".ini")),
					       places[i - 1]);

		if (load_drop_ins_of(loading, dir, profile) < 0 &&
		    problems_take(loading->request->problems, loading->err) < 0)
			return -1;
	}
	return 0;
}

/* Whoever makes the file decides what the next run may do: a name is safe in pinfold's own places, a path is
 * not. */
static void note_absent(struct loading *loading, const char *name, const struct open_profile *from)
{
	struct request *request = loading->request;
	const char *places[PROFILE_PLACES + 1];
	const char *dir;

	(void)list_candidates(loading, name, from, places);
	dir = absolute_directory_of(request, places[0]);
	*ARENA_PUSH(request->arena, request->absent, request->absent_count) =
		arena_printf(request->arena, "%s/%s", dir,
			     strrchr(places[0], '/') != NULL ? strrchr(places[0], '/') + 1 : places[0]);
}

static int load(struct loading *loading, const char *name, bool is_optional, const struct open_profile *from)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct reader_text text;
	struct open_profile file;
	int r;

	if (is_full(loading))
		return 0;
	r = find_text(loading, scratch, name, from, &text);
	if (r == 0 && is_optional && is_path(name, from))
		note_absent(loading, name, from);
	if (r == 0)
		return is_optional ? 0 : -1;
	if (r < 0)
		return -1;
	file = open_file(loading, text.name, from);
	if (from == NULL)
		loading->request->profile_path = text.name;
	if (load_file(loading, &file, &text) < 0)
		return -1;
	/* Additions are to what was found by its name, not to a file that was. */
	return is_path(name, from) || str_eq(text.name, name) ? 0 : load_drop_ins(loading, name, &file);
}

bool profile_is_file_name(const char *name)
{
	return name[0] != '.' && str_ends(name, ".ini") && !str_eq(name, ".ini");
}

int profile_load(struct request *request, const char *name, const struct profile_loader *loader,
		 struct err *err)
{
	struct loading loading = {.request = request, .loader = loader, .err = err};

	int r;

	request->profile = name;
	request_start_loading(request);
	r = load(&loading, name, false, NULL);
	request_settle(request);
	return r;
}
