#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# status.sh - --status: what a run says of itself, phase by phase, and which reason it gives for its end.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"
have python3 || skip_all "python3 is not installed"

user sh -c 'mkdir "$T/out" && mkfifo "$T/gate" "$T/up" "$T/hold"'
# status OPTION.. -- PROGRAM..: a run; sets $rc, and $out to its last document.
status() {
  user rm -f "$T/s"
  run_rc user "$PINFOLD" run --status "$T/s" "$@"
  said=$err
  out=$(cat "$T/s" 2>/dev/null)
}

# --- the documents ----------------------------------------------------------------------------------

status -- sh -c 'exit 7'
json "a program that exits" '[d["schema"], d["phase"], d["why"], d["exit_code"], d["limits_hit"], "signal" in d]' \
  "['pinfold.status/1', 'ended', 'exited', 7, [], False]"
is "its exit code is that of the run" "$rc" 7
is "and nothing is said" "$said" ""
json "what it used: times add up, and the program's memory is not nothing" \
  'd["cpu_ns"] >= d["user_ns"] + d["system_ns"] > 0 and d["wall_ns"] > 0 and d["peak_memory"] > 300000 and d["peak_memory_source"]' maxrss
is "nothing else is left beside the file" "$(find "$T" -name '.pinfold*')" ""
status -- sh -c 'kill -SEGV $$'
json "a program that a signal ends" '[d["why"], d["signal"], "exit_code" in d]' "['signal', 11, False]"
is "and the run ends as it did" "$rc" 139

# Lines: one for each phase.
run_rc user sh -c 'exec "$PINFOLD" run --status fd:9 -- true 9>"$T/lines"'
out="[$(paste -s -d , "$T/lines")]"
json "three lines, one a phase" '[x["phase"] for x in d]' "['created', 'executing', 'ended']"
json "pids and namespaces are known when it is created, and stay" \
  'all(x["pids"]["init"] == d[0]["pids"]["init"] > 0 and x["namespaces"] == d[0]["namespaces"] and x["pids"]["supervisor"] > 0 for x in d)' True
json "the end is said at the end" '["why" in x for x in d]' "[False, False, True]"

