#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# sources.sh - sources that change, go away or hang while a sandbox starts: a message that names the rule, or what is
# optional left out; never a program without what was asked for, never a start without an end.
#
# hang (tests/helpers) mounts a file system that does not answer.
# strace(1) stops the sandbox where it makes its first file system, after the plan and before any source is opened, or
# holds up the call that clones a source.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

have strace || skip_all "strace is not installed"
[ "$SANITIZERS" = no ] || skip_all "a sanitizer's own tracing does not go with strace"
user mkdir "$T/src" "$T/log"
run_rc user strace -f -o "$T/log/none" "$PINFOLD" run -- true
[ "$rc" = 0 ] || skip_all "strace does not work here: $err"

fresh() { user sh -c 'rm -rf "$T/src" && mkdir -p "$T/src/dir/hidden" && echo content >"$T/src/file" && echo content >"$T/src/dir/file"'; }

# stopped CHANGE OPTION..: starts, stops the sandbox before its sources are opened, runs CHANGE, lets it go on.
stopped() {
  change=$1
  shift
  fresh
  rm -f "$T/log/trace"
  # shellcheck disable=SC2016 # for the inner shell
  "$AS_USER" strace -f -o "$T/log/trace" -e trace=fsopen -e inject=fsopen:signal=STOP:when=1 sh -c 'exec 2>"$0"; exec "$@"' "$T/log/err" \
    "$PINFOLD" run "$@" -- /bin/sh -c 'echo ran' >"$T/log/out" 2>"$T/log/strace" &
  tracer=$!
  pid=$(timeout 20 sh -c 'until grep -q "stopped by SIGSTOP" "$T/log/trace" 2>/dev/null; do kill -0 "$1" 2>/dev/null || exit; done; sed -n "s/^\([0-9]*\) .*stopped by SIGSTOP.*/\1/p" "$T/log/trace"' sh $tracer)
  [ -n "$pid" ] || { kill $tracer; rc=none out='' err="not stopped: $(cat "$T/log/err")"; return; }
  user sh -c "$change"
  user kill -CONT "$pid"
  rc=0
  wait $tracer || rc=$?
  out=$(cat "$T/log/out") err=$(cat "$T/log/err")
}

stopped : --ro "$T/src/dir:/x"
is "what nobody changes works" "$rc:$out" 0:ran
for rule in --ro --rw "--set filesystem.copy"; do
  key=${rule#--} what=$T/src/file:/x
  case $rule in --set*) key='--set filesystem.copy' rule=--set what=filesystem.copy=$what ;; *) key="$rule $T" ;; esac
  stopped 'rm "$T/src/file"' "$rule" "$what"
  is "$key: a source that disappears ends the start" "$rc:$out" 125:
  like "$key: and is named, with its rule" "$err" "cannot open $T/src/file: No such file or directory \\($key"
  stopped 'echo other >"$T/src/other" && mv "$T/src/other" "$T/src/file"' "$rule" "$what"
  is "$key: so does one that is replaced" "$rc:$out" 125:
  like "$key: and says so" "$err" "$T/src/file changed while the sandbox started"
  stopped 'rm "$T/src/file" && ln -s /etc/hostname "$T/src/file"' "$rule" "$what"
  is "$key: or turned into a link" "$rc:$out" 125:
  stopped 'mkfifo "$T/src/other" && mv "$T/src/other" "$T/src/file"' "$rule" "$what"
  is "$key: or into a FIFO, which nobody waits for" "$rc:$out" 125:
done
stopped 'rm -r "$T/src/dir"' --ro "-$T/src/dir:/x"
is "what is optional was there when the plan was made: that it is gone is an error too" "$rc:$out" 125:
stopped 'rm -r "$T/src/dir/hidden"' --ro "$T/src/dir" --hide "$T/src/dir/hidden"
is "what is to be hidden disappears" "$rc:$out" 125:
like "and is named" "$err" "$T/src/dir/hidden is not in the tree shown at $T/src/dir"

# A file system that fails: at once, with what is wrong, optional or not.
user mkdir "$T/failing"
while read -r mode text; do
  for rule in --ro@ --rw@- --overlay@ --set@filesystem.copy= --hide@; do
    what=$T/failing/x
    [ "$rule" != --set@filesystem.copy= ] || what=$what:/x
    # The hide is of something in a grant.
    run_rc "$FIX/hang" "$mode" "$T/failing" "$AS_USER" timeout 100 "$PINFOLD" run --ro "$T" "${rule%@*}" "${rule#*@}$what" -- echo ran
    if [ "$rc" = 77 ]; then skip "a file system that is $mode: $rule" "$err"; continue; fi
    is "a file system that is $mode: $rule" "$rc:$out" 125:
    like "a file system that is $mode: and says so ($rule)" "$err" "$T/failing/x.*: $text \\(${rule%@*}"
    like "a file system that is $mode: and what to do ($rule)" "$err" "hint: .*(file system|hide the directory above)"
  done
done <<TABLE
failing Input/output error
gone Transport endpoint is not connected
TABLE

# A FIFO that nobody writes to is no file of directories.
user sh -c 'mkdir "$T/fifo" && mkfifo "$T/fifo/user-dirs.dirs"'
run_rc user timeout 60 env "XDG_CONFIG_HOME=$T/fifo" "$PINFOLD" run -- echo ran
is "a FIFO for user-dirs.dirs is passed over" "$rc:$out" 0:ran

