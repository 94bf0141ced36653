#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# join.sh - sandboxes that share namespaces: by name, by path, for as long as one of them lives; and what cannot be shared.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# A registry of this script's own.
user sh -c 'mkdir -m 0700 "$T/run"'
dir=$T/run/pinfold/run
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
names() { pf ps | awk 'NR > 1 { print $1 }' | tr '\n' ' '; }
init_of() { pf ps --long | awk -v n="$1" '$1 == n { getline; sub(",", "", $2); print $2 }'; }
# of_pod KIND: the number of a namespace of the sandbox called pod
of_pod() { pf ps --long | awk '$1 == "pod" { getline; print }' | sed "s/.*, ${1%mnt}$([ "$1" != mnt ] || echo mount) \([0-9]*\).*/$1:[\1]/"; }
# ns KIND OPTION..: the number of the namespace that a program has
ns() {
  _kind=$1
  shift
  pf run "$@" -- readlink "/proc/self/ns/$_kind"
}
# refused DESC ID-LESS MESSAGE OPTION..: 125, with just this
refused() {
  _point=$1 _message=$2
  shift 2
  run_rc pf run "$@" -- true
  is "$_point: 125" "$rc:$out" 125:
  is "and why" "$err" "$_message"
}
map_hint="  hint: they share a user namespace, which has one map: set identity.map, uid and gid as they are there"
nested_hint="  hint: they share a user namespace, which has one limit: namespaces.nested = none in both, or in neither"
id=$PINFOLD_TEST_UID gid=$PINFOLD_TEST_GID

# --- a network: two talk, a third is not heard

pf hold pod --hostname pod-name --set identity.domainname=pod.example
user mkfifo "$T/hold"
ok "one that listens on loopback" pf run --net join:pod --name server --detach --ro "$FIX:/fix" --rw "$T:/t" -- \
  sh -c '/fix/net listen </t/hold >/t/listen'
exec 8>"$T/hold"
timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
read -r where <"$T/listen"
where=$(printf '%s\n' "$where" | tr ' ' '\n' | grep -v '=0$')
count=$(printf '%s\n' "$where" | wc -l)
# shellcheck disable=SC2086 # words
run_rc pf run --net join:pod --ro "$FIX:/fix" -- /fix/net connect $where
is "another that joined the same reaches it everywhere" "$rc:$(printf '%s\n' "$out" | grep -c ': ok$')" "0:$count"
# shellcheck disable=SC2086
run_rc pf run --set network.mode=join:server --ro "$FIX:/fix" -- /fix/net connect $where
is "so does one that joins the one that joined" "$rc:$(printf '%s\n' "$out" | grep -c ': ok$')" "0:$count"
# shellcheck disable=SC2086
run_rc pf run --ro "$FIX:/fix" -- /fix/net connect $where
is "one that did not join reaches nothing" "$(printf '%s\n' "$out" | grep -c ': E')" "$count"
is "it was visited by the two" "$(grep -c visited "$T/listen")" $((2 * count))
exec 8>&-
pf kill server KILL 2>/dev/null # unless it has ended by itself
is "loopback is all there is, and it is up" "$(pf run --net join:pod -- cat /proc/net/dev | sed 1,2d | sed 's/:.*//' | tr -d ' ')" lo

# --- what is shared, and what is not

for kind in net uts ipc; do
  case $kind in net) key=network.mode ;; *) key=namespaces.$kind ;; esac
  is "$kind is the same" "$(ns $kind --set $key=join:pod)" "$(of_pod $kind)"
  is "so is the user namespace" "$(ns user --set $key=join:pod)" "$(of_pod user)"
  for other in net uts ipc pid mnt cgroup time; do
    [ $other != $kind ] || continue
    [ "$(ns $other --set $key=join:pod)" != "$(of_pod $other)" ] || echo "$other"
  done >"$T/same"
  is "with $kind alone nothing else is" "$(cat "$T/same")" ""
