/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire.h - what the supervisor and the sandbox's init say to each other. */
#ifndef PINFOLD_RUN_WIRE_H
#define PINFOLD_RUN_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum wire_type {
	WIRE_FAILED,	/* init: a step failed, err says how; the program has not run */
	WIRE_WANT_MAPS, /* init: setgroups is denied, the helpers may write the maps */
	WIRE_MAPS_DONE, /* supervisor: they have */
	WIRE_PROC,	/* init: a /proc of the sandbox comes along, to add up processor time in */
	WIRE_LISTENER,	/* the program's process: the descriptor of its filter, at which denied calls wait */
	WIRE_EXECUTED,	/* init: the program runs */
	WIRE_BROKEN,	/* init: as ENDED, but because init could not lock itself down: err says how */
	WIRE_ENDED,	/* init: the program ended, code and status say how */
	WIRE_SIGNAL,	/* supervisor: give the program this signal */
};

/* Whom a signal is for. */
enum wire_to {
	WIRE_TO_PROGRAM, /* sent to us by somebody: the program alone */
	WIRE_TO_GROUP,	 /* from a key of the terminal: as there, the program's process group */
	WIRE_TO_ALL,	 /* stop and continue: everything in the sandbox */
};

/* One packet of the socket pair: whole or not there. */
struct wire {
	enum wire_type type;
	int code;   /* ENDED: CLD_EXITED, CLD_KILLED or CLD_DUMPED */
	int status; /* ENDED: exit code or signal; SIGNAL: the signal */
	int to;	    /* SIGNAL: enum wire_to */
	struct err err;
};

/*
 * A page shared by the supervisor, init and the program's process, for the one thing that must be known
 * of a process that cannot answer any more: how far it got. Written by the child, read when it hangs.
 */
struct progress {
	volatile uint32_t step; /* enum step_id */
	volatile uint32_t node; /* while the root is built: the number of the node, from 1 on */
};

/* Sends a packet. Returns 0, or -errno (-EPIPE: the other side is gone). */
int wire_send(int fd, const struct wire *wire);

/* Sends a packet with a descriptor along. Returns 0, or -errno. */
int wire_send_fd(int fd, const struct wire *wire, int passed);

/* Receives one: 1, 0 when the other side is gone, or -errno (-EPROTO: not a packet of ours). */
int wire_receive(int fd, struct wire *ret_wire);

/* The same, with the descriptor that came along, the caller's to close: -1 when there was none. */
int wire_receive_fd(int fd, struct wire *ret_wire, int *ret_passed);

#endif
