/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * serve.c - what a supervisor does for others who know its sandbox's name.
 *
 * Nothing here waits for them: their sockets do not block, and who does not read his answer loses it.
 */
#include "run/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"
#include "run/enter.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

void serve_init(struct serve *serve, const struct plan *plan, struct enter *enter)
{
	*serve = (struct serve){.plan = plan,
				.enter = enter,
				.claim = {.dir_fd = -1, .lock_fd = -1, .listener_fd = -1},
				.wire_fd = -1,
				.poller = -1};
	act_spaces_init(&serve->spaces);
}

int serve_reserve(struct serve *serve, struct err *err)
{
	const struct plan_entry *entry = &serve->plan->entry;

	int r;

	if (entry->name == NULL)
		return 0;
	serve->owner = sys_user();
	/* Of what a joiner leaves behind (enter.h). */
	r = sys_adopt();
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.claim", -r, "cannot become the parent of orphans");
	return act_registry_reserve(entry->base, entry->name, &serve->claim, err);
}

int serve_take_spaces(struct serve *serve, const struct wire *wire, int *fds, size_t count, struct err *err)
{
	int r = act_take_spaces(&serve->spaces, (uint32_t)wire->status, fds, count);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.namespaces", -r,
			       "cannot take the sandbox's namespaces over");
	return 0;
}

/* ------------------------------------------------------------ the entry */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int publish(const struct serve *serve)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct plan *plan = serve->plan;
	struct entry entry = {.is_held = plan->entry.is_held,
			      .init = serve->child,
			      .started_ns = clock_ns(CLOCK_REALTIME),
			      .since_ns = clock_ns(CLOCK_BOOTTIME),
			      .profile = str_show(arena, plan->profile)};

	memcpy(entry.inodes, serve->spaces.inodes, sizeof(entry.inodes));
	for (size_t i = 0; plan->program.argv != NULL && plan->program.argv[i] != NULL; i++)
		*ARENA_PUSH(arena, entry.argv, entry.argc) = str_show(arena, plan->program.argv[i]);
	return act_registry_publish(&serve->claim, entry_text(arena, &entry));
}

int serve_start(struct serve *serve, pid_t child, int wire_fd)
{
	int r;

	if (serve->claim.lock_fd < 0)
		return 0;
	serve->child = child;
	serve->wire_fd = wire_fd;
	r = publish(serve);
	if (r < 0)
		return r;
	serve->poller = sys_poller();
	r = serve->poller < 0 ? serve->poller : sys_poller_add(serve->poller, serve->claim.listener_fd);
	return r < 0 ? r : 0;
}

/* ------------------------------------------------------------ connections */

/*
 * The caller, from where we are. A program in a sandbox has the same uid as the caller, but a user namespace
 * of its own; unless the caller gave up root: then no program has his uid.
 */
static bool may_ask(const struct serve *serve, int fd)
{
	uint64_t space;
	pid_t pid;
	uid_t uid;

	if (sys_peer(fd, &pid, &uid) < 0 || uid != serve->owner)
		return false;
	if (serve->plan->map.drops_root)
		return true;
	space = act_user_space(pid);
	return space != 0 && space == act_user_space(getpid());
}

static void refuse(int fd)
{
	struct wire answer = {.type = WIRE_FAILED};

	err_set(&answer.err, ERR_SYSTEM, "system.refused", 0,
		"the sandbox is not for somebody in another user namespace");
	err_hint(&answer.err, "ask from where it was started, not from inside a sandbox or a container");
	(void)wire_send(fd, &answer);
}

static void let_in(struct serve *serve)
{
	CLEANUP_FD int fd = sys_accept(serve->claim.listener_fd);

	if (fd == -EMFILE || fd == -ENFILE) {
		/* They wait in the queue; but we must not look at them again and again. */
		serve->is_full = sys_poller_forget(serve->poller, serve->claim.listener_fd) == 0;
		return;
	}
	if (fd < 0)
		return;
	if (!may_ask(serve, fd))
		refuse(fd);
	else if (sys_poller_add(serve->poller, fd) == 0)
		(void)fd_steal(&fd);
}

static void let_go(struct serve *serve, int fd)
{
	for (size_t i = 0; i < serve->waiting_count; i++) {
		if (serve->waiting[i] == fd)
			serve->waiting[i--] = serve->waiting[--serve->waiting_count];
	}
	sys_close(fd);
	if (serve->is_full)
		serve->is_full = sys_poller_add(serve->poller, serve->claim.listener_fd) < 0;
}

/* ------------------------------------------------------------ requests */

static void add_waiting(struct serve *serve, int fd)
{
	for (size_t i = 0; i < serve->waiting_count; i++) {
		if (serve->waiting[i] == fd)
			return;
	}
	serve->waiting = mem_realloc(serve->waiting, (serve->waiting_count + 1) * sizeof(serve->waiting[0]));
	serve->waiting[serve->waiting_count++] = fd;
}

