/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* document.c - where a run says what happens. */
#include "act/document.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"

static int refuse(const struct plan_target *target, int errnum, const char *what, struct err *err)
{
	err_set(err, ERR_USAGE, "usage.status-file", errnum, "%s: %s", target->path, what);
	err_hint(err, "name a file in a directory that you may write to, or a descriptor as fd:N");
	return err_origin(err, target->option);
}

/* Whatever else has that name, a device, a pipe, a link, would be gone with the first document. */
static int take_away(const struct plan_target *target, int dir_fd, struct err *err)
{
	struct stat st;
	uint64_t birth;
	int r = sys_statx(dir_fd, target->name, false, &st, &birth);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return refuse(target, -r, "cannot be looked at", err);
	if (!S_ISREG(st.st_mode))
		return refuse(target, 0, "is there, and is not a plain file", err);
	r = sys_unlink(dir_fd, target->name);
	return r < 0 ? refuse(target, -r, "cannot be replaced", err) : 0;
}

int act_open_document(const struct plan_target *target, struct document *ret, struct err *err)
{
	CLEANUP_FD int dir_fd = -1;
	int r;

	*ret = (struct document){.target = target, .dir_fd = -1};
	if (target->path == NULL)
		return 0;
	dir_fd = sys_open(AT_FDCWD, target->dir, O_PATH | O_DIRECTORY, 0);
	if (dir_fd < 0)
		return refuse(target, -dir_fd, "its directory cannot be opened", err);
	r = sys_access(dir_fd, ".", W_OK | X_OK);
	if (r < 0)
		return refuse(target, -r, "its directory cannot be written to", err);
	if (take_away(target, dir_fd, err) < 0)
		return -1;
	ret->dir_fd = fd_steal(&dir_fd);
	return 0;
}

void act_close_document(struct document *document)
{
	fd_close_ptr(&document->dir_fd);
}

/* A name that nobody has, nor knows beforehand. */
static int make_beside(const struct document *document, char *name, size_t size)
{
	enum { TRIES = 16 };
	int fd = -EEXIST;

	for (int i = 0; i < TRIES && fd == -EEXIST; i++) {
		struct timespec now;

		(void)clock_gettime(CLOCK_REALTIME, &now);
		(void)snprintf(name, size, ".pinfold-%d-%09ld-%d", (int)getpid(), now.tv_nsec, i);
		fd = sys_open(document->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
	}
	return fd;
}

static int replace(const struct document *document, const char *text)
{
	char name[64];
	CLEANUP_FD int fd = make_beside(document, name, sizeof(name));
	int r = fd < 0 ? fd : sys_write_all(fd, text, strlen(text));

	if (fd < 0)
		return fd;
	if (r == 0)
		r = sys_rename(document->dir_fd, name, document->target->name);
	if (r < 0)
		(void)sys_unlink(document->dir_fd, name);
	return r;
}

/*
 * Adds as much as can be written at once: a pipe that poll(2) says can be written to takes PIPE_BUF bytes. A
 * reader that does not read must not hold up who watches limits and signals. Returns 1 when more is to come.
 */
static int add(int fd, const char *text, size_t *done)
{
	const size_t len = strlen(text);

	while (*done < len) {
		struct pollfd room = {.fd = fd, .events = POLLOUT};
		const size_t piece = len - *done < PIPE_BUF ? len - *done : PIPE_BUF;
		int r;

		if (sys_poll(&room, 1, 0) == 0)
			return 1;
		r = sys_write_some(fd, text + *done, piece);
		/* A pipe that does not block, and is smaller than that. */
		if (r == -EAGAIN)
			return 1;
		if (r < 0)
			return r;
		*done += (size_t)r;
	}
	return 0;
}

int act_write_document(const struct document *document, const char *text, size_t *done, struct err *err)
{
	const struct plan_target *target = document->target;
	int r = target->path != NULL ? replace(document, text) : add(target->fd, text, done);

	if (r >= 0)
		return r;
	if (target->path != NULL)
		err_set(err, ERR_SYSTEM, "system.status", -r, "%s cannot be written", target->path);
	else
		err_set(err, ERR_SYSTEM, "system.status", -r, "descriptor %d cannot be written to",
			target->fd);
	return err_origin(err, target->option);
}
