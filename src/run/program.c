/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* program.c - the process that becomes the program. */
#include "run/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "run/story.h"
#include "sys/file.h"
#include "sys/process.h"

int program_main(void *start)
{
	struct program_start *program = start;
	struct err err;
	ssize_t ignored;

	program->pid = getpid();
	/* The last step is the exec: coming back at all is a failure. */
	if (story_run(program->story, WHO_PROGRAM, &err) == 0)
		err_set(&err, ERR_BUG, "bug.no-exec", 0, "the program was not executed");
	/* One write below PIPE_BUF is atomic: the error arrives whole or not at all. */
	ignored = write(program->report_fd, &err, sizeof(err));
	(void)ignored;
	sys_exit(125);
}

/* A name that was not found, or a file whose interpreter was not. */
static int refuse_missing(const struct plan_program *program, bool is_there, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "program.not-found", 0, "%s: not found in the sandbox", program->file);
	if (is_there)
		return err_hint(err, "the file is there, but its interpreter (#! line or dynamic loader) is "
				     "not: grant that too");
	if (program->missing_hint != NULL)
		return err_hint(err, "%s", program->missing_hint);
	if (strchr(program->file, '/') != NULL)
		return err_hint(err, "grant it with --ro; pinfold explain shows what is there");
	return err_hint(err, "PATH in the sandbox is %s", program->path);
}

static int refuse(const struct plan_program *program, int errnum, struct err *err)
{
	static const struct {
		int errnum;
		enum err_kind kind;
		const char *hint;
	} rows[] = {
		{EACCES, ERR_NOT_EXECUTABLE,
		 "it needs execute permission for you, on a file system that is not mounted noexec"},
		{EPERM, ERR_NOT_EXECUTABLE, "a security module or an outer filter refuses it"},
		{ENOEXEC, ERR_NOT_EXECUTABLE,
		 "it is neither a program of this machine nor a script that starts with #!"},
		{ETXTBSY, ERR_NOT_EXECUTABLE, "somebody has it open for writing"},
		{EISDIR, ERR_NOT_EXECUTABLE, "it is a directory"},
		{ELOOP, ERR_NOT_EXECUTABLE, "too many symbolic links, or interpreters of interpreters"},
		{E2BIG, ERR_SYSTEM, "arguments and environment are larger than execve(2) takes: pass fewer"},
		{ENAMETOOLONG, ERR_NOT_FOUND, "the name is longer than the kernel takes"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].errnum != errnum)
			continue;
		err_set(err, rows[i].kind, "program.not-executable", errnum, "%s: cannot be executed",
			program->file);
		return err_hint(err, "%s", rows[i].hint);
	}
	return err_set(err, ERR_SYSTEM, "program.not-executable", errnum, "%s: cannot be executed",
		       program->file);
}

/* A try of one path. Returns errno; *ret_is_there tells ENOENT of the file from ENOENT of its interpreter. */
static int try_exec(const struct plan_program *program, const char *path, bool *ret_is_there)
{
	int errnum = -sys_exec(path, program->argv, program->env);

	if (errnum == ENOENT && program->may_look && sys_access(AT_FDCWD, path, F_OK) == 0)
		*ret_is_there = true;
	return errnum;
}

static int search_path(const struct plan_program *program, bool *ret_is_there)
{
	char path[PATH_MAX];
	int result = ENOENT;

	for (const char *dir = program->path;; dir++) {
		size_t len = strcspn(dir, ":");
		/* An empty part means the current directory, as in a shell. */
		int n = snprintf(path, sizeof(path), "%.*s%s%s", (int)len, len > 0 ? dir : "",
				 len > 0 ? "/" : "./", program->file);

		if (n > 0 && (size_t)n < sizeof(path)) {
			int errnum = try_exec(program, path, ret_is_there);

			/* "Found but refused" is worth more than "not found" further on; anything else ends
			 * it. */
			if (errnum == EACCES)
				result = EACCES;
			else if (errnum != ENOENT && errnum != ENOTDIR)
				return errnum;
		}
		dir += len;
		if (*dir == '\0')
			return result;
	}
}

int program_execute(const struct plan_program *program, struct err *err)
{
	bool is_there = false;
	int errnum;

	if (strchr(program->file, '/') != NULL)
		errnum = try_exec(program, program->file, &is_there);
	else
		errnum = search_path(program, &is_there);
	if (errnum == ENOENT || errnum == ENOTDIR)
		return refuse_missing(program, is_there, err);
	return refuse(program, errnum, err);
}
