/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe.h - the facts about the caller and the machine that a plan is made from. */
#ifndef PINFOLD_ACT_PROBE_H
#define PINFOLD_ACT_PROBE_H

#include <stddef.h>

struct arena;
struct err;
struct host;
struct request;

/* Fills what every request needs: kernel, ids, names, directories. Text lives in the arena. */
int act_probe(struct arena *arena, struct host *ret_host, struct err *err)
	__attribute__((warn_unused_result));

/* Fills what this request needs besides: facts of its paths, subordinate ids. */
int act_probe_request(struct arena *arena, const struct request *request, struct host *host, struct err *err)
	__attribute__((warn_unused_result));

/*
 * Reads a profile's file, of at most 4 MiB, for struct profile_loader. Returns 0, or -errno (-EFBIG
 * when it is larger, -EINVAL when it is no regular file).
 */
int act_read_profile(void *user, struct arena *arena, const char *path, const char **ret_text,
		     size_t *ret_len);

/* realpath(3), for struct profile_loader. */
const char *act_real_profile(void *user, struct arena *arena, const char *path);

/*
 * Says why the clone was refused: clone3(2) gives one errno for several settings of the host. Returns
 * -1 with *err (ERR_HOST with a hint, or ERR_SYSTEM).
 */
int act_explain_clone(int errnum, struct err *err) __attribute__((cold));

#endif
