#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cgroup.sh - the limits of all processes together, where the user has a cgroup or a systemd that makes him one.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# The session's, where its systemd listens.
as_session() { user env ${PINFOLD_TEST_SESSION:+"XDG_RUNTIME_DIR=$PINFOLD_TEST_SESSION"} "$@"; }
pf() { as_session timeout -k 5 100 "$PINFOLD" run --ro "$FIX:/fix" --rw "$T:/t" "$@"; }
value() { sed -n "s/^ *\"$1\": \"\\{0,1\\}\\([^\",]*\\)\"\\{0,1\\},\\{0,1\\}$/\\1/p" "$T/status"; }
left() { find /sys/fs/cgroup -name 'pinfold-[0-9]*' 2>/dev/null; }
# gone: what is left in a moment, as systemd takes its scopes away by itself
gone() {
  i=0
  while [ -n "$(left)" ] && [ $i -lt 100 ]; do i=$((i + 1)); sleep 0.1; done
  left
}

case $(cat /proc/self/cgroup) in
  */session-*) way='in a scope of your systemd manager.s' ;;
  */jobs/one) way='made below /sys/fs/cgroup/jobs' ;;
  *) skip_all "neither in a session nor in a cgroup of the user's: $(cat /proc/self/cgroup)" ;;
esac
run_rc as_session "$PINFOLD" explain --memory 64M --pids 20
like "explain says where the cgroup is made" "$rc:$out" "  cgroup $way.*, with memory pids"

# --- memory -------------------------------------------------------------------------------------------

run_rc pf --memory 64M --status "$T/status" --meta "$T/meta" -- tail /dev/zero
is "memory: a hog is killed, with 137" "$rc" 137
is "one line says which limit, and where it was set" "$err" "pinfold: ended by its limit: memory = 64M (--memory 64M)"
is "status says why" "$(value why):$(value signal):$(value oom_killed)" memory:9:true
peak=$(value peak_memory)
echo "# peak $peak from $(value peak_memory_source), pids $(value peak_pids)"
is "its peak is the cgroup's" "$(value peak_memory_source)" cgroup
ok "and no more than the limit" [ "$peak" -le 67108864 ]
ok "and not much less" [ "$peak" -ge 60000000 ]
is "meta says it as isolate does" "$(grep -cE '^(cg-oom-killed:1|cg-mem:6[0-9]{4}|exitsig:9|status:SG)$' "$T/meta")" 4
is "the cgroup is gone" "$(gone)" ''
run_rc pf --memory 64M -- sh -c 'tail /dev/zero; echo went on'
is "nothing inside goes on without it" "$rc:$out" 137:
run_rc pf --memory 64M --tmpfs /scratch:size=500M -- sh -c 'head -c 200M /dev/zero >/scratch/f; echo went on'
is "what is written to a tmpfs counts" "$rc:$out" 137:
run_rc pf --memory 64M -- sh -c 'head -c 20M /dev/zero | tail -c 20M >/dev/null; exit 7'
is "below the limit nothing changes" "$rc:$err" 7:
run_rc pf --memory 64M -- cat /proc/self/cgroup
is "its cgroup is the root of what it sees" "$rc:$out" 0:0::/
run_rc pf --memory 64M -- ls /sys
is "it sees no file of it" "$rc:$out" 2:
run_rc pf --memory 64M --set filesystem.cgroup=ro -- sh -c 'cat /sys/fs/cgroup/memory.max; echo max >/sys/fs/cgroup/memory.max; echo 0 >/sys/fs/cgroup/cgroup.procs; mkdir /sys/fs/cgroup/x; cat /sys/fs/cgroup/memory.max'
is "unless it is to: then its limits, and only to be read" "$rc:$out" "0:67108864
67108864"
is "each of the three attempts was refused" "$(printf '%s\n' "$err" | grep -c 'Read-only file system')" 3
run_rc pf --memory 64M --set namespaces.nested=full -- unshare -UrmC sh -c 'mount -t cgroup2 none /tmp && ls /tmp'
like "the program can mount a cgroup file system of its own" "$rc:$out" '^cgroup\.procs$'
unlike "which shows no file with the limit" "$out" '^memory\.(max|high|oom)'
run_rc pf --memory 64M --set namespaces.nested=full -- unshare -UrmC sh -c 'mount -t cgroup2 none /tmp
  for f in /tmp/memory.max /tmp/../memory.max; do echo max >$f; done; mkdir /tmp/sub && echo made; echo 0 >/tmp/sub/cgroup.procs; tail /dev/zero'
