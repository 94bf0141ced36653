/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_watch.c - a deadline for looking at paths. */
#include "act/probe_watch.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#include "act/profile_files.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/origin.h"
#include "plan/plan_build.h"
#include "sys/process.h"

struct look {
	int (*fn)(void *arg);
	void *arg;
	int result;
};

static int look_main(void *arg)
{
	struct look *look = arg;

	look->result = look->fn(look->arg);
	return 0;
}

int act_probe_watched(struct probe_watch *watch, int (*look)(void *arg), void *arg, struct err *err)
{
	struct look apart = {.fn = look, .arg = arg, .result = -1};
	const int r = sys_run_apart(look_main, &apart, PLAN_DEADLINE_MS);
	const char *at = atomic_load(&watch->at);

	if (r >= 0)
		return apart.result;
	if (r != -ETIMEDOUT || at == NULL)
		return err_set(err, ERR_SYSTEM, "system.probe", -r, "cannot look at files of the host");
	err_set(err, ERR_SYSTEM, "system.probe", 0, "%s: no answer within %d seconds: it hangs", at,
		PLAN_DEADLINE_MS / 1000);
	err_hint(err, "a file system on the way there does not answer: look at what it is mounted from");
	return watch->request == NULL ? -1 : origin_blame(err, plan_path_origin(watch->request, at));
}

int act_probe_profile_watched(struct probe_watch *watch, const char *name, int (*look)(void *arg), void *arg,
			      struct err *err)
{
	int r;

	if (str_starts(name, "/dev/") || str_starts(name, "/proc/"))
		return look(arg);
	/* A process costs more than all that is read in it, when the processors are busy. */
	watch->reach = (struct profile_reach){.is_near = watch->may_repeat};
	r = watch->may_repeat ? look(arg) : 0;
	if (watch->may_repeat && !watch->reach.is_far)
		return r;
	watch->reach = (struct profile_reach){0};
	return act_probe_watched(watch, look, arg, err);
}

/* ------------------------------------------------------------ a loader that says where it is */

static void note(void *user, const char *path)
{
	struct probe_watch *watch = user;

	atomic_store(&watch->at, path);
}

static int read_noted(void *user, struct arena *arena, const char *path, const char **ret_text,
		      size_t *ret_len)
{
	note(user, path);
	return act_profile_loader.read(&((struct probe_watch *)user)->reach, arena, path, ret_text, ret_len);
}

static const char *real_noted(void *user, struct arena *arena, const char *path)
{
	note(user, path);
	return act_profile_loader.real(NULL, arena, path);
}

static int list_noted(void *user, struct arena *arena, const char *path, const char ***ret_names,
		      size_t *ret_count)
{
	note(user, path);
	return act_profile_loader.list(&((struct probe_watch *)user)->reach, arena, path, ret_names,
				       ret_count);
}

struct profile_loader act_watched_loader(struct probe_watch *watch)
{
	return (struct profile_loader){
		.read = read_noted, .real = real_noted, .list = list_noted, .user = watch};
}
