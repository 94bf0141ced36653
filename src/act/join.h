/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * join.h - namespaces of another sandbox.
 *
 * What the plan could not know is checked here: what the other one is like, and whether it is ours to enter.
 */
#ifndef PINFOLD_ACT_JOIN_H
#define PINFOLD_ACT_JOIN_H

struct err;
struct plan;
struct plan_join;
struct spaces;

/*
 * In the supervisor: opens namespaces that are named by paths, and the user namespace that they belong to,
 * which must be one and made by a process of our own user namespace. *ret_spaces is empty before, and the
 * caller's to close in any case. Returns 0, or -1 with *err.
 */
int act_open_joined(const struct plan_join *join, struct spaces *ret_spaces, struct err *err)
	__attribute__((warn_unused_result));

/*
 * In a process of its own: enters the user namespace of `spaces`, looks there whether ids, setgroups and the
 * limit on user namespaces are what the plan would make, and enters the namespaces that are to be joined.
 * From here on its children are in them. Returns 0, or -1 with *err.
 */
int act_enter_joined(const struct plan *plan, const struct spaces *spaces, struct err *err)
	__attribute__((warn_unused_result));

#endif
