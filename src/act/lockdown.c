/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lockdown.c - what a process gives up for good. */
#include "act/lockdown.h"

#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "plan/plan.h"
#include "sys/cap.h"
#include "sys/file.h"
#include "sys/process.h"

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

int act_close_fds(struct err *err)
{
	/*
	 * At the exec, not now: the pipe that reports a failed exec is still needed. Whatever the caller
	 * of pinfold left open, by mistake or not, ends here (CVE-2024-21626).
	 */
	int r = sys_cloexec_from(3);

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
