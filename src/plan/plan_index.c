/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan_index.c - which node a path of the sandbox is on, without looking at all of them.
 *
 * Masks are asked for one by one, against all rules and all masks so far: by a search that would be the
 * square of their number. A hash of every destination, and a path answers with the longest of its own
 * beginnings.
 */
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "plan/plan_parts.h"

struct node_index {
	size_t *slots; /* a node's index plus 1; 0: free */
	size_t size;   /* a power of two, at least twice the nodes */
	size_t count;  /* of the nodes that are in it: those further on came later */
};

/* FNV-1a, which goes on from the hash of a beginning. */
static const uint32_t hash_seed = 2166136261U;

static uint32_t hash_byte(uint32_t hash, char byte)
{
	return (hash ^ (unsigned char)byte) * 16777619U;
}

/* The slot of the node with this destination, or the free one where it would be. */
static size_t *find_slot(const struct node_list *nodes, const char *dest, size_t len, uint32_t hash)
{
	const struct node_index *index = nodes->index;

	for (size_t at = hash;; at++) {
		size_t *slot = &index->slots[at & (index->size - 1)];
		const char *found = *slot != 0 ? nodes->items[*slot - 1].dest : NULL;

		if (found == NULL || (strncmp(found, dest, len) == 0 && found[len] == '\0'))
			return slot;
	}
}

static void add(const struct node_list *nodes, size_t i)
{
	const char *dest = nodes->items[i].dest;
	uint32_t hash = hash_seed;
	size_t *slot;

	for (const char *s = dest; *s != '\0'; s++)
		hash = hash_byte(hash, *s);
	slot = find_slot(nodes, dest, strlen(dest), hash);
	if (*slot == 0)
		*slot = i + 1;
}

/* Takes in what was added to the list since the last time. */
static void update(struct arena *arena, struct node_list *nodes)
{
	enum { MIN_SIZE = 64 };
	struct node_index *index = nodes->index;

	if (index == NULL)
		index = nodes->index = arena_alloc(arena, sizeof(*index));
	if (nodes->count * 2 > index->size) {
		index->size = index->size == 0 ? MIN_SIZE : index->size;
		while (nodes->count * 2 > index->size)
			index->size *= 2;
		index->slots = arena_alloc(arena, index->size * sizeof(index->slots[0]));
		index->count = 0;
	}
	while (index->count < nodes->count)
		add(nodes, index->count++);
}

struct plan_node *plan_nodes_at(struct arena *arena, struct node_list *nodes, const char *path)
{
	struct plan_node *longest = NULL;
	uint32_t hash = hash_seed;

	if (nodes->count == 0)
		return NULL;
	update(arena, nodes);
	for (size_t len = 1;; len++) {
		hash = hash_byte(hash, path[len - 1]);
		/* The root, and every beginning that a slash or the end comes behind. */
		if (len == 1 || path[len] == '/' || path[len] == '\0') {
			size_t slot = *find_slot(nodes, path, len, hash);

			longest = slot != 0 ? &nodes->items[slot - 1] : longest;
		}
		if (path[len] == '\0')
			return longest;
	}
}
