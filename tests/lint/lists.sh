#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lists.sh - the lists of the Makefile name every file: a test that nobody listed never runs, and nobody misses it.
#
#   tests/lint/lists.sh [TREE]

set -u
tree=${1:-${abs_top_srcdir:-.}}
cd "$tree" || exit 1

words=$(cat Makefile.am src/sources.am tests/tests.am 2>/dev/null | tr ' \t\\$()' '\n')
out=$(find tests doc man completions tools bench demo profiles m4 -type f ! -name '*~' ! -name '*.log' ! -name '*.trs' ! -name '*.o' 2>/dev/null |
  LC_ALL=C sort | while IFS= read -r f; do
    case $f in
      tests/tests.am | m4/*) continue ;;  # automake takes these along by itself
      tests/golden/*/* | tests/fuzz/corpus/*) continue ;;  # cases: wildcards take every one
      # a program is named without .c, a template without .in
      tests/unit/*.c | tests/helpers/*.c | tests/golden/*.c) name=${f%.c} ;;
      *.in) name=${f%.in} ;;
      *) name=$f ;;
    esac
    printf '%s\n' "$words" | grep -qxF -e "$name" -e "$f" || echo "$f:1: no list in Makefile.am, src/sources.am or tests/tests.am names it"
  done)

echo 1..1
[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
[ -z "$out" ] || printf 'not '
echo "ok 1 - every file is on a list"
