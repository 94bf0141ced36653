#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# signals.sh - signals sent to pinfold, or to its process group, are the program's, with and without a terminal.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# wanted ANSWER NUMBER: how pinfold ends, as pty tells it
wanted() {
  case $1:$2 in
    ignore:*) echo "exit: 9" ;;
    handle:*) echo "exit: 7" ;;
    # Those two are re-raised, so that a script that started it ends as well.
    default:2 | default:3) echo "signal: $2 exit: $((128 + $2))" ;;
    default:*) echo "exit: $((128 + $2))" ;;
  esac
}

# Behind the signal comes WINCH (28), which ends a program that ignored it.
for terminal in "" -n "-n terminal.mode=pty" "-i" "-o" "terminal.mode=none"; do
  mode=${terminal#-?}
  mode=${mode# }
  case $terminal in -*) option=${terminal%% *} ;; *) option= ;; esac
  for whom in -s -g; do
    for signal in 1 2 3 10 12 14 15; do
      for answer in ignore handle default; do
        # Of INT and QUIT a core is not wanted.
        # shellcheck disable=SC2086 # words
        run_rc user "$FIX/pty" $option $whom "$signal,28" "$PINFOLD" run ${mode:+--set $mode} --ro "$FIX:/fix" -- /fix/answer $answer $signal
        is "${terminal:-a terminal}: signal $signal to $([ $whom = -s ] && echo pinfold || echo its group), which the program would $answer" \
          "$(printf '%s\n' "$out" | tr -d '\r' | sed -n '/^signal: \|^exit: /p' | paste -s -d ' ' -)" "$(wanted $answer $signal)"
      done
    done
  done
done

# A stop is the whole job's, as a shell with job control starts and sees it: pinfold and its program stop, and go on.
cat >"$T/job" <<'END'
set -m
become() { until [ "$(sed -n 's/^State:.\(.\).*/\1/p' "/proc/$1/status")" = "$2" ]; do sleep 0.02; done; }
"$PINFOLD" run $1 --rw "$T:/t" -- /bin/sh -c 'echo up >/t/up; read -r x </t/never' </dev/null &
read -r up <"$T/up"
read -r init </proc/$!/task/$!/children
read -r program </proc/$init/task/$init/children
kill -$2 $([ $3 = -s ] && echo $! || echo -$!)
become $! T
become $program T
jobs
kill -CONT $!
become $! S
become $program S
kill -TERM $!
wait $!
echo "exit: $?"
END
user mkfifo "$T/up" "$T/never"
if [ -e /proc/self/task/$$/children ]; then
  for mode in "" "--set terminal.mode=pty"; do
    for signal in TSTP TTIN TTOU; do
      for whom in -s -g; do
        run_rc user timeout 60 bash "$T/job" "$mode" $signal $whom
        like "SIG$signal to $([ $whom = -s ] && echo pinfold || echo its group)${mode:+ with a terminal}: stopped, as the shell sees it" "$out" '^\[1\]\+ +Stopped'
        like "and both went on" "$out" '^exit: 143$'
      done
    done
  done
else
  skip "a stop is the whole job's" "the kernel has no /proc/PID/task/TID/children"
fi
# In a process group that nobody could let go on (pty starts it so) the kernel stops nothing, and nothing stays stopped.
for signal in 20 21 22; do
  run_rc user "$FIX/pty" -s "$signal,28" "$PINFOLD" run --ro "$FIX:/fix" -- /fix/answer default 1
  like "signal $signal in an orphaned process group stops nothing for good" "$out" '^exit: 9'
done
done_testing
