/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setup.c - the small things that a new namespace wants: clocks, names, loopback, limits. */
#include "act/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"

#define USERNS_LIMIT "sys/user/max_user_namespaces"

int act_make_dirs(const char *path, size_t *ret_len)
{
	char partial[PATH_MAX];
	size_t len = strlen(path);

	*ret_len = len;
	if (len >= sizeof(partial))
		return -ENAMETOOLONG;
	for (size_t at = 1; at <= len; at++) {
		int r;

		if (path[at] != '/' && path[at] != '\0')
			continue;
		memcpy(partial, path, at);
		partial[at] = '\0';
		r = sys_mkdir(AT_FDCWD, partial, 0700);
		*ret_len = at;
		if (r < 0 && r != -EEXIST && r != -EISDIR)
			return r;
	}
	return 0;
}

static int fail_own(struct err *err, int r, const char *path, size_t len)
{
	err_set(err, ERR_HOST, "host.own-directory", -r, "cannot make %.*s, to mask it", (int)len, path);
	return err_hint(err,
			"a writable grant contains it, and pinfold's own directories are out of reach for "
			"programs: grant less, or make it yourself");
}

/* An empty file, of which nothing is written if somebody was faster. */
static int make_file(const char *path, size_t *ret_len)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	int r;

	*ret_len = (size_t)(slash - path);
	if (*ret_len >= sizeof(dir))
		return -ENAMETOOLONG;
	memcpy(dir, path, *ret_len);
	dir[*ret_len] = '\0';
	r = act_make_dirs(dir, ret_len);
	if (r < 0)
		return r;
	*ret_len = strlen(path);
	r = sys_make_empty(AT_FDCWD, path, 0600);
	return r == -EEXIST ? 0 : r;
}

int act_make_own_dirs(const struct plan *plan, const char *_Atomic *ret_at, struct err *err)
{
	const struct plan_root *root = &plan->root;
	size_t len;

	for (size_t i = 0; i < root->made_count; i++) {
		int r;

		atomic_store(ret_at, root->made_dirs[i]);
		r = act_make_dirs(root->made_dirs[i], &len);
		if (r < 0)
			return fail_own(err, r, root->made_dirs[i], len);
	}
	for (size_t i = 0; i < root->made_file_count; i++) {
		int r;

		atomic_store(ret_at, root->made_files[i]);
		r = make_file(root->made_files[i], &len);
		if (r < 0)
			return fail_own(err, r, root->made_files[i], len);
	}
	return 0;
}

int act_set_clocks(const struct plan *plan, struct err *err)
{
	CLEANUP_FD int fd = -1;
	char text[64];
	int r;

	if (!plan->has_time_offsets)
		return 0;
	r = sys_unshare(CLONE_NEWTIME);
	if (r < 0) {
		err_set(err, ERR_HOST, "host.time-namespace", -r, "cannot make a time namespace");
		return err_hint(err, "the kernel lacks CONFIG_TIME_NS: use time = host without offsets");
	}
	for (size_t i = 0; i < plan->offset_count; i++) {
		const struct plan_offset *offset = &plan->offsets[i];

		(void)snprintf(text, sizeof(text), "%s %" PRId64 " 0\n", offset->clock, offset->seconds);
		r = sys_write_file(AT_FDCWD, "/proc/self/timens_offsets", text);
		if (r == 0)
			continue;
		err_set(err, ERR_CONFIG, "config.offset", -r,
			"the kernel does not take time-offset = %s:%" PRId64, offset->clock, offset->seconds);
		err_hint(err, "no clock can be shifted to before zero or by more than about 146 years");
		return origin_blame(err, offset->origin);
	}
	/* unshare moved only children into it; init is to have the program's clocks, so it enters too. */
	fd = sys_open(AT_FDCWD, "/proc/self/ns/time_for_children", O_RDONLY, 0);
	r = fd < 0 ? fd : sys_setns(fd, CLONE_NEWTIME);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.time-namespace", -r,
			       "cannot enter the time namespace");
	return 0;
}

int act_set_names(const struct plan *plan, struct err *err)
{
	int r;

	if (plan->hostname == NULL)
		return 0;
	r = sys_set_hostname(plan->hostname);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.hostname", -r, "cannot set the host name %s",
			       plan->hostname);
	r = sys_set_domainname(plan->domainname);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.domainname", -r, "cannot set the domain name %s",
			       plan->domainname);
	return 0;
}

int act_leave_keyring(const struct plan *plan, struct err *err)
{
	int r = sys_join_session_keyring();

	/* A user may have 200 keys (EDQUOT), and a kernel none: no loss where the filter refuses every call
	 * of them. */
	if (r >= 0 || r == -ENOSYS || !plan->filter.allows_keys)
		return 0;
	err_set(err, ERR_HOST, "host.keyring", -r, "cannot make a session keyring for the program");
	return err_hint(err, "[seccomp] allows calls of @keyring, which would reach your own keys: revoke "
			     "some (keyctl(1)), or "
			     "do not allow them");
}

int act_limit_userns(const struct plan *plan, int proc_fd, struct err *err)
{
	int r;

	if (!plan->limits_userns)
		return 0;
	/* The host's /proc first: it is there with proc = none too. Inside containers it may be read-only. */
	r = sys_write_file(AT_FDCWD, "/proc/" USERNS_LIMIT, "0");
	if (r < 0 && proc_fd >= 0)
		r = sys_write_file(proc_fd, USERNS_LIMIT, "0");
	if (r == 0)
		return 0;
	err_set(err, ERR_HOST, "host.userns-limit", -r, "cannot forbid nested user namespaces");
	return err_hint(err, "/proc/" USERNS_LIMIT
			     " is not writable here: mount a fresh /proc, or use nested = full");
}

int act_set_start(const struct plan *plan, struct err *err)
{
	const struct plan_program *program = &plan->program;
	int r = sys_chdir(program->chdir);

	(void)sys_umask(program->umask);
	if (r == 0)
		return 0;
	if (program->chdir_else != NULL && sys_chdir(program->chdir_else) == 0)
		return 0;
	err_set(err, ERR_CONFIG, "config.chdir", -r, "cannot start the program in %s", program->chdir);
	err_hint(err, "the directory is looked for inside the sandbox: grant it, or name another");
	return origin_blame(err, program->chdir_origin);
}
