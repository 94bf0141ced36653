/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* err.c - the one error every floor above sys reports with. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* snprintf that cuts silently: a message is for people, and half of one beats none. */
__attribute__((format(printf, 3, 0))) static size_t put(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, size, fmt, ap);

	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

/* The text, with its end cut where it would leave no room for `reserved` bytes behind it. */
__attribute__((format(printf, 4, 0))) static size_t put_cut(char *buf, size_t size, size_t reserved,
							    const char *fmt, va_list ap)
{
	static const char mark[] = "...";
	size_t room = size - reserved;
	size_t used = put(buf, size, fmt, ap);

	if (used < room)
		return used;
	memcpy(buf + room - sizeof(mark), mark, sizeof(mark));
	return room - 1;
}

void err_fill(struct err *err, enum err_kind kind, const char *id, int errnum, const char *fmt, ...)
{
	const char *reason = errnum != 0 ? strerror(errnum) : "";
	va_list ap;
	size_t used;

	*err = (struct err){.kind = kind, .errnum = errnum};
	(void)snprintf(err->id, sizeof(err->id), "%s", id);
	va_start(ap, fmt);
	/* The reason is worth more than the end of a long path. */
	used = put_cut(err->msg, sizeof(err->msg), strlen(reason) + sizeof(": "), fmt, ap);
	va_end(ap);
	if (errnum != 0)
		(void)snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", reason);
}

void err_fill_hint(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)put(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

void err_fill_origin(struct err *err, const char *name, unsigned int line, unsigned int column)
{
	size_t len = name != NULL ? strlen(name) : 0;

	if (len == 0 || err->origin[0] != '\0')
		return;
	/* What tells one file from another stands at the end, so of a long path the head goes. */
	if (len < sizeof(err->origin))
		(void)snprintf(err->origin, sizeof(err->origin), "%s", name);
	else
		(void)snprintf(err->origin, sizeof(err->origin), "...%s",
			       name + len - (sizeof(err->origin) - sizeof("...")));
	err->line = line;
	err->column = column;
}

const char *err_where(struct arena *arena, const struct err *err)
{
	if (err->line == 0)
		return err->origin;
	if (err->column == 0)
		return arena_printf(arena, "%s:%u", err->origin, err->line);
	return arena_printf(arena, "%s:%u:%u", err->origin, err->line, err->column);
}

void err_fill_prefix(struct err *err, const char *fmt, ...)
{
	char old[sizeof(err->msg)];
	va_list ap;
	size_t used;

	memcpy(old, err->msg, sizeof(old));
	va_start(ap, fmt);
	used = put(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	(void)snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", old);
}
