#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# root-dir.sh - a hostile directory as the root, or for an overlay's changes: what in it is a symlink leads nowhere outside.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"
. "$abs_top_srcdir/tests/lib/rootfs.sh"
[ -n "$BUSYBOX" ] || skip_all "busybox-static is not installed"

export AS_USER
A=$T/tree
lay_out "$A" || exit 1
user sh -c 'mkdir "$T/outside" "$T/outside/inner" && echo secret >"$T/outside/file"'
outside=$(snapshot "$T/outside")
untouched() { [ "$(snapshot "$T/outside")" = "$outside" ]; }
kinds="'' rw: overlay:"
kernel=$(uname -r)
major=${kernel%%.*} minor=${kernel#*.} minor=${minor%%[!0-9]*}
[ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "$minor" -ge 6 ]; } || kinds="'' rw:"

up=$(printf '%s' "$T" | sed 's,[^/]\{1,\},..,g; s,^/,,')$T
# Bare, whoever mounts by path is led out: the mount is on what the link leads to.
user sh -c 'rmdir "$T/tree/srv" && ln -s "$T/outside/inner" "$T/tree/srv"'
run_rc user unshare -rm sh -c 'mount -t tmpfs tmpfs "$T/tree/srv" && awk -v at="$T/outside/inner" "\$5 == at" /proc/self/mountinfo | grep -c .'
is "bare, a mount on a link in the tree is outside" "$rc:$out" 0:1
run_rc user cat "$A/srv/../file"
is "bare, what a link leads to can be read" "$out" secret

