#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# memory.sh - aslr and memory-deny-write-execute: what they say is so, and programs run with it.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# Where the stack is, and how the personality is shown.
look='sed -n "s/ .*\[stack\]//p" /proc/self/maps; cat /proc/self/personality'
# places OPTION..: of three runs, how many places
places() {
  # shellcheck disable=SC2086 # words
  for _i in 1 2 3; do user "$@" "$PINFOLD" run $how -- /bin/sh -c "$look" | sed -n 1p; done | sort -u | wc -l
}
how=
if [ "$(cat /proc/sys/kernel/randomize_va_space)" = 0 ]; then
  skip "addresses differ" "this machine has kernel.randomize_va_space = 0"
else
  like "addresses differ from run to run" "$(places)" '^[23]$'
  if have setarch && user setarch -R true; then
    like "also when pinfold was started by setarch -R" "$(places setarch -R)" '^[23]$'
  fi
fi
how="--set process.aslr=no"
is "with aslr = no they do not" "$(places)" 1
# shellcheck disable=SC2086
is "the personality says so" "$(user "$PINFOLD" run $how -- cat /proc/self/personality)" 00040000
if have setarch && user setarch -R true; then
  is "with aslr = yes that of setarch is gone" "$(user setarch -R -X "$PINFOLD" run -- cat /proc/self/personality)" 00000000
  like "explain says it" "$(user setarch -R "$PINFOLD" explain)" "^  personality 0 in place of the caller's"
  if [ "$(user setarch linux32 sh -c 'echo ok')" = ok ]; then
    is "how the machine calls itself stays" "$(user setarch linux32 "$PINFOLD" run -- cat /proc/self/personality)" 00000008
  fi
else
  skip "what setarch leaves" "setarch is not installed, or refused"
fi

run_rc user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- /bin/sh -c 'echo ran'
if [ "$rc" = 125 ]; then
  like "memory-deny-write-execute: no run where the kernel cannot" "$err" 'this kernel does not know how'
  done_testing
fi
is "memory-deny-write-execute: an ordinary program runs" "$rc:$out" 0:ran
ok "and programs that it starts" user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- /bin/sh -c 'ls -l / | sort | grep usr'
if have python3; then
  is "an interpreter with libraries that it loads" \
    "$(user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- python3 -c 'import hashlib, json, zlib; print(zlib.crc32(b"x") > 0)')" True
fi
is "with aslr = no as well" "$(user "$PINFOLD" run --set process.memory-deny-write-execute=yes --set process.aslr=no -- cat /proc/self/personality)" 00040000
done_testing
