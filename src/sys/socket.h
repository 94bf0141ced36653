/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket.h - sockets with a name, and waiting for any number of them.
 *
 * Every function returns >= 0, or -errno. Descriptors are CLOEXEC and the caller's to close.
 */
#ifndef PINFOLD_SYS_SOCKET_H
#define PINFOLD_SYS_SOCKET_H

#include <stdint.h>
#include <sys/types.h>

/*
 * A listening socket of whole packets (SOCK_SEQPACKET, unix(7)) as a new file in dirfd; it does not block.
 * Named through /proc/self/fd, as sun_path has 107 bytes and a path may have more. -EADDRINUSE: there is such
 * a file.
 */
int sys_listen(int dirfd, const char *name);

/* A connection to such a one; connecting and sending wait for timeout_ms at most (-EAGAIN). */
int sys_connect(int dirfd, const char *name, int timeout_ms);

/* accept4(2): the next connection, which does not block either; -EAGAIN when there is none. */
int sys_accept(int fd);

/* SO_PEERCRED: who connected, or listened, at the other end, as our namespaces number him. */
int sys_peer(int fd, pid_t *ret_pid, uid_t *ret_uid);

/*
 * epoll(7): a descriptor that is readable while one of those is that were added to it. sys_poller_next gives
 * one of them, or -EAGAIN; one that is closed is gone from it. sys_poller_forget takes one away that stays
 * open.
 */
int sys_poller(void);
int sys_poller_add(int poller, int fd);
int sys_poller_forget(int poller, int fd);
int sys_poller_next(int poller);

#endif
