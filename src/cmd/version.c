/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* version.c - pinfold version: its own, and those of what it was built with. */
#include "config.h"

#include <stddef.h>

#include "cmd/cmd.h"
#include "cmd/report.h"

#ifdef HAVE_JANSSON
#define JSON_WITH "jansson " JANSSON_VERSION_BUILT " (loaded from " JANSSON_SONAME " when JSON is asked for)"
#else
#define JSON_WITH "no jansson: without --json"
#endif
#ifdef HAVE_LIBSUBID
#define SUBID_WITH "libsubid " LIBSUBID_VERSION " (loaded from " LIBSUBID_SONAME " with map = subids)"
#else
#define SUBID_WITH "no libsubid: subordinate ids from /etc/subuid and /etc/subgid"
#endif

#ifdef HAVE_LIBSYSTEMD
#define SYSTEMD_WITH                                                                                         \
	"libsystemd " LIBSYSTEMD_VERSION " (loaded from " LIBSYSTEMD_SONAME " with limits such as memory)"
#else
#define SYSTEMD_WITH "no libsystemd: limits such as memory only in a cgroup that is the caller's"
#endif

int cmd_version(const struct cmd_args *args)
{
	int extra = report_extra(args->argc, args->argv, 0);

	if (extra != 0)
		return extra;
	return report_text("pinfold " PACKAGE_VERSION "\n"
			   "  libseccomp " LIBSECCOMP_VERSION " (loaded from " LIBSECCOMP_SONAME
			   " when a profile denies arguments of system calls)\n"
			   "  libcap-ng " LIBCAP_NG_VERSION "\n"
			   "  inih " INIH_VERSION "\n"
			   "  " JSON_WITH "\n"
			   "  " SUBID_WITH "\n"
			   "  " SYSTEMD_WITH "\n"
			   "  profiles in " DATADIR "/profiles and " SYSCONFDIR "/pinfold/profiles\n");
}
