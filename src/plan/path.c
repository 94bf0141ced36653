/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path.c - paths as text: nothing here looks at a file. */
#include "plan/path.h"

#include <limits.h>
#include <string.h>

#include "base/mem.h"

enum path_flaw path_normalize(struct arena *arena, const char *path, const char **ret_path)
{
	char *out;
	char *w;

	if (path[0] == '\0')
		return PATH_EMPTY;
	if (path[0] != '/')
		return PATH_RELATIVE;
	if (strlen(path) >= PATH_MAX)
		return PATH_TOO_LONG;
	out = w = arena_alloc(arena, strlen(path) + 1);
	while (*path != '\0') {
		size_t len;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len == 2 && path[0] == '.' && path[1] == '.')
			return PATH_DOTDOT;
		if (len > NAME_MAX)
			return PATH_TOO_LONG;
		if (len > 0 && !(len == 1 && path[0] == '.')) {
			*w++ = '/';
			memcpy(w, path, len);
			w += len;
		}
		path += len;
	}
	if (w == out)
		*w++ = '/';
	*w = '\0';
	*ret_path = out;
	return PATH_OK;
}

const char *path_flaw_text(enum path_flaw flaw)
{
	static const char *const texts[] = {
		[PATH_OK] = "the path is fine",
		[PATH_EMPTY] = "the path is empty",
		[PATH_RELATIVE] = "the path must start with /",
		[PATH_DOTDOT] = "the path must not contain ..",
		[PATH_TOO_LONG] = "the path is longer than the kernel takes (4095 bytes, 255 a component)",
	};

	return texts[flaw];
}

bool path_is_within(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	if (len == 1)
		return true;
	return strncmp(path, dir, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

int path_compare(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (*a == '\0' || *b == '\0')
		return *a == '\0' ? -1 : 1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

const char *path_parent(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

const char *path_base(const char *path)
{
	return strrchr(path, '/') + 1;
}
