/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* landlock.c - Landlock's three calls. */
#include "sys/landlock.h"

#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of our own: the headers of distributions lag behind their kernels. The numbers are those of every
 * architecture but alpha. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum { CREATE_VERSION = 1, RULE_PATH_BENEATH = 1 };

/* struct landlock_ruleset_attr of 6.12. A kernel that knows less takes it as long as the rest is zero. */
struct rule_set {
	uint64_t files;
	uint64_t ports;
	uint64_t scopes;
};

/* struct landlock_path_beneath_attr. */
struct path_rule {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_landlock_version(void)
{
	return result(syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION));
}

int sys_landlock_create(uint64_t files, uint64_t scopes)
{
	const struct rule_set set = {.files = files, .scopes = scopes};

	return result(syscall(SYS_landlock_create_ruleset, &set, sizeof(set), 0));
}

int sys_landlock_allow(int rules_fd, int fd, uint64_t rights)
{
	const struct path_rule rule = {.rights = rights, .fd = fd};

	return result(syscall(SYS_landlock_add_rule, rules_fd, RULE_PATH_BENEATH, &rule, 0));
}

int sys_landlock_enter(int rules_fd)
{
	return result(syscall(SYS_landlock_restrict_self, rules_fd, 0));
}
