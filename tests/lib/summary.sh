#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# summary.sh - add up all TAP points of a test run: what failed and why, every skip with its reason, one plain line.
#
#   summary.sh ALLOWED-SKIPS FILE.trs...
#
# Automake's TAP driver writes a line "RESULT: test N - text" for each TAP point into FILE.log, and FILE.trs at the end.
# A missing FILE.trs, or an error of a test as a whole (it died, its plan does not fit), is one failure. With
# PINFOLD_NO_SKIPS=1 a skip that no line of ALLOWED-SKIPS explains is a failure of the run. Exits 1 if anything failed.

set -u
allowed=$1
shift

echo "=== results"
for trs in "$@"; do
  log=${trs%.trs}.log
  grep -q -e '^FAIL: ' -e '^XPASS: ' -e '^ERROR: ' "$log" 2>/dev/null || continue
  echo "--- $log"
  # the failed points with what they say, not the passed ones; of a test that died also the last words
  awk '
    /^(ok|PASS: |SKIP: |[0-9]+\.\.)/ { on = 0 }
    /^not ok/ { on = 1 }
    on && !/^FAIL: / { print substr($0, 1, 500) }' "$log" | head -n 200
  if ! grep -q '^FAIL: ' "$log" || grep '^ERROR: ' "$log" | grep -qv 'exited with status'; then
    grep -v -e '^PASS: ' -e '^ok ' "$log" | tail -n 20
  fi
done
for trs in "$@"; do
  if [ -s "$trs" ]; then
    # The log has one line a result, with its text. A test with failed points also exits non-zero: not one more failure.
    awk '
      /^(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): / {
        result = substr($1, 1, length($1) - 1); text = substr($0, length($1) + 2)
        if (result == "FAIL") failed = 1
        if (result == "ERROR" && text ~ / - exited with status [0-9]+/ && failed) next
        print result
        if (result == "SKIP") print "#S " text
        if (result == "XFAIL") print "#S (known to fail) " text
        if (result == "FAIL" || result == "ERROR") print "#F " text
        if (result == "XPASS") print "#F (passed, but is marked TODO) " text
      }' "${trs%.trs}.log"
  else
    printf 'ERROR\n#F %s: did not run to its end\n' "${trs%.trs}"
  fi
done | awk -v allowed="$allowed" -v strict="${PINFOLD_NO_SKIPS:-}" '
  BEGIN {
    # one extended regular expression a line, then " # " and why that skip is fine
    while ((getline line < allowed) > 0) {
      if (line ~ /^[ \t]*(#|$)/) continue
      sub(/[ \t]+# [^#]*$/, "", line)
      allow[++allows] = line
    }
  }
  /^#S / { skips[++nskips] = substr($0, 4); next }
  /^#F / { fails[++nfails] = substr($0, 4); next }
  $1 == "PASS" { passed++; next }
  $1 == "SKIP" || $1 == "XFAIL" { skipped++; next }
  { failed++ }
  END {
    for (i = 1; i <= nskips; i++) {
      ok = 0
      for (j = 1; j <= allows; j++) if (skips[i] ~ allow[j]) ok = 1
      print "skipped: " skips[i] (ok || strict != "1" ? "" : "   <- not in tests/allowed-skips")
      if (!ok && strict == "1") bad++
    }
    for (i = 1; i <= nfails; i++) print "failed: " fails[i]
    if (bad) printf "%d skips are not in tests/allowed-skips, and PINFOLD_NO_SKIPS=1\n", bad
    if (!(passed + failed + skipped)) { print "no test ran at all"; failed = 1 }
    printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
    exit(failed || bad ? 1 : 0)
  }'
