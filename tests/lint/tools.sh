#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tools.sh - other people's checkers, one TAP point each; one that is not installed is a skip.
#
#   tests/lint/tools.sh [TOOL...]      run by `make lint`, which says where the build is
#
# $lint_tree is the tree to look at (default: the source tree); tests/lint/selftest.sh points it at broken ones.

set -u
tree=${lint_tree:-${abs_top_srcdir:-.}}
build=${abs_top_builddir:-$tree/build}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
cd "$tree" || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

[ $# -gt 0 ] || set -- shellcheck codespell mandoc clang-format clang-tidy cppcheck analyzer

# The tree without what is made in it.
tree_files() {
  find . \( -path ./tests/fuzz/corpus -o -name .git -o -name 'build*' -o -name autom4te.cache -o -name 'pinfold-[0-9]*' \) -prune -o -type f "$@" -print | LC_ALL=C sort
}
c_files() { tree_files -name '*.[ch]'; }
# Files that the compiler sees: what sources.am lists.
compiled() { find src -name '*.c' | LC_ALL=C sort; }
shell_files() {
  tree_files ! -name configure ! -name config.status ! -name '*~' |
    while IFS= read -r f; do
      IFS= read -r first <"$f" || first=
      case $first in
        '#!'*/sh | '#!'*/sh\ * | '#!'*bash*) printf '%s\n' "$f" ;;
        '# shellcheck shell='*) printf '%s\n' "$f" ;;
      esac
    done
}

# What a compiler needs to know to read a file of src/.
set_flags() {
  cat >"$tmp/flags" <<FLAGS
-std=gnu17
-iquote$build/src
-iquotesrc
-I$build
-D_GNU_SOURCE
-D_FILE_OFFSET_BITS=64
-DHAVE_CONFIG_H
-DDATADIR="/usr/share/pinfold"
-DSYSCONFDIR="/etc"
FLAGS
}

run_shellcheck() { shell_files | xargs shellcheck -x -S style; }
run_codespell() {
  tree_files ! -name COPYING | xargs codespell --ignore-words="$here/codespell.ignore"
}
run_mandoc() {
  # those that are made stand in the build tree
  { tree_files -name '*.[1-9]'; find "$build/man" -name '*.[1-9]' 2>/dev/null; } | xargs -r mandoc -Tlint -Wstyle 2>/dev/null |
    # Our own pages need not be installed where this runs.
    { ! grep -v 'referenced manual not found'; }
}
run_clang_format() { c_files | xargs clang-format --dry-run --Werror; }
run_clang_tidy() {
  set_flags
  compiled | xargs -P "$jobs" -n 4 sh -c '
    flags=$1; shift
    # clang-tidy FILES -- FLAGS, one flag a line
    set -- "$@" --
    while IFS= read -r f; do set -- "$@" "$f"; done <"$flags"
    exec clang-tidy --quiet --warnings-as-errors="*" "$@"' sh "$tmp/flags" 2>"$tmp/stderr"
  rc=$?
  grep -v -e 'warnings generated' -e '^Suppressed ' -e '^Use -header-filter' "$tmp/stderr"
  return "$rc"
}
run_cppcheck() {
  cppcheck --quiet -j "$jobs" --std=c11 --enable=warning,style,performance,portability --inline-suppr \
    --suppressions-list="$here/cppcheck.suppress" --error-exitcode=1 -I src -I "$build/src" \
    -D_GNU_SOURCE -DDATADIR='"/usr/share/pinfold"' -DSYSCONFDIR='"/etc"' --library=gnu --library=posix src
}
run_analyzer() {
  set_flags
  # each exclusion has its reason in analyzer.flags
  sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$here/analyzer.flags" >>"$tmp/flags"
  compiled | xargs -P "$jobs" -n 1 sh -c '
    flags=$1; shift
    while IFS= read -r f; do set -- "$@" "$f"; done <"$flags"
    exec "${LINT_GCC:-gcc}" -O1 -fanalyzer -Werror -c -o /dev/null "$@"' sh "$tmp/flags"
}

n=0 failed=0
echo "1..$#"
for tool in "$@"; do
  n=$((n + 1))
  program=$tool
  [ "$tool" != analyzer ] || program=${LINT_GCC:-gcc}
  if ! command -v "$program" >/dev/null 2>&1; then
    echo "ok $n - $tool # SKIP $program is not installed"
    continue
  fi
  if "run_$(printf '%s' "$tool" | tr - _)" >"$tmp/out" 2>&1; then
    echo "ok $n - $tool"
  else
    sed 's/^/# /' "$tmp/out"
    echo "not ok $n - $tool"
    failed=1
  fi
done
exit $failed
