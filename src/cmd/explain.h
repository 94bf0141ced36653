/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain.h - showing a plan, for explain and run --dry-run. */
#ifndef PINFOLD_CMD_EXPLAIN_H
#define PINFOLD_CMD_EXPLAIN_H

#include "cmd/cmd.h"

struct arena;
struct invocation;

/* Prints the plan as text or JSON. Returns the exit code. */
int explain_plan(struct arena *arena, const struct invocation *invocation);

#endif
