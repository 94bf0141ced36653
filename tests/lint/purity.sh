#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# purity.sh - the plan floor has no side effects: it calls nothing outside tests/lint/purity.allow.
#
#   tests/lint/purity.sh [libplan.a libbase.a [purity.allow]]
#
# What counts is what a program gets that links the plan: the objects of libplan.a and those objects of libbase.a
# that they pull in, directly or through each other. Everything that these leave undefined must be on the list.

set -u
lib=${1:-${abs_top_builddir:-.}/libplan.a}
base=${2:-${abs_top_builddir:-.}/libbase.a}
allow=${3:-${abs_top_srcdir:-.}/tests/lint/purity.allow}
: "${NM:=nm}"

echo 1..1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
for a in "$lib" "$base"; do
  [ -f "$a" ] || { echo "# $a is missing"; echo "not ok 1 - the plan is pure"; exit 1; }
done

# One line a symbol: archive, member, U or D, name. Without the fortified and versioned spellings of libc.
symbols() {
  "$NM" -A -P "$2" | awk -v lib="$1" '
    {
      # "archive[member]: name type ..."
      member = $1; sub(/^.*\[/, "", member); sub(/\]:$/, "", member)
      name = $2; type = $3
      # local symbols cannot satisfy anyone
      if (type ~ /^[a-tv-z]$/ && type != "v" && type != "w") next
      kind = (type == "U" || type == "w" || type == "v") ? "U" : "D"
      print lib, member, kind, name
    }'
}

{ symbols plan "$lib"; symbols base "$base"; } >"$tmp/symbols" || exit 1
awk -v allow="$allow" '
  BEGIN {
    while ((getline line < allow) > 0) { sub(/#.*/, "", line); n = split(line, w, " "); for (i = 1; i <= n; i++) ok[w[i]] }
  }
  function plain(s) {
    if (s ~ /^__.*_chk$/) { sub(/^__/, "", s); sub(/_chk$/, "", s) }
    sub(/^__isoc[0-9]+_/, "", s)
    return s
  }
  # the machinery of compilers: stack protector, sanitizers, position-independent code
  function machinery(s) { return s ~ /^(__stack_chk_|_GLOBAL_OFFSET_TABLE_|__(asan|ubsan|sanitizer|tsan|gcov|sancov|start_|stop_|udiv|divdi|mod))/ }
  $3 == "D" { if (!($4 in home) || $1 == "plan") home[$4] = $1 ":" $2 }
  $3 == "U" { wants[$1 ":" $2] = wants[$1 ":" $2] " " $4 }
  $1 == "plan" { todo[$1 ":" $2] = "libplan.a" }
  END {
    do {
      more = 0
      for (m in todo) if (!(m in done)) {
        done[m]; more = 1
        n = split(wants[m], w, " ")
        for (i = 1; i <= n; i++) {
          s = w[i]
          if (s in home) {
            if (!(home[s] in todo)) todo[home[s]] = m " calls " s
          } else if (!(plain(s) in ok) && !machinery(s)) {
            print m ": " plain(s) " is not in purity.allow" (todo[m] == "libplan.a" ? "" : " (there because " todo[m] ")")
          }
        }
      }
    } while (more)
  }' "$tmp/symbols" | LC_ALL=C sort >"$tmp/bad"

if [ -s "$tmp/bad" ]; then
  sed 's/^/# /' "$tmp/bad"
  echo "not ok 1 - the plan is pure"
else
  echo "ok 1 - the plan is pure"
fi
