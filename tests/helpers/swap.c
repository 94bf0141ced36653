/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * swap.c - exchange two names as fast as possible, the classic partner of a check-then-use mistake.
 *
 *     swap A B
 *
 * prints "ready", then works until standard input ends.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	if (argc != 3 || renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) < 0) {
		perror("swap");
		return 2;
	}
	puts("ready");
	fflush(stdout);
	while (poll(&input, 1, 0) == 0)
		for (int i = 0; i < 64; i++)
			if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) < 0)
				return 1;
	return 0;
}
