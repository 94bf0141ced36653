/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scope.h - a cgroup of our own from the user's systemd: a transient scope, which is delegated to us. */
#ifndef PINFOLD_ACT_SCOPE_H
#define PINFOLD_ACT_SCOPE_H

#include <stdbool.h>

struct arena;
struct err;
struct plan_cgroup;

/* Below XDG_RUNTIME_DIR: where the manager listens itself, also where there is no message bus. */
#define ACT_SCOPE_SOCKET "systemd/private"

/* Was pinfold built with libsystemd, and is that here? */
bool act_scope_can_ask(void);

/*
 * Has the manager make NAME.scope and move us into it; it is removed by systemd when nobody is in it any
 * more. *ret_path is its directory, in the arena. Returns 0, or -1 with *err. org.freedesktop.systemd1(5),
 * StartTransientUnit; from a login session the manager has it done by the system's (systemd 238).
 */
int act_scope_enter(struct arena *arena, const struct plan_cgroup *plan, const char *name,
		    const char **ret_path, struct err *err) __attribute__((warn_unused_result));

#endif
