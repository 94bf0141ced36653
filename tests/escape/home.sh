#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# home.sh - a hostile program leaves links and files in a home that is kept: the next run is not led out by them.
#
# Control: the same paths bare lead out.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

home=$PINFOLD_TEST_HOME
homes=$home/.local/share/pinfold/homes
run() { user "$PINFOLD" run "$@"; }
user sh -c 'mkdir "$T/outside" "$T/src" && echo SECRET >"$T/outside/key" && echo granted >"$T/src/file"'

# What the first run plants, under every name that the next one will want.
plant='for n in a b c d; do ln -s "$1" $n; done; mkdir .cache; ln -s "$1" .cache/x; ln -s "$1/key" f; ln -s ../../../../../../../../../../../"$1" up; ln -s /proc/self/root/"$1" magic'
run --home private -- /bin/sh -c "$plant" sh "$T/outside"
is "bare, what was planted leads out" "$(user cat "$homes/default/a/key" "$homes/default/up/key" "$homes/default/.cache/x/key")" "SECRET
SECRET
SECRET"
for part in a b/new .cache/x .cache/x/new f up up/new magic magic/new; do
  run_rc run --set "home.persist=$part" -- /bin/sh -c 'cat "$HOME/$1" "$HOME/$1/key"; echo ran' sh "$part"
  is "persist = $part is refused" "$rc:$out" 125:
  like "and the link is named ($part)" "$err" 'symbolic link|no directory'
  is "and nothing is made outside ($part)" "$(ls -A "$T/outside")" key
done
for rule in "--ro $T/src:$home/a" "--ro $T/src:$home/a/new" "--tmpfs $home/b" "--tmpfs $home/b/new" "--dir $home/c/new" "--ro $T/src/file:$home/f" "--dir $home/up/new" \
  "--tmpfs $home/magic/new" "--rw $T/src:$home/.cache/x/new"; do
  # shellcheck disable=SC2086 # words
  run_rc run --home private $rule -- /bin/sh -c 'cat "$HOME/f" 2>/dev/null || echo ran'
  # A file is mounted on a link itself, where the kernel does that: what is granted is seen then.
  case $rule in *:$home/f) out=${out#granted} rc=125 ;; esac
  is "$rule is not led out" "$rc:$out:$(ls -A "$T/outside")" 125::key
done

# The directory itself, swapped while runs start: each run sees the one, or is refused; never what a link leads to.
user sh -c 'rm -rf "$1/default" && mkdir -m 700 "$1/default" && ln -s "$T/outside" "$1/link" && mkfifo "$T/stop"' sh "$homes"
"$AS_USER" "$FIX/swap" "$homes/default" "$homes/link" <"$T/stop" >"$T/swapping" &
swapper=$!
exec 8>"$T/stop"
timeout 20 sh -c 'until [ -s "$T/swapping" ]; do :; done'
i=0 odd=
while [ $i -lt 40 ]; do
  i=$((i + 1))
  run_rc run --home private -- /bin/sh -c 'cat key 2>/dev/null; ls -A; echo ran'
  case $rc:$out in 0:ran | 125:) ;; *) odd="$odd $rc:$out" ;; esac
done
exec 8>&-
wait $swapper
is "a race for the directory is not won" "$odd" ""

# A program cannot reach the homes of other profiles, nor its own by the way around it.
user sh -c 'rm -rf "$1"; mkdir -p "$1/other" && echo SECRET >"$1/other/key"' sh "$homes"
run_rc run --home private --rw "$home:/h" -- /bin/sh -c "cat /h/.local/share/pinfold/homes/other/key; ls -A /h/.local/share/pinfold; mv /h/.local /h/l; cat /h/l/share/pinfold/homes/other/key"
is "the other homes are out of reach" "$out" ""
user rm -rf "$home/.local" "$home/.config" "$home/mine"
done_testing
