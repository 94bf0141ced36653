#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# binary.sh - the program cannot open or overwrite the pinfold that runs it (CVE-2019-5736).
#
# A pinfold that belongs to the user, so that nothing but the sandbox protects it. Control: the same attempts
# bare, on a running program of the user's, reach the file.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'cp "$PINFOLD" "$T/pinfold" && cp "$FIX/net" "$T/net" && mkdir "$T/hostile" && mkfifo "$T/hold" && chmod u+w "$T/pinfold" "$T/net"'
cp "$T/pinfold" "$T/as-it-was"

# Bare: an O_PATH descriptor taken while it runs becomes writable when it has ended.
"$AS_USER" "$T/net" listen <"$T/hold" >"$T/listen" &
other=$!
exec 8>"$T/hold"
timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
is "bare, the file of a running program can be reached" "$(user "$FIX/attempt" opath=/proc/$other/exe)" "opath=/proc/$other/exe: ok"
is "and is only busy" "$(user "$FIX/attempt" reopen=/proc/$other/exe)" "reopen=/proc/$other/exe: ETXTBSY"
exec 8>&-
wait $other

exes='/proc/1/exe /proc/1/task/1/exe'
try=$(for e in $exes; do echo "opath=$e reopen=$e write=$e read=$e readlink=$e"; done)
for how in "" "--map root" "--set namespaces.nested=full"; do
  # shellcheck disable=SC2086 # words
  run_rc user "$T/pinfold" run $how --ro "$FIX:/fix" -- /fix/attempt $try
  is "no way to it through process 1 ${how:-by default}" "$(printf '%s\n' "$out" | grep -c -v -e ': EACCES$' -e ': EPERM$' -e ': ENOENT$')" 0
done

# A program that is a script whose interpreter is whoever executes it: that is pinfold, in the child, at that moment.
user sh -c 'printf "#!/proc/self/exe\n" >"$T/hostile/plain"; printf "#!/proc/self/exe run\n" >"$T/hostile/run"; chmod 755 "$T"/hostile/*'
for script in plain run; do
  run_rc user "$T/pinfold" run --rw "$T/hostile:/hostile" -- /hostile/$script
  unlike "a script with /proc/self/exe as its interpreter ($script) gets nowhere" "$rc" '^0$'
done
# The same, with a second process that waits for it to appear and reaches for its file.
run_rc user timeout 60 "$T/pinfold" run --rw "$T/hostile:/hostile" --ro "$FIX:/fix" -- /bin/sh -c '
  i=0
  while [ $i -lt 20 ]; do i=$((i + 1)); /fix/attempt reopen=/proc/self/exe reopen=/proc/1/exe write=/proc/1/exe; /hostile/plain; done 2>/dev/null'
unlike "nor when it is run again and again" "$out" '/proc/1/.*: ok'
# The copy of /proc/self/exe that the program itself has is its own file, not pinfold.
run_rc user "$T/pinfold" run -- readlink /proc/self/exe
unlike "/proc/self/exe is the program" "$out" pinfold
ok "the file is as it was" cmp "$T/pinfold" "$T/as-it-was"

# As a program inside, under nested=full: still only what was granted.
run_rc user "$T/pinfold" run -- /bin/sh -c 'ls -l /proc/*/exe 2>/dev/null | grep -c "$1"' sh "$T/pinfold"
is "no process inside shows the binary's path" "$out" 0
done_testing
