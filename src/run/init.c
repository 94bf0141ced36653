/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * init.c - process 1 of the sandbox.
 *
 * Must guarantee: when the program ends, or the supervisor is gone, everything in the sandbox ends
 * (the kernel kills a pid namespace with its process 1); how the program ended is reported as it was;
 * a program that never got to its exec is not reported as one that ran.
 *
 * It runs as the program's user, so it must give that program nothing: it is undumpable from before
 * the fork, keeps no descriptor of the host's, no capability, and only the calls of its own filter.
 */
#include "run/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
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

struct init {
	struct story *story;
	pid_t program;	 /* 0: none, the namespaces are held */
	int report_fd;	 /* the program's error, or end of file when it is executed; -1 afterwards */
	int signal_fd;	 /* SIGCHLD */
	int stat_fd;	 /* /proc/PID/stat of the program, -1 without a /proc */
	bool is_stopped; /* all of it, by the supervisor's order */
	pid_t parked;	 /* the process group that the keyboard was for when it was taken away; 0: none */
};

static _Noreturn void report_failure(const struct story *story, const struct err *err)
{
	struct wire wire = {.type = WIRE_FAILED, .err = *err};

	(void)wire_send(story->wire_fd, &wire);
	sys_exit(125);
}

/* What the program's report pipe says: an error ends us, end of file means executed (or killed before). */
static void read_report(struct init *init)
{
	struct wire wire = {.type = WIRE_EXECUTED};
	struct err err;
	int r = sys_read(init->report_fd, &err, sizeof(err));

	if (r == (int)sizeof(err))
		report_failure(init->story, &err);
	fd_close_ptr(&init->report_fd);
	(void)wire_send(init->story->wire_fd, &wire);
}

/* Did the dead, unreaped program never get to its exec? */
static bool died_before_exec(const struct init *init)
{
	char text[512];
	const char *field;
	int r = init->stat_fd < 0 ? -1 : sys_pread(init->stat_fd, text, sizeof(text) - 1);

	if (r <= 0)
		return false;
	text[r] = '\0';
	/* The name, in brackets, may itself contain spaces and brackets. */
	field = strrchr(text, ')');
	for (int i = 2; field != NULL && i < 9; i++)
		field = strchr(field + 1, ' ');
	return field != NULL && (strtoul(field, NULL, 10) & PF_FORKNOEXEC) != 0;
}

/*
 * What the kernel kills with process 1 it waits for without adding up what that has used. So where somebody
 * wants to know, we kill and wait ourselves; not for ever, as there may be processes of another uid, which we
 * may not kill.
 */
static void reap_all(const struct init *init)
{
	enum { ROUNDS = 20, ROUND_MS = 50 };
	struct pollfd children = {.fd = init->signal_fd, .events = POLLIN};
	char pending[sizeof(struct signalfd_siginfo)];
	siginfo_t info;

	for (int i = 0; i < ROUNDS; i++) {
		int r;

		(void)sys_kill(-1, SIGKILL);
		do {
			r = sys_wait(P_ALL, 0, &info, WEXITED | WNOHANG);
		} while (r == 0 && info.si_pid != 0);
		if (r < 0)
			return;
		if (sys_poll(&children, 1, ROUND_MS) > 0)
			(void)sys_read(init->signal_fd, pending, sizeof(pending));
	}
}

static _Noreturn void report_end(struct init *init, const siginfo_t *info)
{
	struct wire wire = {.type = WIRE_ENDED, .code = info->si_code, .status = info->si_status};

	if (init->report_fd >= 0)
		read_report(init);
	/* Exits before the exec are the program process's own, and it reports why; a signal reports nothing.
	 */
	if (info->si_code != CLD_EXITED && died_before_exec(init)) {
		/* A filter that kills, an OOM kill: end of file on the pipe alone would look like an exec. */
		wire.type = WIRE_FAILED;
		err_set(&wire.err, ERR_SYSTEM, "system.killed", 0,
			"the program's process was ended by signal %d before it was "
			"executed",
			info->si_status);
		err_hint(&wire.err,
			 "too little memory, or a deny in [seccomp] that no program can start without");
	}
	(void)wire_send(init->story->wire_fd, &wire);
	if (init->story->plan->caller.wants_usage)
		reap_all(init);
	sys_exit(0);
}

