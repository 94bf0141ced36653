#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# nested-mounts.sh - what the host has mounted below a granted tree comes along, never with more rights than the grant
# gives or the host's mount has; nor does an overlay of it allow more.
#
# The host's mounts are made by the test: as the user, in an outer user and mount namespace, and, where root runs the
# tests, by root in an outer mount namespace, whose flags are locked for the user.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

chmod 755 "$T"
cat >"$T/prepare" <<'SH'
set -e
mount --make-rprivate /
mkdir -p "$T/o"
mount -t tmpfs -o mode=777 top "$T/o"
mkdir "$T/o/plain" "$T/o/flags" "$T/o/flags/deep" "$T/o/ro" "$T/o/nosymfollow"
mount -t tmpfs -o mode=777 plain "$T/o/plain"
mount -t tmpfs -o mode=777,noexec,nosuid,nodev,noatime flags "$T/o/flags"
mkdir "$T/o/flags/deep"
mount -t tmpfs -o mode=777 deep "$T/o/flags/deep"
mount -t tmpfs -o mode=777 ro "$T/o/ro"
for d in plain flags flags/deep ro; do printf '#!/bin/sh\necho it runs\n' >"$T/o/$d/run"; chmod 755 "$T/o/$d/run"; done
mount -o remount,bind,ro "$T/o/ro"
ln -s plain/run "$T/o/link"
if mount -t tmpfs -o mode=777,nosymfollow nosym "$T/o/nosymfollow" 2>/dev/null; then echo x >"$T/o/nosymfollow/file"; ln -s file "$T/o/nosymfollow/link"; fi
SH
# How each mount looks inside, and what can be done there.
cat >"$T/look" <<'SH'
for d in . plain flags flags/deep ro nosymfollow; do
  at=/x; [ "$d" = . ] || at=/x/$d
  o=$(awk -v at="$at" '$5 == at { print $6 }' /proc/self/mountinfo)
  r=
  for w in ro rw nosuid nodev noexec noatime nosymfollow; do case ,$o, in *,$w,*) r=$r,$w ;; esac; done
  (: >"$at/new") 2>/dev/null && r=$r,written
  [ ! -e "$at/run" ] || "$at/run" >/dev/null 2>&1 && [ -e "$at/run" ] && r=$r,runs
  [ ! -L "$at/link" ] || cat "$at/link" >/dev/null 2>&1 || r=$r,not-followed
  echo "$d$r"
done
SH
chmod 755 "$T/prepare" "$T/look"

want_ro='.,ro,nosuid,nodev
plain,ro,nosuid,nodev,runs
flags,ro,nosuid,nodev,noexec,noatime
flags/deep,ro,nosuid,nodev,runs
ro,ro,nosuid,nodev,runs
nosymfollow,ro,nosuid,nodev,nosymfollow,not-followed'
want_rw='.,rw,nosuid,nodev,written
plain,rw,nosuid,nodev,written,runs
flags,rw,nosuid,nodev,noexec,noatime,written
flags/deep,rw,nosuid,nodev,written,runs
ro,ro,nosuid,nodev,runs
nosymfollow,rw,nosuid,nodev,nosymfollow,written,not-followed'
noexec() { printf '%s\n' "$1" | sed 's/nodev/nodev,noexec/; s/noexec,noexec/noexec/; s/,runs//'; }

# check DESC OUTER..: the command that makes the outer namespace
check() {
  who=$1
  shift
  while read -r how option want; do
    case $want in ro) want=$want_ro ;; rw) want=$want_rw ;; ro-noexec) want=$(noexec "$want_ro") ;; rw-noexec) want=$(noexec "$want_rw") ;; esac
    option=${option#-}
    run_rc "$@" sh -c 'sh "$T/prepare" || exit 99; exec "$AS_IT" "$PINFOLD" run '"--$how \"\$T/o:/x$option\""' --ro "$T/look:/look" -- /bin/sh /look'
    if [ "$rc" = 99 ]; then skip "$who: $how$option" "no mounts here: $err"; continue; fi
    case $out in *nosymfollow,r?,nosuid,nodev,nosymfollow* | *nosymfollow,r?,nosuid,nodev,noexec,nosymfollow*) ;; *) want=$(printf '%s\n' "$want" | grep -v ^nosymfollow) out=$(printf '%s\n' "$out" | grep -v ^nosymfollow) ;; esac
    is "$who: $how$option" "$out" "$want"
  done <<TABLE
ro - ro
rw - rw
ro :noexec ro-noexec
rw :noexec rw-noexec
TABLE
}
check "mounts of the user's own" user env AS_IT=env unshare -Urm
if [ "$(id -u)" = 0 ]; then
  check "mounts of root's" env AS_IT="$AS_USER" unshare -m
else
  skip "mounts of root's" "needs root"
fi

# --- an overlay keeps what the host's mount forbids ----------------------------------------------------------------------

# A bind has the flags of the mount that it shows; an overlay is a mount of its own, through which all would be allowed.
cat >"$T/prepare-lower" <<'SH'
set -e
mount --make-rprivate /
for d in plain strict; do
  mkdir -p "$T/o-$d"
  o=mode=777
  [ "$d" = plain ] || o=$o,noexec,nosymfollow
  mount -t tmpfs -o "$o" lower "$T/o-$d" || exit 99
  printf '#!/bin/sh\necho it runs\n' >"$T/o-$d/run"
  chmod 755 "$T/o-$d/run"
  echo x >"$T/o-$d/file"
  ln -s file "$T/o-$d/link"
done
SH
cat >"$T/look-lower" <<'SH'
/x/run 2>/dev/null || echo "runs not"
cat /x/link 2>/dev/null || echo "follows not"
cp /x/run /x/new && /x/new 2>/dev/null || echo "a new one runs not"
: >/x/written && echo "can be written"
SH
chmod 755 "$T/prepare-lower" "$T/look-lower"
may='it runs
x
it runs
can be written'
may_not='runs not
follows not
a new one runs not
can be written'
# shellcheck disable=SC2016 # for the inner shell
for how in "--overlay \$1:/x" "--overlay \$1:/x:upper=\$T/kept-flags"; do
  for d in plain strict; do
    user sh -c 'rm -rf "$T/kept-flags"; mkdir "$T/kept-flags"'
    run_rc user unshare -Urm sh -c 'sh "$T/prepare-lower" 2>"$T/why" || exit 99
      set -- "$1" "$(eval "echo \"$2\"")"; exec "$PINFOLD" run $2 --ro "$T/look-lower:/look" -- /bin/sh /look' sh "$T/o-$d" "$how"
    want=$may_not
    [ $d = strict ] || want=$may
    if [ "$rc" = 99 ]; then
      skip "an overlay of a $d mount ($how)" "no such mounts here: $(cat "$T/why")"
    elif printf '%s' "$err" | grep -q 'in memory needs Linux 6\.6'; then
      skip "an overlay of a $d mount ($how)" "it needs Linux 6.6, and this is $(uname -r | cut -d . -f 1,2)"
    else
      is "an overlay of a $d mount ($how)" "$out" "$want"
    fi
  done
done
done_testing
