#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# symlinks.sh - destinations are made below the new root only, whatever links and dots stand in the way.
#
# A tree that the program (or its previous run) could write is granted, and a destination below it. Control: the same
# path bare leads to the directory that must stay empty.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'mkdir "$T/outside" "$T/tree" "$T/src" && echo granted >"$T/src/file" && cd "$T/tree" &&
  ln -s "$T/outside" absolute && ln -s ../outside relative && ln -s ../../../../../../../.."$T/outside" up && ln -s /proc/self/root"$T/outside" magic &&
  ln -s loop loop && ln -s "$T/outside/dangling" dangling && ln -s /usr usr && ln -s . here'
links='absolute relative up magic dangling loop'
empty() { [ -z "$(ls -A "$T/outside")" ]; }

user mkdir "$T/tree/absolute/x" "$T/tree/relative/y"
is "bare, the links lead out" "$(cd "$T/outside" && echo *)" "x y"
rmdir "$T/outside/x" "$T/outside/y"

for link in $links; do
  for what in "--ro $T/src:/data/$link/deep" "--ro $T/src/file:/data/$link" "--tmpfs /data/$link/t" "--dir /data/$link/d" "--symlink /x:/data/$link/l" \
    "--rw $T/src:/data/$link"; do
    # shellcheck disable=SC2086 # words
    run_rc user "$PINFOLD" run --rw "$T/tree:/data" $what -- /bin/sh -c 'echo x >/data/'$link'/deep/written 2>/dev/null; echo ran'
    like "${what%% *} through $link runs or is refused" "$rc:$out" '^(0:ran|125:)$'
    ok "and makes nothing outside" empty
  done
done
# Where the mount point exists behind the link: what is granted is at its destination in the sandbox, or the run is
# refused. It must not be mounted on what the link leads to.
user mkdir "$T/outside/point"
for link in absolute relative up magic; do
 # Writable, links are not followed for the pins alone.
 for grant in --rw --ro --overlay; do
  for what in "--ro $T/src:/data/$link/point" "--ro $T/src:/data/$link" "--tmpfs /data/$link/point"; do
    # shellcheck disable=SC2086
    run_rc user "$PINFOLD" run $grant "$T/tree:/data" $what -- awk -v "at=/data/$link" 'index($5, at) == 1 { print "there" }' /proc/self/mountinfo
    like "${what%% *} at ${what##*:} through $link in $grant, where there is a mount point" "$rc:$out" '^(0:there|125:)$'
  done
 done
done
rmdir "$T/outside/point"
is "no mount is left on the host" "$(grep -c -F "$T" /proc/self/mountinfo)" 0

# Nor anywhere else in the sandbox than where the destination says: never on top of the system.
run_rc user "$PINFOLD" run --rw "$T/tree:/data" --ro "$T/src:/data/usr" -- /bin/sh -c 'ls /usr/file 2>/dev/null; [ -d /usr/bin ] && echo ran'
unlike "a link to /usr in the tree does not cover /usr" "$out" '/usr/file'

# Dots are refused, not resolved.
for dest in /data/../etc/x /../x /data/.. .. x/../../y; do
  run_rc user "$PINFOLD" run --rw "$T/tree:/data" --ro "$T/src:$dest" -- echo ran
  is "a destination with dots ($dest) is refused" "$rc:$out" 125:
  like "and named ($dest)" "$err" '\.\.'
done

# A race: the component below which a destination lies changes between a directory and a link all the time.
user sh -c 'mkdir "$T/tree/flip" && ln -s "$T/outside" "$T/tree/flop" && mkfifo "$T/stop"'
"$AS_USER" "$FIX/swap" "$T/tree/flip" "$T/tree/flop" <"$T/stop" >"$T/swapping" &
swapper=$!
exec 8>"$T/stop"
timeout 20 sh -c 'until [ -s "$T/swapping" ]; do :; done'
i=0 odd=
while [ $i -lt 40 ]; do
  i=$((i + 1))
  run_rc user "$PINFOLD" run --rw "$T/tree:/data" --ro "$T/src:/data/flip/deep" --dir /data/flip/dir -- /bin/sh -c 'echo ran'
  case $rc:$out in 0:ran | 125:) ;; *) odd="$odd $rc:$out" ;; esac
done
exec 8>&-
wait $swapper
ok "nothing is made outside during a race" empty
is "each run of the race works or is refused" "$odd" ""

# Sources: a magic link is no source.
run_rc user "$PINFOLD" run --ro "/proc/self/root$T/outside:/x" -- echo ran
is "a source through /proc/self/root is refused" "$rc:$out" 125:
done_testing
