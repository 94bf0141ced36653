/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * burn.c - uses up what limits are about, in ways that limits get wrong. Never longer than 20 seconds.
 *
 *     burn spin              endless work in one process
 *     burn hogs N FILE       in N processes at once, which are waited for; FILE has the milliseconds of each,
 * as int64 burn relay             a little in one process, which then leaves the rest to a child in a session
 * of its own burn litter            in ever new children of a few milliseconds that nobody waits for burn
 * forks             as many sleeping children as there may be; prints how many, and why not more burn threads
 * the same with threads burn bomb              children that fork children, and all go on forking burn raise
 * KEY VALUE   sets hard and soft limit, by the name of RLIMIT_<KEY>; prints "ok" or why not burn spread asks
 * for all processors; prints "ok" or why not burn slow              makes all that runs as this user as slow
 * as may be, process 1 too; then spins
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_MS = 20000, MOST = 200 };

static int64_t deadline_ms;

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int is_over(void)
{
	return clock_ms(CLOCK_MONOTONIC) >= deadline_ms;
}

/* So much processor time of this process, but not beyond the deadline. */
static void burn_ms(int64_t ms)
{
	const int64_t end = clock_ms(CLOCK_PROCESS_CPUTIME_ID) + ms;

	while (!is_over() && clock_ms(CLOCK_PROCESS_CPUTIME_ID) < end)
		;
}

static int spin(char **args)
{
	(void)args;
	burn_ms(LONGEST_MS);
	return 3;
}

static int hogs(char **args)
{
	const int count = atoi(args[0]);
	const size_t size = (size_t)count * sizeof(int64_t);
	int fd = open(args[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	volatile int64_t *used = MAP_FAILED;

	if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
		used = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (used == MAP_FAILED) {
		perror(args[1]);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		if (fork() == 0) {
			while (!is_over())
				used[i] = clock_ms(CLOCK_PROCESS_CPUTIME_ID);
			_exit(3);
		}
	}
	while (wait(NULL) > 0)
		;
	return 3;
}

static int relay(char **args)
{
	int is_first = 1;

	(void)args;
	while (!is_over()) {
		burn_ms(150);
		switch (fork()) {
		case 0:
			setsid();
			is_first = 0;
			continue;
		case -1:
			return 4;
		default:
			/* The first process waits, or it would be the end of the sandbox; the others leave.
			 */
			while (is_first && !is_over())
				(void)usleep(50000);
			return 3;
		}
	}
	return 3;
}

static int litter(char **args)
{
	(void)args;
	signal(SIGCHLD, SIG_IGN);
	while (!is_over()) {
		if (fork() == 0) {
			burn_ms(4);
			_exit(0);
		}
		(void)usleep(4500);
	}
	return 3;
}

static int forks(char **args)
{
	static pid_t children[MOST];
	int count = 0;

	(void)args;
	while (count < MOST && (children[count] = fork()) >= 0) {
		if (children[count] == 0) {
			(void)alarm(LONGEST_MS / 1000);
			pause();
			_exit(0);
		}
		count++;
	}
	printf("%d %s\n", count, count < MOST ? strerror(errno) : "and more");
	for (int i = 0; i < count; i++)
		kill(children[i], SIGKILL);
	return 0;
}

static void *sleep_on(void *arg)
{
	pause();
	return arg;
}

static int threads(char **args)
{
	pthread_attr_t attr;
	pthread_t thread;
	int count = 0;
	int r = 0;

	(void)args;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	while (count < MOST && (r = pthread_create(&thread, &attr, sleep_on, NULL)) == 0)
		count++;
	printf("%d %s\n", count, r != 0 ? strerror(r) : "and more");
	return 0;
}

static int bomb(char **args)
{
	(void)args;
	while (!is_over())
		(void)!fork();
	return 3;
}

static int say(int r)
{
	puts(r == 0 ? "ok" : strerror(errno));
	return 0;
}

static int raise_limit(char **args)
{
	static const struct {
		const char *name;
		int resource;
	} rows[] = {{"NPROC", RLIMIT_NPROC}, {"NOFILE", RLIMIT_NOFILE}, {"FSIZE", RLIMIT_FSIZE},
		    {"CORE", RLIMIT_CORE},   {"STACK", RLIMIT_STACK},	{"DATA", RLIMIT_DATA},
		    {"AS", RLIMIT_AS},	     {"CPU", RLIMIT_CPU},	{"NICE", RLIMIT_NICE}};

	for (size_t i = 0; args[1] != NULL && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const rlim_t value = strtoull(args[1], NULL, 10);
		const struct rlimit limit = {value, value};

		if (strcmp(rows[i].name, args[0]) == 0)
			return say(setrlimit((enum __rlimit_resource)rows[i].resource, &limit));
	}
	return 2;
}

static int spread(char **args)
{
	cpu_set_t set;

	(void)args;
	CPU_ZERO(&set);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &set);
	return say(sched_setaffinity(0, sizeof(set), &set));
}

static int slow(char **args)
{
	const struct sched_param param = {0};

	(void)setpriority(PRIO_USER, 0, 19);
	(void)setpriority(PRIO_PGRP, 0, 19);
	(void)setpriority(PRIO_PROCESS, 1, 19);
	(void)sched_setscheduler(1, SCHED_IDLE, &param);
	(void)kill(1, SIGSTOP);
	for (int i = 0; i < 8; i++) {
		if (fork() == 0)
			break;
	}
	return spin(args);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*run)(char **args);
	} modes[] = {{"spin", 0, spin},	    {"hogs", 2, hogs},	       {"relay", 0, relay},
		     {"litter", 0, litter}, {"forks", 0, forks},       {"threads", 0, threads},
		     {"bomb", 0, bomb},	    {"raise", 2, raise_limit}, {"spread", 0, spread},
		     {"slow", 0, slow}};

	deadline_ms = clock_ms(CLOCK_MONOTONIC) + LONGEST_MS;
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, argv[1]) == 0 && argc - 2 == modes[i].args)
			return modes[i].run(argv + 2);
	}
	fprintf(stderr, "burn: wrong usage\n");
	return 2;
}
