/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_plan_units.c - times and sets of processors: what is taken, its limits, and back again. */
#include "plan/units.h"

#include <stdint.h>

#include "plan_fixture.h"

TestSuite(units, .init = fix_setup, .fini = fix_teardown);

static const uint64_t second = 1000000000;

static void assert_duration(const char *text, uint64_t ns)
{
	uint64_t got = 0;

	cr_assert_eq(units_parse_duration(text, &got), 0, "%s", text);
	cr_assert_eq(got, ns, "%s", text);
}

Test(units, times)
{
	assert_duration("0s", 0);
	assert_duration("1ms", 1000000);
	assert_duration("1s", second);
	assert_duration("90s", 90 * second);
	assert_duration("2m", 120 * second);
	assert_duration("3h", 3 * 3600 * second);
	assert_duration("4d", 4 * 86400 * second);
	assert_duration("007s", 7 * second);
	assert_duration("106751d", UINT64_C(106751) * 86400 * second);
	assert_duration("9223372036854ms", UINT64_C(9223372036854) * 1000000);
}

Test(units, what_is_no_time)
{
	static const char *const bad[] = {"",	 "5",	"s",	"ms", "5 s", " 5s", "5s ",  "1m30s", "1.5s",
					  "-1s", "+1s", "5sec", "5S", "5us", "5w",  "0x5s", "5s5",   "s5"};
	static const char *const large[] = {"106752d", "9223372036855ms", "9223372037s",
					    "18446744073709551616s", "99999999999999999999999999999999h"};
	uint64_t ns;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert_eq(units_parse_duration(bad[i], &ns), -EINVAL, "%s", bad[i]);
	for (size_t i = 0; i < ARRAY_SIZE(large); i++)
		cr_assert_eq(units_parse_duration(large[i], &ns), -ERANGE, "%s", large[i]);
}

Test(units, times_are_shown_as_they_are_written)
{
	static const char *const same[] = {"1ms", "1500ms", "1s",  "90s", "1m",
					   "59m", "1h",	    "25h", "1d",  "106751d"};

	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		uint64_t ns = 0;

		cr_assert_eq(units_parse_duration(same[i], &ns), 0);
		cr_assert_str_eq(units_show_duration(fix.arena, ns), same[i]);
	}
	cr_assert_str_eq(units_show_duration(fix.arena, 60 * second), "1m");
	cr_assert_str_eq(units_show_duration(fix.arena, 0), "0ms");
}

/* What it is shown as, or the errno. */
static const char *cpus(const char *text)
{
	struct cpu_set_bits set;
	int r = units_parse_cpus(text, &set);

	return r < 0 ? arena_printf(fix.arena, "%d", r) : units_show_cpus(fix.arena, &set);
}

Test(units, processors)
{
	struct cpu_set_bits set;

	cr_assert_str_eq(cpus("0"), "0");
	cr_assert_str_eq(cpus("0-3,5"), "0-3,5");
	cr_assert_str_eq(cpus("5,3,0-1,4,2-2"), "0-5");
	cr_assert_str_eq(cpus("0-1023"), "0-1023");
	cr_assert_str_eq(cpus("1023"), "1023");
	cr_assert_str_eq(cpus("62-65,1,1"), "1,62-65");
	cr_assert_eq(units_parse_cpus("0,64-65,1023", &set), 0);
	cr_assert_eq(set.words[0], UINT64_C(1));
	cr_assert_eq(set.words[1], UINT64_C(3));
	cr_assert_eq(set.words[15], UINT64_C(1) << 63);
}

Test(units, what_is_no_set_of_processors)
{
	static const char *const bad[] = {"",	  ",",	 "-",	  "a",	 "0-",	"-3", "0,", ",0",
					  "0,,1", "0 1", "0-1-2", "0x1", "1.5", " 0", "0 ", "0;1"};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		cr_assert_str_eq(cpus(bad[i]), arena_printf(fix.arena, "%d", -EINVAL), "%s", bad[i]);
	cr_assert_str_eq(cpus("3-1"), arena_printf(fix.arena, "%d", -EDOM));
	cr_assert_str_eq(cpus("0,3-1"), arena_printf(fix.arena, "%d", -EDOM));
	cr_assert_str_eq(cpus("1024"), arena_printf(fix.arena, "%d", -ERANGE));
	cr_assert_str_eq(cpus("0-1024"), arena_printf(fix.arena, "%d", -ERANGE));
	cr_assert_str_eq(cpus("0-99999999999999999999999"), arena_printf(fix.arena, "%d", -ERANGE));
}
