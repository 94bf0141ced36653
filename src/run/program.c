/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* program.c - the process that becomes the program. */
#include "run/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "plan/plan.h"
#include "run/story.h"
#include "sys/process.h"

int program_main(void *start)
{
	const struct program_start *program = start;
	struct err err;
	ssize_t ignored;

	/* The last step is the exec: coming back at all is a failure. */
	if (story_run(program->story, WHO_PROGRAM, &err) == 0)
		err_set(&err, ERR_BUG, "bug.no-exec", 0, "the program was not executed");
	/* One write below PIPE_BUF is atomic: the error arrives whole or not at all. */
	ignored = write(program->report_fd, &err, sizeof(err));
	(void)ignored;
	sys_exit(125);
}

static int refuse(const struct plan_program *program, int errnum, struct err *err)
{
	const char *name = program->file;

	if (errnum == ENOENT || errnum == ENOTDIR) {
		err_set(err, ERR_NOT_FOUND, "program.not-found", 0, "%s: not found in the sandbox", name);
		if (strchr(name, '/') != NULL)
			return err_hint(err, "no such file there (or its interpreter is missing): grant it "
					     "with --ro, or look at "
					     "pinfold explain");
		return err_hint(err, "PATH in the sandbox is %s", program->path);
	}
	err_set(err, ERR_NOT_EXECUTABLE, "program.not-executable", errnum, "%s: cannot be executed", name);
	if (errnum == ENOEXEC)
		return err_hint(err,
				"it is neither a program of this machine nor a script that starts with #!");
	return err_hint(err,
			"it needs execute permission for you, on a file system that is not mounted noexec");
}

/* One try; ENOENT and the like let the search go on. */
static int try_exec(const struct plan_program *program, const char *path)
{
	return -sys_exec(path, program->argv, program->env);
}

static int search_path(const struct plan_program *program)
{
	char path[PATH_MAX];
	int result = ENOENT;

	for (const char *dir = program->path;; dir++) {
		size_t len = strcspn(dir, ":");
		/* An empty part means the current directory, as in a shell. */
		int n = snprintf(path, sizeof(path), "%.*s%s%s", (int)len, len > 0 ? dir : "",
				 len > 0 ? "/" : "./", program->file);

		if (n > 0 && (size_t)n < sizeof(path)) {
			int errnum = try_exec(program, path);

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

int program_execute(const struct plan_program *program, const sigset_t *mask, struct err *err)
{
	int errnum;

	(void)sys_set_mask(mask, NULL);
	if (strchr(program->file, '/') != NULL)
		errnum = try_exec(program, program->file);
	else
		errnum = search_path(program);
	return refuse(program, errnum, err);
}
