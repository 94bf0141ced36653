#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# landlock.sh - the second wall by itself: what gets round a mount finds it closed.
#
# Each way round is opened on purpose: a descriptor of the host's that is handed in, a mount flag that root takes
# away from outside, standard input. Control: the same run with mode = off, in which it works.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

run_rc user "$PINFOLD" run --set landlock.mode=require -- true
[ "$rc" = 0 ] || skip_all "there is no Landlock here that can be used: $err"

user mkdir "$T/ro" "$T/quiet" "$T/rw" "$T/secret" "$T/meet"
user sh -c 'echo SECRET >"$T/secret/file"; echo text >"$T/ro/file"; cp "$FIX/works" "$T/quiet/works"'

# --- a directory of the host's, by its descriptor (as CVE-2024-21626 has leaked one) ------------------

tries='read=secret/file write=secret/file make=secret/new list read=secret/../../../../../../etc/hostname'
# leak MODE: what a program can do with a descriptor of $T
leak() {
  rm -f "$T/meet/s"
  "$AS_USER" "$FIX/pass" give "$T/meet/s" "$T" >"$T/given" 2>&1 &
  giver=$!
  timeout 20 sh -c 'until [ -s "$T/given" ]; do :; done'
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --set "landlock.mode=$1" --ro "$T/meet:/meet" --ro "$FIX:/fix" -- /fix/pass take /meet/s $tries
  wait $giver
}
leak off
is "control: with a directory's descriptor and no wall all is open" "$(printf '%s\n' "$out" | grep -c ': ok$')" 5
rm -f "$T/secret/new"
leak auto
is "with the wall nothing is" "$out" "$(for t in $tries; do echo "$t: EACCES"; done)"
is "and nothing was made" "$(ls "$T/secret")" file
is "or changed" "$(cat "$T/secret/file")" SECRET

# --- flags of mounts that are gone ---------------------------------------------------------------------

# remount DEST FLAGS: changes a mount of the running sandbox's, from outside
if [ "$(id -u)" = 0 ] && have nsenter; then
  user mkfifo "$T/rw/up" "$T/rw/go"
  # undone MODE: runs a program that looks when the mounts have lost their flags
  undone() {
    "$AS_USER" "$PINFOLD" run --set "landlock.mode=$1" --rw "$T/rw:/rw" --ro "$T/ro:/ro" --ro "$T/quiet:/quiet:noexec" -- \
      /bin/sh -c 'echo x >/rw/up; read -r x </rw/go; (echo changed >/ro/file) && echo written; (: >/ro/new) && echo made
        (: >/new) && echo made-in-root; /quiet/works --nothing && echo executed; echo x >/rw/file && echo allowed' >"$T/undone" 2>&1 &
    supervisor=$!
    timeout 20 cat "$T/rw/up" >/dev/null
    init=$(cat "/proc/$supervisor/task/$supervisor/children")
    program=$(cat "/proc/${init%% *}/task/${init%% *}/children")
    for m in /ro:rw /quiet:exec /:rw; do
      nsenter -m -t "${program%% *}" mount -o "remount,bind,${m#*:}" "${m%:*}" 2>>"$T/remount" || echo "${m%:*}: $?" >>"$T/remount"
    done
    echo go >"$T/rw/go"
    wait $supervisor
  }
  : >"$T/remount"
  undone off
  if [ -s "$T/remount" ]; then
    skip "a mount that lost its flags" "they cannot be changed from outside: $(tr '\n' ' ' <"$T/remount")"
  else
    is "control: a mount that lost its flags is open" "$(grep -v : "$T/undone" | tr '\n' ' ')" "written made made-in-root executed allowed "
    rm -f "$T/ro/new"
    undone auto
    is "with the wall it is not" "$(grep -v : "$T/undone" | tr '\n' ' ')" "allowed "
    is "nothing was changed or made" "$(cat "$T/ro/file"; ls "$T/ro")" "changed
file"
  fi
else
  skip "a mount that lost its flags" "needs root and nsenter to take them away"
fi

# --- standard input, opened anew with other access -----------------------------------------------------

