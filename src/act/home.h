/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * home.h - the directory on the host in which a profile's home, or parts of it, are kept.
 *
 * Must guarantee: it is the user's alone, and no symlink in it, which an earlier run may have planted, leads
 * anywhere.
 */
#ifndef PINFOLD_ACT_HOME_H
#define PINFOLD_ACT_HOME_H

struct err;
struct plan;

/*
 * In the supervisor, as whom the program will be: makes the directory of plan->home and the parts that are
 * absent, all with mode 0700. What is there already must be a directory of ours that nobody else may enter;
 * the mode of the home itself, which its program can change, is set right. *ret_at is set to it. Returns 0,
 * or -1 with *err (ERR_HOST, ERR_CONFIG).
 */
int act_make_home(const struct plan *plan, const char *_Atomic *ret_at, struct err *err)
	__attribute__((warn_unused_result));

#endif
