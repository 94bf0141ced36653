#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# all.sh - `make lint`: every lint, ours and other people's; exits 1 if any of them fails.

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
passed=0 failed=0 skipped=0

for lint in "selftest.sh --tools" floors.sh purity.sh drift.sh completions.sh size.sh tools.sh; do
  # shellcheck disable=SC2086 # a script and perhaps its option
  out=$(sh "$here/"$lint 2>&1)
  printf '%s\n' "$out" | grep -v '^1\.\.[0-9]'
  passed=$((passed + $(printf '%s\n' "$out" | grep -v '# SKIP' | grep -c '^ok ')))
  skipped=$((skipped + $(printf '%s\n' "$out" | grep '# SKIP' | grep -c '^ok ')))
  failed=$((failed + $(printf '%s\n' "$out" | grep -c -e '^not ok ' -e '^Bail out')))
  planned=$(printf '%s\n' "$out" | sed -n 's/^1\.\.//p')
  seen=$(printf '%s\n' "$out" | grep -c -e '^ok ' -e '^not ok ')
  [ "$planned" = "$seen" ] || { echo "not ok - $lint ended early"; failed=$((failed + 1)); }
done

echo "lint: $passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
