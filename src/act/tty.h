/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tty.h - the program's terminal, and its process group.
 *
 * Must guarantee: the program has no descriptor of the caller's terminal, under whatever number; the terminal
 * that it has is of the sandbox's own devpts, so that its name leads to it and to nothing of the host's.
 */
#ifndef PINFOLD_ACT_TTY_H
#define PINFOLD_ACT_TTY_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>

struct err;
struct plan_terminal;
struct root;

/* How a terminal looks: taken of the caller's before the clone, given to the program's. */
struct tty_look {
	bool has_modes;
	struct termios modes;
	struct winsize size;
	bool is_foreground; /* the program has the keyboard from its start */
};

/*
 * In init, a session leader by now: makes a pty in the /dev/pts of the root, or in one that is shown nowhere;
 * puts it where the plan says and makes it the session's. *ret_tty is the program's end, *ret_master the
 * other, which does not block; both the caller's to close. Returns 0, or -1 with *err.
 */
int act_make_tty(const struct plan_terminal *plan, const struct tty_look *look, const struct root *root,
		 int *ret_tty, int *ret_master, struct err *err) __attribute__((warn_unused_result));

/* In init: puts a pipe in place of descriptor 0, 1 or 2; *ret_other is its other end, the caller's to close.
 */
int act_make_stream(int fd, int *ret_other, struct err *err) __attribute__((warn_unused_result));

/*
 * In the program's process: a process group of its own in the session of its terminal, in whose foreground it
 * is if it has the keyboard from the start. SIGTTOU must be blocked.
 */
int act_make_group(const struct tty_look *look, int tty_fd, struct err *err)
	__attribute__((warn_unused_result));

#endif
