#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# namespaces.sh - all eight namespaces are new; no privilege is left; /proc shows nobody else.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

names='cgroup ipc mnt net pid time user uts'
list='for n in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$n; done'

# field N NAMES-OUTPUT: the link of one namespace
field() { printf '%s\n' "$2" | sed -n "s/^$1:/&/p"; }

host=$(user sh -c "$list")
run_rc user "$PINFOLD" run -- /bin/sh -c "$list"
inside=$out
for n in $names; do
  like "$n namespace is there" "$(field "$n" "$inside")" "^$n:\[[0-9]+\]$"
  unlike "$n namespace is not the host's" "$(field "$n" "$inside")" "$(field "$n" "$host" | sed 's/[][]/\\&/g')"
done

# What a profile may ask to share is shared, and only that.
for n in ipc uts cgroup time; do
  run_rc user "$PINFOLD" run --set "namespaces.$n=host" -- /bin/sh -c "$list"
  differs=
  for m in $names; do
    [ "$(field "$m" "$out")" = "$(field "$m" "$host")" ] || differs="$differs $m"
  done
  is "namespaces.$n=host shares $n and nothing else" "$differs" "$(echo " $names" | sed "s/ $n//")"
done
run_rc user "$PINFOLD" run --net host -- readlink /proc/self/ns/net
is "--net host shares net" "$out" "$(field net "$host")"

run_rc user "$PINFOLD" run -- cat /proc/self/status
status=$out
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
  is "$set is empty" "$(printf '%s\n' "$status" | awk -v k="$set:" '$1 == k { print $2 }')" 0000000000000000
done
is "no new privileges" "$(printf '%s\n' "$status" | awk '$1 == "NoNewPrivs:" { print $2 }')" 1
is "a filter is on" "$(printf '%s\n' "$status" | awk '$1 == "Seccomp:" { print $2 }')" 2
is "setgroups is denied" "$(user "$PINFOLD" run -- cat /proc/self/setgroups)" deny

# /proc: init, the shell and its ls.
run_rc user "$PINFOLD" run -- /bin/sh -c 'for d in /proc/[0-9]*; do echo "${d#/proc/} $(cat $d/comm)"; done; echo "me $$"'
is "the program is process 2" "$(printf '%s\n' "$out" | sed -n '$p')" "me 2"
like "process 1 is pinfold" "$(printf '%s\n' "$out" | sed -n 1p)" '^1 pinfold'
others=$(printf '%s\n' "$out" | sed '/^me/d; /^1 /d; /^2 sh$/d; /^[0-9]* \(cat\|sh\)$/d')
is "there is nobody else in /proc" "$others" ""
is "with proc=none there is no /proc" "$(user "$PINFOLD" run --set filesystem.proc=none -- /bin/sh -c 'echo /proc/*')" '/proc/*'

# The names of the machine are private too.
run_rc user "$PINFOLD" run --hostname box --set identity.domainname=example.org -- \
  cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname
is "host and domain name are as asked for" "$out" "box
example.org"
is "the default host name" "$(user "$PINFOLD" run -- uname -n)" sandbox

# System V objects of the host are not there.
if have ipcmk && have ipcs; then
  id=$(user ipcmk -M 4096 | sed 's/[^0-9]//g')
  is "shared memory of the host is visible bare" "$(user ipcs -m -i "$id" | grep -c "Shared memory Segment shmid=$id")" 1
  is "shared memory of the host is not there inside" "$(user "$PINFOLD" run -- ipcs -m | grep -c '^0x')" 0
  is "with ipc=host it is" "$(user "$PINFOLD" run --set namespaces.ipc=host -- ipcs -m | grep -c "^0x[0-9a-f]* *$id ")" 1
  user ipcrm -m "$id"
else
  skip "shared memory of the host" "ipcmk and ipcs are not installed"
fi
done_testing
