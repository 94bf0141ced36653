#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# hide.sh - what is hidden cannot be read, moved, replaced or uncovered, wherever a grant shows it.
#
# Control: bare, every attempt goes through.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

fresh() {
  user sh -c 'chmod -R u+rwX "$T/tree" 2>/dev/null; rm -rf "$T/tree" "$T/elsewhere"
    mkdir -p "$T/tree/.git/hooks" "$T/tree/a/b" "$T/elsewhere" && echo SECRET >"$T/tree/.git/hooks/key" && echo SECRET >"$T/tree/a/b/.env" && echo plain >"$T/tree/a/b/file"'
}
# state: all of the host's side, contents included.
state() { (cd "$T" && find tree elsewhere -print -type f -exec cat {} \; | sort); }

# Prints GOT for each way that worked. $1 is where the tree is; PLANTED is what a later git would run.
cat >"$T/attempts" <<'SH'
cd "$1" || exit
got() { case $2 in *SECRET*) echo "GOT $1" ;; esac; }
got read-file "$(cat a/b/.env 2>&1)"
got read-dir "$(cat .git/hooks/key 2>&1)"
got proc-root "$(cat "/proc/self/root$1/a/b/.env" 2>&1)"
got proc-cwd "$(cat /proc/self/cwd/a/b/.env 2>&1)"
got proc-1 "$(cat "/proc/1/root$1/a/b/.env" "/proc/1/cwd$1/a/b/.env" 2>&1)"
got hard-link "$(ln a/b/.env linked 2>&1; cat linked 2>&1)"
got link-tree "$(cp -rl .git copied 2>&1; cat copied/hooks/key 2>&1)"
got chmod "$(chmod 777 a/b/.env .git/hooks 2>&1; cat a/b/.env 2>&1)"
got dots "$(cat a/b/../b/.env .git/../.git/hooks/key 2>&1)"
got find "$(find . -type f -exec cat {} + 2>&1)"
got uncover "$(rm -f a/b/.env 2>&1; rmdir .git/hooks 2>&1; cat a/b/.env 2>&1)"
got move-over "$(mv -f a/b/file a/b/.env 2>&1; cat a/b/.env 2>&1)"
got exchange "$(mv a/b/.env x 2>&1 && cat x 2>&1)"
ln -s "$1/.git/hooks" ln 2>/dev/null; got symlink "$(cat ln/key 2>&1)"
mv .git g 2>/dev/null; got moved "$(cat g/hooks/key 2>&1)"
mv a other 2>/dev/null; got moved-two "$(cat other/b/.env 2>&1)"
mkdir -p .git/hooks a/b 2>/dev/null; echo PLANTED 2>/dev/null >.git/hooks/post-checkout && echo "GOT plant-dir"
echo PLANTED 2>/dev/null >a/b/.env && echo "GOT plant-file"
mv .git/hooks h 2>/dev/null && echo "GOT move-mask"
true
SH
chmod 755 "$T/attempts"

fresh
run_rc user sh "$T/attempts" "$T/tree"
for way in read-file read-dir proc-root proc-cwd hard-link link-tree chmod dots find plant-dir plant-file; do
  like "bare, $way works" "$out" "^GOT $way\$"
done
fresh
is "bare, a directory is moved away" "$(user sh -c 'cd "$T/tree" && mv .git g && mkdir -p .git/hooks && cat g/hooks/key')" SECRET

hides="--hide $T/tree/.git/hooks --hide $T/tree/a/b/.env"
# tries DESC DEST OPTION..
tries() {
  what=$1 at=$2
  shift 2
  fresh
  # What the program may change is all but what is hidden: that, and the way there, must be as it was.
  # shellcheck disable=SC2086 # words
  run_rc user "$PINFOLD" run "$@" $hides --ro "$T/attempts:/attempts" -- /bin/sh /attempts "$at"
  is "$what: nothing comes through" "$rc:$out" 0:
  is "$what: the host's file is as it was" "$(user cat "$T/tree/a/b/.env" "$T/tree/.git/hooks/key" 2>&1)" "SECRET
SECRET"
  is "$what: nothing is planted" "$(user ls -A "$T/tree/.git/hooks" "$T/elsewhere" 2>&1 | grep -v -e ':$' -e '^$' | tr '\n' ' ')" "key "
}
tries "writable" "$T/tree" --rw "$T/tree"
tries "read-only" "$T/tree" --ro "$T/tree"
tries "at another destination" /data --rw "$T/tree:/data"
tries "at a second destination" /again --rw "$T/tree" --rw "$T/tree:/again"
tries "by a grant of a parent" "/parent/tree" --rw "$T:/parent"
tries "by a parent next to the tree" "$T/tree" --rw "$T/tree" --rw "$T:/parent"
tries "with a writable grant between" "$T/tree" --rw "$T/tree" --rw "$T/tree/a/b"
tries "as root inside" "$T/tree" --rw "$T/tree" --map root
tries "with every file capability" "$T/tree" --rw "$T/tree" --map root --set 'capabilities.keep=dac_override dac_read_search fowner chown'
tries "with nested = full" "$T/tree" --ro "$T/tree" --set namespaces.nested=full

