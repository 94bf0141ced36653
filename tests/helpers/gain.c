/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gain.c - tries to gain privilege, or to unlock what is locked, each in a child of its own.
 *
 *     gain WORD...
 *
 *   capset        all capabilities into the effective, permitted and inheritable set
 *   inherit       one into the inheritable set
 *   ambient       one into the ambient set
 *   bound         the bounding set has one to lose
 *   securebits    clears those that are not locked, and NOROOT with them
 *   keepcaps      capabilities that stay when the uid changes
 *   new-privs     takes no_new_privs back
 *
 * Prints "WORD: ok" or the errno's name.
 */
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int set_caps(uint32_t permitted, uint32_t inheritable)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
		{.effective = permitted, .permitted = permitted, .inheritable = inheritable}};

	return (int)syscall(SYS_capset, &header, data);
}

static int try_capset(void)
{
	return set_caps(1U << CAP_CHOWN, 1U << CAP_CHOWN);
}

static int try_inherit(void)
{
	return set_caps(0, 1U << CAP_CHOWN);
}

static int try_ambient(void)
{
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0);
}

static int try_bound(void)
{
	errno = EPERM;
	return prctl(PR_CAPBSET_READ, CAP_CHOWN, 0, 0, 0) == 1 ? 0 : -1;
}

static int try_securebits(void)
{
	return prctl(PR_SET_SECUREBITS, 0, 0, 0, 0);
}

static int try_keepcaps(void)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
}

static int try_new_privs(void)
{
	errno = EPERM;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 ? 0 : prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0);
}

static const struct {
	const char *word;
	int (*try)(void);
} rows[] = {
	{"capset", try_capset},	      {"inherit", try_inherit},	      {"ambient", try_ambient},
	{"bound", try_bound},	      {"securebits", try_securebits}, {"keepcaps", try_keepcaps},
	{"new-privs", try_new_privs},
};

static int report(const char *word)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status;
		pid_t child;

		if (strcmp(rows[i].word, word) != 0)
			continue;
		child = fork();
		if (child == 0)
			_exit(rows[i].try() >= 0 ? 0 : errno);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return -1;
		printf("%s: %s\n", word,
		       status == 0	   ? "ok"
		       : WIFEXITED(status) ? strerrorname_np(WEXITSTATUS(status))
					   : "killed");
		(void)fflush(stdout);
		return 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (report(argv[i]) < 0) {
			fprintf(stderr, "gain: unknown: %s\n", argv[i]);
			return 2;
		}
	}
	return 0;
}
