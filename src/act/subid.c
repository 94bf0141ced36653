/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* subid.c - the caller's subordinate ids. */
#include "config.h"

#include "act/subid.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "sys/file.h"
#include "sys/process.h"

static void add_range(struct arena *arena, struct id_range **ranges, size_t *count, unsigned long start,
		      unsigned long length)
{
	if (length == 0 || start > UINT32_MAX || length > UINT32_MAX - start)
		return;
	*ARENA_PUSH(arena, *ranges, *count) =
		(struct id_range){.start = (uint32_t)start, .count = (uint32_t)length};
}

/* subuid(5): NAME:START:COUNT or UID:START:COUNT a line. */
static void read_file(struct arena *arena, const char *path, const char *user, uid_t uid,
		      struct id_range **ranges, size_t *count)
{
	FILE *file = fopen(path, "re");
	char line[256];
	char number[16];

	if (file == NULL)
		return;
	(void)snprintf(number, sizeof(number), "%u", uid);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *rest = line;
		const char *owner = strsep(&rest, ":");
		const char *start = strsep(&rest, ":");

		if (rest != NULL && (str_eq(owner, user) || str_eq(owner, number)))
			add_range(arena, ranges, count, strtoul(start, NULL, 10), strtoul(rest, NULL, 10));
	}
	(void)fclose(file);
}

#ifdef HAVE_LIBSUBID

#include <shadow/subid.h>

#include "base/lib.h"

struct api {
	__typeof__(&subid_init) init;
	__typeof__(&subid_get_uid_ranges) get_uid_ranges;
	__typeof__(&subid_get_gid_ranges) get_gid_ranges;
};

/* True when the library answered, also when the answer is that there are no ranges. */
static bool ask_library(struct arena *arena, const char *user, struct host *host)
{
	static const struct lib_symbol symbols[] = {
		LIB_SYMBOL(struct api, init, subid_init),
		LIB_SYMBOL(struct api, get_uid_ranges, subid_get_uid_ranges),
		LIB_SYMBOL(struct api, get_gid_ranges, subid_get_gid_ranges),
	};
	CLEANUP_FREE struct subid_range *uids = NULL;
	CLEANUP_FREE struct subid_range *gids = NULL;
	struct api api;
	struct err err;
	FILE *nowhere; /* the library's from then on */
	int uid_count;
	int gid_count;

	if (lib_load(LIBSUBID_SONAME, symbols, ARRAY_SIZE(symbols), &api, &err) < 0)
		return false;
	/* Its own messages go nowhere; ours say more. With NULL it would open that itself, and not CLOEXEC.
	 */
	nowhere = fopen("/dev/null", "we");
	if (nowhere == NULL || !api.init("pinfold", nowhere))
		return false;
	uid_count = api.get_uid_ranges(user, &uids);
	gid_count = api.get_gid_ranges(user, &gids);
	if (uid_count < 0 || gid_count < 0)
		return false;
	for (int i = 0; i < uid_count; i++)
		add_range(arena, &host->subuids, &host->subuid_count, uids[i].start, uids[i].count);
	for (int i = 0; i < gid_count; i++)
		add_range(arena, &host->subgids, &host->subgid_count, gids[i].start, gids[i].count);
	return true;
}

#else

static bool ask_library(struct arena *arena, const char *user, struct host *host)
{
	(void)arena, (void)user, (void)host;
	return false;
}

#endif

/* Set-id helpers are taken from where systems install them, never from a PATH that others may write. */
static const char *find_helper(struct arena *arena, const char *name)
{
	static const char *const dirs[] = {"/usr/bin",	"/bin",	 "/usr/local/bin",
					   "/usr/sbin", "/sbin", "/run/wrappers/bin"};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *path = arena_printf(arena, "%s/%s", dirs[i], name);

		if (sys_stat(path, &st) >= 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0)
			return path;
	}
	return NULL;
}

int act_probe_subids(struct arena *arena, struct host *host, struct err *err)
{
	const struct passwd *entry = getpwuid(host->uid);
	char self[32];
	const char *user;

	if (entry == NULL) {
		err_set(err, ERR_HOST, "host.no-subids", 0,
			"uid %u has no name, so it has no subordinate ids", host->uid);
		return err_hint(err, "use map = self or root");
	}
	user = arena_strdup(arena, entry->pw_name);
	if (!ask_library(arena, user, host)) {
		read_file(arena, "/etc/subuid", user, host->uid, &host->subuids, &host->subuid_count);
		read_file(arena, "/etc/subgid", user, host->uid, &host->subgids, &host->subgid_count);
	}
	host->newuidmap = find_helper(arena, "newuidmap");
	host->newgidmap = find_helper(arena, "newgidmap");
	host->has_no_new_privs = sys_has_no_new_privs();
	if (sys_readlink("/proc/self", self, sizeof(self)) > 0)
		host->is_proc_ours = strtol(self, NULL, 10) == getpid();
	return 0;
}
