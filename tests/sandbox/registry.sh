#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# registry.sh - sandboxes with a name: run --name, --detach and --log, hold, ps, kill, wait, and what is left of them.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# A registry of this script's own. Nothing here waits by the clock: --detach comes back when the program runs, wait when it
# has ended, and kill KILL when all of it has.
user sh -c 'mkdir -m 0700 "$T/run" && mkfifo "$T/up"'
dir=$T/run/pinfold/run
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
# ask NAME: waits for it in the background, as $w, and comes back when it has asked and sleeps until it is answered.
ask() {
  "$AS_USER" env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" wait "$1" 2>"$T/wait.err" &
  w=$!
  _end=$(($(date +%s) + 20))
  until grep -q poll "/proc/$w/wchan" || [ "$(date +%s)" -gt $_end ]; do :; done
}
# asked DESC CODE: how that ended
asked() {
  rc=0
  wait $w || rc=$?
  is "$1" "$rc" "$2"
}
start() { pf run --name "$1" --detach -- sleep 600; }
files() { for f in "$dir"/*; do [ ! -e "$f" ] || printf '%s ' "${f##*/}"; done; }
names() { pf ps | awk 'NR > 1 { print $1 }' | tr '\n' ' '; }
field() { pf ps | awk -v n="$1" -v f="$2" '$1 == n { print $f }'; }

run_rc pf ps
is "nothing runs: a head and nothing else" "$rc:$out" "0:NAME  PID  UPTIME  MEMORY  PROFILE  COMMAND"
is "and no directory was made for that" "$(ls "$T/run")" ""
run_rc user "$PINFOLD" run -- true
is "nor for a run without a name" "$rc:$(ls "$T/run")" 0:

# --- a name

run_rc pf run --name a -- sh -c 'exit 3'
is "a program with a name ends as without" "$rc:$out$err" 3:
is "and nothing is left" "$(ls "$dir")" ""
is "the directories are the user's alone" "$(stat -c %a "$T/run/pinfold" "$dir" | tr '\n' ' ')" "700 700 "

ok "in the background it comes back when the program runs" start a
pid=$(field a 2)
is "ps lists it" "$(names)" "a "
run_rc pf run --name a -- true
is "a name is one sandbox's: 125" "$rc" 125
like "and the error says whose" "$err" "^pinfold: there is a sandbox called a \\(pid $pid\\)\$"
start b
is "in the order of names" "$(names)" "a b "
is "with two files each" "$(files)" "a.lock a.sock b.lock b.sock "

run_rc pf run --name 'x/y' -- true
is "a bad name: 125" "$rc" 125
like "and the error says what a good one is" "$err" 'letters, digits'
for args in "run --detach -- true" "run --name x --log f -- true" "hold" "hold x y" "hold x -- y" "hold --name x y" "hold x --json" \
  "kill" "kill a TERM x" "kill a FRABOZ" "kill a 0" "kill a 65" "wait" "wait a b" "ps x" "ps --nope"; do
  # shellcheck disable=SC2086 # words
  run_rc pf $args
  is "pinfold $args: 125" "$rc:$out" 125:
  like "and what to do" "$err" '^  hint: '
done
is "nothing came of that" "$(names)" "a b "

# --- kill and wait

run_rc pf kill c
is "a name that nobody has: 125" "$rc" 125
like "with the nearest one" "$err" 'there is no sandbox called c$'
run_rc pf wait aa
like "and its hint" "$err" '^  hint: did you mean a\?'
ask a
w1=$w
ask a
w2=$w
run_rc pf kill a
is "kill sends TERM" "$rc:$out$err" 0:
w=$w1
asked "who waits ends as the program did" 143
w=$w2
asked "whoever else waits too" 143
is "and it is gone" "$(names)" "b "

for how in "exit 7:7" "kill -9 \$\$:137" "kill -TERM \$\$:143"; do
  pf run --name w --detach --rw "$T:/t" -- sh -c "read -r x </t/up; ${how%:*}"
  ask w
  user sh -c 'echo go >"$T/up"'
  asked "wait: ${how%:*}" "${how#*:}"
