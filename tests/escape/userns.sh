#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# userns.sh - with nested=none no new namespace of any kind can be made, whichever call asks for it.
#
# Control: bare, and with nested=full, a user namespace can be made in each of the ways.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# CLONE_NEWUSER by every call, with company, and with a set bit above the 32 that the kernel looks at.
ways='unshare=0x10000000 unshare=0x7e020000 clone=0x10000000 clone=0x7c020000 clone=0x110000000 clone3=0x10000000 clone3=0x7c020000'
# The other namespaces need a capability, in a user namespace of one's own.
others='unshare=0x20000 unshare=0x4000000 unshare=0x8000000 unshare=0x20000000 unshare=0x40000000 unshare=0x2000000 unshare=0x80
  clone=0x20000 clone=0x40000000 clone3=0x20000 clone3=0x40000000 clone3=0x80'

# shellcheck disable=SC2086 # words
run_rc user "$FIX/attempt" $ways
if [ "$(printf '%s\n' "$out" | grep -c -v ': ok$')" = 0 ]; then
  ok "bare, every way works" true
else
  skip "bare, every way works" "not here: $out"
fi
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --set namespaces.nested=full --ro "$FIX:/fix" -- /fix/attempt $ways
unlike "with nested=full every way works" "$out" ': (EPERM|ENOSPC|EUSERS|SIG.*)$'

for how in "" "--map root" "--map root --set capabilities.keep=sys_admin" "--net host"; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $how --ro "$FIX:/fix" -- /fix/attempt $ways
  is "no user namespace ${how:-by default}" "$(printf '%s\n' "$out" | grep -c ': ok$')" 0
  is "all were tried ${how:-by default}" "$(printf '%s\n' "$out" | grep -c ': ')" 7
done
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt $others
is "nor any other namespace" "$(printf '%s\n' "$out" | grep -c ': ok$')" 0
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --map root --set capabilities.keep=sys_admin --ro "$FIX:/fix" -- /fix/attempt $others
like "which a kept sys_admin would allow" "$out" ': ok$'

# Both locks are on: the limit, and the filter in front of it (EPERM or ENOSYS, not the limit's ENOSPC).
is "the limit is 0" "$(user "$PINFOLD" run -- cat /proc/sys/user/max_user_namespaces)" 0
is "and cannot be raised" "$(user "$PINFOLD" run --map root -- /bin/sh -c 'echo 99 >/proc/sys/user/max_user_namespaces; cat /proc/sys/user/max_user_namespaces' 2>/dev/null)" 0
# shellcheck disable=SC2086
unlike "the filter refuses before the limit does" "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt $ways)" ': ENOSPC|: EUSERS'
# A plain thread and a plain fork still work, by the calls that were inspected.
is "clone without flags works" "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt clone=0)" "clone=0: ok"
done_testing
