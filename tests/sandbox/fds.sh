#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# fds.sh - --fd: a descriptor of the caller's reaches the program under its number; --block-fd: the start waits for its caller.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'echo text >"$T/in"; mkdir "$T/dir"; mkfifo "$T/gate" "$T/pipe" "$T/up"'

# --- --fd ---------------------------------------------------------------------------------------------

run_rc user sh -c 'exec "$PINFOLD" run --fd 5,7 --fd 6 -- sh -c "cat <&5; echo six >&6; echo seven >&7" 5<"$T/in" 6>"$T/six" 7>"$T/seven"'
is "three descriptors reach the program under their numbers" "$rc:$out:$(cat "$T/six"):$(cat "$T/seven")" "0:text:six:seven"
list='exec 3<"$T/in" 4<"$T/in" 5<"$T/in" 6<"$T/in" 9<"$T/in"; exec "$PINFOLD" run "$@" -- sh -c "for i in 3 4 5 6 7 8 9; do [ ! -e /proc/\$\$/fd/\$i ] || echo \$i; done"'
run_rc user sh -c "$list" sh --fd 4,6
is "those that were named, and no others" "$rc:$out" "0:4
6"
run_rc user sh -c "$list" sh --fd 9 --fd 3,4,5,6
is "neighbours, in whatever order" "$rc:$out" "0:3
4
5
6
9"
run_rc user sh -c "$list" sh --fd 4 --trace-denied
is "also where denied calls are told" "$rc:$out" 0:4
run_rc user sh -c 'exec "$PINFOLD" run --fd 5 -- sh -c "cat /dev/fd/5; echo x >/dev/fd/5" 5<"$T/in"'
like "it can be opened anew for what it was open for" "$out" '^text$'
is "and for nothing else, where there is Landlock" "$(cat "$T/in")" \
  "$(if user "$PINFOLD" run --set landlock.mode=require -- true 2>/dev/null; then echo text; else echo x; fi)"
if have bash; then
  # Beyond any table of small numbers.
  run_rc user bash -c 'ulimit -n 4096 2>/dev/null; exec 900<<<high; exec "$PINFOLD" run --fd 900 -- bash -c "cat <&900"'
  is "a high number" "$rc:$out" 0:high
fi

# Who reads a pipe that the program has been given sees its end when the program closes it: nobody else has it open.
"$AS_USER" timeout 50 sh -c 'exec "$PINFOLD" run --fd 8 --ro "$T" -- sh -c "echo out >&8; exec 8>&-; read -r x <$T/gate" 8>"$T/pipe"' >"$T/log" 2>&1 &
pid=$!
is "the end of a pipe is seen when the program closes it" "$(timeout 40 cat "$T/pipe")" out
timeout 40 sh -c 'echo go >"$T/gate"'
ok "while the run goes on" wait $pid

run_rc user sh -c 'exec "$PINFOLD" run --fd 5 -- echo ran'
is "one that is closed: 125" "$rc:$out" 125:
like "and the message says which" "$err" '^pinfold: --fd: descriptor 5 is not open'
run_rc user sh -c 'exec "$PINFOLD" run --fd 5 -- echo ran 5<"$T/dir"'
is "a directory of the host: 125" "$rc:$out" 125:
like "and the message says so" "$err" '^pinfold: --fd: descriptor 5 is a directory of the host'
run_rc user "$FIX/pty" sh -c 'exec "$PINFOLD" run --fd 5 -- echo ran 5<>/dev/tty 2>&1'
like "a terminal: refused" "$out" 'descriptor 5 is a terminal'
unlike "and nothing ran" "$out" '^ran'
run_rc user sh -c 'exec "$PINFOLD" run --block-fd 5 -- echo ran 5>"$T/six"'
is "--block-fd with one that cannot be read: 125" "$rc:$out" 125:
like "and the message says so" "$err" '^pinfold: --block-fd: descriptor 5 is not open for reading'

# A root caller's other descriptors are closed: these stay.
run_rc asroot sh -c 'exec 4<"$T/in"; exec 5<"$T/in"; exec "$PINFOLD" run --fd 5 -- sh -c "cat <&5; cat <&4"'
is "a root caller passes one too, and no other" "$out" text

# --- --block-fd -----------------------------------------------------------------------------------------

# blocked: a run that waits at descriptor 6, as it says itself; sets $pid and $init.
blocked() {
  "$AS_USER" "$PINFOLD" run --block-fd 6 --status fd:7 -- echo ran >"$T/out" 2>"$T/err" 6<>"$T/gate" 7<>"$T/up" &
  pid=$!
  created=$(timeout 40 head -n 1 "$T/up")
  init=$(printf '%s\n' "$created" | sed 's/.*"init": \([0-9]*\).*/\1/')
}
blocked
like "it says when it waits" "$created" '"phase": "created"'
is "the program does not run before the byte" "$(cat "$T/out")" ""
ok "process 1 is there, and can be looked into" user sh -c 'readlink "/proc/$1/ns/net"' sh "$init"
printf x >"$T/gate"
wait $pid
rc=$?
is "with it, it does" "$rc:$(cat "$T/out")" 0:ran
is "and nothing is said" "$(cat "$T/err")" ""

run_rc user sh -c 'exec "$PINFOLD" run --block-fd 6 -- echo ran 6</dev/null'
is "an end of file without a byte: 125, nothing ran" "$rc:$out" 125:
like "and the message says why" "$err" '^pinfold: descriptor 6 was closed without a byte'
for sig in TERM INT HUP; do
  blocked
  kill -s $sig $pid
  wait $pid
  rc=$?
  is "SIG$sig while it waits: 125, nothing ran" "$rc:$(cat "$T/out")" 125:
  like "and the message says which signal" "$(cat "$T/err")" "^pinfold: SIG$sig came while the start waited"
  not_ok "process 1 is gone" kill -0 "$init"
done
blocked
kill -s WINCH $pid
printf x >"$T/gate"
wait $pid
rc=$?
is "a signal that is for the program alone does not end it" "$rc:$(cat "$T/out")" 0:ran
blocked
kill -s KILL $pid
wait $pid
# Nobody here need reap it: dead is dead.
lives() { grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }
i=0
while lives "$init" && [ $i -lt 1000 ]; do i=$((i + 1)); done
not_ok "killed while it waits, nothing is left" lives "$init"
run_rc user sh -c 'exec "$PINFOLD" run --block-fd 6 -- sh -c "ls /proc/\$\$/fd/6 2>/dev/null; echo end" 6<"$T/in"'
is "the program does not have the descriptor" "$rc:$out" 0:end
done_testing
