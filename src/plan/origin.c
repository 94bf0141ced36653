/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* origin.c - where a value was written. */
#include "plan/origin.h"

#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"

const char *origin_text(struct arena *arena, const struct origin *origin)
{
	return origin->line == 0 ? origin->name : arena_printf(arena, "%s:%u", origin->name, origin->line);
}

int origin_blame(struct err *err, const struct origin *origin)
{
	if (origin == NULL)
		return -1;
	return err_at(err, origin->name, origin->line, origin->column);
}
