/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profile.c - a profile by name, with all it includes, into a request. */
#include "plan/profile.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/reader.h"
#include "plan/request.h"

/* Files in all: sixteen levels of two includes each would be 65,535. */
enum { MAX_DEPTH = 16, MAX_FILES = 256, MAX_PLACES = 3 };

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

struct text {
	const char *path;
	const char *bytes;
	size_t len;
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

/* The places of a profile's name, best first. Returns their number. */
static size_t list_places(const struct request *request, const char *name, const char *places[MAX_PLACES])
{
	const struct host *host = request->host;
	const struct {
		const char *dir, *below;
	} dirs[MAX_PLACES] = {
		{host->config, "pinfold/profiles"},
		{host->sysconfdir, "pinfold/profiles"},
		{host->datadir, "profiles"},
	};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (dirs[i].dir != NULL)
			places[count++] = arena_printf(request->arena, "%s/%s/%s.ini", dirs[i].dir,
						       dirs[i].below, name);
	}
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
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].errnum == errnum)
			return rows[i].hint;
	}
	return "a profile is a text file that you can read";
}

/*
 * Reads the first place that has the profile. `from` is the file that includes it, NULL for the
 * command line. Returns 1, or 0 when no place has it, or -1 with the error.
 */
static int find_text(struct loading *loading, const char *name, const struct open_profile *from,
		     struct text *ret_text)
{
	struct arena *arena = loading->request->arena;
	const char *places[MAX_PLACES];
	size_t count = 1;
	bool is_path = from == NULL ? strchr(name, '/') != NULL : name[0] == '/' || name[0] == '.';

	if (!is_path)
		count = list_places(loading->request, name, places);
	else if (from == NULL || name[0] == '/')
		places[0] = skip_here(name);
	else
		places[0] = arena_printf(arena, "%s/%s", directory_of(arena, from->path), skip_here(name));
	for (size_t i = 0; i < count; i++) {
		int r;

		ret_text->path = places[i];
		r = loading->loader->read(loading->loader->user, arena, places[i], &ret_text->bytes,
					  &ret_text->len);
		if (r == 0)
			return 1;
		if (r == -ENOENT || r == -ENOTDIR)
			continue;
		err_set(loading->err, ERR_CONFIG, "config.unreadable", -r, "cannot read profile %s",
			str_show(arena, places[i]));
		return err_hint(loading->err, "%s", unreadable_hint(-r));
	}
	err_set(loading->err, ERR_CONFIG, "config.no-profile", 0, "there is no profile %s",
		str_show(arena, name));
	if (is_path)
		(void)err_hint(loading->err, "%s does not exist", str_show(arena, places[0]));
	else
		(void)err_hint(loading->err, "looked for it %s%s", join_places(arena, places, count),
			       str_ends(name, ".ini") ? "; for a file write its path, with a /" : "");
	return 0;
}

static int unknown_key(const struct reader_entry *entry, struct err *err)
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
	return err_hint(err, "pinfold-profile(5) lists the keys of each section");
}

static int unknown_section(struct arena *arena, const char *name, struct err *err)
{
	const char *near = option_nearest_section(name);

	err_set(err, ERR_CONFIG, "config.unknown-section", 0, "unknown section [%s]", str_show(arena, name));
	if (near != NULL)
		return err_hint(err, "did you mean [%s]?", near);
	return err_hint(err, "pinfold-profile(5) lists the sections");
}

static int load(struct loading *loading, const char *name, bool is_optional, const struct open_profile *from);

static const char *real_path(struct loading *loading, const char *path)
{
	const struct profile_loader *loader = loading->loader;
	const char *real =
		loader->real != NULL ? loader->real(loader->user, loading->request->arena, path) : NULL;

	return real != NULL ? real : path;
}

static int take_include(struct loading *loading, const struct reader_entry *entry,
			const struct request_source *source, const struct open_profile *from)
{
	const struct value *value;

	if (request_set(loading->request, OPT_INCLUDE, entry->value, source, loading->err) < 0)
		return -1;
	value = request_get(loading->request, OPT_INCLUDE);
	if (entry->value[0] == '\0' || entry->value[0] == '!' || value == NULL)
		return 0;
	if (load(loading, value->a, value->is_optional, from) < 0)
		return err_origin(loading->err, source->origin);
	return 0;
}

