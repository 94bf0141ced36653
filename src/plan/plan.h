/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.h - everything decided: what remains is to do it.
 *
 * The plan is built before anything is cloned and is const from then on. Acts read it and branch on
 * nothing else.
 */
#ifndef PINFOLD_PLAN_PLAN_H
#define PINFOLD_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/entry.h"
#include "plan/filter_code.h"
#include "plan/origin.h"

struct cpu_set_bits;

enum step_id {
#define STEP(id, ...) STEP_##id,
#include "plan/steps.def"
#undef STEP
	STEP_COUNT
};

enum step_who { WHO_INIT, WHO_PROGRAM };

/* One row of steps.def. */
struct step_row {
	const char *name;
	enum step_who who;
	const char *reason;
};

extern const struct step_row step_table[STEP_COUNT];

/* One line of a uid map: inside..inside+count-1 are the host's outside..outside+count-1. */
struct map_line {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

enum map_writer {
	MAP_BY_CHILD,	/* one line, through /proc/self: needs no privilege */
	MAP_BY_HELPERS, /* newuidmap and newgidmap, which /etc/subuid empowers */
	MAP_JOINED,	/* it is there: the user namespace is joined, and must have this one */
};

struct plan_map {
	enum map_writer writer;
	struct map_line *uids, *gids;
	size_t uid_count, gid_count;
	const char *newuidmap, *newgidmap; /* with MAP_BY_HELPERS */
	uid_t uid;			   /* the program's, inside */
	gid_t gid;
	const uint32_t *groups; /* supplementary ones that stay, as the host numbers them */
	size_t group_count;
	bool drops_root;   /* a root caller becomes outside_uid before the clone */
	bool opens_memory; /* init has to be dumpable as long as it writes in its /proc/self */
	uid_t outside_uid; /* whom the program is to the host */
	gid_t outside_gid;
	const struct origin *origin;
};

struct plan_offset {
	const char *clock;
	int64_t seconds;
	const struct origin *origin;
	unsigned int layer;
};

/* Things that stand in the root, in the order in which they are put there. */
enum node_kind {
	NODE_DIR,     /* a directory on one of our tmpfs */
	NODE_FILE,    /* a file there, with text */
	NODE_SYMLINK, /* a link there, to text */
	NODE_BIND,    /* a tree of the host */
	NODE_OVERLAY, /* a tree of the host with changes on top, in memory or in a directory */
	NODE_TMPFS,
	NODE_COPY, /* a file there, with what a file of the host holds */
	NODE_MASK, /* in place of what is hidden: an empty file or directory */
	NODE_PROC,
	NODE_CGROUP, /* the sandbox's own, made for its limits */
	NODE_DEVPTS,
	NODE_KIND_COUNT
};

enum bind_source { SOURCE_DIR, SOURCE_FILE, SOURCE_DEVICE };

struct plan_node {
	enum node_kind kind;
	const char *dest;    /* normalized, below the root */
	const char *source;  /* BIND, OVERLAY, COPY: the path on the host */
	const char *asked;   /* BIND: the same as it was written, symlinks and all */
	bool is_real;	     /* the path has no symlinks, and is opened as one that has none */
	const char *text;    /* FILE: contents; SYMLINK: target */
	enum bind_source is; /* BIND: what the source is; checked again when it is open. MASK: DIR or FILE */
	bool is_kept;	     /* BIND: of a home, or a part of one, that is kept for the profile */
	bool is_pin;	     /* BIND: of the destination on itself, in the tree of the host that it is in */
	uint64_t device;     /* BIND, COPY: what the source was when the plan was made; inode 0: not known */
	uint64_t inode;
	uint64_t birth;	 /* tells it from a later one that was given the same inode; 0: not known */
	bool is_minimal; /* PROC: processes only, and of those only what the program may trace */
	bool is_root;	 /* the root itself, or a pin in it */
	bool is_whole;	 /* BIND: the source is the host's "/" itself */
	const struct plan_node *upper; /* OVERLAY: the directory that keeps the changes, NULL: memory */
	bool makes_point;	       /* the mount point lies on a tmpfs of ours and is made there */
	bool may_exist; /* ...or on an overlay of ours or in a home that is kept, unless it is there */
	bool is_over;	/* FILE, COPY: made elsewhere and mounted over the one that is there */
	const char
		*under; /* otherwise, and in a home that is kept: where the tree that it stands in is shown */
	bool is_piece;	/* made by a word (etc = hosts): a rule of the same layer that names the place wins */
	bool is_implied;   /* a parent or mount point that nobody asked for by name */
	bool is_guard;	   /* keeps the program from what the tree around it has in this place */
	bool is_protected; /* no directory above it may be moved away: the writable ones are pinned */
	bool is_sealed;	   /* TMPFS, MASK: made read-only at the end, when all that stands on it is there */
	uint64_t attr;	   /* MOUNT_ATTR_* bits */
	mode_t mode;	   /* DIR, FILE, COPY, TMPFS, MASK */
	uint64_t size;	   /* TMPFS, MASK; OVERLAY: of the changes; bytes */
	uint64_t inodes;   /* TMPFS, MASK, OVERLAY */
	const struct origin *origin;
	unsigned int layer;
};

/* A part of /proc that is more than a process: covered by itself, read-only. */
struct plan_cover {
	const char *path;  /* below /proc */
	bool is_masked;	   /* cannot be read either */
	bool is_optional;  /* a kernel may be without it */
	const char *probe; /* covered when access(2) finds this file writable; NULL: in any case */
};

/* A directory of pinfold's own on the host that is the program's home, or holds the parts of it that are
 * kept. */
struct plan_home {
	const char *dir;    /* NULL: nothing is kept. Without symlinks */
	bool is_mended;	    /* it is where pinfold makes it, so its mode is pinfold's to set */
	const char **parts; /* paths below it, which are made as directories where they are absent */
	size_t part_count;
	const struct origin *origin;
};

/* Why a hide is not a mask wherever the path is shown. */
struct plan_hide {
	const char *path;
	enum hide_state {
		HIDE_NOT_SHOWN, /* by any grant */
		HIDE_ABSENT,	/* and the program can make it: accepted with -PATH */
		HIDE_LATER,	/* absent too, but only others could make it, on the host */
		HIDE_LINKED,	/* a file with other names (hard links), which are not hidden */
	} state;
	const struct origin *origin;
};

struct plan_root {
	const struct plan_node
		*base; /* what / is made of: BIND or OVERLAY; NULL: a tmpfs, read-only at the end */
	uint64_t size; /* of the tmpfs root */
	uint64_t inodes;
	struct plan_node *nodes;
	size_t count;
	struct plan_hide *hides; /* what explain says of hides besides the masks */
	size_t hide_count;
	const char *system_path; /* where this host has its programs, when the usual PATH does not say so */
	struct plan_cover *covers;
	size_t cover_count;
	const char *
		*made_dirs; /* on the host, before anything else: pinfold's own, so that they can be masked */
	size_t made_count;
	const char **made_files; /* the same, as empty files: to be shown as they are, read-only */
	size_t made_file_count;
};

/* May the program make user namespaces of its own: the value of namespaces.nested. */
enum nested { NESTED_NONE, NESTED_BROWSER, NESTED_FULL, NESTED_COUNT };

/* One word of [seccomp], for explain. */
struct plan_filter_word {
	const char *text;
	bool is_allow;
	const struct origin *origin;
};

/* A call that is refused with certain arguments. */
struct plan_arg_rule {
	const char *text;
	const struct syscall_match *match;
	const struct origin *origin;
};

/* Puts what a word of deny names into a set: a call under all its names, or a group. */
void plan_filter_put(struct syscall_set *set, const char *word);

struct plan_filter {
	enum nested nested;
	bool is_stock;	    /* nothing but what mkfilter made when pinfold was built */
	bool has_stock;	    /* what that allows is allowed */
	bool allows_others; /* default = allow */
	bool is_permissive; /* what policy and rules refuse is reported, and let through */
	bool is_traced;	    /* what is refused is reported, too */
	bool asks;	    /* somebody is asked about some calls */
	bool asks_all;	    /* about each that is refused, also for stock rules of arguments */
	bool leaves_clone3; /* a group that is allowed has it; its flags cannot be seen, so it is not there */
	bool allows_keys;   /* some call of @keyring is not refused */
	const char *on_deny; /* as it was written */
	const struct origin *on_deny_origin;
	struct call_policy policy;   /* which calls */
	struct plan_arg_rule *rules; /* with which arguments: denies, besides the stock ones */
	size_t rule_count;
	struct plan_filter_word *words;
	size_t word_count;
};

/* Rights over a place in the root and all below it: WALL_* of wall.h. */
struct plan_wall_rule {
	const char *path;
	uint64_t rights;
};

/* Landlock: what the program may do to files, said a second time, besides the mounts. */
struct plan_wall {
	enum wall_state {
		WALL_STANDS,
		WALL_OFF,     /* not wanted */
		WALL_ABSENT,  /* the kernel has no Landlock, or does not let us use it */
		WALL_TOO_OLD, /* it has the first one */
	} state;
	unsigned int version; /* that is used */
	uint64_t files;	      /* rights that nothing has but by a rule; 0: files are left out */
	uint64_t scopes;
	struct plan_wall_rule *rules;
	size_t count;
	const struct origin *origin;
};

struct plan_program {
	char *const *argv; /* NULL-terminated; NULL when there is no program (explain) */
	const char *file;  /* what to execute: a path, or a name that PATH is searched for */
	char **env;	   /* NULL-terminated */
	size_t env_count;
	const char *path;	  /* the PATH of env, or NULL */
	const char *missing_hint; /* when it is not found: what the sandbox lacks as a whole, or NULL */
	const char *chdir;
	const struct origin *chdir_origin; /* NULL: nobody asked for it */
	bool may_look; /* what its filter does not refuse: faccessat(2), to say more of what cannot be
			  executed */
	const char *chdir_else; /* where to go when it is not there; NULL: that is an error */
	mode_t umask;
	unsigned int personality; /* personality(2) */
	bool sets_personality;	  /* the caller's is another one */
	bool has_aslr;
	bool has_mdwe; /* no memory becomes executable that was writable */
};

/* An rlimit of the program, which its children inherit; never above what the caller may have. */
struct plan_rlimit {
	const char *key; /* of [limits] */
	int resource;	 /* RLIMIT_* */
	uint64_t soft;
	uint64_t hard;
	uint64_t asked; /* what the profile says */
	bool is_bytes;
	bool is_clamped;	     /* the caller may not have as much as was asked for */
	const char *but;	     /* how it is less than it seems; NULL: it is not */
	const struct origin *origin; /* NULL: nobody asked for it */
};

struct plan_limits {
	uint64_t wall_ns; /* from the exec on; 0: no limit */
	const struct origin *wall_origin;
	int stop_signal;
	size_t stop_word; /* its place among the words of stop-signal */
	uint64_t grace_ns;
	uint64_t cpu_ns; /* of all processes together; 0: no limit */
	const struct origin *cpu_origin;
	struct plan_rlimit *rlimits;
	size_t rlimit_count;
	bool counts_all_pids; /* a kernel that counts all of the caller's processes, not the sandbox's */
	const struct cpu_set_bits *cpus; /* NULL: those of the caller */
	const struct origin *cpus_origin;
	int nice; /* added to the caller's */
	const struct origin *nice_origin;
};

/* A line for a file of the sandbox's cgroup, before anything is in it. */
struct plan_cgroup_limit {
	const char *key;   /* of [limits]; NULL: what goes with another one */
	const char *file;  /* in the cgroup */
	const char *text;  /* to be written there */
	const char *shown; /* as people write it */
	uint64_t number;
	bool is_optional; /* a kernel without that file is taken */
	const struct origin *origin;
};

/* A limit that was asked for, and that nothing holds for the sandbox as a whole. */
struct plan_lost_limit {
	const char *key;
	const char *shown;
	uint64_t number;
	const char *instead; /* what is done in its place; NULL: nothing */
	const struct origin *origin;
};

/* The cgroup for limits of all processes together. */
struct plan_cgroup {
	enum cgroup_way {
		CGROUP_NONE,	 /* there is none: not wanted, or not to be had */
		CGROUP_ANCESTOR, /* below ours, or one above that, which may be divided already */
		CGROUP_SCOPE,	 /* below one that the user's systemd makes and moves us to */
		CGROUP_OWN,	 /* below ours, which we leave for that, as nobody else is in it */
	} way;
	const char *parent;	  /* ANCESTOR, OWN: the directory that it is made in */
	const char *mount;	  /* SCOPE: the top of version 2 */
	const char *manager;	  /* SCOPE: the socket of who is asked */
	unsigned int controllers; /* that it has */
	unsigned int enables;	  /* of these, those that are to be enabled in the parent */
	bool moves_caller; /* OWN: who started us in the background waits in it, and has to leave too */
	struct plan_cgroup_limit *limits;
	size_t count;
	bool has_memory;    /* and so an end for reaching that */
	const char *memory; /* then: as people write it */
	const struct origin *memory_origin;
	bool has_pids;
	const char *missing; /* why there is no better one; NULL: all is held */
	uint64_t stands_in;  /* bytes of address space for each process in place of memory; 0: not so */
	struct plan_lost_limit *lost;
	size_t lost_count;
};

/* Where a document is written: a file, replaced as a whole each time, or a descriptor of the caller's. */
struct plan_target {
	const char *path;   /* as it was given; NULL: no file */
	const char *dir;    /* of path */
	const char *name;   /* in dir */
	int fd;		    /* -1: none */
	const char *option; /* that asked for it */
};

enum { PLAN_MAX_FDS = 64 };

/* What the caller gives and gets besides the program's 0, 1 and 2. */
struct plan_caller {
	int *fds; /* that the program has too, under the same numbers: from 3 on, ascending */
	size_t fd_count;
	int block_fd; /* the start waits for a byte from it; -1: for nothing */
	bool has_status;
	bool has_meta;
	bool wants_usage; /* one of them tells what was used */
	struct plan_target status;
	struct plan_target meta;
};

/* What others of the same user may do with the sandbox, by its name. */
struct plan_entry {
	const char *name; /* NULL: it has none */
	const char *base; /* the directory of pinfold's own that has the registry */
	/* Bits of enum space: of its own namespaces the supervisor gets descriptors. */
	uint32_t early_spaces; /* from init, which is in them from the start */
	uint32_t late_spaces;  /* those that are made apart, from who makes them */
	bool is_held;	       /* there is no program: the namespaces are kept until somebody ends it */
	bool is_detached;      /* the supervisor goes on in the background, in a session of its own */
	const char *log;       /* what is written goes there; NULL: nowhere */
};

/* A namespace that is another one's. */
struct plan_joined {
	enum space kind;
	const char *path; /* NULL: that of the sandbox of plan_join's name */
	const char *key;  /* that asks for it: section and key */
	const struct origin *origin;
};

/*
 * Namespaces of another sandbox. Who may enter them is who has the rights of the user namespace that they
 * belong to, so that is joined too, with its map and its limits.
 */
struct plan_join {
	uint32_t kinds;	  /* bits of enum space, without the user namespace; 0: none is joined */
	const char *name; /* of the sandbox; NULL: they are named by paths */
	const char *base; /* the directory of pinfold's own that has the registry */
	struct plan_joined *items;
	size_t count;
};

/* What stands in for the terminal that the caller has as 0, 1 or 2. */
struct plan_terminal {
	enum terminal_kind {
		TERMINAL_KEPT,	/* nothing: the program gets what the caller has */
		TERMINAL_PTY,	/* one of the sandbox's own; what is typed and shown is copied between the two
				 */
		TERMINAL_PIPES, /* a pipe for each descriptor; what goes through it is copied */
	} kind;
	unsigned int given;    /* bit n: the caller's descriptor n is a terminal */
	unsigned int replaced; /* bit n: the program has something else as n */
	int input;	       /* PTY: the descriptor of the caller where keys are read */
	int output;	       /* PTY: the one that shows what is written */
	bool is_eager;	       /* PTY: the program has the keyboard from the start, not when it asks for it */
	const struct origin *origin;
};

struct plan {
	const char *profile;
	const char *profile_path; /* the file it was read from */
	const char *warning;	  /* what a run says before it starts, or NULL */
	uint64_t clone_flags;	  /* CLONE_NEW* of the clone */
	uint64_t apart_flags; /* those that a process beside the sandbox makes, while that builds its root */
	bool has_time_offsets;
	struct plan_offset *offsets;
	size_t offset_count;
	struct plan_map map;
	const char *hostname; /* NULL: the uts namespace is the host's */
	const char *domainname;
	bool has_loopback; /* a network namespace of its own, where lo is to go up */
	bool has_host_network;
	struct plan_join join;
	struct plan_root root;
	struct plan_home home;
	enum nested nested;
	bool limits_userns; /* max_user_namespaces = 0 */
	uint64_t keep_caps;
	unsigned int securebits;
	struct plan_wall wall;
	struct plan_filter filter;
	struct plan_limits limits;
	struct plan_cgroup cgroup;
	struct plan_terminal terminal;
	struct plan_program program;
	struct plan_caller caller;
	struct plan_entry entry;
	unsigned int deadline_ms; /* for all before the exec */
};

#endif
