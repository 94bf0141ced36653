/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profile_files.h - the files that profiles are in: read, listed, made. */
#ifndef PINFOLD_ACT_PROFILE_FILES_H
#define PINFOLD_ACT_PROFILE_FILES_H

#include <stdbool.h>

#include "plan/profile.h"

struct arena;
struct err;

/*
 * How far a path may lead. On the mount of "/" nothing hangs that would not hang everything, so what is there
 * needs no deadline, and no process to keep it.
 */
struct profile_reach {
	bool is_near; /* no further than that mount */
	bool is_far;  /* something did lead further, and was not opened: -EXDEV */
};

/* openat(2) within reach (RESOLVE_NO_XDEV, Linux 5.6); reach NULL: anywhere. */
int act_reach_open(struct profile_reach *reach, const char *path, int flags);

/*
 * Reads profiles from the file system. A profile is a regular file of at most 4 MiB: -EFBIG when it is
 * larger, -EINVAL when it is a device, a FIFO or a socket. Its user is a struct profile_reach, or NULL.
 */
extern const struct profile_loader act_profile_loader;

/*
 * Makes the file at path with the text, and the directories above it, with mode 0700, as far as they are
 * missing. What is there already is never touched. Returns 0, or -1 with *err (ERR_CONFIG when the file
 * exists, else ERR_SYSTEM).
 */
int act_make_profile(struct arena *arena, const char *path, const char *text, struct err *err)
	__attribute__((warn_unused_result));

#endif
