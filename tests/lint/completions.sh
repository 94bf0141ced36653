#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# completions.sh - the completions offer what there is: every key, option and choice. zsh and fish where they are installed.
#
#   tests/lint/completions.sh [TREE]

set -u
export LC_ALL=C
tree=${1:-${abs_top_srcdir:-.}}
cd "$tree" || exit 1
build=${abs_top_builddir:-$tree}
made() { if [ -f "$build/$1" ]; then echo "$build/$1"; else echo "$tree/$1"; fi; }
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

n=0
is() { # DESC GOT WANT
  n=$((n + 1))
  if [ "$2" = "$3" ]; then echo "ok $n - $1"; else
    printf 'got:\n%s\nwanted:\n%s\n' "$2" "$3" | sed 's/^/# /'
    echo "not ok $n - $1"
  fi
}

# The table, read by the C preprocessor: KEY ALIAS TYPE LAYERS METAVAR.
# shellcheck disable=SC2016 # for awk
rows=$(printf '%s\n' '#define OPTION(id, s, k, type, c, d, layers, r, alias, metavar, ...) @ s "." k & alias & #type & #layers & metavar' \
  '#include "src/plan/options.def"' | ${CC:-cc} -E -P - 2>"$tmp/cpp" | tr '\n' ' ' | sed 's/@/\n/g' |
  awk -F '&' 'NF == 5 { gsub(/[ "]/, ""); if ($2 == "NULL") $2 = "-"; print $1, $2, $3, $4, $5 }')
keys=$(printf '%s\n' "$rows" | awk '$4 == "ANY" { print $1 "=" }' | sort)
options=$(printf '%s\n' "$rows" | awk '$2 != "-" { print "--" $2 }' | sort)
mkdir -p "$tmp/config/pinfold/profiles" "$tmp/data/profiles" "$tmp/bin" "$tmp/sub/dir"
: >"$tmp/config/pinfold/profiles/mine.ini"
: >"$tmp/data/profiles/stock.ini"
XDG_CONFIG_HOME=$tmp/config PINFOLD_DATADIR=$tmp/data PATH=$tmp/bin:$PATH
export XDG_CONFIG_HOME PINFOLD_DATADIR PATH
printf '#!/bin/sh\n' >"$tmp/bin/pinfold" && cp "$tmp/bin/pinfold" "$tmp/bin/pinfold-test-program" && chmod +x "$tmp/bin"/*

# --- bash -----------------------------------------------------------------------------------------

# offered BREAKS WORD...: what is offered for the last word. BREAKS: the characters besides blanks that readline ends a
# word at; the words are given as it then splits them, "+" before one that is not behind a blank.
cat >"$tmp/driver" <<'END'
source "$1" || exit 1
COMP_WORDBREAKS=$' \t\n'$2
shift 2
COMP_WORDS=() COMP_LINE=
for word; do
  [[ $word = +* || -z $COMP_LINE ]] || COMP_LINE+=' '
  COMP_LINE+=${word#'+'} COMP_WORDS+=("${word#'+'}")
done
COMP_POINT=${#COMP_LINE} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_pinfold pinfold
[[ ${#COMPREPLY[@]} = 0 ]] || printf '%s\n' "${COMPREPLY[@]}" | sort
END
bash=$(made completions/pinfold.bash)
if ! command -v bash >/dev/null 2>&1; then
  echo "ok 1 - the completions # SKIP bash is not installed"
  echo 1..1
  exit 0
fi
is "the table can be read" "$(printf '%s\n' "$rows" | wc -l)" "$(grep -c '^OPTION(' src/plan/options.def)"
offered() { bash "$tmp/driver" "$bash" "$@" 2>&1; }
lines() { printf '%s\n' "$@" | sort; }

is "bash: commands" "$(offered '' pinfold '')" "$(lines run explain version help --version --help)"
is "bash: keys" "$(offered '' pinfold run --set '')" "$keys"
is "bash: options" "$(offered '' pinfold run -- 2>&1 | grep -v -x -e --profile -e --set -e --json -e --help -e --dry-run)" "$options"
wrong=$(printf '%s\n' "$rows" | while read -r key alias type layers metavar; do
  case $type:$layers in
    ENUM:ANY | BOOL:ANY) ;;
    *) continue ;;
  esac
  want=$(printf '%s\n' "$metavar" | tr '|' '\n' | sort)
  [ "$(offered '=:' pinfold run --set "$key" '+=')" = "$want" ] || echo "--set $key="
  [ "$alias" = - ] || [ "$(offered '=:' pinfold run "--$alias" '')" = "$want" ] || echo "--$alias"
done)
is "bash: the choices of every key" "$wrong" ""
is "bash: a choice, begun" "$(offered '=:' pinfold run --set filesystem.system '+=' '+n')" none
is "bash: the same where readline does not end words at =" \
  "$(offered '' pinfold run --set filesystem.system=n)" filesystem.system=none
is "bash: an option and its value in one word" "$(offered '=:' pinfold run --map '+=' '+su')" subids
is "bash: profiles" "$(offered '' pinfold run -p '')" "$(lines mine stock)"
is "bash: paths" "$(offered '=:' pinfold run --ro "$tmp/su")" "$tmp/sub"
is "bash: a destination" "$(offered '=:' pinfold run --ro /usr '+:' "+$tmp/su")" "$tmp/sub"
is "bash: an option of a bind" "$(offered '=:' pinfold run --ro /usr '+:' '+/usr' '+:')" noexec
is "bash: variables" "$(offered '=:' pinfold run --env PINFOLD_DATAD)" PINFOLD_DATADIR=
is "bash: the program" "$(offered '=:' pinfold run --map root -- pinfold-test-p)" pinfold-test-program
is "bash: without --" "$(offered '=:' pinfold run --map root pinfold-test-p)" pinfold-test-program
is "bash: nothing of ours among the program's words" "$(offered '=:' pinfold run ls --s)" ""

# --- fish and zsh -----------------------------------------------------------------------------------

if fish -N -c true >/dev/null 2>&1; then
  fish=$(made completions/pinfold.fish)
  export fish
  # shellcheck disable=SC2016 # for fish
  ask() { HOME=$tmp fish -N -c 'source $fish; complete -C "$argv[1]"' "$1" 2>&1 | sed 's/\t.*//' | sort; }
  is "fish: keys" "$(ask 'pinfold run --set ')" "$keys"
  is "fish: options" "$(ask 'pinfold run --' | grep -v -x -e --profile -e --set -e --json -e --help -e --dry-run)" "$options"
  is "fish: choices" "$(ask 'pinfold run --set filesystem.system=')" "$(lines filesystem.system=none filesystem.system=ro)"
  is "fish: the program" "$(ask 'pinfold run --map root pinfold-test-p')" pinfold-test-program
fi
if command -v zsh >/dev/null 2>&1; then
  is "zsh: the syntax" "$(zsh -n "$(made completions/_pinfold)" 2>&1)" ""
fi
echo "1..$n"
