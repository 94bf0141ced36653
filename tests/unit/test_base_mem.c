/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_mem.c - memory that cannot fail, arenas, and arrays that grow in them. */
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The sanitizer would rather end the program than let an allocation fail. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static int is_zeroed(const void *ptr, size_t size)
{
	const char *bytes = ptr;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != 0)
			return 0;
	}
	return 1;
}

Test(mem, alloc_is_zeroed_and_takes_size_zero)
{
	CLEANUP_FREE char *some = mem_alloc(1000);
	CLEANUP_FREE char *none = mem_alloc(0);

	cr_assert(is_zeroed(some, 1000));
	cr_assert_not_null(none);
}

Test(mem, realloc_keeps_the_bytes)
{
	CLEANUP_FREE char *text = mem_realloc(NULL, 4);

	memcpy(text, "abc", 4);
	text = mem_realloc(text, 100000);
	cr_assert_str_eq(text, "abc");
}

Test(mem, steal_leaves_nothing_to_free)
{
	char *kept;

	{
		CLEANUP_FREE char *text = mem_alloc(8);

		memcpy(text, "kept", 5);
		kept = mem_steal(&text);
		cr_assert_null(text);
	}
	cr_assert_str_eq(kept, "kept");
	mem_free_ptr(&kept);
	cr_assert_null(kept);
	mem_free_ptr(&kept);
}

enum { EXIT_TEXT = 10000 };

/* Runs fn in a child whose standard error is a pipe; gives its exit code and what it wrote. */
static int exit_code_of(void (*fn)(void), char text[EXIT_TEXT])
{
	int fds[2];
	int status;
	size_t used = 0;
	ssize_t n;
	pid_t child;

	cr_assert_eq(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		(void)dup2(fds[1], STDERR_FILENO);
		fn();
		_exit(0);
	}
	(void)close(fds[1]);
	while ((n = read(fds[0], text + used, EXIT_TEXT - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	(void)close(fds[0]);
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Not a constant: the compiler knows that these cannot be had, and says so. */
static volatile size_t too_much = SIZE_MAX / 2 - 4096;

static void alloc_too_much(void)
{
	free(mem_alloc(too_much));
}

static void realloc_too_much(void)
{
	free(mem_realloc(NULL, too_much));
}

static void arena_too_much(void)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)arena_alloc(arena, too_much);
}

static void arena_overflow(void)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)arena_alloc(arena, too_much * 2 + 8191);
}

Test(mem, running_out_says_so_and_exits_125)
{
	static void (*const cases[])(void) = {alloc_too_much, realloc_too_much, arena_too_much,
					      arena_overflow};
	char text[EXIT_TEXT];

	if (getenv("PINFOLD_VALGRIND") != NULL)
		cr_skip("valgrind's malloc does not fail");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_assert_eq(exit_code_of(cases[i], text), 125, "case %zu", i);
		cr_assert_not_null(strstr(text, "pinfold: out of memory\n"), "case %zu: %s", i, text);
	}
}

Test(arena, memory_is_zeroed_aligned_and_apart)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	static const size_t sizes[] = {0, 1, 7, 8, 15, 16, 17, 100, 4096, 32768, 32769, 1000000, 3};
	char *previous = NULL;
	size_t previous_size = 0;

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			char *ptr = arena_alloc(arena, sizes[i]);

			cr_assert_eq((uintptr_t)ptr % alignof(max_align_t), 0U);
			cr_assert(is_zeroed(ptr, sizes[i]));
			memset(ptr, 0xaa, sizes[i]);
			if (previous != NULL && previous_size > 0)
				cr_assert_eq((unsigned char)previous[previous_size - 1], 0xaa);
			previous = ptr;
			previous_size = sizes[i];
		}
	}
}

Test(arena, free_takes_null)
{
	struct arena *none = NULL;

	arena_free(NULL);
	arena_free_ptr(&none);
	cr_assert_null(none);
}

Test(arena, strings_are_copies)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char text[] = "hello";
	char *whole = arena_strdup(arena, text);
	char *part = arena_strndup(arena, text + 1, 3);
	char *empty = arena_strndup(arena, text, 0);

	text[1] = 'X';
	cr_assert_str_eq(whole, "hello");
	cr_assert_str_eq(part, "ell");
	cr_assert_str_empty(empty);
}

Test(arena, printf_takes_any_length)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *text = arena_printf(arena, "%s-%d-%%", "a", 7);
	char *longer = arena_printf(arena, "%0*d", 100000, 1);

	cr_assert_str_eq(text, "a-7-%");
	cr_assert_eq(strlen(longer), 100000U);
	cr_assert_eq(longer[99999], '1');
	cr_assert_str_empty(arena_printf(arena, "%s", ""));
}

struct element {
	size_t number;
	char padding[20];
};

Test(arena, push_keeps_every_element)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct element *elements = NULL;
	size_t count = 0;

	for (size_t i = 0; i < 10000; i++) {
		struct element *element = ARENA_PUSH(arena, elements, count);

		cr_assert(is_zeroed(element, sizeof(*element)));
		element->number = i;
		cr_assert_eq(count, i + 1);
	}
	for (size_t i = 0; i < count; i++)
		cr_assert_eq(elements[i].number, i);
}

Test(arena, push_after_elements_were_taken_away)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	/* Whatever was removed, what is left must survive the next ones. */
	for (size_t filled = 1; filled < 70; filled++) {
		for (size_t kept = 0; kept <= filled; kept++) {
			size_t *numbers = NULL;
			size_t count = 0;

			for (size_t i = 0; i < filled; i++)
				*ARENA_PUSH(arena, numbers, count) = i;
			count = kept;
			for (size_t i = kept; i < kept + 20; i++)
				*ARENA_PUSH(arena, numbers, count) = i;
			for (size_t i = 0; i < count; i++)
				cr_assert_eq(numbers[i], i, "filled %zu kept %zu", filled, kept);
		}
	}
}
