#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# valgrind.sh - run plain unit test programs under valgrind, as many at once as there are processors.
#
#   valgrind.sh PROGRAM...
#
# An invalid access, a use of what is not initialised, or a lost block fails the test that it is in.

set -u
PINFOLD_VALGRIND=1  # for tests that valgrind changes the meaning of
export PINFOLD_VALGRIND
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

supp=$(dirname "$0")/valgrind.supp
export supp

printf '%s\n' "$@" | xargs -P "$jobs" -n 1 sh -c '
  timeout -k 10 "${PINFOLD_TEST_TIMEOUT:-300}" valgrind -q --error-exitcode=99 --leak-check=full \
    --errors-for-leak-kinds=definite --suppressions="$supp" "$1" >"$1.out" 2>&1
  echo $? >"$1.rc"' sh

failed=0 points=0
for program in "$@"; do
  read -r rc <"$program.rc" || rc=none
  n=$(grep -c '^ok ' "$program.out")
  points=$((points + n))
  [ "$rc" != 0 ] || [ "$n" = 0 ] || continue
  failed=$((failed + 1))
  echo "--- $program: exit code $rc"
  grep -v '^ok ' "$program.out" | head -n 100
done
echo "valgrind: $points tests passed, $failed of $# programs failed"
[ $failed = 0 ]
