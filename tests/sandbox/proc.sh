#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# proc.sh - the three kinds of /proc, and what is said where the kernel refuses a new one.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

minimal="--set filesystem.proc=minimal"
for map in self root; do
  # shellcheck disable=SC2086 # words
  run_rc user "$PINFOLD" run $minimal --map $map -- /bin/sh -c 'ls /proc | grep -v "^[0-9]*$" | tr "\n" " "; grep " /proc " /proc/self/mounts'
  like "minimal: processes and nothing else (map $map)" "$out" '^self thread-self none /proc proc r[wo],nosuid,nodev,noexec'
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $minimal --map $map -- /bin/sh -c 'ls /proc | grep -c -x 1; cat /proc/1/cmdline /proc/1/status /proc/sys/kernel/hostname /proc/cpuinfo /proc/keys /proc/sysrq-trigger; echo $$ $(ls -d "/proc/$$")'
  is "minimal: not even process 1, and the program's own (map $map)" "$out" "0
2 /proc/2"
done
# How the program ended is known nevertheless.
# shellcheck disable=SC2086
{
  run_rc user "$PINFOLD" run $minimal -- sh -c 'kill -KILL $$'
  is "minimal: how the program ended is known" "$rc" 137
  run_rc user "$PINFOLD" run $minimal --set seccomp.deny=execveat --set capabilities.keep=net_bind_service -- /bin/sh -c 'exit 5'
  is "minimal: with a kept capability too" "$rc" 5
  run_rc user "$PINFOLD" run $minimal --set namespaces.nested=full -- true
  is "minimal: with nested = full" "$rc" 0
}
run_rc user "$PINFOLD" run --set filesystem.proc=none -- /bin/sh -c 'ls -A /proc 2>/dev/null; echo ran'
is "none: there is none" "$rc:$out" 0:ran

# As in a container that covers parts of its /proc: the kernel refuses one without covers ("too revealing").
covered='mount -t proc proc /proc && mount --bind /dev/null /proc/cpuinfo || exit 99
  unshare -Umpf --map-root-user sh -c "mount -t proc proc /proc" 2>/dev/null && exit 98
  exec "$PINFOLD" run "$@"'
for kind in private minimal; do
  run_rc user unshare -Urmpf sh -c "$covered" sh --set "filesystem.proc=$kind" -- echo ran
  case $rc in
    98 | 99) skip "$kind: where the kernel refuses a new /proc" "no /proc can be covered here: $err" ;;
    *)
      is "$kind: where the kernel refuses a new /proc, nothing runs" "$rc:$out" 125:
      like "and the message says why" "$err" 'the kernel refuses a new /proc: Operation not permitted \(--set filesystem.proc\)'
      like "and what the choices are" "$err" 'hint: an outer container covers parts of its /proc.*or use proc = none'
      ;;
  esac
done
run_rc user unshare -Urmpf sh -c "$covered" sh --map self --set filesystem.proc=none -- echo ran
case $rc in
  98 | 99) skip "none: works there" "no /proc can be covered here: $err" ;;
  *) is "none: works there" "$rc:$out" 0:ran ;;
esac
done_testing
