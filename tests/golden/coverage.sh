#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# coverage.sh - every text that a refusal of the plan, or a warning of lint, can have is in some golden.
#
# The texts are the string literals with a space in them of the files below; what a printf conversion stands for may be
# anything. A text in one statement with an error's id, or in a hint behind it, must be in a golden of that id: two errors
# that share a text, or a text that is hardly more than conversions, do not stand for each other. Those that no golden can
# show are in coverage.allow, each with its reason.

set -u
src=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)} || exit 1
cd "$src" || exit 1
files="src/plan/path.c src/plan/profile.c src/plan/reader.c src/plan/request.c src/plan/value.c src/plan/plan_*.c
src/plan/lint.c src/plan/risks.def src/plan/catalog.c src/plan/syscall.c"

echo 1..2
# shellcheck disable=SC2086 # a list, and a pattern
missing=$(for f in tests/golden/cases/*/err.txt; do
  # Each line with the id of its refusal in front, which the last line of the golden has.
  sed "s/^/$(sed -n '$s/.* //p' "$f") /" "$f"
done | cat - tests/golden/cases/*/plan.txt tests/golden/cases/*/out.txt | awk '
  # The first input is what was said; then come the sources.
  FILENAME == "-" { said[++lines] = $0; next }
  FILENAME == "tests/golden/coverage.allow" { if ($0 !~ /^#/ && $0 != "") allowed[$0]; next }
  FNR == 1 { text[FILENAME] = ""; order[++count] = FILENAME }
  { text[FILENAME] = text[FILENAME] $0 "\n" }

  # Is the text, cut at its conversions, in the line, piece by piece?
  function is_in(line, literal,   n, piece, i, at) {
    n = split(literal, piece, "\001")
    for (i = 1; i <= n; i++) {
      at = index(line, piece[i])
      if (piece[i] != "" && at == 0) return 0
      if (at > 0) line = substr(line, at + length(piece[i]))
    }
    return 1
  }
  function check(file, id, literal,   shape, i) {
    if (literal !~ /[^ ] [^ ]/ || (id, literal) in seen) return
    seen[id, literal]
    if (literal in allowed) { used[literal]; return }
    shape = literal
    gsub(/%%/, "\002", shape)
    gsub(/%[-+ #0]*([0-9]+|\*)?(\.([0-9]+|\*))?(hh|h|ll|l|j|z|t)?[a-zA-Z]/, "\001", shape)
    gsub(/%$/, "\001", shape)  # a macro of inttypes.h stood behind it
    gsub(/\002/, "%", shape)
    gsub(/\\"/, "\"", shape)
    gsub(/\\\\/, "\\", shape)
    for (i = 1; i <= lines; i++)
      if ((id == "" || index(said[i], id " ") == 1) && is_in(said[i], shape)) return
    print file ": " (id == "" ? "" : id ": ") literal
  }
  # A literal is over: is it the id of what follows in the statement, or a text?
  function take(file, literal) {
    if (literal ~ /^(bug|config|host|program|system|usage)\.[a-z0-9-]+$/) id = last_id = literal
    else check(file, id != "" ? id : is_hint ? last_id : "", literal)
  }
  # All literals of a file; neighbours are one. Comments and preprocessor lines have none that count.
  function scan(file, s,   c, i, in_string, literal) {
    literal = id = last_id = ""
    gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", s)
    gsub(/#[ \t]*include[^\n]*/, "", s)
    gsub(/\047\\?.\047/, "", s)  # character constants, that of the quote among them
    for (i = 1; i <= length(s); i++) {
      c = substr(s, i, 1)
      if (in_string) {
        if (c == "\\") { literal = literal c substr(s, ++i, 1); continue }
        if (c == "\"") { in_string = 0; continue }
        literal = literal c
      } else if (c == "\"") in_string = 1
      else if (c !~ /[ \t\n]/ && literal != "") { take(file, literal); literal = "" }
      if (in_string) continue
      if (c == ";" || c == "{" && id == "") { id = ""; is_hint = 0 }
      # A hint on its own belongs to the error before it, in the same function.
      if (c == "e" && substr(s, i, 8) == "err_hint") is_hint = 1
      if (c == "\n" && substr(s, i + 1, 1) == "}") id = last_id = ""
    }
  }
  END {
    for (i = 1; i <= count; i++) scan(order[i], text[order[i]])
    for (a in allowed) if (!(a in used)) print "tests/golden/coverage.allow: no such text any more: " a
  }' - tests/golden/coverage.allow $files)
[ -z "$missing" ] || printf '%s\n' "$missing" | sed 's/^/# /'
[ -z "$missing" ] || printf 'not '
echo "ok 1 - every text of a refusal is in a golden"

# A refusal says where it was asked for, unless it is about the host or the profile as a whole; and always what to do.
bare=$(for f in tests/golden/cases/*/err.txt; do
  grep -q '^  hint: ' "$f" || echo "$f: no hint"
  ! grep -q "$src" "$f" || echo "$f: names the build's own path"
done)
[ -z "$bare" ] || printf '%s\n' "$bare" | sed 's/^/# /'
[ -z "$bare" ] || printf 'not '
echo "ok 2 - every refusal says what to do"
[ -z "$missing$bare" ]
