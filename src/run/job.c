/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* job.c - to the shell that started us, the sandbox is one job. */
#include "run/job.h"

#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "run/relay.h"
#include "run/wire.h"
#include "sys/process.h"

static void send_to_all(int wire_fd, int sig)
{
	struct wire wire = {.type = WIRE_SIGNAL, .status = sig, .to = WIRE_TO_ALL};

	(void)wire_send(wire_fd, &wire);
}

void job_continue(struct relay *relay, int wire_fd)
{
	relay_resume(relay);
	send_to_all(wire_fd, SIGCONT);
}

/* Who lets us go on does it by a signal, which waits for us then. */
static bool was_continued(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && sigismember(&pending, SIGCONT) == 1;
}

bool job_stop(struct relay *relay, int wire_fd, int sig, pid_t whom)
{
	sigset_t all;
	sigset_t before;
	bool has_stopped;

	/* Not by the signal itself, which its processes could ignore: with nobody to watch them, none goes
	 * on. */
	send_to_all(wire_fd, SIGSTOP);
	relay_pause(relay);
	/* It is blocked: it waits for the mask that lets it through, and there we stop. */
	(void)sys_kill(whom, sig);
	(void)sigfillset(&all);
	(void)sigdelset(&all, sig);
	if (sys_set_mask(&all, &before) >= 0)
		(void)sys_set_mask(&before, NULL);
	has_stopped = was_continued();
	job_continue(relay, wire_fd);
	return has_stopped;
}

void job_program_stopped(struct relay *relay, int wire_fd, int sig)
{
	const bool wants_keyboard = sig == SIGTTIN || sig == SIGTTOU;

	if (!relay_has_tty(relay))
		return;
	if (wants_keyboard && relay_is_foreground(relay)) {
		relay_give_keyboard(relay);
		send_to_all(wire_fd, SIGCONT);
		return;
	}
	/* SIGSTOP would stop us in an orphaned group too, where nobody could let us go on. */
	if (!job_stop(relay, wire_fd, wants_keyboard ? sig : SIGTSTP, 0) && wants_keyboard)
		/* It would ask again at once, and for ever. Where nobody can bring us to the foreground the
		 * kernel lets reads fail. */
		relay_end_input(relay);
}