# One that hangs: the start is given up after its deadline of 30 seconds. All at once, for the time that takes.
fresh
n=0
for rule in "--ro $T/src/dir:/x" "--rw $T/src/file:/x"; do
  n=$((n + 1))
  # What strace itself has to say of its tracees is not to stand in the midst of pinfold's words.
  # shellcheck disable=SC2016,SC2086 # for the inner shell; words
  "$AS_USER" timeout 100 strace -f -o "$T/log/hang.$n" -e trace=open_tree -e inject=open_tree:delay_enter=90s:when=1 \
    sh -c 'exec 2>"$1"; shift; exec "$@"' sh "$T/log/err.$n" \
    "$PINFOLD" run --set filesystem.system=none --set filesystem.devices=none --set filesystem.etc= --set filesystem.proc=none --home none $rule -- /bin/true >"$T/log/out.$n" 2>"$T/log/strace.$n" &
  eval "hang$n=\$!"
done
# And one that hangs already when its path is looked at for the plan, so that nothing is cloned yet; one of them not to be
# ended by SIGKILL either. The output goes through a pipe: what is left hanging must not keep that open.
dead=0
for rule in "unread --ro" "unanswered --rw" "unanswered --hide" "unread --set filesystem.copy="; do
  dead=$((dead + 1))
  user mkdir "$T/mnt.$dead"
  what=$T/mnt.$dead/dead
  case $rule in *=) rule=$rule$what:/x ;; *) rule="$rule $what" ;; esac
  # shellcheck disable=SC2086 # words
  set -- $rule
  mode=$1
  shift
  { rc=0; "$FIX/hang" "$mode" "$T/mnt.$dead" "$AS_USER" timeout 100 "$PINFOLD" run "$@" -- /bin/true 2>&1 || rc=$?; echo "rc $rc"; } | cat >"$T/log/dead.$dead" &
  eval "dead$dead=\$!"
done

# The same of the user's own directories, which no rule names: profiles are read from there, and homes kept.
# lost MODE VARIABLE WORD..: pinfold WORD.. where that variable leads to a directory in which nothing answers.
lost=0
lost() {
  lost=$((lost + 1))
  mode=$1 variable=$2
  shift 2
  user mkdir "$T/lost.$lost"
  { rc=0; "$FIX/hang" "$mode" "$T/lost.$lost" "$AS_USER" timeout 100 env "$variable=$T/lost.$lost" "$PINFOLD" "$@" 2>&1 || rc=$?; echo "rc $rc"; } | cat >"$T/log/lost.$lost" &
  eval "lost$lost=\$!"
}
lost unanswered HOME run -- /bin/true
lost unread XDG_CONFIG_HOME explain -- /bin/true
lost unread XDG_DATA_HOME run --home private -- /bin/true
lost unanswered XDG_CACHE_HOME run --ro /usr/share -- /bin/true
lost unread XDG_CONFIG_HOME profiles
lost unread XDG_CONFIG_HOME profiles show default
lost unanswered HOME lint default
# Where nothing of the user's is looked at but the profile itself.
user sh -c 'mkdir "$T/lost.p"'
{ rc=0; "$FIX/hang" unread "$T/lost.p" "$AS_USER" timeout 100 "$PINFOLD" run -p "$T/lost.p/x.ini" -- /bin/true 2>&1 || rc=$?; echo "rc $rc"; } | cat >"$T/log/lost.p" &
# shellcheck disable=SC2034 # read by eval
lostp=$!

# Nor of the system, where nothing is granted besides.
{ rc=0; "$FIX/hang" unread /etc/alternatives "$AS_USER" timeout 100 "$PINFOLD" run -- /bin/true 2>&1 || rc=$?; echo "rc $rc"; } | cat >"$T/log/piece" &
piece=$!

for i in 1 2; do
  eval "pid=\$hang$i"
  rc=0
  wait "$pid" || rc=$?
  is "a source that hangs is given up ($i)" "$rc" 125
  like "and named, with its rule ($i)" "$(cat "$T/log/err.$i")" "$T/src/(dir|file): the sandbox did not start within its deadline: it hangs in step \"root\" \\(--r[ow] "
done
wait "$piece"
if [ -d /etc/alternatives ]; then
  like "a piece of the system that hangs is given up, and named" "$(cat "$T/log/piece")" "/etc/alternatives: no answer within 30 seconds.*"
  like "with 125" "$(cat "$T/log/piece")" "rc 125"
fi
i=0
for mode in unread unanswered unanswered unread; do
  i=$((i + 1))
  eval "pid=\$dead$i"
  wait "$pid"
  said=$(cat "$T/log/dead.$i")
  case $said in
    *'rc 77') skip "a path that hangs when it is looked at ($i)" "$(printf '%s\n' "$said" | sed 1q)"; continue ;;
  esac
  like "a path that hangs when it is looked at is given up ($i, $mode)" "$said" '^rc 125$'
  like "and named, with its rule ($i)" "$said" "^pinfold: $T/mnt.$i/dead: no answer within 30 seconds: it hangs \\(--"
  like "and what to do ($i)" "$said" 'hint: a file system on the way there does not answer'
done
i=0
while read -r below what; do
  i=$((i + 1))
  n=$i
  [ "$what" != "the profile" ] || n=p
  eval "pid=\$lost$n"
  wait "$pid"
  said=$(cat "$T/log/lost.$n")
  case $said in
    *'rc 77') skip "a directory of the user's that hangs: $what" "$(printf '%s\n' "$said" | sed 1q)"; continue ;;
  esac
  code=125
  [ "$what" != lint ] || code=1
  like "a directory of the user's that hangs, $what: given up" "$said" "^rc $code\$"
  like "a directory of the user's that hangs, $what: and named" "$said" "$T/lost.$n/$below: no answer within 30 seconds: it hangs"
done <<TABLE
.config/user-dirs.dirs run
user-dirs.dirs explain
pinfold/homes/default a home that is kept
pinfold pinfold's own
pinfold/profiles profiles
user-dirs.dirs profiles show
.config/user-dirs.dirs lint
x.ini the profile
TABLE
done_testing
