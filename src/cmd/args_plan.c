/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* args_plan.c - the command line of run and explain, with what this machine says about it, into a plan. */
#include "act/probe.h"
#include "act/profile_files.h"
#include "cmd/args.h"
#include "plan/plan_build.h"

int args_plan(struct arena *arena, int argc, char **argv, struct invocation *ret, struct err *err)
{
	if (args_parse(arena, argc, argv, ret, err) < 0)
		return -1;
	if (ret->wants_help)
		return 0;
	if (act_probe(arena, &ret->host, err) < 0 || args_request(arena, ret, &act_profile_loader, err) < 0 ||
	    act_probe_request(arena, &ret->request, &ret->host, err) < 0)
		return -1;
	return plan_build(&ret->request, &ret->host, &ret->plan, err);
}
