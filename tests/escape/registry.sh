#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# registry.sh - a program reaches no supervisor, its own or another's, whatever is granted: who does can end what runs under
# it, and more.
#
# Control: bare, the same attempt lists the sandboxes and ends one.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkdir -m 0700 "$T/run"
export XDG="$T/run"
pf() { user env "XDG_RUNTIME_DIR=$XDG" "$PINFOLD" "$@"; }
start() { pf run --name victim --detach -- sleep 600; }
alive() { pf ps | awk '$1 == "victim" { print "alive" }'; }
bin=$(dirname "$PINFOLD")
# By pinfold itself, by files, and by moving what is above out of the way.
attempt='export XDG_RUNTIME_DIR=$1 PINFOLD_DATADIR=$2
  "$3" ps | sed 1d; "$3" kill victim KILL; ls "$1/pinfold/run"
  mv "$1/pinfold" "$1/away" 2>/dev/null; mv "$1" "$1.away" 2>/dev/null; ls "$1.away/pinfold/run" "$1/away/run" 2>/dev/null
  mkdir -p "$1/pinfold/run" 2>/dev/null && : >"$1/pinfold/run/planted.lock"; echo tried'

start
like "bare, it is listed and its files are seen" "$(user sh -c "$attempt" sh "$T/run" "$PINFOLD_DATADIR" "$PINFOLD" 2>/dev/null)" '^victim '
user rm -rf "$T/run" "$T/run.away"
user mkdir -m 0700 "$T/run"

for grant in "--rw $T" "--rw $T/run" "--ro $T" "--ro $T/run" "--overlay $T:$T" "--rw $T --net host"; do
  [ "$(alive)" ] || start
  # shellcheck disable=SC2086 # words
  run_rc pf run $grant --ro "$bin" --ro "$PINFOLD_DATADIR" -- /bin/sh -c "$attempt" sh "$T/run" "$PINFOLD_DATADIR" "$PINFOLD"
  if [ "$rc" = 125 ]; then skip "$grant" "$err"; continue; fi
  is "$grant: the program sees nothing" "$rc:$out" 0:tried
  is "and ends nothing" "$(alive)" alive
  is "nor plants anything" "$(find "$T" -name 'planted*' 2>/dev/null)" ""
done
run_rc pf run --rw "$T" --set namespaces.nested=full -- true
is "with nested = full, which could undo the mask, the grant is refused" "$rc" 125
run_rc pf run --rw "$T/run/pinfold" -- true
is "granting the directory by name is refused" "$rc" 125
run_rc pf run --rw "$T/run/pinfold/run" -- true
is "what is in it too" "$rc" 125

# A name of the program's own does not open the way to itself.
run_rc pf run --name self --rw "$T" --ro "$bin" --ro "$PINFOLD_DATADIR" -- /bin/sh -c \
  'XDG_RUNTIME_DIR=$1 PINFOLD_DATADIR=$2 "$3" ps | sed 1d; ls -l /proc/self/fd | grep -c -E "(socket|user|mnt|pid|ipc|uts|net|cgroup|time):"; echo ran' sh "$T/run" "$PINFOLD_DATADIR" "$PINFOLD"
is "nor has a program with a name a descriptor of a namespace or socket" "$rc:$(printf '%s' "$out" | tr '\n' ,)" "0:0,ran"

# Without XDG_RUNTIME_DIR it is in /tmp, which is granted more often.
tmp=/tmp/pinfold-$PINFOLD_TEST_UID
user env -u XDG_RUNTIME_DIR "$PINFOLD" run --name intmp --detach -- sleep 600
for xdg in "" "XDG_RUNTIME_DIR=$T/run"; do
  run_rc user env -u XDG_RUNTIME_DIR ${xdg:+"$xdg"} "$PINFOLD" run --rw /tmp -- /bin/sh -c 'ls "$1/run"; mv "$1" "$1.x"; echo x >"$1/planted"; echo tried' sh "$tmp"
  is "a grant of /tmp does not show it${xdg:+, nor with another one in use}" "$rc:$out:$(ls "$tmp")" 0:tried:run
