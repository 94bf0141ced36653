#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# binds.sh - what a profile grants is there, as it was granted: ro, rw, dev, tmpfs, dir, symlink, etc.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkdir "$T/tree" "$T/tree/sub" "$T/out"
user sh -c 'echo hello >"$T/tree/file"; echo deep >"$T/tree/sub/file"; ln -s file "$T/tree/link"
  printf "#!/bin/sh\necho script ran\n" >"$T/tree/script"; chmod 755 "$T/tree/script"; : >"$T/single"'
opts() { printf '%s\n' "$out" | awk -v at="$1" '$5 == at { print $6 }'; }

run_rc user "$PINFOLD" run --ro "$T/tree:/data" -- /bin/sh -c 'cat /data/file /data/sub/file /data/link'
is "a tree is granted read-only, at another place" "$out" "hello
deep
hello"
run_rc user "$PINFOLD" run --ro "$T/tree" -- cat "$T/tree/file"
is "or at its own" "$out" hello
run_rc user "$PINFOLD" run --ro "$T/tree:/data" -- /bin/sh -c 'for f in file sub/file new sub/new; do echo x >/data/$f; done; chmod 777 /data/file; rm -f /data/file'
is "every way to change it fails" "$(printf '%s\n' "$err" | grep -c -i 'read-only file system')" 6
is "and it has not changed" "$(cat "$T/tree/file")" hello

run_rc user "$PINFOLD" run --rw "$T/out:/out" -- /bin/sh -c 'echo made >/out/new; mkdir /out/dir'
is "a tree is granted writable" "$rc:$(cat "$T/out/new")" 0:made
is "a single file too" "$(user "$PINFOLD" run --rw "$T/single:/single" -- /bin/sh -c 'echo one >/single; cat /single'; cat "$T/single")" "one
one"
is "a single file read-only" "$(user "$PINFOLD" run --ro "$T/single:/a/b/single" -- /bin/sh -c 'cat /a/b/single; echo two >/a/b/single; ls /a/b' 2>/dev/null)" "one
single"

run_rc user "$PINFOLD" run --ro "$T/tree:/ro" --rw "$T/out:/rw" --ro "$T/tree:/noexec:noexec" --tmpfs /scratch:size=64K,mode=1770 \
  -- cat /proc/self/mountinfo
like "a read-only grant is ro, nosuid, nodev" "$(opts /ro)" '^ro,nosuid,nodev'
like "a writable grant is rw, nosuid, nodev" "$(opts /rw)" '^rw,nosuid,nodev'
like "a noexec grant is noexec too" "$(opts /noexec)" '^ro,nosuid,nodev,noexec'
like "a tmpfs is nosuid, nodev" "$(opts /scratch)" '^rw,nosuid,nodev'
like "and as large as asked for" "$out" ' /scratch .*size=64k'
is "its mode is as asked for" "$(user "$PINFOLD" run --tmpfs /scratch:mode=1770 -- stat -c %a /scratch)" 1770
run_rc user "$PINFOLD" run --ro "$T/tree:/x:noexec" -- /x/script
is "a program on a noexec grant does not run" "$rc:$out" 126:
is "on another it does" "$(user "$PINFOLD" run --ro "$T/tree:/x" -- /x/script)" "script ran"

is "directories and symbolic links" "$(user "$PINFOLD" run --dir /srv/www:mode=0700 --symlink www/index:/srv/home --symlink /usr/bin/true:/t \
  -- /bin/sh -c 'stat -c %a /srv/www; readlink /srv/home; /t && echo works')" "700
www/index
works"

# Nesting: the order on the command line does not matter, the longest destination wins.
for order in 1 2; do
  set -- --ro "$T/tree:/data" --rw "$T/out:/data/sub"
  [ $order = 1 ] || set -- "$3" "$4" "$1" "$2"
  run_rc user "$PINFOLD" run "$@" -- /bin/sh -c 'echo x >/data/sub/nested; echo x >/data/file; cat /data/sub/new'
  is "a writable place inside a read-only tree ($order)" "$out:$(cat "$T/out/nested")" made:x
  like "leaves the rest read-only ($order)" "$err" '/data/file: Read-only'
  rm -f "$T/out/nested"
done

if [ -c /dev/null ]; then
  is "a device is granted by --dev" "$(user "$PINFOLD" run --dev /dev/null:/null -- /bin/sh -c 'echo x >/null && echo yes')" yes
  run_rc user "$PINFOLD" run --ro /dev/zero:/zero -- echo ran
  is "and by nothing else" "$rc:$out" 125:
  # A granted directory is nodev: its device nodes are dead.
  not_ok "a device in a granted directory is dead" user "$PINFOLD" run --ro /dev:/hostdev -- head -c 1 /hostdev/zero
