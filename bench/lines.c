/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lines.c - how long a profile of many lines takes, for `make bench`: each list key of the language in turn.
 *
 *     bench_lines [KEY...]      KEY as in filesystem.ro; default: all that have lists
 *
 * Everything is in memory and on paper: a profile of N lines is read and planned (what a run does),
 * explained, looked at by lint, and shown merged. The numbers are milliseconds of processor time, the least
 * of three; "x4" is the last over that of a quarter of the lines: 4 is linear, 16 quadratic, and more memory
 * than the caches hold is in between. Exits 1 when something is quadratic.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

enum { ROUNDS = 3, SIZES = 5 };

/* More than that for four times the lines is quadratic, when it takes long enough to be measured. */
enum { MAX_GROWTH = 12, SMALL_MS = 50 };

static const size_t sizes[SIZES] = {1000, 2000, 5000, 10000, 20000};

enum phase { PHASE_RUN, PHASE_EXPLAIN, PHASE_LINT, PHASE_SHOW, PHASE_COUNT };
static const char *const phase_names[PHASE_COUNT] = {"run", "explain", "lint", "show"};

/* What the lines look like: # is the number of the line, % its digits as a path (1/2/3). */
static const struct row {
	enum option_id id;
	const char *what;
	const char *value;
	const char *closing; /* a line for each behind all others, or NULL */
	const char *head;    /* the file begins with it; NULL: with nothing */
} rows[] = {
	{OPT_RO, "apart", "/src/d#:/d/x#", NULL, NULL},
	{OPT_RO, "in each other", "/src/%:/d/%", NULL, NULL},
	{OPT_RO, "the same source", "/home/alice:/d/x#", NULL, NULL},
	{OPT_RO, "taken away", "/src/d#", "!/src/d#", NULL},
	{OPT_RO, "all the same", "/src/e", NULL, NULL},
	{OPT_RW, "in each other", "/src/%:/d/%", NULL, NULL},
	{OPT_DEV, "apart", "/dev/d#", NULL, NULL},
	{OPT_TMPFS, "apart", "/t/x#:size=1M", NULL, NULL},
	{OPT_DIR, "apart", "/t/x#/y/z", NULL, NULL},
	{OPT_SYMLINK, "apart", "/target:/l/x#", NULL, NULL},
	{OPT_SYMLINK, "through each other", "../l/x#:/l/y#", NULL, NULL},
	{OPT_OVERLAY, "apart", "/src/d#:/d/x#", NULL, NULL},
	{OPT_FILE, "apart", "/f/x#:text", NULL, NULL},
	{OPT_COPY, "apart", "/file/x#:/f/x#", NULL, NULL},
	{OPT_HIDE, "of one grant", "/home/alice/x#", NULL, "[filesystem]\nro = /home/alice\n"},
	{OPT_HIDE, "of no grant", "/home/alice/x#", NULL, NULL},
	{OPT_PERSIST, "apart", ".x#", NULL, "[home]\nmode = tmpfs\n"},
	{OPT_ETC, "apart", "e#", NULL, NULL},
	{OPT_PASS, "apart", "V#", NULL, NULL},
	{OPT_SET, "apart", "V#=value", NULL, NULL},
	{OPT_SET, "taken away", "V#=value", "!V#=value", NULL},
	{OPT_UNSET, "apart", "V#", NULL, NULL},
	{OPT_SECCOMP_DENY, "apart", "call_#", NULL, NULL},
	{OPT_KEEP, "the same", "net_bind_service", NULL, NULL},
	{OPT_TIME_OFFSET, "the same", "boottime:1", NULL, NULL},
};

/* ------------------------------------------------------------ on paper */

static int read_text(void *user, struct arena *arena, const char *path, const char **ret_text,
		     size_t *ret_len)
{
	(void)arena, (void)path;
	*ret_text = user;
	*ret_len = strlen(user);
	return 0;
}

/* Everything is there: a device or a file where they are, else a directory. */
static enum path_kind kind_of(const char *path)
{
	if (str_starts(path, "/dev/"))
		return PATH_DEVICE;
	return str_starts(path, "/file/") ? PATH_FILE : PATH_DIR;
}

static void look_at(struct arena *arena, struct host *host, const char **paths, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*ARENA_PUSH(arena, host->paths, host->path_count) =
			(struct path_fact){.path = paths[i], .kind = kind_of(paths[i]), .inode = 1};
	host_sort_paths(host);
}

static struct host make_host(struct arena *arena)
{
	static const char *const own[] = {"/home/alice/.config/pinfold", "/home/alice/.cache/pinfold",
					  "/home/alice/.local/share/pinfold", "/run/user/1000/pinfold"};
	struct host host = {.kernel_major = 6,
			    .kernel_minor = 12,
			    .uid = 1000,
			    .gid = 1000,
			    .user = "alice",
			    .home = "/home/alice",
			    .cwd = "/home/alice",
			    .data = "/home/alice/.local/share",
			    .sysconfdir = "/etc",
			    .datadir = "/usr/share/pinfold"};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		*ARENA_PUSH(arena, host.own, host.own_count) =
			(struct own_path){.path = own[i], .exists = true};
	host_settle_home(&host, arena);
	return host;
}

