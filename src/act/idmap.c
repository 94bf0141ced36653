/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * idmap.c - the uid and gid maps of the sandbox's user namespace.
 *
 * setgroups(2) is denied always: a program that could drop a group would pass every permission that
 * the group was refused by.
 */
#include "act/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"

int act_drop_root(const struct plan_map *map, struct err *err)
{
	int r;

	if (!map->drops_root)
		return 0;
	r = sys_become(map->outside_uid, map->outside_gid);
	if (r == 0)
		return 0;
	err_set(err, ERR_HOST, "host.drop-root", -r, "root cannot become uid %u", map->outside_uid);
	err_hint(err, "run pinfold as an ordinary user, or with CAP_SETUID and CAP_SETGID; the real uid 0 is "
		      "not mapped "
		      "unless allow-host-root = yes");
	return origin_blame(err, map->origin);
}

/*
 * A root caller who became somebody else is undumpable, and so is who joined; his /proc/self is not his own.
 * So the child is made dumpable for as long as it writes there. The supervisor stays as it is: others have
 * the same uid.
 */
int act_open_memory(const struct plan_map *map, struct err *err)
{
	int r = map->opens_memory ? sys_set_dumpable(true) : 0;

	return r < 0 ? err_set(err, ERR_SYSTEM, "system.dumpable", -r, "cannot make the child dumpable") : 0;
}

int act_deny_setgroups(struct err *err)
{
	int r = sys_write_file(AT_FDCWD, "/proc/self/setgroups", "deny");

	if (r == 0)
		return 0;
	err_set(err, ERR_HOST, "host.setgroups", -r, "cannot deny setgroups through /proc/self/setgroups");
	return err_hint(err, "pinfold needs a /proc in which it can see itself");
}

int act_close_memory(const struct plan_map *map, struct err *err)
{
	int r = map->opens_memory ? sys_set_dumpable(false) : 0;

	return r < 0 ? err_set(err, ERR_SYSTEM, "system.undumpable", -r, "cannot make init undumpable") : 0;
}

static int write_map(const char *path, const struct map_line *line, const struct plan_map *map,
		     struct err *err)
{
	char text[48];
	int r;

	(void)snprintf(text, sizeof(text), "%u %u %u\n", line->inside, line->outside, line->count);
	r = sys_write_file(AT_FDCWD, path, text);
	if (r == 0)
		return 0;
	err_set(err, ERR_HOST, "host.map", -r, "cannot write \"%u %u %u\" to %s", line->inside, line->outside,
		line->count, path);
	if (r == -EPERM)
		err_hint(err, "a security module refuses it, or the ids are not ours to map: see "
			      "user_namespaces(7)");
	else
		err_hint(err, "pinfold needs a writable /proc in which it can see itself");
	return origin_blame(err, map->origin);
}

int act_write_maps(const struct plan_map *map, struct err *err)
{
	if (write_map("/proc/self/uid_map", &map->uids[0], map, err) < 0)
		return -1;
	return write_map("/proc/self/gid_map", &map->gids[0], map, err);
}

/* Room for every number of the command line: decided before the fork, filled without an allocation. */
struct helper_args {
	char (*numbers)[12];
	char **argv;
};

static void fill_args(struct helper_args *args, char *helper, pid_t pid, const struct map_line *lines,
		      size_t count)
{
	size_t n = 0;

	args->argv[n] = helper;
	(void)snprintf(args->numbers[n], sizeof(args->numbers[n]), "%d", pid);
	n++;
	args->argv[n] = args->numbers[n - 1];
	for (size_t i = 0; i < count; i++) {
		const uint32_t values[] = {lines[i].inside, lines[i].outside, lines[i].count};

		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			(void)snprintf(args->numbers[n], sizeof(args->numbers[n]), "%u", values[k]);
			args->argv[n + 1] = args->numbers[n];
			n++;
		}
	}
	args->argv[n + 1] = NULL;
}

static int run_helper(const char *helper, pid_t pid, const struct map_line *lines, size_t count,
		      const struct plan_map *map, struct err *err)
{
	CLEANUP_FREE char *name = mem_alloc(PATH_MAX);
	CLEANUP_FREE char(*numbers)[12] = mem_alloc((3 * count + 1) * sizeof(*numbers));
	CLEANUP_FREE char **argv = mem_alloc((3 * count + 3) * sizeof(*argv));
	char *const no_env[] = {NULL};
	struct helper_args args = {.numbers = numbers, .argv = argv};
	siginfo_t info;
	sigset_t none;
	pid_t child;

	(void)snprintf(name, PATH_MAX, "%s", helper);
	fill_args(&args, name, pid, lines, count);
	child = sys_fork();
	if (child == 0) {
		(void)sigemptyset(&none);
		(void)sys_set_mask(&none, NULL);
		(void)sys_exec(helper, argv, no_env);
		sys_exit(127);
	}
	if (child < 0)
		return err_set(err, ERR_SYSTEM, "system.fork", -child, "cannot start %s", helper);
	if (sys_wait(P_PID, (id_t)child, &info, WEXITED) == 0 && info.si_code == CLD_EXITED &&
	    info.si_status == 0)
		return 0;
	err_set(err, ERR_HOST, "host.map-helper", 0, "%s failed with %s %d", helper,
		info.si_code == CLD_EXITED ? "status" : "signal", info.si_status);
	err_hint(err, "it says why above; /etc/subuid and /etc/subgid must grant the ranges, and it must be "
		      "set-uid root or "
		      "have file capabilities");
	return origin_blame(err, map->origin);
}

int act_run_map_helpers(const struct plan_map *map, pid_t pid, struct err *err)
{
	if (run_helper(map->newuidmap, pid, map->uids, map->uid_count, map, err) < 0)
		return -1;
	return run_helper(map->newgidmap, pid, map->gids, map->gid_count, map, err);
}
