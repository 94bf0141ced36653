/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registry.c - sandboxes with a name, while they are alive.
 *
 * A supervisor locks the first two bytes of NAME.lock. Who takes a dead one's files away locks the second
 * byte meanwhile: so no two do, and no supervisor takes the name in the middle of it. As a lock is on the
 * file and not on its name, both look again whether the name still is that file's once they have theirs.
 */
#include "act/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/setup.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

static const char lock_end[] = ".lock";
static const char sock_end[] = ".sock";

enum {
	ALIVE_BYTE = 0,
	SWEEP_BYTE = 1,
	FILE_NAME_SIZE = ENTRY_NAME_MAX + sizeof(lock_end),
};

/* Is NAME of a claim, with one of the ends. */
static const char *file_name(char buf[FILE_NAME_SIZE], const char *name, const char *end)
{
	(void)snprintf(buf, FILE_NAME_SIZE, "%s%s", name, end);
	return buf;
}

/* ------------------------------------------------------------ the directory */

static int refuse_directory(const char *path, const char *why, struct err *err)
{
	err_set(err, ERR_HOST, "host.registry", 0, "%s, where named sandboxes are kept, %s", path, why);
	return err_hint(err, "whoever can write there could take a sandbox's place: set XDG_RUNTIME_DIR to a "
			     "directory of yours, or take that away");
}

static int fail_directory(const char *what, const char *path, int r, struct err *err)
{
	err_set(err, ERR_HOST, "host.registry", -r, "cannot %s %s, where named sandboxes are kept", what,
		path);
	return err_hint(
		err, "set XDG_RUNTIME_DIR to a directory that is yours and can be written to, or unset it");
}

