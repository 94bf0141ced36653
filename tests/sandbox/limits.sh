#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# limits.sh - every key of [limits], on the real kernel: what it does, at the limit and below it.
#
# What burns processor time ends by itself after 20 seconds, should a limit fail.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

pf() { user timeout -k 5 60 "$PINFOLD" run --ro "$FIX:/fix" "$@"; }
burn=/fix/burn

# --- wall-time ----------------------------------------------------------------------------------------

run_rc pf --wall 300ms -- sleep 50
is "wall-time: a program that runs on is ended, with 124" "$rc" 124
is "one line says which limit, and where it was set" "$err" "pinfold: ended by its limit: wall-time = 300ms (--wall 300ms)"
run_rc pf --wall 50s -- sh -c 'exit 7'
is "one that ends in time ends as it does" "$rc:$err" 7:
user tee "$T/wall.ini" >/dev/null <<'P'
[profile]
include = default
[limits]
wall-time = 300ms
[process]
stop-signal = INT
P
run_rc pf -p "$T/wall.ini" -- sh -c 'trap "echo asked; exit 0" INT; while :; do sleep 0.05; done'
is "it gets the stop-signal first; its own exit code does not hide the limit" "$rc:$out" 124:asked
like "the profile's line is named" "$err" '^pinfold: ended by its limit: wall-time = 300ms \(.*/wall\.ini:4:13\)$'
run_rc pf --wall 300ms --set process.stop-grace=200ms -- sh -c 'trap "" TERM; while :; do sleep 0.05; done; echo'
is "one that ignores it is killed after stop-grace" "$rc:$out" 124:
run_rc pf --wall 300ms --set process.stop-grace=200ms -- sh -c 'kill -STOP $$; echo went on'
is "one that is stopped is ended too" "$rc" 124
run_rc pf --wall 300ms --set process.stop-signal=KILL --set process.stop-grace=50s -- sh -c 'trap "" TERM; while :; do sleep 0.05; done'
is "stop-signal = KILL waits for nothing" "$rc" 124
run_rc pf --set limits.wall-time=1ms --set limits.wall-time= -- sleep 0.05
is "an empty value takes the limit away" "$rc" 0

# --- cpu-time -----------------------------------------------------------------------------------------

