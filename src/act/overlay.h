/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * overlay.h - a tree of the host with changes on top.
 *
 * Must guarantee: nothing is ever written to the lower tree; what keeps changes is the directory that the
 * plan names and no other; no path of the host decides what an overlay is made of.
 */
#ifndef PINFOLD_ACT_OVERLAY_H
#define PINFOLD_ACT_OVERLAY_H

struct err;
struct plan_node;

/*
 * Makes the overlay of a NODE_OVERLAY. lower_fd and upper_fd are detached clones of the two directories,
 * upper_fd -1 for changes in memory; both stay the caller's. *ret_fd is a detached mount, the caller's to
 * close. Returns 0, or -1 with *err. overlayfs of the kernel, without privilege from 5.11 on;
 * Documentation/filesystems/overlayfs.rst.
 */
int act_make_overlay(const struct plan_node *node, int lower_fd, int upper_fd, int *ret_fd, struct err *err)
	__attribute__((warn_unused_result));

#endif
