#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# join.sh - who joins one namespace of a sandbox reaches nothing else of it: not its processes, files, names or memory, also
# with capabilities over the user namespace that both are in; nor does the other reach him.
#
# Control: bare, or without what keeps them apart, each attempt goes through.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'mkdir -m 0700 "$T/run" && mkfifo "$T/up"'
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
ps_init() { pf ps --long | awk -v n="$1" '$1 == n { getline; sub(",", "", $2); print $2 }'; }

# A victim with a secret in its memory, its files, its shared memory.
pf run --name victim --detach --hostname victim --env SECRET=hidden --rw "$T:/t" --ro "$FIX:/fix" -- sh -c 'echo secret >/tmp/file
  command -v ipcmk >/dev/null && ipcmk -M 4096 >/dev/null; /bin/sleep 600 & echo $! >/dev/shm/pid; echo up >/t/up; wait'
timeout 20 cat "$T/up" >/dev/null
init=$(ps_init victim)
victim=$(pgrep -P "$init" | head -n 1)
sleeper=$(pgrep -P "$victim" | head -n 1)
attempts() {
  for _pid; do
    echo "signal=$_pid ptrace=$_pid vm-readv=$_pid vm-writev=$_pid pidfd-getfd=$_pid prlimit=$_pid read=/proc/$_pid/environ read=/proc/$_pid/maps
      write=/proc/$_pid/mem list=/proc/$_pid/fd readlink=/proc/$_pid/exe readlink=/proc/$_pid/cwd chdir=/proc/$_pid/root list=/proc/$_pid/root/tmp"
  done
}
# shellcheck disable=SC2046 # words
run_rc user "$FIX/attempt" "signal=$sleeper" "read=/proc/$sleeper/environ" "list=/proc/$sleeper/root/tmp"
is "bare, its process can be signalled and looked into" "$(printf '%s\n' "$out" | grep -c ': ok$')" 3

all="--net join:victim --set namespaces.uts=join:victim --set namespaces.ipc=join:victim"
for how in "--net join:victim" "$all" "$all --set capabilities.keep=kill --set capabilities.keep=sys_ptrace --set capabilities.keep=sys_admin" \
  "$all --set filesystem.proc=minimal"; do
  # Numbers of the host's, and all that the victim's own namespace could give.
  # shellcheck disable=SC2046,SC2086
  run_rc pf run $how --ro "$FIX:/fix" -- /fix/attempt $(attempts "$init" "$victim" "$sleeper")
  is "$how: its processes are not there" "$rc:$(printf '%s\n' "$out" | grep -c ': ok$')" 0:0
  # shellcheck disable=SC2086
  run_rc pf run $how -- sh -c 'cat /proc/[0-9]*/comm; cat /proc/[0-9]*/environ | tr "\0" "\n" | grep SECRET; ls /tmp /dev/shm; kill -0 -1 2>/dev/null && echo others'
  unlike "nor seen in /proc, nor anything of its files" "$out" 'sleep|SECRET|file|pid|others'
  # Is it the joiner that could be reached? The same the other way round.
  # shellcheck disable=SC2086
  run_rc pf run $how -- sh -c 'ls -l /proc/self/fd /proc/1/fd 2>/dev/null | grep -E "(user|mnt|pid|ipc|uts|net|cgroup|time):"'
  is "nor does it have a descriptor of a namespace" "$out" ""
done
is "it is alive, and what it was" "$(pf ps | awk '$1 == "victim" { print $6 }')" sh

# Names and shared memory are not joined with the network; the ones that are can be changed by who keeps the capability, no others.
run_rc pf run --net join:victim --set capabilities.keep=sys_admin --set seccomp.allow=sethostname --ro "$FIX:/fix" -- sh -c '/fix/attempt sethostname; hostname; sed 1d /proc/sysvipc/shm'
is "with the network alone, a name that is set is one's own" "$out" "sethostname: ok
pinfold-attempt"
is "and not the other's" "$(pf run --set namespaces.uts=join:victim -- hostname)" victim
run_rc pf run --set namespaces.uts=join:victim --set seccomp.allow=sethostname --ro "$FIX:/fix" -- /fix/attempt sethostname
like "without a capability a name that is joined cannot be set" "$out" '^sethostname: E'
run_rc pf run --set namespaces.uts=join:victim --set capabilities.keep=sys_admin --set seccomp.allow=sethostname --ro "$FIX:/fix" -- /fix/attempt sethostname
is "with one it can: it is the pod's" "$out:$(pf run --set namespaces.uts=join:victim -- hostname)" "sethostname: ok:pinfold-attempt"
if have ipcmk; then
  is "shared memory is with ipc" "$(pf run --set namespaces.ipc=join:victim -- sed 1d /proc/sysvipc/shm | wc -l)" 1
  is "and not without" "$(pf run --net join:victim --set namespaces.uts=join:victim -- sed 1d /proc/sysvipc/shm | wc -l)" 0
else
  skip "shared memory" "ipcmk is not installed"
fi
# shellcheck disable=SC2086
run_rc pf run $all -- sh -c 'unshare -U true 2>/dev/null && echo made; echo tried'
is "there is no user namespace to be had" "$out" tried