is "nor lets it make cgroups, or go anywhere that has no limit" "$rc:$out" 137:
is "it is removed like any" "$(gone)" ''

# --- pids ----------------------------------------------------------------------------------------------

run_rc pf --memory 200M --pids 20 --wall 3s --status "$T/status" -- /fix/burn forks
is "pids: no more than that many" "$rc:$out" "0:19 Resource temporarily unavailable"
is "at most there were those and process 1" "$(value peak_pids)" 21
is "a program that went on had no reason to end in it" "$(value why)" exited
like "status says that the limit was hit" "$(tr -d ' \n' <"$T/status")" '"limits_hit":\["pids"\]'
run_rc pf --memory 200M --pids 3 --status "$T/status" --meta "$T/meta" -- sh -c 'sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9'
is "one that failed for it did: its own exit code" "$rc:$(value exit_code)" 2:2
is "the reason, in status and meta" "$(value why):$(grep -E '^(exitcode|status|message)' "$T/meta")" "pids:exitcode:2
status:RE
message:Exited with error status 2 (process limit exceeded)"
pf --memory 200M --pids 20 --wall 5s --status "$T/status" -- /fix/burn bomb 2>"$_h/bomb" &
bomb=$!
timeout 60 sh -c 'until grep -q executing "$0"; do sleep 0.1; done' "$T/status"
is "with a fork bomb in one, others start" "$(starts 5)" 5
rc=0
wait $bomb || rc=$?
is "the bomb ends by its wall time" "$rc:$(value why)" 124:wall
is "at most there were those and process 1" "$(value peak_pids)" 21
run_rc pf --memory 64M --pids 5000000 -- true
is "more than there can be is no limit" "$rc:$err" 0:

# --- processors ------------------------------------------------------------------------------------------

if as_session "$PINFOLD" explain --set limits.cpu-quota=50% >/dev/null 2>&1; then
  run_rc pf --set limits.cpu-quota=50% --wall 4s --status "$T/status" -- /fix/burn spin
  cpu=$(value cpu_ns) wall=$(value wall_ns)
  echo "# $((cpu / 1000000)) ms in $((wall / 1000000)) ms"
  ok "cpu-quota: half of the time, and not more" [ $((cpu * 100 / wall)) -le 60 ]
  ok "and not much less" [ $((cpu * 100 / wall)) -ge 35 ]
else
  skip "cpu-quota" "the user manager was not given the controller cpu"
fi
run_rc pf --memory 100M --cpu-time 500ms --status "$T/status" -- /fix/burn litter
is "cpu-time counts what nobody waits for" "$rc:$(value why)" 152:cpu
run_rc pf --memory 100M --set limits.cpuset=0 -- sh -c 'sed -n "s/^Cpus_allowed_list:\t//p" /proc/self/status'
is "cpuset pins" "$rc:$out" 0:0

# --- disks -----------------------------------------------------------------------------------------------------

weigh() { pf --set limits.io-weight=50 "$@" -- sh -c 'echo ran'; }
if ! as_session "$PINFOLD" explain --set limits.io-weight=50 >/dev/null 2>&1; then
  run_rc weigh
  like "io-weight: refused, and why" "$rc:$err" '^125:pinfold: io-weight = 50 cannot be held: your systemd manager was not given the controller io '
  run_rc weigh --memory 64M --set limits.enforce=best-effort
  is "best-effort: the others are held, and a warning names it" "$rc:$out:$err" \
    "0:ran:pinfold: warning: limits that are not held: io-weight: your systemd manager was not given the controller io"