for name in proc dev etc tmp; do
  user mv "$A/$name" "$A/$name.away"
  for target in "$T/outside" "$T/outside/inner" "../../../../../../../../..$T/outside" "$up/outside" "/proc/self/root$T/outside" ../.. .. /none "$name"; do
    user ln -s "$target" "$A/$name"
    for kind in $kinds; do
      kind=${kind#\'\'}
      run_rc user "$PINFOLD" run -p rootfs --root "$kind$A" --set filesystem.etc=hosts -- sh -c "cat /$name/file; echo ran"
      is "${kind:-ro:} /$name as a link to ${target#"$T"} is refused" "$rc:$out" 125:
      like "and named" "$err" "/$name(/hosts)? goes through a symbolic link in the root $A"
    done
    user rm "$A/$name"
  done
  user mv "$A/$name.away" "$A/$name"
done
ok "nothing outside has changed" untouched
is "no mount is left on the host" "$(grep -c -F "$T" /proc/self/mountinfo)" 0

# Deeper: the directory is one, a file in it is a link.
user sh -c 'rm "$T/tree/etc/hosts" "$T/tree/etc/resolv.conf" && cd "$T/tree/etc" && ln -s "$T/outside/file" hosts && ln -s "$T/outside/file" resolv.conf'
is "bare, the files lead out" "$(user cat "$A/etc/hosts")" secret
for kind in $kinds; do
  kind=${kind#\'\'}
  run_rc user "$PINFOLD" run -p rootfs --root "$kind$A" -- sh -c 'cat /etc/hosts /etc/resolv.conf; echo ran'
  is "${kind:-ro:} links in /etc: the pieces are left out, and the links lead nowhere" "$rc:$out" 0:ran
  for what in "--set filesystem.etc=hosts" "--ro $T/tree/etc/passwd:/etc/hosts" "--tmpfs /srv/inner" "--dir /srv/made" "--ro $T/tree:/srv/inner" \
    "--overlay $T/tree:/srv/inner"; do
    # shellcheck disable=SC2086 # words
    run_rc user "$PINFOLD" run -p rootfs --root "$kind$A" $what -- sh -c 'echo ran'
    is "${kind:-ro:} ${what%% *} over a link is refused" "$rc:$out" 125:
  done
done
ok "nothing outside has changed by that" untouched

# From inside: links, .. and the like stay below the root.
for path in "/srv/../file" "/srv" "$T/outside/file" "/../../../../../../..$T/outside/file" "/proc/self/root$T/outside/file" "/proc/1/root$T/outside/file" \
  "/proc/self/cwd/../../..$T/outside/file"; do
  for kind in $kinds; do
    kind=${kind#\'\'}
    run_rc user "$PINFOLD" run -p rootfs --root "$kind$A" -- sh -c "cat $path; ls $path; echo ran"
    is "${kind:-ro:} from inside, ${path#"$T"} shows nothing" "$rc:$out" 0:ran
  done
done
user sh -c 'rm "$T/tree/srv" "$T/tree/etc/hosts" "$T/tree/etc/resolv.conf" && mkdir "$T/tree/srv" && : >"$T/tree/etc/hosts"'

# What a run leaves behind for the next one.
run_rc user "$PINFOLD" run -p rootfs --root "rw:$A" -- sh -c "rmdir /srv && ln -s $T/outside /srv && ls -ld /srv | grep -c '^l'"
is "a program puts a link in the place of a directory" "$rc:$out" 0:1
run_rc user "$PINFOLD" run -p rootfs --root "rw:$A" --tmpfs /srv/inner -- sh -c 'echo ran'
is "the next run is not led out by it" "$rc:$out" 125:
run_rc user "$PINFOLD" run -p rootfs --root "rw:$A" -- sh -c 'for d in proc dev tmp; do mv $d away; rmdir $d; rm -r $d; ln -s / $d; done; echo /away*' 2>/dev/null
is "a mount point cannot be replaced" "$out" "/away*"
user sh -c 'rm "$T/tree/srv" && mkdir "$T/tree/srv"'

# Device files of the tree do nothing.
run_rc asroot sh -c 'mknod -m 666 "$T/tree/srv/zero" c 1 5 && "$AS_USER" dd if="$T/tree/srv/zero" bs=3 count=1 2>/dev/null | wc -c'
is "bare, a device file opens" "$out" 3
for kind in $kinds; do
  kind=${kind#\'\'}
  run_rc user "$PINFOLD" run -p rootfs --root "$kind$A" -- sh -c 'dd if=/srv/zero bs=3 count=1 2>/dev/null | wc -c'
  is "${kind:-ro:} inside it does not" "$rc:$out" 0:0
done

# What keeps an overlay's changes: a link in its place.
user mkdir "$T/lower"
for part in upper work; do
  user mkdir "$T/kept"
  user ln -s "$T/outside" "$T/kept/$part"
  is "bare, $part leads out" "$(user cat "$T/kept/$part/file")" secret
  run_rc user "$PINFOLD" run --overlay "$T/lower:/data:upper=$T/kept" -- sh -c 'cat /data/file; : >/data/new; echo ran'
  is "a link as $part is refused" "$rc:$out" 125:
  rm -r "$T/kept"
done
ok "nothing is made where they lead" untouched

# Races: directories turn into links all the time. The kernel wants upper and work on one mount: both lead to one.
user sh -c 'mkdir "$T/outside/other" "$T/kept" "$T/kept/upper" "$T/kept/work" && ln -s "$T/outside/inner" "$T/kept/up" &&
  ln -s "$T/outside/other" "$T/kept/wo" && ln -s "$T/outside" "$T/tree/flop" && mkfifo "$T/stop1" "$T/stop2" "$T/stop3"'
outside=$(snapshot "$T/outside")
# swapping N A B: until descriptor 6+N is closed
swapping() {
  "$AS_USER" "$FIX/swap" "$2" "$3" <"$T/stop$1" >"$T/swapping$1" &
  pids="$pids $!"
}
pids=
swapping 1 "$T/tree/tmp" "$T/tree/flop"
swapping 2 "$T/kept/upper" "$T/kept/up"
swapping 3 "$T/kept/work" "$T/kept/wo"
exec 7>"$T/stop1" 8>"$T/stop2" 9>"$T/stop3"
timeout 20 sh -c 'until [ -s "$T/swapping1" ] && [ -s "$T/swapping2" ] && [ -s "$T/swapping3" ]; do :; done'
i=0 odd=
while [ $i -lt 100 ]; do
  i=$((i + 1))
  run_rc user "$PINFOLD" run -p rootfs --root "rw:$A" -- sh -c 'touch /tmp/new; echo ran'
  case $rc:$out in 0:ran | 125:) ;; *) odd="$odd $rc:$out" ;; esac
  run_rc user "$PINFOLD" run --overlay "$T/lower:/data:upper=$T/kept" -- sh -c 'touch /data/new; echo ran'
  case $rc:$out in 0:ran | 125:) ;; *) odd="$odd $rc:$out" ;; esac
done
exec 7>&- 8>&- 9>&-
# shellcheck disable=SC2086 # a list of numbers
wait $pids
ok "nothing is made outside during a race" untouched
is "each run of the race works or is refused" "$odd" ""
done_testing