static void put_value(FILE *out, const char *value, size_t number)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%zu", number);
	for (; *value != '\0'; value++) {
		if (*value == '#')
			fprintf(out, "%s", digits);
		else if (*value == '%')
			for (const char *s = digits; *s != '\0'; s++)
				fprintf(out, s[1] == '\0' ? "%c" : "%c/", *s);
		else
			fprintf(out, "%c", *value);
	}
	fprintf(out, "\n");
}

/* A profile of `lines` lines; where the row has a closing, half of them are that. The caller frees it. */
static char *write_profile(const struct row *row, size_t lines)
{
	const struct option_row *key = &option_table[row->id];
	size_t count = row->closing != NULL ? lines / 2 : lines;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		abort();
	fprintf(out, "%s[%s]\n", row->head != NULL ? row->head : "", key->section);
	for (size_t i = 0; i < lines; i++) {
		fprintf(out, "%s = ", key->key);
		put_value(out, i < count ? row->value : row->closing, i % count);
	}
	(void)fclose(out);
	return text;
}

/* ------------------------------------------------------------ on the clock */

struct times {
	double ms[PHASE_COUNT];
};

/* Milliseconds of processor time since the last call. */
static double lap(struct timespec *last)
{
	struct timespec now;
	double ms;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) != 0)
		abort();
	ms = (double)(now.tv_sec - last->tv_sec) * 1e3 + (double)(now.tv_nsec - last->tv_nsec) / 1e6;
	*last = now;
	return ms;
}

static void fail(const struct row *row, const struct err *err)
{
	fprintf(stderr, "bench_lines: %s %s: line %u: %s\n", option_table[row->id].key, row->what, err->line,
		err->msg);
	exit(1);
}

static struct times measure(const struct row *row, char *text)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct profile_loader loader = {.read = read_text, .user = text};
	struct request *request = arena_alloc(arena, sizeof(*request));
	struct problems problems = {.arena = arena};
	struct host host = make_host(arena);
	struct timespec clock = {0};
	struct times times = {0};
	struct plan plan;
	struct err err;
	const char **paths;
	size_t count;

	(void)lap(&clock);
	request_init(request, arena, &host);
	if (profile_load(request, "./p.ini", &loader, &err) < 0)
		fail(row, &err);
	plan_wanted_paths(request, arena, &paths, &count);
	look_at(arena, &host, paths, count);
	if (plan_build(request, &host, &plan, &err) < 0)
		fail(row, &err);
	times.ms[PHASE_RUN] = lap(&clock);
	(void)explain_text(arena, &plan);
	times.ms[PHASE_EXPLAIN] = lap(&clock);
	(void)catalog_merged(arena, request);
	times.ms[PHASE_SHOW] = lap(&clock);
	request->problems = &problems;
	lint_request(request, &host, &problems);
	lint_build(request, &host, NULL, &problems);
	problems_sort(&problems);
	(void)problems_text(arena, &problems);
	times.ms[PHASE_LINT] = lap(&clock);
	return times;
}

static struct times best_of(const struct row *row, size_t lines)
{
	CLEANUP_FREE char *text = write_profile(row, lines);
	struct times best = measure(row, text);

	for (int i = 1; i < ROUNDS; i++) {
		struct times times = measure(row, text);

		for (size_t k = 0; k < PHASE_COUNT; k++)
			best.ms[k] = times.ms[k] < best.ms[k] ? times.ms[k] : best.ms[k];
	}
	return best;
}

/* Prints a row; returns false when it grows faster than its lines. */
static bool bench(const struct row *row)
{
	const struct option_row *key = &option_table[row->id];
	struct times times[SIZES];
	bool is_linear = true;

	for (size_t i = 0; i < SIZES; i++)
		times[i] = best_of(row, sizes[i]);
	for (size_t k = 0; k < PHASE_COUNT; k++) {
		double last = times[SIZES - 1].ms[k];
		double growth = last / times[SIZES - 3].ms[k];

		printf("%-12s %-18s %-8s", k == 0 ? key->key : "", k == 0 ? row->what : "", phase_names[k]);
		for (size_t i = 0; i < SIZES; i++)
			printf(" %8.2f", times[i].ms[k]);
		printf("  %4.1f\n", growth);
		if (growth > MAX_GROWTH && last > SMALL_MS)
			is_linear = false;
	}
	return is_linear;
}

static bool is_named(const struct row *row, char **names)
{
	const struct option_row *key = &option_table[row->id];
	char name[80];

	(void)snprintf(name, sizeof(name), "%s.%s", key->section, key->key);
	for (size_t i = 0; names[i] != NULL; i++) {
		if (str_eq(names[i], name))
			return true;
	}
	return names[0] == NULL;
}

int main(int argc, char **argv)
{
	bool is_linear = true;

	(void)argc;
	printf("%-40s", "# ms for a profile of N lines, N =");
	for (size_t i = 0; i < SIZES; i++)
		printf(" %8zu", sizes[i]);
	printf("    x4\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (is_named(&rows[i], argv + 1))
			is_linear = bench(&rows[i]) && is_linear;
	}
	if (!is_linear)
		fprintf(stderr, "bench_lines: something grows faster than its lines\n");
	return is_linear ? 0 : 1;
}
