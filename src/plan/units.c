/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* units.c - times and sets of processors, as people write them. */
#include "plan/units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

/* From the largest on. */
static const struct {
	const char *name;
	uint64_t ns;
} units[] = {
	{"d", UINT64_C(86400) * 1000000000}, {"h", UINT64_C(3600) * 1000000000},
	{"m", UINT64_C(60) * 1000000000},    {"s", UINT64_C(1000000000)},
	{"ms", UINT64_C(1000000)},
};

/* The number that text starts with; *ret_end is behind it. */
static int take_number(const char *text, uint64_t max, uint64_t *ret_number, const char **ret_end)
{
	const char *s = text;

	*ret_number = 0;
	for (; isdigit((unsigned char)*s); s++) {
		const unsigned int digit = (unsigned int)(*s - '0');

		if (*ret_number > (max - digit) / 10)
			return -ERANGE;
		*ret_number = *ret_number * 10 + digit;
	}
	*ret_end = s;
	return s == text ? -EINVAL : 0;
}

int units_parse_duration(const char *text, uint64_t *ret_ns)
{
	const size_t digits = strspn(text, "0123456789");
	const char *rest;
	uint64_t number;
	int r;

	for (size_t i = 0; digits > 0 && i < ARRAY_SIZE(units); i++) {
		if (!str_eq(text + digits, units[i].name))
			continue;
		r = take_number(text, INT64_MAX / units[i].ns, &number, &rest);
		if (r == 0)
			*ret_ns = number * units[i].ns;
		return r;
	}
	return -EINVAL;
}

const char *units_show_duration(struct arena *arena, uint64_t ns)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(units) && (ns == 0 || ns % units[i].ns != 0))
		i++;
	return arena_printf(arena, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

int units_parse_cpus(const char *text, struct cpu_set_bits *ret_cpus)
{
	const char *s = text;

	*ret_cpus = (struct cpu_set_bits){0};
	for (;;) {
		uint64_t first = 0;
		uint64_t last;
		int r = take_number(s, UNITS_MAX_CPUS - 1, &first, &s);

		last = first;
		if (r == 0 && *s == '-')
			r = take_number(s + 1, UNITS_MAX_CPUS - 1, &last, &s);
		if (r < 0)
			return r;
		if (last < first)
			return -EDOM;
		for (uint64_t cpu = first; cpu <= last; cpu++)
			ret_cpus->words[cpu / 64] |= UINT64_C(1) << cpu % 64;
		if (*s == '\0')
			return 0;
		if (*s++ != ',')
			return -EINVAL;
	}
}

static bool has_cpu(const struct cpu_set_bits *cpus, unsigned int cpu)
{
	return cpu < UNITS_MAX_CPUS && (cpus->words[cpu / 64] >> cpu % 64 & 1) != 0;
}

const char *units_show_cpus(struct arena *arena, const struct cpu_set_bits *cpus)
{
	const char *text = "";

	for (unsigned int cpu = 0; cpu < UNITS_MAX_CPUS; cpu++) {
		const unsigned int first = cpu;

		if (!has_cpu(cpus, cpu))
			continue;
		while (has_cpu(cpus, cpu + 1))
			cpu++;
		text = arena_printf(arena, "%s%s%u", text, text[0] != '\0' ? "," : "", first);
		if (cpu > first)
			text = arena_printf(arena, "%s-%u", text, cpu);
	}
	return text;
}
