#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# terminal.sh - the sandbox on a terminal: job control, keys, sizes, full-screen programs, and the old modes at every end.
#
# tmux is the terminal; its server has a socket of its own, and what is waited for is looked for on its screen.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

have tmux || skip_all "tmux is not installed"
have bash || skip_all "bash is not installed"

tm() { user tmux -S "$T/tmux" -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null; _cleanup' EXIT

keys() { tm send-keys -t t "$@"; }
screen() { tm capture-pane -p -t t; }

# seen DESC ERE: some line of the screen matches within 20 seconds
seen() {
  _tries=0
  until screen >"$_h/screen" && grep -Eq -- "$2" "$_h/screen"; do
    _tries=$((_tries + 1))
    if [ "$_tries" -gt 400 ]; then
      like "$1" "$(cat "$_h/screen")" "$2"
      return
    fi
    sleep 0.05
  done
  ok "$1" true
}

# await COMMAND..: until it succeeds, within 20 seconds
await() {
  _tries=0
  until "$@" || [ "$_tries" -gt 400 ]; do
    _tries=$((_tries + 1))
    sleep 0.05
  done
  "$@"
}

# lines ERE NUMBER: so many lines of the screen match
lines() { [ "$(screen | grep -Ec -- "$1")" = "$2" ]; }

# shows DESC ERE NUMBER: within 20 seconds so many do
shows() {
  if await lines "$2" "$3"; then ok "$1" true; else is "$1" "$(screen)" "$3 of $2"; fi
}

# back DESC: within 20 seconds the outer shell waits for a line, below all that there is
is_back() { [ "$(screen | grep -v '^$' | tail -n 1)" = 'out>' ]; }
back() {
  if await is_back; then ok "$1" true; else is "$1" "$(screen)" 'out> at the end'; fi
}

# enter TEXT: a line, on an empty screen of a shell that waits for one
enter() {
  keys C-l
  await lines . 1 || :
  keys -l "$1"
  # Or the screen would still be one of a shell that waits.
  await lines '^out> .' 1 || :
  keys Enter
}

# What is typed before pinfold has the terminal again is the shell's, as at any terminal: isig is off only then.
is_ours() { user stty -a -F "$tty" | grep -q -e '-isig'; }
go_on() {
  keys 'clear; fg' Enter
  await is_ours || ok "pinfold has the terminal again" false
}

# What is compared with the modes before: each of those that an end could leave behind.
same_modes() { seen "$1: the modes are as they were" '^modes: same$'; }
modes='stty -g >"$T/now"; cmp -s "$T/modes" "$T/now" && echo modes: same || { echo modes: other; stty "$(cat "$T/modes")"; }'

cat >"$T/rc" <<END
PS1='out> '
set +o history
stty -g >"$T/modes"
m() { $modes; }
p() { "\$PINFOLD" run --rw "$T:/t" "\$@"; }
e() { "\$PINFOLD" enter held -- "\$@"; }
export XDG_RUNTIME_DIR=$T/run
mkdir -m 0700 "$T/run"
export PINFOLD T
END
user cp "$T/rc" "$T/rc.own" 2>/dev/null || :
tm new-session -d -s t -x 80 -y 24 "env HISTFILE= bash --rcfile $T/rc -i" || skip_all "tmux does not start"
tm set-option -g status off
tm set-option -g remain-on-exit off
seen "a shell waits" '^out>'
tty=$(tm display-message -p -t t '#{pane_tty}')

# --- what the program sees
enter 'p -- sh -c "tty; tty </dev/tty; stty size; cat /proc/self/stat | cut -d \" \" -f 7"; m'
seen "its terminal has a name that is there" '^/dev/pts/0$'
seen "and the size of mine" '^24 80$'
same_modes "after a short run"

enter 'p -- sh -c "trap \"stty size\" WINCH; echo up; while :; do sleep 0.1; done"'
seen "a program that waits for another size" '^up$'
tm resize-window -t t -x 100 -y 30
seen "gets it" '^30 100$'
# A list of commands ends with it, since pinfold ends by the same signal.
keys C-c
back "the interrupt key ends it"
keys 'echo "ended $?"; m' Enter
seen "as it would without a sandbox" '^ended 130$'
same_modes "after the interrupt key"
tm resize-window -t t -x 80 -y 24

# --- a program by itself is stopped and goes on
enter 'p -- sh -c "echo up; cat; echo ended \$?"'
seen "cat waits" '^up$'
keys C-z
seen "the stop key gives the shell back" '^\[1\]\+ +Stopped'
keys 'jobs; m' Enter
same_modes "while it is stopped"
go_on
keys hello Enter
seen "goes on where it was" '^hello$'
shows "and echoes once" '^hello$' 2
keys C-d
seen "its end of file" '^ended 0$'
keys 'm' Enter
same_modes "after stop and go"

# In the background it stops when it wants the keyboard, and gets that with fg.
enter 'p -- sh -c "read -r x; echo got \$x; exit 5" &'
seen "it was started in the background" '^\[1\] [0-9]+'
stopped() { keys Enter && screen | grep -Eq '^\[1\]\+ +Stopped'; }
ok "and stops when it reads" await stopped
go_on
keys 'words of mine' Enter
seen "in the foreground it reads" '^got words of mine$'
keys 'echo "code $?"; m' Enter
seen "and ends with its own code" '^code 5$'
same_modes "after the background"

enter 'p -- sh -c "echo up; read -r x; echo got \$x"'
seen "one that was stopped" '^up$'
keys C-z
seen "by the key" '^\[1\]\+ +Stopped'
enter bg
ok "stops again when it reads in the background" await stopped
go_on
keys last Enter
seen "and goes on in the foreground" '^got last$'

# --- an interactive shell inside
enter 'p -- bash --norc --noprofile'
seen "a shell inside" '^bash-[0-9.]+[$]'
keys 'sleep 1000' Enter
shows "a job of its" 'sleep 1000$' 1
keys C-c
keys 'echo "code $?"' Enter
seen "its job gets the interrupt key" '^code 130$'
# An Enter that comes while the shell still edits its line ends none for who reads next, as at any terminal.
keys 'clear; echo u"p"; cat' Enter
await lines '^up$' 1
keys 'to the cat' Enter
shows "and so does another one" '^to the cat$' 2
keys C-z
seen "and the stop key, which is the inner shell's" '^\[1\]\+ +Stopped +cat'
keys fg Enter
await lines '^cat$' 1
keys 'once more' Enter
shows "fg inside" '^once more$' 2
keys C-d
keys 'clear; kill -STOP $$' Enter
seen "the inner shell stops itself: the outer one is back" '^\[1\]\+ +Stopped'
keys 'clear; m' Enter
same_modes "meanwhile"
go_on
keys 'clear; echo in"side"; sleep 1000' Enter
seen "and goes on" '^inside$'
# From elsewhere: the job inside is the one that goes on with the keyboard.
pid=$(pgrep -u "$PINFOLD_TEST_UID" -f "run --rw $T:/t -- bash --norc" | head -n 1)
kill -TSTP "$pid"
seen "stopped from elsewhere" '^\[1\]\+ +Stopped'
go_on
keys C-c
keys 'echo "job $?"' Enter
seen "what was in the foreground inside is there again" '^job 130$'
# SIGSTOP cannot be seen coming: the modes are the shell's when it goes on.
kill -STOP "$pid"
seen "stopped for certain" '^\[1\]\+ +Stopped'
go_on
keys 'read -rsn 1 x; echo "key $x"' Enter
keys k
seen "keys come one by one again" '^key k$'
keys 'clear; exit 7' Enter
back "it ends"
keys 'echo "code $?"; m' Enter
seen "with its exit code" '^code 7$'
same_modes "after the shell"

# --- full-screen programs
vim=
for name in vim vim.tiny; do [ -n "$vim" ] || ! have $name || vim=$name; done
if [ -n "$vim" ]; then
  user sh -c 'echo "a line" >"$T/text"'
  enter "p -- $vim -u NONE -N /t/text"
  seen "vim shows the file" '^~'
  keys G o 'written inside' Escape
  seen "what is typed" '^written inside'
  keys C-z
  seen "vim stops" '^\[1\]\+ +Stopped'
  keys 'clear; m' Enter
  same_modes "while vim is stopped"
  go_on
  seen "and shows all of it again" '^written inside'
  keys ':wq' Enter
  back "vim ends"
  keys 'clear; m' Enter
  same_modes "after vim"
  is "and has saved" "$(cat "$T/text")" "a line
written inside"
else
  skip "vim" "vim is not installed"
fi
if have less; then
  enter 'seq 1 500 | p -- less'
  seen "less at the end of a pipeline shows its page" '^:'
  keys G
  seen "keys are its own" '^500$'
  keys C-z
  seen "the pipeline stops" '^\[1\]\+ +Stopped'
  go_on
  seen "and goes on" '^500$'
  keys q
  back "less ends"
  keys 'clear; m' Enter
  same_modes "after less"
  enter 'p -- sh -c "seq 1 500; echo to the terminal >&2" | less; m'
  seen "less behind a sandbox shows its page" '^:'
  keys q
  same_modes "after less outside"
else
  skip "less" "less is not installed"
fi
# In a pipeline lines are made once, by whoever has the terminal.
enter 'echo x | p -- sh -c "cat; echo lines; echo made"; m'
seen "output of a pipeline starts at the left" '^made$'
enter 'sleep 1000 | p -- sh -c "echo up >&2; exec sleep 1000"'
seen "a pipeline runs" '^up$'
keys C-c
back "and ends"
keys 'echo "codes ${PIPESTATUS[*]}"; m' Enter
seen "the interrupt key ends all of a pipeline" '^codes 130 130$'
same_modes "after it"

# --- modes, however it ends
for how in 'exit 0' 'kill -9 \$\$' 'kill -TERM \$\$' 'kill -INT \$\$'; do
  enter "p -- sh -c \"stty raw -echo; $how\""
  back "$how: the shell is back"
  keys m Enter
  same_modes "after $how in raw mode"
done
enter 'p --wall 300ms -- sh -c "stty raw -echo; sleep 1000"; echo "code $?"; m'
seen "the wall limit" '^code 124$'
same_modes "after the wall limit"
enter 'p -- sh -c "stty raw -echo; touch /t/raw; exec sleep 1000"; echo "code $?"; m'
await test -e "$T/raw"
kill -TERM "$(pgrep -u "$PINFOLD_TEST_UID" -f "run --rw $T:/t -- sh -c stty raw -echo; touch" | head -n 1)"
seen "TERM to pinfold" '^code 143$'
same_modes "after TERM to pinfold"
enter 'p -- sh -c "stty raw -echo; touch /t/raw2; exec sleep 1000"; echo "code $?"; m'
await test -e "$T/raw2"
kill -XCPU "$(pgrep -u "$PINFOLD_TEST_UID" -f "run --rw $T:/t -- sh -c stty raw -echo; touch /t/raw2" | head -n 1)"
seen "a signal that nobody sends to a program ends pinfold" '^code 152$'
same_modes "after XCPU to pinfold"
enter 'p -- /no/such/program; m'
same_modes "after a program that is not there"

# In a group of the background that nobody can bring to the front, reading fails: nobody goes round and round.
enter 'bash -c "set -m; \"\$PINFOLD\" run --rw $T:/t -- sh -c \"cat; echo end >/t/orphan\" </dev/tty &"; echo "st""arted"'
seen "a job without a shell of its own is started" '^started$'
ok "and finds the end of its input" await test -e "$T/orphan"

# --- the other modes
enter 'p --set terminal.mode=none -- sh -c "test -t 0 || test -t 1 || test -t 2 || echo no""ne; read -r x; echo got \$x; cat; echo ended"; m'
seen "none: no descriptor is a terminal" '^none$'
keys 'a line' Enter
seen "lines come through" '^got a line$'
keys C-d
seen "and the end of file" '^ended$'
same_modes "after none"
enter 'p --set terminal.mode=none -- sh -c "echo up; exec sleep 1000"'
seen "none: it runs" '^up$'
keys C-z
seen "the stop key" '^\[1\]\+ +Stopped'
keys 'clear; fg' Enter
seen "it goes on" 'PINFOLD. run'
keys C-c
back "the interrupt key"
keys 'echo "code $?"' Enter
seen "which ended it" '^code 130$'
enter 'p --set terminal.mode=inherit -- sh -c "test -t 0 && test -t 1 && echo sa""me; sh -c : 2>&1 </dev/tty"; m'
seen "inherit: mine" '^same$'
seen "which controls nothing there" 'No such device|cannot open'
same_modes "after inherit"

# --- a shell in a sandbox that is there
enter '"$PINFOLD" hold held --rw "$T:/t" && e bash --norc -i; echo "code $?"; m'
seen "a shell that was entered with" 'bash.*[$#] *$'
keys 'stty size; sleep 1000' Enter
seen "has a terminal of the right size" '^24 80$'
keys C-z
seen "its own job control" '^\[1\]\+ +Stopped +sleep 1000'
keys 'clear; jobs; kill %1; wait; echo "done"' Enter
seen "has the job" '^done$'
tm resize-window -t t -x 90 -y 25
keys 'clear; stty size' Enter
seen "follows another size" '^25 90$'
tm resize-window -t t -x 80 -y 24
keys 'exit 3' Enter
seen "and ends as it says" '^code 3$'
same_modes "after entering"
enter 'e sh -c "echo up; cat; echo ended \$?"'
seen "a single program" '^up$'
keys C-z
seen "is stopped as a job" '^\[1\]\+ +Stopped'
keys 'm' Enter
same_modes "while it is stopped"
go_on
keys 'once more' Enter
seen "goes on" '^once more$'
keys C-d
seen "and ends" '^ended 0$'
keys '"$PINFOLD" kill held; m' Enter
same_modes "after that"

# --- and the terminal goes away
enter 'p -- sh -c "trap \"echo hup >/t/hup; exit\" HUP; echo up; while :; do sleep 0.1; done"'
seen "it runs" '^up$'
tm kill-server
ok "a program is told that its terminal is gone" await grep -qx hup "$T/hup"
gone() { ! pgrep -u "$PINFOLD_TEST_UID" -f "run --rw $T:/t" >"$_h/pids"; }
ok "and nothing is left" await gone
done_testing
