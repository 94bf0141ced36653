/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * calls.c - makes one system call over and over, and prints how many nanoseconds that took.
 *
 *     bench_calls getpid|read|ioctl COUNT
 *
 * Run inside and outside, it says what a filter costs a program that does nothing but call. getpid is the
 * shortest call that there is; read, of one byte of /dev/zero, is a short one that does something; ioctl,
 * here with a request that /dev/zero does not know, is one whose arguments filters look at: for that, the
 * kernel runs their code at each call, while of the others it remembers from Linux 5.11 on that they are
 * allowed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 10000 };

static int zero; /* /dev/zero */

static int call_getpid(void)
{
	return syscall(SYS_getpid) > 0;
}

static int call_read(void)
{
	char byte;

	return read(zero, &byte, 1) == 1;
}

static int call_ioctl(void)
{
	return ioctl(zero, TIOCGWINSZ, NULL) == -1 && errno == ENOTTY;
}

static const struct {
	const char *name;
	int (*call)(void);
} calls[] = {{"getpid", call_getpid}, {"read", call_read}, {"ioctl", call_ioctl}};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void repeat(int (*call)(void), long count)
{
	for (long i = 0; i < count; i++) {
		if (!call()) {
			perror("bench_calls");
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; count > 0 && zero >= 0 && i < sizeof(calls) / sizeof(calls[0]); i++) {
		int64_t start;

		if (strcmp(argv[1], calls[i].name) != 0)
			continue;
		repeat(calls[i].call, WARM_UP);
		start = now();
		repeat(calls[i].call, count);
		printf("%" PRId64 "\n", now() - start);
		return 0;
	}
	fprintf(stderr, "usage: bench_calls getpid|read|ioctl COUNT, where there is a /dev/zero\n");
	return 2;
}