# An overlay of the tree: nothing above a mask is pinned there. The mask goes where its directory goes, and a directory of
# the lower layer does not go anywhere: an overlay with userxattr has no redirect_dir, so to rename one is EXDEV.
user mkdir "$T/changes"
for upper in "" ":upper=$T/changes"; do
  run_rc user "$PINFOLD" run --overlay "$T/tree:/data$upper" -- cat /data/a/b/file
  if [ "$rc" = 125 ]; then skip "an overlay${upper:+ with its changes kept}" "$err"; continue; fi
  tries "an overlay${upper:+ with its changes kept}" /data --overlay "$T/tree:/data$upper"
  tries "an overlay${upper:+ with its changes kept}, the second time" /data --overlay "$T/tree:/data$upper"
  is "an overlay${upper:+ with its changes kept}: what keeps them has nothing of it" "$(user grep -rl -e SECRET -e PLANTED "$T/changes")" ""
  user sh -c 'chmod -R u+rwX "$T/changes" && rm -rf "$T/changes" && mkdir "$T/changes"'
  fresh
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --overlay "$T/tree:/data$upper" $hides --ro "$FIX:/fix" -- /bin/sh -c 'cd /data && mkdir new && /fix/attempt rename=a:x rename=a/b:a/x rename=.git:g rename=a/b/.env:x rename=new:x'
  is "an overlay${upper:+ with its changes kept}: what is the lower layer's stays where it is" "$out" "rename=a:x: EXDEV
rename=a/b:a/x: EXDEV
rename=.git:g: EXDEV
rename=a/b/.env:x: EBUSY
rename=new:x: ok"
  user sh -c 'chmod -R u+rwX "$T/changes" && rm -rf "$T/changes" && mkdir "$T/changes"'
done

# In a writable tree nothing holds against mounts of the program's own: so such a plan is refused.
fresh
run_rc user "$PINFOLD" run --set namespaces.nested=full --rw "$T/tree" --tmpfs "$T/tree/a/b" --ro "$FIX:/fix" -- /fix/leave "$T/tree" a other
is "control: what stands in a writable tree is moved away, by a program that left all mounts" "$out" "plain: EBUSY
left: ok"
fresh
user mkdir -p "$PINFOLD_TEST_HOME/.config/pinfold"
for how in "$hides" "--ro $T/tree/.git" "--rw $PINFOLD_TEST_HOME"; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --set namespaces.nested=full --rw "$T/tree" $how -- echo ran
  is "nested = full refuses ${how%% *} there" "$rc:$out" 125:
  like "and says why" "$err" 'with nested = full the program could undo what keeps it from'
done
run_rc user "$PINFOLD" run --rw "$T/tree" --tmpfs "$T/tree/a/b" --ro "$FIX:/fix" -- /fix/leave "$T/tree" a other
is "without nested = full there are no such mounts" "$out" "plain: EBUSY
cannot unshare: EPERM"

# A grant of the hidden path itself, and of a part of what is hidden, by name.
fresh
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run $hides --ro "$T/tree/a/b/.env:/env" --ro "$T/tree/.git/hooks:/hooks" -- /bin/sh -c 'cat /env /hooks/key'
unlike "a grant of the hidden path itself shows nothing" "$out" SECRET
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run $hides --ro "$T/tree" --ro "$T/tree/.git/hooks/key" -- cat "$T/tree/.git/hooks/key"
is "what is granted by name below it is there" "$out" SECRET
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run $hides --rw "$T/tree" --ro "$T/tree/.git/hooks/key" -- /bin/sh -c "cd $T/tree/.git/hooks && ls -A; echo x 2>/dev/null >new; mkdir d 2>/dev/null; rm -f key 2>/dev/null; ls -A"
is "and nothing else, for good" "$out" "key
key"

