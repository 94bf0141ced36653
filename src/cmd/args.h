/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* args.h - the command line of run and explain, into a request and its plan. */
#ifndef PINFOLD_CMD_ARGS_H
#define PINFOLD_CMD_ARGS_H

#include <stdbool.h>

#include "plan/host.h"
#include "plan/plan.h"
#include "plan/request.h"

struct arena;
struct err;

struct invocation {
	bool wants_help;
	bool is_dry_run;
	bool wants_json;
	struct host host;
	struct request request;
	struct plan plan;
};

/*
 * Reads the options up to the program, the profile they name, and the facts both need, and makes the plan
 * of them. With wants_help set there is no plan. *ret must stay where it is: the plan points into it.
 * Returns 0, or -1 with *err.
 */
int args_plan(struct arena *arena, int argc, char **argv, struct invocation *ret, struct err *err)
	__attribute__((warn_unused_result));

#endif
