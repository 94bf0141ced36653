#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# enter.sh - what is in a sandbox gains nothing when somebody enters: not the file of pinfold (CVE-2019-5736), no directory
# of the host's (CVE-2024-21626), no process outside.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# A pinfold that belongs to the user, so that nothing but the sandbox protects it.
user sh -c 'mkdir -m 0700 "$T/run" && mkdir "$T/hostile" "$T/secret" && echo SECRET >"$T/secret/it" && cp "$PINFOLD" "$T/pinfold" && chmod u+w "$T/pinfold" && mkfifo "$T/hostile/up"'
cp "$T/pinfold" "$T/as-it-was"
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$T/pinfold" "$@"; }
trap 'for n in $(pf ps 2>/dev/null | awk "NR > 1 { print \$1 }"); do pf kill "$n" KILL 2>/dev/null; done; _cleanup' EXIT

# --- the file that pinfold was executed from

# Inside somebody waits for whoever comes, and reaches for his file and his descriptors as long as he is pinfold.
user sh -c 'cat >"$T/hostile/lurk"; printf "#!/proc/self/exe\n" >"$T/hostile/plain"; printf "#!/proc/self/exe run\n" >"$T/hostile/run"; chmod 755 "$T"/hostile/*' <<'EOF'
#!/bin/sh
echo up >/hostile/up
while :; do
  for p in /proc/[0-9]*; do
    case ${p#/proc/} in 1 | $$) continue ;; esac
    for f in "$p"/exe "$p"/cwd "$p"/root; do
      l=$(readlink "$f" 2>/dev/null) && echo "$l" >>/hostile/seen
    done
    for f in "$p"/fd/*; do
      l=$(readlink "$f" 2>/dev/null) && echo "fd $l" >>/hostile/seen
    done
  done
done
EOF
# Without Landlock, which would keep the two programs apart all by itself.
run_rc pf run --name a --detach --set landlock.mode=off --rw "$T/hostile:/hostile" --ro "$FIX:/fix" -- sh /hostile/lurk
is "somebody lurks" "$rc:$err" 0:
user timeout 30 sh -c 'read -r x <"$T/hostile/up"'
i=0
while [ $i -lt 30 ]; do
  i=$((i + 1))
  pf enter a -- sleep 0.1 </dev/null >/dev/null 2>&1
done
seen=$(sort -u "$T/hostile/seen" 2>/dev/null)
like "he sees who enters when that is a program of the sandbox" "$seen" '^/usr/bin/|^/bin/'
unlike "never as pinfold" "$seen" '/pinfold( \(deleted\))?$'
unlike "and no directory or file of the host by a descriptor of his" "$seen" '^fd ([^/]|/$|/proc$|/home|/tmp)'
for script in plain run; do
  run_rc pf enter a -- /hostile/$script
  unlike "a script with /proc/self/exe as its interpreter ($script) gets nowhere" "$rc" '^0$'
done
exes='/proc/1/exe /proc/self/exe'
for e in $exes; do
  run_rc pf enter a -- /fix/attempt "readlink=$e"
  unlike "$e is not pinfold" "$out" pinfold
done
ok "the file is as it was" cmp "$T/pinfold" "$T/as-it-was"
run_rc pf kill a KILL

# --- directories of the host: whatever is open in pinfold, no number of a descriptor leads out

run_rc pf run --name b --detach --rw "$T/hostile:/hostile" --ro "$FIX:/fix" -- sleep 600
is "bare, a directory leads out" "$(user sh -c 'cd /proc/self/fd/8 2>/dev/null && cat it' 8<"$T/secret")" SECRET
n=0
outside=
while [ $n -le 40 ]; do
  # Both ways: as the directory to start in, and by what a link in a writable place says.
  user ln -sfn "/proc/self/fd/$n" "$T/hostile/door"
  for dir in "/proc/self/fd/$n" /hostile/door; do
    run_rc user sh -c 'exec env "XDG_RUNTIME_DIR=$T/run" "$T/pinfold" enter b --chdir "$1" -- /bin/sh -c "pwd -P; ls -d ../../../../../../.$T ../../../../../../../../etc/shadow; cat it" 8<"$T/secret" 9<"$T/secret/it" 30<"$T" </dev/null' sh "$dir"
    case $out in *SECRET* | *"$T"* | *unreachable* | *shadow*) outside="$outside $dir" ;; esac
  done
  n=$((n + 1))
done
is "no descriptor's number as --chdir leads out" "$outside" ""
run_rc user sh -c 'exec env "XDG_RUNTIME_DIR=$T/run" "$T/pinfold" enter b -- /bin/sh -c "ls -l /proc/self/fd; cat <&9" 8<"$T/secret" 9<"$T/secret/it" </dev/null'
unlike "what was open in who enters is not open inside" "$out$err" 'SECRET|secret'

# --- processes outside

# Both of them: the process between (in its group), and everybody of the same user.
"$AS_USER" sleep 600 &
other=$!
run_rc pf enter b -- /bin/sh -c 'kill -9 -1; echo on'
ok "kill(-1) from inside reaches nobody outside" kill -0 $other
kill $other
run_rc pf run --name c --detach --ro "$FIX:/fix" -- sleep 600
run_rc pf enter c -- /bin/sh -c 'trap "" TERM; kill -TERM 0; echo on; exit 3'
is "a signal to his own process group does not reach who stands between" "$rc:$out" 3:on
run_rc pf enter c -- /bin/sh -c 'kill -9 0'
is "nor one that kills" "$rc" 137
run_rc pf enter c -- /bin/sh -c 'cat /proc/[0-9]*/comm | sort | tr "\n" " "'
unlike "and he is not seen" "$out" 'pinfold( |$)'

# --- walls: the first program's are the second one's

user sh -c 'echo old >"$T/hostile/file"'
if grep -qs landlock /sys/kernel/security/lsm || user "$PINFOLD" run --set landlock.mode=require -- true 2>/dev/null; then
  run_rc user sh -c 'exec env "XDG_RUNTIME_DIR=$T/run" "$T/pinfold" run --set landlock.mode=require --ro "$FIX:/fix" -- /fix/attempt write=/proc/self/fd/2 2>"$T/secret/it"'
  first=$out
  run_rc pf run --name l --detach --set landlock.mode=require --ro "$FIX:/fix" -- sleep 600
  run_rc user sh -c 'exec env "XDG_RUNTIME_DIR=$T/run" "$T/pinfold" enter l -- /fix/attempt write=/proc/self/fd/2 2>"$T/secret/it"'
  is "a first program's own file can be opened again, as one of its descriptors" "$first" "write=/proc/self/fd/2: ok"
  is "that of who enters cannot: the rules are those of the first one, by descriptor" "$out" "write=/proc/self/fd/2: EACCES"
else
  skip "Landlock's rules" "the kernel has no Landlock"
fi
# The terminal of who enters stays outside.
run_rc user env "XDG_RUNTIME_DIR=$T/run" "$FIX/pty" "$T/pinfold" enter c -- /fix/attempt tiocsti tiocsti-high tioclinux
like "nothing can be typed into his terminal" "$out" '^injected: 0'
unlike "the calls are refused" "$out" 'tiocsti.*: ok'

# Somebody else's sandbox, or one from inside, cannot be entered: the directory of the names is the caller's alone.
run_rc pf run --rw "$T/run:/run" --env XDG_RUNTIME_DIR=/run --ro "$T/pinfold:/fix/pinfold" -- /fix/pinfold enter c -- true
unlike "nobody inside enters another sandbox" "$rc" '^0$'
done_testing
