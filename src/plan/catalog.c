/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* catalog.c - the profiles that there are, where they are found, and what they hide. */
#include "plan/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/profile.h"
#include "plan/reader.h"

struct search {
	struct arena *arena;
	const struct profile_loader *loader;
	struct catalog *catalog;
	struct err *err;
};

/* The names in a directory, sorted; none where it is missing or is no directory. */
static int list(struct search *search, const char *dir, const char ***ret_names, size_t *ret_count)
{
	int r = search->loader->list(search->loader->user, search->arena, dir, ret_names, ret_count);

	if (r == -ENOENT || r == -ENOTDIR) {
		*ret_count = 0;
		return 0;
	}
	if (r < 0) {
		err_set(search->err, ERR_CONFIG, "config.unreadable", -r, "cannot read the directory %s",
			str_show(search->arena, dir));
		return err_hint(search->err, "make it readable, or remove it");
	}
	return 0;
}

static struct catalog_entry *entry_of(struct search *search, const char *name)
{
	struct catalog *catalog = search->catalog;
	struct catalog_entry *entry;

	for (size_t i = 0; i < catalog->count; i++) {
		if (str_eq(catalog->entries[i].name, name))
			return &catalog->entries[i];
	}
	entry = ARENA_PUSH(search->arena, catalog->entries, catalog->count);
	entry->name = name;
	return entry;
}

/* The profiles in a directory; `prefix` is what their names begin with ("base/" in base). */
static int add_directory(struct search *search, const char *dir, const char *prefix)
{
	const char **names = NULL;
	size_t count = 0;

	if (list(search, dir, &names, &count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const char *name;
		struct catalog_entry *entry;

		if (!profile_is_file_name(names[i]))
			continue;
		name = arena_printf(search->arena, "%s%.*s", prefix, (int)(strlen(names[i]) - strlen(".ini")),
				    names[i]);
		entry = entry_of(search, name);
		*ARENA_PUSH(search->arena, entry->paths, entry->path_count) =
			arena_printf(search->arena, "%s/%s", dir, names[i]);
	}
	return 0;
}

/* The directories in a place whose profiles are bases; those of drop-ins (NAME.d) are none. */
static int add_bases(struct search *search, const char *dir)
{
	const char **names = NULL;
	size_t count = 0;

	if (list(search, dir, &names, &count) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (names[i][0] == '.' || str_ends(names[i], ".d") || str_ends(names[i], ".ini"))
			continue;
		if (add_directory(search, arena_printf(search->arena, "%s/%s", dir, names[i]),
				  arena_printf(search->arena, "%s/", names[i])) < 0)
			return -1;
	}
	return 0;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_drop_ins(struct search *search, struct catalog_entry *entry, const char *dir)
{
	const char **names = NULL;
	size_t count = 0;

	if (list(search, dir, &names, &count) < 0)
		return -1;
	if (count > 0)
		qsort(names, count, sizeof(names[0]), compare_texts);
	for (size_t i = 0; i < count; i++) {
		if (profile_is_file_name(names[i]))
			*ARENA_PUSH(search->arena, entry->drop_ins, entry->drop_in_count) =
				arena_printf(search->arena, "%s/%s", dir, names[i]);
	}
	return 0;
}

/* What the file says of itself, as far as it can be read. */
static void describe(struct search *search, struct catalog_entry *entry)
{
	struct reader_text text = {.name = entry->paths[0]};
	struct reader_entries entries;
	struct err err;
	int r = search->loader->read(search->loader->user, search->arena, text.name, &text.bytes, &text.len);

	if (r < 0) {
		entry->flaw = arena_strdup(search->arena, strerror(-r));
		return;
	}
	if (reader_read(search->arena, &text, NULL, &entries, &err) < 0) {
		entry->flaw = arena_printf(search->arena, "line %u: %s", err.line, err.msg);
		return;
	}
	for (size_t i = 0; i < entries.count; i++) {
		const struct reader_entry *line = &entries.items[i];

		if (line->key != NULL && str_eq(line->section, "profile") && str_eq(line->key, "description"))
			entry->description = line->value[0] != '\0' ? line->value : NULL;
	}
}

static int compare_entries(const void *a, const void *b)
{
	const struct catalog_entry *one = a;
	const struct catalog_entry *two = b;

	return strcmp(one->name, two->name);
}

int catalog_read(struct arena *arena, const struct host *host, const struct profile_loader *loader,
		 bool has_bases, struct catalog *ret_catalog, struct err *err)
{
	struct search search = {.arena = arena, .loader = loader, .catalog = ret_catalog, .err = err};
	const char *dirs[PROFILE_PLACES];
	size_t count = profile_directories(host, arena, dirs);

	*ret_catalog = (struct catalog){0};
	for (size_t i = 0; i < count; i++) {
		if (add_directory(&search, dirs[i], "") < 0 || (has_bases && add_bases(&search, dirs[i]) < 0))
			return -1;
	}
	for (size_t i = 0; i < ret_catalog->count; i++) {
		struct catalog_entry *entry = &ret_catalog->entries[i];

		describe(&search, entry);
		/* As they are read: what the user adds comes last. */
		for (size_t k = count; k > 0; k--) {
			if (add_drop_ins(&search, entry,
					 arena_printf(arena, "%s/%s.d", dirs[k - 1], entry->name)) < 0)
				return -1;
		}
	}
	if (ret_catalog->count > 0)
		qsort(ret_catalog->entries, ret_catalog->count, sizeof(ret_catalog->entries[0]),
		      compare_entries);
	return 0;
}

bool catalog_is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	enum { MAX_NAME = 64 };

	return name[0] != '\0' && name[0] != '.' && name[0] != '-' && strlen(name) <= MAX_NAME &&
	       strspn(name, allowed) == strlen(name) && !str_ends(name, ".ini") && !str_ends(name, ".d");
}
