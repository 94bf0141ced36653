/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cgroup.c - the sandbox's cgroup, of version 2: made before the clone, removed at the end. */
#include "act/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "act/scope.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "sys/file.h"
#include "sys/process.h"

static const char prefix[] = "pinfold-";
static const char box[] = "box";

void act_cgroup_init(struct cgroup *cgroup)
{
	*cgroup = (struct cgroup){.parent_fd = -1, .fd = -1, .box_fd = -1};
}

void act_cgroup_close(struct cgroup *cgroup)
{
	fd_close_ptr(&cgroup->box_fd);
	fd_close_ptr(&cgroup->fd);
	fd_close_ptr(&cgroup->parent_fd);
}

static int fail(const struct plan_cgroup *plan, struct err *err, int r, const char *what)
{
	err_set(err, ERR_HOST, "host.cgroup-refused", -r, "%s", what);
	if (r == -EBUSY)
		err_hint(
			err,
			"another process is in the same cgroup: start pinfold in one of its own (systemd-run "
			"--user --scope -p Delegate=yes pinfold...)");
	else
		err_hint(err, "it could be made when it was looked at, a moment before: see who manages it");
	return origin_blame(err, plan->limits[0].origin);
}

/* ------------------------------------------------------------ whose it is */

/* When a process started, in ticks since boot: field 22 of proc_pid_stat(5). 0: there is no such process. */
static uint64_t start_of(const char *pid)
{
	enum { NAME = 2, START = 22 };
	char path[64];
	char text[1024];
	const char *field;

	(void)snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if (sys_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0)
		return 0;
	field = strrchr(text, ')');
	for (int number = NAME; field != NULL && number < START; number++)
		field = strchr(field + 1, ' ');
	return field != NULL ? strtoull(field + 1, NULL, 10) : 0;
}

/* Which pid namespace we are in: the numbers of another one say nothing to us. 0: not to be had. */
static uint64_t pid_namespace(void)
{
	struct stat st;

	return sys_stat("/proc/self/ns/pid", &st) < 0 ? 0 : st.st_ino;
}

static bool is_ours(uint64_t namespace)
{
	return namespace != 0 && namespace == pid_namespace();
}

/* Is there nobody any more who made a cgroup of this name? */
static bool is_orphaned(const char *name)
{
	uint64_t start;
	char *rest;
	char pid[16];
	const char *digits = str_starts(name, prefix) ? name + strlen(prefix) : "";
	const size_t len = strspn(digits, "0123456789");

	if (len == 0 || len >= sizeof(pid) || digits[len] != '-')
		return false;
	memcpy(pid, digits, len);
	pid[len] = '\0';
	start = strtoull(digits + len + 1, &rest, 10);
	return *rest == '-' && is_ours(strtoull(rest + 1, NULL, 10)) && start_of(pid) != start;
}

/* One with processes in it stays: the kernel says EBUSY. */
static void remove_tree(int parent_fd, const char *name)
{
	CLEANUP_FD int fd = sys_open(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);

	if (fd < 0)
		return;
	(void)sys_rmdir(fd, box);
	(void)sys_rmdir(parent_fd, name);
}

static void sweep(int parent_fd)
{
	char buf[8192] __attribute__((aligned(8)));
	CLEANUP_FD int dir_fd = sys_open(parent_fd, ".", O_RDONLY | O_DIRECTORY, 0);
	int n;

	while (dir_fd >= 0 && (n = sys_read_dir(dir_fd, buf, sizeof(buf))) > 0) {
		for (int at = 0; at < n;) {
			int len;
			const char *name = sys_dir_entry(buf + at, &len);

			if (is_orphaned(name))
				remove_tree(parent_fd, name);
			at += len;
		}
	}
}

/* ------------------------------------------------------------ the parent */

/* "+memory +pids", or with "-". */
static const char *switches(char text[64], char sign, unsigned int controllers)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < CONTROLLER_COUNT; i++) {
		if ((controllers >> i & 1) != 0)
			used += (size_t)snprintf(text + used, 64 - used, "%s%c%s", used > 0 ? " " : "", sign,
						 host_controller_names[i]);
	}
	return text;
}

static int move(int fd, const char *file, pid_t pid)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	return sys_write_file(fd, file, text);
}

/* A cgroup that has processes itself cannot be divided, so we go into one below it. */
static int leave(const struct plan_cgroup *plan, struct cgroup *cgroup)
{
	char path[sizeof(cgroup->leaf) + 16];
	int r;

	(void)snprintf(cgroup->leaf, sizeof(cgroup->leaf), "%s-supervisor", cgroup->name);
	r = sys_mkdir(cgroup->parent_fd, cgroup->leaf, 0755);
	if (r < 0) {
		cgroup->leaf[0] = '\0';
		return r;
	}
	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup->leaf);
	r = move(cgroup->parent_fd, path, 0);
	if (r < 0 || !plan->moves_caller)
		return r;
	cgroup->moved = getppid();
	return move(cgroup->parent_fd, path, cgroup->moved);
}

