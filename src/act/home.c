/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* home.c - the directory on the host in which a profile's home, or parts of it, are kept. */
#include "act/home.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

#include "act/setup.h"
#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/file.h"

enum { OTHERS = 0077, MODE = 0700 };

static int fail(const struct plan *plan, struct err *err, int r, const char *path)
{
	err_set(err, ERR_HOST, "host.home", -r, "cannot make %s, to keep the home in", path);
	err_hint(
		err,
		"it is below the caller's own data directory (XDG_DATA_HOME): see that it can be made there");
	return origin_blame(err, plan->home.origin);
}

/* Ours, and closed to all others: who can enter it decides what the program finds at home. */
static int check_owner(const struct plan *plan, int fd, const char *path, struct err *err)
{
	struct stat st;
	int r = sys_fstat(fd, &st);

	if (r < 0)
		return fail(plan, err, r, path);
	if (st.st_uid == plan->map.outside_uid && (st.st_mode & (OTHERS | MODE)) == MODE)
		return 0;
	err_set(err, ERR_HOST, "host.home-owner", 0, "%s belongs to uid %u and has mode %04o", path,
		st.st_uid, st.st_mode & 07777U);
	err_hint(err, "a home that is kept is yours alone: chown it to you, and chmod it to 0700");
	return origin_blame(err, plan->home.origin);
}

/*
 * The home's own mode is the program's to change, and "chmod 0 ." must not be the end of its home. That is
 * undone, whatever it let in: nobody else has come past the directory above, which no program is shown. Not
 * of a directory elsewhere, which a link of the user's leads to.
 */
static int mend_mode(const struct plan *plan, int homes_fd, const char *name, int fd, struct err *err)
{
	struct stat st;
	int r = plan->home.is_mended ? sys_fstat(fd, &st) : 0;

	if (r == 0 && plan->home.is_mended && st.st_uid == plan->map.outside_uid &&
	    (st.st_mode & 07777U) != MODE)
		r = sys_chmod(homes_fd, name, MODE);
	return r < 0 ? fail(plan, err, r, plan->home.dir) : 0;
}

/* A symlink, or what a directory should have been, in a home that the program has written to. */
static int fail_part(const struct plan *plan, struct err *err, const char *part, int r)
{
	if (r != -ELOOP && r != -ENOTDIR)
		return fail(plan, err, r, part);
	err_set(err, ERR_CONFIG, "config.home-link", 0,
		"%s, which is to be kept, goes through something that is no directory", part);
	err_hint(err, "the program made it in an earlier run: look at it in %.120s, and remove it",
		 plan->home.dir);
	return origin_blame(err, plan->home.origin);
}

/* Makes the directories of a part, one by one; the last may be a file that is there. */
static int make_part(const struct plan *plan, int home_fd, const char *part, struct err *err)
{
	CLEANUP_FD int fd = -1;
	int dir_fd = home_fd;

	for (const char *s = part; *s != '\0';) {
		size_t len = strcspn(s, "/");
		char name[NAME_MAX + 1];
		int next;
		int r;

		if (len >= sizeof(name))
			return fail(plan, err, -ENAMETOOLONG, part);
		memcpy(name, s, len);
		name[len] = '\0';
		r = sys_mkdir(dir_fd, name, 0700);
		if (r < 0 && r != -EEXIST)
			return fail_part(plan, err, part, r);
		s += len + (s[len] == '/');
		if (*s == '\0')
			break;
		next = sys_open(dir_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
		if (next < 0)
			return fail_part(plan, err, part, next);
		fd_close_ptr(&fd);
		dir_fd = fd = next;
	}
	return 0;
}

int act_make_home(const struct plan *plan, const char *_Atomic *ret_at, struct err *err)
{
	const struct plan_home *home = &plan->home;
	CLEANUP_FD int homes_fd = -1;
	CLEANUP_FD int fd = -1;
	char homes[PATH_MAX];
	size_t len;
	size_t made;
	int r;

	if (home->dir == NULL)
		return 0;
	atomic_store(ret_at, home->dir);
	len = (size_t)(strrchr(home->dir, '/') - home->dir);
	if (len >= sizeof(homes))
		return fail(plan, err, -ENAMETOOLONG, home->dir);
	memcpy(homes, home->dir, len);
	homes[len] = '\0';
	r = act_make_dirs(home->dir, &made);
	if (r < 0)
		return fail(plan, err, r, home->dir);
	homes_fd = sys_open(AT_FDCWD, homes, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (homes_fd < 0)
		return fail(plan, err, homes_fd, homes);
	fd = sys_open(homes_fd, home->dir + len + 1, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return fail(plan, err, fd, home->dir);
	if (check_owner(plan, homes_fd, homes, err) < 0 ||
	    mend_mode(plan, homes_fd, home->dir + len + 1, fd, err) < 0 ||
	    check_owner(plan, fd, home->dir, err) < 0)
		return -1;
	for (size_t i = 0; i < home->part_count; i++) {
		if (make_part(plan, fd, home->parts[i], err) < 0)
			return -1;
	}
	return 0;
}
