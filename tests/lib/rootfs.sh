# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# rootfs.sh - lays out a small root file system, as an unpacked Alpine has it: to be sourced after harness.sh.
#
# $BUSYBOX         the path of a busybox that needs no library, or empty: nothing can be laid out
# lay_out DIR      makes the tree, owned by the test user
# snapshot DIR     every file of a tree with all that an overlay could change of it, one a line

APPLETS='sh ls id cat touch mkdir rmdir rm mv chown chmod stat find dd env mount readlink awk ln wc grep tr df sync'

BUSYBOX=
for b in /bin/busybox /usr/bin/busybox /bin/busybox.static /bin/busybox-static; do
  # A program with an interpreter is no static one.
  if [ -z "$BUSYBOX" ] && [ -x $b ] && ! readelf -l $b 2>/dev/null | grep -q INTERP; then BUSYBOX=$b; fi
done

lay_out() {
  # shellcheck disable=SC2016,SC2086 # for the inner shell; words
  user sh -c '
    dir=$1 busybox=$2
    shift 2
    mkdir "$dir" && cd "$dir" || exit 1
    mkdir -p bin dev etc home lib media opt proc root run srv sys tmp usr/bin usr/share/doc var/lib/db var/cache
    chmod 1777 tmp
    cp "$busybox" bin/busybox
    for applet; do ln -s busybox bin/$applet; done
    printf "root:x:0:0:root:/root:/bin/sh\ndaemon:x:5:6:daemon:/:/bin/false\n" >etc/passwd
    printf "root:x:0:\ndaemon:x:6:\n" >etc/group
    printf "ID=small\n" >etc/os-release
    printf "127.0.0.1\tlocalhost\n" >etc/hosts
    printf "# the tree has none\n" >etc/resolv.conf
    printf "small\n" >etc/hostname
    for f in 1 2 3; do echo "text $f" >usr/share/doc/$f; done
    ln usr/share/doc/1 usr/share/doc/one
    ln -s /etc/passwd etc/absolute
    mkfifo run/fifo
    echo state >var/lib/db/state' sh "$1" "$BUSYBOX" $APPLETS
}

snapshot() {
  (cd "$1" && find . -printf '%p %y %#m %U:%G %s %n %i %T@ %C@ %l\n' | LC_ALL=C sort
    find . -type f -exec cksum {} + | LC_ALL=C sort)
}
