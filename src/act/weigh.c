/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* weigh.c - how much memory sandboxes use. */
#include "act/weigh.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/entry.h"
#include "sys/file.h"

/* What /proc/PID/stat says of a process. */
struct process {
	pid_t pid;
	pid_t parent;
	uint64_t pages;
	struct entry *entry; /* whose init it is or is below of */
	bool is_settled;     /* entry is known */
};

struct scale {
	struct process *items; /* sorted by pid */
	size_t count;
};

/* The name, in brackets, may itself contain spaces and brackets. */
static bool read_process(int proc_fd, const char *name, struct process *ret)
{
	enum { STATE = 3, PARENT = 4, RSS = 24 }; /* proc(5) counts from 1 */
	char path[32], text[1024];
	const char *field;

	(void)snprintf(path, sizeof(path), "%.20s/stat", name);
	if (sys_read_file(proc_fd, path, text, sizeof(text)) <= 0)
		return false;
	*ret = (struct process){.pid = (pid_t)strtol(name, NULL, 10)};
	field = strrchr(text, ')');
	for (int i = STATE; i <= RSS && field != NULL; i++) {
		field = strchr(field + 1, ' ');
		if (field != NULL && i == PARENT)
			ret->parent = (pid_t)strtol(field, NULL, 10);
		if (field != NULL && i == RSS)
			ret->pages = strtoull(field, NULL, 10);
	}
	return field != NULL;
}

static int compare_processes(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static struct process *find(const struct scale *scale, pid_t pid)
{
	const struct process key = {.pid = pid};

	return scale->count == 0 ? NULL
				 : bsearch(&key, scale->items, scale->count, sizeof(key), compare_processes);
}

static int read_all(struct arena *arena, struct scale *scale)
{
	CLEANUP_FD int fd = sys_open(AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY, 0);
	char names[16 * 1024] __attribute__((aligned(8)));
	int r = fd;

	while (r >= 0 && (r = sys_read_dir(fd, names, sizeof(names))) > 0) {
		int len;

		for (int at = 0; at < r; at += len) {
			const char *name = sys_dir_entry(names + at, &len);
			struct process process;

			if (strspn(name, "0123456789") == strlen(name) && read_process(fd, name, &process))
				*ARENA_PUSH(arena, scale->items, scale->count) = process;
		}
	}
	if (scale->count > 0)
		qsort(scale->items, scale->count, sizeof(scale->items[0]), compare_processes);
	return r;
}

/* Whose it is: that of the nearest init above. */
static void settle(const struct scale *scale, struct process *process)
{
	struct process *above = process;
	struct entry *entry;

	while (above != NULL && !above->is_settled)
		above = find(scale, above->parent);
	entry = above != NULL ? above->entry : NULL;
	for (struct process *at = process; at != NULL && !at->is_settled; at = find(scale, at->parent)) {
		at->entry = entry;
		at->is_settled = true;
	}
}

int act_weigh(struct arena *arena, struct entry *entries, size_t count, struct err *err)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct scale scale = {0};
	int r = read_all(arena, &scale);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.proc", -r, "cannot look through /proc");
	for (size_t i = 0; i < count; i++) {
		struct process *init = entries[i].is_there ? find(&scale, entries[i].init) : NULL;

		if (init == NULL)
			continue;
		init->entry = &entries[i];
		init->is_settled = true;
	}
	for (size_t i = 0; i < scale.count; i++) {
		struct process *process = &scale.items[i];

		settle(&scale, process);
		if (process->entry != NULL)
			process->entry->memory += process->pages * page;
	}
	return 0;
}
