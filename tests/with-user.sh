#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# with-user.sh - run a command next to, or as, an unprivileged user that lives only for that long.
#
#   tests/with-user.sh [--as-user] [--copy DIR]... [--] COMMAND [ARG...]
#
# Tests must run as an ordinary user, but whoever runs the test suite in a container is often root.
# As root this makes a user with a name nobody has, a home, a runtime directory, and 65536 subordinate
# user and group ids that nobody else has. As an ordinary user it makes no user, only the directories.
# COMMAND gets, in its environment:
#
#   PINFOLD_TEST_BASE     a directory that the user can enter; every --copy DIR is copied to BASE/<last part of DIR>
#   PINFOLD_TEST_USER     the user's name; also _UID, _GID, _HOME, _RUNTIME (XDG_RUNTIME_DIR)
#   PINFOLD_TEST_SWITCH   yes if the user was made here, so that tests/lib/as-user has to switch to it
#   PINFOLD_TEST_SUBIDS   yes, or why the user has no subordinate ids
#
# COMMAND itself runs as the caller, or as the user, in its home and with a clean environment, if --as-user
# is given. When it ends, the user's processes, files and the user itself go away. That work is done by a
# janitor, a process that waits for end of file on a pipe that only this script holds open for writing: it
# cleans up however this script ends, SIGKILL included.

set -u
me=with-user.sh

die() {
  echo "$me: $1" >&2
  exit 125
}

as_user=no
copies=
while [ $# -gt 0 ]; do
  case $1 in
    --as-user) as_user=yes ;;
    --copy)
      [ $# -gt 1 ] || die "--copy needs a directory"
      # one path a line: the loop below reads them back
      copies="$copies$2
"
      shift ;;
    --) shift; break ;;
    -*) die "unknown option $1" ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || die "usage: $me [--as-user] [--copy DIR]... [--] COMMAND [ARG...]"

here=$(cd "$(dirname "$0")" && pwd) || exit 125
PATH=$PATH:/usr/sbin:/sbin
am_root=no
[ "$(id -u)" != 0 ] || am_root=yes
[ $am_root = no ] || for tool in useradd userdel setpriv; do
  command -v $tool >/dev/null || die "$tool is missing: as root, the tests need it to make an ordinary user
  hint: install the packages 'passwd' or 'shadow', and 'util-linux', or run as an ordinary user"
done

tmp=${TMPDIR:-/tmp}
[ $am_root = no ] || tmp=/tmp  # root's own TMPDIR may be closed to the user
base=$(mktemp -d "$tmp/pinfold-test.XXXXXXXX") || exit 125
tag=$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')
name=pinfold-test-$tag
# Not below /tmp, where no real home is: a sandbox has a /tmp of its own.
home=/var/tmp/$name
[ $am_root = no ] || [ ! -d /home ] || [ ! -w /home ] || home=/home/$name

# --- the janitor --------------------------------------------------------------------------------

# The pids of all processes that run under an id of the user, its subordinate ids included.
user_pids() {
  # the user's own uid, then its ranges
  uid=$(id -u "$name" 2>/dev/null) || return 0
  ranges=$uid:1$(awk -F: -v n="$name" '$1 == n { printf " %s:%s", $2, $3 }' /etc/subuid 2>/dev/null)
  cat /proc/[0-9]*/status 2>/dev/null | awk -v ranges="$ranges" '
    BEGIN { n = split(ranges, r, " ") }
    $1 == "Pid:" { pid = $2 }
    $1 == "Uid:" {
      for (i = 1; i <= n; i++) {
        split(r[i], p, ":")
        if ($2 >= p[1] + 0 && $2 < p[1] + p[2]) { print pid; next }
      }
    }'
}

kill_user() {
  tries=0
  while pids=$(user_pids) && [ -n "$pids" ] && [ $tries -lt 200 ]; do
    # shellcheck disable=SC2086 # a list of numbers
    kill -KILL $pids 2>/dev/null
    tries=$((tries + 1))
  done
}

