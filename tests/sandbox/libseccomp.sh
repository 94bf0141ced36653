#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# libseccomp.sh - a run loads libseccomp only for a profile whose own rules look at arguments.
#
# Looked for in the memory of the supervisor, which is what compiles filters, while the program runs; and as root, in
# everything that all processes of the run open. What was never loaded cannot be called.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkfifo "$T/in" "$T/out" || exit 1
exec 3<>"$T/in"

# loads OPTION..: runs with them; prints yes, no, or why it is not known.
loads() {
  "$AS_USER" "$PINFOLD" run "$@" -- sh -c 'echo up; read -r _' <"$T/in" >"$T/out" 2>"$T/err" 3>&- &
  pid=$!
  # End of file: it ended before.
  if read -r said <"$T/out" && [ "$said" = up ]; then
    if ! grep -q '/libc[.-]' "/proc/$pid/maps"; then echo "its memory cannot be seen"
    elif grep -q libseccomp "/proc/$pid/maps"; then echo yes
    else echo no
    fi
    echo >&3
  fi
  wait "$pid" || echo "exit code $?: $(cat "$T/err")"
}

# opens OPTION..: the same, of all that is opened.
opens() {
  strace -f -u "$PINFOLD_TEST_USER" -e trace=open,openat,openat2,execve -o "$_h/log" \
    env HOME="$PINFOLD_TEST_HOME" "$PINFOLD" run "$@" -- true 2>"$_h/strace.err" || { echo "exit code $?: $(cat "$_h/strace.err")"; return; }
  if ! grep -q 'execve("[^"]*/true"' "$_h/log"; then echo "nothing was traced"
  elif grep -q libseccomp "$_h/log"; then echo yes
  else echo no
  fi
}

traced=yes
[ "$(id -u)" = 0 ] || traced="needs root, to trace what cannot be dumped"
have strace || traced="strace is not installed"
# check DESC WANT OPTION..
check() {
  _d=$1 _want=$2
  shift 2
  is "$_d: in the supervisor's memory" "$(loads "$@")" "$_want"
  if [ "$traced" = yes ]; then is "$_d: among what is opened" "$(opens "$@")" "$_want"
  else skip "$_d: among what is opened" "$traced"
  fi
}

check "the stock policy" no
check "that of nested = browser" no --set namespaces.nested=browser
check "that of nested = full" no --set namespaces.nested=full
check "with all that refuses but arguments" no --set 'seccomp.deny=@debug uname' --set seccomp.allow=@keyring --set seccomp.on-deny=kill \
  --set limits.nice=1
# The control: this test can see it.
check "with a rule of arguments" yes --set 'seccomp.deny=socket(family=AF_NETLINK)'
done_testing
