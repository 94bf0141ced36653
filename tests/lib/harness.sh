# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# harness.sh - what every sandbox and escape test sources: TAP output, a test user, a scratch directory.
#
#   #!/bin/sh
#   . "${abs_top_srcdir:-.}/tests/lib/harness.sh"
#   ok "true runs" user "$PINFOLD" run -- true
#   run_rc user "$PINFOLD" run -- sh -c 'exit 3'
#   is "its exit code comes through" "$rc" 3
#   done_testing
#
# $PINFOLD   the installed binary, where the test user can reach it; $PINFOLD_DATADIR fits it
# $T         a fresh directory owned by the test user, removed at exit
# $FIX       the built test helpers (tests/helpers), where the user can reach them
# $AS_USER   a program: "$AS_USER" CMD & leaves CMD's pid in $!, which `user CMD &` cannot
# $SUBIDS    yes, or why the test user has no subordinate ids: [ "$SUBIDS" = yes ] || skip "..." "$SUBIDS"
#
# $SANITIZERS  yes or no: in a sanitized build the runtime makes system calls and messages of its own
#
# user CMD..      run CMD as the test user, in a clean environment and, where the current directory is closed to
#                 the user, in $T
# asroot CMD..    run CMD as root; where we are not, the test point that it is part of is skipped
# ok DESC CMD..   passes if CMD exits 0; its output becomes diagnostics if not. Leaves $rc, $out, $err alone
# not_ok DESC CMD..   passes if CMD exits non-zero
# is DESC GOT WANT    like DESC GOT ERE    unlike DESC GOT ERE
# json DESC EXPRESSION WANT   what Python makes of the document d that the last run_rc printed
# run_rc CMD..    runs CMD and sets $rc, $out, $err
# skip DESC WHY   one skipped point;   skip_all WHY   nothing in this file can run: ends it
# have PROGRAM    quietly true if PROGRAM is installed
# done_testing    prints the plan, once, at the end: without it the file fails

if [ -z "${PINFOLD_TEST_BASE:-}" ] || [ -z "${PINFOLD:-}" ]; then
  echo "Bail out! no test user: run it with make check"
  echo "this test needs its user and an installed pinfold: make check TESTS=tests/.../${0##*/}" >&2
  exit 1
fi

_n=0 _failed=0 _skipwhy=
rc=0 out='' err=''
AS_USER=$abs_top_srcdir/tests/lib/as-user
export SUBIDS="$PINFOLD_TEST_SUBIDS"
export SANITIZERS="${PINFOLD_TEST_SANITIZERS:-no}"

_h=$(mktemp -d "$PINFOLD_TEST_BASE/h.XXXXXX") || exit 1
T=$(mktemp -d "$PINFOLD_TEST_BASE/t.XXXXXX") || exit 1
# A home of its own: scripts run side by side, and several fill theirs with settings.
PINFOLD_TEST_HOME=$(mktemp -d "$PINFOLD_TEST_HOME/home.XXXXXX") || exit 1
[ "$PINFOLD_TEST_SWITCH" != yes ] || chown "$PINFOLD_TEST_UID:$PINFOLD_TEST_GID" "$T" "$PINFOLD_TEST_HOME" || exit 1
export T PINFOLD_TEST_HOME

# with-user.sh removes what this cannot, mounts included.
_cleanup() { rm -rf --one-file-system -- "$T" "$_h" "$PINFOLD_TEST_HOME" 2>/dev/null; }
trap _cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$T" || exit 1

user() { "$AS_USER" "$@"; }

# starts N: prints how many of N sandboxes start, one after the other: all, where the machine answers
starts() {
  _started=0
  while [ "$_started" -lt "$1" ] && user timeout 20 "$PINFOLD" run -- true; do _started=$((_started + 1)); done
  echo "$_started"
}

asroot() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    echo "needs root" >"$_h/skip"
    return 77
  fi
}

have() { PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1; }

_diag() { sed 's/^/# /'; }

_pass() { _n=$((_n + 1)); printf 'ok %d - %s\n' "$_n" "$(_line "$1")"; }
_fail() { _n=$((_n + 1)); _failed=$((_failed + 1)); printf 'not ok %d - %s\n' "$_n" "$(_line "$1")"; }
# A description is one line and has no TAP directive in it.
_line() { printf '%s' "$1" | tr '\n#' ' =' ; }

skip() { _n=$((_n + 1)); printf 'ok %d - %s # SKIP %s\n' "$_n" "$(_line "$1")" "$(_line "$2")"; }

skip_all() {
  echo "1..0 # SKIP $1"
  exit 0
}

run_rc() {
  rm -f "$_h/skip"
  rc=0
  "$@" >"$_h/out" 2>"$_h/err" || rc=$?
  out=$(tr -d '\000' <"$_h/out")
  err=$(tr -d '\000' <"$_h/err")
  _skipwhy=
  [ ! -e "$_h/skip" ] || read -r _skipwhy <"$_h/skip"
}

# The three last things that run_rc saw, for a failed point.
_show_run() {
  printf 'exit code %s\n' "$rc"
  printf '%s\n' "$out" | sed -n '1,60s/^/stdout: /p'
  printf '%s\n' "$err" | sed -n '1,60s/^/stderr: /p'
}

# _try DESC WANT-SUCCESS CMD..: one point; leaves $rc, $out and $err of the last run_rc alone.
_try() {
  _desc=$1 _yes=$2 _rc=$rc _out=$out _err=$err _why=$_skipwhy
  shift 2
  run_rc "$@"
  if [ -n "$_skipwhy" ]; then skip "$_desc" "$_skipwhy"
  elif { [ "$rc" = 0 ] && [ "$_yes" = yes ]; } || { [ "$rc" != 0 ] && [ "$_yes" = no ]; }; then _pass "$_desc"
  else
    _fail "$_desc"
    { printf 'command (success wanted: %s): %s\n' "$_yes" "$*"; _show_run; } | _diag
  fi
  rc=$_rc out=$_out err=$_err _skipwhy=$_why
}
ok() {
  _point=$1
  shift
  _try "$_point" yes "$@"
}
not_ok() {
  _point=$1
  shift
  _try "$_point" no "$@"
}

# _check DESC WORD GOT WANT COMMAND..: one point, with got and want shown if COMMAND says no.
_check() {
  _desc=$1 _word=$2 _got=$3 _want=$4
  shift 4
  if [ -n "$_skipwhy" ]; then skip "$_desc" "$_skipwhy"
  elif "$@"; then _pass "$_desc"
  else
    _fail "$_desc"
    {
      printf '%s\n' "$_got" | sed '1s/^/got: /;2,$s/^/     /'
      printf '%s\n' "$_want" | sed "1s/^/$_word: /;2,\$s/^/     /"
      [ -z "$err" ] || printf 'last stderr: %s\n' "$err"
    } | _diag
  fi
}

_matches() { printf '%s\n' "$1" | grep -Eq -e "$2"; }
_matches_not() { ! _matches "$1" "$2"; }

is() { _check "$1" want "$2" "$3" [ "$2" = "$3" ]; }
like() { _check "$1" 'want a match of' "$2" "$3" _matches "$2" "$3"; }
unlike() { _check "$1" 'want no match of' "$2" "$3" _matches_not "$2" "$3"; }

json() {
  printf '%s' "$out" >"$_h/json"
  is "$1" "$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$_h/json" "$2" 2>&1)" "$3"
}

done_testing() {
  echo "1..$_n"
  [ "$_failed" = 0 ]
  exit
}