done
run_rc pf run --set namespaces.uts=join:pod -- sh -c 'hostname; cat /proc/sys/kernel/domainname; cat /etc/hosts'
is "names are those of the other" "$rc:$out" "0:pod-name
pod.example
127.0.0.1	localhost
::1	localhost ip6-localhost"
if have ipcmk; then
  pf run --set namespaces.ipc=join:pod -- ipcmk -M 4096 >/dev/null
  is "shared memory of one is there for the next" "$(pf run --set namespaces.ipc=join:pod -- sed 1d /proc/sysvipc/shm | wc -l)" 1
  is "and for nobody else" "$(pf run --net join:pod -- sed 1d /proc/sysvipc/shm | wc -l)" 0
else
  skip "shared memory" "ipcmk is not installed"
fi
run_rc pf run --net join:pod -- sh -c 'awk "/^Cap/ { print \$2 }" /proc/self/status | sort -u; awk "/^(NoNewPrivs|Seccomp):/ { print \$2 }" /proc/self/status; cat /proc/self/setgroups; id -u; echo $$'
is "it is as confined as any: no capability, no new ones, a filter" "$(printf '%s\n' "$out" | head -n 5 | tr '\n' ' ')" "0000000000000000 1 2 deny $id "
is "in a pid namespace of its own" "$(pf run --net join:pod -- sh -c 'set -- /proc/[0-9]*; echo $#')" 2
run_rc pf run --net join:pod -- sh -c 'kill -TERM $$'
is "it ends as any" "$rc" 143
run_rc pf run --net join:pod --wall 100ms -- sleep 600
is "and by its limits" "$rc" 124
run_rc pf run --net join:pod --set namespaces.time-offset=boottime:86400 -- true
is "clocks of its own can be shifted" "$rc:$err" 0:
# From 5.14 on processes are counted by user namespace: all of a pod's together.
if [ "$(uname -r | awk -F '[.-]' '{ print ($1 > 5 || ($1 == 5 && $2 >= 14)) }')" = 1 ]; then
  pf run --net join:pod --name many --detach -- sh -c 'sleep 600 & sleep 600 & sleep 600 & wait'
  fork='/bin/true && echo forked'
  is "pids alone" "$(pf run --pids 4 -- sh -c "$fork" 2>&1)" forked
  unlike "pids of a pod are counted together" "$(pf run --pids 4 --net join:pod -- sh -c "$fork" 2>&1)" '^forked$'
  pf kill many KILL
else
  skip "pids of a pod" "before Linux 5.14 they are counted by user"
fi

# --- what is told

run_rc pf run --net join:pod --set namespaces.uts=join:pod --status "$T/status.json" -- true
if [ $rc = 0 ]; then
  for kind in user uts net; do
    like "--status tells what was joined too: $kind" "$(cat "$T/status.json")" "\"$kind\": $(of_pod $kind | tr -dc 0-9)[,}]?\$"
  done
else
  skip "--status" "$err"
fi
run_rc pf explain --net join:nobody
is "explain asks nobody" "$rc" 0
run_rc pf run --net join:nobody --dry-run -- true
like "nor does --dry-run" "$rc:$out" '  joined: net of the sandbox nobody  \[--net join:nobody\]'

# --- what does not fit

refused "a name that nobody has" "pinfold: there is no sandbox called pot (--net join:pot)
  hint: did you mean pod?" --net join:pot
user sh -c 'printf "%s\n" "[profile]" "include = default" "[namespaces]" "ipc = join:pot" >"$T/p.ini"'
refused "from a profile, with its line" "pinfold: there is no sandbox called pot ($T/p.ini:4:7)
  hint: did you mean pod?" -p "$T/p.ini"
refused "other ids" "pinfold: pod has other ids: its uid map has \"$id $id 1\" where this one would have \"0 $id 1\" (--net join:pod)
$map_hint" --net join:pod --map root
refused "another group" "pinfold: pod has other ids: its gid map has \"$gid $gid 1\" where this one would have \"7 $gid 1\" (--net join:pod)
$map_hint" --net join:pod --gid 7
refused "more room for user namespaces" "pinfold: pod has no room for user namespaces inside (nested = none), and this one wants it (--net join:pod)
$nested_hint" --net join:pod --set namespaces.nested=browser
pf hold roomy --set namespaces.nested=full --net host
refused "less room" "pinfold: roomy has room for user namespaces inside, and this one is to have none (nested = none) (--set namespaces.uts)
$nested_hint" --set namespaces.uts=join:roomy
run_rc pf run --set namespaces.uts=join:roomy --set namespaces.nested=full -- unshare -U true
is "with the same there is room" "$rc" 0
refused "what the other has of the host" "pinfold: roomy has no net namespace of its own: it has the host's (--net join:roomy)
  hint: what is host there is to be host here too, to be the same" --net join:roomy --set namespaces.nested=full
