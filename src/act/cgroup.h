/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cgroup.h - the sandbox's cgroup, of version 2: made before the clone, removed at the end.
 *
 *     PARENT/pinfold-PID-START-...         has the limits, and no process
 *     PARENT/pinfold-PID-START-.../box     has the sandbox's processes; the root of its cgroup namespace
 *
 * Must guarantee: no process of the sandbox is anywhere else (it is cloned into it, and moves nowhere), and
 * none reaches the files with its limits, though they belong to the same user: a cgroup file system that a
 * program with nested = full mounts begins at the box, and the host's is shown only to who was granted it.
 * (The mount option nsdelegate would do that too; not everybody mounts with it.)
 *
 * Nor can the program make cgroups in the box: cgroup.max.descendants (4.14) of the upper one leaves room for
 * none.
 *
 * The name says whose it is: the supervisor's pid, when that started, in ticks since boot, and the inode of
 * the pid namespace that this is said in; and a number. When both died of SIGKILL, the next who makes one
 * beside it removes it, if he is in the same pid namespace.
 */
#ifndef PINFOLD_ACT_CGROUP_H
#define PINFOLD_ACT_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct err;
struct plan_cgroup;

enum { CGROUP_NAME_SIZE = 80 };

struct cgroup {
	int parent_fd;	      /* each -1: not there */
	int fd;		      /* with the limits */
	int box_fd;	      /* to clone into */
	unsigned int enabled; /* controllers that we have enabled in the parent, which was ours alone */
	pid_t moved;	      /* our parent process, which went along out of it; 0: none */
	const char *path;     /* of the one with the limits, in the arena of who made it */
	char name[CGROUP_NAME_SIZE];
	char leaf[CGROUP_NAME_SIZE + 16]; /* below the parent, where we went to; "": nowhere */
};

/* What its files say when all in it has ended. */
struct cgroup_usage {
	bool has_cpu;
	uint64_t cpu_ns, user_ns, system_ns;
	bool has_memory_peak; /* memory.peak, 5.19 */
	uint64_t memory_peak; /* bytes */
	bool has_pids_peak;   /* pids.peak, 6.1 */
	uint64_t pids_peak;
	bool is_oom;	   /* the limit was reached, and the kernel killed for it */
	bool has_hit_pids; /* a fork failed for pids.max */
};

void act_cgroup_init(struct cgroup *cgroup);

/*
 * In the supervisor, before the clone: makes it, with its limits. Nothing is done for a plan without one.
 * Returns 0, or -1 with *err; then nothing is left of it. *cgroup is the caller's to remove.
 */
int act_cgroup_make(struct arena *arena, const struct plan_cgroup *plan, struct cgroup *cgroup,
		    struct err *err) __attribute__((warn_unused_result));

/* Why the clone into it failed, for an errno that the cgroup may be the reason of; false: it is not. */
bool act_cgroup_explain(const struct plan_cgroup *plan, int errnum, struct err *err);

/* What was used, as far as this kernel says it. */
void act_cgroup_read(const struct cgroup *cgroup, struct cgroup_usage *ret);

/* Processor time of all in it so far, in ns; fd is that of the limits. Returns 0 or -errno. */
int act_cgroup_cpu(int fd, uint64_t *ret_ns);

/*
 * While its end is waited for: all in it goes on. A program that can mount a cgroup file system (nested =
 * full) can freeze it, and with it who entered, without whose wait the pid namespace does not end.
 * cgroup.freeze, 5.2
 */
void act_cgroup_thaw(const struct cgroup *cgroup);

/* When all in it has ended: removes it, and undoes what was done to the parent. */
void act_cgroup_remove(struct cgroup *cgroup);

/* Without removing: for a process that has it from a fork. */
void act_cgroup_close(struct cgroup *cgroup);

#endif
