/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay.c - a main for a fuzz target in a build without libFuzzer: runs it on each file that is named.
 *
 *   fuzz_TARGET FILE...
 *
 * What must not be aborts, as under libFuzzer.
 */
#include <string.h>

#include "base/mem.h"
#include "paper.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "re");
		CLEANUP_FREE uint8_t *data = NULL;
		size_t size = 0;

		if (file == NULL) {
			perror(argv[i]);
			return 1;
		}
		while (feof(file) == 0 && ferror(file) == 0) {
			data = mem_realloc(data, size + BUFSIZ);
			size += fread(data + size, 1, BUFSIZ, file);
		}
		(void)fclose(file);
		/* To the byte, so that a sanitizer sees who reads on. */
		data = mem_realloc(data, size);
		(void)fprintf(stderr, "%s (%zu bytes)\n", argv[i], size);
		(void)LLVMFuzzerTestOneInput(data, size);
	}
	return 0;
}
