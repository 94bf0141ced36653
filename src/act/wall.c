/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wall.c - Landlock's rules, made and entered.
 *
 * Made by init, entered by the program. Init makes them behind the pivot, where a path can lead to nothing of
 * the host's any more, and where nothing of the program's runs that could change what it leads to; before it
 * gives up its capabilities, since a tree of subordinate ids need not let our own uid in; and once, while the
 * program's process shares init's memory and should do little. Init itself stays outside: it opens
 * /proc/PID/stat in a /proc that is mounted nowhere, where no rule could be, and signals the program, which a
 * scope would refuse to a neighbour. Its own filter leaves it no call that opens anything.
 *
 * Each rule is of what stands at the path, opened without following a link, as the mounts were made.
 */
#include "act/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "plan/wall.h"
#include "sys/file.h"
#include "sys/landlock.h"

static int allow_below(const struct plan_wall_rule *rule, int root_fd, int rules_fd)
{
	CLEANUP_FD int fd = sys_open_resolve(root_fd, rule->path + 1, O_PATH,
					     RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

	return fd < 0 ? fd : sys_landlock_allow(rules_fd, fd, rule->rights);
}

static int allow_path(const struct plan_wall_rule *rule, int root_fd, int rules_fd, struct err *err)
{
	bool is_root = rule->path[1] == '\0';
	int r = is_root ? sys_landlock_allow(rules_fd, root_fd, rule->rights)
			: allow_below(rule, root_fd, rules_fd);

	/* A namespace's file, shown by a grant: Landlock has no rules for those, and forbids nothing. */
	if (r < 0 && r != -EBADFD)
		return err_set(err, ERR_SYSTEM, "system.landlock", -r, "cannot make the rule for %s",
			       rule->path);
	return 0;
}

/* Of a descriptor that the program has from our caller. */
static int allow_fd(const struct plan_wall *wall, int fd, int rules_fd, struct err *err)
{
	static const uint64_t rights[] = {
		[O_RDONLY] = WALL_READ_FILE | WALL_IOCTL_DEV,
		[O_WRONLY] = WALL_WRITE | WALL_IOCTL_DEV,
		[O_RDWR] = WALL_READ_FILE | WALL_WRITE | WALL_IOCTL_DEV,
	};
	int mode = sys_access_mode(fd);
	int r = mode < 0 ? mode : sys_landlock_allow(rules_fd, fd, rights[mode] & wall->files);

	/* Closed, or a name without access; a pipe, a socket and the like, which need no rule. */
	if (r < 0 && r != -EBADF && r != -EBADFD)
		return err_set(err, ERR_SYSTEM, "system.landlock", -r,
			       "cannot make the rule for descriptor %d", fd);
	return 0;
}

/*
 * What 0, 1 and 2 and those with them are open on is of the host's, where no rule is; but "cat /dev/stdin"
 * opens it anew, through /proc/self/fd. It may, as it is open already: who was given a file to read, has not
 * been given it to write.
 */
static int allow_given(const struct plan_wall *wall, const struct plan_caller *caller, int rules_fd,
		       struct err *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (allow_fd(wall, fd, rules_fd, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < caller->fd_count; i++) {
		if (allow_fd(wall, caller->fds[i], rules_fd, err) < 0)
			return -1;
	}
	return 0;
}

int act_make_wall(const struct plan_wall *wall, const struct plan_caller *caller, int root_fd, int *ret_fd,
		  struct err *err)
{
	CLEANUP_FD int rules_fd = -1;

	*ret_fd = -1;
	if (wall->files == 0 && wall->scopes == 0)
		return 0;
	rules_fd = sys_landlock_create(wall->files, wall->scopes);
	if (rules_fd < 0)
		return err_set(err, ERR_SYSTEM, "system.landlock", -rules_fd,
			       "cannot make a rule set of Landlock version %u", wall->version);
	for (size_t i = 0; i < wall->count; i++) {
		if (allow_path(&wall->rules[i], root_fd, rules_fd, err) < 0)
			return -1;
	}
	if (wall->files != 0 && allow_given(wall, caller, rules_fd, err) < 0)
		return -1;
	*ret_fd = fd_steal(&rules_fd);
	return 0;
}

int act_enter_wall(int rules_fd, struct err *err)
{
	int r = rules_fd < 0 ? 0 : sys_landlock_enter(rules_fd);

	if (r == -E2BIG) {
		err_set(err, ERR_HOST, "host.landlock-depth", -r, "cannot enter the rules of Landlock");
		return err_hint(err, "the kernel takes sixteen of them, one inside the other: mode = off of "
				     "[landlock] does without");
	}
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.landlock", -r, "cannot enter the rules of Landlock");
	return 0;
}