pf kill roomy
pf hold rooted --map root
run_rc pf run --net join:rooted --map root -- id -u
is "with map = root in both" "$rc:$out" 0:0
pf kill rooted
if [ "$SUBIDS" = yes ] && have newuidmap; then
  pf hold ranges --map subids
  run_rc pf run --net join:ranges --map subids -- cat /proc/self/uid_map
  is "with subordinate ids in both" "$rc:$(printf '%s\n' "$out" | wc -l)" "0:$(pf run --map subids -- cat /proc/self/uid_map | wc -l)"
  run_rc pf run --net join:ranges --map root -- true
  like "and no part of them" "$rc:$err" '^125:pinfold: ranges has other ids: its uid map has "[0-9 ]*" besides \(--net join:ranges\)$'
  pf kill ranges
else
  skip "with subordinate ids" "${SUBIDS#yes}no subordinate ids or newuidmap"
fi

# --- the end of one is not the end of the other

pf run --net join:pod --set namespaces.uts=join:pod --name after --detach -- sleep 600
before=$(ns net --net join:pod)
# Who enters a member of a pod is where its program is.
program=$(pgrep -P "$(init_of after)")
for kind in net uts user ipc pid mnt; do
  is "entered: $kind" "$(pf enter after -- readlink "/proc/self/ns/$kind")" "$(user readlink "/proc/$program/ns/$kind")"
done
is "entered: what is joined is the pod's" "$(pf enter after -- readlink /proc/self/ns/net)" "$(of_pod net)"
pf kill pod KILL
is "the other lives on" "$(names)" "after "
is "with what it joined" "$(ns net --net join:after)" "$before"
is "which can be joined from it" "$(pf run --set namespaces.uts=join:after -- hostname)" pod-name
refused "what it did not join it has of its own; the one that is gone is gone" "pinfold: there is no sandbox called pod (--net join:pod)
  hint: pinfold ps lists those that are running" --net join:pod
init=$(init_of after)
pf kill after KILL
is "at the end nothing is left" "$(names):$(ls "$dir")" :
ok "no process" "$FIX/await" 10 "$init"

# --- by path

bare() { # COMMAND..: starts it as the user, as $bare, and comes back when it has its namespaces
  user mkfifo "$T/up"
  "$AS_USER" "$@" sh -c 'echo up >"$T/up"; exec sleep 600' &
  bare=$!
  timeout 20 cat "$T/up" >/dev/null
  user rm -f "$T/up"
}
roomy="--map root --set namespaces.nested=full"
if user unshare -Urnui true 2>/dev/null; then
  bare unshare -Urnui
  for kind in net uts ipc; do
    case $kind in net) key=network.mode ;; *) key=namespaces.$kind ;; esac
    # shellcheck disable=SC2086 # words
    is "$kind of a process that is no sandbox" "$(ns $kind $roomy --set $key=join:/proc/$bare/ns/$kind)" "$(user readlink /proc/$bare/ns/$kind)"
  done
  # shellcheck disable=SC2086
  is "two of them" "$(ns net $roomy --net join:/proc/$bare/ns/net --set namespaces.uts=join:/proc/$bare/ns/uts)" "$(user readlink /proc/$bare/ns/net)"
  refused "with other ids" "pinfold: /proc/$bare/ns/net has other ids: its uid map has \"0 $id 1\" where this one would have \"$id $id 1\" (--net join:/proc/$bare/ns/net)
$map_hint" --net join:/proc/$bare/ns/net --set namespaces.nested=full
  refused "with less room" "pinfold: /proc/$bare/ns/net has room for user namespaces inside, and this one is to have none (nested = none) (--net join:/proc/$bare/ns/net)
