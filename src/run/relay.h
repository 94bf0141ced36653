/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * relay.h - between the caller's terminal and what the program has in its place.
 *
 *     the caller's terminal  <- supervisor ->  master | the program's terminal (act/tty.h)
 *
 * Must guarantee: whatever the program does, the caller's terminal has its old modes when we end, and when we
 * stop; no byte is changed or lost; the supervisor never waits for the terminal, so that limits and signals
 * go on counting.
 *
 * Who reads keys: while the program has the keyboard, the caller's terminal is raw and all its keys are bytes
 * to us, the program's terminal makes signals of them. In a pipeline the caller's terminal stays as it is
 * until the program asks for the keyboard, which the kernel tells of by stopping it (SIGTTIN, SIGTTOU); its
 * signals reach us as one of the process group.
 */
#ifndef PINFOLD_RUN_RELAY_H
#define PINFOLD_RUN_RELAY_H

#include <stdbool.h>

struct arena;
struct err;
struct loop;
struct plan_terminal;
struct relay;
struct tty_look;
struct wire;

/*
 * Before the clone: opens what it needs of the caller's terminal and tells how that looks. *ret_relay is in
 * the arena, NULL when the plan wants none. Returns 0, or -1 with *err.
 */
int relay_open(struct arena *arena, const struct plan_terminal *plan, struct relay **ret_relay,
	       struct tty_look *ret_look, struct err *err) __attribute__((warn_unused_result));

/* The modes of the caller's terminal are as they were; what relay_open opened is closed. May be NULL. */
void relay_close(struct relay *relay);

/* WIRE_TERMINAL came with this descriptor, which is taken over. */
void relay_take(struct relay *relay, const struct wire *wire, int *passed);

/* The program runs: from now on there is something to copy. wire_fd leads to init. May be NULL. */
void relay_start(struct relay *relay, int wire_fd);

/* Adds what it waits for. May be NULL. */
void relay_list(struct relay *relay, struct loop *loop);

/* The caller's terminal has another size. */
void relay_resize(struct relay *relay);

/* Is it a terminal that the program has, and not pipes? May be NULL: no. */
bool relay_has_tty(const struct relay *relay);

/* Are we in the foreground of the caller's terminal? */
bool relay_is_foreground(const struct relay *relay);

/* Before we stop, when nobody inside runs any more: all that was written, and the caller's terminal as it
 * was. May be NULL. */
void relay_pause(struct relay *relay);

/* When we go on, perhaps in another place: foreground or background. May be NULL. */
void relay_resume(struct relay *relay);

/*
 * The keyboard will never be ours: the program, which asked for it, has it and finds the end of its input.
 * What it writes is shown.
 */
void relay_end_input(struct relay *relay);

/* The program wants the keyboard, and we have it to give. */
void relay_give_keyboard(struct relay *relay);

/*
 * The program has ended, and with it everything in the sandbox: writes out what it left behind, unless
 * nothing of it is taken for timeout_ms (-1: for ever), or a signal at signal_fd asks us to end. May be NULL.
 */
void relay_drain(struct relay *relay, int signal_fd, int timeout_ms);

#endif
