/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tend.c - the process that has the program as its child. */
#include "run/tend.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "act/filter.h"
#include "act/lockdown.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "run/program.h"
#include "run/story.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/terminal.h"

/* linux/sched.h of the kernel: forked, but not yet executed. Field 9 of /proc/PID/stat shows it. */
#define PF_FORKNOEXEC 0x00000040UL

void tend_init(struct tend *tend, struct story *story, bool is_init, pid_t own_group)
{
	*tend = (struct tend){.story = story,
			      .is_init = is_init,
			      .own_group = own_group,
			      .report_fd = -1,
			      .signal_fd = -1,
			      .stat_fd = -1};
}

_Noreturn void tend_refuse(const struct story *story, const struct err *err)
{
	struct wire wire = {.type = WIRE_FAILED, .err = *err};

	(void)wire_send(story->wire_fd, &wire);
	sys_exit(125);
}

/* Which child it was for is asked by waitid(2). */
static void forget_signal(const struct tend *tend)
{
	char pending[sizeof(struct signalfd_siginfo)];

	(void)sys_read(tend->signal_fd, pending, sizeof(pending));
}

/* Until a child has ended, or for a while. */
static void await_child(const struct tend *tend)
{
	enum { WHILE_MS = 50 };
	struct pollfd children = {.fd = tend->signal_fd, .events = POLLIN};

	if (sys_poll(&children, 1, WHILE_MS) > 0)
		forget_signal(tend);
}

/* So often, which is a second at most: there may be processes of another uid, which we may not kill. */
enum { ROUNDS = 20 };

/*
 * Outside of the pid namespace the program that is ending, or dead, is not left to process 1 of the host:
 * until somebody has waited for it, its number is taken inside, and the sandbox cannot end; and that one may
 * be whatever a container was started with, and wait for nobody.
 */
static void reap_program(const struct tend *tend)
{
	siginfo_t info;

	for (int i = 0; i < ROUNDS && !tend->is_init; i++) {
		if (sys_wait(P_PID, (id_t)tend->program, &info, WEXITED | WNOHANG) < 0 || info.si_pid != 0)
			return;
		await_child(tend);
	}
}

/* What the program's report pipe says: an error ends us, end of file means executed (or killed before). */
static void read_report(struct tend *tend)
{
	struct wire wire = {.type = WIRE_EXECUTED};
	struct err err;
	int r = sys_read(tend->report_fd, &err, sizeof(err));

	if (r == (int)sizeof(err)) {
		reap_program(tend);
		tend_refuse(tend->story, &err);
	}
	fd_close_ptr(&tend->report_fd);
	(void)wire_send(tend->story->wire_fd, &wire);
}

enum { STAT_STATE = 3, STAT_FLAGS = 9, STAT_SIZE = 512 };

/* One of the program's /proc/PID/stat, with the space before it, as it is at the moment; NULL: not to be had.
 */
static const char *read_field(const struct tend *tend, char text[STAT_SIZE], int number)
{
	const char *field;
	int r = tend->stat_fd < 0 ? -1 : sys_pread(tend->stat_fd, text, STAT_SIZE - 1);

	if (r <= 0)
		return NULL;
	text[r] = '\0';
	/* The name, in brackets, may itself contain spaces and brackets. */
	field = strrchr(text, ')');
	for (int i = 2; field != NULL && i < number; i++)
		field = strchr(field + 1, ' ');
	return field;
}

/* Did the dead, unreaped program never get to its exec? */
static bool died_before_exec(const struct tend *tend)
{
	char text[STAT_SIZE];
	const char *field = read_field(tend, text, STAT_FLAGS);

	return field != NULL && (strtoul(field, NULL, 10) & PF_FORKNOEXEC) != 0;
}

/*
 * Process 1. What the kernel kills with it it waits for without adding up what that has used. So where
 * somebody wants to know, we kill and wait ourselves.
 */
static void reap_all(const struct tend *tend)
{
	siginfo_t info;

	for (int i = 0; i < ROUNDS; i++) {
		int r;

		(void)sys_kill(-1, SIGKILL);
		do {
			r = sys_wait(P_ALL, 0, &info, WEXITED | WNOHANG);
		} while (r == 0 && info.si_pid != 0);
		if (r < 0)
			return;
		await_child(tend);
	}
}

static _Noreturn void report_end(struct tend *tend, const siginfo_t *info)
{
	struct wire wire = {.type = WIRE_ENDED, .code = info->si_code, .status = info->si_status};

	if (tend->report_fd >= 0)
		read_report(tend);
	/* Exits before the exec are the program process's own, and it reports why; a signal reports nothing.
	 */
	if (info->si_code != CLD_EXITED && died_before_exec(tend)) {
		/* A filter that kills, an OOM kill: end of file on the pipe alone would look like an exec. */
		wire.type = WIRE_FAILED;
		err_set(&wire.err, ERR_SYSTEM, "system.killed", 0,
			"the program's process was ended by signal %d before it was "
			"executed",
			info->si_status);
		err_hint(&wire.err,
			 "too little memory, or a deny in [seccomp] that no program can start without");
	}
	reap_program(tend);
	(void)wire_send(tend->story->wire_fd, &wire);
	if (tend->is_init && tend->story->plan->caller.wants_usage)
		reap_all(tend);
	sys_exit(0);
}

