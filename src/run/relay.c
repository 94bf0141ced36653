/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* relay.c - between the caller's terminal and what the program has in its place. */
#include "run/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>

#include "act/tty.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "run/loop.h"
#include "run/pump.h"
#include "run/signals.h"
#include "run/wire.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/terminal.h"

enum {
	PUMPS = 3,
	/*
	 * A terminal that poll(2) says can be written to takes this much at once, so a write does not wait:
	 * serial lines by their drivers' rule (256), a pty because its room is made in pieces of 256 at
	 * least.
	 */
	SHARED_WRITE = 128,
	/* What is no terminal takes this much, as pipes promise it. */
	PIPE_WRITE = 4096,
};

/* One of the caller's descriptors, 0 to 2, as the relay uses it. */
struct end {
	int fd; /* -1: not used, or gone */
	size_t max_write;
};

/*
 * With a terminal pumps[0] carries keys to it, and pumps[1] what it shows; with pipes pumps[n] is for
 * descriptor n.
 */
struct relay {
	const struct plan_terminal *plan;
	struct end ends[PUMPS]; /* the caller's; with a terminal: [0] input, [1] output */
	int inner[PUMPS];	/* the program's pipes, or in [0] the master */
	struct pump pumps[PUMPS];
	struct termios caller_modes; /* as they were; meaningful when has_modes */
	struct termios given_modes;  /* of the program's terminal at the start */
	bool has_modes;
	bool is_raw;
	bool is_plain;	   /* the program's terminal makes no lines of its output, as ours does */
	bool has_keyboard; /* the program has it, or gets it when we are in the foreground */
	bool is_foreground;
	bool is_hung_up;
	bool is_line_open; /* the last byte of the input was no end of line */
	int wire_fd;	   /* -1: the program does not run */
};

bool relay_has_tty(const struct relay *relay)
{
	return relay != NULL && relay->plan->kind == TERMINAL_PTY;
}

static bool is_terminal(const struct relay *relay, int number)
{
	return (relay->plan->given >> number & 1) != 0;
}

/*
 * An open file of our own for what the caller's descriptor is open on. On his we cannot say O_NONBLOCK: he
 * and others share it. Another user's terminal (su) cannot be opened again, there may be no /proc: then the
 * caller's own has to do.
 */
static int open_end(const struct relay *relay, int number, struct end *ret_end)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", number);
	*ret_end = (struct end){.fd = -1, .max_write = PUMP_SIZE};
	if (is_terminal(relay, number))
		ret_end->fd = sys_open(AT_FDCWD, path, O_RDWR | O_NOCTTY | O_NONBLOCK, 0);
	if (ret_end->fd >= 0)
		return 0;
	ret_end->max_write = is_terminal(relay, number) ? SHARED_WRITE : PIPE_WRITE;
	ret_end->fd = sys_dup_above(number);
	return ret_end->fd < 0 ? ret_end->fd : 0;
}

/* The caller's terminal, whose modes and size count; -1: there is none. */
static int terminal_of(const struct relay *relay)
{
	return relay->plan->given != 0 ? relay->ends[0].fd : -1;
}

bool relay_is_foreground(const struct relay *relay)
{
	pid_t group = terminal_of(relay) < 0 ? -1 : sys_tty_group(terminal_of(relay));

	/* Where it is not our controlling terminal there is no job control, and nobody else's turn. */
	return group < 0 || group == sys_process_group();
}

static void look(struct relay *relay, struct tty_look *ret_look)
{
	const struct winsize usual = {.ws_row = 24, .ws_col = 80};
	int fd = terminal_of(relay);

	*ret_look = (struct tty_look){.size = usual};
	relay->is_foreground = relay_is_foreground(relay);
	relay->has_keyboard = relay->plan->is_eager;
	ret_look->is_foreground = relay->has_keyboard && relay->is_foreground;
	if (fd < 0 || sys_tty_modes(fd, &relay->caller_modes) < 0)
		return;
	relay->has_modes = true;
	ret_look->has_modes = true;
	ret_look->modes = relay->caller_modes;
	/* While the caller's terminal makes lines, the program's must not do it too. */
	relay->is_plain = !ret_look->is_foreground;
	if (relay->is_plain)
		ret_look->modes.c_oflag &= (tcflag_t)~OPOST;
	relay->given_modes = ret_look->modes;
	if (sys_tty_size(fd, &ret_look->size) < 0)
		ret_look->size = usual;
}