static void come_back(struct cgroup *cgroup)
{
	if (cgroup->leaf[0] == '\0')
		return;
	if (cgroup->enabled != 0) {
		char text[64];

		(void)sys_write_file(cgroup->parent_fd, "cgroup.subtree_control",
				     switches(text, '-', cgroup->enabled));
	}
	(void)move(cgroup->parent_fd, "cgroup.procs", 0);
	/* Unless it has ended, and its number is somebody else's. */
	if (cgroup->moved > 0 && cgroup->moved == getppid())
		(void)move(cgroup->parent_fd, "cgroup.procs", cgroup->moved);
	(void)sys_rmdir(cgroup->parent_fd, cgroup->leaf);
	cgroup->leaf[0] = '\0';
}

static int open_parent(struct arena *arena, const struct plan_cgroup *plan, struct cgroup *cgroup,
		       struct err *err)
{
	const char *path = plan->parent;
	char text[64];
	int r;

	if (plan->way == CGROUP_SCOPE && act_scope_enter(arena, plan, cgroup->name, &path, err) < 0)
		return -1;
	cgroup->path = arena_printf(arena, "%s/%s", path, cgroup->name);
	cgroup->parent_fd = sys_open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);
	if (cgroup->parent_fd < 0)
		return fail(plan, err, cgroup->parent_fd, "the cgroup for the sandbox's cannot be opened");
	if (plan->way == CGROUP_ANCESTOR)
		sweep(cgroup->parent_fd);
	r = plan->way == CGROUP_ANCESTOR ? 0 : leave(plan, cgroup);
	if (r < 0)
		return fail(plan, err, r, "our own cgroup cannot be left for one below it");
	if (plan->enables == 0)
		return 0;
	r = sys_write_file(cgroup->parent_fd, "cgroup.subtree_control", switches(text, '+', plan->enables));
	if (r < 0)
		return fail(plan, err, r, "the controllers for the sandbox's cgroup cannot be enabled");
	cgroup->enabled = plan->enables;
	return 0;
}

/* ------------------------------------------------------------ the cgroup */

static int set_limits(const struct plan_cgroup *plan, int fd, struct err *err)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_cgroup_limit *limit = &plan->limits[i];
		int r = sys_write_file(fd, limit->file, limit->text);

		if (r == 0 || (r == -ENOENT && limit->is_optional))
			continue;
		err_set(err, ERR_HOST, "host.cgroup-limit", -r,
			"cannot write %s to %s of the sandbox's cgroup", limit->text, limit->file);
		/* Whether it has the file is not known before there is a cgroup: so best-effort does not do
		 * without. */
		err_hint(err, r == -ENOENT
				      ? "this kernel is without it (io.weight: CONFIG_BLK_CGROUP_IOCOST; "
					"memory.swap.max: CONFIG_SWAP, and swapaccount=1 before Linux 6.1): "
					"leave the key out; for memory, turn swap off"
				      : "the kernel does not take this value: see cgroups(7)");
		return origin_blame(err, limit->origin);
	}
	return 0;
}

/*
 * Who has an oom_score_adj of -1000 is never killed, at the limit of a cgroup neither: everything inside
 * would stand still there. What we start inherits ours, and may not lower it; one more is enough.
 */
static int be_killable(const struct plan_cgroup *plan, struct err *err)
{
	static const char file[] = "/proc/self/oom_score_adj";
	char text[16];
	int r;

	if (!plan->has_memory || sys_read_file(AT_FDCWD, file, text, sizeof(text)) <= 0 ||
	    !str_starts(text, "-1000"))
		return 0;
	r = sys_write_file(AT_FDCWD, file, "-999");
	return r < 0 ? fail(plan, err, r, "what cannot be killed has no limit of memory (oom_score_adj)") : 0;
}

static int make_dirs(const struct plan_cgroup *plan, struct cgroup *cgroup, struct err *err)
{
	int r = sys_mkdir(cgroup->parent_fd, cgroup->name, 0755);

	if (r == 0)
		r = cgroup->fd = sys_open(cgroup->parent_fd, cgroup->name, O_PATH | O_DIRECTORY, 0);
	if (r >= 0)
		r = sys_mkdir(cgroup->fd, box, 0755);
	if (r >= 0)
		r = cgroup->box_fd = sys_open(cgroup->fd, box, O_PATH | O_DIRECTORY, 0);
	/* What the program made in the box would keep it from being removed, and cost memory of the host. */
	if (r >= 0)
		r = sys_write_file(cgroup->fd, "cgroup.max.descendants", "1");
	return r < 0 ? fail(plan, err, r, "the sandbox's cgroup cannot be made") : 0;
}

