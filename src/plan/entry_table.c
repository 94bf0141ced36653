/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* entry_table.c - sandboxes with a name, as a table for people. */
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "plan/entry.h"

enum { COLUMNS = 6 };

struct row {
	const char *cells[COLUMNS];
};

/* The two largest units: 12s, 3m05s, 1h20m, 4d07h. */
static const char *show_time(struct arena *arena, int64_t ns)
{
	enum { HOUR = 3600, DAY = 24 * HOUR };
	const int64_t s = ns > 0 ? ns / 1000000000 : 0;

	if (s < 60)
		return arena_printf(arena, "%" PRId64 "s", s);
	if (s < HOUR)
		return arena_printf(arena, "%" PRId64 "m%02ds", s / 60, (int)(s % 60));
	if (s < DAY)
		return arena_printf(arena, "%" PRId64 "h%02dm", s / HOUR, (int)(s / 60 % 60));
	return arena_printf(arena, "%" PRId64 "d%02dh", s / DAY, (int)(s / HOUR % 24));
}

static const char *show_memory(struct arena *arena, uint64_t bytes)
{
	static const char units[] = "KMGT";
	uint64_t tenths = bytes * 10 / 1024;
	size_t unit = 0;

	while (tenths >= UINT64_C(10240) && unit + 2 < sizeof(units)) {
		tenths /= 1024;
		unit++;
	}
	return arena_printf(arena, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10, units[unit]);
}

static const char *show_command(struct arena *arena, const struct entry *entry)
{
	const char *text = "";

	if (entry->is_held)
		return "(held)";
	for (size_t i = 0; i < entry->argc; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? " " : "", entry->argv[i]);
	return entry->is_cut ? arena_printf(arena, "%s...", text) : text;
}

static struct row make_row(struct arena *arena, const struct entry *entry, int64_t now_ns)
{
	/* One that no pid namespace of ours has. */
	const char *pid = entry->supervisor > 0 ? arena_printf(arena, "%d", entry->supervisor) : "?";

	if (!entry->is_there)
		return (struct row){{entry->name, pid, "-", "-", "-", "(starting)"}};
	return (struct row){{entry->name, pid, show_time(arena, now_ns - entry->since_ns),
			     show_memory(arena, entry->memory), entry->profile, show_command(arena, entry)}};
}

/* Columns of characters, not of bytes. */
static size_t width(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static const char *put_row(struct arena *arena, const char *text, const struct row *row, const size_t *widths)
{
	for (size_t i = 0; i + 1 < COLUMNS; i++)
		text = arena_printf(arena, "%s%s%*s", text, row->cells[i],
				    (int)(widths[i] - width(row->cells[i]) + 2), "");
	return arena_printf(arena, "%s%s\n", text, row->cells[COLUMNS - 1]);
}

static const char *put_spaces(struct arena *arena, const char *text, const struct entry *entry)
{
	text = arena_printf(arena, "%s    init %d", text, entry->init);
	for (size_t i = 0; i < SPACE_COUNT; i++) {
		if (entry->inodes[i] != 0)
			text = arena_printf(arena, "%s, %s %" PRIu64, text, space_table[i].name,
					    entry->inodes[i]);
	}
	return arena_printf(arena, "%s\n", text);
}

const char *entry_table(struct arena *arena, const struct entry *entries, size_t count, int64_t now_ns,
			bool is_long)
{
	static const struct row head = {{"NAME", "PID", "UPTIME", "MEMORY", "PROFILE", "COMMAND"}};
	struct row *rows = arena_alloc(arena, (count + 1) * sizeof(*rows));
	size_t widths[COLUMNS] = {0};
	const char **lines = arena_alloc(arena, (count + 1) * sizeof(*lines));
	size_t len = 0;
	char *text;

	for (size_t i = 0; i <= count; i++) {
		rows[i] = i == 0 ? head : make_row(arena, &entries[i - 1], now_ns);
		for (size_t k = 0; k < COLUMNS; k++) {
			if (width(rows[i].cells[k]) > widths[k])
				widths[k] = width(rows[i].cells[k]);
		}
	}
	for (size_t i = 0; i <= count; i++) {
		lines[i] = put_row(arena, "", &rows[i], widths);
		if (is_long && i > 0 && entries[i - 1].is_there)
			lines[i] = put_spaces(arena, lines[i], &entries[i - 1]);
		len += strlen(lines[i]);
	}
	text = arena_alloc(arena, len + 1);
	len = 0;
	for (size_t i = 0; i <= count; i++) {
		memcpy(text + len, lines[i], strlen(lines[i]));
		len += strlen(lines[i]);
	}
	return text;
}
