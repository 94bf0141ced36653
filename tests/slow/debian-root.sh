#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# debian-root.sh - a real Debian as the root: packages are listed, installed and removed in it, and ids are right outside.
#
#   make check-slow      downloads a Debian with mmdebstrap, from the mirrors of this machine
#
# Not part of an ordinary make check, which downloads nothing. PINFOLD_TEST_DEBIAN_TAR names a tarball made before, as by
# mmdebstrap --variant=apt SUITE FILE.tar.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"
. "$abs_top_srcdir/tests/lib/rootfs.sh"

if [ "$SUBIDS" != yes ] || ! have newuidmap; then skip_all "map = subids: ${SUBIDS#yes}no subordinate ids or newuidmap"; fi
tar=${PINFOLD_TEST_DEBIAN_TAR:-}
if [ -z "$tar" ]; then
  have mmdebstrap || skip_all "mmdebstrap is not installed"
  suite=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME")
  [ -n "$suite" ] || skip_all "this is no Debian, whose mirrors could be asked"
  tar=$_h/debian.tar
  set --
  for f in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do [ ! -s $f ] || set -- "$@" $f; done
  ok "mmdebstrap makes a Debian" mmdebstrap --quiet --variant=apt "$suite" "$tar" "$@"
fi

D=$T/debian
uid=$PINFOLD_TEST_UID
subuid=$(awk -F: -v n="$PINFOLD_TEST_USER" -v u="$uid" '$1 == n || $1 == u { print $2; exit }' /etc/subuid)
keep='capabilities.keep=chown dac_override fowner fsetid setuid setgid'
debian() { user "$PINFOLD" run -p rootfs --map subids "$@"; }
outside() { if [ "$1" = 0 ]; then echo "$uid"; else echo $((subuid + $1 - 1)); fi; }

# Unpacked in a sandbox with the same map: what belongs to id N in the archive belongs to the N-th of the user's ids.
user mkdir "$D"
ok "it is unpacked with the map that it will be used with" user "$PINFOLD" run --map subids --set "$keep" --rw "$D:/debian" -- \
  tar -xpf - -C /debian --exclude './dev/*' <"$tar"

run_rc debian --root "$D" -- sh -c '. /etc/os-release; echo $ID; id -un; ls -d /usr/bin/dpkg; stat -c %U:%G /etc/passwd /etc/shadow /var/mail'
is "its programs, names and owners" "$rc:$out" "0:debian
root
/usr/bin/dpkg
root:root
root:shadow
root:mail"
apt=$(debian --root "$D" -- id -u _apt)
is "a file of _apt belongs to that of my ids" "$(stat -c %u "$D/var/cache/apt/archives/partial")" "$(outside "$apt")"
is "and a file of root to me" "$(stat -c %u "$D/etc/passwd")" "$uid"
like "dpkg lists its packages" "$(debian --root "$D" -- dpkg -l apt)" '^ii +apt '
ok "and finds all of its files there" sh -c '[ -z "$("$@")" ]' - user "$PINFOLD" run -p rootfs --map subids --root "$D" -- dpkg --verify dpkg
like "apt-cache works" "$(debian --root "overlay:$D" -- apt-cache policy dpkg)" 'Installed: [0-9]'

# A package of our own, with a file that belongs to somebody and a script.
user sh -c 'mkdir -p "$T/pkg/DEBIAN" "$T/pkg/srv/made" && cd "$T/pkg" && echo data >srv/made/file &&
  printf "Package: pinfold-test\nVersion: 1\nArchitecture: all\nMaintainer: none <none@example.org>\nDescription: for a test\n" >DEBIAN/control &&
  printf "#!/bin/sh\nset -e\nchown daemon:mail /srv/made/file\n" >DEBIAN/postinst && chmod 755 DEBIAN DEBIAN/postinst srv srv/made &&
  dpkg-deb --root-owner-group -b . "$T/test.deb" >/dev/null'
like "apt-get --simulate says what it would do" \
  "$(debian --root "overlay:$D" --ro "$T/test.deb:/tmp.deb" -- apt-get --simulate install /tmp.deb 2>&1)" '^Inst pinfold-test '
before=$(snapshot "$D")
for tool in "dpkg -i /tmp.deb" "apt-get -o APT::Sandbox::User=root -y install /tmp.deb"; do
  run_rc debian --root "overlay:$D" --set filesystem.size=512M --set "$keep" --ro "$T/test.deb:/tmp.deb" -- \
    sh -c "$tool >/tmp/log 2>&1 || cat /tmp/log; dpkg -l pinfold-test | grep -c ^ii; stat -c %U:%G /srv/made/file; dpkg -r pinfold-test >/dev/null 2>&1; ls -d /srv/made"
  is "${tool%% *} installs a package, in memory" "$out" "1
daemon:mail"
done
is "and the tree is bit for bit what it was" "$([ "$(snapshot "$D")" = "$before" ] && echo same)" same
user touch "$D/tmp.deb"
run_rc debian --root "rw:$D" --set "$keep" --ro "$T/test.deb:/tmp.deb" -- sh -c 'dpkg -i /tmp.deb >/tmp/log 2>&1 || cat /tmp/log'
is "for good" "$rc:$out" 0:
is "the next run finds it" "$(debian --root "$D" -- dpkg -l pinfold-test | grep -c '^ii')" 1
is "its file belongs to the right id outside" "$(stat -c %u "$D/srv/made/file")" \
  "$(outside "$(debian --root "$D" -- id -u daemon)")"
done_testing
