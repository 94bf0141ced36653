#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# meta.sh - --meta: how a run ended, as a grader reads it from isolate: KEY:VALUE, one a line.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# meta OPTION.. -- PROGRAM..: a run; sets $rc, and $out to its lines.
meta() {
  user rm -f "$T/m"
  run_rc user "$PINFOLD" run --meta "$T/m" "$@"
  out=$(cat "$T/m" 2>/dev/null)
}
keys() { printf '%s\n' "$out" | sed 's/:.*//' | tr '\n' ' '; }
value() { printf '%s\n' "$out" | sed -n "s/^$1://p"; }
used='time time-wall max-rss csw-voluntary csw-forced '

meta -- sh -c 'exit 0'
is "a program that succeeds has no status" "$rc:$(keys)$(value exitcode)" "0:${used}exitcode 0"
like "times are seconds with three places" "$(value time) $(value time-wall)" '^[0-9]+\.[0-9]{3} [0-9]+\.[0-9]{3}$'
like "memory is in KiB" "$(value max-rss)" '^[0-9]{3,6}$'
like "switches are counted" "$(value csw-voluntary) $(value csw-forced)" '^[0-9]+ [0-9]+$'
meta -- sh -c 'exit 3'
is "one that fails: RE" "$rc:$(keys)$(value exitcode):$(value status):$(value message)" \
  "3:${used}exitcode status message 3:RE:Exited with error status 3"
meta -- sh -c 'kill -SEGV $$'
is "one that a signal ends: SG" "$rc:$(keys)$(value exitsig):$(value status):$(value message)" \
  "139:${used}exitsig status message 11:SG:Caught fatal signal 11"
meta --wall 100ms -- sleep 100
is "the wall clock: TO" "$rc:$(keys)$(value killed):$(value status):$(value message)" \
  "124:${used}killed status message 1:TO:Time limit exceeded (wall clock)"
meta --cpu-time 300ms -- sh -c 'while :; do :; done'
is "processor time: TO" "$rc:$(keys)$(value killed):$(value status):$(value message)" \
  "152:${used}killed status message 1:TO:Time limit exceeded"
ok "with the time that it took" awk -v t="$(value time)" 'BEGIN { exit !(t >= 0.3 && t < 100) }'
meta --set limits.file-size=4K -- sh -c 'exec head -c 100000 /dev/zero >/tmp/x'
is "the size of a file: SG, and why" "$rc:$(keys)$(value exitsig):$(value message)" \
  "153:${used}exitsig status message 25:Caught fatal signal 25 (file size limit exceeded)"
meta -p judge -- sh -c 'exit 1'
is "with the profile for marking programs" "$rc:$(value status):$(value exitcode)" 1:RE:1
meta -- no-such-program
is "nothing ran: XX" "$rc:$(keys)$(value status):$(value message)" "127:status message XX:no-such-program: not found in the sandbox"
meta -p no-such-profile -- true
is "not even a plan: XX" "$rc:$(keys)$(value status)" "125:status message XX"

# What was found there before is not taken for this run's.
user sh -c 'echo exitcode:0 >"$T/m"'
run_rc user timeout -s KILL 1 "$PINFOLD" run --meta "$T/m" -- sleep 100
not_ok "a run that was killed has said nothing, and an older one's words are gone" test -e "$T/m"

run_rc user sh -c 'exec "$PINFOLD" run --meta fd:9 --status "$T/s" -- sh -c "exit 6" 9>"$T/lines"'
is "to a descriptor, and both" "$rc:$(sed -n 's/^exitcode://p' "$T/lines"):$(grep -c '"exit_code": 6,' "$T/s")" 6:6:1
run_rc user "$PINFOLD" run --meta "$T/absent/m" -- echo ran
is "nowhere to write to: 125, nothing ran" "$rc:$out" 125:
like "and the message says so" "$err" '^pinfold: .*/absent/m: its directory cannot be opened: No such file or directory \(--meta\)'
done_testing
