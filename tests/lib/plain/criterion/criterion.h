/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criterion.h - what our unit tests use of Criterion, in one process a program, for valgrind.
 *
 * Criterion starts the program again for each test. Under valgrind that is a second each: minutes for the
 * suite, where this takes one start a program and a fork a test. `make check-valgrind` compiles the tests
 * against this header; `make check` runs them with the real Criterion, which reports better and catches more.
 */
#ifndef PINFOLD_TESTS_PLAIN_CRITERION_H
#define PINFOLD_TESTS_PLAIN_CRITERION_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct criterion_test_set;

struct plain_options {
	void (*init)(void);
	void (*fini)(void);
};

struct plain_test {
	const char *suite;
	const char *name;
	void (*body)(void);
	struct plain_options options;
	struct plain_test *next;
};

enum { PLAIN_FAILED = 1, PLAIN_SKIPPED = 77 };

/* Filled by constructors, before main. A suite is an entry without a body. */
static struct plain_test *plain_tests;
static struct plain_test *plain_suites;
static void (*plain_before_all)(struct criterion_test_set *tests);

#define PLAIN_ENTRY(list, id, ...)                                                                           \
	static struct plain_test plain_entry_##id = {__VA_ARGS__};                                           \
	__attribute__((constructor)) static void plain_add_##id(void)                                        \
	{                                                                                                    \
		plain_entry_##id.next = list;                                                                \
		list = &plain_entry_##id;                                                                    \
	}

#define Test(suite, name, ...)                                                                               \
	static void plain_##suite##_##name(void);                                                            \
	PLAIN_ENTRY(plain_tests, suite##_##name, #suite, #name, plain_##suite##_##name, {__VA_ARGS__}, NULL) \
	static void plain_##suite##_##name(void)

#define TestSuite(suite, ...)                                                                                \
	PLAIN_ENTRY(plain_suites, suite, #suite, NULL, NULL, {__VA_ARGS__}, NULL) struct plain_test

#define ReportHook(when)                                                                                     \
	static void plain_hook_##when(struct criterion_test_set *);                                          \
	__attribute__((constructor)) static void plain_add_hook_##when(void)                                 \
	{                                                                                                    \
		plain_before_all = plain_hook_##when;                                                        \
	}                                                                                                    \
	static void plain_hook_##when

static _Noreturn void plain_fail(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "%s:%d: %s\n", file, line, what);
	exit(PLAIN_FAILED);
}

/* The message of an assertion: a format and its arguments, or nothing. */
#define PLAIN_SAY(...) ((void)fprintf(stderr, "" __VA_ARGS__), (void)fputc('\n', stderr))

#define cr_assert(condition, ...)                                                                            \
	do {                                                                                                 \
		if (!(condition)) {                                                                          \
			PLAIN_SAY(__VA_ARGS__);                                                              \
			plain_fail(__FILE__, __LINE__, "not true: " #condition);                             \
		}                                                                                            \
	} while (0)
#define cr_assert_not(condition, ...) cr_assert(!(condition), __VA_ARGS__)
#define cr_assert_null(value, ...) cr_assert((value) == NULL, __VA_ARGS__)
#define cr_assert_not_null(value, ...) cr_assert((value) != NULL, __VA_ARGS__)
#define cr_assert_eq(a, b, ...) cr_assert((a) == (b), __VA_ARGS__)
#define cr_assert_neq(a, b, ...) cr_assert((a) != (b), __VA_ARGS__)
#define cr_assert_lt(a, b, ...) cr_assert((a) < (b), __VA_ARGS__)
#define cr_assert_leq(a, b, ...) cr_assert((a) <= (b), __VA_ARGS__)
#define cr_assert_gt(a, b, ...) cr_assert((a) > (b), __VA_ARGS__)
#define cr_assert_geq(a, b, ...) cr_assert((a) >= (b), __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...) cr_assert(strcmp((a), (b)) == 0, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...) cr_assert(strcmp((a), (b)) != 0, __VA_ARGS__)
#define cr_assert_str_empty(a, ...) cr_assert((a)[0] == '\0', __VA_ARGS__)
#define cr_assert_str_not_empty(a, ...) cr_assert((a)[0] != '\0', __VA_ARGS__)
#define cr_assert_fail(...)                                                                                  \
	do {                                                                                                 \
		PLAIN_SAY(__VA_ARGS__);                                                                      \
		plain_fail(__FILE__, __LINE__, "must not be reached");                                       \
	} while (0)
#define cr_skip(...)                                                                                         \
	do {                                                                                                 \
		PLAIN_SAY(__VA_ARGS__);                                                                      \
		exit(PLAIN_SKIPPED);                                                                         \
	} while (0)

/* In a child: leaves through exit, so that valgrind looks for leaks. */
static _Noreturn void plain_run(const struct plain_test *test)
{
	struct plain_options suite = {NULL, NULL};

	for (const struct plain_test *s = plain_suites; s != NULL; s = s->next)
		if (strcmp(s->suite, test->suite) == 0)
			suite = s->options;
	if (suite.init != NULL)
		suite.init();
	if (test->options.init != NULL)
		test->options.init();
	test->body();
	if (test->options.fini != NULL)
		test->options.fini();
	if (suite.fini != NULL)
		suite.fini();
	exit(0);
}

int main(void)
{
	int failed = 0;

	if (plain_before_all != NULL)
		plain_before_all(NULL);
	for (const struct plain_test *t = plain_tests; t != NULL; t = t->next) {
		int status = -1;
		pid_t child;

		(void)fflush(NULL);
		child = fork();
		if (child == 0)
			plain_run(t);
		if (child > 0)
			(void)waitpid(child, &status, 0);
		if (WIFEXITED(status) && WEXITSTATUS(status) == PLAIN_SKIPPED) {
			(void)printf("ok - %s::%s # SKIP\n", t->suite, t->name);
		} else if (status == 0) {
			(void)printf("ok - %s::%s\n", t->suite, t->name);
		} else {
			(void)printf("not ok - %s::%s (status %#x)\n", t->suite, t->name,
				     (unsigned int)status);
			failed++;
		}
	}
	return failed != 0;
}

#endif
