/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profile_files.c - the files that profiles are in. */
#include "act/profile_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "sys/file.h"
#include "sys/process.h"

enum { MAX_PROFILE = 4 * 1024 * 1024 };

int act_reach_open(struct profile_reach *reach, const char *path, int flags)
{
	int fd;

	if (reach == NULL || !reach->is_near)
		return sys_open(AT_FDCWD, path, flags, 0);
	/* Where we are may be elsewhere. */
	fd = path[0] == '/' ? sys_open_resolve(AT_FDCWD, path, flags, RESOLVE_NO_XDEV) : -EXDEV;
	/* Nor do we know where an outer filter has no openat2(2). */
	if (fd == -EXDEV || fd == -ENOSYS)
		reach->is_far = true;
	return fd;
}

static int read_profile(void *user, struct arena *arena, const char *path, const char **ret_text,
			size_t *ret_len)
{
	/* O_NONBLOCK: the name of a FIFO must not make us wait for its writer. */
	CLEANUP_FD int fd = act_reach_open(user, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t size;
	char *text;
	size_t used = 0;
	int r;

	/* A profile that was put there is not to be passed over for another one. */
	if (fd == -ENOENT && sys_lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		return -ENOLINK;
	if (fd < 0)
		return fd;
	r = sys_fstat(fd, &st);
	if (r < 0)
		return r;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (st.st_size > MAX_PROFILE)
		return -EFBIG;
	size = (size_t)st.st_size;
	text = arena_alloc(arena, size + 1);
	while (used < size) {
		r = sys_read(fd, text + used, size - used);
		if (r < 0)
			return r;
		if (r == 0)
			break;
		used += (size_t)r;
	}
	*ret_text = text;
	*ret_len = used;
	return 0;
}

static const char *real_profile(void *user, struct arena *arena, const char *path)
{
	char real[PATH_MAX];

	(void)user;
	return realpath(path, real) != NULL ? arena_strdup(arena, real) : NULL;
}

static int list_directory(void *user, struct arena *arena, const char *path, const char ***ret_names,
			  size_t *ret_count)
{
	CLEANUP_FD int fd = act_reach_open(user, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	_Alignas(8) char entries[4096];

	*ret_names = NULL;
	*ret_count = 0;
	if (fd < 0)
		return fd;
	for (;;) {
		int len, size = sys_read_dir(fd, entries, sizeof(entries));

		if (size <= 0)
			return size;
		for (int at = 0; at < size; at += len) {
			const char *name = sys_dir_entry(entries + at, &len);

			if (!str_eq(name, ".") && !str_eq(name, ".."))
				*ARENA_PUSH(arena, *ret_names, *ret_count) = arena_strdup(arena, name);
		}
	}
}

const struct profile_loader act_profile_loader = {
	.read = read_profile,
	.real = real_profile,
	.list = list_directory,
};

/* Each directory above the file that is missing. */
static int make_directories(struct arena *arena, const char *path, struct err *err)
{
	for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		const char *dir = arena_strndup(arena, path, (size_t)(slash - path));
		int r = sys_mkdir(AT_FDCWD, dir, 0700);

		if (r == 0 || r == -EEXIST)
			continue;
		err_set(err, ERR_SYSTEM, "system.make-profile", -r, "cannot make the directory %s",
			str_show(arena, dir));
		return err_hint(err, "are HOME and XDG_CONFIG_HOME yours?");
	}
	return 0;
}

int act_make_profile(struct arena *arena, const char *path, const char *text, struct err *err)
{
	int r;

	if (make_directories(arena, path, err) < 0)
		return -1;
	r = sys_make_file(AT_FDCWD, path, 0600, text);
	if (r >= 0)
		return 0;
	if (r == -EEXIST) {
		err_set(err, ERR_CONFIG, "config.profile-exists", 0, "%s is there already",
			str_show(arena, path));
		return err_hint(err, "edit that one, or choose another name: nothing is overwritten");
	}
	err_set(err, ERR_SYSTEM, "system.make-profile", -r, "cannot make %s", str_show(arena, path));
	return err_hint(err, "is the directory yours, and is there space?");
}