int relay_open(struct arena *arena, const struct plan_terminal *plan, struct relay **ret_relay,
	       struct tty_look *ret_look, struct err *err)
{
	struct relay *relay;
	int r = 0;

	*ret_relay = NULL;
	*ret_look = (struct tty_look){0};
	if (plan->kind == TERMINAL_KEPT)
		return 0;
	relay = arena_alloc(arena, sizeof(*relay));
	relay->plan = plan;
	relay->wire_fd = -1;
	*ret_relay = relay;
	for (int i = 0; i < PUMPS; i++) {
		const int both[PUMPS] = {plan->input, plan->output, -1};
		const int number = plan->kind == TERMINAL_PTY ? both[i] : i;

		relay->ends[i].fd = relay->inner[i] = -1;
		pump_open(&relay->pumps[i], -1, -1, 0);
		if (r == 0 && number >= 0 && (plan->replaced >> number & 1) != 0)
			r = open_end(relay, number, &relay->ends[i]);
	}
	if (r < 0)
		return err_set(err, ERR_SYSTEM, "system.terminal", -r, "cannot use the terminal");
	if (plan->kind == TERMINAL_PTY)
		look(relay, ret_look);
	return 0;
}

void relay_take(struct relay *relay, const struct wire *wire, int *passed)
{
	int number = wire->status < 0 ? 0 : wire->status;

	if (relay != NULL && number < PUMPS && relay->inner[number] < 0)
		relay->inner[number] = fd_steal(passed);
}

/* ------------------------------------------------------------ modes */

static void send_to_init(const struct relay *relay, enum wire_type type, int status, enum wire_to to)
{
	struct wire wire = {.type = type, .status = status, .to = (int)to};

	if (relay->wire_fd >= 0)
		(void)wire_send(relay->wire_fd, &wire);
}

static bool are_same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_lflag == b->c_lflag;
}

/*
 * The program has the keyboard for the first time, and its terminal makes the lines from now on. Modes that
 * it has not touched were those of the caller's terminal while somebody else had that, such as a shell that
 * reads a line.
 */
static void make_lines_inside(struct relay *relay)
{
	struct termios modes;

	if (!relay->is_plain || sys_tty_modes(relay->inner[0], &modes) < 0)
		return;
	if (are_same(&modes, &relay->given_modes))
		modes = relay->caller_modes;
	modes.c_oflag |= relay->caller_modes.c_oflag & OPOST;
	relay->is_plain = sys_tty_set_modes(relay->inner[0], &modes) < 0;
}

static void make_raw(struct relay *relay)
{
	struct termios raw = relay->caller_modes;

	if (relay->is_raw || !relay->has_modes)
		return;
	cfmakeraw(&raw);
	relay->is_raw = sys_tty_set_modes(terminal_of(relay), &raw) >= 0;
}

/* In the background the terminal is somebody else's by now, and has his modes. */
static void make_cooked(struct relay *relay)
{
	if (relay->is_raw && relay_is_foreground(relay))
		(void)sys_tty_set_modes(terminal_of(relay), &relay->caller_modes);
	relay->is_raw = false;
}

void relay_resize(struct relay *relay)
{
	struct winsize size;

	if (relay_has_tty(relay) && terminal_of(relay) >= 0 && relay->inner[0] >= 0 &&
	    sys_tty_size(terminal_of(relay), &size) >= 0)
		(void)sys_tty_set_size(relay->inner[0], &size);
}

/* Puts everything in the state that our place, foreground or background, asks for. */
static void settle(struct relay *relay)
{
	relay->is_foreground = relay_is_foreground(relay);
	if (!relay_has_tty(relay) || relay->is_hung_up || !relay->has_keyboard)
		return;
	if (relay->is_foreground) {
		make_raw(relay);
		make_lines_inside(relay);
	}
	send_to_init(relay, WIRE_KEYBOARD, relay->is_foreground ? KEYBOARD_BACK : KEYBOARD_NOBODY,
		     WIRE_TO_PROGRAM);
}

