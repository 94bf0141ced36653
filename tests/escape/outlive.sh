#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# outlive.sh - nothing of the program outlives the run, and nothing outlives the supervisor.
#
# Every process inside holds a pipe open for writing: the pipe's end of file is the end of the last of them.
# Control: bare, the daemon stays.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkfifo "$T/alive" "$T/up"
# A daemon that has done all that a daemon does: two forks, a session of its own, deaf to signals.
user tee "$T/daemon" >/dev/null <<'D'
exec 9>"$D/alive"
setsid sh -c 'trap "" HUP INT QUIT TERM; cd /; sh -c "echo \$\$ >\"\$D/pid\"; exec sleep 600" &' </dev/null >/dev/null 2>&1
D

# listen: a reader in the background that ends when nobody writes any more
listen() {
  timeout 60 cat "$T/alive" >/dev/null &
  reader=$!
}

listen
run_rc user env "D=$T" sh -c 'sh "$D/daemon"; exit 7'
is "bare, the parent has ended" "$rc" 7
not_ok "and the daemon outlives it" "$FIX/await" 1 $reader
user sh -c 'kill -KILL "$(cat "$T/pid")"'
ok "and holds the pipe until it is killed" "$FIX/await" 10 $reader
wait $reader

listen
run_rc user "$PINFOLD" run --rw "$T:/t" --env D=/t -- /bin/sh -c 'sh /t/daemon; exit 7'
is "inside, the program's end" "$rc" 7
ok "is the daemon's end, within a second" "$FIX/await" 1 $reader
wait $reader

# The supervisor killed by signals it can and cannot handle.
for s in KILL SEGV ABRT TERM; do
  listen
  timeout 20 head -n 1 "$T/up" >/dev/null &
  up=$!
  "$AS_USER" "$PINFOLD" run --rw "$T:/t" --env D=/t -- /bin/sh -c \
    'sh /t/daemon; trap "" HUP INT QUIT; echo up >/t/up; sleep 600 & wait' >/dev/null 2>&1 &
  pid=$!
  wait $up
  kill -$s $pid
  ok "the supervisor ends on SIG$s" "$FIX/await" 5 $pid
  ok "and everything inside with it" "$FIX/await" 5 $reader
  wait $reader
  wait $pid 2>/dev/null
done

# Killed at the very start, at any moment of it: nothing stays either.
i=0 left=
while [ $i -lt 20 ]; do
  i=$((i + 1))
  listen
  exec 9>"$T/alive"
  "$AS_USER" "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c 'exec 8>/t/alive; sleep 600' >/dev/null 2>&1 &
  pid=$!
  exec 9>&-
  # From 0 to some 20 ms later, by counting.
  j=0
  while [ $j -lt $((i * 1000)) ]; do j=$((j + 1)); done
  kill -KILL $pid
  "$FIX/await" 5 $reader || left="$left $i"
  kill $reader 2>/dev/null
  wait $reader $pid 2>/dev/null
done
is "killed while it starts, it leaves nothing" "$left" ""

# A killed process 1 (as the host's user can, from outside): everything ends and pinfold says so.
timeout 20 head -n 1 "$T/up" >/dev/null &
up=$!
listen
"$AS_USER" "$PINFOLD" run --rw "$T:/t" --env D=/t -- /bin/sh -c 'sh /t/daemon; echo up >/t/up; sleep 600' >/dev/null 2>"$T/err" &
pid=$!
wait $up
init=$(cat /proc/$pid/task/$pid/children)
# shellcheck disable=SC2086 # one pid and a blank
user kill -KILL ${init:-none}
ok "process 1 killed from outside: pinfold ends" "$FIX/await" 5 $pid
ok "and everything inside" "$FIX/await" 5 $reader
rc=0
wait $pid || rc=$?
unlike "not with success" "$rc" '^0$'
wait $reader
done_testing
