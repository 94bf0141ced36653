#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# relay.sh - what goes between the caller's terminal and the program's: every byte, however slowly; and its end.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# what pty says behind the command's output
told() { printf '%s\n' "$out" | tr -d '\r' | sed -n "s/^$1: //p"; }
# await COMMAND..: until it succeeds, within 20 seconds
await() {
  _tries=0
  until "$@" || [ "$_tries" -gt 400 ]; do
    _tries=$((_tries + 1))
    sleep 0.05
  done
  "$@"
}

awk 'BEGIN { for (n = 0; n < 64; n++) for (i = 0; i < 256; i++) printf "\\%03o", i }' >"$T/octal"
# shellcheck disable=SC2059 # it is one
printf "$(cat "$T/octal")" >"$T/bytes"
is "every byte, 64 times" "$(wc -c <"$T/bytes")" 16384

# transfers NAME WHO WHOM COMMAND..: a terminal of WHO's, and pinfold run by WHOM
transfers() {
  name=$1 who=$2 whom=$3
  rm -f "$T/in"
  # shellcheck disable=SC2086 # nothing or a word
  run_rc $who "$FIX/pty" -f "$T/bytes" $whom "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c 'stty raw -echo; echo READY; head -c 16384 >/t/in'
  is "$name: a program reads what is typed" "$(told exit)" 0
  ok "$name: byte for byte" cmp "$T/bytes" "$T/in"
  # shellcheck disable=SC2086
  $who "$FIX/pty" $whom "$PINFOLD" run --ro "$T:/t" -- cat /t/bytes 2>"$_h/err" | head -c 16384 >"$T/out"
  ok "$name: what it writes is shown byte for byte" cmp "$T/bytes" "$T/out"
  # shellcheck disable=SC2086
  $who "$FIX/pty" $whom "$PINFOLD" run -- seq 1 1000000 2>"$_h/err" | { head -c 100000; sleep 1; cat; } | sed '/^$/,$d' | cksum >"$T/out"
  is "$name: 7 MB to one who reads slowly" "$(cat "$T/out")" "$(seq 1 1000000 | cksum)"
}
transfers "my terminal" user ""
# Another user's terminal, as after su: it cannot be opened again.
if [ "$(id -u)" = 0 ] && [ "$PINFOLD_TEST_SWITCH" = yes ]; then
  transfers "another's terminal" "" "$AS_USER"
else
  skip "another's terminal" "needs root"
fi

# What is written in the last moment is shown too.
for _i in 1 2 3 4 5 6 7 8; do
  user "$FIX/pty" "$PINFOLD" run -- /bin/sh -c 'seq 1 5000; kill -9 $$' | sed '/^$/,$d' | cksum
done | sort -u >"$T/out"
is "nothing is lost at the end" "$(cat "$T/out")" "$(seq 1 5000 | cksum)"
user "$FIX/pty" "$PINFOLD" run --set terminal.mode=none -- seq 1 200000 | sed '/^$/,$d' | cksum >"$T/out"
is "nor with pipes" "$(cat "$T/out")" "$(seq 1 200000 | cksum)"

# A terminal that nobody reads does not keep the limit from being one.
user mkfifo "$T/hold"
for mode in auto none; do
  user "$FIX/pty" sh -c 'echo $$ >"$T/pid"; exec "$PINFOLD" run --wall 300ms "$@"' sh --set terminal.mode=$mode --rw "$T:/t" -- \
    /bin/sh -c 'touch /t/started; exec yes' >"$T/hold" &
  exec 9<"$T/hold"
  ok "$mode: a program fills the terminal" await test -e "$T/started"
  read -r pid <"$T/pid"
  # pinfold itself may wait to tell of it, as it would without a relay.
  gone() { ! pgrep -P "$pid" >"$_h/pids"; }
  ok "$mode: and is ended by the limit" await gone
  out=$(tail -n 3 <&9)
  exec 9<&-
  wait
  is "$mode: which is told" "$(told exit)" 124
  rm -f "$T/started"
done

# --- the terminal goes away
hangs='trap "echo hup >/t/told; exit 3" HUP; echo READY; while :; do sleep 0.05; done'
run_rc user "$FIX/pty" -x "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c "$hangs"
is "a program is told that the terminal is gone" "$(told exit):$(cat "$T/told")" 3:hup
# We do not lead the session here, and nobody sends us a signal.
rm -f "$T/told"
run_rc user "$FIX/pty" -x setsid -w sh -c '"$PINFOLD" run --rw "$T:/t" -- /bin/sh -c "$0"; echo "code $?" >"$T/code"' "$hangs"
# setsid(1), which leads the session of the terminal, does not wait for it then.
timeout 30 sh -c 'until [ -s "$0/code" ]; do :; done' "$T"
is "also where only the terminal tells" "$(cat "$T/code"):$(cat "$T/told")" "code 3:hup"
rm -f "$T/told" "$T/code"
run_rc user "$FIX/pty" -x sh -c 'trap "" HUP; "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c "echo READY; cat; echo end >/t/told"; echo "code $?" >"$T/code"'
is "one that does not listen finds the end of its input" "$(cat "$T/told"):$(cat "$T/code")" "end:code 0"

# --- a terminal where there is none
run_rc user sh -c 'printf "hello\nrest" | "$PINFOLD" run --set terminal.mode=pty -- /bin/sh -c "tty; stty size; cat; echo; echo end"'
is "pty: lines, an end of file behind an unfinished one, and the program goes on" "$rc:$(printf '%s' "$out" | tr -d '\r' | tail -n 1)" "0:end"
like "pty: it has a name" "$(printf '%s\n' "$out" | tr -d '\r')" '/dev/pts/0$'
like "pty: a usual size" "$(printf '%s\n' "$out" | tr -d '\r')" '24 80'
is "pty: what is read comes out" "$(printf '%s\n' "$out" | tr -d '\r' | grep -c hello)" 2
run_rc user sh -c '"$PINFOLD" run --set terminal.mode=pty -- /bin/sh -c "cat; echo end" </dev/null'
is "pty: an empty input" "$rc:$(printf '%s' "$out" | tr -d '\r')" "0:end"
# A write that fails comes before the signal or behind it: this program ends by the signal alone.
run_rc user sh -c '{ "$PINFOLD" run --set terminal.mode=pty -- /bin/sh -c "while :; do echo y; done 2>/dev/null" </dev/null; echo "code $?" >&2; } | head -n 1'
is "pty: a reader that leaves early hangs it up" "$(printf '%s' "$out" | tr -d '\r'):$err" "y:code 129"
run_rc user sh -c '"$PINFOLD" run --set terminal.mode=pty -- /bin/sh -c "exit 6" 0<&- 1>&- 2>&-'
is "pty: with nothing open at all" "$rc" 6
run_rc user "$PINFOLD" run --set terminal.mode=pty -- /no/such/program
is "pty: a program that is not there" "$rc" 127

run_rc user "$FIX/pty" "$PINFOLD" run --set filesystem.devices=none -- /bin/sh -c 'test -t 0 && test -t 1 && test -t 2 && echo tty'
is "without a /dev the terminal is one still" "$(printf '%s\n' "$out" | tr -d '\r' | head -n 1)" tty
run_rc user "$FIX/pty" -i "$PINFOLD" run -- /bin/sh -c 'test -t 0 || test -t 1 && test -t 2 && readlink /proc/self/fd/0'
like "only terminals are replaced" "$(printf '%s\n' "$out" | tr -d '\r')" '^pipe:'
done_testing
