/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * root.h - the file system the program sees, and leaving the host's.
 *
 * Must guarantee: nothing of the host is reachable but what the plan's nodes show; what is shown is
 * shown with all its flags from the first moment that it is there; nothing is made on the host; no
 * path that somebody else can change decides where something is mounted.
 *
 * Need not guarantee: that a granted tree is harmless. What the plan shows is the profile's choice.
 */
#ifndef PINFOLD_ACT_ROOT_H
#define PINFOLD_ACT_ROOT_H

#include <stdint.h>

struct err;
struct plan;

/* What later steps need of the root. All are CLOEXEC and the caller's to close. */
struct root {
	int fd;	     /* the new root */
	int proc_fd; /* a /proc of our pid namespace, -1 where the kernel refuses one that the plan does
			without */
	int pts_fd;  /* its /dev/pts, -1: it has none */
};

/*
 * In the child: builds the plan's root on a tmpfs that is stacked on "/" in our mount namespace, by
 * descriptors alone. *ret_at is kept at the number of the node under way (from 1 on), for whoever has
 * to say what a start hangs on; cgroup is the directory of the sandbox's own, NULL: it has none. Returns 0,
 * or -1 with *err.
 */
int act_build_root(const struct plan *plan, const char *cgroup, volatile uint32_t *ret_at,
		   struct root *ret_root, struct err *err) __attribute__((warn_unused_result));

/* Makes it our root and detaches the host's. */
int act_leave_host(const struct root *root, struct err *err) __attribute__((warn_unused_result));

#endif
