/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scope.c - a cgroup of our own from the user's systemd: a transient scope, which is delegated to us. */
#include "config.h"

#include "act/scope.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "act/probe_cgroup.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/plan.h"

#ifdef HAVE_LIBSYSTEMD

#include <systemd/sd-bus.h>

#include "base/lib.h"

/* The library's own prototypes, so that a call with the wrong types does not compile. */
struct api {
	__typeof__(&sd_bus_new) new;
	__typeof__(&sd_bus_set_address) set_address;
	__typeof__(&sd_bus_start) start;
	__typeof__(&sd_bus_is_ready) is_ready;
	__typeof__(&sd_bus_set_method_call_timeout) set_timeout;
	__typeof__(&sd_bus_call_method) call_method;
	__typeof__(&sd_bus_process) process;
	__typeof__(&sd_bus_wait) wait;
	__typeof__(&sd_bus_message_is_signal) is_signal;
	__typeof__(&sd_bus_message_read) read;
	__typeof__(&sd_bus_message_unref) message_unref;
	__typeof__(&sd_bus_error_free) error_free;
	__typeof__(&sd_bus_flush_close_unref) close;
};

enum { WAIT_MS = 10000, US_PER_MS = 1000 };

static const char manager[] = "org.freedesktop.systemd1.Manager";

static int load(struct api *api, struct err *err)
{
	static const struct lib_symbol symbols[] = {
		LIB_SYMBOL(struct api, new, sd_bus_new),
		LIB_SYMBOL(struct api, set_address, sd_bus_set_address),
		LIB_SYMBOL(struct api, start, sd_bus_start),
		LIB_SYMBOL(struct api, is_ready, sd_bus_is_ready),
		LIB_SYMBOL(struct api, set_timeout, sd_bus_set_method_call_timeout),
		LIB_SYMBOL(struct api, call_method, sd_bus_call_method),
		LIB_SYMBOL(struct api, process, sd_bus_process),
		LIB_SYMBOL(struct api, wait, sd_bus_wait),
		LIB_SYMBOL(struct api, is_signal, sd_bus_message_is_signal),
		LIB_SYMBOL(struct api, read, sd_bus_message_read),
		LIB_SYMBOL(struct api, message_unref, sd_bus_message_unref),
		LIB_SYMBOL(struct api, error_free, sd_bus_error_free),
		LIB_SYMBOL(struct api, close, sd_bus_flush_close_unref),
	};

	return lib_load(LIBSYSTEMD_SONAME, symbols, ARRAY_SIZE(symbols), api, err);
}

bool act_scope_can_ask(void)
{
	struct api api;
	struct err err;

	return load(&api, &err) == 0;
}

static int fail(const struct plan_cgroup *plan, struct err *err, int r, const char *what)
{
	err_set(err, ERR_HOST, "host.cgroup-scope", r < 0 ? -r : 0, "your systemd manager makes no scope: %s",
		what);
	err_hint(err, "systemctl --user status, and journalctl --user, may say why");
	return origin_blame(err, plan->limits[0].origin);
}

/* Until when it is waited for, whatever else the manager says meanwhile. */
static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* One scope that is asked for. */
struct asking {
	struct api api;
	sd_bus *bus;
	const char *unit;
	const struct plan_cgroup *plan;
	uint64_t deadline_ms;
};

/* Some more of it; returns 1, 0 when there was nothing new, and then waits, or -errno: -ETIMEDOUT. */
static int go_on(const struct asking *asking, sd_bus_message **ret_message)
{
	int r = asking->api.process(asking->bus, ret_message);
	uint64_t now;

	if (r != 0)
		return r;
	now = now_ms();
	if (now >= asking->deadline_ms)
		return -ETIMEDOUT;
	r = asking->api.wait(asking->bus, (asking->deadline_ms - now) * US_PER_MS);
	return r < 0 && r != -EINTR ? r : 0;
}

/* In the address of a bus what is not of these is written as its number (D-Bus Specification, "Server
 * Addresses"): a path might name another transport. */
static const char *bus_address(struct arena *arena, const char *path)
{
	static const char plain[] = "-_/.\\*0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const char *text = "unix:path=";

	for (; *path != '\0'; path++)
		text = strchr(plain, *path) != NULL
			       ? arena_printf(arena, "%s%c", text, *path)
			       : arena_printf(arena, "%s%%%02x", text, (unsigned int)(unsigned char)*path);
	return text;
}

static int connect_to(struct arena *arena, struct asking *asking, const char *socket)
{
	const struct api *api = &asking->api;
	int r = api->new (&asking->bus);

	if (r >= 0)
		r = api->set_address(asking->bus, bus_address(arena, socket));
	if (r >= 0)
		r = api->set_timeout(asking->bus, (uint64_t)WAIT_MS * US_PER_MS);
	if (r >= 0)
		r = api->start(asking->bus);
	/* The library waits much longer for who does not say who he is. */
	while (r >= 0 && (r = api->is_ready(asking->bus)) == 0)
		r = go_on(asking, NULL);
	return r;
}

