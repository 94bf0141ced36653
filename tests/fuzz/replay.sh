#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# replay.sh - every file of the corpus through its fuzz target.
#
#   tests/fuzz/replay.sh [TARGET...]    a target is profile or args; its files are in corpus/TARGET
#
# To fuzz: doc/architecture.md says how. What a fuzzer finds goes into the corpus as a file with a telling name.

set -u
src=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 1
build=${abs_top_builddir:-.}
[ $# -gt 0 ] || set -- profile args
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

echo "1..$#"
n=0 failed=0
for target; do
  n=$((n + 1))
  program=$build/tests/fuzz/fuzz_$target
  [ -x "$program" ] || { echo "Bail out! no $program: make check-programs"; exit 1; }
  count=$(find "$src/tests/fuzz/corpus/$target" -type f | wc -l)
  rc=0
  [ "$count" -gt 0 ] && "$program" "$src/tests/fuzz/corpus/$target"/* >"$tmp/out" 2>&1 || rc=$?
  if [ "$rc" = 0 ]; then
    echo "ok $n - $target: $count files"
  else
    failed=1
    { echo "exit code $rc"; tail -n 40 "$tmp/out"; } | sed 's/^/# /'
    echo "not ok $n - $target: $count files"
  fi
done
exit $failed
