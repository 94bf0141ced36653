/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cap.h - capability sets, through libcap-ng. Every function returns >= 0, or -errno. */
#ifndef PINFOLD_SYS_CAP_H
#define PINFOLD_SYS_CAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Leaves the bits of `keep` (1 << CAP_*) in the permitted, effective, inheritable, bounding and
 * ambient sets and nothing else in any of them. Needs CAP_SETPCAP for the bounding set.
 * capabilities(7); libcap-ng's capng_apply(3).
 */
int sys_cap_keep_only(uint64_t keep);

/*
 * Empties the permitted, effective and inheritable sets. The bounding set, which only an exec looks at,
 * stays: for a process that executes nothing any more.
 */
int sys_cap_drop_all(void);

/* True when the effective set has the capability. */
bool sys_cap_is_effective(unsigned int cap);

#endif
