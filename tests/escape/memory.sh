#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# memory.sh - with memory-deny-write-execute nothing that was written is executed, by any detour.
#
# Control: without the key each of it works.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

words='plain later stack forked again'
all() { for w in $words; do echo "$w: $1"; done; }

run_rc user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- true
[ "$rc" = 0 ] || skip_all "the kernel has no PR_SET_MDWE: $err"
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/memory $words
is "control: without the key all of it works" "$out" "$(all ok)"
for how in "" "--map root" "--set process.aslr=no" "--set namespaces.nested=full"; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --set process.memory-deny-write-execute=yes $how --ro "$FIX:/fix" -- /fix/memory $words
  is "with it none does ${how:-by default}" "$out" "$(all EACCES)"
done
# All that can be read is executable with that personality: memory then cannot even be had.
run_rc user "$FIX/memory" implied
if [ "$out" = "implied: ok" ]; then
  run_rc user "$PINFOLD" run --set process.memory-deny-write-execute=yes --ro "$FIX:/fix" -- /fix/memory implied
  unlike "nor is READ_IMPLIES_EXEC a way" "$out" ': ok$'
else
  skip "READ_IMPLIES_EXEC" "it implies nothing here: $out"
fi
# It cannot be taken back: prctl(PR_SET_MDWE, 0).
if have python3; then
  run_rc user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- python3 -c \
    'import ctypes; l = ctypes.CDLL(None); print(l.prctl(65, 0, 0, 0, 0), l.prctl(66, 0, 0, 0, 0) & 1)'
  is "it cannot be taken back" "$out" "-1 1"
else
  skip "it cannot be taken back" "python3 is not installed"
fi
done_testing