void relay_resume(struct relay *relay)
{
	if (relay == NULL)
		return;
	/* Who had the terminal meanwhile has left it as he likes it: his modes are to come back. After a stop
	 * that we knew nothing of (SIGSTOP) they need not be, and the terminal is not raw any more. */
	if (relay->has_modes && !relay->is_raw && relay_is_foreground(relay))
		(void)sys_tty_modes(terminal_of(relay), &relay->caller_modes);
	relay->is_raw = false;
	relay_resize(relay);
	settle(relay);
}

void relay_give_keyboard(struct relay *relay)
{
	relay->has_keyboard = true;
	settle(relay);
	send_to_init(relay, WIRE_KEYBOARD, KEYBOARD_PROGRAM, WIRE_TO_PROGRAM);
}

/* ------------------------------------------------------------ bytes */

void relay_start(struct relay *relay, int wire_fd)
{
	if (relay == NULL)
		return;
	relay->wire_fd = wire_fd;
	if (relay_has_tty(relay)) {
		pump_open(&relay->pumps[0], relay->ends[0].fd, relay->inner[0], PUMP_SIZE);
		pump_open(&relay->pumps[1], relay->inner[0], relay->ends[1].fd, relay->ends[1].max_write);
		/* Signals of changes meanwhile came before there was anybody to tell. */
		relay_resize(relay);
		settle(relay);
		return;
	}
	relay->is_foreground = relay_is_foreground(relay);
	pump_open(&relay->pumps[0], relay->ends[0].fd, relay->inner[0], PUMP_SIZE);
	for (int i = 1; i < PUMPS; i++)
		pump_open(&relay->pumps[i], relay->inner[i], relay->ends[i].fd, relay->ends[i].max_write);
}

/* The caller's terminal is gone: so is the program's, as it would be told of its own. */
static void hang_up(struct relay *relay)
{
	if (relay->is_hung_up)
		return;
	relay->is_hung_up = true;
	send_to_init(relay, WIRE_SIGNAL, SIGHUP, WIRE_TO_GROUP);
	send_to_init(relay, WIRE_SIGNAL, SIGCONT, WIRE_TO_ALL);
	for (int i = 0; i < PUMPS; i++) {
		relay->pumps[i].from = relay->pumps[i].to = -1;
		fd_close_ptr(&relay->inner[i]);
	}
}

/* The input has ended, and the program is to find its end too. */
static void end_input(struct relay *relay)
{
	struct pump *pump = &relay->pumps[0];
	struct termios modes;
	char ends[2];

	if (!relay_has_tty(relay)) {
		pump->from = pump->to = -1;
		fd_close_ptr(&relay->inner[0]);
		return;
	}
	if (sys_tty_modes(relay->inner[0], &modes) < 0 || (modes.c_lflag & ICANON) == 0)
		return;
	/* Behind an unfinished line the first one only hands over that line. */
	ends[0] = ends[1] = (char)modes.c_cc[VEOF];
	pump_append(pump, ends, relay->is_line_open ? 2 : 1);
}

void relay_end_input(struct relay *relay)
{
	struct termios modes;

	relay->pumps[0].is_over = true;
	/* Of a terminal that makes no lines, as one has in the background of a shell that reads one, input
	 * has no end. */
	if (sys_tty_modes(relay->inner[0], &modes) >= 0 && (modes.c_lflag & ICANON) == 0) {
		modes.c_lflag |= ICANON;
		(void)sys_tty_set_modes(relay->inner[0], &modes);
	}
	end_input(relay);
	send_to_init(relay, WIRE_KEYBOARD, KEYBOARD_PROGRAM, WIRE_TO_PROGRAM);
	send_to_init(relay, WIRE_SIGNAL, SIGCONT, WIRE_TO_ALL);
}

static bool input_ready(void *arg, short events)
{
	struct relay *relay = arg;
	struct pump *pump = &relay->pumps[0];
	bool was_full = pump_is_full(pump);

	(void)events;
	switch (pump_run(pump)) {
	case PUMP_ENDED:
		/* Of a terminal that makes no lines, and is raw, an end is none of the input but its own. */
		if (!was_full && relay->is_raw)
			hang_up(relay);
		else if (!was_full)
			end_input(relay);
		break;
	case PUMP_DENIED:
		if (relay_is_foreground(relay))
			hang_up(relay);
		else
			relay->is_foreground = false;
		break;
	case PUMP_BROKEN:
		/* Nobody reads it any more; with a terminal there is always somebody who could. */
		pump->from = pump->to = -1;
		fd_close_ptr(&relay->inner[0]);
		break;
	case PUMP_RUNS:
		break;
	}
	if (!was_full && pump_is_full(pump))
		relay->is_line_open = pump->data[pump->len - 1] != '\n';
	return !relay->is_hung_up;
}