/* Gives the file's entries to the request: the includes in one pass, all else in the next. */
static int take_entries(struct loading *loading, const struct reader_entries *entries,
			const struct open_profile *file, bool is_include_pass)
{
	struct arena *arena = loading->request->arena;
	const char *dir = absolute_directory_of(loading->request, file->real);

	for (size_t i = 0; i < entries->count; i++) {
		const struct reader_entry *entry = &entries->items[i];
		struct request_source source = {
			.profile_dir = dir, .origin = arena_printf(arena, "%s:%u", file->path, entry->line)};
		enum option_id id;
		int r = 0;

		if (!option_has_section(entry->section))
			r = unknown_section(arena, entry->section, loading->err);
		if (r < 0)
			return err_origin(loading->err, source.origin);
		if (entry->key == NULL)
			continue;
		id = option_find(entry->section, entry->key);
		if (id == OPT_COUNT)
			r = unknown_key(entry, loading->err);
		if (r < 0)
			return err_origin(loading->err, source.origin);
		if ((id == OPT_INCLUDE) != is_include_pass)
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
static int check_language(struct loading *loading, const struct reader_entries *entries, const char *path)
{
	struct arena *arena = loading->request->arena;

	for (size_t i = 0; i < entries->count; i++) {
		const struct reader_entry *entry = &entries->items[i];

		if (entry->key == NULL || !str_eq(entry->section, "profile") ||
		    !str_eq(entry->key, "language") || str_eq(entry->value, "1") || entry->value[0] == '\0')
			continue;
		err_set(loading->err, ERR_CONFIG, "config.language", 0,
			"the profile is written in version %s of the language",
			str_show(arena, entry->value));
		err_hint(loading->err, "this pinfold knows version 1: update it, or write language = 1");
		return err_origin(loading->err, arena_printf(arena, "%s:%u", path, entry->line));
	}
	return 0;
}

static int load(struct loading *loading, const char *name, bool is_optional, const struct open_profile *from)
{
	struct arena *arena = loading->request->arena;
	struct open_profile file = {.parent = from, .depth = from == NULL ? 1 : from->depth + 1};
	struct reader_entries entries;
	struct text text;
	int r = find_text(loading, name, from, &text);

	if (r == 0)
		return is_optional ? 0 : -1;
	if (r < 0)
		return -1;
	file.path = text.path;
	file.real = real_path(loading, text.path);
	if (from == NULL)
		loading->request->profile_path = text.path;
	*ARENA_PUSH(arena, loading->request->files, loading->request->file_count) = file.real;
	if (loading->request->file_count > MAX_FILES) {
		err_set(loading->err, ERR_CONFIG, "config.include-count", 0,
			"more than %d files are included", MAX_FILES);
		return err_hint(loading->err, "include each once");
	}
	for (const struct open_profile *open = from; open != NULL; open = open->parent) {
		if (!str_eq(open->real, file.real))
			continue;
		err_set(loading->err, ERR_CONFIG, "config.include-cycle", 0, "%s includes itself",
			str_show(arena, file.path));
		return err_hint(loading->err, "take one of the includes of the circle away");
	}
	if (file.depth > MAX_DEPTH) {
		err_set(loading->err, ERR_CONFIG, "config.include-depth", 0,
			"includes are nested deeper than %d", MAX_DEPTH);
		return err_hint(loading->err, "include the file directly");
	}
	if (reader_read(arena, file.path, text.bytes, text.len, &entries, loading->err) < 0)
		return -1;
	if (check_language(loading, &entries, file.path) < 0 ||
	    take_entries(loading, &entries, &file, true) < 0)
		return -1;
	loading->request->layer++;
	return take_entries(loading, &entries, &file, false);
}

int profile_load(struct request *request, const char *name, const struct profile_loader *loader,
		 struct err *err)
{
	struct loading loading = {.request = request, .loader = loader, .err = err};

	request->profile = name;
	return load(&loading, name, false, NULL);
}
