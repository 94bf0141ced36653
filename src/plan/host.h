/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * host.h - facts about the machine and the caller, probed once; the plan is made from them alone.
 *
 * plan never asks the system: what it may know stands here, so a golden test can write it down.
 */
#ifndef PINFOLD_PLAN_HOST_H
#define PINFOLD_PLAN_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;

enum path_kind { PATH_MISSING, PATH_DIR, PATH_FILE, PATH_DEVICE };

/* What stat(2) and lstat(2) said of one path of the host. */
struct path_fact {
	const char *path;
	enum path_kind kind; /* of what a symlink leads to */
	int errnum;	     /* why it is PATH_MISSING: ENOENT, EACCES... */
	const char *target;  /* the text of a symlink, NULL when it is none */
	const char *real;    /* of what is granted or hidden: without symlinks; NULL: as it is written */
	const char **links;  /* symlinks on the way there, each without symlinks above it */
	size_t link_count;
	uint64_t names;	 /* of a file: its hard links, 0: not known */
	bool is_closed;	 /* what is to be copied: the caller may not read it */
	bool is_special; /* a PATH_FILE that is no regular file: a socket, a FIFO */
	bool is_magic; /* leads through a link of /proc/PID (fd, root, cwd...): such a path is opened by none
			  of us */
	uint64_t device, inode; /* of what a symlink leads to; inode 0: not known */
	uint64_t birth;		/* when that was made, ns since 1970; 0: not known */
};

/* Something of pinfold's own, by which a program could decide what the next run may do. */
struct own_path {
	const char *path; /* without symlinks, as far as it exists */
	bool exists;
	bool is_beyond; /* it is not there, and neither we nor a program of ours could make it */
	bool is_file;	/* and is no directory */
	bool is_asked;	/* a profile would be read from here if it existed */
	bool is_made;	/* with is_kept: an empty file stands for it, and is made where it could be made */
	bool is_kept; /* shown read-only where it is granted, instead of masked: a profile, the program itself
		       */
	const char **links; /* symlinks on the way there, each without symlinks above it */
	size_t link_count;
};

/* Ids start..start+count-1 of the caller's user namespace. */
struct id_range {
	uint32_t start;
	uint32_t count;
};

/* A resource of which the caller may not have more, whatever is asked for: a finite hard limit. */
struct host_limit {
	int resource; /* RLIMIT_* */
	uint64_t hard;
};

/* What a cgroup can limit; a set of them has bit n for controller n. */
enum controller { CONTROLLER_MEMORY, CONTROLLER_CPU, CONTROLLER_IO, CONTROLLER_PIDS, CONTROLLER_COUNT };
extern const char *const host_controller_names[CONTROLLER_COUNT];

/* One cgroup of version 2: the caller's, or one above it. cgroups(7) */
struct host_cgroup {
	const char *path;	/* of its directory */
	unsigned int available; /* cgroup.controllers */
	unsigned int enabled;	/* cgroup.subtree_control: those below it have them */
	bool is_writable;	/* we may make cgroups in it, and move processes between them */
	bool has_others;	/* processes besides us */
	bool is_top;		/* of the machine: it may have processes and divide too */
};

/* Why a systemd of the user's that there may be cannot be asked. */
enum manager_unasked { MANAGER_ASKED, MANAGER_NO_RUNTIME, MANAGER_NO_LIBRARY };

struct host_cgroups {
	const struct host_cgroup *items; /* ours first, then those above it, as far as they are seen */
	size_t count;			 /* 0: there is no version 2 */
	bool has_systemd;		 /* as the machine's init, sd_booted(3) */
	bool has_swap;
	enum manager_unasked unasked;
	const char *manager_socket; /* of a systemd of the user's that can be asked for a scope; NULL: none */
	unsigned int manager;	    /* controllers that were delegated to it */
};

enum { HOST_RANDOM_ID_SIZE = 33 };

/* Directories that xdg-user-dirs(1) names: a macro in profiles, XDG_<key>_DIR in its file. */
enum { USER_DIR_COUNT = 8 };
extern const struct user_dir_name {
	const char *macro, *key;
} host_user_dir_names[USER_DIR_COUNT];

struct host {
	unsigned int kernel_major, kernel_minor;
	unsigned int landlock;	  /* the version of Landlock that the kernel has, 0: none */
	unsigned int personality; /* the caller's, personality(2) */
	bool has_mdwe;		  /* memory-deny-write-execute; asked for only with it */
	uid_t uid;		  /* effective, as the caller's namespace numbers it */
	gid_t gid;
	mode_t umask;
	bool is_root;		/* uid is the kernel's own uid 0 (security: never mapped by default) */
	bool has_setfcap;	/* CAP_SETFCAP: needed to map the parent's uid 0, from 5.12 on */
	bool has_no_new_privs;	/* set-id helpers gain nothing then */
	unsigned int terminals; /* bit n: descriptor n, of 0 to 2, is one */
	bool is_proc_ours;	/* /proc shows this pid namespace, so helpers can find /proc/PID */
	const uint32_t *groups; /* supplementary ones, other than gid */
	size_t group_count;
	const struct host_limit *limits; /* those that are not unlimited */
	size_t limit_count;
	const char *user;	 /* the caller's name, NULL when he has none */
	const char *home;	 /* absolute, or NULL */
	const char *home_inside; /* where the program's home is: home, unless that is no place for one */
	const char *cwd;	 /* absolute, or NULL when it is unreachable */
	const char *runtime;	 /* XDG_RUNTIME_DIR, or NULL */
	const char *config, *cache, *data, *state; /* XDG base directories, or NULL without a home */
	const char *user_dirs[USER_DIR_COUNT];	   /* NULL: not named, or the home itself */
	const char *sysconfdir, *datadir;	   /* pinfold's own, as installed */
	struct own_path *own;
	size_t own_count;
	char *const *env;		     /* the caller's environment, NULL-terminated */
	char random_id[HOST_RANDOM_ID_SIZE]; /* 32 hex digits, new for each run */

	/* Asked for only with map = subids. */
	const char *newuidmap, *newgidmap; /* NULL: not installed */
	struct id_range *subuids, *subgids;
	size_t subuid_count, subgid_count;

	/* Asked for only with limits that need a cgroup. */
	struct host_cgroups cgroups;

	struct path_fact *paths; /* sorted by path */
	size_t path_count;
};

/* The set of controllers that a line such as "cpuset cpu io memory" names. */
unsigned int host_controllers(const char *text);

/* The fact about a path, or NULL when nobody asked for it. */
struct path_fact *host_find_path(const struct host *host, const char *path);

/* Sorts host->paths and drops repeated ones, as host_find_path needs it. */
void host_sort_paths(struct host *host);

/*
 * Fills host->home_inside: the home, but /home/USER where that is missing, "/", or in what the root is made
 * of (a container's HOME=/, a daemon's /usr/sbin): an empty directory there would cover what the program
 * needs.
 */
void host_settle_home(struct host *host, struct arena *arena);

/* The caller's hard limit of RLIMIT_*, UINT64_MAX when there is none. */
uint64_t host_hard_limit(const struct host *host, int resource);

/*
 * Takes host->user_dirs from the text of user-dirs.dirs (lines like XDG_MUSIC_DIR="$HOME/Music", see
 * user-dirs.dirs(5)). A directory that is the home itself means that the user has none: it counts as not
 * named, or a profile that grants ${DOWNLOADS} would grant the whole home.
 */
void host_take_user_dirs(struct host *host, struct arena *arena, const char *text);

/* The value of a variable of the caller's environment, or NULL. */
const char *host_getenv(const struct host *host, const char *name);

#endif
