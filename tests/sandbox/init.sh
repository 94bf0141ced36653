#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# init.sh - process 1 reaps orphans, tells nothing, and takes everything with it.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# An orphan that ends is reaped: its pid goes away, although its parent has gone before.
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /bin/sh -c '
  i=0
  while [ $i -lt 50 ]; do i=$((i + 1)); pids="$pids $( (sh -c ": ; exit 3" & echo $!) )"; done
  /fix/await -r 20 $pids && echo reaped; grep -l "^State:.Z" /proc/[0-9]*/status; exit 7'
is "orphans are reaped, and their ends are not the program's" "$rc:$out" 7:reaped

is "the program's parent is process 1" "$(user "$PINFOLD" run -- awk '$1 == "PPid:" { print $2 }' /proc/self/status)" 1

token="sekrit-$$"
run_rc user "$PINFOLD" run --env "TOKEN=$token" --set "environment.set=OTHER=$token" -- \
  /bin/sh -c 'tr "\000" " " </proc/1/cmdline; cat /proc/1/comm; echo "$TOKEN"' "$token"
like "the program has the token" "$out" "$token\$"
is "the command line of process 1 has not" "$(printf '%s\n' "$out" | sed '$d' | grep -c "$token")" 0
is "nor has its environment" "$(user "$PINFOLD" run --env "TOKEN=$token" -- /bin/sh -c 'cat /proc/1/environ /proc/1/task/1/environ' 2>/dev/null | grep -c -a "$token")" 0

# Process 1 does not run anything of the program's: no signal from inside ends or stops it.
run_rc user "$PINFOLD" run -- /bin/sh -c 's=1
  while [ $s -le 64 ]; do trap "" $s 2>/dev/null; kill -$s 1 2>/dev/null; s=$((s + 1)); done; exit 9'
is "signals to process 1 do not end it" "$rc" 9

# A program that ends while its children run: they end with it, and pinfold does not wait for them.
start=$(date +%s)
run_rc user "$PINFOLD" run -- /bin/sh -c 'sleep 600 & sleep 601 & exit 4'
is "the end of the program is the end of the run" "$rc:$([ $(($(date +%s) - start)) -lt 30 ] && echo soon)" 4:soon

# A stopped program goes on when it is told to.
run_rc user "$PINFOLD" run -- /bin/sh -c '(kill -STOP $$; kill -CONT $$) & wait $!; exit 6'
is "a stopped and continued program ends as it should" "$rc" 6

# Who asks to be traced by its parent (PTRACE_TRACEME) and stops is reported to process 1 as if it had ended.
run_rc user "$FIX/traceme" ask
if [ "$rc" = 77 ]; then
  skip "a stop of a traced program is not its end" "the kernel lets nobody be traced here"
else
  run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/traceme self
  is "a stop of a traced program is not its end" "$rc:$out" "42:went on"
  run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/traceme orphan
  is "nor does another child of process 1 stay stopped" "$rc:$out" "42:went on"
fi
done_testing