elif [ -e "/sys/fs/cgroup$(sed 's/^0:://' /proc/self/cgroup)/io.weight" ]; then
  run_rc weigh
  is "io-weight: it is set" "$rc:$out:$err" 0:ran:
  "$AS_USER" "$PINFOLD" run --set limits.io-weight=50 --rw "$T:/t" -- sh -c 'echo >/t/weighed; sleep 100' &
  pid=$!
  while [ ! -s "$T/weighed" ]; do sleep 0.1; done
  is "to what was asked for" "$(cat "$(left)/io.weight")" 'default 50'
  kill $pid
  wait $pid
else
  run_rc weigh
  like "io-weight: this kernel has none, and that is said" "$rc:$err" '^125:pinfold: cannot write 50 to io\.weight of the sandbox.s cgroup'
fi
is "nothing is left of any" "$(gone)" ''

# --- who enters, and the end ---------------------------------------------------------------------------------

ok "a sandbox is held" as_session "$PINFOLD" hold box --memory 64M
run_rc as_session "$PINFOLD" enter box -- cat /proc/self/cgroup
is "who enters is in its cgroup" "$rc:$out" 0:0::/
run_rc as_session "$PINFOLD" enter box -- tail /dev/zero
# The process that it entered by is killed with it, and who waits for that may hear of it first.
like "and in its limit" "$rc" '^(137|125)$'
is "which ends all" "$(as_session "$PINFOLD" ps -q 2>/dev/null | grep -c '^box$'):$(gone)" 0:

"$AS_USER" env ${PINFOLD_TEST_SESSION:+"XDG_RUNTIME_DIR=$PINFOLD_TEST_SESSION"} "$PINFOLD" run --memory 64M --rw "$T:/t" -- \
  sh -c 'echo $$ >/t/started; sleep 100' &
pid=$!
while [ ! -s "$T/started" ]; do sleep 0.1; done
ok "while it runs there is a cgroup" [ -n "$(left)" ]
kill -KILL $pid
wait $pid
run_rc pf --memory 64M -- true
is "after kill -9 and the next command it is gone" "$rc:$(gone)" 0:

run_rc pf --memory 64M --rw /sys/fs/cgroup -- true
like "the files with the limits are nobody's to write inside" "$rc:$err" '^125:pinfold: with /sys/fs/cgroup the program could change its own limits'
user mkfifo "$T/hold"
"$AS_USER" env ${PINFOLD_TEST_SESSION:+"XDG_RUNTIME_DIR=$PINFOLD_TEST_SESSION"} "$PINFOLD" run --memory 64M --ro /sys/fs/cgroup --rw "$T:/t" -- \
  sh -c 'for f in $(find /sys/fs/cgroup -path "*/pinfold-[0-9]*/memory.max" -exec grep -l 67108864 {} + 2>/dev/null); do echo "$f"; echo 65M >"$f" || echo refused; done >/t/tried 2>/dev/null; read -r x </t/hold' &
pid=$!
timeout 60 sh -c 'until grep -q refused "$0" 2>/dev/null; do sleep 0.1; done' "$T/tried"
file=$(head -n 1 "$T/tried")
is "shown with ro they are refused" "$(grep -c refused "$T/tried"):$(cat "$file")" 1:67108864
ok "to a process outside of the same user they are not" user sh -c 'echo 65M >"$0"' "$file"
is "who would have changed it so" "$(cat "$file")" 68157440
timeout 60 sh -c 'echo go >"$0"' "$T/hold"
ok "it ends" wait $pid

# --- a name, a pod, the background ------------------------------------------------------------------------------

ok "in the background" as_session "$PINFOLD" run --name back --detach --memory 64M -- sleep 100
ok "there is a cgroup" [ -n "$(left)" ]
ok "a sandbox joins it, with a limit of its own" as_session "$PINFOLD" run --net join:back --memory 32M -- true
run_rc as_session "$PINFOLD" run --net join:back --memory 32M -- tail /dev/zero
is "which ends it alone" "$rc:$err" "137:pinfold: ended by its limit: memory = 32M (--memory 32M)"
ok "the other one is there" as_session "$PINFOLD" enter back -- true
ok "it is ended" as_session "$PINFOLD" kill back
is "and its cgroup is gone" "$(gone)" ''

