/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_cgroup.h - the cgroups that the caller is in, and whether he may divide them. */
#ifndef PINFOLD_ACT_PROBE_CGROUP_H
#define PINFOLD_ACT_PROBE_CGROUP_H

struct arena;
struct host;

/*
 * Fills host->cgroups. Looked for at /sys/fs/cgroup, and where systemd has version 2 besides version 1. None
 * is no error here: the plan says so.
 */
void act_probe_cgroups(struct arena *arena, struct host *host);

/* Our cgroup of version 2, from its mount on, in the arena; NULL where it is not below that. cgroups(7) */
const char *act_own_cgroup(struct arena *arena);

#endif