done
start w
ask w
user kill -KILL "$(field w 2)"
asked "a supervisor that was killed can tell nobody: 125" 125
like "and that is said" "$(cat "$T/wait.err")" 'the supervisor of w ended without an answer'
run_rc user env "XDG_RUNTIME_DIR=$T/run" sh -c '"$PINFOLD" run --name w --detach --set limits.wall-time=1s -- sleep 600 && "$PINFOLD" wait w'
is "a limit of time that ended it is told to who waits" "$rc" 124
like "with its name" "$err" 'ended by its limit: wall-time = 1s'
run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/status" sh -c '"$PINFOLD" run --name w --detach --set limits.wall-time=1s --set process.stop-signal=INT -- sh -c "sleep 600" && exec "$PINFOLD" wait w'
is "and who waits exits with the limit's code, not by the signal" "$out" "exit 124"

pf run --name s --detach --rw "$T:/t" -- sh -c 'trap "echo usr1 >/t/got" USR1; trap "" TERM; echo >/t/up; while :; do sleep 600 & wait; done'
user sh -c 'read -r x <"$T/up"'
for sig in USR1 usr1 SIGUSR1 10; do
  user rm -f "$T/got"
  user mkfifo "$T/got"
  ok "kill s $sig" pf kill s "$sig"
  is "reaches the program" "$(user timeout 20 cat "$T/got")" usr1
done
user rm -f "$T/got"
pf kill s TERM
is "TERM is the program's to ignore" "$(names)" "b s "
run_rc pf kill s KILL
is "KILL is nobody's" "$rc:$(names)" "0:b "

# A supervisor that does not answer.
start q
pid=$(field q 2)
user kill -STOP "$pid"
run_rc pf kill q KILL
is "KILL ends a stopped one too" "$rc:$(names):$(files)" "0:b :b.lock b.sock "

# --- the background

run_rc user env "XDG_RUNTIME_DIR=$T/run" sh -c 'cd "$T" && "$PINFOLD" run --name l --detach --log log -- sh -c "echo out; echo err >&2; readlink /proc/self/fd/0; tty; exit 5"; echo "$?"
  "$PINFOLD" wait l 2>/dev/null; cat log; stat -c %a log; cd / && rm -f "$T/log"'
like "--log takes what is written" "$out" '^out$'
like "both of it" "$out" '^err$'
like "and is the user's alone" "$out" '^600$'
like "nothing can be read" "$out" '^/dev/null$'
run_rc pf run --name l --detach --log /no/such/log -- true
is "a log that cannot be written: 125" "$rc" 125
like "and nothing ran" "$err:$(names)" 'cannot write to /no/such/log.*\(--log\).*:b $' 
run_rc pf run --name l --detach -- no-such-program
is "a program that is not there: as without --detach" "$rc:$(names)" "127:b "
like "with its message" "$err" '^pinfold: no-such-program: not found in the sandbox'
run_rc pf run --name l --detach -p judge -- judge
is "127 too" "$rc" 127
run_rc pf run --name l --detach judge
like "with the hint" "$err" 'judge is the name of a profile'
run_rc pf run --name b --detach -- true
is "a name that is taken: 125" "$rc" 125
is "what was started has a session of its own, in /" "$(pid=$(field b 2); ps -o sid= -p "$pid" | tr -d ' '):$(readlink "/proc/$(field b 2)/cwd" 2>/dev/null || user readlink "/proc/$(field b 2)/cwd")" "$(field b 2):/"
is "and holds nothing of who started it" "$(user ls -l "/proc/$(field b 2)/fd" | awk '/ (0|1|2) -> / { print $NF }' | sort -u)" /dev/null

# --- hold

run_rc pf hold h --hostname held
is "hold comes back" "$rc:$out$err" 0:
is "and is listed" "$(field h 6)" "(held)"
init=$(pf ps --long | awk '/^h / { getline; sub(",", "", $2); print $2 }')
is "with an init and nothing below it" "$(ps -o comm= -p "$init"):$(ps -o pid= --ppid "$init")" pinfold-init:
run_rc pf kill h USR1
is "a signal that ends nothing ends nothing" "$rc:$(field h 6)" "0:(held)"
ask h
pf kill h
asked "TERM ends it" 143
is "and frees its name" "$(names)" "b "
ok "its processes too" "$FIX/await" 10 "$init"
run_rc pf hold --hostname x i
is "the name may stand behind the options" "$rc:$(field i 6)" "0:(held)"
pf kill i KILL
is "KILL too" "$(names)" "b "
run_rc pf hold j --dry-run
like "--dry-run shows it" "$out" '^  held without a program'
is "and starts nothing" "$rc:$(names)" "0:b "

