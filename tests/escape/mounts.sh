#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# mounts.sh - the program can neither mount, unmount nor remount anything, nor change its root.
#
# Control: in a plain `unshare -Urm` each of the attempts goes through.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'mkdir -p "$T/tree/sub" "$T/ctl" && echo x >"$T/tree/file"'
# attempts RO DIR: on a read-only mount point, and a directory to mount on
attempts() {
  echo "remount-rw=$1 setattr-rw=$1 mount-tmpfs=$2 mount-bind=$2 fsopen open-tree=$1 move-mount=$1 umount=$1 chroot=$1"
}
control='mount --bind "$T/tree" "$T/tree" && mount -o remount,bind,ro "$T/tree" && mount --make-rprivate / || exit 99
  for a in "$@"; do "$FIX/attempt" "$a"; done'
# move-mount goes to /tmp, on which "$T" itself lies: any errno but a refusal will do there.
# shellcheck disable=SC2046 # words
run_rc user unshare -Urm sh -c "$control" sh $(attempts "$T/tree" "$T/ctl")
if [ "$rc" = 99 ]; then
  skip "bare, each attempt goes through" "no mounts in a user namespace here"
else
  is "bare, each attempt goes through" "$(printf '%s\n' "$out" | grep -c -e ': EPERM$' -e ': EACCES$' -e ': ENOSYS$')" 0
fi

more='mount-tmpfs=/tmp mount-proc=/tmp mount-bind=/tmp remount-rw=/ remount-rw=/usr remount-rw-super=/ setattr-rw=/ setattr-rw=/usr
  umount=/ umount=/proc umount=/usr umount=/dev umount=/tmp pivot-root=/tmp chroot=/tmp open-tree=/ fsopen=tmpfs fsopen=proc fspick=/
  move-mount=/tmp'
for how in "" "--map root" "--map root --set capabilities.keep=sys_admin" "--map root --set capabilities.keep=sys_chroot"; do
  # shellcheck disable=SC2046,SC2086
  run_rc user "$PINFOLD" run $how --ro "$T/tree:/tree" --ro "$FIX:/fix" -- /fix/attempt $(attempts /tree /tmp) $more
  got=$(printf '%s\n' "$out" | grep ': ok$')
  case $how in *sys_chroot*) got=$(printf '%s\n' "$got" | grep -v '^chroot=') ;; esac
  is "nothing goes through ${how:-by default}" "$got" ""
  is "all were tried ${how:-by default}" "$(printf '%s\n' "$out" | wc -l)" 29
done

# With nested=full the program has mounts of its own, in a namespace of its own: what was read-only stays so, and
# what was covered stays covered (locked by the kernel).
inner='mount -t tmpfs own /tmp && echo mounted
  /fix/attempt remount-rw=/tree setattr-rw=/tree umount=/tree remount-rw=/usr setattr-rw=/usr umount=/usr remount-rw=/ setattr-rw=/ umount=/proc
  mount -o remount,bind,rw,suid,dev /tree; echo x >/tree/new; echo x >/usr/new; mount --bind /tree/sub /tree/sub; echo x >/tree/sub/new
  unshare -m sh -c "umount -l /tree; echo x >/tree/newer"'
run_rc user "$PINFOLD" run --set namespaces.nested=full --ro "$T/tree:/tree" --ro "$FIX:/fix" -- unshare -Urm sh -c "$inner"
like "nested=full: mounts of its own work" "$out" '^mounted$'
is "nested=full: none of ours can be changed" "$(printf '%s\n' "$out" | grep ': ok$')" ""
is "the tree is as it was" "$(cd "$T/tree" && find . | sort | tr '\n' ' ')" ". ./file ./sub "
done_testing
