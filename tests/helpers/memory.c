/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory.c - memory that is written to and then executed, and what a personality would make of it.
 *
 *     memory [WORD...]
 *
 * WORDs in turn: plain (mapped writable and executable), later (made executable when it was written to),
 * stack, forked (as plain, in a child), again (as plain, after an exec), implied (with READ_IMPLIES_EXEC,
 * which makes executable all that can be read), personality=N (sets it), shown (prints the personality as a
 * number). Prints "WORD: ok" or the errno's name. Without words: nothing.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *program;

static void *map(int prot)
{
	return mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int try_plain(void)
{
	return map(PROT_READ | PROT_WRITE | PROT_EXEC) == MAP_FAILED ? -1 : 0;
}

static int try_later(void)
{
	char *page = map(PROT_READ | PROT_WRITE);

	if (page == MAP_FAILED)
		return -1;
	page[0] = 0;
	return mprotect(page, PAGE, PROT_READ | PROT_EXEC);
}

static int try_stack(void)
{
	volatile char byte = 0;
	uintptr_t page = (uintptr_t)&byte & ~(uintptr_t)(PAGE - 1);

	return mprotect((void *)page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
}

static int await(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	errno = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
	return errno == 0 ? 0 : -1;
}

static int try_forked(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(try_plain() == 0 ? 0 : errno);
	return await(child);
}

static int try_again(void)
{
	char word[] = "-again";
	char *const argv[] = {program, word, NULL};
	pid_t child = fork();

	if (child == 0) {
		(void)execv(program, argv);
		_exit(errno);
	}
	return await(child);
}

/* What /proc/self/maps says of a mapping that asked for no execution. */
static int is_executable(void)
{
	char *page = map(PROT_READ | PROT_WRITE);
	unsigned long start, end;
	char flags[8], line[512];
	FILE *maps = fopen("/proc/self/maps", "re");

	if (page == MAP_FAILED || maps == NULL)
		return errno;
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &start, &end, flags) == 3 && start <= (uintptr_t)page &&
		    (uintptr_t)page < end)
			return flags[2] == 'x' ? 0 : EACCES;
	}
	return ENOENT;
}

static int try_implied(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(personality(READ_IMPLIES_EXEC) < 0 ? errno : is_executable());
	return await(child);
}

static int do_word(const char *word)
{
	static const struct {
		const char *word;
		int (*try)(void);
	} rows[] = {{"plain", try_plain},   {"later", try_later}, {"stack", try_stack},
		    {"forked", try_forked}, {"again", try_again}, {"implied", try_implied}};
	int r = -2;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].word, word) == 0)
			r = rows[i].try();
	}
	if (strncmp(word, "personality=", 12) == 0)
		r = personality(strtoul(word + 12, NULL, 0)) < 0 ? -1 : 0;
	if (strcmp(word, "shown") == 0) {
		printf("shown: %#x\n", (unsigned int)personality(0xffffffff));
		return 0;
	}
	if (r == -2)
		return -1;
	printf("%s: %s\n", word, r == 0 ? "ok" : strerrorname_np(errno));
	(void)fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	program = argv[0];
	if (argc == 2 && strcmp(argv[1], "-again") == 0)
		return try_plain() == 0 ? 0 : errno;
	for (int i = 1; i < argc; i++) {
		if (do_word(argv[i]) < 0) {
			fprintf(stderr, "memory: unknown: %s\n", argv[i]);
			return 2;
		}
	}
	return 0;
}