# What stops the unit that pinfold was started in stops it, though it is in another one by then.
if [ -n "${PINFOLD_TEST_SESSION:-}" ] && user test -S "$PINFOLD_TEST_SESSION/systemd/private"; then
  ok "a service of the user's runs one" as_session systemd-run --user --quiet --collect --unit=outer --setenv="PINFOLD_DATADIR=$PINFOLD_DATADIR" \
    sh -c '"$0" run --memory 64M --rw "$1:/t" -- sh -c "echo >/t/serviced; sleep 1000"; true' "$PINFOLD" "$T"
  timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' "$T/serviced"
  ok "in a scope" [ -n "$(left)" ]
  ok "the service is stopped" as_session systemctl --user stop outer
  is "and the sandbox with it" "$(gone)" ''
else
  skip "a service that runs one" "there is no systemd of the user's"
fi

# A program that mounts a cgroup file system and may write there (no nsdelegate) freezes who entered too.
"$AS_USER" env ${PINFOLD_TEST_SESSION:+"XDG_RUNTIME_DIR=$PINFOLD_TEST_SESSION"} timeout -k 5 100 "$PINFOLD" run --name frozen --memory 64M --set namespaces.nested=full --wall 6s --rw "$T:/t" -- \
  sh -c 'until [ -e /t/inside ]; do sleep 0.1; done; unshare -UrmC sh -c "mount -t cgroup2 none /tmp && { echo >/t/freezes; echo 1 >/tmp/cgroup.freeze; }"; sleep 100' 2>"$_h/frozen" &
pid=$!
timeout 60 sh -c 'until "$@" >/dev/null 2>&1; do sleep 0.1; done' - "$AS_USER" env ${PINFOLD_TEST_SESSION:+"XDG_RUNTIME_DIR=$PINFOLD_TEST_SESSION"} \
  "$PINFOLD" enter frozen -- true
as_session timeout -k 5 100 "$PINFOLD" enter frozen -- sh -c 'echo >/t/inside; sleep 100' 2>/dev/null &
entered=$!
rc=0
wait $pid || rc=$?
is "what is frozen ends at its limit" "$rc:$(ls "$T/freezes")" "124:$T/freezes"
wait $entered
is "and nothing is left of it" "$(as_session "$PINFOLD" ps -q | grep -c '^frozen$'):$(gone)" 0:

# --- our own -----------------------------------------------------------------------------------------------------

alone=/sys/fs/cgroup/alone
if user test -w $alone; then
  alone() { user sh -c 'echo $$ >/sys/fs/cgroup/alone/cgroup.procs && exec "$@"' sh "$@"; }
  like "alone in our own cgroup: it is divided" "$(alone "$PINFOLD" explain --memory 64M)" "^  cgroup made below ours, which we leave: $alone, with memory pids$"
  run_rc alone "$PINFOLD" run --memory 64M -- tail /dev/zero
  is "and the limit holds" "$rc:$err" "137:pinfold: ended by its limit: memory = 64M (--memory 64M)"
  is "then it is as before" "$(gone):$(cat $alone/cgroup.subtree_control)" :
  run_rc alone "$PINFOLD" run --name apart --detach --memory 64M -- sleep 100
  is "in the background too" "$rc:$err" 0:
  is "where it is in a cgroup of its own" "$(user "$PINFOLD" enter apart -- cat /proc/self/cgroup)" 0::/
  ok "and ends" user "$PINFOLD" kill apart
  is "then it is as before again" "$(gone):$(cat $alone/cgroup.subtree_control)" :
  run_rc alone sh -c '"$1" run --memory 64M -- true; exit $?' sh "$PINFOLD"
  like "with somebody else in it: refused" "$rc:$err" "^125:pinfold: memory = 64M cannot be held: your cgroup $alone has other processes in it"
else
  skip "our own cgroup" "there is none where nobody else is"
fi
done_testing
