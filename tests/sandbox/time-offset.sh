#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# time-offset.sh - the clocks of a private time namespace can be shifted.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

up() { awk '{ printf "%d\n", $1 }' /proc/uptime; }
day=86400
# near GOT WANT: within a minute
near() { [ "$1" -ge "$(($2 - 60))" ] && [ "$1" -le "$(($2 + 60))" ]; }

run_rc user "$PINFOLD" run --set namespaces.time-offset=boottime:$day -- awk '{ printf "%d\n", $1 }' /proc/uptime
ok "boottime is a day ahead" near "$out" $(($(up) + day))
run_rc user "$PINFOLD" run -- awk '{ printf "%d\n", $1 }' /proc/uptime
ok "without an offset it is not" near "$out" "$(up)"
run_rc user "$PINFOLD" run --set 'namespaces.time-offset=boottime:100 monotonic:200' -- awk '{ print $1, $2 }' /proc/self/timens_offsets
is "both clocks" "$out" "monotonic 200
boottime 100"
if have python3; then
  mono='import time; print(int(time.clock_gettime(time.CLOCK_MONOTONIC)))'
  run_rc user "$PINFOLD" run --set namespaces.time-offset=monotonic:$day -- python3 -c "$mono"
  ok "monotonic is a day ahead" near "$out" $(($(user python3 -c "$mono") + day))
else
  skip "monotonic is a day ahead" "python3 is not installed"
fi
run_rc user "$PINFOLD" run --set namespaces.time-offset=boottime:$day -- /bin/sh -c 'a=$(readlink /proc/self/ns/time); b=$(readlink /proc/self/ns/time_for_children); [ "$a" = "$b" ] && echo same'
is "the program is in the namespace itself, and so are its children" "$out" same
run_rc user "$PINFOLD" run --set namespaces.time-offset=boottime:-99999999999 -- echo ran
is "an offset before the start of time is refused" "$rc:$out" 125:
run_rc user "$PINFOLD" run --set namespaces.time-offset=realtime:5 -- echo ran
is "a clock that has no offset is refused" "$rc:$out" 125:
done_testing