# Under mounts of its own, in a user namespace of its own, the program cannot take a mask off.
cat >"$T/nested" <<'SH'
cd /; t=$1
got() { case $2 in *SECRET*) echo "GOT $1" ;; esac; }
look() { got "$1" "$(cat "$t/a/b/.env" "$t/.git/hooks/key" "$2/a/b/.env" "$2/.git/hooks/key" 2>&1)"; }
mkdir /tmp/m
umount "$t/a/b/.env"; umount "$t/.git/hooks"; look umount "$t"
umount -l "$t/a/b"; umount -l "$t/.git"; umount -l "$t"; look umount-parents "$t"
mount --bind "$t" /tmp/m; look bind /tmp/m; umount /tmp/m
mount --bind "$t/a/b" /tmp/m; got bind-directory "$(cat /tmp/m/.env)"; umount /tmp/m
mount --rbind "$t" /tmp/m; umount /tmp/m/a/b/.env; umount -l /tmp/m/a/b; umount -l /tmp/m/.git; look rbind /tmp/m; umount -l /tmp/m
mount --move "$t/.git/hooks" /tmp/m; look move /tmp/m
mount -o remount,bind,rw "$t/a/b/.env"; echo PLANTED >"$t/a/b/.env" && echo "GOT remount"
true
SH
control='mount --bind "$T/tree" "$T/tree" && mount -t tmpfs mask "$T/tree/.git/hooks" && : >"$T/empty" && mount --bind "$T/empty" "$T/tree/a/b/.env" &&
  mount --make-rprivate / || exit 99
  cat "$T/tree/.git/hooks/key"; sh "$T/nested" "$T/tree"'
run_rc user unshare -Urm sh -c "$control"
if [ "$rc" = 99 ]; then
  skip "bare, a mask is taken off" "no mounts in a user namespace here: $err"
else
  like "bare, a mask is taken off" "$out" '^GOT umount$'
  like "bare, it is left behind" "$out" '^GOT bind$'
fi
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --set namespaces.nested=full --ro "$T/tree" $hides --ro "$T/nested:/nested" -- unshare -Urm sh -c "sh /nested $T/tree; echo done"
is "nested = full: no mask comes off" "$out" "done"
like "nested = full: each was tried" "$err" umount

# Absent paths.
fresh
for how in "--rw $T/tree" "--rw $T"; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $how --hide "$T/tree/none" -- echo ran
  is "an absent path below a writable grant (${how%% *}) is refused" "$rc:$out" 125:
  like "and says so" "$err" 'does not exist, and the program could make it'
done
before=$(state)
run_rc user "$PINFOLD" run --rw "$T/tree" --hide "-$T/tree/none" -- echo ran
is "unless that is accepted" "$rc:$out" 0:ran
run_rc user "$PINFOLD" run --ro "$T/tree" --hide "$T/tree/none" --hide "$T/tree/.git" -- ls -A "$T/tree/.git"
is "below a read-only grant it is none's business" "$rc:$out" 0:
is "nothing is left on the host" "$(state)" "$before"

# A symbolic link on the way.
user sh -c 'ln -s "$T/tree/.git" "$T/tree/way"'
run_rc user "$PINFOLD" run --rw "$T/tree" --hide "$T/tree/way/hooks" -- echo ran
is "a link on the way, which the program could change, is refused" "$rc:$out" 125:
run_rc user "$PINFOLD" run --ro "$T/tree" --hide "$T/tree/way/hooks" -- /bin/sh -c "cat $T/tree/way/hooks/key $T/tree/.git/hooks/key"
unlike "what it leads to is hidden" "$out" SECRET

# What a hidden file looks like, and a socket, a FIFO: no content, no type of theirs.
user sh -c 'mkfifo "$T/tree/fifo"'
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$T/tree" --hide "$T/tree/fifo" $hides -- /bin/sh -c "cd $T/tree && stat -c '%a %s %F' fifo a/b/.env; stat -c '%F' .git/hooks; ls -A .git/hooks"
is "empty files of mode 0, empty directories" "$out" "0 0 regular empty file
0 0 regular empty file
directory"
run_rc user "$PINFOLD" run --ro /usr --hide "$(command -v env)" -- env
is "a program of the system can be hidden" "$rc" 126
done_testing
