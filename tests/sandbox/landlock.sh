#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# landlock.sh - the second wall forbids nothing: whatever works without it works with it, wherever it stands.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

run_rc user "$PINFOLD" run --set landlock.mode=require -- /bin/sh -c 'echo ran'
if [ "$rc" = 125 ]; then
  is "without Landlock, mode = require is no run" "$(printf '%s\n' "$err" | grep -c -e 'no Landlock here' -e "kernel's Landlock is of version 1")" 1
  is "and mode = auto is one" "$(user "$PINFOLD" run -- echo ran)" ran
  done_testing
fi
is "with mode = require the program runs" "$rc:$out" 0:ran
like "explain says which version" "$(user "$PINFOLD" explain | sed -n '/^landlock/,/^[a-m]/p')" '^  version [2-7], as the mounts say it$'

user mkdir "$T/rw" "$T/ro" "$T/lower" "$T/upper" "$T/root" "$T/root/sub" "$T/root/sub/ro"
user sh -c 'echo text >"$T/ro/file"; echo text >"$T/lower/file"; echo text >"$T/file"'

# both NAME WHERE OPTION..: the same things in one place, with the wall and without
both() {
  _name=$1 _where=$2
  shift 2
  run_rc user "$PINFOLD" run "$@" --set landlock.mode=off --ro "$FIX:/fix" -- /fix/works "$_where"
  without=$out$err
  like "$_name: without it things work" "$without" '^rename-across: ok$'
  run_rc user "$PINFOLD" run "$@" --set landlock.mode=require --ro "$FIX:/fix" -- /fix/works "$_where"
  is "$_name: with it the same ones do" "$out$err" "$without"
}
both "in /tmp" /tmp
both "in /dev/shm" /dev/shm
both "in a writable tree" /w --rw "$T/rw:/w"
both "in one without programs" /w --rw "$T/rw:/w:noexec"
both "in one next to a grant without programs" /w --rw "$T/rw:/w" --ro "$T/ro:/ro:noexec"
both "in a writable tree in a read-only one" /host/rw --ro "$T:/host" --rw "$T/rw:/host/rw"
both "below a pin" "$T/root/sub" --rw "$T" --ro "$T/ro:$T/root/sub/ro"
both "in a tmpfs" /scratch --tmpfs /scratch
both "in a home that is kept" "$PINFOLD_TEST_HOME" --home private
both "in a home of the host's" "$PINFOLD_TEST_HOME" --home real
both "as root inside" /tmp --map root
both "with the host's network" /tmp --net host
both "where nested user namespaces are" /tmp --set namespaces.nested=browser
run_rc user "$PINFOLD" run --overlay "$T/lower:/o" -- true
if [ "$rc" = 0 ]; then
  both "in an overlay" /o --overlay "$T/lower:/o"
else
  skip "in an overlay" "$err"
fi
run_rc user "$PINFOLD" run --overlay "$T/lower:/o:upper=$T/upper" -- true
if [ "$rc" = 0 ]; then
  both "in an overlay that is kept" /o --overlay "$T/lower:/o:upper=$T/upper"
else
  skip "in an overlay that is kept" "$err"
fi
. "$abs_top_srcdir/tests/lib/rootfs.sh"
if [ -n "$BUSYBOX" ]; then
  lay_out "$T/tree"
  for root in "rw:$T/tree" "overlay:$T/tree" "$T/tree"; do
    run_rc user "$PINFOLD" run -p rootfs --root "$root" --set landlock.mode=off -- /bin/sh -c 'echo x >/tmp/x && cat /tmp/x; ls /; echo x >/x; rm /x; id -u'
    without=$rc:$out
    run_rc user "$PINFOLD" run -p rootfs --root "$root" --set landlock.mode=require -- /bin/sh -c 'echo x >/tmp/x && cat /tmp/x; ls /; echo x >/x; rm /x; id -u'
    is "a root of the host's, ${root%%"$T"*}" "$rc:$out" "$without"
  done
else
  skip "a root of the host's" "busybox-static is not installed"
fi

# Terminals, devices, /proc.
for how in "" "--map root" "--set filesystem.proc=minimal" "--ro $T/ro:/ro:noexec"; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $how --set landlock.mode=off --ro "$FIX:/fix" -- /fix/works --devices
  without=$out
  like "devices without it ${how:-by default}" "$without" '^tty-ioctl: ok$'
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $how --set landlock.mode=require --ro "$FIX:/fix" -- /fix/works --devices
  is "devices with it ${how:-by default}" "$out" "$without"
