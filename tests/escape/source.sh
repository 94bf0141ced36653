#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# source.sh - a source that is changed between the plan and the mount is refused: what was decided counts for what is shown.
#
# pinfold is stopped at its clone, when all has been decided and nothing is mounted, and the source is changed there.
# Control: with nothing changed, or changed and changed back, the program runs; and the change alone, made before, is seen.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'mkdir -p "$T/in/mine/deep" "$T/other/deep" && echo mine >"$T/in/mine/file" && echo OTHER >"$T/other/file" &&
  echo mine >"$T/in/mine/deep/file" && echo OTHER >"$T/other/deep/file" && mkfifo "$T/stop"'

# swapped COMMAND SOURCE: a run with SOURCE at /data, which is changed by COMMAND on the way, and afterwards changed back.
swapped() {
  run_rc user env "BACK=${3:-:}" "$FIX/moment" clone "$1" "$PINFOLD" run --ro "$2:/data" -- /bin/sh -c 'cat /data/file || timeout 10 cat /data; echo ran'
}

cd "$T/in" || exit 1
swapped : "$T/in/mine"
if [ "$rc" = 77 ]; then skip_all "$err"; fi
is "a source that is left alone is shown" "$rc:$out" "0:mine
ran"
swapped "mv mine away && mv away mine" "$T/in/mine"
is "and one that is back in time" "$rc:$out" "0:mine
ran"

# refused DESC COMMAND SOURCE UNDO
refused() {
  swapped "$2" "$3"
  user sh -c "$4" || exit 1
  is "$1: refused, nothing ran" "$rc:$out" 125:
  like "$1: and named" "$err" "^pinfold: .*$3.*changed while the sandbox started.*--ro"
}
refused "a directory that becomes a link to another" 'mv mine away && ln -s ../other mine' "$T/in/mine" 'rm mine && mv away mine'
refused "that becomes a link to itself" 'mv mine away && ln -s away mine' "$T/in/mine" 'rm mine && mv away mine'
refused "that is exchanged for another" 'mv mine away && mv ../other mine' "$T/in/mine" 'mv mine ../other && mv away mine'
refused "that becomes a file" 'mv mine away && echo file >mine' "$T/in/mine" 'rm mine && mv away mine'
refused "a directory above that becomes a link" 'mv ../in ../out && ln -s out ../in' "$T/in/mine" 'rm "$T/in" && mv "$T/out" "$T/in"'
cd "$T/in" || exit 1
refused "a directory above that is exchanged" 'mv mine away && mv ../other mine' "$T/in/mine/deep" 'mv mine ../other && mv away mine'
refused "a file that is exchanged for another" 'mv mine/file away && cp ../other/file mine' "$T/in/mine/file" 'mv away mine/file'
refused "a file that becomes a link" 'mv mine/file away && ln -s ../../other/file mine' "$T/in/mine/file" 'rm mine/file && mv away mine/file'
refused "a file that becomes a FIFO" 'mv mine/file away && mkfifo mine/file' "$T/in/mine/file" 'rm mine/file && mv away mine/file'
swapped 'mv mine away' "$T/in/mine"
user mv away mine
is "a directory that goes away: refused, nothing ran" "$rc:$out" 125:
like "a directory that goes away: and named" "$err" "^pinfold: cannot open $T/in/mine: No such file"
swapped 'echo more >mine/file' "$T/in/mine"
is "what is in it may change" "$rc:$out" "0:more
ran"

# The inode of a file that is removed goes to one that is made soon after: it is another file all the same.
user sh -c 'mkdir again again/dir && echo mine >again/file && echo mine >again/dir/file'
# again.sh NAME MAKE: removes NAME, then makes new ones until one has its inode, which gets the name
user sh -c 'cat >again.sh && chmod +x again.sh' <<'EOF'
#!/bin/sh
inode=$(stat -c %i "$1")
echo "$inode" >"$T/inode.before"
rm -r "$1"
i=0
while [ $i -lt 500 ]; do
  "$2" "new.$i"
  [ "$(stat -c %i "new.$i")" != "$inode" ] || break
  i=$((i + 1))
