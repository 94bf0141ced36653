#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# drift.sh - the keys of src/plan/options.def are those of the manual and the completions; the commands and their options
# are; the errors of src/ are those of doc/errors.md; the members of its JSON are in doc/json.md.
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
    [ -z "$word" ] || printf '%s\n' "$1" | grep -qxF -e "$word" || printf '%s%s%s\n' "$3" "$word" "${4-}"
  done
}

# In the manual, a key is the tag of a list entry (.It Cm key No = ...) below its section (.Ss section).
man=$(made man/pinfold-profile.5)
documented=$(awk '
  /^\.S[sh] / { gsub(/[][\\&"]/, "", $2); section = $2 }
  /^\.It Cm [^ ]* No = / && section ~ /^[a-z]/ { print section "." $3 }' "$man" 2>/dev/null)
report "every key is in man/pinfold-profile.5" "$(missing "$documented" "$keys" "$man:1: " " is not documented" |
  sed 's/1: \([^.]*\)\.\([^ ]*\) is/1: [\1] \2 is/')"
report "every key of man/pinfold-profile.5 exists" "$(missing "$keys" "$documented" "$man:1: there is no key " "")"

# What a page says of a key besides its row: "key SECTION.KEY", then text, in man/profile-keys.txt.
notes=man/profile-keys.txt
described=$(awk '
  /^(type|section|key) / { key = $1 == "key" ? $2 : ""; next }
  key != "" && !/^(#|errors |words |complete |$)/ { print key; key = "" }' "$notes" 2>/dev/null)
report "every key is described in $notes" "$(missing "$described" "$keys" "$notes:1: key " " has no text")"

# Each entry says all that there is to say. Empty: "Example" followed by the next tag.
report "every key of man/pinfold-profile.5 has its type, default, example and errors" "$(awk '
  function check(    i, field) {
    split("Type Default Example Errors", field, " ")
    for (i = 1; key != "" && i <= 4; i++)
      if (!(field[i] in has))
        print FILENAME ":1: [" section "] " key " has no " field[i]
    key = ""
    split("", has)
  }
  /^\.S[sh] / { check(); gsub(/[][\\&"]/, "", $2); section = $2; next }
  /^\.It Cm [^ ]* No = / && section ~ /^[a-z]/ { check(); key = $3; next }
  /^\.It / { tag = $2; next }
  /^\.(El|Bl|Pp)/ { tag = "" }
  tag != "" { has[tag] = 1 }
  END { check() }' "$man" 2>/dev/null)"

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
  "$(missing "$aliases" "$(printf '%s\n' "$documented" | grep -v -x -e set -e dry-run -e trace-denied -e fd -e block-fd -e status -e meta -e json -e name -e detach -e log)" "$run:1: there is no option --" "")"

# A command is a row {"NAME", cmd_NAME, ...} of src/main.c.
commands=$(sed -n 's/^[	 ]*{"\([a-z-]*\)", cmd_[a-z_]*,.*/\1/p' src/main.c)
documented=$(sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' man/pinfold.1 2>/dev/null)
report "every stock profile is in man/pinfold.1" "$(for f in profiles/*.ini; do
  grep -q "^\.Pa ${f##*/}\$" man/pinfold.1 || echo "man/pinfold.1:1: ${f##*/} is not named"
done 2>/dev/null)"
report "every command is in man/pinfold.1" "$(missing "$documented" "$commands" "man/pinfold.1:1: " " is not documented")"
# Its own options are rows {"NAME", &FLAG, NULL} or {"NAME", NULL, &VALUE} of src/cmd/NAME.c: in the page, in help, and in
# every completion.
help_rows=$(grep -o '{"[a-z]*", "[^"]*"' src/cmd/help.c 2>/dev/null)
flags=$(for f in src/cmd/*.c; do
  name=${f##*/}
  grep -o '{"[a-z-]*", \(&[a-z_.]*, NULL\|NULL, &[a-z_.]*\)}' "$f" | sed "s/{\"\([a-z-]*\)\".*/${name%.c} \1/"
done)
report "every option of a command is in its page, in help and in the completions" "$(
  for name in completions/pinfold.bash completions/_pinfold completions/pinfold.fish; do
    words=$(tr -c 'a-z0-9\n-' '\n' <"$(made $name)" 2>/dev/null)
    missing "$words" "$commands" "$name:1: does not know "
  done
  [ -n "$flags" ] || echo "src/cmd: no options of commands were found"
  printf '%s\n' "$flags" | while read -r command flag; do
    [ -n "$command" ] || continue
    page=$(made "man/pinfold-$command.1")
    grep -q "^\.It .*Fl -$flag\( \|\$\)" "$page" 2>/dev/null || echo "$page:1: --$flag is not documented"
    printf '%s\n' "$help_rows" | grep -q "{\"$command\", \".*--$flag\( [A-Z]*\)*\"" ||
      echo "src/cmd/help.c:1: does not know --$flag of $command"
    for name in completions/pinfold.bash completions/_pinfold completions/pinfold.fish; do
      case $name in
        *.fish) option="-l $flag" ;;
        *) option="--$flag" ;;
      esac
      grep -q -e "$option\([^a-z-]\|\$\)" "$(made $name)" 2>/dev/null || echo "$name:1: does not know --$flag of $command"
    done
  done)"

# A group of system calls is GROUP("@NAME", "HELP", ...), one a line: .It Cm @NAME and the help below it in the page.
groups=$(sed -n 's/^GROUP("\(@[a-z-]*\)", *"\([^"]*\)",.*/\1: \2/p; s/^GROUP("\(@[a-z-]*\)", *"\([^"]*\)"$/\1: \2/p' \
  src/plan/syscall_groups.def 2>/dev/null)
documented=$(awk '
  name != "" && /^\./ { print name ": " text; name = "" }
  /^\.It Cm @[a-z-]*$/ { name = $3; text = ""; next }
  name != "" { text = text (text == "" ? "" : " ") $0 }' man/pinfold-syscalls.1 2>/dev/null)
report "every group of system calls is in man/pinfold-syscalls.1" "$(
  [ "$(printf '%s\n' "$groups" | grep -c @)" = "$(grep -c '^GROUP(' src/plan/syscall_groups.def 2>/dev/null)" ] ||
    echo "src/plan/syscall_groups.def:1: not all groups can be read"
  missing "$documented" "$groups" "man/pinfold-syscalls.1:1: does not say " ""
  missing "$groups" "$documented" "man/pinfold-syscalls.1:1: there is no " "")"
# A command with a page of its own is in SEE ALSO of pinfold(1).
report "every page of a command is named in man/pinfold.1" "$(printf '%s\n' "$commands" | while read -r command; do
  page=$(made "man/pinfold-$command.1")
  [ ! -f "$page" ] || sed '1,/^\.Sh SEE ALSO/d' man/pinfold.1 2>/dev/null | grep -q "^\.Xr pinfold-$command 1" ||
    echo "man/pinfold.1:1: SEE ALSO does not name pinfold-$command(1)"
done)"

# A member of JSON is the first string that json_put_*() and the like are given; the page names each in backquotes.
members=$(find src -name '*.c' -exec grep -l 'json_new_object()' {} + | while IFS= read -r f; do tr '\n\t' '  ' <"$f"; done | awk '
  {
    while (match($0, /put_[a-z]+\(/)) {
      $0 = substr($0, RSTART + RLENGTH)
      depth = 0
      for (i = 1; i <= length($0) && depth >= 0; i++) {
        c = substr($0, i, 1)
        if (c == "(") depth++
        else if (c == ")") depth--
        else if (c == "\"" && depth == 0) {
          if (match(substr($0, i), /^"[a-z_-]+"/)) print substr($0, i + 1, RLENGTH - 2)
          break
        } else if (c == "\"")
          i += index(substr($0, i + 1), "\"")
      }
    }
  }' | sort -u)
named=$(grep -o '`[a-z_-]*`' doc/json.md 2>/dev/null | tr -d '\`' | sort -u)
report "every member of the JSON is in doc/json.md" "$(missing "$named" "$members" "doc/json.md:1: " " is not described")"
schemas=$(find src -name '*.c' -exec cat {} + | grep -o '"pinfold\.[a-z]*/[0-9]*"' | tr -d '"')
named=$(grep -o '`pinfold\.[a-z]*/[0-9]*`' doc/json.md 2>/dev/null | tr -d '\`' | sort -u)
report "every schema is in doc/json.md" "$(missing "$named" "$schemas" "doc/json.md:1: " " is not described")"

# An error's id is KIND.WORDS in quotes, in the call that makes it or in a table.
ids=$(find src -name '*.[ch]' -exec cat {} + -o -name '*.def' -exec cat {} + |
  grep -o '"\(usage\|config\|lint\|host\|system\|program\|limit\|bug\)\.[a-z0-9-]*"' |
  tr -d '"' | grep -v -x -e 'config\.h' -e 'lint\.h' -e 'host\.h' -e 'program\.h' -e 'limit\.h' -e host.conf | sort -u)
listed=$(sed -n 's/^| `\([a-z]*\.[a-z0-9-]*\)` |.*/\1/p' doc/errors.md 2>/dev/null)
report "every error is in doc/errors.md" "$(missing "$listed" "$ids" "doc/errors.md:1: " " is not listed")"
report "every error of doc/errors.md exists" "$(missing "$ids" "$listed" "doc/errors.md:1: nothing gives " "")"
# What lint warns of is in its page too, which the build makes of doc/errors.md.
page=$(made man/pinfold-lint.1)
documented=$(sed -n 's/^\.It Sy \(lint\.[a-z-]*\)$/\1/p' "$page" 2>/dev/null)
report "every warning is in man/pinfold-lint.1" "$(missing "$documented" "$(printf '%s\n' "$ids" | grep '^lint\.')" "$page:1: " " is not documented")"
echo "1..$n"
