/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * join.c - namespaces of another sandbox.
 *
 * A process has the rights over a namespace that it has in the user namespace which that belongs to
 * (user_namespaces(7)). So the other's user namespace is entered first, and the sandbox stays in it: it is
 * the child of ours that our own uid made, which gives all capabilities in it until they are dropped, as in a
 * new one.
 */
#include "act/join.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/spaces.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/namespace.h"
#include "sys/process.h"

/* ------------------------------------------------------------ by path */

static int fail_path(const struct plan_joined *item, int r, struct err *err)
{
	err_set(err, ERR_CONFIG, "config.join-path", -r, "cannot open %s, to join it", item->path);
	if (r == -EACCES)
		err_hint(err, "the process is another user's, or cannot be looked into: sandboxes of "
			      "pinfold's are joined by "
			      "their name");
	else
		err_hint(err, "it is the path of a namespace of a living process, like /proc/PID/ns/%s",
			 space_table[item->kind].file);
	return origin_blame(err, item->origin);
}

static int refuse_kind(const struct plan_joined *item, struct err *err)
{
	err_set(err, ERR_CONFIG, "config.join-path", 0, "%s is no %s namespace", item->path,
		space_table[item->kind].name);
	err_hint(err, "%s takes one like /proc/PID/ns/%s", item->key, space_table[item->kind].file);
	return origin_blame(err, item->origin);
}

static int refuse_host(const struct plan_joined *item, struct err *err)
{
	err_set(err, ERR_HOST, "host.join", 0, "%s is the host's own: to enter it takes CAP_SYS_ADMIN there",
		item->path);
	err_hint(err, "%s = host shares the host's without entering it", item->key);
	return origin_blame(err, item->origin);
}

static int refuse_depth(const struct plan_joined *item, struct err *err)
{
	err_set(err, ERR_HOST, "host.join", 0, "%s belongs to a user namespace inside of another one",
		item->path);
	err_hint(err, "join that of a process whose user namespace was made from here");
	return origin_blame(err, item->origin);
}

static int fail_look(const struct plan_joined *item, int r, struct err *err)
{
	err_set(err, ERR_SYSTEM, "system.join", -r, "cannot look at the namespace %s", item->path);
	return origin_blame(err, item->origin);
}

/* Both are descriptors of the kernel's file system of namespaces, where a namespace is an inode. */
static int is_same(int fd, const struct stat *other)
{
	struct stat st;
	int r = sys_fstat(fd, &st);

	return r < 0 ? r : st.st_ino == other->st_ino && st.st_dev == other->st_dev;
}

static int is_child_of(int fd, const struct stat *other)
{
	CLEANUP_FD int parent_fd = sys_ns_parent(fd);

	return parent_fd < 0 ? parent_fd : is_same(parent_fd, other);
}

/* Is the user namespace a child of ours, so that its map is told in our ids? */
static int check_owner(const struct plan_joined *item, int owner_fd, struct err *err)
{
	struct stat own;
	int r = sys_stat("/proc/self/ns/user", &own);

	if (r >= 0)
		r = is_same(owner_fd, &own);
	if (r > 0)
		return refuse_host(item, err);
	if (r == 0) {
		r = is_child_of(owner_fd, &own);
		if (r == 0)
			return refuse_depth(item, err);
	}
	return r < 0 ? fail_look(item, r, err) : 0;
}

static int check_one_owner(const struct plan_joined *item, int owner_fd, int first_fd, struct err *err)
{
	struct stat first;
	int r = sys_fstat(first_fd, &first);

	if (r >= 0)
		r = is_same(owner_fd, &first);
	if (r < 0)
		return fail_look(item, r, err);
	if (r > 0)
		return 0;
	err_set(err, ERR_CONFIG, "config.join", 0,
		"%s belongs to another user namespace than what is joined besides", item->path);
	err_hint(err, "a process is in one user namespace: join them all from the same process");
	return origin_blame(err, item->origin);
}

