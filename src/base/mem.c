/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mem.c - memory that cannot fail, and owners that clean up after themselves. */
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 32 * 1024 };

struct block {
	struct block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *head;
};

/* The documented exception to "only cmd/ prints or exits": there is nobody left to report to. */
static _Noreturn void die(void)
{
	static const char msg[] = "pinfold: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, msg, sizeof(msg) - 1);

	(void)ignored;
	_exit(125);
}

void *mem_alloc(size_t size)
{
	void *ptr = calloc(1, size > 0 ? size : 1);

	if (ptr == NULL)
		die();
	return ptr;
}

void *mem_realloc(void *ptr, size_t size)
{
	void *bigger = realloc(ptr, size > 0 ? size : 1);

	if (bigger == NULL)
		die();
	return bigger;
}

void mem_free_ptr(void *ptr)
{
	void **p = ptr;

	free(*p);
	*p = NULL;
}

void *mem_steal(void *ptr)
{
	void **p = ptr;
	void *value = *p;

	*p = NULL;
	return value;
}

struct arena *arena_new(void)
{
	return mem_alloc(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	for (struct block *block = arena->head; block != NULL;) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
	free(arena);
}

void arena_free_ptr(struct arena **arena)
{
	arena_free(*arena);
	*arena = NULL;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct block *block = arena->head;
	void *ptr;

	if (size > SIZE_MAX / 2)
		die();
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (block == NULL || block->size - block->used < size) {
		size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;

		/* Zeroed piece by piece below: most of a block is never touched, and so costs no page. */
		block = mem_realloc(NULL, sizeof(*block) + room);
		block->size = room;
		block->used = 0;
		block->next = arena->head;
		arena->head = block;
	}
	ptr = block->data + block->used;
	block->used += size;
	return memset(ptr, 0, size);
}

char *arena_strndup(struct arena *arena, const char *s, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;
	va_list again;
	char *text;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die();
	text = arena_alloc(arena, (size_t)n + 1);
	(void)vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return text;
}

void *arena_grow(struct arena *arena, void *array, size_t count, size_t element)
{
	const size_t first = 8;
	void *bigger;

	/* Full exactly when count is 0 or a power of two from `first` on: no capacity to store. */
	if (count != 0 && (count < first || (count & (count - 1)) != 0))
		return array;
	bigger = arena_alloc(arena, (count == 0 ? first : count * 2) * element);
	if (count != 0)
		memcpy(bigger, array, count * element);
	return bigger;
}