/* With a terminal the program's stop is that of the whole job: of the shell's that started us. */
static void note_stop(const struct tend *tend)
{
	struct wire wire = {.type = WIRE_STOPPED};
	siginfo_t info;

	if (tend->story->tty_fd < 0 || sys_wait(P_PID, (id_t)tend->program, &info, WSTOPPED | WNOHANG) < 0 ||
	    info.si_pid == 0)
		return;
	wire.status = info.si_status;
	if (!tend->is_stopped && info.si_code == CLD_STOPPED)
		(void)wire_send(tend->story->wire_fd, &wire);
}

/* Reaps all that can be; comes back when the program is not among them. */
static void reap(struct tend *tend)
{
	siginfo_t info;

	forget_signal(tend);
	while (sys_wait(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
		if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED) {
			/* PTRACE_TRACEME made us its tracer; that is no end, and we trace nobody. */
			(void)sys_ptrace_detach(info.si_pid, info.si_status);
			continue;
		}
		if (info.si_pid == tend->program)
			report_end(tend, &info);
		(void)sys_wait(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG);
	}
	note_stop(tend);
}

/* There is no program to give it to: what would ask one to end ends us, and tells as if it had. */
static void end_held(const struct tend *tend, int sig)
{
	static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	const struct wire wire = {.type = WIRE_ENDED, .code = CLD_KILLED, .status = sig};

	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		if (ending[i] != sig)
			continue;
		(void)wire_send(tend->story->wire_fd, &wire);
		sys_exit(0);
	}
}

/* Whom of the program's a signal is for; 0 ends the list. -1 is everybody but us, to process 1. */
static void find_targets(const struct tend *tend, enum wire_to to, pid_t ret[3])
{
	const bool has_tty = tend->story->tty_fd >= 0;
	const bool has_group = has_tty || !tend->is_init;
	const pid_t front = has_tty ? sys_tty_group(tend->story->tty_fd) : -1;

	ret[0] = tend->program;
	ret[1] = ret[2] = 0;
	if (to == WIRE_TO_ALL && tend->is_init) {
		ret[0] = -1;
	} else if (has_group && to != WIRE_TO_PROGRAM) {
		ret[0] = -tend->program;
		/* Of a shell that somebody entered with, also what it runs at the moment. */
		if (to == WIRE_TO_ALL && front > 0 && front != tend->program && front != tend->own_group)
			ret[1] = -front;
	}
}

/*
 * A shell inside that goes on before its job would find that stopped, and take the keyboard. So what the
 * keyboard is for goes first; kill(2) of -1 takes the oldest first.
 */
static void wake_front(const struct tend *tend)
{
	pid_t front = sys_tty_group(tend->story->tty_fd);

	if (front == tend->own_group)
		front = tend->parked;
	if (front > 0)
		(void)sys_kill(-front, SIGCONT);
}

/*
 * A shell that is in waitpid(2) when its job stops comes back with that, also where a stop is waiting for
 * itself; when it goes on it takes the keyboard. So the program is stopped before anything else is.
 */
static void stop_program(const struct tend *tend)
{
	enum { TRIES = 100, PAUSE_MS = 1 };
	char text[STAT_SIZE];

	(void)sys_kill(tend->program, SIGSTOP);
	for (int i = 0; i < TRIES; i++) {
		const char *state = read_field(tend, text, STAT_STATE);

		/* Stopped, or dead. In the kernel for longer (D): the others cannot wait for that. */
		if (state == NULL || strchr("TtZX", state[1]) != NULL)
			return;
		(void)sys_poll(NULL, 0, PAUSE_MS);
	}
}

static void give_signal(struct tend *tend, const struct wire *wire)
{
	pid_t targets[3];

	if (tend->program == 0) {
		end_held(tend, wire->status);
		return;
	}
	if (wire->to == WIRE_TO_ALL)
		tend->is_stopped = wire->status == SIGSTOP;
	/* Without a terminal the program is in the process group of process 1, which no signal ends. */
	if (wire->to == WIRE_TO_GROUP && tend->is_init && tend->story->tty_fd < 0) {
		(void)sys_kill(0, wire->status);
		return;
	}
	if (wire->to == WIRE_TO_ALL && tend->story->tty_fd >= 0) {
		if (wire->status == SIGSTOP)
			stop_program(tend);
		else if (wire->status == SIGCONT)
			wake_front(tend);
	}
	find_targets(tend, (enum wire_to)wire->to, targets);
	for (size_t i = 0; targets[i] != 0; i++) {
		/* The program may have gone over to another group. */
		if (sys_kill(targets[i], wire->status) == -ESRCH && wire->to == WIRE_TO_GROUP)
			(void)sys_kill(tend->program, wire->status);
	}
}

