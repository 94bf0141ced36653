/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * network.h - the network of the sandbox.
 *
 * A network namespace takes the kernel longer than all the others together, and the sandbox's root as long
 * again: so a process of the supervisor's makes the one while init builds the other.
 */
#ifndef PINFOLD_ACT_NETWORK_H
#define PINFOLD_ACT_NETWORK_H

#include <sys/types.h>

struct err;
struct plan;

/*
 * In a process of its own, which is good for nothing else afterwards: enters the user namespace of the
 * process `init`, whose the new network namespace is to be (its owner decides who may administrate it,
 * user_namespaces(7)), and makes that, with loopback up. *ret_fd is open on it, the caller's to close.
 * Returns 0, or -1 with *err.
 */
int act_make_network(pid_t init, int *ret_fd, struct err *err) __attribute__((warn_unused_result));

/*
 * In init: enters the one that was made apart, by its descriptor; with -1 brings up the loopback of the one
 * that the clone made, if it made one.
 */
int act_set_network(const struct plan *plan, int fd, struct err *err) __attribute__((warn_unused_result));

#endif
