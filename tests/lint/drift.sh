#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# drift.sh - the keys of src/plan/options.def are those of the manual and the completions; the errors of src/ are those
# of doc/errors.md.
#
#   tests/lint/drift.sh [TREE]
#
# Pages and completions that the build makes are looked for in the build tree first. This reads the table in its own
# way, not with the generator: a row that the generator loses is found.

set -u
tree=${1:-${abs_top_srcdir:-.}}
cd "$tree" || exit 1
build=${abs_top_builddir:-$tree}
made() { if [ -f "$build/$1" ]; then echo "$build/$1"; else echo "$1"; fi; }

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
keys=$(printf '%s\n' "$rows" | sed 's/ .*//')
aliases=$(printf '%s\n' "$rows" | sed -n 's/.* \([^-].*\)/\1/p')

n=0
report() { # DESC COMPLAINTS
  n=$((n + 1))
  [ -z "$2" ] || printf '%s\n' "$2" | sed 's/^/# /'
  [ -z "$2" ] || printf 'not '
  echo "ok $n - $1"
}
# The words of the second list that the first does not have, each in a complaint: missing LIST OTHER BEFORE AFTER
missing() {
  printf '%s\n' "$2" | while read -r word; do
    [ -z "$word" ] || printf '%s\n' "$1" | grep -qxF -e "$word" || printf '%s%s%s\n' "$3" "$word" "$4"
  done
}

# In the manual, a key is the tag of a list entry (.It Cm key ...) below its section (.Ss section).
man=$(made man/pinfold-profile.5)
documented=$(awk '
  /^\.S[sh] / { gsub(/[][\\&"]/, "", $2); section = $2 }
  /^\.It Cm / && section ~ /^[a-z]/ { print section "." $3 }' "$man" 2>/dev/null | grep -v '@')
report "every key is in man/pinfold-profile.5" "$(missing "$documented" "$keys" "$man:1: " " is not documented" |
  sed 's/1: \([^.]*\)\.\([^ ]*\) is/1: [\1] \2 is/')"
report "every key of man/pinfold-profile.5 exists" "$(missing "$keys" "$documented" "$man:1: there is no key " "")"

# In a completion, a key and an option each stand as a word: nothing that could go on with it before or behind.
for name in completions/pinfold.bash completions/_pinfold completions/pinfold.fish; do
  f=$(made "$name")
  words=$(tr -c 'a-z0-9.\n-' '\n' <"$f" 2>/dev/null)
  case $name in
    *.fish) options=$(grep -o -e '-l  *[a-z][a-z-]*' "$f" 2>/dev/null | sed 's/-l  *//') ;;
    *) options=$(printf '%s\n' "$words" | sed -n 's/^--//p') ;;
  esac
  report "every key and option is in $name" "$(missing "$words" "$keys" "$f:1: does not know " ""
    missing "$options" "$aliases" "$f:1: does not know --" "")"
done

run=$(made man/pinfold-run.1)
documented=$(sed -n 's/^\.It Fl -\([a-z-]*\).*/\1/p' "$run" 2>/dev/null)
report "every option of a key is in man/pinfold-run.1" "$(missing "$documented" "$aliases" "" "" |
  while read -r alias; do
    echo "$run:1: --$alias ($(printf '%s\n' "$rows" | sed -n "s/ $alias\$//p")) is not documented"
  done)"
report "every option of man/pinfold-run.1 exists" \
  "$(missing "$aliases" "$(printf '%s\n' "$documented" | grep -v -x -e set -e dry-run -e json)" "$run:1: there is no option --" "")"

# An error's id is KIND.WORDS in quotes, in the call that makes it or in a table.
ids=$(find src -name '*.c' -exec cat {} + | grep -o '"\(usage\|config\|host\|system\|program\|limit\|bug\)\.[a-z0-9-]*"' |
  tr -d '"' | grep -v -x -e config.h -e host.conf | sort -u)
listed=$(sed -n 's/^| `\([a-z]*\.[a-z0-9-]*\)` |.*/\1/p' doc/errors.md 2>/dev/null)
report "every error is in doc/errors.md" "$(missing "$listed" "$ids" "doc/errors.md:1: " " is not listed")"
report "every error of doc/errors.md exists" "$(missing "$ids" "$listed" "doc/errors.md:1: nothing gives " "")"
echo "1..$n"