done
is "it is still there" "$(user env -u XDG_RUNTIME_DIR "$PINFOLD" ps | awk 'NR > 1 { print $1 }')" intmp
user env -u XDG_RUNTIME_DIR "$PINFOLD" kill intmp KILL
user rm -rf "$tmp"

# The mask does not see a bind mount of the administrator's. Then the socket can be connected to; but who is in another user
# namespace is not served.
if [ "$(id -u)" = 0 ] && user mkdir "$T/alias" && mount --bind "$T/run" "$T/alias" 2>/dev/null; then
  [ "$(alive)" ] || start
  is "bare, the alias shows it" "$(user env "XDG_RUNTIME_DIR=$T/alias" "$PINFOLD" ps | awk 'NR > 1 { print $1 }')" victim
  run_rc pf run --rw "$T/alias" --ro "$bin" --ro "$PINFOLD_DATADIR" -- /bin/sh -c 'export XDG_RUNTIME_DIR=$1 PINFOLD_DATADIR=$2
    ls "$1/pinfold/run"; "$3" kill victim; "$3" kill victim KILL; echo "$?"' sh "$T/alias" "$PINFOLD_DATADIR" "$PINFOLD"
  like "inside, through it, the socket is there" "$out" '^victim.sock$'
  like "who asks is no caller's process" "$err" 'is not for somebody in another user namespace|is no supervisor'
  is "and the sandbox lives" "$(alive)" alive
  umount "$T/alias"
else
  skip "a bind mount of the administrator's" "needs root and mount"
fi
pf kill victim KILL

# The other way round: a program that can write where the names are makes one of its own, and listens. Its runtime directory is
# not the caller's of that moment, so the mask is elsewhere. Who then asks by that name must not talk to it, or it would have what
# is typed. Control: what answers is there, with the lock, and ps believes it.
if have python3; then
  user sh -c 'mkdir -m 0700 "$T/other" "$T/other/pinfold" "$T/other/pinfold/run" "$T/none2" && cat >"$T/other/trap.py"' <<'EOF'
import fcntl, os, socket, struct, sys, time
os.chdir(sys.argv[1])
lock = os.open("trap.lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.lockf(lock, fcntl.LOCK_EX, 1)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind("trap.sock")
listener.listen(8)
open("../../up", "w").write("up\n")
while True:
    connection, _ = listener.accept()
    got = connection.recv(65536)
    open("../../got", "a").write("%d bytes\n" % len(got))
EOF
  "$AS_USER" env "XDG_RUNTIME_DIR=$T/none2" "$PINFOLD" run --rw "$T/other" -- python3 "$T/other/trap.py" "$T/other/pinfold/run" >"$T/trap.log" 2>&1 &
  trap_pid=$!
  timeout 30 sh -c 'until [ -s "$T/other/up" ]; do :; done'
  is "a program inside has an entry" "$(user env "XDG_RUNTIME_DIR=$T/other" "$PINFOLD" ps | awk 'NR > 1 { print $1 }')" trap
  for command in "enter trap -- true" "kill trap" "wait trap" "run --net join:trap -- true"; do
    # shellcheck disable=SC2086 # words
    run_rc user timeout 60 env "XDG_RUNTIME_DIR=$T/other" "$PINFOLD" $command
    is "and pinfold $command does not talk to it: 125" "$rc" 125
    like "and says why" "$err" 'is no supervisor from where we are'
  done
  is "nothing was said to it" "$(grep -v '^0 bytes' "$T/other/got" 2>/dev/null)" ""
  kill -9 $trap_pid
  wait $trap_pid
else
  skip "a name that a program made" "python3 is not installed"
fi

done_testing
