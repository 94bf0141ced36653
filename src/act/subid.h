/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* subid.h - the caller's subordinate ids. */
#ifndef PINFOLD_ACT_SUBID_H
#define PINFOLD_ACT_SUBID_H

struct arena;
struct err;
struct host;

/*
 * Fills host->subuids and subgids from libsubid, which knows every source of nsswitch.conf; where it is
 * missing, from /etc/subuid and /etc/subgid. Also where newuidmap and newgidmap are, whether
 * set-id programs work for us, and whether /proc shows our pid namespace. No ranges is not an error
 * here: the plan says so.
 */
int act_probe_subids(struct arena *arena, struct host *host, struct err *err)
	__attribute__((warn_unused_result));

#endif