# The other way round: what was there first, with capabilities, sees nothing of who joins.
pf kill victim KILL
pf run --name strong --detach --set capabilities.keep=kill --set capabilities.keep=sys_ptrace --set capabilities.keep=sys_admin \
  --rw "$T:/t" --ro "$FIX:/fix" -- sh -c 'read -r a </t/up; /fix/attempt $a >/t/found; echo done >/t/up'
pf run --name guest --detach --set namespaces.ipc=join:strong --net join:strong --set namespaces.uts=join:strong -- /bin/sleep 600
guest=$(ps_init guest)
inside=$(pgrep -P "$guest" | head -n 1)
user sh -c 'echo "$1" >"$T/up"' sh "$(attempts "$guest" "$inside" | tr '\n' ' ')"
timeout 20 cat "$T/up" >/dev/null
is "every attempt on the guest was made" "$(wc -l <"$T/found")" "$(attempts "$guest" "$inside" | tr -s ' ' '\n' | grep -c =)"
is "and none went through" "$(grep -c ': ok$' "$T/found")" 0
is "the guest lives" "$(pf ps | awk '$1 == "guest" { print $6 }')" /bin/sleep
pf kill guest KILL

# Not the user's to join: a sandbox of another user's.
if [ "$(id -u)" = 0 ]; then
  mkdir -m 0700 "$T/root"
  env HOME=/root PATH=/usr/bin:/bin "XDG_RUNTIME_DIR=$T/root" "$PINFOLD" hold roots
  pid=$(env HOME=/root PATH=/usr/bin:/bin "XDG_RUNTIME_DIR=$T/root" "$PINFOLD" ps --long | awk '$1 == "roots" { getline; sub(",", "", $2); print $2 }')
  run_rc user env "XDG_RUNTIME_DIR=$T/root" "$PINFOLD" run --net join:roots -- true
  is "by name" "$rc:$out" 125:
  run_rc pf run --net "join:/proc/$pid/ns/net" -- true
  like "by path" "$rc:$err" "^125:pinfold: cannot open /proc/$pid/ns/net, to join it: Permission denied"
  env HOME=/root PATH=/usr/bin:/bin "XDG_RUNTIME_DIR=$T/root" "$PINFOLD" kill roots
  # One that is bound to a path that he can open: the user namespace is not his.
  if have mount && have unshare; then
    : >"$T/net"
    unshare -Un sleep 600 &
    holder=$!
    timeout 20 sh -c 'until [ "$(readlink /proc/$0/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done' $holder
    if mount --bind /proc/$holder/ns/net "$T/net" 2>/dev/null; then
      run_rc pf run --net "join:$T/net" -- true
      is "by a path that is open to all: 125" "$rc:$out" 125:
      like "and why" "$err" '^pinfold: cannot enter the user namespace of .*: Operation not permitted'
      umount "$T/net"
    else
      skip "by a path that is open to all" "cannot mount"
    fi
    kill $holder
  fi
else
  skip "a sandbox of another user's" "needs root"
fi

# By path the other is no sandbox, and its root may see us: the processes that join are in its user namespace, and for a
# moment still on the host. He looks into each that he can, where the host's home is hidden from himself.
if have python3 && user unshare -Urnm true 2>/dev/null; then
  user sh -c 'mkdir "$T/hidden" && echo SECRET >"$T/hidden/it" && mkfifo "$T/spying" && cat >"$T/spy.py"' <<'EOF'
import os, sys, time
hidden, ready, stop = sys.argv[1:]
os.system("mount -t tmpfs none " + hidden)
seen = 0
open(ready, "w").write("up\n")
while not os.path.exists(stop):
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        try:
            with open(f"/proc/{pid}/root{hidden}/it") as file:
                seen += "SECRET" in file.read()
        except OSError:
            pass
print("seen" if seen else "not seen", flush=True)
EOF
  # spied HOW COMMAND..: runs it often, while he looks
  spied() {
    rm -f "$T/stop"
    "$AS_USER" unshare -Urnm python3 "$T/spy.py" "$T/hidden" "$T/spying" "$T/stop" >"$T/spied" 2>&1 &
    spy=$!
    user timeout 30 sh -c 'read -r x <"$T/spying"'
    "$@"
    user touch "$T/stop"
    timeout 30 tail --pid=$spy -f /dev/null
    wait $spy
  }
  # Control: somebody who enters his namespaces as anybody does is looked into.
  bare() { user nsenter -t "$spy" -U -n --preserve-credentials sleep 1; }
  joins() { _i=0; while [ "$_i" -lt 20 ]; do _i=$((_i + 1)); run_rc pf run --map root --set namespaces.nested=full --net "join:/proc/$spy/ns/net" -- true; done; }
  if have nsenter; then
    spied bare
    is "bare, who enters his user namespace is looked into" "$(cat "$T/spied")" seen
  fi
  spied joins
  is "a sandbox that joins him runs" "$rc:$err" 0:
  is "and none of its processes is looked into on the host" "$(cat "$T/spied")" "not seen"
else
  skip "root of what is joined by path" "python3 is not installed, or unshare(1) makes no user namespaces"
fi
done_testing
