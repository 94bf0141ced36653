/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* seccomp.c - filters of system calls, and asking somebody about a call (seccomp(2), seccomp_unotify(2)). */
#include "sys/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

static int load(const struct sock_filter *code, size_t count, unsigned int flags)
{
	/* The kernel reads the program only; its struct has no const to say so with. */
	union {
		const struct sock_filter *in;
		struct sock_filter *out;
	} cast = {.in = code};
	struct sock_fprog program = {.len = (unsigned short)count, .filter = cast.out};

	if (count > BPF_MAXINSNS)
		return -EINVAL;
	return result(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

int sys_load_filter(const struct sock_filter *code, size_t count)
{
	return load(code, count, 0);
}

int sys_load_filter_listening(const struct sock_filter *code, size_t count)
{
	return load(code, count, SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

int sys_next_call(int listener, struct call_notice *ret_notice)
{
	/* A later kernel's may be longer (SECCOMP_GET_NOTIF_SIZES), and it wants zeros. */
	union {
		struct seccomp_notif notice;
		char room[512];
	} buf;
	int r;

	memset(&buf, 0, sizeof(buf));
	r = result(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &buf));
	if (r < 0)
		return r;
	*ret_notice = (struct call_notice){.id = buf.notice.id,
					   .pid = (pid_t)buf.notice.pid,
					   .arch = buf.notice.data.arch,
					   .number = (uint32_t)buf.notice.data.nr};
	memcpy(ret_notice->args, buf.notice.data.args, sizeof(ret_notice->args));
	return 0;
}

int sys_is_call_waiting(int listener, uint64_t id)
{
	return result(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id));
}

int sys_answer_call(int listener, uint64_t id, int errnum)
{
	union {
		struct seccomp_notif_resp answer;
		char room[512];
	} buf;

	memset(&buf, 0, sizeof(buf));
	buf.answer.id = id;
	buf.answer.error = -errnum;
	buf.answer.flags = errnum == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
	return result(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &buf));
}
