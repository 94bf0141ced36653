#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run-script.sh - run one test script, but not for ever: a test that hangs is a test that fails.
#
# Its output goes through a file, so that a process that the script leaves behind does not keep the TAP driver waiting.
# The descriptors of make and of the TAP driver are closed: a test of leaking descriptors must see its own only.

tmp=$(mktemp) || exit 1
trap 'rm -f "$tmp"' EXIT
timeout -k 10 "${PINFOLD_TEST_TIMEOUT:-600}" "$@" >"$tmp" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
rc=$?
cat "$tmp"
[ $rc != 124 ] || echo "Bail out! timed out after ${PINFOLD_TEST_TIMEOUT:-600} s"
exit $rc
