/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* profile_files.h - the files that profiles are in: read, listed, made. */
#ifndef PINFOLD_ACT_PROFILE_FILES_H
#define PINFOLD_ACT_PROFILE_FILES_H

#include "plan/profile.h"

struct arena;
struct err;

/*
 * Reads profiles from the file system. A profile is a regular file of at most 4 MiB: -EFBIG when it is
 * larger, -EINVAL when it is a device, a FIFO or a socket.
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
