/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cputime.c - the processor time of a whole sandbox, as the supervisor asks for it. */
#include "act/cputime.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act/cgroup.h"
#include "base/err.h"
#include "base/fd.h"
#include "sys/file.h"
#include "sys/process.h"

void act_cputime_open(struct cputime *cputime)
{
	cputime->counter_fd = sys_cpu_counter();
	if (cputime->counter_fd < 0)
		cputime->counter_fd = -1;
}

/* Fields utime, stime, cutime and cstime of /proc/PID/stat, in ticks. proc_pid_stat(5). */
static bool parse_stat(const char *text, uint64_t *ret_ticks)
{
	enum { FIRST = 14, LAST = 17 };
	/* The name, in brackets, may itself contain spaces and brackets. */
	const char *field = strrchr(text, ')');

	*ret_ticks = 0;
	for (int number = 2; field != NULL && number < LAST; number++) {
		field = strchr(field + 1, ' ');
		if (field != NULL && number + 1 >= FIRST)
			*ret_ticks += strtoull(field, NULL, 10);
	}
	return field != NULL;
}

/* One process's ticks, added. One that has gone meanwhile has none. */
static int add_process(int proc_fd, const char *name, uint64_t *ticks)
{
	char path[64];
	char text[1024];
	uint64_t own;
	int r;

	if (strspn(name, "0123456789") != strlen(name))
		return 0;
	(void)snprintf(path, sizeof(path), "%s/stat", name);
	r = sys_read_file(proc_fd, path, text, sizeof(text));
	if (r == -ENOENT || r == -ESRCH)
		return 0;
	if (r < 0)
		return r;
	if (!parse_stat(text, &own))
		return -EPROTO;
	*ticks += own;
	return 0;
}

static int add_up(int proc_fd, uint64_t *ret_ticks)
{
	char buf[8192] __attribute__((aligned(8)));
	CLEANUP_FD int dir_fd = sys_open(proc_fd, ".", O_RDONLY | O_DIRECTORY, 0);
	int n = dir_fd;

	*ret_ticks = 0;
	while (n >= 0) {
		n = sys_read_dir(dir_fd, buf, sizeof(buf));
		if (n <= 0)
			break;
		for (int at = 0; at < n;) {
			int len;
			int r = add_process(proc_fd, sys_dir_entry(buf + at, &len), ret_ticks);

			if (r < 0)
				return r;
			at += len;
		}
	}
	return n;
}

static int read_counter(int fd, uint64_t *ret_ns)
{
	int r = sys_read(fd, ret_ns, sizeof(*ret_ns));

	if (r < 0)
		return r;
	return r == (int)sizeof(*ret_ns) ? 0 : -EIO;
}

static int fail(struct err *err, int r)
{
	return err_set(err, ERR_SYSTEM, "system.cpu-time", -r,
		       "cannot tell how much processor time the sandbox has used, so it was killed");
}

int act_cputime_read(const struct cputime *cputime, uint64_t *ret_ns, struct err *err)
{
	uint64_t ticks;
	uint64_t counted = 0;
	int r;

	if (cputime->cgroup_fd >= 0) {
		r = act_cgroup_cpu(cputime->cgroup_fd, ret_ns);
		return r < 0 ? fail(err, r) : 0;
	}
	r = add_up(cputime->proc_fd, &ticks);
	if (r == 0 && cputime->counter_fd >= 0)
		r = read_counter(cputime->counter_fd, &counted);
	if (r < 0)
		return fail(err, r);
	*ret_ns = ticks * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
	if (*ret_ns < counted)
		*ret_ns = counted;
	return 0;
}

uint64_t act_cputime_counted(const struct cputime *cputime)
{
	uint64_t ns;

	return cputime->counter_fd >= 0 && read_counter(cputime->counter_fd, &ns) == 0 ? ns : 0;
}

void act_cputime_close(struct cputime *cputime)
{
	fd_close_ptr(&cputime->counter_fd);
	fd_close_ptr(&cputime->proc_fd);
}