# --- ps

run_rc pf ps --json
if have python3; then
  json "ps --json: its schema" 'd["schema"]' pinfold.ps/1
  json "one sandbox" '[s["name"] for s in d["sandboxes"]]' "['b']"
  json "what it does" 'd["sandboxes"][0]["phase"] + " " + " ".join(d["sandboxes"][0]["command"]) + " " + d["sandboxes"][0]["profile"]' "executing sleep 600 default"
  json "memory, in bytes, of init and the program" '200000 < d["sandboxes"][0]["memory"] < 2**31' True
  json "time" '0 < d["sandboxes"][0]["uptime_ns"] < 3600 * 10**9' True
  json "every namespace" 'sorted(d["sandboxes"][0]["namespaces"])' "['cgroup', 'ipc', 'mount', 'net', 'pid', 'time', 'user', 'uts']"
  child=$(ps -o pid= --ppid "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["sandboxes"][0]["init"])' "$_h/json")" | tr -d ' ')
  for kind in user:user mnt:mount pid:pid net:net uts:uts; do
    json "the inode of ${kind%:*} is the program's" "d['sandboxes'][0]['namespaces']['${kind#*:}']" \
      "$(user readlink "/proc/$child/ns/${kind%:*}" | tr -dc '0-9')"
  done
else
  skip "ps --json" "no python3"
fi
pf kill b KILL
pf run --name odd --detach -- sh -c 'sleep 600 # a	b
c' "$(printf '\033[31mred')" "$(printf '%05000d' 0)"
like "a command that is long and odd is shown harmless, and cut" "$(pf ps | cat -A | sed -n 2p)" '^odd .*sh -c sleep 600 # a\\tb\\nc \\x1b\[31mred 0+\.\.\.\$$'
pf kill odd KILL
ok "with the host's network" pf run --name h --net host --detach -- sleep 600
run_rc pf ps --long
like "a namespace of its own is listed" "$out" ', pid [0-9]+'
unlike "a namespace that is the host's is not its own" "$out" ', net '
pf kill h KILL

# --- what a killed supervisor leaves

start k
pid=$(field k 2)
inside=$(pgrep -P "$(pgrep -P "$pid")")
user kill -KILL "$pid"
ok "everything ends with the supervisor" "$FIX/await" 10 "$pid" "$inside"
is "a stale entry is left" "$(files)" "k.lock k.sock "
is "which the next command takes away" "$(names):$(ls "$dir")" ":"
start k
user kill -KILL "$(field k 2)"
"$FIX/await" 10 "$(field k 2)" 2>/dev/null
until ! pf ps | grep -q '^k '; do :; done
ok "its name is free" start k
user kill -KILL "$(field k 2)"
until ! pf ps | grep -q '^k '; do :; done
user sh -c '"$PINFOLD" run -- true; touch "$T/run/pinfold/run/k.lock" "$T/run/pinfold/run/k.sock"'
ok "also when it was not swept before" start k
run_rc pf kill k KILL
is "and it serves" "$rc:$(ls "$dir")" 0:

# Many at once want the same name: one gets it.
run_rc user env "XDG_RUNTIME_DIR=$T/run" sh -c 'for i in 1 2 3 4 5 6 7 8; do (
  "$PINFOLD" run --name one --detach -- sleep 600 2>/dev/null; echo $?) & done | sort | uniq -c | tr -s " "; wait'
is "a name is taken once" "$(printf '%s' "$out" | tr '\n' ,)" " 1 0, 7 125"
is "by one" "$(names)" "one "
pf kill one KILL

# The caller of --detach who is killed before it runs ends what he started: nobody would know of it. The file system of the
# sandbox's own start is the only way to hold it there; so here is only that the usual case leaves no caller behind.
start last
is "nobody waits for it" "$(ps -o ppid= -p "$(field last 2)" | tr -d ' ' | sed 's/^1$/init/; s/^[0-9]*$/init/')" init
pf kill last KILL

