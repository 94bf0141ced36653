#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# completions.sh - the completions offer what there is: every key, option and choice. zsh and fish where they are installed.
#
#   tests/lint/completions.sh [TREE]
#
# Each shell is asked itself. The names of profiles come from the pinfold of the build tree: without it, those points are
# skipped.

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
names_are() { # DESC GOT WANT, where pinfold itself says what the names are
  if [ -n "$pinfold" ]; then is "$@"; else
    n=$((n + 1))
    echo "ok $n - $1 # SKIP pinfold is not built in $build"
  fi
}

# The table, read by the C preprocessor: KEY ALIAS TYPE LAYERS METAVAR.
# shellcheck disable=SC2016 # for awk
rows=$(printf '%s\n' '#define OPTION(id, s, k, type, c, d, layers, r, alias, metavar, ...) @ s "." k & alias & #type & #layers & metavar' \
  '#include "src/plan/options.def"' | ${CC:-cc} -E -P - 2>"$tmp/cpp" | tr '\n' ' ' | sed 's/@/\n/g' |
  awk -F '&' 'NF == 5 { gsub(/[ "]/, ""); if ($2 == "NULL") $2 = "-"; print $1, $2, $3, $4, $5 }')
keys=$(printf '%s\n' "$rows" | awk '$4 == "ANY" { print $1 "=" }' | sort)
options=$(printf '%s\n' "$rows" | awk '$2 != "-" { print "--" $2 }' | sort)
commands=$(sed -n 's/^\t{"\([a-z]*\)", cmd_.*/\1/p' src/main.c)
mkdir -p "$tmp/config/pinfold/profiles" "$tmp/data/profiles/base" "$tmp/bin" "$tmp/sub/dir" "$tmp/work/proj"
# A name with a description as one without; one that is longer than its column in the list.
printf '[profile]\ndescription = mine alone\n' >"$tmp/config/pinfold/profiles/mine.ini"
: >"$tmp/config/pinfold/profiles/mine-with-a-long-name.ini"
: >"$tmp/data/profiles/stock.ini"
: >"$tmp/data/profiles/base/part.ini"
: >"$tmp/work/here.ini"
: >"$tmp/work/other.txt"
: >"$tmp/work/proj/x.ini"
: >"$tmp/work/proj/x.txt"
XDG_CONFIG_HOME=$tmp/config PINFOLD_DATADIR=$tmp/data PATH=$tmp/bin:$PATH
export XDG_CONFIG_HOME PINFOLD_DATADIR PATH
printf '#!/bin/sh\n' >"$tmp/bin/pinfold-test-program" && chmod +x "$tmp/bin"/*
pinfold=
if [ -x "$build/pinfold" ]; then
  pinfold=$build/pinfold
  ln -s "$pinfold" "$tmp/bin/pinfold"
else
  cp "$tmp/bin/pinfold-test-program" "$tmp/bin/pinfold"
fi

# One that says which sandboxes are running.
mkdir "$tmp/running"
cat >"$tmp/running/pinfold" <<'END'
#!/bin/sh
[ "$*" = ps ] && printf '%s\n' 'NAME  PID  UPTIME  MEMORY  PROFILE  COMMAND' 'box   4712  2s      1.3M    default  (held)' 'web   4711  2s      3.9M    net      httpd'
END
chmod +x "$tmp/running/pinfold"

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
offered() { (cd "$tmp/work" && bash "$tmp/driver" "$bash" "$@" 2>&1); }
lines() { printf '%s\n' "$@" | sort; }

# shellcheck disable=SC2086 # words
is "bash: commands" "$(offered '' pinfold '')" "$(lines $commands --version --help)"
# shellcheck disable=SC2086 # words
is "bash: the same behind help" "$(offered '' pinfold help '')" "$(lines $commands)"
is "bash: keys" "$(offered '' pinfold run --set '')" "$keys"
is "bash: options" "$(offered '' pinfold run -- 2>&1 | grep -v -x -e --profile -e --set -e --json -e --help -e --dry-run -e --trace-denied -e --fd -e --block-fd -e --status -e --meta -e --name -e --detach -e --log)" "$options"
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
all_names=$(lines mine mine-with-a-long-name stock)
groups=
[ -z "$pinfold" ] || groups=$("$pinfold" syscalls | sed 's/ .*//' | sort)
names_are "bash: profiles" "$(offered '' pinfold run -p '')" "$all_names"
names_are "bash: a profile, begun" "$(offered '' pinfold explain -p s)" stock
names_are "bash: a profile that is there to be included" "$(offered '' pinfold run --profile base/)" base/part
is "bash: the path of a profile" "$(offered '' pinfold run -p ./)" "$(lines ./here.ini ./proj/)"
is "bash: and in a directory" "$(offered '' pinfold run -p proj/)" proj/x.ini
is "bash: lint's options" "$(offered '' pinfold lint -)" "$(lines --json --strict -h --help)"
names_are "bash: what lint looks at" "$(offered '' pinfold lint '')" "$(lines "$all_names" here.ini proj/)"
names_are "bash: and more of them" "$(offered '' pinfold lint --strict mine h)" here.ini
is "bash: what profiles does" "$(offered '' pinfold profiles '')" "$(lines list show new)"
is "bash: its options with the list" "$(offered '' pinfold profiles -)" "$(lines --all --json -h --help)"
is "bash: with new" "$(offered '' pinfold profiles new x -)" "$(lines --from -h --help)"
names_are "bash: a profile to show" "$(offered '' pinfold profiles show '')" "$all_names"
names_are "bash: one to build on" "$(offered '' pinfold profiles new x --from '')" "$all_names"
names_are "bash: the same in one word" "$(offered '=:' pinfold profiles new x --from '+=' '+sto')" stock
is "bash: options of syscalls" "$(offered '' pinfold syscalls -)" "$(lines --all --json --numbers -h --help)"
is "bash: options of ps" "$(offered '' pinfold ps -)" "$(lines --json --long -h --help)"
# shellcheck disable=SC2030,SC2031 # for that alone
offered_running() { (PATH=$tmp/running:$PATH && offered "$@"); }
is "bash: options of enter" "$(offered '' pinfold enter -)" "$(lines --chdir -h --help)"
is "bash: and behind the name" "$(offered '' pinfold enter web --c)" --chdir
is "bash: which sandbox" "$(offered_running '' pinfold enter '')" "$(lines box web)"
is "bash: also behind an option" "$(offered_running '' pinfold enter --chdir /tmp w)" web
is "bash: its directory is another's" "$(offered '' pinfold enter web --chdir '')" ""
is "bash: the program to enter with" "$(offered '' pinfold enter web pinfold-test-p)" pinfold-test-program
is "bash: behind --" "$(offered '' pinfold enter --chdir /tmp web -- pinfold-test-p)" pinfold-test-program
is "bash: and its words are its own" "$(offered '' pinfold enter web ls --c)" ""
is "bash: signals for kill" "$(offered '' pinfold kill web TER)" TERM
is "bash: options of run that are no keys" "$(offered '' pinfold run --det)" --detach
is "bash: hold takes keys too, behind its name" "$(offered '' pinfold hold web --hostn)" --hostname
names_are "bash: groups of system calls" "$(offered '=:' pinfold syscalls '')" "$groups"
names_are "bash: and more of them" "$(offered '=:' pinfold syscalls --json @swap @swa)" @swap
names_are "bash: a call, begun" "$(offered '=:' pinfold syscalls swapo)" "$(lines swapoff swapon)"
names_are "bash: a group to deny" "$(offered '=:' pinfold run --set seccomp.deny '+=' '+@swa')" @swap
names_are "bash: all groups to allow" "$(offered '=:' pinfold run --set seccomp.allow '+=')" "$groups"
is "bash: nothing for a new name" "$(offered '' pinfold profiles new '')" ""
is "bash: paths" "$(offered '=:' pinfold run --ro "$tmp/su")" "$tmp/sub"
is "bash: a destination" "$(offered '=:' pinfold run --ro /usr '+:' "+$tmp/su")" "$tmp/sub"
is "bash: an option of a bind" "$(offered '=:' pinfold run --ro /usr '+:' '+/usr' '+:')" noexec
is "bash: variables" "$(offered '=:' pinfold run --env PINFOLD_DATAD)" PINFOLD_DATADIR=
is "bash: the program" "$(offered '=:' pinfold run --map root -- pinfold-test-p)" pinfold-test-program
is "bash: without --" "$(offered '=:' pinfold run --map root pinfold-test-p)" pinfold-test-program
is "bash: nothing of ours among the program's words" "$(offered '=:' pinfold run ls --s)" ""