static void pass_signal(struct serve *serve, int fd, int sig)
{
	struct wire answer = {.type = WIRE_DONE};
	const struct wire order = {.type = WIRE_SIGNAL,
				   .status = sig,
				   .to = sig == SIGSTOP || sig == SIGCONT ? WIRE_TO_ALL : WIRE_TO_PROGRAM};
	int r;

	/* KILL means all of it, and nobody inside has a say in that. */
	if (sig < 1 || sig >= NSIG)
		r = -EINVAL;
	else if (serve->child == 0)
		r = sig == SIGKILL ? 0 : -ESRCH;
	else if (sig == SIGKILL)
		r = sys_kill(serve->child, SIGKILL);
	else
		r = wire_send(serve->wire_fd, &order);
	if (r < 0) {
		answer.type = WIRE_FAILED;
		err_set(&answer.err, ERR_SYSTEM, "system.signal", -r, "cannot pass the signal on");
	}
	(void)wire_send(fd, &answer);
}

static int refuse_join(const struct serve *serve, enum space kind, struct err *err)
{
	err_set(err, ERR_CONFIG, "config.join-host", 0,
		"%s has no %s namespace of its own: it has the host's", serve->plan->entry.name,
		space_table[kind].name);
	return err_hint(err, "what is host there is to be host here too, to be the same");
}

/* For a sandbox of the same user that is to be in some of them; with the one that they belong to, and that
 * comes first.
 */
static void give_spaces(const struct serve *serve, int fd, uint32_t kinds)
{
	struct wire answer = {.type = WIRE_SPACES, .status = (int)(kinds | UINT32_C(1) << SPACE_USER)};
	int fds[SPACE_COUNT];
	size_t count = 0;

	for (unsigned int i = 0; i < SPACE_COUNT; i++) {
		if (((uint32_t)answer.status >> i & 1) == 0)
			continue;
		if (serve->spaces.fds[i] < 0) {
			(void)refuse_join(serve, i, &answer.err);
			answer.type = WIRE_FAILED;
			(void)wire_send(fd, &answer);
			return;
		}
		fds[count++] = serve->spaces.fds[i];
	}
	(void)wire_send_fds(fd, &answer, fds, count);
}

/* From now on he talks to the process that enters. */
static void let_enter(struct serve *serve, int fd, struct wire_fds *passed)
{
	struct wire refusal = {.type = WIRE_FAILED};
	const int joiner = enter_start(serve->enter, fd, passed, &refusal.err);

	if (joiner < 0)
		(void)wire_send(fd, &refusal);
	else
		(void)sys_poller_add(serve->poller, joiner);
	/* The joiner has it open too, so it would not be gone from there by itself. */
	(void)sys_poller_forget(serve->poller, fd);
	let_go(serve, fd);
}

static void take_request(struct serve *serve, int fd)
{
	static const uint32_t joinable =
		UINT32_C(1) << SPACE_IPC | UINT32_C(1) << SPACE_UTS | UINT32_C(1) << SPACE_NET;
	CLEANUP(wire_fds_close) struct wire_fds passed = {.count = 0};
	struct wire request;
	int r = wire_receive_fds(fd, &request, &passed);

	if (r == -EAGAIN)
		return;
	if (r == 1 && request.type == WIRE_WAIT)
		add_waiting(serve, fd);
	else if (r == 1 && request.type == WIRE_SIGNAL)
		pass_signal(serve, fd, request.status);
	else if (r == 1 && request.type == WIRE_JOIN && serve->child != 0 &&
		 ((uint32_t)request.status & ~joinable) == 0)
		give_spaces(serve, fd, (uint32_t)request.status);
	else if (r == 1 && request.type == WIRE_ENTER && serve->child != 0)
		let_enter(serve, fd, &passed);
	else
		let_go(serve, fd);
}

bool serve_ready(void *arg, short events)
{
	struct serve *serve = arg;
	const int fd = sys_poller_next(serve->poller);

	(void)events;
	if (fd == serve->claim.listener_fd)
		let_in(serve);
	else if (fd >= 0 && !enter_reap(serve->enter, fd))
		take_request(serve, fd);
	return true;
}

/* Who asked before the end is answered: they may not have come to their turn. */
static void answer_rest(struct serve *serve)
{
	enum { MAX_REST = 4096 };

	/* Its number may be another process's by now. */
	serve->child = 0;
	for (int i = 0; i < MAX_REST && serve->poller >= 0; i++) {
		if (sys_poller_next(serve->poller) < 0)
			return;
		(void)serve_ready(serve, POLLIN);
	}
}

void serve_end(struct serve *serve, const struct wire *last)
{
	answer_rest(serve);
	act_registry_release(&serve->claim);
	for (size_t i = 0; i < serve->waiting_count; i++) {
		(void)wire_send(serve->waiting[i], last);
		sys_close(serve->waiting[i]);
	}
	free(serve->waiting);
	serve->waiting = NULL;
	serve->waiting_count = 0;
	act_spaces_close(&serve->spaces);
	fd_close_ptr(&serve->poller);
}
