/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* net.h - network interfaces. Every function returns >= 0, or -errno. */
#ifndef PINFOLD_SYS_NET_H
#define PINFOLD_SYS_NET_H

/* Brings an interface of the current network namespace up. netdevice(7). */
int sys_interface_up(const char *name);

#endif
