#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# floors.sh - no file includes upwards, sideways or in a circle; every source file stands on exactly one floor.
#
#   tests/lint/floors.sh [TREE]      TREE defaults to the source tree
#
#     base <- {plan, sys} <- act <- run <- cmd <- main.c
#
# The #include lines are all there is to see: the libraries are linked in this order too, and a unit test links its
# own floor and those below only. One way round is allowed: a .def table may be included several times.

set -u
tree=${1:-${abs_top_srcdir:-.}}
cd "$tree" || exit 1

files=$(find src -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort)
[ -n "$files" ] || { echo "Bail out! no sources below $tree/src"; exit 1; }
echo 1..3

# shellcheck disable=SC2086 # file names without spaces, by the style guide
out=$(awk '
  BEGIN {
    rank["base"] = 0; rank["sys"] = 1; rank["plan"] = 1; rank["act"] = 2; rank["run"] = 3; rank["cmd"] = 4; rank["main.c"] = 5
    known["config.h"]
  }
  function floor(path,  part) { split(path, part, "/"); return part[1] }
  function complain(why) { print FILENAME ":" FNR ": " why }
  FNR == 1 {
    me = substr(FILENAME, 5)  # without src/
    mine = floor(me)
    if (!(mine in rank)) complain("this file stands on no floor")
  }
  /^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, q, "\"")
    to = q[2]
    if (to in known) next
    theirs = floor(to)
    if (theirs == to || !(theirs in rank)) { complain("\"" to "\" names no floor: write \"floor/name.h\""); next }
    if (to ~ /\.c$/) complain("includes a .c file: " to)
    if (theirs == mine) next
    if (rank[theirs] == rank[mine]) complain(mine " includes sideways: " to)
    else if (rank[theirs] > rank[mine]) complain(mine " includes upwards: " to)
  }' $files)
if [ -z "$out" ]; then echo "ok 1 - includes look down only"; else
  printf '%s\n' "$out" | sed 's/^/# /'
  echo "not ok 1 - includes look down only"
fi

# Circles: take away, again and again, every file that includes nothing that is still there.
# shellcheck disable=SC2086
out=$(awk '
  FNR == 1 { me = substr(FILENAME, 5); node[me] }
  /^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, q, "\"")
    if (q[2] ~ /\//) { edge[me, q[2]] = FILENAME ":" FNR ": " q[2]; node[q[2]] }
  }
  END {
    do {
      gone = 0
      for (n in node) {
        busy = 0
        for (e in edge) { split(e, p, SUBSEP); if (p[1] == n && p[2] in node) { busy = 1; break } }
        if (!busy) { delete node[n]; gone = 1 }
      }
    } while (gone)
    for (e in edge) { split(e, p, SUBSEP); if (p[1] in node && p[2] in node) print edge[e] " (in a circle, or includes one)" }
  }' $files | LC_ALL=C sort)
if [ -z "$out" ]; then echo "ok 2 - no circles"; else
  printf '%s\n' "$out" | sed 's/^/# /'
  echo "not ok 2 - no circles"
fi

# A file that sources.am forgets is missing from the tarball; one that it names twice is on two floors.
out=$(for f in $files; do
  [ "$f" != src/main.c ] || continue
  n=$(awk -v f="$f" '{ for (i = 1; i <= NF; i++) if ($i == f) n++ } END { print n + 0 }' src/sources.am)
  [ "$n" = 1 ] || echo "$f:1: named $n times in src/sources.am"
done)
if [ -z "$out" ]; then echo "ok 3 - src/sources.am names every file once"; else
  printf '%s\n' "$out" | sed 's/^/# /'
  echo "not ok 3 - src/sources.am names every file once"
fi