/*
 * The unit of the same manager's that we are in, which we leave: who stops it means us too. The last of the
 * path that is one; NULL: none of his.
 */
static const char *find_unit(struct arena *arena)
{
	const char *path = act_own_cgroup(arena);
	const char *from =
		path != NULL ? strstr(path, arena_printf(arena, "/user@%u.service/", geteuid())) : NULL;
	const char *found = NULL;

	for (from = from != NULL ? strchr(from + 1, '/') : NULL; from != NULL; from = strchr(from, '/')) {
		const char *name = arena_strndup(arena, from + 1, strcspn(from + 1, "/"));

		if (str_ends(name, ".service") || str_ends(name, ".scope"))
			found = name;
		from++;
	}
	return found;
}

#define START "org.freedesktop.systemd1", "/org/freedesktop/systemd1", manager, "StartTransientUnit"
#define PROPERTIES                                                                                           \
	"Description", "s", "pinfold", "Delegate", "b", 1, "CollectMode", "s", "inactive-or-failed", "PIDs", \
		"au", 1, (uint32_t)getpid()

static int ask(const struct asking *asking, const char *left, struct err *err)
{
	static const char types[] = "ssa(sv)a(sa(sv))";
	const struct api *api = &asking->api;
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int r;

	if (left != NULL)
		r = api->call_method(asking->bus, START, &error, NULL, types, asking->unit, "fail", 5,
				     PROPERTIES, "PartOf", "as", 1, left, 0);
	else
		r = api->call_method(asking->bus, START, &error, NULL, types, asking->unit, "fail", 4,
				     PROPERTIES, 0);

	if (r < 0)
		(void)fail(asking->plan, err, error.message != NULL ? 0 : r,
			   error.message != NULL ? error.message : "it does not answer");
	api->error_free(&error);
	return r < 0 ? -1 : 0;
}

/* Is the message the end of our unit's job, and how did that end? The text is the message's. */
static const char *job_result(const struct asking *asking, sd_bus_message *message)
{
	const char *of = NULL;
	const char *result = NULL;
	uint32_t id;
	const char *job;

	if (asking->api.is_signal(message, manager, "JobRemoved") <= 0 ||
	    asking->api.read(message, "uoss", &id, &job, &of, &result) < 0 || !str_eq(of, asking->unit))
		return NULL;
	return result;
}

/* The answer comes before the work is done: we are in the scope when its job has ended. */
static int await_job(const struct asking *asking, struct err *err)
{
	for (;;) {
		sd_bus_message *message = NULL;
		int r = go_on(asking, &message);
		const char *result = message != NULL ? job_result(asking, message) : NULL;
		const bool is_done = result != NULL && str_eq(result, "done");

		if (result != NULL && !is_done)
			(void)fail(asking->plan, err, 0, result);
		asking->api.message_unref(message);
		if (result != NULL)
			return is_done ? 0 : -1;
		if (r < 0)
			return fail(asking->plan, err, r, "it did not say when");
	}
}

/* It would be a surprise if not: then limits would be set somewhere else. */
static int find_path(struct arena *arena, const struct plan_cgroup *plan, const char *unit,
		     const char **ret_path, struct err *err)
{
	const char *path = act_own_cgroup(arena);

	if (path == NULL || !str_ends(path, unit))
		return fail(plan, err, 0, "we are not in it");
	*ret_path = arena_printf(arena, "%s%s", plan->mount, path);
	return 0;
}

int act_scope_enter(struct arena *arena, const struct plan_cgroup *plan, const char *name,
		    const char **ret_path, struct err *err)
{
	const char *left = find_unit(arena);
	struct asking asking = {.unit = arena_printf(arena, "%s.scope", name),
				.plan = plan,
				.deadline_ms = now_ms() + WAIT_MS};
	int r;

	if (load(&asking.api, err) < 0)
		return -1;
	r = connect_to(arena, &asking, plan->manager);
	if (r < 0)
		(void)fail(plan, err, r, "it cannot be connected to");
	else
		r = ask(&asking, left, err);
	if (r >= 0)
		r = await_job(&asking, err);
	asking.api.close(asking.bus);
	return r < 0 ? -1 : find_path(arena, plan, asking.unit, ret_path, err);
}

#else

bool act_scope_can_ask(void)
{
	return false;
}

int act_scope_enter(struct arena *arena, const struct plan_cgroup *plan, const char *name,
		    const char **ret_path, struct err *err)
{
	(void)arena, (void)plan, (void)name, (void)ret_path;
	err_set(err, ERR_HOST, "host.library-missing", 0, "pinfold was built without libsystemd");
	return err_hint(err, "build it with libsystemd, or set enforce = best-effort in [limits]");
}

#endif
