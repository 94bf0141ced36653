#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# home.sh - the program's home: empty, kept for the profile, in parts or whole, the caller's own, or not there.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

home=$PINFOLD_TEST_HOME
homes=$home/.local/share/pinfold/homes
run() { user "$PINFOLD" run "$@"; }
fresh() { user sh -c 'rm -rf "$HOME/.local" "$HOME/.config"'; }

user sh -c 'echo mine >"$HOME/mine"'
is "tmpfs: empty, mode 700, and the place to start in" "$(run -- /bin/sh -c 'pwd; stat -c %a .; ls -A; echo x >x && cat x')" "$home
700
x"
is "tmpfs: nothing is left" "$(user ls -A "$home")" mine
is "none: there is none" "$(run --home none -- /bin/sh -c '[ -e "$HOME" ] || pwd')" /
is "real: mine, and it can be changed" "$(run --home real -- /bin/sh -c 'cat mine; echo changed >mine; pwd'; user cat "$home/mine")" "mine
$home
changed"
run_rc run --home real -- /bin/sh -c 'ls -A .config/pinfold .local/share/pinfold; mkdir .config/pinfold/profiles 2>&1'
like "real: what is pinfold's own in it is out of reach" "$out" 'Read-only file system'
fresh

# private
is "private: empty at first" "$(run --home private -- /bin/sh -c 'ls -A; stat -c %a .; pwd; echo kept >file; mkdir -p .config/x')" "700
$home"
is "private: kept for the next run" "$(run --home private -- /bin/sh -c 'cat file; ls -A')" "kept
.config
file"
is "private: under the profile's name, for its user alone" "$(user stat -c '%a %n' "$homes" "$homes/default")" "700 $homes
700 $homes/default"
is "private: another profile has another" "$(user sh -c 'printf "[profile]\ninclude = default\n" >"$T/p.ini"'; run -p "$T/p.ini" --home private -- ls -A; user ls "$homes")" "$(printf '%%2F%s%%2Fp.ini\ndefault' "$(printf '%s' "${T#/}" | sed 's|/|%2F|g')")"
is "private: two runs at once share it" "$(run --home private -- /bin/sh -c 'mkfifo gate; echo up; read -r x <gate; echo "$x"' >"$T/first" &
  timeout 20 sh -c 'until grep -q up "$1" 2>/dev/null; do :; done' sh "$T/first"
  run --home private -- /bin/sh -c 'echo hello >gate'; wait; cat "$T/first")" "up
hello"
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && printf "[profile]\ninclude = default\n[home]\nmode = private\n" >"$HOME/.config/pinfold/profiles/kept.ini"'
is "private: a later rule for the home replaces it" "$(run -p kept --rw "$home" -- cat mine)" changed
# The grant of exactly that home works, and nothing else of what is pinfold's own.
user mkdir -p "$homes/other" "$home/.config/pinfold"
run_rc run --home private --ro / -- echo ran
is "the root itself is not granted" "$rc:$out" 125:
run_rc run --home private --rw "${home%/*}" --ro "$home:/again" -- /bin/sh -c 'cat file; ls -A /again/.local/share/pinfold /again/.config/pinfold; ls -d "$HOME/.local"'
is "private: the rest stays masked" "$out" "kept
/again/.config/pinfold:

/again/.local/share/pinfold:"
run_rc run --rw "$homes/other" -- echo ran
is "no home that is kept can be granted" "$rc:$out" 125:
# Rules in it: mount points are made, and stay.
# shellcheck disable=SC2034 # it counts
is "private: rules in it work, the second time too" "$(for i in 1 2; do run --home private --ro "$home/mine" --tmpfs "$home/t/u" --dir "$home/d" -- /bin/sh -c 'cat mine; echo x >t/u/x; ls t/u; ls d'; done)" "changed
x
changed
x"
fresh

# persist
keep="--set home.persist=.cache/tool --set home.persist=notes"
# shellcheck disable=SC2086 # words
{
  is "persist: directories of an empty home" "$(run $keep -- /bin/sh -c 'find . -mindepth 1 | sort; echo 1 >.cache/tool/f; echo 2 >notes/f; echo 3 >.cache/gone')" "./.cache
./.cache/tool
./notes"
  is "persist: they are kept, the rest is not" "$(run $keep -- /bin/sh -c 'find . -type f | sort; cat .cache/tool/f notes/f')" "./.cache/tool/f
./notes/f
1
2"
}
is "persist: what private sees is the same" "$(run --home private -- cat notes/f)" 2
user sh -c 'echo conf >"$1/default/conf"' sh "$homes"
is "persist: a file that is there" "$(run --set home.persist=conf -- /bin/sh -c 'cat conf; echo new >conf'; user cat "$homes/default/conf")" "conf
new"

# What the program does to its home's mode is undone by the next run.
for mode in 0 555 777 2770; do
  run_rc run --home private -- chmod $mode "$home"
  is "a home of mode $mode" "$rc:$(stat -c %a "$homes/default")" 0:$mode
  is "is mended by the next run" "$(run --home private -- /bin/sh -c 'pwd; ls conf; : >new && rm new'; stat -c %a "$homes/default")" "$home
conf
700"
done
# What is there must be ours alone.
user chmod 755 "$homes"
run_rc run --home private -- echo ran
is "homes that others may enter are refused" "$rc:$out" 125:
like "and why" "$err" 'homes belongs to uid [0-9]+ and has mode 0755 \(--home private\)'
user chmod 700 "$homes"
run_rc asroot chown 0 "$homes/default"
if [ "$rc" = 0 ]; then
  run_rc run --home private -- echo ran
  is "a home of somebody else's is refused" "$rc:$out" 125:
  chown "$PINFOLD_TEST_UID" "$homes/default"
else
  skip "a home of somebody else's is refused" "$_skipwhy"
fi
user sh -c 'mv "$1/default" "$1/real" && ln -s real "$1/default"' sh "$homes"
run_rc run --home private -- ls
is "a link in its place is followed to what explain shows" "$(run --home private --dry-run -- true | grep -c "$homes/real")" 2
fresh
user sh -c 'mkdir -p "$HOME/.local/share" && chmod 500 "$HOME/.local/share"'
run_rc run --home private -- echo ran
is "where it cannot be made, nothing runs" "$rc:$out" 125:
like "and the message says what" "$err" 'cannot make .*/pinfold/homes/default, to keep the home in: Permission denied'
user chmod 700 "$home/.local/share"
fresh

# The HOME of daemons and containers is no place for one.
is "HOME=/ gives a home elsewhere" "$(run_rc user env HOME=/ "$PINFOLD" run -- /bin/sh -c 'echo $HOME; pwd'; printf '%s' "$out")" "/home/$PINFOLD_TEST_USER
/home/$PINFOLD_TEST_USER"
user rm -rf "$home/.local" "$home/.config" "$home/mine"
done_testing
