/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fd.h - descriptors that close themselves. */
#ifndef PINFOLD_BASE_FD_H
#define PINFOLD_BASE_FD_H

#define CLEANUP_FD __attribute__((cleanup(fd_close_ptr)))

/* Closes *fd when it is open, sets it to -1, keeps errno. */
void fd_close_ptr(int *fd);

/* Takes the descriptor out of *fd, so that its cleanup closes nothing. */
int fd_steal(int *fd);

#endif
