/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* call.c - asking the supervisor of a sandbox by its name. */
#include "run/call.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "act/registry.h"
#include "act/spaces.h"
#include "base/err.h"
#include "base/fd.h"
#include "run/wire.h"
#include "sys/process.h"
#include "sys/socket.h"

int64_t call_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int call_fail_silent(const struct call *call, struct err *err)
{
	err_set(err, ERR_SYSTEM, "system.silent", 0, "the supervisor of %s (pid %d) does not answer",
		call->entry.name, call->entry.supervisor);
	return err_hint(err, "it is stopped, or its sandbox does not start; pinfold kill %s KILL ends it",
			call->entry.name);
}

static int fail_gone(const struct call *call, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "system.gone", 0, "the supervisor of %s ended without an answer",
		       call->entry.name);
}

/*
 * Where the registry is within a grant, which its mask can miss (another XDG_RUNTIME_DIR, a mount of the
 * administrator's), a program in a sandbox can make an entry and listen; it would get what is typed, and the
 * descriptors of who enters. It has the caller's uid, but a user namespace of its own.
 */
static int check_peer(struct call *call, struct err *err)
{
	const uint64_t own = act_user_space(getpid());
	pid_t pid = 0;
	uid_t uid;

	if (sys_peer(call->fd, &pid, &uid) >= 0 && pid == call->entry.supervisor && own != 0 &&
	    act_user_space(pid) == own)
		return 0;
	err_set(err, ERR_SYSTEM, "system.impostor", 0,
		"process %d, which answers for %s, is no supervisor from where we are", pid,
		call->entry.name);
	return err_hint(
		err, "a sandbox with a name is asked from where it was started; if this one was, a program "
		     "inside has a grant to write where the names are: grant less");
}

/* Between taking a name and listening, and between giving one back and ending, is next to no time. */
static int connect_to(struct arena *arena, struct call *call, const char *name, int timeout_ms,
		      struct err *err)
{
	enum { PAUSE_MS = 5 };
	const int64_t end = call_now_ms() + timeout_ms;

	do {
		if (act_registry_find(arena, call->dir_fd, name, &call->entry, err) < 0)
			return -1;
		call->fd = act_registry_connect(call->dir_fd, name, timeout_ms);
		if (call->fd >= 0)
			return check_peer(call, err);
		if (call->fd != -ENOENT && call->fd != -ECONNREFUSED && call->fd != -EAGAIN)
			return err_set(err, ERR_SYSTEM, "system.call", -call->fd,
				       "cannot ask the supervisor of %s", name);
		(void)sys_poll(NULL, 0, PAUSE_MS);
	} while (call_now_ms() < end);
	return call_fail_silent(call, err);
}

int call_open(struct arena *arena, const char *base, const char *name, int timeout_ms, struct call *ret_call,
	      struct err *err)
{
	*ret_call = (struct call){.dir_fd = -1, .fd = -1};
	if (act_registry_open(base, false, &ret_call->dir_fd, err) < 0)
		return -1;
	return connect_to(arena, ret_call, name, timeout_ms, err);
}

void call_close(struct call *call)
{
	fd_close_ptr(&call->fd);
	fd_close_ptr(&call->dir_fd);
}

/* Something to read, or the end, within timeout_ms? */
static bool await(const struct call *call, int timeout_ms)
{
	const int64_t end = timeout_ms == CALL_FOR_EVER ? INT64_MAX : call_now_ms() + timeout_ms;
	struct pollfd fd = {.fd = call->fd, .events = POLLIN};
	int r;

	do {
		const int64_t left = timeout_ms == CALL_FOR_EVER ? -1 : end - call_now_ms();

		r = sys_poll(&fd, 1, timeout_ms != CALL_FOR_EVER && left < 0 ? 0 : (int)left);
	} while (r == -EINTR);
	return r > 0;
}

int call_ask(struct call *call, const struct wire *question, int timeout_ms, struct wire *ret_answer,
	     struct wire_fds *ret_fds, struct err *err)
{
	__attribute__((cleanup(wire_fds_close))) struct wire_fds none = {.count = 0};
	int r = wire_send(call->fd, question);

	/* Who refuses us does not wait for the question; his answer is there. */
	if (r == -EPIPE)
		r = 0;
	if (r == -EAGAIN || (r == 0 && !await(call, timeout_ms)))
		return call_fail_silent(call, err);
	if (r == 0)
		r = wire_receive_fds(call->fd, ret_answer, ret_fds != NULL ? ret_fds : &none);
	if (r != 1)
		return fail_gone(call, err);
	if (ret_answer->type != WIRE_FAILED)
		return 0;
	*err = ret_answer->err;
	return -1;
}

bool call_await_end(struct call *call, int timeout_ms)
{
	struct wire wire;

	return await(call, timeout_ms) && wire_receive(call->fd, &wire) <= 0;
}
