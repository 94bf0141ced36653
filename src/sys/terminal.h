/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * terminal.h - terminals, and process groups.
 *
 * Every function returns >= 0, or -errno. Descriptors are CLOEXEC and the caller's to close.
 */
#ifndef PINFOLD_SYS_TERMINAL_H
#define PINFOLD_SYS_TERMINAL_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

/* isatty(3). */
bool sys_is_terminal(int fd);

/* termios(3). Modes are set when what was written has gone out; what was typed and not read stays. */
int sys_tty_modes(int fd, struct termios *ret_modes);
int sys_tty_set_modes(int fd, const struct termios *modes);

/* TIOCGWINSZ and TIOCSWINSZ, of either end of a pty; who is in its foreground gets SIGWINCH. */
int sys_tty_size(int fd, struct winsize *ret_size);
int sys_tty_set_size(int fd, const struct winsize *size);

/* The other end of a pty, whose lock is taken off. TIOCSPTLCK, TIOCGPTPEER (4.13): no path is looked up. */
int sys_tty_peer(int master);

/* TIOCSCTTY: makes it the controlling terminal of the caller, a session leader without one. */
int sys_tty_take(int fd);

/*
 * tcgetpgrp(3) and tcsetpgrp(3): the process group in the foreground, -ENOTTY when it is not the caller's
 * controlling terminal.
 */
pid_t sys_tty_group(int fd);
int sys_tty_set_group(int fd, pid_t group);

/* setpgid(2) and getpgrp(2) of the caller. */
int sys_new_process_group(void);
pid_t sys_process_group(void);

/* The lowest free descriptor from 3 on for the same open file. fcntl(2) F_DUPFD_CLOEXEC. */
int sys_dup_above(int fd);

#endif
