/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * walk.c - try to write everywhere: create a file in every directory, open every file for writing.
 *
 *     walk ROOT
 *
 * prints "dir PATH" or "file PATH" for each place that could be written, "odd PATH: ERRNO" for one that
 * refused with something else than EROFS, EACCES or (in /proc) ENOENT and EPERM, and last "dirs N files N".
 * What belongs to one process below /proc is left out: it is that process's own.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long dirs, files;

static void tell(const char *kind, const char *path, int error)
{
	if (error == 0)
		printf("%s %s\n", kind, path);
	else if (error != EROFS && error != EACCES && error != ETXTBSY &&
		 !((error == ENOENT || error == EPERM || error == EIO) && strncmp(path, "/proc", 5) == 0))
		printf("odd %s: %s\n", path, strerrorname_np(error));
}

static void try_file(int dir, const char *name, const char *path)
{
	int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	files++;
	tell("file", path, fd < 0 ? errno : 0);
	if (fd >= 0)
		close(fd);
}

static void try_dir(int dir, const char *path)
{
	static const char probe[] = ".pinfold-walk";
	int fd = openat(dir, probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	dirs++;
	tell("dir", path, fd < 0 ? errno : 0);
	if (fd >= 0) {
		unlinkat(dir, probe, 0);
		close(fd);
	}
}

static int is_process(const char *path, const char *name)
{
	return strcmp(path, "/proc") == 0 && (isdigit((unsigned char)name[0]) || strcmp(name, "self") == 0);
}

static void walk(int parent, const char *name, const char *path)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL)
		return;
	try_dir(fd, path);
	while ((entry = readdir(dir)) != NULL) {
		char *below = NULL;
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    is_process(path, entry->d_name))
			continue;
		if (asprintf(&below, "%s/%s", strcmp(path, "/") == 0 ? "" : path, entry->d_name) < 0)
			abort();
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
			if (S_ISDIR(st.st_mode))
				walk(fd, entry->d_name, below);
			else if (S_ISREG(st.st_mode))
				try_file(fd, entry->d_name, below);
		}
		free(below);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	walk(AT_FDCWD, argv[1], argv[1]);
	printf("dirs %lu files %lu\n", dirs, files);
	return 0;
}
