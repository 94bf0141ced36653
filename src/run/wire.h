/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wire.h - what the supervisor and the sandbox's init say to each other. */
#ifndef PINFOLD_RUN_WIRE_H
#define PINFOLD_RUN_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sys/process.h"

enum wire_type {
	WIRE_FAILED,	/* init: a step failed, err says how; the program has not run */
	WIRE_WANT_MAPS, /* init: setgroups is denied, the helpers may write the maps */
	WIRE_MAPS_DONE, /* supervisor: they have */
	WIRE_NETWORK,	/* maker, and supervisor: the network namespace comes along, or err says why not */
	WIRE_PROC,	/* init: a /proc of the sandbox comes along, to add up processor time in */
	WIRE_READY,	/* init: everything stands but the program */
	WIRE_GO,	/* supervisor: with --block-fd, the caller is ready too */
	WIRE_SPACES,	/* init: its namespaces come along; status has a bit for each kind of enum space */
	WIRE_LENT,	/* init: for who enters; status has a bit for each kind of enum lent */
	WIRE_LISTENER,	/* the program's process: the descriptor of its filter, at which denied calls wait */
	WIRE_TERMINAL,	/* init: our end of what stands in for descriptor `status`, or of the terminal (-1) */
	WIRE_EXECUTED,	/* init: the program runs */
	WIRE_BROKEN,	/* init: as ENDED, but because init could not lock itself down: err says how */
	WIRE_ENDED,	/* init: the program ended, code and status say how. To one who waits: and err, why */
	WIRE_SIGNAL,	/* supervisor, or somebody by the sandbox's name: give the program this signal */
	WIRE_ENTER, /* somebody: 0, 1, 2 and an order (order.h) come along; what is answered is as init's */
	WIRE_WAIT,  /* somebody: say how it ends, when it does */
	WIRE_JOIN,  /* somebody: give me the namespaces with bits in `status`; answered as SPACES is sent */
	WIRE_DONE,  /* supervisor, to somebody: what was asked for is done, or begun (ENTER); or WIRE_FAILED,
		       why not */
	WIRE_STOPPED,  /* init: the program has stopped, by signal `status` */
	WIRE_KEYBOARD, /* supervisor: whom the keys of the program's terminal are for (enum wire_keyboard) */
};

/* What init has made for the first program, and lends the supervisor for those that enter later. */
enum lent {
	LENT_RULES, /* Landlock's */
	LENT_PROC,  /* the root of a /proc of the sandbox */
	LENT_PTS,   /* the root of its /dev/pts */
	LENT_COUNT
};

/* Whom a signal is for. */
enum wire_to {
	WIRE_TO_PROGRAM, /* sent to us by somebody: the program alone */
	WIRE_TO_GROUP,	 /* from a key of the terminal: as there, the program's process group */
	WIRE_TO_ALL,	 /* stop and continue: everything in the sandbox */
};

/* The foreground of the program's terminal. */
enum wire_keyboard {
	KEYBOARD_NOBODY, /* we are in the background ourselves: who reads keys is to stop, as he would then */
	KEYBOARD_BACK,	 /* for whom it was before that; at first the program's group */
	KEYBOARD_PROGRAM, /* the program's group */
};

/* One packet of the socket pair: whole or not there. */
struct wire {
	enum wire_type type;
	int code;   /* ENDED: CLD_EXITED, CLD_KILLED or CLD_DUMPED */
	int status; /* ENDED: exit code or signal; SIGNAL, STOPPED: the signal; TERMINAL, KEYBOARD: see there
		     */
	int to;	    /* SIGNAL: enum wire_to; ENDED to one who waits: enum limit */
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

/* Descriptors that came along, the caller's to take (fd_steal) or close. */
struct wire_fds {
	int items[SYS_MAX_PASSED];
	size_t count;
};

void wire_fds_close(struct wire_fds *fds);

/* Sends a packet with several descriptors along. Returns 0, or -errno. */
int wire_send_fds(int fd, const struct wire *wire, const int *passed, size_t count);

/* Receives one: 1, 0 when the other side is gone, or -errno (-EPROTO: not a packet of ours). */
int wire_receive(int fd, struct wire *ret_wire);

/* The same, with the descriptor that came along, the caller's to close: -1 when there was none. */
int wire_receive_fd(int fd, struct wire *ret_wire, int *ret_passed);

/* The same, with all that came along; ret_passed is to be closed in any case. */
int wire_receive_fds(int fd, struct wire *ret_wire, struct wire_fds *ret_passed);

#endif
