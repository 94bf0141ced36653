#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# limits.sh - getting around limits: raising them, leaving processor time behind, outliving the wall clock.
#
# Each attempt is made bare first, with what the shell has for a limit. All that burns ends by itself after 20 s.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

have prlimit || skip_all "prlimit is not installed, for the controls"
user cp "$FIX/burn" "$T/burn"
pf() { user timeout -k 5 60 "$PINFOLD" run --ro "$T:/t" "$@"; }

# --- raising a limit again --------------------------------------------------------------------------------

limits="NOFILE:open-files:100:120 FSIZE:file-size:1000000:1000001 CORE:core:0:1000 STACK:stack:8000000:8000001 DATA:data:900000000:900000001 AS:address-space:900000000:900000001"
for row in $limits; do
  IFS=: read -r name key low high <<R
$row
R
  option=$(echo "$name" | tr "[:upper:]" "[:lower:]")
  is "bare, $name under a soft limit is raised" "$(user prlimit "--$option=$low:" "$T/burn" raise "$name" "$high")" ok
  [ "$low" = 0 ] || set -- --set "limits.$key=$low"
  [ "$low" != 0 ] || set --
  is "inside it is not, by the program" "$(pf "$@" -- /t/burn raise "$name" "$high")" "Operation not permitted"
  is "nor by its child" "$(pf "$@" -- sh -c '/t/burn raise "$0" "$1"; :' "$name" "$high")" "Operation not permitted"
  is "nor as uid 0 with a capability of its own namespace" \
    "$(pf "$@" --map root --set capabilities.keep=sys_resource -- /t/burn raise "$name" "$high")" "Operation not permitted"
done
is "pids are not raised" "$(pf --pids 10 -- /t/burn raise NPROC 100)" "Operation not permitted"
is "nor the processor time of a process" "$(pf --cpu-time 5s -- /t/burn raise CPU 100)" "Operation not permitted"

# --- pids through namespaces of its own -----------------------------------------------------------------------

run_rc user unshare -Ur "$T/burn" forks
if [ "$rc" = 0 ] && [ "$(uname -r | awk -F. '{ print ($1 * 1000 + $2 >= 5014) }')" = 1 ]; then
  is "bare, a user namespace of its own has room" "$out" "200 and more"
  # unshare itself executes burn, so that one is the program.
  is "inside the sandbox's limit holds in it too" "$(pf --pids 10 --set namespaces.nested=full -- unshare -Ur /t/burn forks)" "9 Resource temporarily unavailable"
else
  skip "a user namespace of its own" "unshare does not work here, or Linux is older than 5.14"
fi

# --- other processors, and niceness ---------------------------------------------------------------------------

cpu=$(user sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
if have taskset; then
  is "bare, a process leaves the processors it is bound to" "$(user taskset -c "$cpu" "$T/burn" spread)" ok
else
  skip "bare, a process leaves the processors it is bound to" "taskset is not installed"
fi
is "inside it does not" "$(pf --set "limits.cpuset=$cpu" -- /t/burn spread)" "Operation not permitted"
is "the call is refused for the 32-bit ABI and with other flags too: the list says so" \
  "$(pf --set "limits.cpuset=$cpu" -- sh -c '/t/burn spread; sed -n "s/^Cpus_allowed_list:[^0-9]*//p" /proc/self/status')" "Operation not permitted
$cpu"
if ! prlimit --nice=40:40 true 2>/dev/null; then
  skip "niceness is taken back by whoever may" "nobody here may give the right to"
else
  # A user who may take niceness back (as the members of a group audio may).
  is "bare, niceness is taken back by whoever may" "$(prlimit --nice=40:40 "$AS_USER" nice -n 5 nice -n -5 nice)" "$(user nice)"
  run_rc prlimit --nice=40:40 "$AS_USER" timeout -k 5 60 "$PINFOLD" run --set limits.nice=5 -- nice -n -5 nice
  is "inside it is not" "$out" "$(($(user nice) + 5))"
fi

# --- processor time ---------------------------------------------------------------------------------------------

counter=no
[ "$(cat /proc/sys/kernel/perf_event_paranoid 2>/dev/null || echo 9)" -gt 2 ] || counter=yes
# The limit of a process alone: a relay of processes goes on for as long as it likes. 1 s each, for 20 s in all.
bare() { run_rc user timeout -k 5 4 prlimit --cpu=1:1 "$T/burn" "$@"; }
bare relay
is "bare, work that is handed on gets around a limit of each process" "$rc" 124
run_rc pf --cpu-time 1s -- /t/burn relay
is "inside it does not, though each hand is in a session of its own" "$rc" 152
bare litter
is "bare, so does work in children that nobody waits for" "$rc" 124
if [ $counter = yes ]; then
  run_rc pf --cpu-time 1s -- /t/burn litter
  is "inside it does not" "$rc" 152
else
  skip "inside it does not" "kernel.perf_event_paranoid is above 2: see doc/security.md"
fi
# A file that may not be read: the kernel takes the counter away from what executes it.
run_rc pf --cpu-time 1s -- sh -c 'cp /t/burn /tmp/b && chmod 111 /tmp/b && exec /tmp/b spin'
is "nor does a file that may be executed and not read" "$rc" 152

# --- the wall clock ---------------------------------------------------------------------------------------------

user mkfifo "$T/alive"
listen() {
  timeout 60 cat "$T/alive" >/dev/null &
  reader=$!
}
user tee "$T/daemon" >/dev/null <<'D'
exec 9>"$D/alive"
setsid sh -c 'trap "" HUP INT QUIT TERM XCPU; cd /; sh -c "echo \$\$ >\"\$D/pid\"; exec sleep 100" &' </dev/null >/dev/null 2>&1
trap "" HUP INT QUIT TERM
while [ ! -s "$D/pid" ]; do sleep 0.02; done
kill -STOP $$
D
listen
run_rc user env "D=$T" timeout -k 1 1 sh "$T/daemon"
like "bare, a time limit ends the program" "$rc" '^(124|137)$'
not_ok "and not its daemon" "$FIX/await" 1 $reader
user sh -c 'kill -KILL "$(cat "$T/pid")"'
ok "which holds the pipe until it is killed" "$FIX/await" 10 $reader
wait $reader
user rm "$T/pid"
listen
run_rc user timeout -k 5 60 "$PINFOLD" run --rw "$T:/w" --env D=/w --wall 500ms --set process.stop-grace=300ms -- sh /w/daemon
is "inside, a program that is stopped and deaf is ended" "$rc" 124
ok "and all that it left running" "$FIX/await" 1 $reader
wait $reader
# The clock is outside: nothing that the program does to process 1 stops it.
run_rc pf --wall 1s --set process.stop-grace=100ms -- /t/burn slow
is "the program cannot hold up the wall clock" "$rc" 124
run_rc pf --cpu-time 1s -- /t/burn slow
is "nor that of the processors" "$rc" 152
done_testing
