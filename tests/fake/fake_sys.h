/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake_sys.h - stands in for the sys library: records every call, and can fail any of them.
 *
 * A call is one line of the trace: its name without "sys_", its arguments, and what it handed out:
 *
 *   open_resolve cwd /src path no_magiclinks = #3
 *   clone_tree #3 = #4
 *
 * Descriptors are real ones, numbered in the order they were handed out, so that an act can close them and a
 * test can count what is left. The state is shared with forked children; their lines start with "child: ".
 */
#ifndef PINFOLD_TESTS_FAKE_SYS_H
#define PINFOLD_TESTS_FAKE_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct call_notice;
struct sock_filter;

/* Forgets the trace, all answers and all failures: every call succeeds. */
void fake_reset(void);

/* Fails the n-th call from now on (from 1 on) that can fail. 0: none. */
void fake_fail_at(size_t n, int errnum);

/* Does a line of the trace start so? "#*" in the pattern is any descriptor. */
bool fake_starts(const char *line, const char *pattern);

/* Fails every call whose line starts so. */
void fake_fail(const char *start, int errnum);

/* What stat, lstat, and fstat of a descriptor opened for it, say of a path. Without: missing to stat, a
 * directory when opened. */
void fake_mode(const char *path, mode_t mode);
void fake_stat(const char *path, const struct stat *st);
void fake_symlink(const char *path, const char *target);

/* From now on opening a path that nothing was said of fails with ENOENT. */
void fake_knows_all(void);

/* What reading a file gives, by read_file and by open and read. */
void fake_file(const char *path, const char *text);

/* How children end, as wait says: CLD_EXITED or CLD_KILLED, and the code or signal. */
void fake_child_ends(int code, int status);

/* fork makes a real child, whose exec fails; without it returns a number. */
void fake_forks(void);

void fake_has_no_new_privs(bool value);
void fake_has_mdwe(bool value);
void fake_personality(unsigned int value);
/* The version of Landlock, or -errno. */
void fake_landlock(int version);
void fake_effective_caps(uint64_t caps);

/* A finite hard limit of the caller's; what the counter of processor time gives, opened from now on. */
void fake_hard_limit(int resource, uint64_t hard);
void fake_cpu_used(uint64_t ns);

/* Who holds every lock; 0, as after a reset: nobody. */
void fake_lock_holder(pid_t pid);

/* Which descriptors are terminals (bit n: n); are we in the foreground of every one? After a reset we are. */
void fake_terminals(unsigned int bits);
void fake_foreground(bool value);

/* When every file was made, in nanoseconds; 0, as after a reset: not known. */
void fake_birth(uint64_t ns);

/* What sys_next_call says. */
void fake_notice(const struct call_notice *notice);

/* The names in the next directory that is read, NULL at the end; they must stay. */
void fake_entries(const char *const *names);
/* The code of the filter that was loaded last: not a copy. Returns how many instructions it has. */
size_t fake_filter(const struct sock_filter **ret_code);

/* The calls so far that can fail, and the line of one of them (from 1 on); "" when there is none. */
size_t fake_count(void);
const char *fake_line(size_t n);

/* All lines, each with a newline. */
const char *fake_trace(void);

/* The number of the first line of the trace that starts so, from 1 on; 0 when there is none. */
size_t fake_find(const char *start);

/* Descriptors that this process has open. */
size_t fake_open_fds(void);

#endif