/* With a terminal the program's stop is that of the whole job: of the shell's that started us. */
static void note_stop(const struct init *init)
{
	struct wire wire = {.type = WIRE_STOPPED};
	siginfo_t info;

	if (init->story->tty_fd < 0 || sys_wait(P_PID, (id_t)init->program, &info, WSTOPPED | WNOHANG) < 0 ||
	    info.si_pid == 0)
		return;
	wire.status = info.si_status;
	if (!init->is_stopped && info.si_code == CLD_STOPPED)
		(void)wire_send(init->story->wire_fd, &wire);
}

/* Reaps all that can be; comes back when the program is not among them. */
static void reap(struct init *init)
{
	siginfo_t info;
	char pending[sizeof(struct signalfd_siginfo)];

	(void)sys_read(init->signal_fd, pending, sizeof(pending));
	while (sys_wait(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
		if (info.si_code == CLD_TRAPPED || info.si_code == CLD_STOPPED) {
			/* PTRACE_TRACEME made us its tracer; that is no end, and we trace nobody. */
			(void)sys_ptrace_detach(info.si_pid, info.si_status);
			continue;
		}
		if (info.si_pid == init->program)
			report_end(init, &info);
		(void)sys_wait(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG);
	}
	note_stop(init);
}

/* There is no program to give it to: what would ask one to end ends us, and tells as if it had. */
static void end_held(const struct init *init, int sig)
{
	static const int ending[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	const struct wire wire = {.type = WIRE_ENDED, .code = CLD_KILLED, .status = sig};

	for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
		if (ending[i] != sig)
			continue;
		(void)wire_send(init->story->wire_fd, &wire);
		sys_exit(0);
	}
}

static void give_signal(struct init *init, const struct wire *wire)
{
	/* To kill(2) -1 is everybody but us, and 0 our process group, in which the program is without a
	 * terminal. */
	const pid_t targets[] = {[WIRE_TO_PROGRAM] = init->program,
				 [WIRE_TO_GROUP] = init->story->tty_fd < 0 ? 0 : -init->program,
				 [WIRE_TO_ALL] = -1};

	if (init->program == 0) {
		end_held(init, wire->status);
		return;
	}
	if (wire->to < 0 || wire->to >= (int)ARRAY_SIZE(targets))
		return;
	if (wire->to == WIRE_TO_ALL)
		init->is_stopped = wire->status == SIGSTOP;
	/* The program may have gone over to another group. */
	if (sys_kill(targets[wire->to], wire->status) == -ESRCH && wire->to == WIRE_TO_GROUP)
		(void)sys_kill(init->program, wire->status);
}

/* We lead the session of the program's terminal; nobody else of it is in our process group. */
static void give_keyboard(struct init *init, int whom)
{
	enum { OWN_GROUP = 1 };
	const int fd = init->story->tty_fd;
	const pid_t now = fd < 0 ? -1 : sys_tty_group(fd);

	if (now < 0)
		return;
	if (whom == KEYBOARD_NOBODY) {
		init->parked = now == OWN_GROUP ? init->parked : now;
		(void)sys_tty_set_group(fd, OWN_GROUP);
	} else if (whom == KEYBOARD_PROGRAM || init->parked <= 0 ||
		   (now == OWN_GROUP && sys_tty_set_group(fd, init->parked) < 0)) {
		if (whom == KEYBOARD_PROGRAM || now == OWN_GROUP)
			(void)sys_tty_set_group(fd, init->program);
	}
}

static void take_message(struct init *init)
{
	struct wire wire;

	/* The lifeline: without a supervisor there is no sandbox. */
	if (wire_receive(init->story->wire_fd, &wire) <= 0)
		sys_exit(125);
	if (wire.type == WIRE_SIGNAL)
		give_signal(init, &wire);
	else if (wire.type == WIRE_KEYBOARD)
		give_keyboard(init, wire.status);
}

static _Noreturn void watch(struct init *init)
{
	for (size_t i = 0; i < init->story->held_count; i++)
		give_signal(init, &init->story->held[i]);
	for (;;) {
		struct pollfd fds[] = {{.fd = init->story->wire_fd, .events = POLLIN},
				       {.fd = init->signal_fd, .events = POLLIN},
				       {.fd = init->report_fd, .events = POLLIN}};

		if (sys_poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		if (fds[2].revents != 0)
			read_report(init);
		if (fds[1].revents != 0)
			reap(init);
		if (fds[0].revents != 0)
			take_message(init);
	}
}

static int compare_ints(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Closes all descriptors but these, in any order; those below 0 are none. */
static int keep_only(int *fds, size_t count, struct err *err)
{
	size_t none = 0;

	qsort(fds, count, sizeof(fds[0]), compare_ints);
	while (none < count && fds[none] < 0)
		none++;
	return act_keep_fds(fds + none, count - none, err);
}

/* What init gives up once the program is on its way. */
static int harden(struct init *init, struct err *err)
{
	int kept[] = {init->story->wire_fd, init->report_fd, init->signal_fd, init->stat_fd,
		      init->story->tty_fd};

	/* 0, 1 and 2 too: a reader of the program's pipe is to see its end when the program closes it. */
	if (keep_only(kept, ARRAY_SIZE(kept), err) < 0 || act_drop_kept_caps(init->story->plan, err) < 0)
		return -1;
	return act_load_init_filter(err);
}

static int watch_children(struct init *init, struct err *err)
{
	sigset_t children;

	(void)sigemptyset(&children);
	(void)sigaddset(&children, SIGCHLD);
	init->signal_fd = sys_signalfd(&children);
	if (init->signal_fd < 0)
		return err_set(err, ERR_SYSTEM, "system.signalfd", -init->signal_fd,
			       "cannot watch for ended processes");
	return 0;
}

/* Forks the program, unless there is none, and sets up what init watches it with. */
static int start_program(struct init *init, struct err *err)
{
	struct story *story = init->story;
	struct program_start start = {.story = story};
	char path[32];
	int pipe_fds[2];
	int r;

	if (watch_children(init, err) < 0)
		return -1;
	if (story->plan->entry.is_held)
		return 0;
	r = sys_pipe(pipe_fds);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pipe", -r, "cannot make a pipe");
	start.report_fd = pipe_fds[1];
	init->program = sys_spawn(program_main, &start);
	if (init->program < 0)
		return err_set(err, ERR_SYSTEM, "system.fork", -init->program,
			       "cannot start the program's process");
	fd_close_ptr(&pipe_fds[1]);
	init->report_fd = pipe_fds[0];
	(void)snprintf(path, sizeof(path), "%d/stat", init->program);
	init->stat_fd = story->root.proc_fd < 0 ? -1 : sys_open(story->root.proc_fd, path, O_RDONLY, 0);
	return 0;
}

/*
 * First of all: gone are the caller's session and process group, through which kill(0, ...) and priorities
 * would reach processes of the host that are in no pid namespace of ours; and every descriptor that was left
 * open and is not passed on, through which a path (/proc/self/fd/9) would lead out of the root that is being
 * built.
 */
static int leave_caller(const struct story *story, struct err *err)
{
	struct pollfd lifeline = {.fd = story->wire_fd};
	int r = sys_new_session();

	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.session", -r, "cannot start a session");
	if (act_keep_passed(&story->plan->caller, story->wire_fd, err) < 0)
		return -1;
	r = sys_set_parent_death_signal(SIGKILL);
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.pdeathsig", -r,
			       "cannot ask for the parent's death signal");
	/* A supervisor that died before that sends no signal; but its end of the socket is closed. */
	if (sys_poll(&lifeline, 1, 0) > 0)
		sys_exit(125);
	return 0;
}

/* The program may be running already: whoever reads this must not take it for a failed start. */
static _Noreturn void report_broken(struct init *init, const struct err *err)
{
	struct wire wire = {.type = WIRE_BROKEN, .code = CLD_KILLED, .status = SIGKILL, .err = *err};

	if (init->report_fd >= 0)
		read_report(init);
	(void)wire_send(init->story->wire_fd, &wire);
	sys_exit(125);
}

/* A held sandbox is there as soon as init is locked down. */
static void report_held(const struct init *init)
{
	const struct wire wire = {.type = WIRE_EXECUTED};

	if (init->program == 0)
		(void)wire_send(init->story->wire_fd, &wire);
}

_Noreturn void init_main(struct story *story)
{
	struct init init = {.story = story, .report_fd = -1, .signal_fd = -1, .stat_fd = -1};
	struct err err;

	if (leave_caller(story, &err) < 0 || story_run(story, WHO_INIT, &err) < 0 ||
	    start_program(&init, &err) < 0)
		report_failure(story, &err);
	if (harden(&init, &err) < 0) {
		if (init.program == 0)
			report_failure(story, &err);
		report_broken(&init, &err);
	}
	report_held(&init);
	watch(&init);
}
