/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe.c - the facts about the caller and the machine that a plan is made from. */
#include "config.h"

#include "act/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "act/limits.h"
#include "act/probe_paths.h"
#include "act/probe_watch.h"
#include "act/subid.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/path.h"
#include "plan/plan_build.h"
#include "plan/request.h"
#include "sys/cap.h"
#include "sys/file.h"
#include "sys/landlock.h"
#include "sys/process.h"
#include "sys/terminal.h"

enum { OVERFLOW_ID = 65534 };

/* A variable that holds an absolute path, normalized; anything else counts as unset. */
static const char *path_variable(struct arena *arena, const char *name)
{
	const char *value = getenv(name);
	const char *path;

	if (value == NULL || path_normalize(arena, value, &path) != PATH_OK)
		return NULL;
	return path;
}

static void probe_kernel(struct host *host)
{
	struct utsname name;
	char *rest;

	if (uname(&name) < 0)
		return;
	host->kernel_major = (unsigned int)strtoul(name.release, &rest, 10);
	if (*rest == '.')
		host->kernel_minor = (unsigned int)strtoul(rest + 1, NULL, 10);
}

/* Whatever the reason is that there is none to be had: the kernel's own, or an outer filter's. */
static void probe_features(struct host *host)
{
	int version = sys_landlock_version();
	int personality = sys_personality();

	host->landlock = version < 0 ? 0 : (unsigned int)version;
	host->personality = personality < 0 ? 0 : (unsigned int)personality;
}

/*
 * Is our uid the kernel's own 0? Inside a user namespace uid 0 may be anybody, and anybody may be uid 0. The
 * root of /proc (inode 1) belongs to the kernel's 0 as our namespace sees it, which is the overflow id where
 * it is not mapped. Without a /proc, uid 0 counts as root: the safe side.
 */
static bool is_kernel_root(uid_t uid)
{
	enum { PROC_ROOT_INODE = 1 };
	struct stat st;

	if (sys_stat("/proc", &st) < 0 || st.st_ino != PROC_ROOT_INODE)
		return uid == 0;
	return st.st_uid == uid && uid != OVERFLOW_ID;
}

static void probe_groups(struct arena *arena, struct host *host)
{
	int count = getgroups(0, NULL);
	gid_t *groups;
	uint32_t *kept = NULL;

	if (count <= 0)
		return;
	/* Not NGROUPS_MAX of them on the stack: that is 256 KiB to clear and to copy at the clone. */
	groups = arena_alloc(arena, (size_t)count * sizeof(groups[0]));
	count = getgroups(count, groups);
	for (int i = 0; i < count; i++) {
		if (groups[i] != host->gid)
			*ARENA_PUSH(arena, kept, host->group_count) = groups[i];
	}
	host->groups = kept;
}

static void probe_ids(struct host *host)
{
	host->uid = geteuid();
	host->gid = getegid();
	host->umask = sys_umask(0);
	(void)sys_umask(host->umask);
	host->is_root = is_kernel_root(host->uid);
	host->has_setfcap = host->uid == 0 && sys_cap_is_effective(CAP_SETFCAP);
}

/* HOME and USER say who the caller is; the password file does where they do not. */
static void probe_user(struct arena *arena, struct host *host)
{
	const char *user = getenv("USER");
	const struct passwd *entry;

	host->home = path_variable(arena, "HOME");
	host->user = str_is_empty(user) ? NULL : user;
	if (host->home != NULL && host->user != NULL)
		return;
	entry = getpwuid(host->uid);
	if (entry == NULL)
		return;
	if (host->user == NULL)
		host->user = arena_strdup(arena, entry->pw_name);
	if (host->home == NULL)
		(void)path_normalize(arena, entry->pw_dir, &host->home);
}

static void probe_directories(struct arena *arena, struct host *host)
{
	const struct {
		const char *variable, *below;
		const char **slot;
	} bases[] = {{"XDG_CONFIG_HOME", ".config", &host->config},
		     {"XDG_CACHE_HOME", ".cache", &host->cache},
		     {"XDG_DATA_HOME", ".local/share", &host->data},
		     {"XDG_STATE_HOME", ".local/state", &host->state}};
	const char *datadir = getenv("PINFOLD_DATADIR");
	char cwd[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		*bases[i].slot = path_variable(arena, bases[i].variable);
		if (*bases[i].slot == NULL && host->home != NULL)
			*bases[i].slot = arena_printf(arena, "%s/%s", host->home, bases[i].below);
	}
	host->runtime = path_variable(arena, "XDG_RUNTIME_DIR");
	host->sysconfdir = SYSCONFDIR;
	host->datadir = str_is_empty(datadir) ? DATADIR : datadir;
	/* "(unreachable)..." is what the kernel says of a directory outside our root. */
	if (getcwd(cwd, sizeof(cwd)) != NULL && cwd[0] == '/')
		host->cwd = arena_strdup(arena, cwd);
}

