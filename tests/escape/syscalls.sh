#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# syscalls.sh - calls that reach deep into the kernel are denied by default.
#
# Control: bare, as the user or as root, each goes through, or is refused for its arguments only. Those that
# this kernel lacks are left out and named.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

ordinary='keyctl add-key request-key perf userfaultfd io-uring'
privileged='bpf kexec kexec-file init-module finit-module delete-module reboot swapon swapoff acct adjtimex syslog open-by-handle
  fanotify iopl ioperm'
[ "$(uname -m)" = x86_64 ] || privileged=$(echo "$privileged" | sed 's/iopl ioperm//')

# Only as root can the second kind be seen to work; the arguments are such that nothing happens.
# shellcheck disable=SC2086 # words
{
  user "$FIX/attempt" $ordinary
  if [ "$(id -u)" = 0 ]; then "$FIX/attempt" $privileged; else user "$FIX/attempt" $privileged; fi
} >"$T/bare"
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt $ordinary $privileged
printf '%s\n' "$out" >"$T/inside"
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --map root --set 'capabilities.keep=sys_admin sys_ptrace sys_boot sys_module sys_time sys_rawio sys_pacct' \
  --ro "$FIX:/fix" -- /fix/attempt $ordinary $privileged
printf '%s\n' "$out" >"$T/keep"
for name in $ordinary $privileged; do
  bare=$(sed -n "s/^$name: //p" "$T/bare")
  case $bare in
    EPERM | EACCES | ENOSYS) skip "bare, $name goes through" "here it is $bare" ;;
    *) ok "bare, $name goes through ($bare)" [ -n "$bare" ] ;;
  esac
  like "inside, $name is denied" "$(sed -n "s/^$name: //p" "$T/inside")" '^(EPERM|EACCES|ENOSYS|SIGSYS)$'
  like "inside, $name is denied in spite of capabilities" "$(sed -n "s/^$name: //p" "$T/keep")" '^(EPERM|EACCES|ENOSYS|SIGSYS)$'
done

# What a profile denies is denied, whatever else it says.
is "uname works" "$(user "$PINFOLD" run -- uname -s)" Linux
run_rc user "$PINFOLD" run --set seccomp.deny=uname -- uname -s
unlike "uname denied does not" "$rc:$out" '^0:|Linux'
run_rc user "$PINFOLD" run --set 'seccomp.deny=socket' --ro "$FIX:/fix" -- /fix/attempt socket=1 socket=2
is "socket denied is denied for every family" "$out" "socket=1: EPERM
socket=2: EPERM"
if [ "$(uname -m)" = x86_64 ]; then
  run_rc user "$PINFOLD" run --set seccomp.deny=getppid --ro "$FIX:/fix" -- /fix/abi i386 getppid
  is "by the 32-bit door too" "$out" "getppid: EPERM"
fi

# Debugging one's own children is not an attack.
if have strace; then
  ok "strace works on one's own" user "$PINFOLD" run -- strace -o /dev/null true
elif have gdb; then
  ok "gdb works on one's own" user "$PINFOLD" run -- gdb -q -batch -ex run /usr/bin/true
fi
done_testing
