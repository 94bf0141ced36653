/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tell.h - a run tells its caller what happens: --status and --meta.
 *
 * What cannot be told changes nothing about the run: it is kept, for a warning at the end.
 */
#ifndef PINFOLD_RUN_TELL_H
#define PINFOLD_RUN_TELL_H

#include <stdbool.h>

#include "act/document.h"
#include "base/err.h"
#include "plan/status.h"

struct arena;
struct outcome;
struct plan;
struct spaces;
struct trace;

struct tell {
	struct arena *arena;
	struct status status;
	struct document json;
	struct document meta;
	bool has_json; /* it is open, and so below */
	bool has_meta;
	struct err failure; /* ERR_NONE: all was written */
};

/* Before anything runs: opens what is to be written. {0} is closed. Returns 0, or -1 with *err. */
int tell_open(struct tell *tell, struct arena *arena, const struct plan *plan, struct err *err)
	__attribute__((warn_unused_result));
void tell_close(struct tell *tell);

/* The sandbox stands, with this process 1 and these namespaces. */
void tell_created(struct tell *tell, pid_t init, const struct spaces *spaces);

/* The program runs. */
void tell_executing(struct tell *tell);

/* It ended so, and nothing is left of it; err: what pinfold says about it. */
void tell_ended(struct tell *tell, const struct plan *plan, const struct outcome *outcome,
		const struct trace *trace, const struct err *err);

/* Nothing ran, because of this. */
void tell_failed(struct tell *tell, const struct err *err);

#endif