$nested_hint" --net join:/proc/$bare/ns/net --map root
  if have nsenter; then
    limit=$(user nsenter -U --preserve-credentials -t "$bare" cat /proc/sys/user/max_user_namespaces)
    like "whose limit is as it was" "$limit" '^[1-9][0-9]*$'
  fi
  # shellcheck disable=SC2086
  refused "of another kind" "pinfold: /proc/$bare/ns/uts is no net namespace (--net join:/proc/$bare/ns/uts)
  hint: network.mode takes one like /proc/PID/ns/net" --net join:/proc/$bare/ns/uts $roomy
  first=$bare
  bare unshare -Urnu
  # shellcheck disable=SC2086
  refused "of two processes" "pinfold: /proc/$bare/ns/net belongs to another user namespace than what is joined besides (--net join:/proc/$bare/ns/net)
  hint: a process is in one user namespace: join them all from the same process" \
    --set namespaces.uts=join:/proc/$first/ns/uts --net join:/proc/$bare/ns/net $roomy
  kill $bare
  bare unshare -Ur unshare -Urn
  # shellcheck disable=SC2086
  refused "in a user namespace of a user namespace" "pinfold: /proc/$bare/ns/net belongs to a user namespace inside of another one (--net join:/proc/$bare/ns/net)
  hint: join that of a process whose user namespace was made from here" --net join:/proc/$bare/ns/net $roomy
  kill $bare
  kill $first
else
  skip "by path" "unshare(1) makes no user namespace here"
fi
refused "the host's own" "pinfold: /proc/self/ns/net is the host's own: to enter it takes CAP_SYS_ADMIN there (--net join:/proc/self/ns/net)
  hint: network.mode = host shares the host's without entering it" --net join:/proc/self/ns/net
if ! user readlink /proc/1/ns/uts >/dev/null 2>&1; then
  refused "another user's" "pinfold: cannot open /proc/1/ns/uts, to join it: Permission denied (--set namespaces.uts)
  hint: the process is another user's, or cannot be looked into: sandboxes of pinfold's are joined by their name" --set namespaces.uts=join:/proc/1/ns/uts
else
  skip "another user's" "process 1 can be looked into here"
fi
refused "none" "pinfold: cannot open /proc/self/ns/nothing, to join it: No such file or directory (--set namespaces.ipc)
  hint: it is the path of a namespace of a living process, like /proc/PID/ns/ipc" --set namespaces.ipc=join:/proc/self/ns/nothing
user mkfifo "$T/fifo"
refused "a FIFO, which nobody writes to" "pinfold: $T/fifo is no net namespace (--net join:$T/fifo)
  hint: network.mode takes one like /proc/PID/ns/net" --net "join:$T/fifo"

# --- root

if [ "$(id -u)" = 0 ] && [ "$(awk '{ print $1, $2 }' /proc/self/uid_map)" = "0 0" ]; then
  mkdir -m 0700 "$T/root"
  root() { env HOME=/root PATH=/usr/bin:/bin "XDG_RUNTIME_DIR=$T/root" "$PINFOLD" "$@"; }
  root hold pod --hostname of-root
  run_rc root run --net join:pod --set namespaces.uts=join:pod --set namespaces.time-offset=boottime:5 --name other -- sh -c 'id -u; hostname'
  is "root's sandboxes, who gave up root, share too" "$rc:$out" "0:65534
of-root"
  run_rc root run --net join:pod --set identity.allow-host-root=yes -- true
  like "not with one that did not" "$rc:$err" 'pinfold: pod has other ids: its uid map has "65534 65534 1" where this one would have "0 0 1" \(--net join:pod\)$'
  root kill pod
  root hold kept --set identity.allow-host-root=yes 2>/dev/null
  run_rc root run --net join:kept -- true
  is "nor the other way" "$rc:$err" "125:pinfold: cannot enter the user namespace of kept: Operation not permitted (--net join:kept)
  hint: it is another user's, or root's who did not give up root for it"
  root kill kept
else
  skip "root's sandboxes" "needs root"
fi
done_testing