done
is "a writable file of the host's" "$(user "$PINFOLD" run --set landlock.mode=require --rw "$T/file:/f" -- /bin/sh -c 'echo a >/f; echo b >>/f; cat /f')" "a
b"
is "a generated one and a copy that runs" "$(user "$PINFOLD" run --set landlock.mode=require --set 'filesystem.file=/f:text' \
  --set "filesystem.copy=$FIX/works:/works:mode=0755" --ro "$T/ro:/ro:noexec" -- /bin/sh -c 'cat /f; /works --nothing && echo ran')" textran

# Standard descriptors, opened anew through /proc/self/fd, for what they are open for.
again='cat /dev/stdin; echo out >/dev/stdout; echo err >/dev/stderr'
run_rc user sh -c 'exec "$PINFOLD" run --set landlock.mode=require -- /bin/sh -c "$1" <"$T/ro/file" >"$T/out" 2>"$T/err"; ' sh "$again"
is "files as 0, 1 and 2" "$rc:$(cat "$T/out" "$T/err" | tr '\n' ' ')" "0:out err "
run_rc user sh -c 'cat "$T/ro/file" | "$PINFOLD" run --set landlock.mode=require -- /bin/sh -c "$1" 2>&1 | cat' sh "$again"
is "pipes" "$out" "text
out
err"
run_rc user sh -c 'exec "$PINFOLD" run --set landlock.mode=require -- /bin/sh -c "echo x >/dev/stdout; cat </dev/stdin" </dev/null >/dev/null'
is "devices" "$rc:$err" 0:
run_rc user sh -c 'exec "$PINFOLD" run --set landlock.mode=require -- /bin/sh -c "echo out" <&- 2>&-'
is "closed ones are no reason to fail" "$rc:$out" 0:out
# The terminal, by /dev/stdin: it is the program's as 0, 1 and 2, and stays it; the caller's own as well as one of the sandbox's.
for mode in auto inherit; do
  run_rc user "$FIX/pty" "$PINFOLD" run --set landlock.mode=require --set terminal.mode=$mode -- \
    /bin/sh -c 'echo to the terminal >/dev/stdout; stty -F /dev/stdin size >/dev/null && echo asked'
  is "a terminal, $mode" "$(printf '%s\n' "$out" | tr -d '\r' | head -n 2)" "to the terminal
asked"
done

# A namespace's file, for which there can be no rule, needs none.
if [ "$(id -u)" = 0 ] && have unshare; then
  : >"$T/netns" && unshare --net="$T/netns" true
  run_rc user "$PINFOLD" run --set landlock.mode=require --rw "$T/netns:/netns" -- stat -c %F /netns
  like "a namespace that is granted" "$rc:$out" '^0:regular'
  umount "$T/netns"
else
  skip "a namespace that is granted" "needs root to make one"
fi

# What is started, stopped and killed inside: no scope is in the way.
for net in none host; do
  run_rc user "$PINFOLD" run --net $net --wall 1s --set process.stop-grace=1s -- /bin/sh -c 'trap "" TERM; while :; do :; done'
  is "a program that ignores its end is killed, network $net" "$rc" 124
  run_rc user "$PINFOLD" run --net $net -- /bin/sh -c 'sleep 600 & kill $! && wait $!; echo $?; kill -KILL 0; echo not me'
  is "and kills its own, network $net" "$rc:$out" 137:143
done
# A sandbox in a sandbox, where there are no rules for files.
for net in none host; do
  run_rc user "$PINFOLD" run --net $net --set namespaces.nested=full --ro "$PINFOLD:/pinfold" --ro "$PINFOLD_DATADIR:/data" \
    --env PINFOLD_DATADIR=/data -- /pinfold run --set landlock.mode=require -- echo nested
  is "a sandbox in a sandbox has its own wall, network $net" "$rc:$out" 0:nested
done
if have unshare; then
  run_rc user "$PINFOLD" run --set namespaces.nested=browser -- unshare -Ur /usr/sbin/chroot / echo in
  is "a namespace and a root of its own with nested = browser" "$rc:$out" 0:in
fi
run_rc user "$PINFOLD" run --set namespaces.nested=full --set landlock.mode=require -- echo ran
is "mode = require and nested = full is refused" "$rc:$out" 125:
like "and says where both stand" "$err" 'mode = require does not go with nested = full \(--set namespaces.nested\)'

# Two thousand grants: as many rules, in a time that grows with them and no faster.
i=0
{
  echo "[filesystem]"
  while [ $i -lt 2000 ]; do echo "ro = $T/ro:/g/$i$([ $i = 0 ] && echo :noexec)"; i=$((i + 1)); done
} >"$T/many.ini"
run_rc user "$PINFOLD" run --profile "$T/many.ini" --set filesystem.inodes=65536 --set landlock.mode=require -- /bin/sh -c 'ls /g | wc -l; cat /g/1999/file'
is "two thousand grants" "$out" "2000
text"
done_testing