fi

# Pieces of /etc: passwd is made, nothing of the host's accounts is in it.
run_rc user "$PINFOLD" run -- /bin/sh -c 'cut -d: -f1 /etc/passwd | sort | tr "\n" " "; ls /etc/shadow /etc/sudoers /etc/ssh'
unlike "no account of the host is in passwd" "$out" '(daemon|www-data|sshd)'
is "no secrets of /etc are there" "$(printf '%s\n' "$err" | grep -c 'No such file')" 3

# Names that need quoting.
user mkdir "$T/a b"
user sh -c 'echo spaced >"$T/a b/c d"; mkdir "$T/co:lon" && echo colon >"$T/co:lon/f"'
is "spaces in names" "$(user "$PINFOLD" run --ro "$T/a b:/x y" -- cat "/x y/c d")" spaced
is "an escaped colon" "$(user "$PINFOLD" run --ro "$T/co\\:lon:/x" -- cat /x/f)" colon

# A nested writable mount below a read-only grant is read-only inside: recursive and atomic.
nested='mkdir -p "$T/outer" && mount -t tmpfs outer "$T/outer" && mkdir "$T/outer/nested" &&
  mount -t tmpfs -o mode=777 nested "$T/outer/nested" && echo secret >"$T/outer/nested/file" || exit 99
  exec "$PINFOLD" run --ro "$T/outer:/outer" -- /bin/sh -c "cat /outer/nested/file; echo x >/outer/nested/new || echo refused; cat /proc/self/mountinfo"'
run_rc user unshare -Urm sh -c "$nested"
if [ "$rc" = 99 ]; then
  skip "a nested mount is read-only too" "no mounts in a user namespace here: $err"
else
  is "a nested mount comes along" "$(printf '%s\n' "$out" | sed -n 1p)" secret
  is "and is read-only" "$(printf '%s\n' "$out" | sed -n 2p)" refused
  like "with the flags of the grant" "$(opts /outer/nested)" '^ro,nosuid,nodev'
fi

# Flags that the host's mount has stay: nobody gets more by a grant than the host gives.
flags='mkdir -p "$T/flags" && mount -t tmpfs -o ro,noexec,nosuid,nodev,noatime flags "$T/flags" || exit 99
  exec "$PINFOLD" run --rw "$T/flags:/rw" --ro "$T/flags:/ro" -- cat /proc/self/mountinfo'
run_rc user unshare -Urm sh -c "$flags"
if [ "$rc" = 99 ]; then
  skip "flags of the host's mount stay" "no mounts in a user namespace here: $err"
else
  is "flags of the host's mount stay, in a writable grant" "$(opts /rw)" ro,nosuid,nodev,noexec,noatime
  is "and in a read-only one" "$(opts /ro)" ro,nosuid,nodev,noexec,noatime
fi

# A mount made on the host while the program runs does not appear inside. HOW is how the inner one is made.
late='mkdir -p "$T/late" && mount -t tmpfs late "$T/late" && mkdir "$T/late/point" && mount --make-rshared / &&
  mount --make-rshared "$T/late" || exit 99
  mkfifo "$T/ready.$HOW" "$T/go.$HOW"
  look="echo up >$T/ready.$HOW; read -r x <$T/go.$HOW; ls -A $T/late/point"
  case $HOW in
    pinfold) "$PINFOLD" run --ro "$T/late" --rw "$T/ready.$HOW" --rw "$T/go.$HOW" -- /bin/sh -c "$look; cat /proc/self/mountinfo" & ;;
    slave) unshare -m --propagation slave sh -c "$look" & ;;
  esac
  timeout 20 head -n 1 "$T/ready.$HOW" >/dev/null || exit 98
  mount -t tmpfs after "$T/late/point" && : >"$T/late/point/LATE" || exit 97
  echo go >"$T/go.$HOW"
  wait $!'
run_rc user env HOW=slave unshare -Urm sh -c "$late"
if [ "$rc" = 99 ]; then
  skip "a late mount does not appear" "no mounts in a user namespace here: $err"
else
  is "a late mount appears where propagation is not cut" "$out" LATE
  run_rc user env HOW=pinfold unshare -Urm sh -c "$late"
  is "the program saw the place" "$rc" 0
  unlike "a late mount does not appear inside" "$out" 'LATE|after'
fi
done_testing