# --- fish -----------------------------------------------------------------------------------------

if fish -N -c true >/dev/null 2>&1; then
  fish=$(made completions/pinfold.fish)
  export fish
  # shellcheck disable=SC2016 # for fish
  ask() { (cd "$tmp/work" && HOME=$tmp fish -N -c 'source $fish; complete -C "$argv[1]"' "$1" 2>&1) | sed 's/\t.*//' | sort; }
  # shellcheck disable=SC2030,SC2031 # for that alone
  ask_running() { (PATH=$tmp/running:$PATH && ask "$1"); }
  # shellcheck disable=SC2086 # words
  is "fish: commands" "$(ask 'pinfold ')" "$(lines $commands)"
  is "fish: keys" "$(ask 'pinfold run --set ')" "$keys"
  is "fish: options" "$(ask 'pinfold run --' | grep -v -x -e --profile -e --set -e --json -e --help -e --dry-run -e --trace-denied -e --fd -e --block-fd -e --status -e --meta -e --name -e --detach -e --log)" "$options"
  is "fish: which sandbox" "$(ask_running 'pinfold enter ')" "$(lines box web)"
  is "fish: options of enter" "$(ask 'pinfold enter --')" "$(lines --chdir --help)"
  is "fish: and behind the name" "$(ask 'pinfold enter web --')" "$(lines --chdir --help)"
  is "fish: its directory is another's" "$(ask_running 'pinfold enter web --chdir ')" ""
  is "fish: the program to enter with" "$(ask 'pinfold enter web pinfold-test-p')" pinfold-test-program
  is "fish: behind --" "$(ask 'pinfold enter --chdir /tmp web -- pinfold-test-p')" pinfold-test-program
  is "fish: and its words are its own" "$(ask 'pinfold enter web test-of-words --c')" ""
  is "fish: choices" "$(ask 'pinfold run --set filesystem.system=')" "$(lines filesystem.system=none filesystem.system=ro)"
  is "fish: choices of an option" "$(ask 'pinfold run --map ')" "$(lines self root subids)"
  is "fish: the program" "$(ask 'pinfold run --map root pinfold-test-p')" pinfold-test-program
  names_are "fish: profiles" "$(ask 'pinfold run -p ')" "$all_names"
  names_are "fish: a profile that is there to be included" "$(ask 'pinfold run -p base/')" base/part
  is "fish: the path of a profile" "$(ask 'pinfold run -p ./')" "$(lines ./here.ini ./proj/)"
  is "fish: lint's options" "$(ask 'pinfold lint -' | grep -e --)" "$(lines --json --strict --help)"
  names_are "fish: what lint looks at" "$(ask 'pinfold lint ')" "$(lines "$all_names" here.ini proj/)"
  is "fish: what profiles does" "$(ask 'pinfold profiles ')" "$(lines list show new)"
  is "fish: its options with the list" "$(ask 'pinfold profiles --')" "$(lines --all --json --help)"
  is "fish: with new" "$(ask 'pinfold profiles new x --')" "$(lines --from --help)"
  names_are "fish: a profile to show" "$(ask 'pinfold profiles show ')" "$all_names"
  is "fish: options of syscalls" "$(ask 'pinfold syscalls -' | grep -e --)" "$(lines --all --json --numbers --help)"
  names_are "fish: groups of system calls" "$(ask 'pinfold syscalls ')" "$groups"
  names_are "fish: a call, begun" "$(ask 'pinfold syscalls @mount swapo')" "$(lines swapoff swapon)"
  names_are "fish: a group to deny" "$(ask 'pinfold run --set seccomp.deny=@swa')" seccomp.deny=@swap
  names_are "fish: one to build on" "$(ask 'pinfold profiles new x --from ')" "$all_names"