# What else belongs to this run: test scripts of the caller, root perhaps, know it by its directory. Another
# with-user.sh among them has its own janitor, which must live: it gets TERM only.
kill_run() {
  for signal in TERM KILL; do
    pids=$(grep -slzxF "PINFOLD_TEST_BASE=$base" /proc/[0-9]*/environ | while IFS= read -r file; do
      pid=${file#/proc/} pid=${pid%/environ}
      [ $signal = TERM ] || ! grep -sqzF with-user.sh "/proc/$pid/cmdline" || continue
      echo "$pid"
    done)
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$pids" ] || kill -$signal $pids 2>/dev/null
  done
}

# Never follow a mount that a test left behind into somebody else's files.
remove() {
  awk -v b="$1/" 'index($5, b) == 1 { print $5 }' /proc/self/mountinfo | sort -r | while read -r m; do
    umount -l "$m" 2>/dev/null
  done
  chmod -R u+rwX "$1" 2>/dev/null
  rm -rf --one-file-system -- "$1" 2>/dev/null || rm -rf -- "$1"
}

janitor() {
  trap '' HUP INT QUIT TERM
  read -r _ <"$base/alive"  # end of file: the script is gone
  if [ -s "$base/pid" ]; then  # left over only if the script was killed
    read -r pid <"$base/pid"
    kill -TERM "$pid" 2>/dev/null
  fi
  kill_run
  if [ $am_root = yes ]; then
    kill_user
    remove "$base"
    remove "$home"
    if id "$name" >/dev/null 2>&1; then
      # another run may hold the lock of the user database for a moment: userdel itself waits for it
      userdel "$name" >/dev/null 2>&1 || { kill_user; userdel -f "$name" >/dev/null 2>&1; }
      ! grep -q "^$name:" /etc/group || groupdel "$name" >/dev/null 2>&1
      rm -f "/var/mail/$name" "/var/spool/mail/$name"
    fi
  else
    remove "$base"
    remove "$home"
  fi
}

# Until there is a janitor, the only thing to remove is the directory.
mkfifo "$base/alive" || { rm -rf "$base"; exit 125; }
janitor </dev/null &
janitor=$!
exec 9>"$base/alive"

# From here on: leaving by any path closes descriptor 9. On the ordinary ones we also wait.
finish() {
  rc=$?
  trap - EXIT
  exec 9>&-
  wait "$janitor"
  exit "$rc"
}
trap finish EXIT
# No traps for signals: the shell would put them off until COMMAND ends. Dying at once is what the janitor is for.
# (INT alone the shell puts off anyway; from a terminal, COMMAND gets it too.)

# --- the user -----------------------------------------------------------------------------------

PINFOLD_TEST_SUBIDS=yes

make_user() (
  # Descriptor 9 must not reach a program that might stay behind; the lock is for other runs of this script.
  exec 9>&-
  exec 8</etc
  ! command -v flock >/dev/null || flock 8
  if ! err=$(useradd -M -U -d "$home" -s /bin/sh -c 'pinfold test run' "$name" 2>&1); then
    err2=$(useradd -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 -M -U -d "$home" -s /bin/sh "$name" 2>&1) ||
      { echo "$err; $err2"; return 1; }
  fi
  # useradd takes the next free ranges where the system is set up for that; else take them here.
  for kind in uid gid; do
    if ! grep -q "^$name:" /etc/sub$kind 2>/dev/null; then
      start=$(awk -F: 'BEGIN { max = 100000 } $2 + $3 > max { max = $2 + $3 } END { printf "%d", max }' \
        /etc/sub$kind 2>/dev/null) || start=100000
      touch /etc/sub$kind
      usermod --add-sub${kind}s "$start-$((start + 65535))" "$name" >/dev/null 2>&1 ||
        echo "$name:$start:65536" >>/etc/sub$kind
    fi
  done
)

# In a container, root may have too few ids itself to give any away.
have_ids() {
  awk -F: -v n="$name" '$1 == n { print $2, $3; exit }' "/etc/sub$1" | {
    read -r start count || exit 1
    awk -v s="$start" -v c="$count" '$1 <= s && s + c <= $1 + $3 { ok = 1 } END { exit !ok }' "/proc/self/$1_map"
  }
}

if [ $am_root = yes ]; then
  why=$(make_user) || die "cannot make a user for the tests: $why"
  PINFOLD_TEST_SWITCH=yes
  uid=$(id -u "$name") && gid=$(id -g "$name") || exit 125
  if ! have_ids uid || ! have_ids gid; then
    PINFOLD_TEST_SUBIDS="this machine's root has no ids to give away (/proc/self/uid_map)"
  fi
else
  PINFOLD_TEST_SWITCH=no
  name=$(id -un) uid=$(id -u) gid=$(id -g)
  for kind in uid gid; do
    grep -q -e "^$name:" -e "^$uid:" /etc/sub$kind 2>/dev/null ||
      PINFOLD_TEST_SUBIDS="user $name has no line in /etc/sub$kind"
  done
fi

chmod 755 "$base" || exit 125
mkdir "$home" "$base/run" || exit 125
chmod 700 "$home" "$base/run" || exit 125
[ $am_root = no ] || chown "$uid:$gid" "$home" "$base/run" || exit 125

printf '%s' "$copies" | while read -r dir; do
  cp -R "$dir" "$base/" && chmod -R a+rX "$base/${dir##*/}" || exit 1
done || die "cannot copy to $base"

PINFOLD_TEST_BASE=$base PINFOLD_TEST_USER=$name PINFOLD_TEST_UID=$uid PINFOLD_TEST_GID=$gid
PINFOLD_TEST_HOME=$home PINFOLD_TEST_RUNTIME=$base/run
export PINFOLD_TEST_BASE PINFOLD_TEST_USER PINFOLD_TEST_UID PINFOLD_TEST_GID PINFOLD_TEST_HOME \
  PINFOLD_TEST_RUNTIME PINFOLD_TEST_SWITCH PINFOLD_TEST_SUBIDS

# --- the command --------------------------------------------------------------------------------

# Expanded by the inner shell, whose pid the command keeps.
inner='echo $$ >"$PINFOLD_TEST_BASE/pid" && exec "$@"'
if [ $as_user = yes ]; then
  cd "$home" || exit 125
  sh -c "$inner" sh "$here/lib/as-user" "$@" 9>&-
else
  sh -c "$inner" sh "$@" 9>&-
fi
rc=$?
rm -f "$base/pid"
exit $rc
