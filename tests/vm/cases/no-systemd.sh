#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# no-systemd.sh - cgroup v2 with all processes in its root, no runtime directory, no session: what needs none of them works.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

is "we are in the root of cgroup v2" "$(cat /proc/self/cgroup)" 0::/
like "which has controllers" "$(cat /sys/fs/cgroup/cgroup.controllers)" 'memory.*pids'
not_ok "none of it is ours to write" user test -w /sys/fs/cgroup/cgroup.procs
is "there is no systemd" "$(cat /proc/1/comm)" no-systemd-init

run_rc user "$PINFOLD" run -- sh -c 'id -u; cat /proc/self/cgroup'
is "a sandbox runs" "$rc:$out" "0:$PINFOLD_TEST_UID
0::/"
run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" run -- sh -c 'echo "${XDG_RUNTIME_DIR-none}"'
is "without a runtime directory too" "$rc:$out" 0:none
run_rc user "$PINFOLD" run --wall 1s -- sleep 100
is "limits that need no cgroup hold: wall-time" "$rc" 124
run_rc user "$PINFOLD" run --cpu-time 300ms -- sh -c 'while :; do :; done'
is "cpu-time" "$rc" 152
if [ "$SUBIDS" = yes ]; then
  run_rc user "$PINFOLD" run --map subids -- sh -c 'wc -l </proc/self/uid_map; id -u'
  is "map = subids works" "$rc:$out" "0:2
0"
else
  skip "map = subids" "$SUBIDS"
fi
done_testing
