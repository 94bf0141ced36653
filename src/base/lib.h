/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lib.h - libraries that few runs need, loaded when one does.
 *
 * Every library that a program is linked with costs about 0.1 ms at its start. Those that the
 * common run never calls (jansson, libsubid, libseccomp) are opened with dlopen(3) on first use;
 * their functions are declared by their own headers, so the compiler still checks every call.
 */
#ifndef PINFOLD_BASE_LIB_H
#define PINFOLD_BASE_LIB_H

#include <stddef.h>

struct err;

struct lib_symbol {
	const char *name;
	size_t offset; /* of the function pointer in the table that is filled */
};

#define LIB_SYMBOL(table, field, symbol)                                                                     \
	{                                                                                                    \
#symbol, offsetof(table, field)                                                              \
	}

/*
 * Opens soname and fills `table` with its functions. The library stays loaded. Returns 0, or -1 with
 * *err (ERR_HOST, "host.library-missing") when the library or one of the functions is not there.
 */
int lib_load(const char *soname, const struct lib_symbol *symbols, size_t count, void *table, struct err *err)
	__attribute__((warn_unused_result));

#endif
