#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# size.sh - functions stay below 70 lines and files below 700: what cannot be read at a glance gets split by meaning.
#
#   tests/lint/size.sh [TREE]

set -u
tree=${1:-${abs_top_srcdir:-.}}
cd "$tree" || exit 1
max_function=70 max_file=700

files=$(find src -name '*.[ch]' | LC_ALL=C sort)
echo 1..2

# shellcheck disable=SC2086 # file names without spaces, by the style guide
out=$(wc -l $files | awk -v max=$max_file '$2 != "total" && $1 > max { print $2 ":1: " $1 " lines, more than " max }')
[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
[ -z "$out" ] || printf 'not '
echo "ok 1 - files up to $max_file lines"

if ! ctags --version 2>/dev/null | grep -q Universal; then
  echo "ok 2 - functions up to $max_function lines # SKIP universal-ctags is not installed"
  exit 0
fi
# shellcheck disable=SC2086
out=$(ctags -x --c-kinds=f --_xformat='%F:%n %{end} %N' $files |
  awk -v max=$max_function '{ split($1, at, ":"); n = $2 - at[2] + 1; if (n > max) print $1 ": " $3 " has " n " lines, more than " max }')
[ -z "$out" ] || printf '%s\n' "$out" | sed 's/^/# /'
[ -z "$out" ] || printf 'not '
echo "ok 2 - functions up to $max_function lines"
