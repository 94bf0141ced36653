#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# proc-1.sh - process 1, pinfold's own, cannot be read, traced, opened or stopped by the program.
#
# Control: the same attempts bare, on another process of the user's, go through (those that yama or the kernel
# configuration refuse anyway are left out and named).

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# attempts PID: what is tried, on that process
attempts() {
  echo "readlink=/proc/$1/exe readlink=/proc/$1/cwd readlink=/proc/$1/root readlink=/proc/$1/ns/user
    readlink=/proc/$1/ns/mnt readlink=/proc/$1/fd/0 chdir=/proc/$1/root chdir=/proc/$1/cwd opath=/proc/$1/exe read=/proc/$1/exe
    list=/proc/$1/fd list=/proc/$1/task/$1/fd list=/proc/$1/map_files read=/proc/$1/environ read=/proc/$1/auxv
    read=/proc/$1/maps read-mem=/proc/$1/maps write=/proc/$1/mem read=/proc/$1/syscall read=/proc/$1/personality
    write=/proc/$1/oom_score_adj write=/proc/$1/clear_refs
    ptrace=$1 vm-readv=$1 vm-writev=$1 pidfd-getfd=$1 kcmp=$1 move-pages=$1"
}
# An attempt that ends with EFAULT went through too: it was allowed, and that process has nothing at the address.

user mkfifo "$T/hold"
"$AS_USER" "$FIX/net" listen <"$T/hold" >"$T/listen" &
other=$!
exec 8>"$T/hold"
timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
# shellcheck disable=SC2046 # words
user "$FIX/attempt" $(attempts $other) >"$T/bare"
exec 8>&-
wait $other

for how in "" "--map root" "--set namespaces.nested=full"; do
  # shellcheck disable=SC2046,SC2086
  run_rc user "$PINFOLD" run $how --ro "$FIX:/fix" -- /fix/attempt $(attempts 1)
  printf '%s\n' "$out" >"$T/inside"
  is "all was tried ${how:-by default}" "$(wc -l <"$T/inside")" "$(wc -l <"$T/bare")"
  # Lines of "attempt inside bare", in the order of the attempts.
  sed 's/.*: //' "$T/bare" | paste -d ' ' "$T/inside" - >"$T/pairs"
  while read -r name inside bare; do
    case $bare in
      ok | EFAULT) unlike "$name ${how:-by default}" "$inside" '^(ok|EFAULT|)$' ;;
      *) [ -n "$how" ] || skip "$name" "bare it is $bare" ;;
    esac
  done <"$T/pairs"
done
# A kept capability may open process 1; there is nothing of the host's behind it then.
run_rc user "$PINFOLD" run --set capabilities.keep=sys_ptrace -- /bin/sh -c "ls /proc/1/root$T /proc/1/cwd$T; ls -l /proc/1/fd /proc/1/cwd"
unlike "nothing of the host is behind process 1, with sys_ptrace" "$out" "$T|$PINFOLD_TEST_BASE|hold"

# No signal from inside ends or stops it (init.sh tries all of them).
run_rc user "$PINFOLD" run -- /bin/sh -c 'kill -KILL 1; kill -STOP 1; exit 9'
is "SIGKILL and SIGSTOP do nothing to it" "$rc" 9
run_rc user "$PINFOLD" run --map root -- /bin/sh -c 'kill -KILL 1; kill -STOP 1; exit 9'
is "nor as root inside" "$rc" 9
done_testing
