/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cap.c - capability sets, through libcap-ng. */
#include "sys/cap.h"

#include <cap-ng.h>
#include <errno.h>
#include <unistd.h>

int sys_cap_keep_only(uint64_t keep)
{
	int r;

	/* The library keeps the id of the first thread that used it, which may be our parent. */
	capng_setpid(gettid());
	capng_clear(CAPNG_SELECT_ALL);
	for (unsigned int cap = 0; cap < 64; cap++) {
		if ((keep >> cap & 1) == 0)
			continue;
		if (capng_update(CAPNG_ADD,
				 (capng_type_t)(CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_INHERITABLE |
						CAPNG_BOUNDING_SET | CAPNG_AMBIENT),
				 cap) < 0)
			return -EINVAL;
	}
	/* The library tells which set it failed on, errno why: both come from the kernel call. */
	errno = 0;
	r = capng_apply(CAPNG_SELECT_ALL);
	if (r != 0)
		return errno != 0 ? -errno : -EPERM;
	return 0;
}

bool sys_cap_is_effective(unsigned int cap)
{
	capng_setpid(gettid());
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, cap) == 1;
}
