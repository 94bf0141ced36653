#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fuzz.sh - the fuzz targets, one after the other, from the corpus on; run by make fuzz.
#
#   tests/fuzz/fuzz.sh [SECONDS [TARGET...]]    default: 60 seconds each of profile and args
#
# New inputs, findings (crash-*, timeout-*, oom-*, leak-*) and logs are put into fuzz/TARGET of the build directory, and a
# later run goes on with them. Exits 1 when anything was found.

set -u
src=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 1
build=${abs_top_builddir:-.}
seconds=${1:-60}
[ $# -le 0 ] || shift
[ $# -gt 0 ] || set -- profile args

status=0
for target; do
  program=$build/tests/fuzz/fuzz_$target
  work=$build/fuzz/$target
  "$program" -help=1 2>&1 | grep -q max_total_time || {
    echo "fuzz.sh: $program is no libFuzzer program: configure with CC=clang --enable-fuzzing" >&2
    exit 1
  }
  mkdir -p "$work/corpus" || exit 1
  rc=0
  "$program" -max_total_time="${seconds:-60}" -max_len=8192 -timeout=10 -print_final_stats=1 \
    -dict="$build/tests/fuzz/$target.dict" -artifact_prefix="$work/" "$work/corpus" "$src/tests/fuzz/corpus/$target" \
    >"$work/log" 2>&1 || rc=$?
  if [ $rc = 0 ]; then
    sed -n 's/^stat::number_of_executed_units: */executions /p; s/^#[0-9]*.DONE *\(cov: [0-9]*\).*/\1/p' "$work/log" |
      tr '\n' ' '
    echo "- $target: nothing was found in ${seconds:-60} s"
  else
    status=1
    tail -n 40 "$work/log"
    echo "fuzz.sh: $target: a finding, see $work"
  fi
done
exit $status