# They are what the kernel says of processes that are there.
"$AS_USER" "$PINFOLD" run --status fd:8 --rw "$T/up" --ro "$T/hold" -- sh -c 'echo up >"$1/up"; read -r x <"$1/hold"' sh "$T" >"$T/log" 2>&1 8>"$T/live" &
pid=$!
timeout 40 head -n 1 "$T/up" >/dev/null
# The program may be up before the supervisor has said so.
timeout 40 sh -c 'until grep -q executing "$0"; do :; done' "$T/live"
out="[$(paste -s -d , "$T/live")]"
json "while it runs, the last line says so" 'd[-1]["phase"]' executing
field() { printf '%s\n' "$out" | sed 's/.*"'"$1"'": \([0-9]*\).*/\1/'; }
init=$(field init) program=$(field program)
is "the supervisor is who was started" "$(field supervisor)" "$pid"
is "process 1 is its child" "$(sed -n 's/^PPid:.//p' "/proc/$init/status")" "$pid"
is "the program is the child of that" "$(sed -n 's/^PPid:.//p' "/proc/$program/status")" "$init"
is "and process 2 of the sandbox" "$(sed -n 's/^NSpid:.*[^0-9]//p' "/proc/$program/status")" 2
for kind in user mount:mnt pid ipc uts net cgroup time; do
  is "its ${kind%:*} namespace" "$(field "${kind%:*}")" "$(user readlink "/proc/$program/ns/${kind#*:}" | tr -cd 0-9)"
done
timeout 40 sh -c 'echo go >"$T/hold"'
ok "it ends" wait $pid
status --net host --set namespaces.uts=host -- true
json "a namespace that is the host's is not among its own" '[x in d["namespaces"] for x in ("user", "net", "uts")]' "[True, False, False]"

# --- why ------------------------------------------------------------------------------------------------

status --wall 100ms -- sleep 100
json "the wall clock" '[d["why"], d["limits_hit"], d["reason"]["id"], d["reason"]["origin"]]' \
  "['wall', ['wall-time'], 'limit.wall-time', '--wall 100ms']"
is "124, as without" "$rc" 124
json "it ran as long as that" '100000000 <= d["wall_ns"] < 100 * 10 ** 9' True
status --wall 100ms -- sh -c 'trap "exit 5" TERM; while :; do sleep 0.01; done'
json "a program that exits when it is asked to was ended by the limit" '[d["why"], d["exit_code"]]' "['wall', 5]"
status --cpu-time 300ms -- sh -c 'while :; do :; done'
json "processor time" '[d["why"], d["limits_hit"], d["reason"]["id"]]' "['cpu', ['cpu-time'], 'limit.cpu-time']"
json "which it has used" 'd["cpu_ns"] >= 300000000' True
is "152, as without" "$rc" 152
status --set limits.file-size=4K -- sh -c 'exec head -c 100000 /dev/zero >/tmp/x'
json "the size of a file" '[d["why"], d["signal"], d["limits_hit"]]' "['file-size', 25, ['file-size']]"
status -- sh -c 'kill -XFSZ $$'
json "the same signal without the limit is a signal" '[d["why"], d["signal"], d["limits_hit"]]' "['signal', 25, []]"

# --- nothing ran ----------------------------------------------------------------------------------------

status -- no-such-program
json "a program that is not there" '[d["phase"], d["why"], d["reason"]["id"], d["reason"]["step"], "wall_ns" in d, "program" in d["pids"]]' \
  "['ended', 'failed', 'program.not-found', 'exec', False, False]"
is "127, as without" "$rc" 127
status -p no-such-profile -- true
json "a profile that is not there" '[d["why"], d["reason"]["id"], d["reason"]["origin"]]' "['failed', 'config.no-profile', '--profile']"
status --ro "$T/absent" -- true
json "something to show that is not there" '[d["why"], d["reason"]["id"], d["pids"].keys() == {"supervisor"}]' "['failed', 'config.no-source', True]"
status --no-such-option -- true
json "an option that is not there" '[d["why"], d["reason"]["id"]]' "['failed', 'usage.option']"
status
json "no program" '[d["why"], d["reason"]["id"]]' "['failed', 'usage.no-program']"
status --fd 77 -- true
json "a descriptor that is not there" '[d["why"], d["reason"]["id"]]' "['failed', 'usage.fd-unfit']"
user sh -c 'echo old >"$T/dry"'
run_rc user "$PINFOLD" run --status "$T/dry" --dry-run -- true
is "a dry run writes nothing" "$rc:$(cat "$T/dry")" 0:old
run_rc user "$PINFOLD" explain --status "$T/dry" -- true
is "nor does explain" "$rc:$(cat "$T/dry")" 0:old

# --- what they have used ---------------------------------------------------------------------------------

# Children that outlive the program are killed, and what they used counts: the program itself does next to nothing.
outlived='(while :; do :; done) & (setsid sh -c "while :; do :; done" &) ; sleep 0.5'
status -- sh -c "$outlived"
json "the time of children that outlive the program counts" '[d["why"], d["cpu_ns"] > 100000000]' "['exited', True]"
status --wall 500ms --set process.stop-grace=1ms -- sh -c 'trap "" TERM; while :; do :; done'
json "so does the time of what is killed at a limit" '[d["why"], d["cpu_ns"] > 100000000]' "['wall', True]"
status -- sh -c 'sh -c "sh -c \"i=0; while [ \\\$i -lt 200000 ]; do i=\\\$((i + 1)); done\""; :'
json "and that of grandchildren" 'd["cpu_ns"] > 50000000' True
status -- python3 -c 'x = bytearray(b"x") * (96 << 20)'
json "the memory of the largest process" '96 << 20 <= d["peak_memory"] < 1 << 30' True
status -- sh -c 'python3 -c "x = bytearray(b\"x\") * (96 << 20)"; true'
json "also where that is a child" '96 << 20 <= d["peak_memory"] < 1 << 30' True

# --- denied calls -----------------------------------------------------------------------------------------

status --trace-denied -- sh -c 'unshare -U true; unshare -U true; :'
json "denied calls, with --trace-denied" '[[x["call"], x["answer"], x["process"], x["count"]] for x in d["denied"]]' \
  "[['unshare', 'EPERM', 'unshare', 2]]"
status -- sh -c 'unshare -U true; :'
json "without it nobody knows them" '"denied" in d' False
status --trace-denied -- true
json "none is not the same" 'd["denied"]' "[]"

# --- where it is written -------------------------------------------------------------------------------------

status_refused() { # DESC TARGET ERE
  run_rc user "$PINFOLD" run --status "$2" -- echo ran
  is "$1: 125, nothing ran" "$rc:$out" 125:
  like "$1: why" "$err" "$3"
}
status_refused "a directory that is not there" "$T/absent/s" 'its directory cannot be opened: No such file'
status_refused "a directory that is closed" /etc/s 'its directory cannot be written to: Permission denied'
status_refused "a directory" "$T/out" 'is there, and is not a plain file'
status_refused "a pipe" "$T/gate" 'is there, and is not a plain file'
user ln -s "$T/elsewhere" "$T/link"
status_refused "a link" "$T/link" 'is there, and is not a plain file'
status_refused "a descriptor that is closed" fd:9 'descriptor 9 is not open'
status_refused "standard output" fd:1 "descriptor 1 is the program's own"
run_rc user sh -c 'exec "$PINFOLD" run --status fd:9 -- echo ran 9<"$T/live"'
is "a descriptor that cannot be written to: 125" "$rc:$out" 125:
run_rc user sh -c 'cd "$T/out" && exec "$PINFOLD" run --status here --meta there --rw . -- sh -c "cd / && echo ran"'
is "names without a directory are where it was started" "$rc:$out:$(cd "$T/out" && echo *)" "0:ran:here there"

# A reader that is gone, a device that is full: the run is what it was.
run_rc user sh -c 'exec "$PINFOLD" run --status fd:9 -- sh -c "echo ran; exit 4" 9>/dev/full'
is "what cannot be written changes nothing" "$rc:$out" 4:ran
like "and is said" "$err" '^pinfold: warning: descriptor 9 cannot be written to: No space left'
run_rc user timeout 40 sh -c '{ "$PINFOLD" run --status fd:9 -- sh -c "echo ran; exit 4" 9>&1 >"$T/gone.out" 2>"$T/gone.err"; echo $? >"$T/gone.rc"; } | :'
is "nor does a reader that is gone" "$(cat "$T/gone.rc"):$(cat "$T/gone.out")" 4:ran
like "which is said too" "$(cat "$T/gone.err")" 'descriptor 9 cannot be written to: Broken pipe'
# One that does not read holds nothing up while the program runs: the limit is kept.
run_rc user timeout 60 sh -c 'exec "$PINFOLD" run --wall 200ms --status fd:9 --meta "$T/m" -- sleep 100 9<>"$T/gate"'
is "a reader that does not read does not stop the clock" "$rc" 124

# At the end it is waited for, until somebody asks pinfold to end.
user mkfifo "$T/full"
"$AS_USER" sh -c 'head -c 65536 /dev/zero >&9; echo $$ >"$T/pid"; exec "$PINFOLD" run --status fd:9 -- sh -c "exit 6"' 9<>"$T/full" 2>"$T/full.err" &
waits=$!
timeout 30 sh -c 'until [ -s "$T/pid" ] && grep -q poll "/proc/$(cat "$T/pid")/wchan" && [ -z "$(cat /proc/$(cat "$T/pid")/task/*/children)" ]; do :; done'
kill -TERM $waits
rc=0
timeout 30 tail --pid=$waits -f /dev/null
wait $waits || rc=$?
is "a reader that does not read is waited for until a signal comes; the program's code is told" "$rc" 6
like "with a warning" "$(cat "$T/full.err")" 'nobody reads from descriptor 9'

# The program may write where the file lies: what is found at the end is what pinfold said.
run_rc user "$PINFOLD" run --status "$T/out/mine" --rw "$T/out" -- sh -c 'cd "$1"; rm -f mine; echo lie >mine; for i in 1 2 3; do ln -s /etc/passwd .pinfold-$i; done' sh "$T/out"
out=$(cat "$T/out/mine")
json "what the program writes there does not stay" '[d["phase"], d["why"]]' "['ended', 'exited']"
run_rc user "$PINFOLD" run --status "$T/out/mine" --rw "$T/out" -- sh -c 'cd "$1"; until mkdir mine 2>/dev/null; do rm -f mine; done' sh "$T/out"
is "and where it makes that impossible, that is said" "$rc:$(printf '%s' "$err" | grep -c 'mine cannot be written')" 0:1

# In the background the directory is another one; who waits for the end finds it written.
run_rc user sh -c 'cd "$T/out" && "$PINFOLD" run --name told --detach --status bg -- sh -c "exit 9" && { "$PINFOLD" wait told; cat bg; }'
json "a run in the background" '[d["phase"], d["name"], d["exit_code"]]' "['ended', 'told', 9]"
run_rc user sh -c 'cd "$T/out" && { "$PINFOLD" run --name told --detach --status bg -- no-such-program; cat bg; }'
json "one that does not come as far" '[d["why"], d["reason"]["id"]]' "['failed', 'program.not-found']"
run_rc asroot sh -c 'cd "$T/out" && exec "$PINFOLD" run --status of-root -- true'
[ "$rc" != 0 ] || like "a root caller's is written by whom it becomes" "$(stat -c %u "$T/out/of-root")" '^[1-9]'
done_testing
