#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# drift.sh - every key of src/plan/options.def is in the manual and known to the completions, and the other way round.
#
#   tests/lint/drift.sh [TREE]

set -u
tree=${1:-${abs_top_srcdir:-.}}
cd "$tree" || exit 1

# One line a row: section.key alias ("-" for none). A row is OPTION(ID, "section", "key", type, class, default, layers,
# risk, alias, ...), over several lines, with commas inside quotes.
rows=$(sed 's,/\*.*\*/,,; /^ *\/\*/,/\*\//d' src/plan/options.def | tr '\n\t' '  ' | awk '
  {
    n = split($0, row, /OPTION\(/)
    for (i = 2; i <= n; i++) {
      text = row[i]; field = 1; quoted = 0; f[1] = ""; for (k = 2; k <= 13; k++) f[k] = ""
      for (j = 1; j <= length(text); j++) {
        c = substr(text, j, 1)
        if (c == "\\" && quoted) { j++; continue }
        if (c == "\"") quoted = !quoted
        else if (c == "," && !quoted) field++
        else if (c == ")" && !quoted) break
        else if (quoted || c != " ") f[field] = f[field] c
      }
      print f[2] "." f[3], (f[9] == "NULL" ? "-" : f[9])
    }
  }')
count=$(printf '%s\n' "$rows" | grep -c '^[a-z-]*\.[a-z-]')
[ "$count" -gt 0 ] || { echo "Bail out! no OPTION rows in src/plan/options.def"; exit 1; }

n=0
report() { # DESC COMPLAINTS
  n=$((n + 1))
  [ -z "$2" ] || printf '%s\n' "$2" | sed 's/^/# /'
  [ -z "$2" ] || printf 'not '
  echo "ok $n - $1"
}

# In the manual, a key is the tag of a list entry (.It Cm key) below its section (.Ss Section name or .Ss [section]).
man=man/pinfold-profile.5
documented=$(awk '
  /^\.S[sh] / { gsub(/[][\\&"]/, "", $2); section = $2 }
  /^\.It / { for (i = 2; i <= NF; i++) if ($i == "Cm" || $i == "Ic" || $i == "Va" || $i == "Li" || $i == "Sy") { k = $(i + 1); gsub(/["]/, "", k); print section "." k } }
  ' "$man" 2>/dev/null)
report "every key is in $man" "$(printf '%s\n' "$rows" | while read -r key alias; do
  printf '%s\n' "$documented" | grep -qxF "$key" || echo "$man:1: [${key%%.*}] ${key#*.} is not documented"
done)"

for f in completions/pinfold.bash completions/_pinfold completions/pinfold.fish; do
  report "every key and alias is in $f" "$(printf '%s\n' "$rows" | while read -r key alias; do
    grep -qF -e "$key" "$f" 2>/dev/null || echo "$f:1: does not know $key"
    [ "$alias" = - ] || grep -q -e "$alias" "$f" 2>/dev/null || echo "$f:1: does not know --$alias"
  done)"
done

report "every alias is in man/pinfold-run.1" "$(printf '%s\n' "$rows" | while read -r key alias; do
  [ "$alias" = - ] || grep -q -e "Fl -$alias" man/pinfold-run.1 2>/dev/null ||
    echo "man/pinfold-run.1:1: --$alias ($key) is not documented"
done)"
echo "1..$n"
