#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run-unit.sh - run one Criterion program with TAP on standard output; $PINFOLD_VALGRIND=1 runs it under valgrind.

program=$1
shift
exec 3>&1 1>&2  # what the tests print goes to the log, not between the TAP lines
if [ -n "${PINFOLD_VALGRIND:-}" ]; then
  exec valgrind -q --error-exitcode=99 --trace-children=yes --leak-check=full --errors-for-leak-kinds=definite \
    --child-silent-after-fork=no "$program" --tap=/dev/fd/3 --quiet "$@"
fi
exec timeout -k 10 "${PINFOLD_TEST_TIMEOUT:-300}" "$program" --tap=/dev/fd/3 --quiet "$@"
