#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# judge.sh - the stock profile judge marks real programs: the right answer, and each way of not giving one.
#
# Everything is bounded twice: by the profile, and, should that fail, from outside.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# No more than this many processes of the test user, whatever happens.
most=
! have prlimit || most="prlimit --nproc=400"
# shellcheck disable=SC2086 # words
judge() { user $most timeout -k 5 60 "$PINFOLD" run -p judge --ro "$FIX:/fix" "$@"; }

# --- answers -------------------------------------------------------------------------------------------

printf '20 22\n' >"$_h/in"
right() { # NAME CMD..: a solution that reads two numbers and prints their sum
  _name=$1
  shift
  run_rc judge --ro "$T/solution:/solution" -- "$@" <"$_h/in"
  is "$_name: the right answer" "$rc:$out:$err" 0:42:
}
user mkdir "$T/solution"
if have gcc; then
  user sh -c 'printf "#include <stdio.h>\nint main(void) { int a, b; if (scanf(\"%%d %%d\", &a, &b) != 2) return 1; printf(\"%%d\\\\n\", a + b); }\n" |
    gcc -x c -o "$T/solution/sum" -'
  right "C" /solution/sum
else
  skip "C: the right answer" "gcc is not installed"
fi
if [ -x /usr/bin/python3 ]; then
  right "python3" python3 -c 'print(sum(map(int, input().split())))'
  # shellcheck disable=SC2016 # perl's own
  run_rc judge -- python3 -c 'x = bytearray(2 << 30)'
  like "python3: more memory than there is, is an error of its own" "$rc:$err" '^MemoryError'
  run_rc judge -- python3 -c 'import socket; socket.create_connection(("127.0.0.1", 22), 3)'
  like "python3: there is no network" "$rc:$err" '(refused|unreachable)$'
else
  skip "python3" "python3 is not installed in /usr/bin"
fi
if [ -x /usr/bin/perl ]; then
  # shellcheck disable=SC2016 # perl's own
  right "perl" perl -ne '/(\d+) (\d+)/ and print $1 + $2, "\n"'
else
  skip "perl: the right answer" "perl is not installed in /usr/bin"
fi
is "awk: the right answer" "$(judge -- awk '{ print $1 + $2 }' <"$_h/in")" 42
run_rc judge -- sh -c 'echo wrong; exit 3' <"$_h/in"
is "a program's own exit code comes through" "$rc:$out" 3:wrong
run_rc judge -- sh -c 'kill -SEGV $$'
is "so does a signal" "$rc" 139
run_rc judge -- sh -c 'ls -A ~; echo x >~/f; cat ~/f'
is "the home is empty, and can be written" "$out" x

# --- what does not end --------------------------------------------------------------------------------------

run_rc judge --wall 1s -- sh -c 'while :; do sleep 0.1; done'
is "an endless wait: 124" "$rc" 124
like "and which limit it was" "$err" '^pinfold: ended by its limit: wall-time = 1s '
run_rc judge --cpu-time 1s -- sh -c 'while :; do :; done'
is "an endless loop: 152" "$rc" 152
run_rc judge --cpu-time 1s -- /fix/burn hogs 6 /tmp/f
is "the same in forks: 152" "$rc" 152

# --- floods -----------------------------------------------------------------------------------------------

user sh -c ': >"$T/flood"'
run_rc sh -c 'exec "$@" >"$0"' "$T/flood" "$AS_USER" timeout -k 5 60 "$PINFOLD" run -p judge -- sh -c 'exec cat /dev/zero'
is "an output flood into a file ends by SIGXFSZ" "$rc" 153
is "at file-size" "$(wc -c <"$T/flood")" $((16 * 1024 * 1024))
: >"$T/flood"
for dir in /tmp /dev/shm "$PINFOLD_TEST_HOME"; do
  run_rc judge -- sh -c 'i=0; while [ $i -lt 8 ]; do head -c 8000000 /dev/zero >"$1/f$i" || exit 9; i=$((i+1)); done' sh "$dir"
  is "many files fill $dir, and no more" "$rc:$(printf '%s' "$err" | grep -c 'No space left')" 9:1
done
is "nothing else takes them" "$(judge -- awk '$3 == "tmpfs" && $4 ~ /^rw/ { print $2 }' /proc/mounts | sort)" \
  "$(printf '%s\n' /dev/shm "$PINFOLD_TEST_HOME" /tmp | sort)"

# --- a fork bomb --------------------------------------------------------------------------------------------

is "16 processes, the program among them" "$(judge -- /fix/burn forks)" "15 Resource temporarily unavailable"
# In the background, while others want to work: not a matter of luck, since it is 16 processes and no more.
# By a name of its own: another test may burn something meanwhile.
user cp "$FIX/burn" "$T/bomber"
# shellcheck disable=SC2086 # words
"$AS_USER" $most timeout -k 5 60 "$PINFOLD" run -p judge --ro "$T/bomber:/bomber" --wall 3s --set limits.cpu-time= -- /bomber bomb >"$_h/bomb" 2>&1 &
bomb=$!
is "the machine answers while a fork bomb runs" "$(starts 20)" 20
rc=0
wait $bomb || rc=$?
is "which is over with its wall-time" "$rc" 124
like "and told so" "$(cat "$_h/bomb")" 'wall-time = 3s'
is "nothing of it is left" "$(pgrep -u "$PINFOLD_TEST_UID" -x bomber)" ""
done_testing