static int open_item(const struct plan_joined *item, struct spaces *spaces, struct err *err)
{
	CLEANUP_FD int owner_fd = -1;
	uint64_t type = 0;
	/* A FIFO must not make us wait for its writer. */
	int fd = sys_open(AT_FDCWD, item->path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	int r;

	if (fd < 0)
		return fail_path(item, fd, err);
	spaces->fds[item->kind] = fd;
	r = sys_ns_type(fd, &type);
	if (r == -ENOTTY || r == -EINVAL || (r == 0 && type != space_table[item->kind].flag))
		return refuse_kind(item, err);
	owner_fd = r < 0 ? r : sys_ns_owner(fd);
	if (owner_fd == -EPERM)
		return refuse_host(item, err);
	if (owner_fd < 0)
		return fail_look(item, owner_fd, err);
	if (spaces->fds[SPACE_USER] >= 0)
		return check_one_owner(item, owner_fd, spaces->fds[SPACE_USER], err);
	spaces->fds[SPACE_USER] = fd_steal(&owner_fd);
	return check_owner(item, spaces->fds[SPACE_USER], err);
}

int act_open_joined(const struct plan_join *join, struct spaces *ret_spaces, struct err *err)
{
	for (size_t i = 0; i < join->count; i++) {
		if (open_item(&join->items[i], ret_spaces, err) < 0)
			return -1;
	}
	return 0;
}

/* ------------------------------------------------------------ in the other's user namespace */

enum {
	MAX_LINES = 340, /* that the kernel takes for a map (user_namespaces(7)) */
	LINE_SIZE = 36,	 /* of three numbers in ten columns each, as it shows them; or in quotes */
};

struct map {
	const struct map_line *lines;
	size_t count;
};

/* What is joined, for messages. */
static const char *donor_of(const struct plan_join *join)
{
	return join->name != NULL ? join->name : join->items[0].path;
}

static int blame(const struct plan_join *join, struct err *err)
{
	return origin_blame(err, join->items[0].origin);
}

static int fail_file(const struct plan_join *join, const char *path, int r, struct err *err)
{
	err_set(err, ERR_SYSTEM, "system.join", -r, "cannot read %s, to compare what is joined", path);
	return blame(join, err);
}

/* A line of a map file; *text is behind it then. False: there is none. */
static bool take_line(const char **text, struct map_line *ret_line)
{
	uint32_t *const fields[] = {&ret_line->inside, &ret_line->outside, &ret_line->count};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		char *end;

		*fields[i] = (uint32_t)strtoul(*text, &end, 10);
		if (end == *text)
			return false;
		*text = end;
	}
	return true;
}

/* The first line that the others are without, NULL: they have all. In any order: the kernel sorts a map of
 * more than five lines. */
static const struct map_line *find_other(const struct map *map, const struct map *others)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct map_line *line = &map->lines[i];
		bool is_there = false;

		for (size_t k = 0; k < others->count && !is_there; k++)
			is_there = memcmp(&others->lines[k], line, sizeof(*line)) == 0;
		if (!is_there)
			return line;
	}
	return NULL;
}

static const char *show_line(char buf[LINE_SIZE], const struct map_line *line)
{
	(void)snprintf(buf, LINE_SIZE, "\"%u %u %u\"", line->inside, line->outside, line->count);
	return buf;
}

/* theirs, own: a line that only one of the two has, or NULL. */
static int judge_map(const struct plan_join *join, const char *what, const struct map_line *theirs,
		     const struct map_line *own, struct err *err)
{
	char buf[2][LINE_SIZE];

	if (theirs == NULL && own == NULL)
		return 0;
	if (theirs == NULL)
		err_set(err, ERR_CONFIG, "config.join-map", 0, "%s has other ids: its %s map is without %s",
			donor_of(join), what, show_line(buf[0], own));
	else if (own == NULL)
		err_set(err, ERR_CONFIG, "config.join-map", 0, "%s has other ids: its %s map has %s besides",
			donor_of(join), what, show_line(buf[0], theirs));
	else
		err_set(err, ERR_CONFIG, "config.join-map", 0,
			"%s has other ids: its %s map has %s where this one would have %s", donor_of(join),
			what, show_line(buf[0], theirs), show_line(buf[1], own));
	err_hint(err, "they share a user namespace, which has one map: set identity.map, uid and gid as they "
		      "are there");
	return blame(join, err);
}

