/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_caller.c - what the caller gives and gets besides the program's 0, 1 and 2: descriptors that it passes
 * on, one that it lets the start wait for, and where it wants to be told what happened.
 */
#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan_build.h"
#include "plan/plan_parts.h"
#include "plan/request.h"

/* What is being read; the origin of each value is its option. */
struct reading {
	struct arena *arena;
	struct plan_caller *caller;
	struct err *err;
};

static int refuse(struct reading *reading, const char *option, const char *text)
{
	return err_origin(reading->err,
			  arena_printf(reading->arena, "%s %s", option, str_show(reading->arena, text)));
}

/* A number from 3 on. */
static int read_number(struct reading *reading, const char *text, int *ret_fd)
{
	uint64_t number;

	if (str_to_u64(text, INT_MAX, &number) < 0) {
		err_set(reading->err, ERR_USAGE, "usage.fd", 0, "\"%s\" is not the number of a descriptor",
			str_show(reading->arena, text));
		err_hint(reading->err, "a number from 3 on, without a sign, as in 3<FILE");
		return -1;
	}
	if (number <= 2) {
		err_set(reading->err, ERR_USAGE, "usage.fd", 0,
			"descriptor %d is the program's own in any case", (int)number);
		err_hint(reading->err,
			 "0, 1 and 2 are passed on as they are: open another one, as with 3<FILE");
		return -1;
	}
	*ret_fd = (int)number;
	return 0;
}

/* Puts it where it belongs among those before it. One that is there already changes nothing. */
static int add_fd(struct reading *reading, int fd)
{
	struct plan_caller *caller = reading->caller;
	size_t at = 0;

	while (at < caller->fd_count && caller->fds[at] < fd)
		at++;
	if (at < caller->fd_count && caller->fds[at] == fd)
		return 0;
	if (caller->fd_count == PLAN_MAX_FDS) {
		err_set(reading->err, ERR_USAGE, "usage.fd", 0, "more than %d descriptors", PLAN_MAX_FDS);
		return err_hint(reading->err, "pass a socket, over which any number of them can be sent");
	}
	memmove(&caller->fds[at + 1], &caller->fds[at], (caller->fd_count - at) * sizeof(caller->fds[0]));
	caller->fds[at] = fd;
	caller->fd_count++;
	return 0;
}

/* N[,N...] */
static int read_list(struct reading *reading, const char *text)
{
	const char *s = text;

	for (;;) {
		const size_t len = strcspn(s, ",");
		int fd;

		if (read_number(reading, arena_strndup(reading->arena, s, len), &fd) < 0 ||
		    add_fd(reading, fd) < 0)
			return refuse(reading, "--fd", text);
		s += len;
		if (*s++ == '\0')
			return 0;
	}
}

/* FILE or fd:N */
static int read_target(struct reading *reading, const char *option, const char *text,
		       struct plan_target *target)
{
	const char *slash;

	*target = (struct plan_target){.fd = -1, .option = option};
	if (text == NULL)
		return 0;
	if (str_starts(text, "fd:")) {
		if (read_number(reading, text + strlen("fd:"), &target->fd) < 0)
			return refuse(reading, option, text);
		return 0;
	}
	slash = strrchr(text, '/');
	target->path = text;
	target->name = slash != NULL ? slash + 1 : text;
	target->dir = slash == NULL   ? "."
		      : slash == text ? "/"
				      : arena_strndup(reading->arena, text, (size_t)(slash - text));
	if (str_is_empty(target->name) || str_eq(target->name, ".") || str_eq(target->name, "..")) {
		err_set(reading->err, ERR_USAGE, "usage.status-file", 0, "%s names a directory",
			str_show(reading->arena, text));
		err_hint(reading->err, "name a file in it, which need not exist");
		return refuse(reading, option, text);
	}
	return 0;
}

/* A descriptor serves one purpose: the program could answer for the caller, or tell of itself what it likes.
 */
static int check_apart(struct reading *reading)
{
	const struct plan_caller *caller = reading->caller;
	const struct {
		const char *option;
		int fd;
	} own[] = {{"--block-fd", caller->block_fd},
		   {"--status", caller->status.fd},
		   {"--meta", caller->meta.fd}};

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		for (size_t j = 0; own[i].fd >= 0 && j < caller->fd_count + i; j++) {
			const bool is_passed = j < caller->fd_count;

			if ((is_passed ? caller->fds[j] : own[j - caller->fd_count].fd) != own[i].fd)
				continue;
			err_set(reading->err, ERR_USAGE, "usage.fd", 0, "descriptor %d is for %s and for %s",
				own[i].fd, is_passed ? "--fd" : own[j - caller->fd_count].option,
				own[i].option);
			err_hint(reading->err, "open one for each");
			return err_origin(reading->err, own[i].option);
		}
	}
	if (caller->status.path == NULL || caller->meta.path == NULL ||
	    !str_eq(caller->status.path, caller->meta.path))
		return 0;
	err_set(reading->err, ERR_USAGE, "usage.status-file", 0, "%s is for --status and for --meta",
		str_show(reading->arena, caller->meta.path));
	err_hint(reading->err, "name a file for each");
	return err_origin(reading->err, "--meta");
}

int plan_read_caller(const struct request_caller *asked, struct arena *arena, struct plan_caller *ret,
		     struct err *err)
{
	struct reading reading = {.arena = arena, .caller = ret, .err = err};

	*ret = (struct plan_caller){.block_fd = -1, .status = {.fd = -1}, .meta = {.fd = -1}};
	if (asked->fd_count > 0)
		ret->fds = arena_alloc(arena, PLAN_MAX_FDS * sizeof(ret->fds[0]));
	for (size_t i = 0; i < asked->fd_count; i++) {
		if (read_list(&reading, asked->fds[i]) < 0)
			return -1;
	}
	if (asked->block_fd != NULL && read_number(&reading, asked->block_fd, &ret->block_fd) < 0)
		return refuse(&reading, "--block-fd", asked->block_fd);
	if (read_target(&reading, "--status", asked->status, &ret->status) < 0 ||
	    read_target(&reading, "--meta", asked->meta, &ret->meta) < 0)
		return -1;
	ret->has_status = asked->status != NULL;
	ret->has_meta = asked->meta != NULL;
	ret->wants_usage = ret->has_status || ret->has_meta;
	return check_apart(&reading);
}

int plan_caller(struct build *build)
{
	return plan_read_caller(&build->request->caller, build->arena, &build->plan->caller, build->err);
}
