/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * await.c - wait until processes have ended, by pidfd, for a bounded time.
 *
 *     await [-r] SECONDS PID...
 *
 * Exits with 0 when all of them have ended (with -r: and have been reaped), 1 when the time is over.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int left_ms(const struct timespec *end)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? (int)ms : 0;
}

static int await(pid_t pid, const struct timespec *end, int reaped)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = {.fd = pidfd, .events = POLLIN};

	if (pidfd < 0)
		return errno == ESRCH ? 0 : -1;
	if (poll(&ended, 1, left_ms(end)) != 1)
		return -1;
	close(pidfd);
	/* There is no event for the reaping that follows. */
	while (reaped && (kill(pid, 0) == 0 || errno != ESRCH)) {
		if (left_ms(end) == 0)
			return -1;
		poll(NULL, 0, 1);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct timespec end;
	int reaped = argc > 1 && strcmp(argv[1], "-r") == 0;

	argc -= reaped;
	argv += reaped;
	if (argc < 3) {
		fputs("usage: await [-r] SECONDS PID...\n", stderr);
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += strtol(argv[1], NULL, 10);
	for (int i = 2; i < argc; i++) {
		if (await((pid_t)strtol(argv[i], NULL, 10), &end, reaped) < 0) {
			fprintf(stderr, "await: %s has not ended\n", argv[i]);
			return 1;
		}
	}
	return 0;
}
