/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path.h - paths as text: nothing here looks at a file. */
#ifndef PINFOLD_PLAN_PATH_H
#define PINFOLD_PLAN_PATH_H

#include <stdbool.h>

struct arena;

enum path_flaw { PATH_OK, PATH_EMPTY, PATH_RELATIVE, PATH_DOTDOT, PATH_TOO_LONG };

/*
 * An absolute path without repeated slashes, "." components and a slash at the end. ".." is refused
 * rather than folded: through a symlink it would not lead where the text says.
 */
enum path_flaw path_normalize(struct arena *arena, const char *path, const char **ret_path);

/* What a user is told of a flaw. */
const char *path_flaw_text(enum path_flaw flaw);

/* True when `path` is `dir` or lies below it; both normalized. */
bool path_is_within(const char *path, const char *dir);

/*
 * Orders normalized paths so that every directory comes right before what is below it: as strcmp
 * with '/' below every other byte.
 */
int path_compare(const char *a, const char *b);

/* Directory part ("/" at the top) and last component of a normalized path other than "/". */
const char *path_parent(struct arena *arena, const char *path);
const char *path_base(const char *path);

#endif
