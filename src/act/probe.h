/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe.h - the facts about the caller and the machine that a plan is made from. */
#ifndef PINFOLD_ACT_PROBE_H
#define PINFOLD_ACT_PROBE_H

struct arena;
struct err;
struct host;
struct probe_watch;
struct request;

/* Fills what every request needs: kernel, ids, names, directories. Text lives in the arena, as it does below.
 */
int act_probe(struct arena *arena, struct host *ret_host, struct err *err)
	__attribute__((warn_unused_result));

/*
 * Fills what stands in the user's own files: what ${DOWNLOADS} and the like are. They may lie on a file
 * system that does not answer, so this is for act_probe_watched.
 */
void act_probe_user_dirs(struct arena *arena, struct host *host, struct probe_watch *watch);

/* Fills what this request needs besides: facts of its paths, subordinate ids. */
int act_probe_request(struct arena *arena, const struct request *request, struct host *host, struct err *err)
	__attribute__((warn_unused_result));

/* Which of descriptors 0 to 2 are terminals: bit n is descriptor n. */
unsigned int act_probe_terminals(void);

/*
 * Says why the clone was refused: clone3(2) gives one errno for several settings of the host. Returns
 * -1 with *err (ERR_HOST with a hint, or ERR_SYSTEM).
 */
int act_explain_clone(int errnum, struct err *err) __attribute__((cold));

#endif
