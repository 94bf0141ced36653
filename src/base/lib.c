/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lib.c - libraries that few runs need, loaded when one does. */
#include "base/lib.h"

#include <dlfcn.h>
#include <string.h>

#include "base/err.h"

int lib_load(const char *soname, const struct lib_symbol *symbols, size_t count, void *table, struct err *err)
{
	void *handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (handle == NULL) {
		err_set(err, ERR_HOST, "host.library-missing", 0, "cannot load %s", soname);
		return err_hint(err, "install the package that has %s; only what was asked for needs it",
				soname);
	}
	for (size_t i = 0; i < count; i++) {
		void *symbol = dlsym(handle, symbols[i].name);

		if (symbol == NULL) {
			err_set(err, ERR_HOST, "host.library-missing", 0, "%s has no function %s", soname,
				symbols[i].name);
			return err_hint(err, "install a newer %s", soname);
		}
		memcpy((char *)table + symbols[i].offset, &symbol, sizeof(symbol));
	}
	return 0;
}
