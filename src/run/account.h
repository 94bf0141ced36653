/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* account.h - what a run has used, for who asks for it. */
#ifndef PINFOLD_RUN_ACCOUNT_H
#define PINFOLD_RUN_ACCOUNT_H

#include <stdint.h>

struct cgroup;
struct cputime;
struct rusage;
struct status_usage;

/*
 * Before process 1 is killed: what is killed together with it nobody waits for, and its time is lost. That
 * what it uses in between is missed makes the sum a lower bound. *ret_ns is as it was when nothing is told.
 */
void account_look(struct cputime *cputime, uint64_t *ret_ns);

/* Process 1 has ended, with this rusage of its own and of all that it waited for. */
void account_add(const struct rusage *rusage, const struct cputime *cputime, uint64_t seen_ns,
		 struct status_usage *usage);

/* Adds what the sandbox's cgroup says, when nothing is left in it; without one nothing changes. */
void account_cgroup(const struct cgroup *cgroup, struct status_usage *usage);

#endif
