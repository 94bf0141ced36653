#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh - the goldens: each case's plan or refusal is what its directory says.
#
#   tests/golden/run.sh [CASE...]             compares, and prints TAP; run by make check
#   tests/golden/run.sh --update [CASE...]    writes what the program says now: look at the diff before you commit it
#
# golden.c says what is in a case. Its answer is in one of plan.txt, plan.json, err.txt, out.txt. The program is taken from
# $GOLDEN, or from the build tree ($abs_top_builddir, or the current directory).

set -u
src=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 1
golden=${GOLDEN:-${abs_top_builddir:-.}/tests/golden/golden}
[ -x "$golden" ] || { echo "Bail out! no $golden: make check-programs"; exit 1; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
cases=$src/tests/golden/cases
# What comes out in a refusal is the C library's text for errno.
LC_ALL=C
export LC_ALL

update=no
if [ "${1:-}" = --update ]; then
  update=yes
  shift
fi
if [ $# -eq 0 ]; then
  set --
  for dir in "$cases"/*/; do
    dir=${dir%/}
    set -- "$@" "${dir##*/}"
  done
fi

# answer CASE: runs it; sets $rc, and $file to the name that its answer goes by.
answer() {
  rc=0
  "$golden" "$src" "$cases/$1" >"$tmp/out" 2>"$tmp/err" || rc=$?
  file=
  case $rc in
    0) file=plan.txt ;;
    1) file=err.txt ;;
  esac
  if [ "$rc" = 0 ] && [ -f "$cases/$1/command" ]; then file=out.txt; fi
  if [ "$rc" = 0 ] && grep -qx -e --json "$cases/$1/argv" 2>/dev/null; then file=plan.json; fi
}

if [ $update = yes ]; then
  for name; do
    answer "$name"
    [ -n "$file" ] || { cat "$tmp/err" >&2; echo "$name: exit code $rc" >&2; exit 1; }
    for f in plan.txt plan.json err.txt out.txt; do
      [ "$f" = "$file" ] || rm -f "$cases/$name/$f"
    done
    cmp -s "$tmp/out" "$cases/$name/$file" || { cp "$tmp/out" "$cases/$name/$file" && echo "$name/$file"; }
  done
  exit 0
fi

echo "1..$#"
n=0 failed=0
for name; do
  n=$((n + 1))
  answer "$name"
  if [ "$rc" = 77 ]; then
    echo "ok $n - $name # SKIP $(cat "$tmp/err")"
    continue
  fi
  if [ -n "$file" ] && [ -f "$cases/$name/$file" ] && diff -u "$cases/$name/$file" "$tmp/out" >"$tmp/diff" 2>&1; then
    echo "ok $n - $name"
    continue
  fi
  failed=1
  if [ -z "$file" ]; then
    { echo "exit code $rc"; cat "$tmp/err"; } | sed 's/^/# /'
  elif [ ! -f "$cases/$name/$file" ]; then
    { echo "the case has no $file, but this comes out:"; cat "$tmp/out"; } | sed 's/^/# /'
  else
    sed 's/^/# /' "$tmp/diff"
  fi
  echo "not ok $n - $name"
done
exit $failed
