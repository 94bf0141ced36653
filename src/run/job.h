/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * job.h - to the shell that started us, the sandbox is one job: it stops and goes on as a whole, and we with
 * it.
 *
 * relay is NULL where the program has what the caller has as 0, 1 and 2; wire_fd leads to init.
 */
#ifndef PINFOLD_RUN_JOB_H
#define PINFOLD_RUN_JOB_H

#include <sys/types.h>

struct relay;

/*
 * Everything in the sandbox stops, then `whom` (kill(2): our own pid, or 0: our process group) by the signal,
 * one of job control. Comes back when we go on; at once where nobody could let us go on (an orphaned process
 * group, which the kernel does not stop).
 */
void job_stop(struct relay *relay, int wire_fd, int sig, pid_t whom);

/* We were let go on, perhaps after a stop that we knew nothing of: so is everything. */
void job_continue(struct relay *relay, int wire_fd);

/* The program's process has stopped, by this signal; with a terminal of its own that is the job's. */
void job_program_stopped(struct relay *relay, int wire_fd, int sig);

#endif
