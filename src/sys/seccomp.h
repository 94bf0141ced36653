/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* seccomp.h - filters of system calls, and asking somebody about a call. Each returns >= 0 or -errno. */
#ifndef PINFOLD_SYS_SECCOMP_H
#define PINFOLD_SYS_SECCOMP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sock_filter;

/* A call that waits for an answer. */
struct call_notice {
	uint64_t id;
	pid_t pid; /* of the caller, as the one who asks sees it; 0: it is in no pid namespace of his */
	uint32_t arch;
	uint32_t number;
	uint64_t args[6];
};

/* seccomp(2): a filter for this process and its children, for good. -EINVAL for more than 4096 instructions.
 */
int sys_load_filter(const struct sock_filter *code, size_t count);

/*
 * The same, and a descriptor (close-on-exec) at which the calls wait that the filter answers with
 * SECCOMP_RET_USER_NOTIF (Linux 5.0). -EBUSY: an outer filter has one already, and there is only one.
 */
int sys_load_filter_listening(const struct sock_filter *code, size_t count);

/* The next waiting call: -ENOENT when it was interrupted meanwhile. */
int sys_next_call(int listener, struct call_notice *ret_notice);

/* 0 while the call still waits: what was read of its process until then was of that process. */
int sys_is_call_waiting(int listener, uint64_t id);

/* Lets it fail with an errno, or with 0 go ahead as if nobody had been asked (Linux 5.5). */
int sys_answer_call(int listener, uint64_t id, int errnum);

#endif
