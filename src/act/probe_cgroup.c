/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe_cgroup.c - the cgroups that the caller is in, and whether he may divide them. */
#include "act/probe_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act/scope.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "sys/file.h"

/* Where version 2 is mounted, or NULL. */
static const char *find_mount(void)
{
	static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		if (sys_is_on(mounts[i], CGROUP2_SUPER_MAGIC) == 1)
			return mounts[i];
	}
	return NULL;
}

const char *act_own_cgroup(struct arena *arena)
{
	static const char mark[] = "0::";
	char text[8192];

	if (sys_read_file(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)) <= 0)
		return NULL;
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *path = line + strlen(mark);

		/* "/../.." is what a cgroup namespace shows of what is above its root. */
		if (str_starts(line, mark) && !str_starts(path, "/.."))
			return arena_strndup(arena, path, strcspn(path, "\n"));
	}
	return NULL;
}

/* The set of controllers in a file; an empty one where it cannot be read. */
static unsigned int read_set(int fd, const char *file)
{
	char text[512];

	return sys_read_file(fd, file, text, sizeof(text)) > 0 ? host_controllers(text) : 0;
}

/* Of another pid namespace a process has the number 0. What cannot be read may be anybody. */
static bool has_others(int fd)
{
	char text[1024];
	char *end;

	if (sys_read_file(fd, "cgroup.procs", text, sizeof(text)) < 0)
		return true;
	for (const char *line = text; *line != '\0'; line = end + strspn(end, "\n")) {
		const long pid = strtol(line, &end, 10);

		if (end == line || pid != getpid())
			return true;
	}
	return false;
}

static bool is_writable(int fd)
{
	static const char *const paths[] = {".", "cgroup.procs", "cgroup.subtree_control"};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (sys_access(fd, paths[i], W_OK) < 0)
			return false;
	}
	return true;
}

static void add_cgroup(struct arena *arena, struct host *host, struct host_cgroup **items, const char *path)
{
	CLEANUP_FD int fd = sys_open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);

	if (fd < 0)
		return;
	*ARENA_PUSH(arena, *items, host->cgroups.count) =
		(struct host_cgroup){.path = arena_strdup(arena, path),
				     .available = read_set(fd, "cgroup.controllers"),
				     .enabled = read_set(fd, "cgroup.subtree_control"),
				     .is_writable = is_writable(fd),
				     .has_others = has_others(fd),
				     .is_top = sys_access(fd, "cgroup.type", F_OK) == -ENOENT};
}

static void probe_manager(struct arena *arena, struct host *host, const char *mount)
{
	const char *path;
	const char *socket;
	struct stat st;

	if (host->runtime == NULL) {
		host->cgroups.unasked = host->cgroups.has_systemd ? MANAGER_NO_RUNTIME : MANAGER_ASKED;
		return;
	}
	socket = arena_printf(arena, "%s/%s", host->runtime, ACT_SCOPE_SOCKET);
	if (sys_stat(socket, &st) < 0 || !S_ISSOCK(st.st_mode) || st.st_uid != host->uid)
		return;
	if (!act_scope_can_ask()) {
		host->cgroups.unasked = MANAGER_NO_LIBRARY;
		return;
	}
	path = arena_printf(arena, "%s/user.slice/user-%u.slice/user@%u.service/cgroup.controllers", mount,
			    host->uid, host->uid);
	host->cgroups.manager_socket = socket;
	host->cgroups.manager = read_set(AT_FDCWD, path);
}

static bool has_systemd(void)
{
	struct stat st;

	return sys_stat("/run/systemd/system", &st) == 0 && S_ISDIR(st.st_mode);
}

/* proc_swaps(5): a line of names, and one for each. What cannot be read may be any. */
static bool has_swap(void)
{
	char text[1024];
	int r = sys_read_file(AT_FDCWD, "/proc/swaps", text, sizeof(text));
	const char *line = r < 0 ? NULL : strchr(text, '\n');

	return r == -ENOENT ? false : line == NULL || line[1] != '\0';
}

void act_probe_cgroups(struct arena *arena, struct host *host)
{
	const char *mount = find_mount();
	const char *own = mount != NULL ? act_own_cgroup(arena) : NULL;
	struct host_cgroup *items = NULL;
	char *path;

	if (own == NULL)
		return;
	path = arena_printf(arena, "%s%s", mount, str_eq(own, "/") ? "" : own);
	for (;;) {
		add_cgroup(arena, host, &items, path);
		if (strlen(path) <= strlen(mount))
			break;
		*strrchr(path, '/') = '\0';
	}
	host->cgroups.items = items;
	host->cgroups.has_systemd = has_systemd();
	host->cgroups.has_swap = has_swap();
	probe_manager(arena, host, mount);
}
