/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cap.c - capability sets, through libcap-ng. */
#include "sys/cap.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * One call a capability, until the kernel knows no further one; those up to CAP_CHECKPOINT_RESTORE it knows
 * from 5.9 on. capng_apply(CAPNG_SELECT_BOUNDS) does the same, but reads /proc/self/status before and after:
 * it needs a /proc, and takes twice the time.
 */
static int drop_bounding(uint64_t keep)
{
	for (unsigned int cap = 0; cap < 64; cap++) {
		if ((keep >> cap & 1) == 0 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return errno == EINVAL && cap > CAP_CHECKPOINT_RESTORE ? 0 : -errno;
	}
	return 0;
}

static int apply(capng_select_t set)
{
	/* The library says which set it failed on; errno, why. */
	errno = 0;
	if (capng_apply(set) != 0)
		return errno != 0 ? -errno : -EPERM;
	return 0;
}

int sys_cap_keep_only(uint64_t keep)
{
	int r = drop_bounding(keep);

	if (r < 0)
		return r;
	/* The library keeps the id of the first thread that used it, which may be our parent. */
	capng_setpid(gettid());
	capng_clear(CAPNG_SELECT_ALL);
	for (unsigned int cap = 0; cap < 64; cap++) {
		if ((keep >> cap & 1) == 0)
			continue;
		if (capng_update(CAPNG_ADD,
				 (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE |
						CAPNG_AMBIENT),
				 cap) < 0)
			return -EINVAL;
	}
	r = apply(CAPNG_SELECT_CAPS);
	return r < 0 ? r : apply(CAPNG_SELECT_AMBIENT);
}

int sys_cap_drop_all(void)
{
	capng_setpid(gettid());
	capng_clear(CAPNG_SELECT_CAPS);
	return apply(CAPNG_SELECT_CAPS);
}

bool sys_cap_is_effective(unsigned int cap)
{
	capng_setpid(gettid());
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, cap) == 1;
}
