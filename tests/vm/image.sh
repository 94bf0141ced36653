#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# image.sh - a Debian to boot: its kernel, an initramfs that knows its disk, and its root as a disk image.
#
#   image.sh RELEASE      bookworm, trixie...: prints the directory that has vmlinuz, initrd and root.ext4
#
# mmdebstrap makes it, from the mirrors that this machine's apt is set up for, as root or as an ordinary user. It stays in
# $XDG_CACHE_HOME/pinfold-vm for a month, under a name made of the release and of what is in this file: removing it makes it
# anew, with the kernel of that day. Nothing of pinfold is in it; that comes with each boot.

set -u
me=tests/vm/image.sh
release=${1:?usage: image.sh RELEASE}
here=$(cd "$(dirname "$0")" && pwd) || exit 1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pinfold-vm

# What boots, and what the tests run. No compiler and no node: what they do under a sandbox is no matter of the kernel.
packages='linux-image-cloud-amd64 systemd-sysv dbus-user-session libpam-systemd kmod udev apparmor
  libseccomp2 libjansson4 uidmap passwd util-linux bsdutils procps iproute2 libcap2-bin busybox-static bubblewrap strace
  python3 perl git openssh-client sqlite3 tmux'
# What systemd would start and no test has to do with: each costs a second or more.
masked='apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer e2scrub_reap.service'
masked="$masked getty@tty1.service serial-getty@ttyS0.service apparmor.service systemd-binfmt.service systemd-pstore.service"
# In trixie /tmp is a tmpfs, whose nosuid and nodev are locked in a user namespace: the control of escape/mounts.sh has to
# change them.
masked="$masked tmp.mount"
# What the initramfs loads, if the kernel has it as modules.
modules='virtio_pci virtio_blk ext4 virtio_console'

die() {
  echo "$me: $1" >&2
  exit 1
}

# One line of sources.list for each part of the release that the mirrors of this machine may have.
sources() {
  apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' | sort -u |
    while read -r origin codename uri; do
      [ "$origin" = Debian ] || continue
      case $codename in
        *-security) echo "deb $uri $release-security main" ;;
        *-updates) echo "deb $uri $release-updates main" ;;
        *-*) ;;
        *) echo "deb $uri $release main" ;;
      esac
    done
}

# The files of another system belong to its ids: root may have them, anybody else as the root of a user namespace.
as_owner() {
  if [ "$(id -u)" = 0 ]; then "$@"; else unshare --user --map-auto --map-root-user "$@"; fi
}

debootstrap() { # TAR
  sources >"$dir/sources.list"
  [ -s "$dir/sources.list" ] || die "apt on this machine knows no mirror of Debian, or has no lists yet
  hint: as root: apt-get update"
  # shellcheck disable=SC2086 # words
  mmdebstrap --quiet --variant=minbase --include="$(echo $packages | tr ' ' ,)" \
    --dpkgopt=force-confold --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --essential-hook='mkdir -p "$1/etc/initramfs-tools" && echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"' \
    --customize-hook='chroot "$1" useradd -m -s /bin/bash tester' \
    --customize-hook='rm -rf "$1"/boot/initrd.img-* "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*' \
    --customize-hook="for unit in $masked; do ln -sf /dev/null \"\$1/etc/systemd/system/\$unit\"; done" \
    --customize-hook='touch "$1/etc/.updated" "$1/var/.updated"' \
    "$release" "$1" "$dir/sources.list" </dev/null >"$dir/mmdebstrap.log" 2>&1 || {
    tail -n 20 "$dir/mmdebstrap.log" >&2
    die "mmdebstrap could not make a $release"
  }
}

# The disk: sparse, with room for what the tests write.
make_disk() {
  as_owner sh -ec '
    mkdir "$1/tree"
    tar -xf "$1/root.tar" -C "$1/tree" --exclude "./dev/*"
    PATH=$PATH:/sbin:/usr/sbin
    mke2fs -q -t ext4 -L root -O ^metadata_csum -E lazy_itable_init=1 -d "$1/tree" "$1/root.ext4" 3G >&2
    mkdir "$1/boot" "$1/lib"
    cp "$1/tree/usr/bin/busybox" "$1/busybox"
    cp "$1"/tree/boot/vmlinuz-* "$1/vmlinuz"
    cp -R "$1"/tree/usr/lib/modules/* "$1/lib/"
    rm -rf "$1/tree" "$1/root.tar"' sh "$dir" || die "cannot make the disk of $release"
}

# The files of the modules, those that others need first.
module_files() {
  awk -v want="$modules" -F '[: ]+' '
    function name(path) { sub(/.*\//, "", path); sub(/\.ko.*/, "", path); return path }
    { needs[name($1)] = $0 }
    function add(path,    n, part, i) {
      if (path in done) return
      done[path] = 1
      n = split(needs[name(path)], part, /[: ]+/)
      for (i = 2; i <= n; i++) if (part[i] != "") add(part[i])
      print path
    }
    END { n = split(want, w, " "); for (i = 1; i <= n; i++) if (w[i] in needs) { split(needs[w[i]], p, ":"); add(p[1]) } }
  ' "$1/modules.dep"
}

make_initrd() {
  mkdir -p "$dir/boot/dev" "$dir/boot/proc" "$dir/boot/root" "$dir/boot/bin" || return 1
  for lib in "$dir"/lib/*; do
    [ -f "$lib/modules.dep" ] || return 1
    n=100
    module_files "$lib" >"$dir/module-files"
    while read -r path; do
      n=$((n + 1))
      to=$dir/boot/$n-$(basename "$path" | sed 's/\.ko.*/.ko/')
      case $path in
        *.xz) "$dir/busybox" unxz -c "$lib/$path" >"$to" || return 1 ;;
        *) cp "$lib/$path" "$to" || return 1 ;;
      esac
    done <"$dir/module-files"
  done
  cp "$dir/busybox" "$dir/boot/bin/busybox" && cp "$here/guest/initramfs-init" "$dir/boot/init" &&
    chmod 755 "$dir/boot/init" "$dir/boot/bin/busybox" &&
    (cd "$dir/boot" && find . | "$dir/busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$dir/initrd" &&
    rm -rf "${dir:?}/boot" "${dir:?}/lib" "${dir:?}/module-files"
}

key=$(cat "$0" "$here/guest/initramfs-init" | cksum | cut -d ' ' -f 1)
image=$cache/$release-$key
[ -z "$(find "$image/ready" -mtime +30 2>/dev/null)" ] || rm -rf "$image"
if [ ! -e "$image/ready" ]; then
  mkdir -p "$cache" || exit 1
  dir=$(mktemp -d "$cache/.new.XXXXXX") && chmod 755 "$dir" || exit 1
  trap 'as_owner rm -rf "$dir"' EXIT
  trap 'exit 130' INT TERM HUP
  echo "$me: making a $release in $image (a minute or two)" >&2
  debootstrap "$dir/root.tar"
  make_disk
  make_initrd || die "cannot make the initramfs of $release"
  date +%F >"$dir/ready"
  # What nobody has booted for a week is of an older version of this file.
  find "$cache" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} +
  mv "$dir" "$image" || exit 1
  trap - EXIT
fi
touch "$image"
echo "$image"
