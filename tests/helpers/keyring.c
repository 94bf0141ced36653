/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring.c - run a command with a secret in its session keyring.
 *
 *     keyring [-u] DESCRIPTION PROGRAM [ARG...]
 *
 * The keyring is a new one, which goes away with the command. With -u the secret is in the user's keyring.
 */
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long ring = KEY_SPEC_SESSION_KEYRING;

	if (argc > 1 && strcmp(argv[1], "-u") == 0) {
		ring = KEY_SPEC_USER_KEYRING;
		argc--;
		argv++;
	}
	if (argc < 3)
		return 2;
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
	    syscall(SYS_add_key, "user", argv[1], "secret", 6UL, ring) < 0) {
		perror("keyring");
		return 77;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