user sh -c 'echo mine >"$T/input"'
run_rc user sh -c 'exec "$PINFOLD" run --set landlock.mode=off -- /bin/sh -c "echo yours >/dev/stdin" <"$T/input"'
is "control: a file to be read can be written without the wall" "$(cat "$T/input")" yours
user sh -c 'echo mine >"$T/input"'
run_rc user sh -c 'exec "$PINFOLD" run -- /bin/sh -c "echo yours >/dev/stdin; cat /dev/stdin" <"$T/input"'
is "with it it can be read alone" "$out:$(cat "$T/input")" mine:mine
user sh -c 'echo mine >"$T/output"'
run_rc user sh -c 'exec "$PINFOLD" run --set landlock.mode=off -- /bin/sh -c "$1" >>"$T/output"' sh 'x=$(cat /proc/$$/fd/1); echo "$x" >&2'
is "control: a file to be written can be read without the wall" "$err" mine
run_rc user sh -c 'exec "$PINFOLD" run -- /bin/sh -c "$1; echo more >>/dev/stdout" >>"$T/output"' sh 'x=$(cat /proc/$$/fd/1); echo "$x" >&2'
unlike "with it it cannot" "$err" '^mine$'
is "but be written to" "$(cat "$T/output")" "mine
more"

# --- abstract sockets, where the network is the host's -------------------------------------------------

if user "$PINFOLD" explain --net host | grep -q '^  no abstract sockets of the host'; then
  user mkfifo "$T/hold"
  "$AS_USER" "$FIX/net" listen <"$T/hold" >"$T/listen" &
  listener=$!
  exec 8>"$T/hold"
  timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
  read -r where <"$T/listen"
  abstract=$(printf '%s\n' "$where" | tr ' ' '\n' | grep ^abstract=)
  run_rc user "$PINFOLD" run --net host --set landlock.mode=off --ro "$FIX:/fix" -- /fix/net connect "$abstract"
  is "control: without the wall an abstract socket of the host answers" "$out" "abstract: ok"
  for how in "" "--set namespaces.nested=full" "--map root"; do
    # shellcheck disable=SC2086
    run_rc user "$PINFOLD" run --net host $how --ro "$FIX:/fix" -- /fix/net connect "$abstract"
    is "with it it does not ${how:-by default}" "$out" "abstract: EPERM"
  done
  run_rc user "$PINFOLD" run --net host --ro "$FIX:/fix" -- /bin/sh -c 'mkfifo /tmp/h; /fix/net listen </tmp/h >/tmp/l & exec 8>/tmp/h
    until [ -s /tmp/l ]; do :; done; tr " " "\n" </tmp/l | grep ^abstract= >/tmp/w; /fix/net connect "$(cat /tmp/w)"'
  is "one of the program's own does" "$out" "abstract: ok"
  exec 8>&-
  wait $listener
else
  skip "abstract sockets of the host" "the kernel's Landlock has no scopes"
fi

# --- for good ------------------------------------------------------------------------------------------

# A wall can be made higher by whoever stands in it, never lower.
if have python3; then
  # landlock_create_ruleset 444, handling nothing of what was forbidden; entered, it takes nothing away
  run_rc user sh -c 'echo mine >"$T/input"; exec "$PINFOLD" run -- python3 -c "
import ctypes, struct
libc = ctypes.CDLL(None, use_errno=True)
attr = struct.pack(\"QQQ\", 1 << 2, 0, 0)
fd = libc.syscall(444, attr, 8, 0)
root = __import__(\"os\").open(\"/\", 0o10000000)
libc.syscall(445, fd, 1, struct.pack(\"=Qi\", 1 << 2, root), 0)
print(libc.syscall(446, fd, 0))
try:
    open(\"/dev/stdin\", \"w\").write(\"yours\")
except OSError as e:
    print(e.strerror)
" <"$T/input"'
  is "rules of the program's own open nothing" "$out:$(cat "$T/input")" "0
Permission denied:mine"
else
  skip "rules of the program's own open nothing" "python3 is not installed"
fi
done_testing