# --- where it is

run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" run --name t --detach -- sleep 600
tmp=/tmp/pinfold-$PINFOLD_TEST_UID
is "without XDG_RUNTIME_DIR it is in /tmp" "$rc:$(stat -c %a:%u "$tmp" "$tmp/run" | sort -u)" "0:700:$PINFOLD_TEST_UID"
run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" kill t KILL
is "and works there" "$rc" 0
user rm -rf "$tmp"
user sh -c 'mkdir -m 0755 "$1"' sh "$tmp"
run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" run --name t -- true
is "one that is open to others is refused" "$rc" 125
like "with the reason" "$err" "^pinfold: $tmp, where named sandboxes are kept, is open to others"
run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" ps
is "by ps too" "$rc" 125
user rmdir "$tmp"
user ln -s "$T" "$tmp"
run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" run --name t -- true
is "a link is refused" "$rc" 125
like "for what it is" "$err" 'is no directory'
user rm "$tmp"
if [ "$(id -u)" = 0 ]; then
  mkdir -m 0777 "$tmp"
  run_rc user env -u XDG_RUNTIME_DIR "$PINFOLD" run --name t -- true
  is "somebody else's is refused" "$rc" 125
  like "with the reason" "$err" 'belongs to somebody else'
  rmdir "$tmp"
  mkdir -m 0777 "$T/foreign"
  chown 12345 "$T/foreign"
  run_rc user env "XDG_RUNTIME_DIR=$T/foreign" "$PINFOLD" run --name t -- true
  is "XDG_RUNTIME_DIR of somebody else is refused" "$rc:$(ls "$T/foreign")" 125:
  like "with what to do" "$err" 'unset XDG_RUNTIME_DIR'
else
  skip "directories of somebody else" "needs root"
fi
run_rc user env "XDG_RUNTIME_DIR=$T/none" "$PINFOLD" run --name t -- true
is "XDG_RUNTIME_DIR that is not there is refused" "$rc" 125

run_rc user sh -c '(ulimit -f 0; "$@"; echo "code $?") 2>&1 | cat' sh env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" run --name small -- true
like "where no file may be written: 125, and no signal" "$out" '^code 125$'
like "with the reason" "$out" 'File too large'
run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/pty" sh -c '"$PINFOLD" run --name onterm --detach --log "$(tty)" -- sleep 600'
like "a terminal is no log" "$out" '^exit: 125'
like "which is said" "$out" 'is a terminal'

# --- who asks from elsewhere, and what the background keeps

start other
if user unshare -Ur true 2>/dev/null; then
  for command in "wait other" "kill other" "kill other KILL" "enter other -- true"; do
    # shellcheck disable=SC2086 # words
    run_rc user env "XDG_RUNTIME_DIR=$T/run" unshare -Uc "$PINFOLD" $command
    is "pinfold $command from another user namespace: 125" "$rc:$out" 125:
    like "and why" "$err" 'is no supervisor from where we are'
  done
  like "it is still there" "$(names)" other
else
  skip "from another user namespace" "unshare(1) makes none"
fi
pf kill other KILL
# What is inherited by it would not come to its end as long as the sandbox lives.
run_rc user timeout 30 sh -c '"$@" 7>&1 | cat' sh env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" run --name kept --detach -- sleep 600
is "a pipe of who started it is not kept open" "$rc" 0
pid=$(field kept 2)
sup=$(pf ps --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["sandboxes"][0]["supervisor"])')
unlike "nor anything else of his" "$(user ls -l "/proc/$sup/fd" | sed 's/.* -> //')" '^pipe|/shared|fifo'
pf kill kept KILL

long=$T/$(printf '%0100d' 0)
user mkdir -m 0700 "$long"
run_rc user env "XDG_RUNTIME_DIR=$long" sh -c '"$PINFOLD" run --name "$1" --detach -- sleep 600 && "$PINFOLD" kill "$1" KILL' sh "$(printf 'n%063d' 0)"
is "the longest name in a directory with a long path" "$rc:$err" 0:

done_testing
