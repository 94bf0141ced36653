#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# main.sh - what a guest is booted for: runs the tests of the list, tells the host, and switches the machine off.
#
# A service of systemd (check.sh writes it), or called by no-systemd-init; as root. /opt/pinfold/list has one test a line: "session"
# "root" or "delegated", and its name. Those of session run as the user tester who has logged in: with a session and a cgroup of its own, and
# a systemd --user where there is a systemd. Those of root make their user, as make check does.

top=/opt/pinfold
for port in /sys/class/virtio-ports/*; do
  [ "$(cat "$port/name" 2>/dev/null)" != results ] || exec >"/dev/${port##*/}"
done

echo "@@ kernel $(uname -r)"
# In a cgroup of the user's: as an administrator would delegate one, without a systemd.
delegated() {
  cgroups=/sys/fs/cgroup
  mkdir -p $cgroups/jobs/one
  for d in $cgroups $cgroups/jobs; do echo '+cpu +memory +pids +io' >"$d/cgroup.subtree_control"; done
  # Who may go into it from anywhere, but divide nothing else.
  mkdir -p $cgroups/alone
  chown -R tester $cgroups/jobs $cgroups/alone $cgroups/cgroup.procs
  sh -c 'echo $$ >/sys/fs/cgroup/jobs/one/cgroup.procs && exec "$@"' sh "$@"
}

for who in session root delegated; do
  sed -n "s/^$who //p" $top/list >$top/list.$who
  [ -s $top/list.$who ] || continue
  set -- $top/src/tests/with-user.sh --copy $top/stage --copy $top/test-helpers -- \
    $top/src/tests/vm/guest/run-list.sh $top/list.$who
  if [ $who = root ]; then
    "$@"
  elif [ -d /run/systemd/system ]; then
    systemd-run --quiet --wait --pipe -p User=tester -p PAMName=login -p IgnoreSIGPIPE=no \
      -p WorkingDirectory=/home/tester "$@"
  else
    set -- setpriv --reuid=tester --regid=tester --init-groups --inh-caps=-all \
      env -i HOME=/home/tester USER=tester LOGNAME=tester SHELL=/bin/sh PATH=/usr/local/bin:/usr/bin:/bin "$@"
    [ $who = session ] || set -- delegated "$@"
    cd /home/tester && "$@"
  fi </dev/null 2>&1 || echo "@@ failed $who: exit code $?"
done
echo "@@ over after $(cut -d . -f 1 /proc/uptime) s"
sync
if [ -d /run/systemd/system ]; then systemctl poweroff --force --force; else busybox poweroff -f; fi
