/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pump.h - copies bytes from one descriptor to another, as they are, and no faster than they are taken.
 *
 * Nothing is read that there is no room for: who writes is held up by who does not read, as in a pipe.
 */
#ifndef PINFOLD_RUN_PUMP_H
#define PINFOLD_RUN_PUMP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

enum { PUMP_SIZE = 16 * 1024 };

enum pump_state {
	PUMP_RUNS,
	PUMP_ENDED,  /* all is read, and written */
	PUMP_BROKEN, /* nobody takes it any more: what is left is dropped */
	PUMP_DENIED, /* nothing can be read by us now: EIO, of a terminal in whose background we are, or that
			is gone */
};

struct pump {
	int from, to;	  /* not the pump's own; each -1: none yet, or no more */
	size_t max_write; /* bytes to write at once: fewer where that could block */
	bool is_over;	  /* `from` is at its end */
	size_t at, len;	  /* what is read and not written: data[at..len) */
	char data[PUMP_SIZE];
};

/* Between descriptors, with an empty buffer. */
void pump_open(struct pump *pump, int from, int to, size_t max_write);

/* Which descriptor it waits for now, and for what; -1: for none. */
int pump_wants(const struct pump *pump, short *ret_events);

/* Is there something that was read and not yet written? */
bool pump_is_full(const struct pump *pump);

/* Puts bytes behind what is there, at the end of `from`: a terminal's end-of-file characters. */
void pump_append(struct pump *pump, const char *bytes, size_t len);

/* To be called when that descriptor is ready: reads or writes once, never waits. */
enum pump_state pump_run(struct pump *pump);

#endif
