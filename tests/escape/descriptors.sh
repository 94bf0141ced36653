#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# descriptors.sh - nothing that was open in the caller is open inside, in the program or in process 1 (CVE-2024-21626).
#
# Control: bare, all of it leaks.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'mkdir "$T/dir" && echo SECRET >"$T/dir/secret" && mkfifo "$T/up" "$T/go"'
leak() { user sh -c 'exec 3<"$T/dir" 4<"$T/dir/secret" 7<"$T/dir/secret" 9>>"$T/dir/log"; "$@"' sh "$@"; }
look='cat <&7; cat /proc/self/fd/3/secret; echo x >&9; (ls -l /proc/$$/fd)'
# What of that is the program's descriptors, as "NUMBER TARGET"; a pipeline in the program would show its own pipe.
fds_of() { printf '%s\n' "$1" | sed -n 's/.* \([0-9]*\) -> /\1 /p'; }

run_rc leak /bin/sh -c "$look"
is "bare, the secret can be read through descriptors 7 and 3" "$(printf '%s\n' "$out" | grep -c SECRET)" 2
is "and something written through 9" "$(cat "$T/dir/log")" x
rm -f "$T/dir/log"

run_rc leak "$PINFOLD" run -- /bin/sh -c "$look"
unlike "inside, it cannot" "$out" SECRET
is "nor can anything be written" "$(cat "$T/dir/log")" ""
is "the program has 0, 1 and 2" "$(fds_of "$out" | sed 's/ .*//' | tr '\n' ' ')" "0 1 2 "
unlike "no descriptor leads to a directory or a namespace" "$(fds_of "$out" | sed '/^[012] /d')" ' (/|mnt:|user:|pid:|anon)'

# High numbers, beyond any table of small ones.
if have bash; then
  run_rc user bash -c 'ulimit -n 4096 2>/dev/null; exec 200<"$T/dir/secret" 900<"$T/dir"; exec "$PINFOLD" run -- bash -c "cat <&200; ls /proc/self/fd/900; echo end"'
  is "descriptors 200 and 900 neither" "$out" end
fi
# A directory as one of 0, 1, 2 would be a door to all that is above it: the program may not have it.
door='cd /proc/self/fd/0 2>/dev/null && cat secret ../dir/secret "../../../../../../../../$1/dir/secret"; echo end'
is "bare, a directory as standard input leads out" "$(user sh -c 'exec /bin/sh -c "$1" sh "$T" <"$T/dir"' sh "$door")" "SECRET
SECRET
SECRET
end"
run_rc user sh -c 'exec "$PINFOLD" run -- /bin/sh -c "$1" sh "$T" <"$T/dir"' sh "$door"
unlike "inside it does not" "$out" SECRET
like "it is refused, or the program runs without it" "$rc:$out" '^(125:|0:end)$'
user mkdir "$T/got"
for fd in 1 2; do
  user sh -c 'exec "$PINFOLD" run --rw "$T/got:/got" -- /bin/sh -c "cd /proc/self/fd/'$fd' && cat secret >/got/it" '$fd'<"$T/dir"' >/dev/null 2>&1
  is "nor does one as descriptor $fd" "$(cat "$T/got/it" 2>/dev/null)" ""
done

# What is passed on by name is all that is added, and a directory is never among it.
run_rc leak "$PINFOLD" run --fd 7 -- /bin/sh -c "$look"
is "one that was passed on can be read" "$(printf '%s\n' "$out" | grep -c SECRET)" 1
is "and the others cannot" "$(fds_of "$out" | sed 's/ .*//' | tr '\n' ' ')$(cat "$T/dir/log")" "0 1 2 7 "
for passed in 3 7,3 3,4,9; do
  run_rc leak "$PINFOLD" run --fd $passed -- /bin/sh -c "$look"
  is "--fd $passed, with a directory: nothing runs" "$rc:$out" 125:
done
# The one to wait at, and those that tell: the program could answer in its caller's place, or tell what it likes.
run_rc user sh -c 'exec "$PINFOLD" run --block-fd 7 --status fd:8 --meta fd:9 -- /bin/sh -c "ls /proc/self/fd/7 /proc/self/fd/8 /proc/self/fd/9; echo end" 7<"$T/dir/secret" 8>"$T/dir/8" 9>"$T/dir/9"'
is "the program has none of what is for pinfold" "$rc:$out" 0:end

# Process 1, seen by root from outside.
if [ "$(id -u)" = 0 ]; then
  "$AS_USER" sh -c 'exec 3<"$T/dir" 4<"$T/dir/secret" 7<"$T/dir/secret"
    exec "$PINFOLD" run --fd 4,7 --rw "$T:/t" -- /bin/sh -c "echo up >/t/up; read -r x </t/go"' </dev/null >"$T/out" 2>"$T/err" &
  pid=$!
  timeout 20 head -n 1 "$T/up" >/dev/null
  init=$(cat "/proc/$pid/task/$pid/children")
  init=${init%% *}
  # Process 1 has descriptors of its own for a moment after the exec; what counts is what it keeps.
  look_in() { for f in "/proc/${init:-none}"/fd/*; do echo "${f##*/} $(readlink "$f")"; done; }
  # /proc/2 is the program in the sandbox's own /proc: on the host number 2 is another.
  expected='/ \/proc\/2\/stat$/d; /^[012] /d; / socket:/d; / pipe:/d; / anon_inode:\[\(signalfd\|pidfd\|eventpoll\|eventfd\)\]$/d'
  i=0
  while fds=$(look_in) && [ -n "$(printf '%s\n' "$fds" | sed "$expected")" ] && [ $i -lt 100 ]; do i=$((i + 1)); done
  like "process 1 is there" "$(cat "/proc/$init/comm")" '^pinfold'
  unlike "process 1 holds nothing of the caller's, nor what it has passed on" "$fds" "$T/dir"
  is "beyond 0, 1, 2 only sockets, pipes, anonymous files and its view of the program" \
    "$(printf '%s\n' "$fds" | sed "$expected")" ""
  program=$(awk '{ print $1 }' "/proc/$init/task/$init/children")
  is "its directory and its root are the program's root" "$(stat -c %d:%i -L "/proc/$init/cwd" "/proc/$init/root" | sort -u)" \
    "$(stat -c %d:%i -L "/proc/$program/root")"
  is "it is locked down itself" "$(awk '/^(Cap(Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):/ { print $2 }' "/proc/$init/status" | sort -u | tr '\n' ' ')" \
    "0000000000000000 1 2 "
  unlike "its mounts are the sandbox's" "$(awk '{ print $5 }' "/proc/$init/mountinfo")" '^/(sys|mnt|media|boot)(/|$)'
  echo go >"$T/go"
  wait $pid
else
  skip "the descriptors of process 1" "needs root to see them"
fi
done_testing
