/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wall.h - Landlock's rules, made and entered.
 *
 * Must guarantee: what the plan says stands before the program's first instruction, or the program does not
 * run. Need not guarantee anything by itself: the mounts say the same.
 */
#ifndef PINFOLD_ACT_WALL_H
#define PINFOLD_ACT_WALL_H

struct err;
struct plan_caller;
struct plan_wall;

/*
 * In init, behind the pivot: makes the rules for the root that root_fd is open on. *ret_fd is their
 * descriptor, CLOEXEC and the caller's to close; -1 where the plan has no wall.
 */
int act_make_wall(const struct plan_wall *wall, const struct plan_caller *caller, int root_fd, int *ret_fd,
		  struct err *err) __attribute__((warn_unused_result));

/* In the program's process: enters them. Nothing where rules_fd is -1. */
int act_enter_wall(int rules_fd, struct err *err) __attribute__((warn_unused_result));

#endif
