/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* args_plan.c - the command line of run and explain, with what this machine says about it, into a plan. */
#include "act/probe.h"
#include "act/probe_watch.h"
#include "cmd/args.h"
#include "plan/plan_build.h"

struct reading {
	struct arena *arena;
	struct invocation *invocation;
	struct probe_watch watch;
	struct err *err;
};

/* All that is read of the user's own files, for act_probe_profile_watched. */
static int read_profile(void *arg)
{
	struct reading *reading = arg;
	const struct profile_loader loader = act_watched_loader(&reading->watch);

	act_probe_user_dirs(reading->arena, &reading->invocation->host, &reading->watch);
	return args_request(reading->arena, reading->invocation, &loader, reading->err);
}

int args_make_plan(struct arena *arena, struct invocation *invocation, struct err *err)
{
	struct reading reading = {
		.arena = arena, .invocation = invocation, .err = err, .watch = {.may_repeat = true}};

	if (act_probe(arena, &invocation->host, err) < 0 ||
	    act_probe_profile_watched(&reading.watch, invocation->profile, read_profile, &reading, err) < 0 ||
	    act_probe_request(arena, &invocation->request, &invocation->host, err) < 0)
		return -1;
	return plan_build(&invocation->request, &invocation->host, &invocation->plan, err);
}

int args_plan(struct arena *arena, int argc, char **argv, struct invocation *ret, struct err *err)
{
	if (args_parse(arena, argc, argv, ret, err) < 0)
		return -1;
	return ret->wants_help ? 0 : args_make_plan(arena, ret, err);
}
