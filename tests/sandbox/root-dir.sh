#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# root-dir.sh - an unpacked distribution as the root: read-only, writable, below an overlay; and overlays of other places.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"
. "$abs_top_srcdir/tests/lib/rootfs.sh"
[ -n "$BUSYBOX" ] || skip_all "busybox-static is not installed"

export AS_USER
uid=$PINFOLD_TEST_UID gid=$PINFOLD_TEST_GID
A=$T/alpine
lay_out "$A" || exit 1
rootfs() { user "$PINFOLD" run -p rootfs "$@"; }
owner() { stat -c '%u:%g' "$1"; }

# --- a directory, read-only ------------------------------------------------------------------------

before=$(snapshot "$A")
run_rc rootfs --root "$A" -- sh -c 'id -u; id -gn; . /etc/os-release; echo $ID; echo *; ls / | wc -l'
is "id, sh and ls of the tree run" "$rc:$out" "0:0
root
small
bin dev etc home lib media opt proc root run srv sys tmp usr var
15"
run_rc rootfs --root "$A" -- sh -c 'for d in / /bin /etc /var/lib/db /root /dev; do touch $d/new; done 2>/dev/null
  echo x | dd of=/etc/passwd conv=notrunc oflag=append 2>/dev/null; mv /etc/hostname /etc/other; rm /usr/share/doc/1; chmod 777 /var; ls -d /new /*/new /var/lib/db/new /etc/other'
is "nothing of it can be changed" "$out" ""
is "and nothing was" "$(snapshot "$A")" "$before"
run_rc rootfs --root "$A" -- sh -c ': >/tmp/new && : >/dev/shm/new && ls /tmp'
is "/tmp can be written" "$out" new
run_rc rootfs --root "$A" -- cat /proc/self/mounts
like "it is read-only, nosuid and nodev" "$out" '^[^ ]+ / [^ ]+ ro,nosuid,nodev[, ]'
is "its /dev holds the sandbox's devices" "$(rootfs --root "$A" -- sh -c 'echo /dev/*')" \
  "/dev/fd /dev/full /dev/null /dev/ptmx /dev/pts /dev/random /dev/shm /dev/stderr /dev/stdin /dev/stdout /dev/tty /dev/urandom /dev/zero"
is "and works" "$(rootfs --root "$A" -- sh -c 'echo lost >/dev/null; dd if=/dev/zero bs=5 count=1 2>/dev/null | wc -c; ls -l /dev/fd/ </dev/null 2>/dev/null | grep -c pipe')" "5
1"
is "and is read-only" "$(rootfs --root "$A" -- sh -c 'touch /dev/new; rm /dev/null; mkdir /dev/pts2; echo /dev/new* /dev/null /dev/pts*' 2>/dev/null)" \
  "/dev/new* /dev/null /dev/pts"
is "the host's /usr is not there" "$(rootfs --root "$A" -- sh -c 'echo /usr/*')" "/usr/bin /usr/share"
is "nor its /etc" "$(rootfs --root "$A" -- sh -c 'echo /etc/*')" \
  "/etc/absolute /etc/group /etc/hostname /etc/hosts /etc/os-release /etc/passwd /etc/resolv.conf"
is "the tree's own passwd is" "$(rootfs --root "$A" -- cat /etc/passwd)" "$(cat "$A/etc/passwd")"
is "hosts has the sandbox's name" "$(rootfs --root "$A" -- cat /etc/hosts)" "$(printf '127.0.0.1\tlocalhost sandbox\n::1\tlocalhost ip6-localhost')"
if [ -f /etc/resolv.conf ]; then
  is "with a network resolv.conf is the host's" "$(rootfs --net host --root "$A" -- cat /etc/resolv.conf)" "$(cat /etc/resolv.conf)"
else
  skip "with a network resolv.conf is the host's" "there is none"
fi
is "a piece that is named is shown over the tree's" "$(rootfs --root "$A" --set filesystem.etc=passwd --set identity.user=other -- \
  awk 'NR == 1' /etc/passwd)" "other:x:0:0:other:/root:/bin/sh"
is "none of that is in the tree" "$(snapshot "$A")" "$before"

# Does an overlay keep its changes in memory here?
kernel=$(uname -r)
major=${kernel%%.*} minor=${kernel#*.} minor=${minor%%[!0-9]*}
memory=
if [ "$major" -gt 6 ] || { [ "$major" = 6 ] && [ "$minor" -ge 6 ]; }; then memory=overlay; fi

# Relative, and with characters that mean something elsewhere.
user cp -a "$A" "$T/a,b:c\\d e"
is "a relative directory" "$(cd "$T" && user sh -c 'cd "$T" && "$PINFOLD" run -p rootfs --root alpine -- sh -c "echo \$0 ran"')" "sh ran"
for kind in '' rw: ${memory:+overlay:}; do
  is "a path with : , \\ and a blank (${kind:-ro})" "$(rootfs --root "$kind$T/a,b\\:c\\\\d e" -- sh -c 'echo ran')" ran
done

# What is missing is an error that names both, and is not made.
user rmdir "$A/proc"
run_rc rootfs --root "$A" -- true
is "a tree without /proc is refused" "$rc:$out" 125:
like "with both names" "$err" "/proc is not in the root $A:"
not_ok "and none was made" test -e "$A/proc"
run_rc rootfs --root "$A" --set filesystem.proc=none -- sh -c 'echo ran'
is "without proc it does without" "$rc:$out" 0:ran
if [ -n "$memory" ]; then
  run_rc rootfs --root "overlay:$A" -- sh -c 'ls -d /proc/self && echo ran'
  is "below an overlay it is made in memory" "$rc:$out" "0:/proc/self
ran"
fi
not_ok "and not in the tree" test -e "$A/proc"
user touch "$A/proc"
run_rc rootfs --root "$A" -- true
like "a file in its place is refused" "$rc:$err" "^125:pinfold: /proc is no directory in the root $A"
if [ -n "$memory" ]; then
  run_rc rootfs --root "overlay:$A" -- true
  like "below an overlay too" "$rc:$err" "^125:pinfold: /proc is no directory in the root $A"
fi
user sh -c 'rm "$T/alpine/proc" && mkdir "$T/alpine/proc"'
run_rc rootfs --root "$A" --tmpfs /none/such -- true
like "so is the place of any rule" "$rc:$err" "^125:pinfold: /none/such is not in the root $A"
run_rc rootfs --root "$A" --dir /srv/new -- true
like "and a directory to be made" "$rc:$err" "^125:pinfold: /srv/new cannot be made in the root $A"

# --- writable: the ids outside ---------------------------------------------------------------------

for map in self root; do
  run_rc rootfs --root "rw:$A" --map $map -- sh -c 'id -u; : >/var/made; mkdir /var/dir; ls /var'
  is "map = $map: its uid, and a new file" "$out" "$([ $map = self ] && echo "$uid" || echo 0)
cache
dir
lib
made"
  is "map = $map: it belongs to me outside" "$(owner "$A/var/made"):$(owner "$A/var/dir")" "$uid:$gid:$uid:$gid"
  rm -r "$A/var/made" "$A/var/dir"
done
range() { awk -F: -v n="$PINFOLD_TEST_USER" -v u="$uid" '$1 == n || $1 == u { print $2, $3; exit }' "/etc/sub$1"; }
if [ "$SUBIDS" = yes ] && have newuidmap; then
  subuid=$(range uid) subgid=$(range gid)
  for kind in rw $memory; do
    run_rc rootfs --root "$kind:$A" --map subids --set capabilities.keep=chown -- sh -c \
      "cd /var && : >made-$kind && : >given-$kind && chown daemon:daemon given-$kind && ls -ln made-$kind given-$kind | awk '{ print \$3, \$4, \$9 }'"
    is "map = subids, $kind: a file is given to daemon" "$out" "5 6 given-$kind
0 0 made-$kind"
  done
  is "map = subids: they belong to the right ids outside" "$(owner "$A/var/made-rw") $(owner "$A/var/given-rw")" \
    "$uid:$gid $((${subuid% *} + 4)):$((${subgid% *} + 5))"
  # What belongs to a subordinate id only the same way removes.
  rootfs --root "rw:$A" --map subids -- rm /var/made-rw /var/given-rw
else
  skip "map = subids" "${SUBIDS#yes}no subordinate ids or newuidmap"
fi
run_rc rootfs --root "rw:$A" -- sh -c 'echo more >>/etc/os-release; rm /etc/hosts; mv /etc /other; mv /proc /p; mkdir /srv/new && ls -d /srv/new'
is "what is mounted stays where it is" "$(user cat "$A/etc/os-release"; ls -d "$A/etc" "$A/proc" "$A/etc/hosts")" "ID=small
more
$A/etc
$A/etc/hosts
$A/proc"
ok "and the rest is changed for good" test -d "$A/srv/new"
user sh -c 'cd "$T/alpine" && rmdir srv/new && echo ID=small >etc/os-release'

# --- an overlay ------------------------------------------------------------------------------------

if [ -z "$memory" ]; then
  run_rc rootfs --root "overlay:$A" -- true
  like "a kernel without user xattrs on tmpfs is told so" "$rc:$err" '^125:pinfold: an overlay with its changes in memory needs Linux 6\.6'
  skip "overlays in memory" "it needs Linux 6.6, and this is $major.$minor"
  done_testing
fi
before=$(snapshot "$A")
change='rm -r /usr/share/doc && mkdir /usr/share/doc && ls /usr/share/doc && echo x >>/etc/passwd && mv /etc/group /etc/grp &&
  mv /var/lib/db /var/lib/database && rm /run/fifo && chmod 700 /srv && ln -s a /etc/link && : >/new && mkdir -p /a/b && rm -r /opt &&
  rm /bin/busybox && echo changed'
run_rc rootfs --root "overlay:$A" -- sh -c "$change"
is "all of it can be changed" "$rc:$out" 0:changed
is "and is bit for bit what it was" "$(snapshot "$A")" "$before"
is "the next run knows nothing of it" "$(rootfs --root "overlay:$A" -- sh -c 'echo /new* /opt /usr/share/doc/*')" \
  "/new* /opt /usr/share/doc/1 /usr/share/doc/2 /usr/share/doc/3 /usr/share/doc/one"
is "its options show no path of the host" "$(rootfs --root "overlay:$A" -- awk '$2 == "/" { print $4 }' /proc/self/mounts |
  tr , '\n' | grep dir)" "lowerdir=lower
upperdir=state/upper
workdir=state/work
redirect_dir=nofollow"
like "it is nosuid and nodev" "$(rootfs --root "overlay:$A" -- awk '$2 == "/" { print $3, $4 }' /proc/self/mounts)" '^overlay rw,nosuid,nodev,'
run_rc user "$PINFOLD" run --root "overlay:$A" -- sh -c '. /etc/os-release; echo $ID; echo /usr/*; pwd; : >here && ls'
is "with the default profile too: its system is left out, its home made" "$rc:$out" "0:small
/usr/bin /usr/share
$PINFOLD_TEST_HOME
here"
is "and the tree is as it was" "$(snapshot "$A")" "$before"

# Limits: bytes and inodes.
run_rc rootfs --root "overlay:$A" --set filesystem.size=1M -- sh -c 'dd if=/dev/zero of=/big bs=64k count=64 2>/dev/null; stat -c %s /big'
ok "no more bytes than its size" test "$out" -le 1048576
ok "but some" test "$out" -ge 524288
run_rc rootfs --root "overlay:$A" --set filesystem.inodes=100 -- sh -c 'i=0; while [ $i -lt 300 ] && mkdir /srv/$i; do i=$((i + 1)); done 2>/dev/null; echo $i'
ok "no more files than its inodes" test "$out" -le 100
ok "but some" test "$out" -ge 50
run_rc rootfs --root "overlay:$A" --set filesystem.inodes=1 -- sh -c 'echo ran'
like "too few for itself is a refusal" "$rc:$out:$err" '^(0:ran:|125::pinfold: )'

# --- overlay rules ---------------------------------------------------------------------------------

user sh -c 'mkdir "$T/data" "$T/data/sub" "$T/kept" && echo lower >"$T/data/file" && echo deep >"$T/data/sub/deep" && chmod 1755 "$T/data"'
before=$(snapshot "$T/data")
edit='cat file && echo upper >file && rm -r sub && mkdir sub && : >new && ls -A . sub && echo edited'
edited="lower
.:
file
new
sub

sub:
edited"
run_rc user "$PINFOLD" run --overlay "$T/data:/data" --chdir /data -- sh -c "$edit"
is "a directory is changed" "$rc:$out" "0:$edited"
is "in the directory that one is in" "$(cd "$T/data" && user sh -c 'cd "$T/data" && "$PINFOLD" run --overlay . -- pwd')" "$T/data"
is "in memory" "$(snapshot "$T/data")" "$before"
is "with the mode of the lower directory" "$(user "$PINFOLD" run --overlay "$T/data:/data" -- stat -c %a /data)" 1755
run_rc user "$PINFOLD" run --overlay "$T/data:/data:size=100K" -- sh -c 'dd if=/dev/zero of=/data/big bs=4k count=100 2>/dev/null; stat -c %s /data/big'
ok "within its size" test "$out" -le 102400
ok "but some" test "$out" -ge 40960
run_rc user "$PINFOLD" run --overlay "$T/data:/data" --tmpfs /data/in/side --ro "$A/etc/passwd:/data/sub/passwd" -- sh -c 'ls -d /data/in/side; sed -n 1p /data/sub/passwd'
is "other rules stand in it, on what is made in memory" "$rc:$out" "0:/data/in/side
root:x:0:0:root:/root:/bin/sh"
is "and nothing is made on the host" "$(snapshot "$T/data")" "$before"

run_rc user "$PINFOLD" run --overlay "$T/data:/data:upper=$T/kept" --chdir /data -- sh -c "$edit"
is "changes are kept" "$rc:$out" "0:$edited"
is "beside it" "$(snapshot "$T/data")" "$before"
is "in the upper directory" "$(cd "$T/kept/upper" && cat file && ls)" "upper
file
new
sub"
run_rc user "$PINFOLD" run --overlay "$T/data:/data:upper=$T/kept" -- sh -c 'cd /data && cat file && ls -A . sub'
is "and there in the next run" "$rc:$out" "0:upper
.:
file
new
sub

sub:"
is "what is kept is mine" "$(find "$T/kept" ! -uid "$uid" -o ! -gid "$gid")" ""
user mkdir "$T/k,e:p\\t"
run_rc user "$PINFOLD" run --overlay "$T/a,b\\:c\\\\d e:/data:upper=$T/k,e\\:p\\\\t" -- sh -c ': >/data/new && ls /data/bin/busybox'
is "paths with : , \\ and a blank" "$rc:$out" 0:/data/bin/busybox
ok "are taken as they are" test -f "$T/k,e:p\\t/upper/new"

# Two at a time: the second is refused while the first runs.
user mkfifo "$T/stop"
"$AS_USER" "$PINFOLD" run --overlay "$T/data:/data:upper=$T/kept" -- sh -c 'echo runs; read -r _ || :' <"$T/stop" >"$T/first" 2>&1 &
first=$!
exec 7>"$T/stop"
timeout 20 sh -c 'until grep -q runs "$T/first"; do :; done'
run_rc user "$PINFOLD" run --overlay "$T/data:/data:upper=$T/kept" -- echo ran
exec 7>&-
wait $first
is "an upper directory in use is refused" "$rc:$out" 125:
like "and named" "$err" "upper=$T/kept is in use"
run_rc user "$PINFOLD" run --overlay "$T/data:/data:upper=$T/kept" -- echo ran
is "and free again afterwards" "$rc:$out" 0:ran

# What the kernel cannot make an overlay of.
run_rc asroot unshare -m sh -c 'mount -t tmpfs tmpfs "$T/data/sub" && exec "$AS_USER" "$PINFOLD" run --overlay "$T/data:/data" -- echo ran'
is "a lower directory with a mount in it is refused" "$rc:$out" 125:
like "and it is said what is wrong" "$(printf '%s' "$err" | tr '\n' ' ')" "no overlay of $T/data for /data.*no other file system may be mounted below"
run_rc asroot unshare -m sh -c 'mount -t ramfs ramfs "$T/kept" && chown "$PINFOLD_TEST_UID" "$T/kept" &&
  exec "$AS_USER" "$PINFOLD" run --overlay "$T/data:/data:upper=$T/kept" -- echo ran'
is "an upper directory without user xattrs is refused" "$rc:$out" 125:
like "and it is said why" "$err" "the file system of $T/kept cannot keep an overlay's changes: it has no user xattrs"
run_rc user "$PINFOLD" run --overlay "$T/data:/data:upper=/mnt" -- echo ran
like "one of somebody else's too" "$rc:$out:$err" '^125::pinfold: cannot make /mnt/upper: Permission denied'

# A mount below the root's directory is shown, and as read-only as the rest.
run_rc asroot unshare -m sh -c 'mount -t tmpfs tmpfs "$T/alpine/media" && chmod 777 "$T/alpine/media" && echo seen >"$T/alpine/media/f" &&
  exec "$AS_USER" "$PINFOLD" run -p rootfs --root "$T/alpine" -- sh -c "cat /media/f; touch /media/new; ls /media" 2>/dev/null'
is "a mount in the tree is shown, read-only" "$out" "seen
f"
done_testing
