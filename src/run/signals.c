/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* signals.c - signals that are sent to pinfold, and whom in the sandbox they are for. */
#include "run/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "run/wire.h"
#include "sys/process.h"

/*
 * Signals that are the program's business, and whom they are for when a key of the terminal sent them: the
 * sandbox is a session of its own, so nothing from the terminal reaches it but through us.
 */
static const struct passed {
	int signal;
	enum wire_to from_terminal;
} passed_on[] = {
	{SIGHUP, WIRE_TO_GROUP},    {SIGINT, WIRE_TO_GROUP},	{SIGQUIT, WIRE_TO_GROUP},
	{SIGWINCH, WIRE_TO_GROUP},  {SIGTERM, WIRE_TO_PROGRAM}, {SIGUSR1, WIRE_TO_PROGRAM},
	{SIGUSR2, WIRE_TO_PROGRAM}, {SIGALRM, WIRE_TO_PROGRAM}, {SIGTSTP, WIRE_TO_ALL},
	{SIGCONT, WIRE_TO_ALL},
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

static void pass(const struct signalfd_siginfo *info, int wire_fd)
{
	const struct passed *row = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++) {
		if (passed_on[i].signal == (int)info->ssi_signo)
			row = &passed_on[i];
	}
	if (row == NULL)
		return;
	if (row->signal == SIGTSTP) {
		/* The key means the whole job: the sandbox stops, which TSTP would not do in a session of its
		 * own, then we. */
		send_signal(wire_fd, SIGSTOP, WIRE_TO_ALL);
		(void)sys_kill(getpid(), SIGSTOP);
		return;
	}
	send_signal(wire_fd, row->signal,
		    (int)info->ssi_code == SI_KERNEL || row->from_terminal == WIRE_TO_ALL ? row->from_terminal
											  : WIRE_TO_PROGRAM);
}

void signals_pass(const struct signals *signals, int wire_fd)
{
	struct signalfd_siginfo info;

	if (sys_read(signals->fd, &info, sizeof(info)) == (int)sizeof(info))
		pass(&info, wire_fd);
}

int signals_pass_unless_ending(const struct signals *signals, int wire_fd)
{
	static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct signalfd_siginfo info;

	if (sys_read(signals->fd, &info, sizeof(info)) != (int)sizeof(info))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		if (ending[i] == (int)info.ssi_signo)
			return ending[i];
	}
	pass(&info, wire_fd);
	return 0;
}