fi

# --- zsh ------------------------------------------------------------------------------------------

# An interactive zsh on a terminal of its own is given the line and a key that asks; what matches is written down, and a
# FIFO says when that is done, so that nobody waits by the clock.
cat >"$tmp/zshrc" <<'END'
setopt extendedglob
unsetopt beep
fpath=(${completion:h} $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
	local -a found
	local word
	for word; do
		[[ $word != (-|--) ]] || break
		# -O, -A and -D: the caller wants the matches himself
		[[ $word != -[a-zA-Z]#[OAD] ]] || { builtin compadd "$@"; return; }
	done
	builtin compadd -O found "$@" # says 1, as nothing was added
	(( ! $#found )) || print -rl -- $found >>$answers
	builtin compadd "$@"
}
asked() { _main_complete; compstate[insert]= compstate[list]=; }
zle -C asked complete-word asked
answered() { zle asked; print answered >$asked_fifo; }
zle -N answered
bindkey '^T' answered
# the editor is there: what was typed before could be lost
zle-line-init() { print ready >$asked_fifo; }
zle -N zle-line-init
cd $work
END
cat >"$tmp/zsh-driver" <<'END'
zmodload zsh/zpty || exit 1
exec 3<>$asked_fifo # open all the time, or the end of one line is the end of the next
zpty z zsh -f -i
zpty -w z 'source $zshrc'
while read -r -u 3 word && [[ $word != ready ]]; do :; done
zpty -w -n z "$1"$'\C-t'
while read -r -u 3 word && [[ $word != answered ]]; do :; done
zpty -d z
END
if command -v zsh >/dev/null 2>&1; then
  completion=$(made completions/_pinfold)
  is "zsh: the syntax" "$(zsh -n "$completion" 2>&1)" ""
  zshrc=$tmp/zshrc answers=$tmp/answers work=$tmp/work asked_fifo=$tmp/asked
  export completion zshrc answers work asked_fifo
  mkfifo "$asked_fifo" || exit 1
  zask() {
    : >"$answers"
    # a zsh that never answers must not hang the lint
    HOME=$tmp ZDOTDIR=$tmp timeout 60 zsh -f "$tmp/zsh-driver" "$1" </dev/null >/dev/null 2>"$tmp/zsh-err" || echo "no answer: $(cat "$tmp/zsh-err")"
    sort -u "$answers"
  }
  # shellcheck disable=SC2030,SC2031 # for that alone
  zask_running() { (PATH=$tmp/running:$PATH && zask "$1"); }
  # shellcheck disable=SC2086 # words
  is "zsh: commands" "$(zask 'pinfold ')" "$(lines $commands)"
  is "zsh: keys" "$(zask 'pinfold run --set ' | sed 's/$/=/' | sort)" "$keys"
  is "zsh: which sandbox" "$(zask_running 'pinfold enter ')" "$(lines box web)"
  is "zsh: an option of enter" "$(zask 'pinfold enter --ch')" --chdir
  is "zsh: and behind the name" "$(zask 'pinfold enter web --ch')" --chdir
  is "zsh: the program to enter with" "$(zask 'pinfold enter web pinfold-test-p')" pinfold-test-program
  is "zsh: behind --" "$(zask 'pinfold enter web -- pinfold-test-p')" pinfold-test-program
  is "zsh: choices" "$(zask 'pinfold run --set filesystem.system=')" "$(lines none ro)"
  is "zsh: choices of an option" "$(zask 'pinfold run --map ')" "$(lines self root subids)"
  names_are "zsh: profiles" "$(zask 'pinfold run -p m')" "$(lines mine mine-with-a-long-name)"
  names_are "zsh: what lint looks at" "$(zask 'pinfold lint ')" "$(lines "$all_names" here.ini proj)"
  is "zsh: what profiles does" "$(zask 'pinfold profiles ')" "$(lines list show new)"
  names_are "zsh: a profile to show" "$(zask 'pinfold profiles show s')" stock
  names_are "zsh: groups of system calls" "$(zask 'pinfold syscalls ')" "$groups"
  names_are "zsh: a call, begun" "$(zask 'pinfold syscalls @mount swapo')" "$(lines swapoff swapon)"
  names_are "zsh: a group to deny" "$(zask 'pinfold run --set seccomp.deny=@swa')" @swap
  names_are "zsh: one to build on" "$(zask 'pinfold profiles new x --from s')" stock
fi
echo "1..$n"
