/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* test_base_lib.c - libraries that are loaded when they are needed. */
#include "base/lib.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

struct api {
	__typeof__(&strlen) length;
	__typeof__(&strcmp) compare;
};

Test(lib, fills_the_table)
{
	static const struct lib_symbol symbols[] = {LIB_SYMBOL(struct api, compare, strcmp),
						    LIB_SYMBOL(struct api, length, strlen)};
	struct api api = {0};
	struct err err;

	cr_assert_eq(lib_load("libc.so.6", symbols, ARRAY_SIZE(symbols), &api, &err), 0);
	cr_assert_eq(api.length("four"), 4U);
	cr_assert_eq(api.compare("a", "a"), 0);
}

Test(lib, a_missing_library_is_the_hosts_fault_with_a_hint)
{
	struct err err;

	cr_assert_eq(lib_load("libpinfold-does-not-exist.so.9", NULL, 0, NULL, &err), -1);
	cr_assert_eq(err.kind, ERR_HOST);
	cr_assert_str_eq(err.id, "host.library-missing");
	cr_assert_str_eq(err.msg, "cannot load libpinfold-does-not-exist.so.9");
	cr_assert_not_null(strstr(err.hint, "libpinfold-does-not-exist.so.9"));
}

Test(lib, so_is_a_missing_function)
{
	static const struct lib_symbol symbols[] = {{"strlen", offsetof(struct api, length)},
						    {"no_such_function", offsetof(struct api, compare)}};
	struct api api = {0};
	struct err err;

	cr_assert_eq(lib_load("libc.so.6", symbols, ARRAY_SIZE(symbols), &api, &err), -1);
	cr_assert_eq(err.kind, ERR_HOST);
	cr_assert_str_eq(err.id, "host.library-missing");
	cr_assert_str_eq(err.msg, "libc.so.6 has no function no_such_function");
	cr_assert_str_not_empty(err.hint);
}
