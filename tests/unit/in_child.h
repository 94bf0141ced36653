/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * in_child.h - a test's body in a forked child, for what a process cannot take back: namespaces, ids,
 * filters.
 *
 *   static void body(void) { CHECK(sys_something() == 0, "r %d", r); }
 *   Test(suite, name) { in_child(body); }
 *
 * Criterion's own assertions would report from the wrong process: the child uses CHECK and child_skip.
 */
#ifndef PINFOLD_TESTS_IN_CHILD_H
#define PINFOLD_TESTS_IN_CHILD_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_FAILED = 101, CHILD_SKIPS = 102, CHILD_TEXT = 4000 };

/* Shared with the child: what it has to say. */
static char *child_text;

static inline _Noreturn void child_ends(int code, const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static inline _Noreturn void child_ends(int code, const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(child_text, CHILD_TEXT, "%s:%d: ", file, line);

	va_start(ap, fmt);
	(void)vsnprintf(child_text + n, CHILD_TEXT - (size_t)n, fmt, ap);
	va_end(ap);
	_exit(code);
}

#define CHECK(condition, ...)                                                                                \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			child_ends(CHILD_FAILED, __FILE__, __LINE__, #condition " " __VA_ARGS__);            \
	} while (0)

#define child_skip(...) child_ends(CHILD_SKIPS, __FILE__, __LINE__, __VA_ARGS__)

/* Runs body in a child and makes its end that of the test. */
static inline void in_child(void (*body)(void))
{
	int status;
	pid_t child;

	child_text = mmap(NULL, CHILD_TEXT, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(child_text, MAP_FAILED);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		body();
		_exit(0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_SKIPS)
		cr_skip("%s", child_text);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x: %s", (unsigned int)status,
		  child_text);
}

static inline int child_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	(void)close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* In the child: uid 0 of a user namespace of its own, and the other namespaces of flags. */
static inline void child_unshare(int flags)
{
	char uid_map[40];
	char gid_map[40];

	(void)snprintf(uid_map, sizeof(uid_map), "0 %u 1", geteuid());
	(void)snprintf(gid_map, sizeof(gid_map), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER | flags) < 0)
		child_skip("no user namespaces here");
	CHECK(child_write("/proc/self/setgroups", "deny") == 0);
	CHECK(child_write("/proc/self/uid_map", uid_map) == 0, "%s", uid_map);
	CHECK(child_write("/proc/self/gid_map", gid_map) == 0, "%s", gid_map);
}

/* In the child: the whole of a small file. */
static inline const char *child_read(const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n;

	CHECK(fd >= 0, "%s", path);
	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	(void)close(fd);
	return text;
}

#endif
