/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* units.h - times and sets of processors, as people write them. */
#ifndef PINFOLD_PLAN_UNITS_H
#define PINFOLD_PLAN_UNITS_H

#include <stdint.h>

struct arena;

enum { UNITS_MAX_CPUS = 1024, UNITS_CPU_WORDS = UNITS_MAX_CPUS / 64 };

/* Processor n is bit n % 64 of word n / 64, as sched_setaffinity(2) wants it. */
struct cpu_set_bits {
	uint64_t words[UNITS_CPU_WORDS];
};

/*
 * A whole number with ms, s, m, h or d behind it, into nanoseconds. Returns 0, -EINVAL (not that) or -ERANGE
 * (292 years or more).
 */
int units_parse_duration(const char *text, uint64_t *ret_ns);

/* Nanoseconds, of whole milliseconds, as units_parse_duration reads them, with the largest unit that fits. */
const char *units_show_duration(struct arena *arena, uint64_t ns);

/*
 * "0-3,5": numbers and ranges with commas between. Returns 0, -EINVAL (not that, or empty), -EDOM (a range
 * that runs backwards) or -ERANGE (a number of UNITS_MAX_CPUS or more).
 */
int units_parse_cpus(const char *text, struct cpu_set_bits *ret_cpus);

/* As units_parse_cpus reads them: ascending, neighbours as ranges. */
const char *units_show_cpus(struct arena *arena, const struct cpu_set_bits *cpus);

#endif
