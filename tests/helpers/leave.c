/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leave.c - moves a directory with a mount below it, from a mount namespace that has left all the mounts.
 *
 *     leave DIR OLD NEW
 *
 * Renames OLD to NEW in DIR, plainly; then again from a user and mount namespace of its own whose root is a
 * tmpfs and in which the old tree is no more. Prints "plain: RESULT" and "left: RESULT", each ok or the
 * errno's name.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what)
{
	printf("cannot %s: %s\n", what, strerrorname_np(errno));
	return 1;
}

static void say(const char *how, int r)
{
	printf("%s: %s\n", how, r == 0 ? "ok" : strerrorname_np(errno));
}

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	if (fd >= 0)
		(void)close(fd);
	return n < 0 ? -1 : 0;
}

/* What an id is not mapped for cannot be made: both are needed for a directory. */
static int map_self(uid_t uid, gid_t gid)
{
	char uids[32];
	char gids[32];

	(void)snprintf(uids, sizeof(uids), "0 %u 1", uid);
	(void)snprintf(gids, sizeof(gids), "0 %u 1", gid);
	return put("/proc/self/setgroups", "deny") | put("/proc/self/uid_map", uids) |
	       put("/proc/self/gid_map", gids);
}

int main(int argc, char *argv[])
{
	const uid_t uid = getuid();
	const gid_t gid = getgid();
	int dir = argc == 4 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (dir < 0)
		return fail("open the directory");
	say("plain", renameat(dir, argv[2], dir, argv[3]));
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || map_self(uid, gid) < 0)
		return fail("unshare");
	if (mount("none", "/tmp", "tmpfs", 0, NULL) < 0 || chdir("/tmp") < 0 || mkdir("old", 0700) < 0 ||
	    syscall(SYS_pivot_root, ".", "old") < 0 || umount2("old", MNT_DETACH) < 0)
		return fail("leave");
	say("left", renameat(dir, argv[2], dir, argv[3]));
	return 0;
}
