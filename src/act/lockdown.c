/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lockdown.c - what a process gives up for good. */
#include "act/lockdown.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "sys/cap.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/terminal.h"

static const char init_name[] = "pinfold-init";

int act_hide_init(const struct argv_area *area, struct err *err)
{
	int r = sys_set_dumpable(false);

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.undumpable", -r, "cannot make init undumpable");
	memset(area->start, 0, area->len);
	if (area->len > sizeof(init_name))
		memcpy(area->start, init_name, sizeof(init_name));
	r = sys_set_name(init_name);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.name", -r, "cannot name init");
	return 0;
}

int act_check_stdio(struct err *err)
{
	for (int fd = 0; fd <= 2; fd++) {
		struct stat st;

		if (sys_fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		err_set(err, ERR_USAGE, "usage.directory-fd", 0, "descriptor %d is a directory of the host",
			fd);
		return err_hint(err, "the program could walk from it to everything above: redirect from a "
				     "file or /dev/null, "
				     "and grant the directory with --ro or --rw");
	}
	return 0;
}

static int refuse_fd(int fd, const char *option, const char *what, struct err *err)
{
	return err_set(err, ERR_USAGE, "usage.fd-unfit", 0, "%s: descriptor %d %s", option, fd, what);
}

/* One that the caller must have opened; access: O_RDONLY or O_WRONLY, what it must be open for; -1: whatever.
 */
static int check_named(int fd, const char *option, int access, struct err *err)
{
	int mode;

	if (fd < 0)
		return 0;
	if (sys_is_cloexec(fd) != 0) {
		(void)refuse_fd(fd, option, "is not open", err);
		return err_hint(err, "open it for pinfold, as the shell does with %d<FILE or %d>FILE", fd,
				fd);
	}
	mode = access < 0 ? -1 : sys_access_mode(fd);
	if (mode == access || mode == O_RDWR)
		return 0;
	(void)refuse_fd(fd, option,
			access == O_WRONLY ? "is not open for writing" : "is not open for reading", err);
	return err_hint(err, access == O_WRONLY ? "open it with %d>FILE" : "open it with %d<FILE", fd);
}

static int check_passed(int fd, struct err *err)
{
	struct stat st;

	if (check_named(fd, "--fd", -1, err) < 0)
		return -1;
	if (sys_fstat(fd, &st) < 0 || S_ISDIR(st.st_mode)) {
		(void)refuse_fd(fd, "--fd", "is a directory of the host", err);
		return err_hint(err,
				"the program could walk from it to everything above: grant the directory "
				"with --ro or --rw");
	}
	if (!sys_is_terminal(fd))
		return 0;
	(void)refuse_fd(fd, "--fd", "is a terminal", err);
	return err_hint(err, "the program could type into it: leave it to 0, 1 and 2");
}

int act_check_fds(const struct plan_caller *caller, struct err *err)
{
	for (size_t i = 0; i < caller->fd_count; i++) {
		if (check_passed(caller->fds[i], err) < 0)
			return -1;
	}
	if (check_named(caller->block_fd, "--block-fd", O_RDONLY, err) < 0 ||
	    check_named(caller->status.fd, "--status", O_WRONLY, err) < 0)
		return -1;
	return check_named(caller->meta.fd, "--meta", O_WRONLY, err);
}

int act_close_fds(const struct plan_caller *caller, struct err *err)
{
	unsigned int next = 3;
	int r = 0;

	/*
	 * At the exec, not now: the pipe that reports a failed exec is still needed. Whatever the caller
	 * of pinfold left open, by mistake or not, ends here (CVE-2024-21626).
	 */
	for (size_t i = 0; i < caller->fd_count && r == 0; i++) {
		const unsigned int fd = (unsigned int)caller->fds[i];

		if (fd > next)
			r = sys_cloexec_range(next, fd - 1);
		next = fd + 1;
	}
	if (r == 0)
		r = sys_cloexec_from(next);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.close-range", -r, "cannot close descriptors");
	return 0;
}

int act_keep_fds(const int *fds, size_t count, struct err *err)
{
	unsigned int next = 0;
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		if ((unsigned int)fds[i] > next)
			r = sys_close_range(next, (unsigned int)fds[i] - 1);
		next = (unsigned int)fds[i] + 1;
	}
	if (r == 0)
		r = sys_close_range(next, ~0U);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.close-range", -r, "cannot close descriptors");
	return 0;
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* 0, 1, 2, those that are passed on, and more of which some may be -1. */
static int keep_with(const struct plan_caller *caller, const int *more, size_t more_count, struct err *err)
{
	enum { MAX_MORE = 4 };
	int kept[3 + PLAN_MAX_FDS + MAX_MORE] = {0, 1, 2};
	size_t count = 3;

	for (size_t i = 0; i < caller->fd_count; i++)
		kept[count++] = caller->fds[i];
	for (size_t i = 0; i < more_count && i < MAX_MORE; i++) {
		if (more[i] >= 0)
			kept[count++] = more[i];
	}
	qsort(kept, count, sizeof(kept[0]), compare_ints);
	return act_keep_fds(kept, count, err);
}

int act_keep_named(const struct plan_caller *caller, int own_fd, struct err *err)
{
	const int more[] = {own_fd, caller->block_fd, caller->status.fd, caller->meta.fd};

	return keep_with(caller, more, ARRAY_SIZE(more), err);
}

int act_keep_passed(const struct plan_caller *caller, int own_fd, struct err *err)
{
	const int more[] = {own_fd};

	return keep_with(caller, more, ARRAY_SIZE(more), err);
}

int act_drop_caps(const struct plan *plan, struct err *err)
{
	int r = sys_set_securebits(plan->securebits);

	/* Securebits first: locking them takes CAP_SETPCAP, which goes with the rest. */
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.securebits", -r, "cannot lock the securebits");
	r = sys_cap_keep_only(plan->keep_caps);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.capabilities", -r, "cannot drop capabilities");
	/* No set-id bit and no file capability counts from here on; a filter needs it to be loaded. */
	r = sys_set_no_new_privs();
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.no-new-privs", -r, "cannot set no_new_privs");
	return 0;
}

int act_set_memory(const struct plan *plan, struct err *err)
{
	const struct plan_program *program = &plan->program;
	int r = program->sets_personality ? sys_set_personality(program->personality) : 0;

	if (r < 0) {
		err_set(err, ERR_HOST, "host.personality", -r, "cannot set the personality %#x",
			program->personality);
		return err_hint(err, "an outer filter refuses personality(2): start pinfold without setarch, "
				     "and leave aslr = no out");
	}
	r = program->has_mdwe ? sys_set_mdwe() : 0;
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.mdwe", -r,
			       "cannot keep memory from becoming executable");
	return 0;
}

int act_drop_kept_caps(const struct plan *plan, struct err *err)
{
	int r = plan->keep_caps == 0 ? 0 : sys_cap_drop_all();

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.capabilities", -r, "cannot drop init's capabilities");
	return 0;
}
