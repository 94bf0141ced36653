#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# exit-codes.sh - how the program ended is how pinfold ends: the process contract.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# shellcheck disable=SC3045 # every sh of the systems we know has it; a core file would only be a nuisance
ulimit -c 0
wrong=
n=0
while [ $n -le 255 ]; do
  rc=0
  user "$PINFOLD" run -- /bin/sh -c "exit $n" 2>/dev/null || rc=$?
  [ $rc = $n ] || wrong="$wrong $n:$rc"
  n=$((n + 1))
done
is "every exit code of the program comes through" "$wrong" ""

ended() { user "$FIX/status" "$PINFOLD" run -- /bin/sh -c "$1" 2>/dev/null; }
for s in 1 4 5 6 7 8 9 10 11 12 13 14 15 16 24 25 34 64; do
  is "death by signal $s is 128+$s" "$(ended "kill -$s \$\$")" "exit $((128 + s))"
done
is "death by SIGINT is death by SIGINT" "$(ended 'kill -INT $$')" "signal 2"
is "death by SIGQUIT is death by SIGQUIT" "$(ended 'kill -QUIT $$')" "signal 3"
is "a program that exits with 130 is told apart" "$(ended 'exit 130')" "exit 130"

user sh -c 'echo "echo no" >"$T/plain"; chmod 644 "$T/plain"; printf "#!/no/such/interpreter\n" >"$T/broken"; chmod 755 "$T/broken"
  printf "\177ELF" >"$T/format"; chmod 755 "$T/format"'
# code DESC WANT ERE ARGS..
code() {
  _d=$1 _w=$2 _e=$3
  shift 3
  run_rc user "$PINFOLD" "$@"
  is "$_d: $_w" "$rc:$out" "$_w:"
  like "$_d: the message says so" "$err" "^pinfold: .*$_e"
}
code "a name that is not in PATH" 127 'pinfold-no-such-program' run -- pinfold-no-such-program
code "a path that is not there" 127 '/no/such/program' run -- /no/such/program
# hinted DESC HINT-ERE ARGS..: 127, and that hint.
hinted() {
  _d=$1 _e=$2
  shift 2
  run_rc user "$PINFOLD" run "$@"
  is "$_d: 127" "$rc:$out" 127:
  like "$_d: the hint says what to do" "$err" "^  hint: $_e"
}
hinted "the name of a profile as the program" 'judge is the name of a profile: pinfold run -p judge -- PROGRAM$' judge
hinted "a name that is neither" 'PATH in the sandbox is' judges
hinted "a profile without a system" 'there is no system in it: name a directory that has one with --root' -p rootfs -- sh
hinted "the same of a path" 'there is no system in it' -p rootfs -- /bin/sh
hinted "a grant as the system" 'grant it with --ro' -p rootfs --ro /usr -- /usr/no/such
code "a file without x" 126 '/t/plain' run --ro "$T:/t" -- /t/plain
code "a directory" 126 '/usr' run -- /usr
code "a file of an unknown format" 126 '/t/format' run --ro "$T:/t" -- /t/format
code "an unknown option" 125 '--no-such-option' run --no-such-option -- true
code "an unknown command" 125 'frobnicate' frobnicate
code "no program" 125 '' run
code "no arguments at all" 125 ''
code "a profile that is not there" 125 'no-such-profile' run -p no-such-profile -- true
run_rc user "$PINFOLD" run --ro "$T:/t" -- /t/broken
like "a script without its interpreter" "$rc" '^12[67]$'
run_rc user "$PINFOLD" run -- /bin/sh -c 'echo text; echo more >&2; exit 125'
is "a program may exit with 125 itself, and pinfold says nothing" "$rc:$out:$err" "125:text:more"

# Signals to the supervisor reach the program, whose answer counts.
user mkfifo "$T/up" "$T/never"
for s in TERM HUP USR1 INT; do
  timeout 20 head -n 1 "$T/up" >"$T/line" &
  reader=$!
  # A background job of a shell ignores INT; so that the program does not, the helper's child starts afresh.
  "$AS_USER" env --default-signal "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c \
    "trap 'exit 42' $s; echo up >/t/up; while :; do read -r x </t/never; done" &
  pid=$!
  wait $reader
  kill -$s $pid
  rc=0
  wait $pid || rc=$?
  is "SIG$s to pinfold is the program's" "$rc" 42
done

# The interrupt key of a terminal: the program gets it once, and its answer counts.
run_rc user "$FIX/pty" -k "$PINFOLD" run -- /bin/sh -c 'n=0; trap "n=\$((n + 1))" INT; echo READY
  until [ $n -gt 0 ]; do sleep 0.05; done; sleep 0.2; echo "got $n"; exit 43'
like "the interrupt key reaches the program once" "$out" 'got 1'
like "and the program answers as it likes" "$out" '^exit: 43'
run_rc user "$FIX/pty" -k "$PINFOLD" run -- /bin/sh -c 'echo READY; exec sleep 600'
like "a program without an answer ends by it" "$out" '^exit: 130'

for c in version help --version --help 'help run' 'run --help'; do
  # shellcheck disable=SC2086 # words
  run_rc user "$PINFOLD" $c
  is "pinfold $c: 0 and text on stdout only" "$rc:$([ -n "$out" ] && echo text):$err" "0:text:"
done
done_testing
