#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# abi.sh - the 32-bit calls are filtered like the native ones; x32 calls and foreign numbers kill.
#
# Control: bare, the 32-bit calls go through where the kernel has them.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "this is not an x86-64 machine"
calls='mount umount2 unshare clone ptrace keyctl perf userfaultfd bpf io-uring fsopen clone3 socket-vsock socketcall-vsock'

run_rc user "$FIX/abi" i386 getpid
if [ "$out" != "getpid: ok" ]; then
  skip "bare, 32-bit calls go through" "this kernel has none: $out"
else
  # shellcheck disable=SC2086 # words
  run_rc user "$FIX/abi" i386 $calls
  through=$(printf '%s\n' "$out" | grep -c -v -e ': EPERM$' -e ': ENOSYS$')
  ok "bare, most of the 32-bit calls go through ($through)" [ "$through" -ge 8 ]
fi
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/abi i386 $calls
is "inside, none of them does" "$(printf '%s\n' "$out" | grep -v -e ': EPERM$' -e ': ENOSYS$' -e ': EACCES$' -e ': SIGSYS$')" ""
is "all were tried" "$(printf '%s\n' "$out" | grep -c ': ')" 14
# With garbage in the upper halves of the registers, which the kernel does not look at.
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/abi i386-high $calls
is "nor with garbage in the upper halves of the arguments" "$(printf '%s\n' "$out" | grep -v -e ': EPERM$' -e ': ENOSYS$' -e ': EACCES$' -e ': SIGSYS$')" ""
is "bare, that works as well" "$(user "$FIX/abi" i386-high unshare clone socketcall-vsock | grep -c ': ok$')" \
  "$(user "$FIX/abi" i386 unshare clone socketcall-vsock | grep -c ': ok$')"
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --map root --set 'capabilities.keep=sys_admin' --ro "$FIX:/fix" -- /fix/abi i386 $calls
is "nor with a kept sys_admin" "$(printf '%s\n' "$out" | grep -v -e ': EPERM$' -e ': ENOSYS$' -e ': EACCES$' -e ': SIGSYS$')" ""

# x32: an ABI nobody uses, with numbers that a filter for x86-64 does not know.
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/abi x32 getpid mount unshare clone keyctl
is "x32 calls kill" "$(printf '%s\n' "$out" | grep -c ': SIGSYS$')" 5
is "bare they do not" "$(user "$FIX/abi" x32 getpid | grep -c SIGSYS)" 0

# A number with garbage above bit 31 is the same call to the kernel: the filter must see it so too.
run_rc user "$FIX/abi" wrap getpid unshare clone
is "bare, garbage in the upper half is ignored" "$(printf '%s\n' "$out" | grep -c ': ok$')" 3
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/abi wrap mount unshare clone keyctl userfaultfd fsopen io-uring socket-vsock
is "inside it helps nobody" "$(printf '%s\n' "$out" | grep -v -e ': EPERM$' -e ': ENOSYS$')" ""

# Calls newer than any list of names: open_tree_attr (467), in no libseccomp of today, and those after the newest that pinfold
# knows, which this kernel may lack too (tests/unit/test_act_filter.c asks the filter itself).
new='467 470 471 500 600 1000 65535 1000000 1073741823'
user "$FIX/abi" i386 467 >"$T/bare"
user "$FIX/attempt" call=467 >>"$T/bare"
if grep -q ENOSYS "$T/bare"; then
  skip "bare, open_tree_attr goes through" "this kernel has none"
else
  is "bare, open_tree_attr goes through" "$(grep -c -v -e EPERM "$T/bare")" 2
fi
for how in "" "--map root --set capabilities.keep=sys_admin" "--set namespaces.nested=browser"; do
  # shellcheck disable=SC2086,SC2046
  run_rc user "$PINFOLD" run $how --ro "$FIX:/fix" -- /bin/sh -c '/fix/attempt $1; /fix/abi i386 $2; /fix/abi i386-high $2' sh \
    "$(for n in $new; do echo "call=$n"; done)" "$new"
  is "calls that no list names are not there, natively and by int 0x80 ${how:-by default}" \
    "$(printf '%s\n' "$out" | sed 's/.*: //' | sort | uniq -c | tr -s ' ')" " 27 ENOSYS"
done
is "with nested=full, open_tree_attr is what it is bare" \
  "$(user "$PINFOLD" run --set namespaces.nested=full --ro "$FIX:/fix" -- /bin/sh -c '/fix/abi i386 467; /fix/attempt call=467')" "$(cat "$T/bare")"

# A filter that a profile adds covers both.
run_rc user "$PINFOLD" run --set seccomp.deny=getpid --ro "$FIX:/fix" -- /fix/abi i386 getpid
unlike "a denied call is denied by int 0x80" "$out" ': ok$'
done_testing
