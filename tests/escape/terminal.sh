#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# terminal.sh - nothing inside can type into the caller's terminal: TIOCSTI, TIOCLINUX (CVE-2017-5226, CVE-2019-10063).
#
# Control: bare, the same ioctl pushes bytes into the terminal's input, or with dev.tty.legacy_tiocsti=0 at least
# reaches the terminal. Each attempt on every descriptor, and with a set bit above the 32 that the kernel looks at.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

try=$(for fd in 0 1 2 /dev/tty /dev/console /dev/pts/0 /dev/pts/1; do echo "tiocsti=$fd tiocsti-high=$fd tioclinux=$fd tioclinux-high=$fd"; done)
injected() { printf '%s\n' "$out" | tr -d '\r' | sed -n 's/^injected: //p'; }

# shellcheck disable=SC2086 # words
run_rc user "$FIX/pty" "$FIX/attempt" $try
like "bare, TIOCLINUX reaches the terminal" "$out" 'tioclinux(-high)?=0: E(NOTTY|INVAL)'
if [ "$(injected)" -gt 0 ]; then
  ok "bare, bytes are injected" true
else
  skip "bare, bytes are injected" "dev.tty.legacy_tiocsti is off here, so the kernel itself refuses"
fi

for mode in "" -i -o; do
  for how in "" "--map root" "--set namespaces.nested=full" "--set seccomp.deny=uname" "--dev /dev/tty:/dev/tty1"; do
    # shellcheck disable=SC2086
    run_rc user "$FIX/pty" $mode "$PINFOLD" run $how --ro "$FIX:/fix" -- /fix/attempt $try
    name="${how:-by default}${mode:+, with a pipe for }$(case $mode in -i) echo stdin ;; -o) echo stdout ;; esac)"
    is "nothing is injected $name" "$(injected)" 0
    is "every attempt is refused $name" "$(printf '%s\n' "$out" | grep -c '^tioc.*: ok')" 0
    unlike "no request reaches the terminal $name" "$(printf '%s\n' "$out" | grep '^tioc.*=[12]:')" ': E(NOTTY|INVAL|IO)'
    like "they were made $name" "$out" '^tiocsti-high=2: E'
  done
done

# Nor is the controlling terminal the caller's, to take keys from or to send signals by: it is one of the sandbox's own, or none.
like "bare, there is a controlling terminal" "$(user "$FIX/pty" "$FIX/attempt" write=/dev/tty)" '^write=/dev/tty: ok'
for mode in "" -i -o; do
  for kind in inherit none; do
    # shellcheck disable=SC2086
    like "inside there is none with $kind${mode:+ ($mode)}" \
      "$(user "$FIX/pty" $mode "$PINFOLD" run --set terminal.mode=$kind --ro "$FIX:/fix" -- /fix/attempt write=/dev/tty)" '^write=/dev/tty: ENXIO'
  done
done

# What 0, 1 and 2 are is no file of the caller's terminal, under whatever number: each instance of devpts is a device of its own.
# shellcheck disable=SC2016 # for the shell inside
files='for fd in /proc/self/fd/* /dev/tty; do test -c "$fd" && stat -L -c "%d:%i" "$fd"; done | sort -u'
host=$(user "$FIX/pty" sh -c 'stat -L -c "%d" /proc/self/fd/0' | tr -d '\r' | head -n 1)
like "bare, the terminal is among the open files" "$(user "$FIX/pty" sh -c "$files" | tr -d '\r')" "^$host:"
for mode in "" -i -o; do
  # shellcheck disable=SC2086
  run_rc user "$FIX/pty" $mode "$PINFOLD" run -- /bin/sh -c "$files; echo looked"
  unlike "inside it is not${mode:+ ($mode)}" "$(printf '%s\n' "$out" | tr -d '\r')" "^$host:"
  like "and was looked for${mode:+ ($mode)}" "$(printf '%s\n' "$out" | tr -d '\r')" '^looked$'
  # shellcheck disable=SC2086
  like "with inherit it is${mode:+ ($mode)}" \
    "$(user "$FIX/pty" $mode "$PINFOLD" run --set terminal.mode=inherit -- /bin/sh -c "$files" | tr -d '\r')" "^$host:"
done

# Modes that the program sets are its own terminal's; where it may set the caller's they stay.
keep='stty -a | grep -o "[-]*brkint"'
is "with inherit the program changes the caller's modes" \
  "$(user "$FIX/pty" sh -c '"$PINFOLD" run --set terminal.mode=inherit -- stty brkint; '"$keep" | tr -d '\r' | head -n 1)" brkint
is "otherwise it does not" "$(user "$FIX/pty" sh -c '"$PINFOLD" run -- stty brkint; '"$keep" | tr -d '\r' | head -n 1)" -brkint

# The other ways into the kernel.
if [ "$(uname -m)" = x86_64 ]; then
  for door in i386 i386-high x32 wrap; do
    run_rc user "$FIX/pty" "$PINFOLD" run --ro "$FIX:/fix" -- /fix/abi $door tiocsti
    is "nothing is injected through $door" "$(injected)" 0
    unlike "and refused $door" "$out" 'tiocsti: ok'
  done
fi

# A terminal of its own is the program's to type into or not: still denied, but it can be used.
ok "a terminal made inside works" user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/pty true
ok "a program on a terminal runs" user "$FIX/pty" "$PINFOLD" run -- true
like "and knows that it is on one" "$(user "$FIX/pty" "$PINFOLD" run -- /bin/sh -c 'test -t 0 && test -t 1 && test -t 2 && echo tty' | tr -d '\r')" '^tty$'
done_testing