/* We lead the session of the program's terminal; nobody else of it is in our process group. */
static void give_keyboard(struct tend *tend, int whom)
{
	const int fd = tend->story->tty_fd;
	const pid_t now = fd < 0 ? -1 : sys_tty_group(fd);

	if (now < 0)
		return;
	if (whom == KEYBOARD_NOBODY) {
		tend->parked = now == tend->own_group ? tend->parked : now;
		(void)sys_tty_set_group(fd, tend->own_group);
	} else if (whom == KEYBOARD_PROGRAM || tend->parked <= 0 ||
		   (now == tend->own_group && sys_tty_set_group(fd, tend->parked) < 0)) {
		if (whom == KEYBOARD_PROGRAM || now == tend->own_group)
			(void)sys_tty_set_group(fd, tend->program);
	}
}

/* With process 1 all ends. With one that is outside nothing does: there it takes a signal. */
static _Noreturn void end_with_program(const struct tend *tend)
{
	if (!tend->is_init) {
		(void)sys_kill(-tend->program, SIGKILL);
		(void)sys_kill(tend->program, SIGKILL);
		reap_program(tend);
	}
	sys_exit(125);
}

static void take_message(struct tend *tend)
{
	struct wire wire;

	/* The lifeline: without a supervisor there is no sandbox, and without who entered not his program. */
	if (wire_receive(tend->story->wire_fd, &wire) <= 0)
		end_with_program(tend);
	if (wire.type == WIRE_SIGNAL)
		give_signal(tend, &wire);
	else if (wire.type == WIRE_KEYBOARD)
		give_keyboard(tend, wire.status);
}

static _Noreturn void watch(struct tend *tend)
{
	for (size_t i = 0; i < tend->story->held_count; i++)
		give_signal(tend, &tend->story->held[i]);
	for (;;) {
		struct pollfd fds[] = {{.fd = tend->story->wire_fd, .events = POLLIN},
				       {.fd = tend->signal_fd, .events = POLLIN},
				       {.fd = tend->report_fd, .events = POLLIN}};

		if (sys_poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[2].revents != 0)
			read_report(tend);
		if (fds[1].revents != 0)
			reap(tend);
		if (fds[0].revents != 0)
			take_message(tend);
	}
}

/* What we give up once the program is on its way. */
static int harden(struct tend *tend, struct err *err)
{
	int kept[] = {tend->story->wire_fd, tend->report_fd, tend->signal_fd, tend->stat_fd,
		      tend->story->tty_fd};

	/* 0, 1 and 2 too: a reader of the program's pipe is to see its end when the program closes it. */
	if (act_keep_only(kept, ARRAY_SIZE(kept), err) < 0 || act_drop_kept_caps(tend->story->plan, err) < 0)
		return -1;
	return act_load_init_filter(err);
}

static int watch_children(struct tend *tend, struct err *err)
{
	sigset_t children;

	(void)sigemptyset(&children);
	(void)sigaddset(&children, SIGCHLD);
	tend->signal_fd = sys_signalfd(&children);
	if (tend->signal_fd < 0)
		return err_set(err, ERR_SYSTEM, "system.signalfd", -tend->signal_fd,
			       "cannot watch for ended processes");
	return 0;
}

int tend_start(struct tend *tend, struct err *err)
{
	struct story *story = tend->story;
	struct program_start start = {.story = story};
	char path[32];
	int pipe_fds[2];
	int r;

	if (watch_children(tend, err) < 0)
		return -1;
	if (story->plan->entry.is_held)
		return 0;
	r = sys_pipe(pipe_fds);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pipe", -r, "cannot make a pipe");
	start.report_fd = pipe_fds[1];
	tend->program = sys_spawn(program_main, &start);
	if (tend->program < 0)
		return err_set(err, ERR_SYSTEM, "system.fork", -tend->program,
			       "cannot start the program's process");
	fd_close_ptr(&pipe_fds[1]);
	tend->report_fd = pipe_fds[0];
	(void)snprintf(path, sizeof(path), "%d/stat", start.pid > 0 ? start.pid : tend->program);
	tend->stat_fd = story->root.proc_fd < 0 ? -1 : sys_open(story->root.proc_fd, path, O_RDONLY, 0);
	return 0;
}

/* The program may be running already: whoever reads this must not take it for a failed start. */
static _Noreturn void report_broken(struct tend *tend, const struct err *err)
{
	struct wire wire = {.type = WIRE_BROKEN, .code = CLD_KILLED, .status = SIGKILL, .err = *err};

	if (tend->report_fd >= 0)
		read_report(tend);
	(void)wire_send(tend->story->wire_fd, &wire);
	end_with_program(tend);
}

/* A held sandbox is there as soon as init is locked down. */
static void report_held(const struct tend *tend)
{
	const struct wire wire = {.type = WIRE_EXECUTED};

	if (tend->program == 0)
		(void)wire_send(tend->story->wire_fd, &wire);
}

_Noreturn void tend_watch(struct tend *tend)
{
	struct err err;

	if (harden(tend, &err) < 0) {
		if (tend->program == 0)
			tend_refuse(tend->story, &err);
		report_broken(tend, &err);
	}
	report_held(tend);
	watch(tend);
}
