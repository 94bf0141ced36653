/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mem.h - memory that cannot fail, and owners that clean up after themselves.
 *
 * Running out of memory before the program starts has one sane answer: say so and exit 125. It is
 * given here, once, so that no caller carries an error path that nothing can test.
 */
#ifndef PINFOLD_BASE_MEM_H
#define PINFOLD_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define CLEANUP_FREE CLEANUP(mem_free_ptr)
#define CLEANUP_ARENA CLEANUP(arena_free_ptr)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Zeroed memory; never NULL (exits 125 when there is none). The caller frees it with free(3). */
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));

/* As realloc(3), never NULL. */
void *mem_realloc(void *ptr, size_t size) __attribute__((returns_nonnull));

/* For the cleanup attribute: frees *ptr. */
void mem_free_ptr(void *ptr);

/* Takes the pointer out of *ptr, so that its cleanup frees nothing. */
void *mem_steal(void *ptr);

/*
 * An arena owns everything that one request or plan is made of; it is freed as a whole. Memory
 * from it is zeroed and never NULL.
 */
struct arena;

struct arena *arena_new(void) __attribute__((returns_nonnull));
void arena_free(struct arena *arena);
void arena_free_ptr(struct arena **arena);

void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *arena, const char *s, size_t len) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *arena, const char *s) __attribute__((returns_nonnull));
char *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), returns_nonnull));

/*
 * Makes room for element number `count` of an array that lives in the arena and returns the array
 * (moved or not). The array grows by doubling, so that appending n elements costs O(n).
 */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t element)
	__attribute__((returns_nonnull));

/* Appends one zeroed element to (array, count) and gives its address. */
#define ARENA_PUSH(arena, array, count)                                                                      \
	((array) = arena_grow((arena), (array), (count), sizeof(*(array))), &(array)[(count)++])

#endif
