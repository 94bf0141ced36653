/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_namespace.c - what a descriptor of a namespace says of itself. */
#include "sys/namespace.h"

#include <errno.h>
#include <sched.h>

#include "in_child.h"
#include "sys/file.h"

static ino_t inode(int fd)
{
	struct stat st = {0};

	(void)sys_fstat(fd, &st);
	return st.st_ino;
}

Test(namespaces, the_kind_is_told)
{
	const int net = sys_open(AT_FDCWD, "/proc/self/ns/net", O_RDONLY, 0);
	const int null = sys_open(AT_FDCWD, "/dev/null", O_RDONLY, 0);
	uint64_t type = 0;

	cr_assert_eq(sys_ns_type(net, &type), 0);
	cr_assert_eq(type, (uint64_t)CLONE_NEWNET);
	cr_assert_eq(sys_ns_type(null, &type), -ENOTTY);
	cr_assert_eq(sys_ns_owner(null), -ENOTTY);
	cr_assert_eq(sys_ns_parent(null), -ENOTTY);
	cr_assert_eq(sys_ns_type(-1, &type), -EBADF);
	sys_close(net);
	sys_close(null);
}

/* In a user namespace of its own, with a network of it. */
static void owners_are_told(void)
{
	int user, net, ipc, owner;

	child_unshare(CLONE_NEWNET);
	user = sys_open(AT_FDCWD, "/proc/self/ns/user", O_RDONLY, 0);
	net = sys_open(AT_FDCWD, "/proc/self/ns/net", O_RDONLY, 0);
	ipc = sys_open(AT_FDCWD, "/proc/self/ns/ipc", O_RDONLY, 0);
	owner = sys_ns_owner(net);
	CHECK(owner >= 0);
	CHECK(inode(owner) == inode(user), "the network is ours");
	CHECK(sys_is_cloexec(owner) == 1);
	CHECK(sys_ns_owner(ipc) == -EPERM, "what was there before is not below us");
	CHECK(sys_ns_parent(user) == -EPERM, "nor is what we came from");
}

Test(namespaces, owners_are_told_as_far_as_they_are_ours)
{
	in_child(owners_are_told);
}