/* Where the user keeps his downloads, music... A file that is missing or too large names none. */
void act_probe_user_dirs(struct arena *arena, struct host *host, struct probe_watch *watch)
{
	CLEANUP_FD int fd = -1;
	char text[16 * 1024];
	const char *path;
	struct stat st;
	int r;

	if (host->config == NULL)
		return;
	path = arena_printf(arena, "%s/user-dirs.dirs", host->config);
	atomic_store(&watch->at, path);
	/* O_NONBLOCK: the name of a FIFO must not make us wait for its writer. */
	fd = act_reach_open(&watch->reach, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || sys_fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size >= (off_t)sizeof(text))
		return;
	r = sys_read(fd, text, sizeof(text) - 1);
	if (r <= 0)
		return;
	text[r] = '\0';
	if (strlen(text) == (size_t)r)
		host_take_user_dirs(host, arena, text);
}

unsigned int act_probe_terminals(void)
{
	unsigned int terminals = 0;

	for (int fd = 0; fd <= 2; fd++) {
		if (sys_is_terminal(fd))
			terminals |= 1U << fd;
	}
	return terminals;
}

static int probe_random(struct host *host, struct err *err)
{
	unsigned char bytes[(HOST_RANDOM_ID_SIZE - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_set(err, ERR_SYSTEM, "system.random", errno, "cannot get random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(host->random_id + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

int act_probe(struct arena *arena, struct host *ret_host, struct err *err)
{
	*ret_host = (struct host){.env = environ};
	probe_kernel(ret_host);
	probe_features(ret_host);
	probe_ids(ret_host);
	probe_groups(arena, ret_host);
	probe_user(arena, ret_host);
	probe_directories(arena, ret_host);
	ret_host->terminals = act_probe_terminals();
	host_settle_home(ret_host, arena);
	if (act_probe_limits(arena, ret_host, err) < 0)
		return -1;
	return probe_random(ret_host, err);
}

int act_probe_request(struct arena *arena, const struct request *request, struct host *host, struct err *err)
{
	if (act_probe_paths(arena, request, host, err) < 0)
		return -1;
	if (plan_wants_mdwe(request))
		host->has_mdwe = sys_has_mdwe();
	if (!plan_wants_subids(request))
		return 0;
	return act_probe_subids(arena, host, err);
}

/* Settings that refuse user namespaces, each with what it looks like and what to do. */
static const struct setting {
	int errnum;
	const char *path;
	const char *value; /* that it has when it is the cause */
	const char *id, *what, *hint;
} settings[] = {
	{ENOSPC, "/proc/sys/user/max_user_namespaces", "0", "host.userns-disabled",
	 "user namespaces are switched off here (user.max_user_namespaces is 0)",
	 "as root: sysctl user.max_user_namespaces=10000; inside a sandbox: let the outer one allow nested "
	 "ones (pinfold: nested = full)"},
	{EPERM, "/proc/sys/kernel/unprivileged_userns_clone", "0", "host.userns-disabled",
	 "user namespaces are for root only here (kernel.unprivileged_userns_clone is 0)",
	 "as root: sysctl kernel.unprivileged_userns_clone=1"},
	{EPERM, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "host.userns-apparmor",
	 "AppArmor lets only programs with a profile use user namespaces here",
	 "as root: install an AppArmor profile for pinfold that has the rule \"userns,\", or sysctl "
	 "kernel.apparmor_restrict_unprivileged_userns=0"},
};

/*
 * A profile for pinfold, or for who started it, without "userns,": EACCES, from Linux 6.7 on. SELinux's
 * refusal is the same, and has another label.
 */
static bool explain_apparmor_profile(int errnum, struct err *err)
{
	char label[256];
	char *mode;

	if (errnum != EACCES ||
	    sys_read_file(AT_FDCWD, "/proc/self/attr/apparmor/current", label, sizeof(label)) < 0)
		return false;
	mode = strstr(label, " (enforce)");
	if (mode == NULL)
		return false;
	*mode = '\0';
	err_set(err, ERR_HOST, "host.userns-apparmor", errnum,
		"AppArmor's profile %s, which pinfold runs under, lets it make no user namespaces", label);
	err_hint(err, "as root: add the rule \"userns,\" to that profile");
	return true;
}

int act_explain_clone(int errnum, struct err *err)
{
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		if (settings[i].errnum != errnum ||
		    sys_read_file(AT_FDCWD, settings[i].path, text, sizeof(text)) < 0)
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (!str_eq(text, settings[i].value))
			continue;
		err_set(err, ERR_HOST, settings[i].id, errnum, "%s", settings[i].what);
		return err_hint(err, "%s", settings[i].hint);
	}
	if (explain_apparmor_profile(errnum, err))
		return -1;
	err_set(err, errnum == ENOMEM || errnum == EAGAIN ? ERR_SYSTEM : ERR_HOST, "host.clone", errnum,
		"cannot make the namespaces");
	if (errnum == EPERM || errnum == EACCES)
		return err_hint(
			err,
			"an outer sandbox or a security module forbids user namespaces, or pinfold runs in "
			"a chroot, where the kernel allows none");
	if (errnum == ENOSPC || errnum == EUSERS)
		return err_hint(err, "a limit in /proc/sys/user is reached: see namespaces(7)");
	if (errnum == ENOSYS)
		return err_hint(err, "an outer sandbox's filter refuses clone3(2): let it (under pinfold: "
				     "namespaces.nested = full)");
	if (errnum == EINVAL)
		return err_hint(err, "the kernel was built without one of the namespaces: see namespaces(7)");
	return err_hint(err, "too many processes, or too little memory");
}
