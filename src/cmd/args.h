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
struct profile_loader;

/* An option that gives a key a value. */
struct setting {
	enum option_id id;
	const char *text;
	const char *origin;
};

/* A command line, and what is made of it step by step. */
struct invocation {
	bool wants_help;
	bool is_dry_run;
	bool is_traced; /* denied system calls are reported */
	bool wants_json;
	struct request_caller caller;
	struct request_entry entry; /* its name, and how it goes on */
	const char *profile;
	struct setting *settings; /* in their order, to be applied when the profile is read */
	size_t setting_count;
	char *const *program; /* it and its arguments, NULL-terminated; NULL: none */
	struct host host;
	struct request request;
	struct plan plan;
};

/*
 * The options up to the program, into what stands before host in *ret; the rest is empty. Reads argv and
 * nothing else of the system. Returns 0, or -1 with *err (ERR_USAGE).
 */
int args_parse(struct arena *arena, int argc, char **argv, struct invocation *ret, struct err *err)
	__attribute__((warn_unused_result));

/*
 * The profile that was named, with the settings on top, into invocation->request; invocation->host must be
 * filled. Returns 0, or -1 with *err.
 */
int args_request(struct arena *arena, struct invocation *invocation, const struct profile_loader *loader,
		 struct err *err) __attribute__((warn_unused_result));

/*
 * All of it: reads the options, probes the facts that they and the profile need, and makes the plan. With
 * wants_help set there is no plan. *ret must stay where it is: the plan points into it. Returns 0, or -1 with
 * *err.
 */
int args_plan(struct arena *arena, int argc, char **argv, struct invocation *ret, struct err *err)
	__attribute__((warn_unused_result));

/* The same of a command line that args_parse has read. */
int args_make_plan(struct arena *arena, struct invocation *invocation, struct err *err)
	__attribute__((warn_unused_result));

#endif
