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

# Killed while it starts: at each system call from the clone to the exec of the program, whoever makes it.
for how in "" "--map root --set seccomp.deny=uname"; do
  # shellcheck disable=SC2086 # words
  run_rc user "$FIX/moment" kill "$PINFOLD" run $how -- /bin/true
  if [ "$rc" = 77 ]; then
    skip "killed while it starts ${how:-by default}" "$err"
    continue
  fi
  is "killed at any moment of the start ${how:-by default}, it leaves nothing and executes nothing" \
    "$rc:$(printf '%s\n' "$out" | grep -v '^moments ')" 0:
  like "the moments were many ($out)" "$out" '^moments [0-9]{2,} strict [0-9]{2,}$'
done
if [ "$SUBIDS" = yes ] && [ "$(id -u)" = 0 ] && have newuidmap; then
  # Only a tracer with privilege can watch a set-user-id helper.
  run_rc "$FIX/moment" kill "$AS_USER" "$PINFOLD" run --map subids -- /bin/true
  is "killed at any moment of the start with subordinate ids" "$rc:$(printf '%s\n' "$out" | grep -v '^moments ')" 0:
  like "the moments were many ($out)" "$out" '^moments [0-9]{2,} strict [0-9]{2,}$'
else
  skip "killed at any moment of the start with subordinate ids" "needs root, subordinate ids and newuidmap"
fi

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
