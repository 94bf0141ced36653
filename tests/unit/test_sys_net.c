/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_sys_net.c - loopback of a network namespace of our own goes up. */
#include "sys/net.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "in_child.h"

static short flags_of_loopback(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo"};

	CHECK(ioctl(fd, SIOCGIFFLAGS, &request) == 0);
	(void)close(fd);
	return request.ifr_flags;
}

static void loopback_goes_up(void)
{
	child_unshare(CLONE_NEWNET);
	CHECK((flags_of_loopback() & IFF_UP) == 0);
	CHECK(sys_interface_up("lo") == 0);
	CHECK((flags_of_loopback() & IFF_UP) != 0);
	CHECK(sys_interface_up("lo") == 0, "twice does no harm");
}

Test(net, loopback_goes_up)
{
	in_child(loopback_goes_up);
}

static void names_are_checked(void)
{
	child_unshare(CLONE_NEWNET);
	CHECK(sys_interface_up("nosuch0") == -ENODEV);
	CHECK(sys_interface_up("fifteen-letters") == -ENODEV);
	CHECK(sys_interface_up("sixteen-letters!") == -ENAMETOOLONG);
	CHECK(sys_interface_up("") == -ENODEV);
}

Test(net, names_are_checked)
{
	in_child(names_are_checked);
}

static void needs_the_right(void)
{
	child_unshare(0);
	/* A user namespace without a network namespace of its own has no say over the host's. */
	CHECK(sys_interface_up("lo") == -EPERM);
}

Test(net, the_hosts_interfaces_are_not_ours)
{
	in_child(needs_the_right);
}
