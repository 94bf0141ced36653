/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* origin.h - where a value was written, for explain, for errors and for lint. */
#ifndef PINFOLD_PLAN_ORIGIN_H
#define PINFOLD_PLAN_ORIGIN_H

struct arena;
struct err;

struct origin {
	const char *name;    /* a profile's path, an option of the command line, or a few words */
	unsigned int line;   /* counted from 1; 0: the name is all */
	unsigned int column; /* of the value's first byte, counted from 1; 0: not known */
};

/* "file:line", or the name alone. The text is in the arena, or the origin's own. */
const char *origin_text(struct arena *arena, const struct origin *origin);

/* Says in *err where the value stands; a NULL origin or a second one is ignored. Returns -1. */
int origin_blame(struct err *err, const struct origin *origin) __attribute__((cold));

#endif
