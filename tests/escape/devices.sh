#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# devices.sh - no device node can be made or found but the harmless ones.
#
# Control: bare, root can make one (where the file system holds devices).

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

if [ "$(id -u)" = 0 ]; then
  run_rc "$FIX/attempt" "mknod-char=$T/null" "mknod-block=$T/loop"
  if [ "$(printf '%s\n' "$out" | grep -c ': ok$')" = 2 ]; then
    ok "bare, root can make device nodes" true
  else
    skip "bare, root can make device nodes" "not here: $out"
  fi
else
  skip "bare, root can make device nodes" "needs root"
fi
for how in "" "--map root" "--map root --set capabilities.keep=mknod"; do
  # shellcheck disable=SC2086 # words
  run_rc user "$PINFOLD" run $how --rw "$T:/t" --ro "$FIX:/fix" -- /fix/attempt mknod-char=/tmp/null mknod-block=/tmp/loop mknod-char=/dev/shm/null mknod-char=/t/new
  is "inside nobody can ${how:-by default}" "$(printf '%s\n' "$out" | grep -c ': E\(PERM\|ACCES\|ROFS\)$')" 4
done
if [ -c "$T/null" ]; then
  chmod 666 "$T/null"
  ok "bare, a node in a tree of the user's works" user sh -c 'echo x >"$T/null"'
  not_ok "in a granted tree it is dead: nodev" user "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c 'echo x >/t/null'
fi
run_rc user "$PINFOLD" run -- /bin/sh -c 'for d in $(find / -xdev -type b 2>/dev/null; find /dev -type b -o -type c 2>/dev/null); do echo $d; done | sort -u'
is "the only device nodes are the harmless ones" "$(printf '%s\n' "$out" | grep -v -x -e '/dev/\(null\|zero\|full\|random\|urandom\|tty\|console\|ptmx\)' -e '/dev/pts/.*')" ""
if [ "$(id -u)" = 0 ]; then
  run_rc "$PINFOLD" run --set identity.allow-host-root=yes --ro "$FIX:/fix" -- /fix/attempt mknod-char=/tmp/null mknod-block=/tmp/loop
  is "nor the real root, where it is mapped" "$(printf '%s\n' "$out" | grep -c ': E\(PERM\|ACCES\)$')" 2
fi
done_testing
