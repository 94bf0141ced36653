#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# session.sh - in a login session of systemd's, as the user who logged in.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

is "we are the user" "$(user id -un)" tester
like "in a cgroup of a session, and no v1 tree is there" "$(cat /proc/self/cgroup)" '^0::/user.slice/user-[0-9]+\.slice/session-[0-9]+\.scope$'
ok "the user's manager is there" [ -S "$PINFOLD_TEST_SESSION/systemd/private" ]
like "and has controllers to give away" "$(cat "/sys/fs/cgroup/user.slice/user-$(id -u).slice/user@$(id -u).service/cgroup.controllers")" 'memory pids'
run_rc user env XDG_RUNTIME_DIR="$PINFOLD_TEST_SESSION" "$PINFOLD" run -- sh -c 'id -un; ls -A "$XDG_RUNTIME_DIR"; cat /proc/self/cgroup'
like "a sandbox runs, sees neither the manager nor the bus" "$rc:$out" "^0:tester$"
unlike "nor their sockets" "$out" 'bus|systemd'
done_testing