done
[ $i != 500 ] || i=0
mv "new.$i" "$1"
if [ -d "$1" ]; then echo OTHER >"$1/file"; else echo OTHER >"$1"; fi
stat -c %i "$1" >"$T/inode.after"
EOF
for kind in "file touch" "dir mkdir"; do
  name=${kind% *}
  if [ "$(stat -c %W "again/$name")" = 0 ]; then
    skip "a $name that is removed and made again" "the file system does not know when a file was made"
    continue
  fi
  swapped "cd again && ../again.sh $kind" "$T/in/again/$name"
  if [ "$(cat "$T/inode.before")" != "$(cat "$T/inode.after")" ]; then
    skip "a $name that is removed and made again" "the file system gave its inode to none of 500 new ones"
    continue
  fi
  is "control: the $name that was made has the inode of the one before" "$(cat "$T/inode.after")" "$(cat "$T/inode.before")"
  is "a $name that is removed and made again, with its inode: refused, nothing ran" "$rc:$out" 125:
  like "and named" "$err" "^pinfold: $T/in/again/$name changed while the sandbox started .*--ro"
  swapped : "$T/in/again/$name"
  is "left alone from then on, it is shown" "$rc:$out" "0:OTHER
ran"
done

# By a link that leads there, a source is what the link led to when the plan was made.
user sh -c 'ln -s mine link'
swapped 'rm link && ln -s ../other link' "$T/in/link"
user sh -c 'rm link && ln -s mine link'
unlike "a link that is turned elsewhere shows nothing else" "$out" OTHER
like "a link that is turned elsewhere: what was decided, or refused" "$rc:$out" '^(0:m|125:)'

# Blindly, some thousands of times. What a plan never grants is a directory of pinfold's own: the plan refuses it by its
# real path, so a link to it that is mounted would have been put there after that.
home=$PINFOLD_TEST_HOME
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" "$T/race/a/b" && echo SECRET >"$HOME/.config/pinfold/profiles/file" &&
  echo mine >"$T/race/a/b/file" && mkdir "$T/race/l" && ln -s "$HOME/.config/pinfold/profiles" "$T/race/l/b" &&
  ln -s "$HOME/.config/pinfold/profiles" "$T/race/b"'
run_rc user "$PINFOLD" run --ro "$T/race/l/b:/data" -- cat /data/file
is "by itself, the link is refused" "$rc:$out" 125:
user sh -c 'mkdir "$T/race/c" && echo mine >"$T/race/c/file"'
# race DESC A B SOURCE: A and B change places while SOURCE is granted again and again
race() {
  "$AS_USER" "$FIX/swap" "$2" "$3" <"$T/stop" >"$T/swapping" &
  swapper=$!
  exec 8>"$T/stop"
  timeout 20 sh -c 'until [ -s "$T/swapping" ]; do :; done'
  run_rc user sh -c 'i=0
    while [ $i -lt 1000 ]; do
      i=$((i + 1))
      "$PINFOLD" run --ro "$1:/data" -- /bin/cat /data/file 2>/dev/null || echo "rc $?"
    done' sh "$4"
  exec 8>&-
  wait $swapper
  is "$1: every one of the runs shows what is granted, or is refused" \
    "$(printf '%s\n' "$out" | grep -v -x -e mine -e 'rc 125' | sort | uniq -c)" ""
  is "$1: they were made" "$(printf '%s\n' "$out" | grep -c .)" 1000
  like "$1: some were allowed" "$out" '^mine$'
  like "$1: some were refused" "$out" '^rc 125$'
  echo "# $1: $(printf '%s\n' "$out" | sort | uniq -c | tr '\n' ' ')"
}
race "a source that is a link now and then" "$T/race/b" "$T/race/c" "$T/race/c"
race "a directory above one" "$T/race/a" "$T/race/l" "$T/race/a/b"
user rm -rf "$home/.config/pinfold"
done_testing
