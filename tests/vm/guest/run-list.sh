#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run-list.sh - run the tests of a list one after the other, inside with-user.sh, with marks around the output of each.
#
#   run-list.sh LIST

lib=/opt/pinfold/src/tests/lib
. /opt/pinfold/settings
abs_top_srcdir=/opt/pinfold/src
PINFOLD=$PINFOLD_TEST_BASE/stage$bindir/pinfold
PINFOLD_DATADIR=$PINFOLD_TEST_BASE/stage$pkgdatadir
FIX=$PINFOLD_TEST_BASE/test-helpers
# Of the guest, whose seconds are several of ours.
PINFOLD_TEST_TIMEOUT=600
# as-user gives every test a runtime directory of its own; who wants the session's, with its bus, finds it here.
PINFOLD_TEST_SESSION=${XDG_RUNTIME_DIR:-}
export abs_top_srcdir PINFOLD PINFOLD_DATADIR FIX PINFOLD_TEST_TIMEOUT PINFOLD_TEST_SESSION

while read -r test; do
  echo "@@ begin $test"
  read -r start _ </proc/uptime
  sh $lib/run-script.sh sh "$abs_top_srcdir/$test" </dev/null 2>&1
  rc=$?
  read -r end _ </proc/uptime
  echo
  echo "@@ end $rc $((${end%.*} - ${start%.*}))"
done <"$1"