/* The directory must be the caller's and closed to all others: in /tmp anybody may have been faster. */
static int open_closed(int dirfd, const char *name, const char *path, int *ret_fd, struct err *err)
{
	CLEANUP_FD int fd = sys_open(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	struct stat st;
	int r;

	*ret_fd = -1;
	if (fd == -ENOENT)
		return 0;
	if (fd == -ELOOP || fd == -ENOTDIR)
		return refuse_directory(path, "is no directory", err);
	if (fd < 0)
		return fail_directory("open", path, fd, err);
	r = sys_fstat(fd, &st);
	if (r < 0)
		return fail_directory("look at", path, r, err);
	if (st.st_uid != sys_user())
		return refuse_directory(path, "belongs to somebody else", err);
	if ((st.st_mode & 077) != 0)
		return refuse_directory(path, "is open to others (it must have mode 0700)", err);
	*ret_fd = fd_steal(&fd);
	return 0;
}

/* XDG_RUNTIME_DIR of another user's login, as su(1) leaves it: what we made there would be in his way. */
static int check_parent(struct arena *arena, const char *base, struct err *err)
{
	const char *parent = arena_strndup(arena, base, (size_t)(strrchr(base, '/') - base));
	struct stat st;
	int r = sys_stat(parent[0] != '\0' ? parent : "/", &st);

	if (r < 0) {
		err_set(err, ERR_HOST, "host.registry", -r, "%s, where named sandboxes are kept", parent);
		return err_hint(err, "make it, with mode 0700, or unset XDG_RUNTIME_DIR");
	}
	if (st.st_uid == sys_user() || st.st_uid == 0)
		return 0;
	err_set(err, ERR_HOST, "host.registry", 0, "%s, where named sandboxes are kept, belongs to user %u",
		parent, st.st_uid);
	return err_hint(err, "unset XDG_RUNTIME_DIR: it is another user's");
}

int act_registry_open(const char *base, bool makes, int *ret_fd, struct err *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *path = arena_printf(arena, "%s/run", base);
	CLEANUP_FD int base_fd = -1;
	size_t len;
	int r;

	*ret_fd = -1;
	if (makes) {
		if (check_parent(arena, base, err) < 0)
			return -1;
		/* The base first, by itself: nothing is made in somebody else's. */
		r = act_make_dirs(base, &len);
		if (r < 0)
			return fail_directory("make", base, r, err);
	}
	if (open_closed(AT_FDCWD, base, base, &base_fd, err) < 0)
		return -1;
	if (base_fd < 0)
		return makes ? fail_directory("open", base, -ENOENT, err) : 0;
	r = makes ? sys_mkdir(base_fd, "run", 0700) : 0;
	if (r < 0 && r != -EEXIST)
		return fail_directory("make", path, r, err);
	if (open_closed(base_fd, "run", path, ret_fd, err) < 0)
		return -1;
	/* Somebody takes away what we make. */
	return makes && *ret_fd < 0 ? fail_directory("open", path, -ENOENT, err) : 0;
}

/* ------------------------------------------------------------ the supervisor's side */

/* Is the file that we have open still the one with that name? */
static bool is_named(int dir_fd, const char *file, int fd)
{
	struct stat ours, named;
	uint64_t birth;

	return sys_fstat(fd, &ours) == 0 && sys_statx(dir_fd, file, false, &named, &birth) == 0 &&
	       ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static int refuse_used(const char *name, pid_t holder, struct err *err)
{
	if (holder > 0)
		err_set(err, ERR_USAGE, "usage.in-use", 0, "there is a sandbox called %s (pid %d)", name,
			holder);
	else
		err_set(err, ERR_USAGE, "usage.in-use", 0, "there is a sandbox called %s", name);
	return err_hint(err, "take another name, or end it: pinfold kill %s", name);
}

static int fail(const char *name, int r, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "system.claim", -r, "cannot take the name %s", name);
}

/* Opens and locks NAME.lock: 1, 0 when somebody was at the same and it is to be tried again, or -1. */
static int try_lock(struct claim *claim, const char *file, struct err *err)
{
	int fd = sys_open(claim->dir_fd, file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
	int r = fd < 0 ? fd : sys_lock(fd, ALIVE_BYTE, 2);
	pid_t holder;

	claim->lock_fd = fd;
	if (r == 0 && is_named(claim->dir_fd, file, fd))
		return 1;
	if (fd < 0 || (r < 0 && r != -EAGAIN && r != -EACCES))
		return fail(claim->name, r, err);
	holder = r == 0 ? 0 : sys_lock_holder(fd, ALIVE_BYTE);
	/* Somebody sweeps; that takes no time. */
	if (r < 0 && holder == 0)
		(void)sys_lock_wait(fd, SWEEP_BYTE, 1);
	fd_close_ptr(&claim->lock_fd);
	return holder == 0 ? 0 : refuse_used(claim->name, holder, err);
}

/* Room for the text, so that it can be had now or never. */
static int make_room(int fd)
{
	char text[ENTRY_TEXT_SIZE];
	int r;

	memset(text, ' ', sizeof(text));
	r = sys_write_at(fd, text, sizeof(text), 0);
	return r < 0 ? r : 0;
}

int act_registry_reserve(const char *base, const char *name, struct claim *ret_claim, struct err *err)
{
	char file[FILE_NAME_SIZE], sock[FILE_NAME_SIZE];
	struct claim claim = {.dir_fd = -1, .lock_fd = -1, .listener_fd = -1, .name = name};
	int r;

	*ret_claim = claim;
	if (act_registry_open(base, true, &claim.dir_fd, err) < 0)
		return -1;
	do {
		r = try_lock(&claim, file_name(file, name, lock_end), err);
	} while (r == 0);
	if (r < 0) {
		fd_close_ptr(&claim.lock_fd);
		fd_close_ptr(&claim.dir_fd);
		return -1;
	}
	(void)sys_unlink(claim.dir_fd, file_name(sock, name, sock_end));
	r = make_room(claim.lock_fd);
	if (r == 0)
		r = claim.listener_fd = sys_listen(claim.dir_fd, sock);
	*ret_claim = claim;
	if (r >= 0)
		return 0;
	act_registry_release(ret_claim);
	return fail(name, r, err);
}

int act_registry_publish(const struct claim *claim, const char *text)
{
	int r = sys_write_at(claim->lock_fd, text, ENTRY_TEXT_SIZE, 0);

	return r < 0 ? r : 0;
}

void act_registry_release(struct claim *claim)
{
	if (claim->lock_fd >= 0) {
		char file[FILE_NAME_SIZE];

		(void)sys_unlink(claim->dir_fd, file_name(file, claim->name, sock_end));
		(void)sys_unlink(claim->dir_fd, file_name(file, claim->name, lock_end));
	}
	fd_close_ptr(&claim->listener_fd);
	fd_close_ptr(&claim->lock_fd);
	fd_close_ptr(&claim->dir_fd);
}

/* ------------------------------------------------------------ the side of all others */

/* Takes a dead one's files away, if nobody is about to take the name. */
static void sweep(int dir_fd, const char *name, int fd)
{
	char file[FILE_NAME_SIZE], sock[FILE_NAME_SIZE];

	if (sys_lock(fd, SWEEP_BYTE, 1) < 0 || !is_named(dir_fd, file_name(file, name, lock_end), fd))
		return;
	(void)sys_unlink(dir_fd, file_name(sock, name, sock_end));
	(void)sys_unlink(dir_fd, file);
}

/* Looks at NAME.lock. Returns false when nothing alive has the name; then nothing is left of it. */
static bool look(struct arena *arena, int dir_fd, const char *name, struct entry *ret_entry)
{
	char file[FILE_NAME_SIZE];
	CLEANUP_FD int fd = sys_open(dir_fd, file_name(file, name, lock_end), O_RDWR | O_NOFOLLOW, 0);
	char text[ENTRY_TEXT_SIZE + 1];
	int r = fd < 0 ? 0 : sys_lock_holder(fd, ALIVE_BYTE);

	*ret_entry = (struct entry){.name = name, .supervisor = r};
	if (fd < 0)
		return false;
	if (r == 0) {
		sweep(dir_fd, name, fd);
		return false;
	}
	r = sys_pread(fd, text, ENTRY_TEXT_SIZE);
	if (r > 0) {
		text[r] = '\0';
		entry_read(arena, text, ret_entry);
	}
	return true;
}

/* The names of all entries, dead ones too. */
static int list_names(struct arena *arena, int dir_fd, const char ***ret_names, size_t *ret_count)
{
	CLEANUP_FD int fd = sys_open(dir_fd, ".", O_RDONLY | O_DIRECTORY, 0);
	char entries[16 * 1024] __attribute__((aligned(8)));
	int r = fd;

	*ret_names = NULL;
	*ret_count = 0;
	while (r >= 0 && (r = sys_read_dir(fd, entries, sizeof(entries))) > 0) {
		int len;

		for (int at = 0; at < r; at += len) {
			const char *file = sys_dir_entry(entries + at, &len);
			const size_t end = strlen(file) - (str_ends(file, lock_end) ? strlen(lock_end) : 0);

			if (file[end] != '\0' && end > 0 && end <= ENTRY_NAME_MAX)
				*ARENA_PUSH(arena, *ret_names, *ret_count) = arena_strndup(arena, file, end);
		}
	}
	return r;
}

static int refuse_unknown(struct arena *arena, int dir_fd, const char *name, struct err *err)
{
	struct entry *entries = NULL;
	const char **names = NULL;
	const char *near;
	size_t count = 0;
	struct err ignored;

	if (dir_fd >= 0 && act_registry_list(arena, dir_fd, &entries, &count, &ignored) < 0)
		count = 0;
	names = arena_alloc(arena, (count + 1) * sizeof(names[0]));
	for (size_t i = 0; i < count; i++)
		names[i] = entries[i].name;
	near = str_nearest(name, names, count);
	err_set(err, ERR_USAGE, "usage.unknown-name", 0, "there is no sandbox called %s", name);
	if (near != NULL)
		return err_hint(err, "did you mean %s?", near);
	return err_hint(err, count == 0 ? "none is running that has a name"
					: "pinfold ps lists those that are running");
}

int act_registry_find(struct arena *arena, int dir_fd, const char *name, struct entry *ret_entry,
		      struct err *err)
{
	if (entry_check_name(arena, name, err) < 0)
		return -1;
	if (dir_fd >= 0 && look(arena, dir_fd, name, ret_entry))
		return 0;
	return refuse_unknown(arena, dir_fd, name, err);
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

int act_registry_list(struct arena *arena, int dir_fd, struct entry **ret_entries, size_t *ret_count,
		      struct err *err)
{
	const char **names;
	size_t count;
	int r = list_names(arena, dir_fd, &names, &count);

	*ret_count = 0;
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.list", -r, "cannot list the named sandboxes");
	*ret_entries = arena_alloc(arena, (count + 1) * sizeof(**ret_entries));
	for (size_t i = 0; i < count; i++) {
		if (look(arena, dir_fd, names[i], &(*ret_entries)[*ret_count]))
			++*ret_count;
	}
	qsort(*ret_entries, *ret_count, sizeof(**ret_entries), compare_entries);
	return 0;
}

int act_registry_connect(int dir_fd, const char *name, int timeout_ms)
{
	char sock[FILE_NAME_SIZE];

	return sys_connect(dir_fd, file_name(sock, name, sock_end), timeout_ms);
}

int act_registry_kill(int dir_fd, const struct entry *entry, int timeout_ms, struct err *err)
{
	char file[FILE_NAME_SIZE];
	CLEANUP_FD int pidfd = entry->supervisor > 0 ? sys_pidfd(entry->supervisor) : -ESRCH;
	CLEANUP_FD int fd = sys_open(dir_fd, file_name(file, entry->name, lock_end), O_RDWR | O_NOFOLLOW, 0);
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	int r = pidfd < 0 ? pidfd : -ESRCH;

	/* With the pidfd in hand: whoever has the lock now is the process that it is of. */
	if (pidfd >= 0 && fd >= 0 && sys_lock_holder(fd, ALIVE_BYTE) == entry->supervisor)
		r = sys_pidfd_kill(pidfd, SIGKILL);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.kill", -r, "cannot kill the supervisor of %s",
			       entry->name);
	if (sys_poll(&end, 1, timeout_ms) > 0)
		sweep(dir_fd, entry->name, fd);
	return 0;
}