static bool output_ready(struct relay *relay, int number)
{
	struct pump *pump = &relay->pumps[number];

	switch (pump_run(pump)) {
	case PUMP_BROKEN:
		if (relay_has_tty(relay)) {
			hang_up(relay);
			return false;
		}
		/* That stream is over; the program is told by SIGPIPE. */
		__attribute__((fallthrough));
	case PUMP_ENDED:
	case PUMP_DENIED:
		pump->from = pump->to = -1;
		if (!relay_has_tty(relay))
			fd_close_ptr(&relay->inner[number]);
		break;
	case PUMP_RUNS:
		break;
	}
	return true;
}

static bool first_output_ready(void *arg, short events)
{
	(void)events;
	return output_ready(arg, 1);
}

static bool second_output_ready(void *arg, short events)
{
	(void)events;
	return output_ready(arg, 2);
}

static bool terminal_gone(void *arg, short events)
{
	(void)events;
	hang_up(arg);
	return false;
}

/* Keys are ours to read in the foreground alone, and where the terminal is not ours to make raw they are no
 * keys. */
static bool reads_input(const struct relay *relay)
{
	if (terminal_of(relay) < 0 || pump_is_full(&relay->pumps[0]))
		return true;
	return relay->is_foreground && (!relay_has_tty(relay) || relay->is_raw);
}

void relay_list(struct relay *relay, struct loop *loop)
{
	bool (*const ready[PUMPS])(void *arg, short events) = {input_ready, first_output_ready,
							       second_output_ready};

	if (relay == NULL || relay->wire_fd < 0 || relay->is_hung_up)
		return;
	for (int i = 0; i < PUMPS; i++) {
		short events = 0;
		int fd = i == 0 && !reads_input(relay) ? -1 : pump_wants(&relay->pumps[i], &events);

		loop_add(loop, fd, events, ready[i], relay);
	}
	/* Though nothing is read of it, its end is to be seen. */
	if (!reads_input(relay))
		loop_add(loop, terminal_of(relay), 0, terminal_gone, relay);
}

/* ------------------------------------------------------------ the end */

/*
 * There is nobody left whom the keys are for. They are the terminal's again, so that the interrupt key ends
 * the wait; but what is to be shown has its ends of lines already.
 */
static void let_interrupt(const struct relay *relay)
{
	struct termios modes = relay->caller_modes;

	modes.c_oflag &= (tcflag_t)~OPOST;
	if (relay->is_raw && relay_is_foreground(relay))
		(void)sys_tty_set_modes(terminal_of(relay), &modes);
}

void relay_drain(struct relay *relay, int signal_fd, int timeout_ms)
{
	if (relay == NULL || relay->wire_fd < 0)
		return;
	if (timeout_ms != 0)
		let_interrupt(relay);
	for (;;) {
		struct pollfd fds[PUMPS] = {{.fd = signal_fd, .events = POLLIN}, {.fd = -1}, {.fd = -1}};
		int waits = 0;
		int r;

		for (int i = 1; i < PUMPS; i++) {
			fds[i].fd = pump_wants(&relay->pumps[i], &fds[i].events);
			waits += fds[i].fd >= 0;
		}
		if (waits == 0)
			return;
		r = sys_poll(fds, PUMPS, timeout_ms);
		if (r == 0 || (r > 0 && fds[0].revents != 0 && signals_ask_to_end(signal_fd)))
			return;
		for (int i = 1; i < PUMPS && r > 0; i++) {
			if (fds[i].revents != 0 && !output_ready(relay, i))
				return;
		}
	}
}

void relay_pause(struct relay *relay)
{
	if (relay == NULL)
		return;
	/* What the program wrote before it stopped, such as an editor that gives the screen back. */
	relay_drain(relay, -1, 0);
	make_cooked(relay);
}

void relay_close(struct relay *relay)
{
	if (relay == NULL)
		return;
	make_cooked(relay);
	for (int i = 0; i < PUMPS; i++) {
		fd_close_ptr(&relay->ends[i].fd);
		fd_close_ptr(&relay->inner[i]);
	}
}
