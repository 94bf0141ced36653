#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run-unit.sh - run one Criterion program with TAP on standard output.

program=$1
shift
exec 3>&1 1>&2  # what the tests print goes to the log, not between the TAP lines
exec timeout -k 10 "${PINFOLD_TEST_TIMEOUT:-300}" "$program" --tap=/dev/fd/3 --quiet "$@"
