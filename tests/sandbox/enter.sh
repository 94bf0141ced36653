#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# enter.sh - another program in a running sandbox: what it gets is what the first one got, and how it ends.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'mkdir -m 0700 "$T/run" && mkdir "$T/shared" && mkfifo "$T/shared/up" "$T/shared/go"'
pf() { user env "XDG_RUNTIME_DIR=$T/run" TERM=dumb "$PINFOLD" "$@"; }
# Where a program of the background is needed: $! is pinfold's.
pf_behind() { exec "$AS_USER" env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
trap 'for n in $(pf ps 2>/dev/null | awk "NR > 1 { print \$1 }"); do pf kill "$n" KILL 2>/dev/null; done; _cleanup' EXIT

# --- the battery: what a process can find out about itself, in the first program and in one that is entered with

cat >"$T/shared/look" <<'EOF'
cd "$1" && {
  # NSpgid and NSsid are numbers of the process; SigQ counts what the user has pending anywhere.
  grep -E '^(Umask|Uid|Gid|Groups|Kthread|Sig(Pnd|Blk|Ign|Cgt)|ShdPnd|Cap|NoNewPrivs|Seccomp|Speculation|Cpus_allowed_list|Mems_allowed_list|THP)' /proc/self/status
  echo "personality $(cat /proc/self/personality 2>&1)"
  cat /proc/self/limits /proc/self/timens_offsets /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups /proc/self/oom_score_adj
  cat /proc/self/mountinfo
  for ns in /proc/self/ns/*; do echo "$ns $(readlink "$ns")"; done
  # A keyring of the session each; what they are called, since keys have numbers.
  sed 's/.*keyring//' /proc/keys 2>&1 | sort -u
  cat /proc/self/cgroup
  readlink /proc/self/cwd /proc/self/root
  umask
  ulimit -a
  hostname
  env | sort | grep -v '^_='
  for fd in /proc/self/fd/*; do echo "descriptor $fd"; done
  cut -d ' ' -f 19 /proc/self/stat
} >"$2" 2>&1
EOF
user chmod 755 "$T/shared/look"

# battery DESC NAME OPTION..: both look, by the same command
battery() {
  _what=$1 _name=$2
  shift 2
  run_rc pf run --name "$_name" --detach --rw "$T/shared:/shared" "$@" -- \
    sh -c 'sh /shared/look . /shared/first; echo up >/shared/up; read -r x </shared/go'
  is "$_what: it runs" "$rc:$err" 0:
  [ "$rc" = 0 ] || return 0
  # Its own end of the pipe must be open for nobody but it, so with a deadline of its own.
  user timeout 30 sh -c 'read -r x <"$T/shared/up"'
  run_rc pf enter "$_name" -- sh /shared/look . /shared/second
  is "$_what: entered" "$rc:$out$err" 0:
  is "$_what: the second program gets what the first one got" "$(diff "$T/shared/first" "$T/shared/second")" ""
  like "$_what: and that is not nothing" "$(cat "$T/shared/first")" '^NoNewPrivs:.1$'
  pf_go "$_name"
}
pf_go() {
  user timeout 30 sh -c 'echo go >"$T/shared/go"'
  run_rc pf wait "$1"
}

mdwe='memory-deny-write-execute = yes'
if ! user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- true 2>/dev/null; then
  mdwe=
  skip "with a strict profile: memory-deny-write-execute" "the kernel has no PR_SET_MDWE"
fi
cat >"$T/strict.ini" <<EOF
[capabilities]
keep = net_bind_service

[limits]
open-files = 77
pids = 40
nice = 3
cpuset = 0

[namespaces]
time-offset = boottime:86400

[process]
umask = 0027
$mdwe

[seccomp]
deny = ptrace
EOF
user sh -c 'cp "$1" "$T/shared/strict.ini"' sh "$T/strict.ini" 2>/dev/null || cp "$T/strict.ini" "$T/shared/strict.ini"

battery "by default" d
battery "as root inside" r --map root
if [ "$SUBIDS" = yes ]; then battery "with subordinate ids" s --map subids; else skip "with subordinate ids" "$SUBIDS"; fi
battery "with the host's network" n --net host
battery "nested = full" f --set namespaces.nested=full
battery "with a strict profile" t -p "$T/shared/strict.ini"

# Not in /proc: the filter, and Landlock. The same attempts, of which each says how it ended.
tries='ptrace keyctl io-uring mount-tmpfs mount-proc umount pivot-root chroot bpf perf userfaultfd kexec reboot syslog acct open-by-handle setuid sethostname adjtimex swapon'
run_rc pf run --name a --detach --ro "$FIX:/fix" -- sleep 600
is "a sandbox to attempt things in" "$rc" 0
# shellcheck disable=SC2086 # words
run_rc pf run --ro "$FIX:/fix" -- /fix/attempt $tries
first=$out
# shellcheck disable=SC2086 # words
run_rc pf enter a -- /fix/attempt $tries
is "what is refused to a first program is refused to a second one" "$out" "$first"
like "and something is" "$out" ': EPERM$'

# --- ends

run_rc pf enter a -- sh -c 'exit 7'
is "its exit code comes through" "$rc" 7
run_rc pf enter a -- sh -c 'kill -TERM $$'
is "a signal is 128 and its number" "$rc" 143
run_rc pf enter a -- nosuch
is "a program that is not there: 127" "$rc" 127
like "with pinfold's words" "$err" '^pinfold: nosuch: not found in the sandbox$'
run_rc pf enter a -- /etc
is "one that cannot be executed: 126" "$rc" 126
for signal in 2 3; do
  is "signal $signal is re-raised" "$(user env "XDG_RUNTIME_DIR=$T/run" "$FIX/status" "$PINFOLD" enter a -- sh -c "ulimit -c 0; kill -$signal \$\$")" "signal $signal"
done

# --- words

run_rc pf enter
is "no name: 125" "$rc" 125
like "which says how" "$err" 'pinfold enter NAME -- PROGRAM'
run_rc pf enter a
is "no program: 125" "$rc" 125
like "which says how, too" "$err" 'pinfold enter a -- PROGRAM'
run_rc pf enter nosuch -- true
is "no such sandbox: 125" "$rc:$err" "125:pinfold: there is no sandbox called nosuch
  hint: pinfold ps lists those that are running"
run_rc pf enter a --nope -- true
is "an option that there is not: 125" "$rc" 125
like "is named" "$err" 'unknown option --nope'
run_rc pf enter --chdir /usr a pwd
is "options stand before the name" "$rc:$out" 0:/usr
run_rc pf enter a --chdir /usr/bin pwd
is "or behind it" "$rc:$out" 0:/usr/bin
run_rc pf enter a -- echo --chdir -- x
is "what is behind those is the program's" "$rc:$out" "0:--chdir -- x"
run_rc pf enter a --chdir /nowhere -- pwd
is "a directory that is not there: 125" "$rc" 125
like "is named, and where it is looked for" "$err" 'cannot start the program in /nowhere: .*inside the sandbox|/nowhere'
run_rc pf enter a -- printf '[%s]' '' 'a b' "$(printf 'c\nd')" ''
is "empty words and such with spaces come through" "$out" "[][a b][c
d][]"
long=$(head -c 100000 /dev/zero | tr '\0' x)
run_rc pf enter a -- sh -c 'echo ${#1}' sh "$long"
is "and long ones" "$rc:$out" 0:100000

# --- its input and output are ours

run_rc user sh -c 'printf "a\nb\n" | "$@" | tr a-z A-Z' sh env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" enter a -- cat
is "pipes" "$out" "A
B"
run_rc user sh -c '"$@" | head -n 1' sh env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" enter a -- yes
is "who writes to a pipe that nobody reads is ended by that" "$out" y
run_rc pf enter a -- sh -c 'echo out; echo err >&2'
is "standard output and error are two" "$out:$err" "out:err"
run_rc user sh -c 'exec <&- >&-; exec env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" enter a -- sh -c "cat; echo x; exit 4"'
is "closed ones do not matter" "$rc" 4
run_rc user sh -c 'exec env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" enter a -- ls <"$T"'
is "a directory of the host as one: 125" "$rc" 125
like "and says why" "$err" 'descriptor 0 is a directory of the host'

# --- signals, to it and through its terminal

for terminal in "" -n -i; do
  for signal in 1 2 10 15; do
    for answer in ignore handle default; do
      case $answer:$signal in ignore:*) want="exit: 9" ;; handle:*) want="exit: 7" ;; *:2) want="signal: 2 exit: 130" ;; *) want="exit: $((128 + signal))" ;; esac
      # shellcheck disable=SC2086 # words
      run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/pty" $terminal -s "$signal,28" "$PINFOLD" enter a -- /fix/answer $answer $signal
      is "${terminal:-a terminal}: signal $signal, which the program would $answer" \
        "$(printf '%s\n' "$out" | tr -d '\r' | sed -n '/^signal: \|^exit: /p' | paste -s -d ' ' -)" "$want"
    done
  done
done
run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/pty" "$PINFOLD" enter a -- sh -c 'tty; tty </dev/tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all'
like "on a terminal it has one of the sandbox's" "$out" '^/dev/pts/[0-9]'
like "as all three" "$out" '^all'
run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/pty" -k "$PINFOLD" enter a -- sh -c 'trap "echo key; exit 3" INT; echo READY; while :; do sleep 0.1; done'
like "the interrupt key is the program's" "$out" '^key'
like "which answers" "$out" '^exit: 3'
run_rc user env "XDG_RUNTIME_DIR=$T/run" TERM=vt100 "$FIX/pty" "$PINFOLD" enter a -- sh -c 'echo "term $TERM"'
like "it is told what kind of terminal that is" "$out" '^term vt100'

# --- one by one and many at once: nothing is left of them

sup=$(pf ps --json | python3 -c 'import json, sys; print([e["supervisor"] for e in json.load(sys.stdin)["sandboxes"] if e["name"] == "a"][0])' 2>/dev/null)
children() { user cat "/proc/$sup/task/$sup/children" 2>/dev/null | wc -w; }
if [ -n "$sup" ] && [ -e "/proc/$sup/task/$sup/children" ]; then
  before=$(children)
  open=$(user ls "/proc/$sup/fd" | wc -l)
  run_rc user sh -c 'i=0; while [ $i -lt 20 ]; do i=$((i + 1)); env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" enter a -- sh -c "exit $i" & pids="$pids $!"; done; i=0; for p in $pids; do i=$((i + 1)); wait $p; [ $? = $i ] || echo "$i: $?"; done'
  is "twenty at once, each with its own end" "$out$err" ""
  # The last one may still be waited for: one more, and its answer, come after that.
  pf enter a -- true
  settle() { _end=$(($(date +%s) + 20)); until [ "$(children)" = "$before" ] || [ "$(date +%s)" -gt $_end ]; do :; done; }
  settle
  is "none of their processes is left" "$(children)" "$before"
  is "nor a descriptor" "$(user ls "/proc/$sup/fd" | wc -l)" "$open"
else
  skip "nothing is left of many" "the kernel has no /proc/PID/task/TID/children"
fi

# Who entered is killed: so is his program, which ignores all else and has a child in its group.
user sh -c 'cat >"$T/shared/stay"' <<'EOF'
trap '' HUP INT TERM
sleep 600 &
echo up >/shared/up
wait
EOF
run_rc pf run --name k --detach --rw "$T/shared:/shared" -- sleep 600
(pf_behind enter k -- sh /shared/stay) &
client=$!
user timeout 30 sh -c 'read -r x <"$T/shared/up"'
like "it runs" "$(pf enter k -- ps ax 2>/dev/null || pf enter k -- sh -c 'cat /proc/[0-9]*/cmdline | tr "\0" " "')" 'shared/stay'
kill -9 $client
wait $client
gone() { ! pf enter k -- sh -c 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\0" " "' | grep -q 'shared/stay'; }
_end=$(($(date +%s) + 20))
until gone || [ "$(date +%s)" -gt $_end ]; do :; done
ok "with who entered his program is gone" gone
is "and the sandbox goes on" "$(pf ps | awk '$1 == "k" { print $NF }')" 600

# So it is when the process between is killed alone.
sup=$(pf ps --json | python3 -c 'import json, sys; print([e["supervisor"] for e in json.load(sys.stdin)["sandboxes"] if e["name"] == "k"][0])')
between() {
  # shellcheck disable=SC2013 # words
  for p in $(cat "/proc/$sup/task/$sup/children"); do [ "$(cat "/proc/$p/comm")" != pinfold-join ] || echo "$p"; done
}
if [ -e "/proc/$sup/task/$sup/children" ]; then
  (pf_behind enter k -- sh /shared/stay) 2>"$T/told" &
  client=$!
  user timeout 30 sh -c 'read -r x <"$T/shared/up"'
  kill -9 "$(between)"
  rc=0
  wait $client || rc=$?
  is "the process between is killed: 125" "$rc" 125
  like "and who entered is told" "$(cat "$T/told")" '^pinfold: the supervisor of k was killed, or its process'
  _end=$(($(date +%s) + 20))
  until gone || [ "$(date +%s)" -gt $_end ]; do :; done
  ok "and the program with it" gone
else
  skip "the process between is killed" "the kernel has no /proc/PID/task/TID/children"
fi

# The supervisor is stopped: who waits for it can be ended.
kill -STOP "$sup"
(pf_behind enter k -- true) 2>"$T/told" &
client=$!
timeout 20 sh -c 'until grep -q poll "/proc/$1/wchan"; do :; done' sh $client
kill -TERM $client
rc=0
wait $client || rc=$?
kill -CONT "$sup"
is "a signal ends who waits to enter, as it would have ended his program" "$rc" 143
run_rc pf enter k -- sh -c 'exit 4'
is "and the sandbox can be entered again" "$rc" 4

# The sandbox ends: so does all that was entered with, and he is told.
ends() {
  _how=$1
  shift
  (pf_behind enter k -- sh /shared/stay) 2>"$T/told" &
  client=$!
  user timeout 30 sh -c 'read -r x <"$T/shared/up"'
  "$@"
  rc=0
  wait $client || rc=$?
}
ends "kill" pf kill k
is "the first program ends: 128 and KILL" "$rc" 137
run_rc pf wait k
run_rc pf run --name k --detach --rw "$T/shared:/shared" -- sleep 600
sup=$(pf ps --json | python3 -c 'import json, sys; print([e["supervisor"] for e in json.load(sys.stdin)["sandboxes"] if e["name"] == "k"][0])')
ends "supervisor" user kill -9 "$sup"
like "the supervisor is killed: he is told, or it counts as killed" "$rc:$(cat "$T/told")" '^(137:|125:pinfold: the supervisor of k was killed)'
run_rc pf hold k --rw "$T/shared:/shared"
ends "hold" pf kill k
is "so with one that is held" "$rc" 137

# A limit of the whole sandbox counts for it too.
run_rc pf run --name w --detach --wall 2s --rw "$T/shared:/shared" -- sleep 600
(pf_behind enter w -- sh /shared/stay) 2>"$T/told" &
client=$!
user timeout 30 sh -c 'read -r x <"$T/shared/up"'
rc=0
wait $client || rc=$?
is "the wall time of the sandbox ends what was entered with" "$rc" 137

# A sandbox without /proc or devices can be entered too.
run_rc pf hold bare --set filesystem.proc=none --set filesystem.devices=none
if [ "$rc" = 0 ]; then
  run_rc pf enter bare -- sh -c 'echo hello; exit 5'
  is "without /proc and devices" "$rc:$out" 5:hello
  run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/pty" "$PINFOLD" enter bare -- sh -c '[ -t 0 ] && echo terminal'
  like "and on a terminal" "$out" '^terminal'
else
  is "a sandbox without /proc and devices" "$err" ""
fi

# The reports on denied calls are the first program's; who enters is refused what it is asked about.
run_rc pf run --trace-denied --name tr --detach -- sleep 600
run_rc pf enter tr -- sh -c 'exit 6'
is "a sandbox whose denied calls are reported can be entered" "$rc" 6
done_testing