static int check_map(const struct plan_join *join, const char *what, const struct map *own, struct err *err)
{
	struct map_line lines[MAX_LINES];
	struct map theirs = {.lines = lines};
	char text[MAX_LINES * LINE_SIZE];
	const char *next = text;
	char path[32];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/self/%s_map", what);
	r = sys_read_file(AT_FDCWD, path, text, sizeof(text));
	if (r < 0)
		return fail_file(join, path, r, err);
	while (theirs.count < MAX_LINES && take_line(&next, &lines[theirs.count]))
		theirs.count++;
	return judge_map(join, what, find_other(&theirs, own), find_other(own, &theirs), err);
}

/* Without it a program that keeps setgid could give up groups, and pass where they keep him out. */
static int check_setgroups(const struct plan_join *join, struct err *err)
{
	static const char path[] = "/proc/self/setgroups";
	char text[16];
	int r = sys_read_file(AT_FDCWD, path, text, sizeof(text));

	if (r < 0)
		return fail_file(join, path, r, err);
	if (str_starts(text, "deny"))
		return 0;
	err_set(err, ERR_CONFIG, "config.join-map", 0,
		"%s is in a user namespace in which groups can be given up", donor_of(join));
	err_hint(err, "join one that was made with setgroups denied, as every sandbox of pinfold's is");
	return blame(join, err);
}

/* max_user_namespaces is of the user namespace, and so of both: not lowered under the other, nor found too
 * low. */
static int check_nested(const struct plan *plan, struct err *err)
{
	static const char path[] = "/proc/sys/user/max_user_namespaces";
	const struct plan_join *join = &plan->join;
	char text[32];
	int r = sys_read_file(AT_FDCWD, path, text, sizeof(text));
	bool is_none;

	if (r < 0)
		return fail_file(join, path, r, err);
	is_none = str_eq(text, "0\n");
	if (is_none == plan->limits_userns)
		return 0;
	err_set(err, ERR_CONFIG, "config.join-nested", 0,
		is_none ? "%s has no room for user namespaces inside (nested = none), and this one wants it"
			: "%s has room for user namespaces inside, and this one is to have none (nested = "
			  "none)",
		donor_of(join));
	err_hint(err,
		 "they share a user namespace, which has one limit: namespaces.nested = none in both, or in "
		 "neither");
	return blame(join, err);
}

static int fail_enter(const struct plan_join *join, const char *what, int r, struct err *err)
{
	err_set(err, ERR_HOST, "host.join", -r, "cannot enter the %s namespace of %s", what, donor_of(join));
	err_hint(err, r == -EPERM ? "it is another user's, or root's who did not give up root for it"
				  : "see setns(2)");
	return blame(join, err);
}

int act_enter_joined(const struct plan *plan, const struct spaces *spaces, struct err *err)
{
	const struct plan_join *join = &plan->join;
	const struct map uids = {plan->map.uids, plan->map.uid_count};
	const struct map gids = {plan->map.gids, plan->map.gid_count};
	/*
	 * First: with the other's user namespace its root may look into us as into any process of it, by
	 * /proc/PID/root and ptrace(2), where it sees us (joined by path), and we are still on the host. A
	 * memory that is not dumpable is the user namespace's in which pinfold was executed. Init, our clone,
	 * has it too.
	 */
	int r = sys_set_dumpable(false);

	if (r >= 0)
		r = sys_setns(spaces->fds[SPACE_USER], CLONE_NEWUSER);
	/* Not earlier: the kernel takes it back from whoever gains capabilities. */
	if (r >= 0)
		r = sys_set_parent_death_signal(SIGKILL);
	if (r < 0)
		return fail_enter(join, space_table[SPACE_USER].name, r, err);
	if (check_map(join, "uid", &uids, err) < 0 || check_map(join, "gid", &gids, err) < 0 ||
	    check_setgroups(join, err) < 0 || check_nested(plan, err) < 0)
		return -1;
	for (size_t i = 0; i < join->count; i++) {
		const struct space_row *row = &space_table[join->items[i].kind];

		r = sys_setns(spaces->fds[join->items[i].kind], (int)row->flag);
		if (r < 0)
			return fail_enter(join, row->name, r, err);
	}
	return 0;
}