user mkdir "$T/used"
# hogs LIMIT N: sets $ms to the processor time that N busy processes together got to
hogs() {
  run_rc pf --rw "$T/used:/used" --cpu-time "$1" -- $burn hogs "$2" "/used/$2"
  ms=$(od -An -v -td8 "$T/used/$2" | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { print sum + 0 }')
  echo "# $2: $ms ms"
}
hogs 1s 1
is "cpu-time: a busy process is ended, with 128 + SIGXCPU" "$rc" 152
is "one line says which limit, and where it was set" "$err" "pinfold: ended by its limit: cpu-time = 1s (--cpu-time 1s)"
ok "not before it has used it" [ "$ms" -ge 900 ]
run_rc pf --cpu-time 200ms -- sleep 1
is "sleeping costs nothing" "$rc:$err" 0:
# The limit of each process is 2 s, for 8 of them 16.
hogs 1s 8
is "the time of all processes counts together" "$rc" 152
ok "and not for each of them" [ "$ms" -lt 3000 ]
run_rc pf --cpu-time 500ms --set filesystem.proc=none -- $burn hogs 2 /tmp/f
is "without a /proc inside too" "$rc" 152
# A sandbox in a sandbox: the outer filter lets nobody have a counter of the kernel, so /proc is added up.
for mode in spin "hogs 4 /tmp/f" relay; do
  # shellcheck disable=SC2086 # words
  run_rc user timeout -k 5 60 "$PINFOLD" run --set namespaces.nested=full --ro "${PINFOLD%/bin/*}" --ro "$PINFOLD_DATADIR" --ro "$FIX:/fix" \
    --env "PINFOLD_DATADIR=$PINFOLD_DATADIR" -- "$PINFOLD" run --cpu-time 1s --ro /fix -- $burn $mode
  is "without a counter of the kernel: $mode" "$rc" 152
done

# --- the limits of a process ------------------------------------------------------------------------------

# row NAME FILE: soft and hard of a row of /proc/self/limits, with nothing between
row() { sed -n "s/^$1  *\([^ ]*\)  *\([^ ]*\) .*/\1:\2/p" "$2"; }
user cat /proc/self/limits >"$_h/bare"
pf --set limits.pids= -- cat /proc/self/limits >"$_h/inside"
cp "$_h/inside" "$_h/no-pids"
is "without a limit only core dumps have one" "$(diff "$_h/bare" "$_h/inside" | grep -c '^>'):$(row 'Max core file size' "$_h/inside")" 1:1:1
pf --pids 30 --set limits.open-files=40 --set limits.file-size=50K --set limits.core=60K --set limits.stack=1M --set limits.data=70M \
  --set limits.address-space=80M --cpu-time 5s --set limits.nice=3 -- cat /proc/self/limits >"$_h/inside"
for want in "Max processes=31:31" "Max open files=40:40" "Max file size=51200:51200" "Max core file size=61440:61440" \
  "Max stack size=1048576:1048576" "Max data size=73400320:73400320" "Max address space=83886080:83886080" "Max cpu time=6:7" \
  "Max nice priority=0:0"; do
  is "${want%=*}" "$(row "${want%=*}" "$_h/inside")" "${want#*=}"
done
run_rc pf --set limits.file-size=100K -- sh -c 'head -c 1000000 /dev/zero >/tmp/f; echo $?; wc -c </tmp/f'
is "file-size: a file stops growing, by SIGXFSZ" "$out" "153
102400"
is "a file that is redirected to as well" "$(pf --set limits.file-size=100K -- head -c 1000000 /dev/zero 2>/dev/null >"$T/flood"; wc -c <"$T/flood")" 102400
is "open-files: no more descriptors than that" "$(pf --set limits.open-files=8 -- sh -c 'exec 3</dev/null 4</dev/null 5</dev/null 6</dev/null; cat /dev/null; exec 7</dev/null; echo full; exec 8</dev/null; echo more' 2>/dev/null)" full
not_ok "address-space: what does not fit is not to be had" pf --set limits.address-space=200M -- dd if=/dev/zero of=/dev/null bs=300M count=1
ok "and what fits is" pf --set limits.address-space=600M -- dd if=/dev/zero of=/dev/null bs=300M count=1
not_ok "data: the same" pf --set limits.data=200M -- dd if=/dev/zero of=/dev/null bs=300M count=1
is "stack" "$(pf --set limits.stack=1M -- sh -c 'ulimit -s')" 1024
is "nice is added to the caller's" "$(pf --set limits.nice=4 -- nice)" "$(($(user nice) + 4 > 19 ? 19 : $(user nice) + 4))"
is "and ends at 19" "$(pf --set limits.nice=19 -- nice)" 19
cpu=$(user sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
is "cpuset: it runs there alone" "$(pf --set "limits.cpuset=$cpu" -- sed -n 's/^Cpus_allowed_list:[^0-9]*//p' /proc/self/status)" "$cpu"
run_rc pf --set limits.cpuset=1023 -- true
is "none that there is: refused" "$rc:$err" "125:pinfold: cpuset: none of its processors is there for you (--set limits.cpuset) [step limits]
  hint: nproc and /proc/self/status (Cpus_allowed_list) say which are"

# --- pids -----------------------------------------------------------------------------------------------

# Before 5.14 all processes of the test user count; there may be some of an earlier moment.
if [ "$(uname -r | awk -F. '{ print ($1 * 1000 + $2 >= 5014) }')" = 1 ]; then
  is "pids: 10 are the program and 9 more" "$(pf --pids 10 -- $burn forks)" "9 Resource temporarily unavailable"
  is "a thread counts as one" "$(pf --pids 10 -- $burn threads)" "9 Resource temporarily unavailable"
  # Each sandbox by itself: while one is full another has room.
  user mkfifo "$T/up"
  "$AS_USER" timeout -k 5 60 "$PINFOLD" run --pids 3 --rw "$T:/t" -- sh -c 'sleep 30 & sleep 30 & echo up >/t/up; wait' &
  full=$!
  timeout 20 head -n 1 "$T/up" >/dev/null
  is "each sandbox has its own" "$(pf --pids 10 -- $burn forks)" "9 Resource temporarily unavailable"
  kill $full
  wait $full 2>/dev/null

  # A fork bomb under the profile that everybody gets: it has a limit of its own, and the bomb's session is one of many.
  pf -- cat /proc/self/limits >"$_h/default"
  is "default limits processes" "$(row 'Max processes' "$_h/default")" 2049:2049
  is "which is taken away by name" "$(row 'Max processes' "$_h/no-pids")" "$(row 'Max processes' "$_h/bare")"
  user cp "$FIX/burn" "$T/bomber"
  "$AS_USER" timeout -k 5 60 "$PINFOLD" run --ro "$T/bomber:/bomber" --wall 3s -- /bomber bomb >"$_h/bomb" 2>&1 &
  bomb=$!
  is "the machine answers while a fork bomb runs" "$(starts 10)" 10
  rc=0
  wait $bomb || rc=$?
  is "which ends with its wall-time" "$rc:$(cat "$_h/bomb")" "124:pinfold: ended by its limit: wall-time = 3s (--wall 3s)"
  is "nothing of it is left" "$(pgrep -u "$PINFOLD_TEST_UID" -x bomber)" ""
else
  like "before Linux 5.14 a warning says that all of the caller's count" "$(pf --pids 4000 -- true 2>&1)" 'counts all of your processes'
fi

# --- of all processes together, where no cgroup can hold them -------------------------------------------------

if user "$PINFOLD" explain --memory 640M >/dev/null 2>&1; then
  skip "memory: refused" "there is a cgroup here: tests/vm/cases/cgroup.sh"
else
  for key in memory=640M swap=64M cpu-quota=50% io-weight=50; do
    run_rc pf --rw "$T:/t" --set "limits.$key" -- touch /t/ran
    like "${key%=*}: refused, and why" "$rc:$err" "^125:pinfold: ${key%=*} = ${key#*=} cannot be held: .* \\(--set limits\\.${key%=*}\\)$"
    like "and what helps" "$err" '^  hint: .*enforce = best-effort'
  done
  not_ok "no program ran" ls "$T/ran"
  run_rc pf --set limits.enforce=best-effort --memory 640M --set limits.cpu-quota=50% -- sh -c 'ulimit -v; exit 3'
  like "best-effort: it runs, and a warning names what is not held" "$rc:$err" '^3:pinfold: warning: limits that are not held: memory, cpu-quota: '
  is "each process has so much address space" "$out" 655360
  run_rc pf --set limits.enforce=best-effort --memory 640M --set limits.address-space=800M -- sh -c 'ulimit -v'
  is "or what address-space says" "$rc:$out" 0:819200
  run_rc pf --set limits.enforce=best-effort --memory 640M --pids 10 --rw "$T:/t" --status "$T/st" -- $burn forks
  is "pids holds as ever" "$rc:$out" "0:9 Resource temporarily unavailable"
  like "status says what is not held" "$(tr -d ' \n' <"$T/st")" '"limits_not_held":\["memory"\]'
fi

# --- what the caller may not have --------------------------------------------------------------------------

if have prlimit; then
  few() { user prlimit --nofile=30:100 --core=0:0 timeout -k 5 60 "$PINFOLD" "$@"; }
  is "a limit above the caller's hard one: that one stays" "$(few run --set limits.open-files=5000 -- sh -c 'ulimit -n; ulimit -Hn')" "100
100"
  like "explain says so" "$(few explain --set limits.open-files=5000)" '^  open-files 5000, but the caller may have no more than 100  \[--set limits.open-files\]$'
  is "above the soft one it is as asked for" "$(few run --set limits.open-files=60 -- sh -c 'ulimit -n; ulimit -Hn')" "60
60"
  is "nothing asked for: the caller's stay" "$(few run -- sh -c 'ulimit -n; ulimit -Hn; ulimit -Hc')" "30
100
0"
else
  skip "a limit above the caller's hard one" "prlimit is not installed"
fi

# --- core -------------------------------------------------------------------------------------------------

case $(cat /proc/sys/kernel/core_pattern) in
  *'|'* | */* | @*) skip "core dumps" "they go elsewhere here: $(cat /proc/sys/kernel/core_pattern)" ;;
  *)
    user mkdir "$T/dump"
    dump() { user sh -c 'ulimit -c unlimited && exec timeout -k 5 60 "$@"' - "$PINFOLD" run --rw "$T/dump:/d" --chdir /d "$@" -- sh -c 'kill -SEGV $$'; }
    run_rc dump
    is "a crash leaves no core dump" "$rc:$(ls "$T/dump")" 139:
    if user sh -c 'ulimit -c unlimited' 2>/dev/null; then
      dump --set limits.core=1G >/dev/null 2>&1
      unlike "unless one is asked for" "$(ls "$T/dump")" '^$'
    else
      skip "unless one is asked for" "the test user may have none"
    fi
    ;;
esac

# --- profile and command line -------------------------------------------------------------------------------

user tee "$T/same.ini" >/dev/null <<'P'
[profile]
include = default
[limits]
wall-time = 5s
[filesystem]
ro = /usr/lib:/opt
P
# The plan, but for who asked for it.
plan() { user "$PINFOLD" explain "$@" | sed '1d; s/  \[[^]]*\]$//'; }
is "options and a profile give the same plan" "$(plan --set limits.wall-time=5s --ro /usr/lib:/opt -- true)" "$(plan -p "$T/same.ini" -- true)"
like "with the limit in it" "$(plan -p "$T/same.ini")" '^  wall-time 5s, then SIGTERM, and 2s later all is killed$'
unlike "without limits there is none in the plan" "$(plan --set limits.pids=)" '^limits$'
done_testing
