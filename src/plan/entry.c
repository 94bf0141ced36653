/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* entry.c - sandboxes with a name: what their supervisor keeps in the registry, as text and back. */
#include "plan/entry.h"

#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"

static const char head[] = "pinfold entry 1";
static const char tail[] = "end";

const struct space_row space_table[SPACE_COUNT] = {
	[SPACE_USER] = {"user", "user", CLONE_NEWUSER},
	[SPACE_MOUNT] = {"mount", "mnt", CLONE_NEWNS},
	[SPACE_PID] = {"pid", "pid", CLONE_NEWPID},
	[SPACE_IPC] = {"ipc", "ipc", CLONE_NEWIPC},
	[SPACE_UTS] = {"uts", "uts", CLONE_NEWUTS},
	[SPACE_NET] = {"net", "net", CLONE_NEWNET},
	[SPACE_CGROUP] = {"cgroup", "cgroup", CLONE_NEWCGROUP},
	[SPACE_TIME] = {"time", "time", CLONE_NEWTIME},
};

const char *entry_base(const struct host *host, struct arena *arena)
{
	if (host->runtime != NULL)
		return arena_printf(arena, "%s/pinfold", host->runtime);
	return arena_printf(arena, "/tmp/pinfold-%u", host->uid);
}

/* ------------------------------------------------------------ out */

/* The end of what fits into `room` bytes and is whole characters. */
static size_t fitting(const char *text, size_t room)
{
	const size_t len = strlen(text);

	return len <= room ? len : str_utf8_length(text, room);
}

/* The arguments, as many as there is room for. */
static const char *put_command(struct arena *arena, const struct entry *entry, const char *text, size_t room)
{
	enum { WORD = 5 }; /* "arg " and the newline */
	bool is_cut = entry->is_cut;

	for (size_t i = 0; i < entry->argc && !is_cut; i++) {
		const size_t len = strlen(entry->argv[i]);
		const size_t left = room > strlen(text) + WORD ? room - strlen(text) - WORD : 0;
		const size_t fits = fitting(entry->argv[i], left);

		is_cut = fits < len;
		if (fits > 0 || len == 0)
			text = arena_printf(arena, "%sarg %.*s\n", text, (int)fits, entry->argv[i]);
	}
	return is_cut ? arena_printf(arena, "%scut 1\n", text) : text;
}

const char *entry_text(struct arena *arena, const struct entry *entry)
{
	enum { MAX_PROFILE = 1024, RESERVE = 16 }; /* for "cut 1" and the end */
	const char *text = arena_printf(
		arena, "%s\nheld %d\ninit %d\nstarted %" PRId64 "\nsince %" PRId64 "\nprofile %.*s\n", head,
		entry->is_held, entry->init, entry->started_ns, entry->since_ns,
		(int)fitting(entry->profile, MAX_PROFILE), entry->profile);

	for (size_t i = 0; i < SPACE_COUNT; i++) {
		if (entry->inodes[i] != 0)
			text = arena_printf(arena, "%sns.%s %" PRIu64 "\n", text, space_table[i].name,
					    entry->inodes[i]);
	}
	text = put_command(arena, entry, text, ENTRY_TEXT_SIZE - RESERVE);
	text = arena_printf(arena, "%s%s\n", text, tail);
	return arena_printf(arena, "%-*s", ENTRY_TEXT_SIZE, text);
}

/* ------------------------------------------------------------ and in */

static void take_number(struct entry *entry, const char *key, const char *value)
{
	const long long number = strtoll(value, NULL, 10);

	if (str_eq(key, "held"))
		entry->is_held = number != 0;
	else if (str_eq(key, "init"))
		entry->init = (pid_t)number;
	else if (str_eq(key, "started"))
		entry->started_ns = number;
	else if (str_eq(key, "since"))
		entry->since_ns = number;
	else if (str_eq(key, "cut"))
		entry->is_cut = true;
	for (size_t i = 0; i < SPACE_COUNT && str_starts(key, "ns."); i++) {
		if (str_eq(key + 3, space_table[i].name))
			entry->inodes[i] = (uint64_t)number;
	}
}

/* One line. Returns false at the end. */
static bool take_line(struct arena *arena, char *line, struct entry *entry)
{
	char *value = strchr(line, ' ');

	if (value == NULL)
		return !str_eq(line, tail);
	*value++ = '\0';
	if (str_eq(line, "profile"))
		entry->profile = value;
	else if (str_eq(line, "arg"))
		*ARENA_PUSH(arena, entry->argv, entry->argc) = value;
	else
		take_number(entry, line, value);
	return true;
}

void entry_read(struct arena *arena, const char *text, struct entry *entry)
{
	struct entry read = {.name = entry->name, .supervisor = entry->supervisor, .is_there = true};
	char *line = arena_strdup(arena, text);
	bool is_first = true;

	for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		if (is_first && !str_eq(line, head))
			return;
		if (!is_first && !take_line(arena, line, &read)) {
			if (read.profile != NULL && read.init > 0)
				*entry = read;
			return;
		}
		is_first = false;
	}
}
