/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* order.c - what somebody who enters a sandbox wants to run there. */
#include "run/order.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "sys/file.h"
#include "sys/process.h"

/* What execve(2) takes at most, with a stack of the usual size: 2 MiB. */
enum { MAX_SIZE = 2 * 1024 * 1024 };

/* The file: this, then the strings, each with its NUL. Both ends are of one machine, mostly of one pinfold.
 */
struct head {
	uint32_t size; /* of this: another pinfold's differs */
	uint32_t given;
	uint32_t argc;
	uint32_t has_chdir;
	uint32_t has_term;
	struct tty_look look;
};

static size_t room_for(const char *string)
{
	return string == NULL ? 0 : strlen(string) + 1;
}

static char *add(char *at, const char *string)
{
	return string == NULL ? at : stpcpy(at, string) + 1;
}

static int put_all(int fd, const struct order *order)
{
	struct head head = {.size = sizeof(head),
			    .given = order->given,
			    .has_chdir = order->chdir != NULL,
			    .has_term = order->term != NULL,
			    .look = order->look};
	size_t size = sizeof(head) + room_for(order->chdir) + room_for(order->term);
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *text, *at;

	for (; order->argv[head.argc] != NULL; head.argc++)
		size += room_for(order->argv[head.argc]);
	if (size > MAX_SIZE)
		return -E2BIG;
	text = arena_alloc(arena, size);
	memcpy(text, &head, sizeof(head));
	at = add(add(text + sizeof(head), order->chdir), order->term);
	for (size_t i = 0; i < head.argc; i++)
		at = add(at, order->argv[i]);
	return sys_write_all(fd, text, size);
}

static int refuse_to_write(int errnum, struct err *err)
{
	err_set(err, ERR_SYSTEM, "system.order", errnum, "cannot pass the program's arguments on");
	if (errnum == E2BIG)
		return err_hint(err, "they are longer than execve(2) takes: pass fewer");
	if (errnum == EFBIG)
		return err_hint(err, "the limit on the size of files is too low: ulimit -f");
	return -1;
}

int order_write(const struct order *order, int *ret_fd, struct err *err)
{
	CLEANUP_FD int fd = sys_memory_file("pinfold-order");
	int r = fd < 0 ? fd : put_all(fd, order);

	if (r < 0)
		return refuse_to_write(-r, err);
	*ret_fd = fd_steal(&fd);
	return 0;
}

/* The next string, or NULL when there is none whole. */
static char *take(char **at, const char *end)
{
	char *string = *at;
	char *nul = *at < end ? memchr(*at, '\0', (size_t)(end - *at)) : NULL;

	if (nul == NULL)
		return NULL;
	*at = nul + 1;
	return string;
}

static bool parse(struct arena *arena, char *text, size_t len, struct order *ret)
{
	char *at = text + sizeof(struct head);
	const char *end = text + len;
	struct head head;

	if (len < sizeof(head))
		return false;
	memcpy(&head, text, sizeof(head));
	if (head.size != sizeof(head) || head.argc == 0 || head.argc > len)
		return false;
	*ret = (struct order){.given = head.given, .look = head.look};
	if (head.has_chdir != 0 && (ret->chdir = take(&at, end)) == NULL)
		return false;
	if (head.has_term != 0 && (ret->term = take(&at, end)) == NULL)
		return false;
	ret->argv = arena_alloc(arena, (head.argc + 1) * sizeof(ret->argv[0]));
	for (size_t i = 0; i < head.argc; i++) {
		ret->argv[i] = take(&at, end);
		if (ret->argv[i] == NULL)
			return false;
	}
	ret->argv[head.argc] = NULL;
	return true;
}

int order_read(struct arena *arena, int fd, struct order *ret, struct err *err)
{
	struct stat st;
	char *text;
	int r = sys_fstat(fd, &st);

	if (r < 0 || st.st_size > MAX_SIZE)
		return err_set(err, ERR_SYSTEM, "system.order", r < 0 ? -r : E2BIG, "cannot read the order");
	text = arena_alloc(arena, (size_t)st.st_size + 1);
	/* Its own offset: who made it shares the other. Of memory one read gets all. */
	r = sys_pread(fd, text, (size_t)st.st_size);
	if (r >= 0 && r == (int)st.st_size && parse(arena, text, (size_t)r, ret))
		return 0;
	err_set(err, ERR_SYSTEM, "system.order", r < 0 ? -r : 0, "the order is not one of this pinfold's");
	return err_hint(err, "the sandbox was started by another version: use that to enter it");
}