int act_cgroup_make(struct arena *arena, const struct plan_cgroup *plan, struct cgroup *cgroup,
		    struct err *err)
{
	struct timespec now;

	if (plan->way == CGROUP_NONE)
		return 0;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(cgroup->name, sizeof(cgroup->name), "%s%d-%" PRIu64 "-%" PRIu64 "-%ld", prefix,
		       (int)getpid(), start_of("self"), pid_namespace(), now.tv_nsec);
	if (open_parent(arena, plan, cgroup, err) == 0 && make_dirs(plan, cgroup, err) == 0 &&
	    set_limits(plan, cgroup->fd, err) == 0 && be_killable(plan, err) == 0)
		return 0;
	act_cgroup_remove(cgroup);
	return -1;
}

bool act_cgroup_explain(const struct plan_cgroup *plan, int errnum, struct err *err)
{
	static const int errnums[] = {EACCES, EBUSY, ENODEV, ENOENT, EOPNOTSUPP};

	for (size_t i = 0; plan->way != CGROUP_NONE && i < ARRAY_SIZE(errnums); i++) {
		if (errnums[i] != errnum)
			continue;
		(void)fail(plan, err, -errnum, "the sandbox cannot be started in its cgroup");
		return true;
	}
	return false;
}

void act_cgroup_thaw(const struct cgroup *cgroup)
{
	if (cgroup->fd < 0)
		return;
	(void)sys_write_file(cgroup->fd, "cgroup.freeze", "0");
	(void)sys_write_file(cgroup->box_fd, "cgroup.freeze", "0");
}

void act_cgroup_remove(struct cgroup *cgroup)
{
	/* A process that was killed leaves its cgroup in its last breath, a moment after it can be waited
	 * for. */
	enum { TRIES = 50, PAUSE_MS = 10 };

	if (cgroup->fd >= 0) {
		for (int i = 0; i < TRIES && sys_rmdir(cgroup->fd, box) == -EBUSY; i++)
			(void)sys_poll(NULL, 0, PAUSE_MS);
	}
	if (cgroup->parent_fd >= 0) {
		(void)sys_rmdir(cgroup->parent_fd, cgroup->name);
		come_back(cgroup);
	}
	act_cgroup_close(cgroup);
}

/* ------------------------------------------------------------ what was used */

/* The number behind a key at the start of a line; "": the first of the text. */
static bool find_number(const char *text, const char *key, uint64_t *ret)
{
	const size_t len = strlen(key);

	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		if (strncmp(line, key, len) != 0 || (len > 0 && line[len] != ' '))
			continue;
		*ret = strtoull(line + len, NULL, 10);
		return true;
	}
	return false;
}

static bool read_number(int fd, const char *file, const char *key, uint64_t *ret)
{
	char text[2048];

	*ret = 0;
	return sys_read_file(fd, file, text, sizeof(text)) > 0 && find_number(text, key, ret);
}

int act_cgroup_cpu(int fd, uint64_t *ret_ns)
{
	char text[2048];
	int r = sys_read_file(fd, "cpu.stat", text, sizeof(text));

	if (r < 0)
		return r;
	if (!find_number(text, "usage_usec", ret_ns))
		return -EPROTO;
	*ret_ns *= 1000;
	return 0;
}

void act_cgroup_read(const struct cgroup *cgroup, struct cgroup_usage *ret)
{
	uint64_t ooms;
	uint64_t kills;
	uint64_t hits;

	*ret = (struct cgroup_usage){0};
	if (cgroup->fd < 0)
		return;
	ret->has_cpu = act_cgroup_cpu(cgroup->fd, &ret->cpu_ns) == 0 &&
		       read_number(cgroup->fd, "cpu.stat", "user_usec", &ret->user_ns) &&
		       read_number(cgroup->fd, "cpu.stat", "system_usec", &ret->system_ns);
	ret->user_ns *= 1000;
	ret->system_ns *= 1000;
	ret->has_memory_peak = read_number(cgroup->fd, "memory.peak", "", &ret->memory_peak);
	ret->has_pids_peak = read_number(cgroup->fd, "pids.peak", "", &ret->pids_peak);
	/* Of a machine without memory left the kernel counts kills too, but no limit that was reached. */
	ret->is_oom = read_number(cgroup->fd, "memory.events", "oom", &ooms) && ooms > 0 &&
		      read_number(cgroup->fd, "memory.events", "oom_kill", &kills) && kills > 0;
	ret->has_hit_pids = read_number(cgroup->fd, "pids.events", "max", &hits) && hits > 0;
}
