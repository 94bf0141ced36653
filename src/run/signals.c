/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* signals.c - signals that are sent to pinfold, and whom in the sandbox they are for. */
#include "run/signals.h"

#include <stdbool.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "run/job.h"
#include "run/relay.h"
#include "run/wire.h"
#include "sys/process.h"

/*
 * Signals that are the program's business, and whom they are for when a key of the terminal sent them: the
 * sandbox is a session of its own, so nothing from the terminal reaches it but through us.
 */
static const struct passed {
	int signal;
	enum wire_to from_terminal;
	enum { JOB_IS_TOLD, JOB_STOPS, JOB_GOES_ON } job;
} passed_on[] = {
	{SIGHUP, WIRE_TO_GROUP, JOB_IS_TOLD},	 {SIGINT, WIRE_TO_GROUP, JOB_IS_TOLD},
	{SIGQUIT, WIRE_TO_GROUP, JOB_IS_TOLD},	 {SIGWINCH, WIRE_TO_GROUP, JOB_IS_TOLD},
	{SIGTERM, WIRE_TO_PROGRAM, JOB_IS_TOLD}, {SIGUSR1, WIRE_TO_PROGRAM, JOB_IS_TOLD},
	{SIGUSR2, WIRE_TO_PROGRAM, JOB_IS_TOLD}, {SIGALRM, WIRE_TO_PROGRAM, JOB_IS_TOLD},
	{SIGTSTP, WIRE_TO_ALL, JOB_STOPS},	 {SIGTTIN, WIRE_TO_ALL, JOB_STOPS},
	{SIGTTOU, WIRE_TO_ALL, JOB_STOPS},	 {SIGCONT, WIRE_TO_ALL, JOB_GOES_ON},
};

int signals_block(struct signals *signals, struct err *err)
{
	sigset_t set;
	sigset_t blocked;
	int r;

	(void)sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++)
		(void)sigaddset(&set, passed_on[i].signal);
	blocked = set;
	/* For init, which inherits the mask: it reads of its children's ends from a descriptor. */
	(void)sigaddset(&blocked, SIGCHLD);
	/* Of a reader that is gone we hear by EPIPE, and still have to tell how the program ended. */
	(void)sigaddset(&blocked, SIGPIPE);
	/* An ignored SIGCHLD would let the kernel reap our child before we can ask how it ended. */
	(void)signal(SIGCHLD, SIG_DFL);
	r = sys_set_mask(&blocked, &signals->caller_mask);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.signals", -r, "cannot block signals");
	signals->fd = sys_signalfd(&set);
	if (signals->fd < 0)
		return err_set(err, ERR_SYSTEM, "system.signals", -signals->fd, "cannot watch for signals");
	return 0;
}

void signals_close(struct signals *signals)
{
	fd_close_ptr(&signals->fd);
}

static void send_signal(int wire_fd, int sig, enum wire_to to)
{
	struct wire wire = {.type = WIRE_SIGNAL, .status = sig, .to = (int)to};

	(void)wire_send(wire_fd, &wire);
}

static const struct passed *find(uint32_t sig)
{
	for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++) {
		if (passed_on[i].signal == (int)sig)
			return &passed_on[i];
	}
	return NULL;
}

static void pass(const struct signalfd_siginfo *info, struct relay *relay, int wire_fd)
{
	const struct passed *row = find(info->ssi_signo);
	const bool is_from_terminal = info->ssi_code == SI_KERNEL;

	if (row == NULL)
		return;
	if (row->job == JOB_STOPS) {
		/* The whole job is told by whoever tells it: we stop ourselves alone. */
		job_stop(relay, wire_fd, row->signal, getpid());
		return;
	}
	if (row->job == JOB_GOES_ON) {
		job_continue(relay, wire_fd);
		return;
	}
	if (row->signal == SIGWINCH && relay_has_tty(relay)) {
		/* The program's own terminal tells it, when it has the new size. */
		relay_resize(relay);
		if (is_from_terminal)
			return;
	}
	send_signal(wire_fd, row->signal, is_from_terminal ? row->from_terminal : WIRE_TO_PROGRAM);
}

void signals_pass(const struct signals *signals, struct relay *relay, int wire_fd)
{
	struct signalfd_siginfo info;

	if (sys_read(signals->fd, &info, sizeof(info)) == (int)sizeof(info))
		pass(&info, relay, wire_fd);
}

int signals_pass_unless_ending(const struct signals *signals, struct relay *relay, int wire_fd)
{
	static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct signalfd_siginfo info;

	if (sys_read(signals->fd, &info, sizeof(info)) != (int)sizeof(info))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		if (ending[i] == (int)info.ssi_signo)
			return ending[i];
	}
	pass(&info, relay, wire_fd);
	return 0;
}
