#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check.sh - the frame of `make check`: stage an install, make the test user, run the tests, add up.
#
#   check.sh FILE.trs...      called by the Makefile, which gives the result files of all tests of this run
#
# It calls itself a second time, inside with-user.sh, as: check.sh --inside FILE.trs...

set -u
lib=$abs_top_srcdir/tests/lib
cd "$abs_top_builddir" || exit 1

if [ "${1:-}" != --inside ]; then
  rm -rf stage stage.log test-helpers
  if ! $MAKE install DESTDIR="$abs_top_builddir/stage" >stage.log 2>&1; then
    cat stage.log >&2
    echo "make check: make install DESTDIR=stage failed" >&2
    exit 1
  fi
  mkdir -p test-helpers || exit 1
  for f in ${test_helpers:-}; do cp "$f" test-helpers/ || exit 1; done
  exec "$abs_top_srcdir/tests/with-user.sh" --copy stage --copy test-helpers -- "$SHELL" "$lib/check.sh" --inside "$@"
fi
shift

PINFOLD=$PINFOLD_TEST_BASE/stage$bindir/pinfold
PINFOLD_DATADIR=$PINFOLD_TEST_BASE/stage$pkgdatadir
FIX=$PINFOLD_TEST_BASE/test-helpers
export PINFOLD PINFOLD_DATADIR FIX PINFOLD_TEST_SANITIZERS
# The leak checker stops the world with ptrace, which a sandbox forbids; valgrind looks for leaks.
ASAN_OPTIONS=detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}
export ASAN_OPTIONS
[ -x "$PINFOLD" ] || { echo "make check: $PINFOLD is missing" >&2; exit 1; }

logs=
for trs in "$@"; do
  rm -f "$trs" "${trs%.trs}.log"
  logs="$logs ${trs%.trs}.log"
done
rm -f test-suite.log
$MAKE test-suite.log TEST_LOGS="$logs"
made=$?
"$SHELL" "$lib/summary.sh" "$abs_top_srcdir/tests/allowed-skips" "$@" || exit 1
exit $made
