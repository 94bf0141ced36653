#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# enter.sh - fail closed, for a second program: each system call of who enters, of the supervisor that lets him in, and of the
# process between made to fail, one at a time. The program must not have run, he must be told why, with 125, and the sandbox
# must be there as before: nothing of him is left in it, and it can be entered again.
#
# inject.sh does the same to a start. What may fail harmlessly stands in a list, with the reason.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to trace processes that cannot be dumped"
have strace || skip_all "strace is not installed"
! grep -q __asan_init "$PINFOLD" || skip_all "a sanitizer makes calls of its own"

user mkdir -m 0700 "$T/run"
export XDG_RUNTIME_DIR="$T/run" HOME="$PINFOLD_TEST_HOME" USER="$PINFOLD_TEST_USER"
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
trap '[ -z "${tracer:-}" ] || kill "$tracer" 2>/dev/null; pf kill f KILL 2>/dev/null; _cleanup' EXIT

# ERE of strace's line, then " # " and why.
harmless() {
  [ -z "${strict:-}" ] || return 0
  cat <<'LIST'
^accept4\( # the caller waits in the queue, and is let in the next time
^keyctl\( # a keyring of our own is best effort: what can be done with keys the filter denies in any case
^prctl\(PR_SET_NAME # the name of a process is decoration
^prctl\(PR_(GET_|CAPBSET_READ|CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET) # asks
^recvmsg\( # who cannot hear is told that, with 125; his program is ended with him
^chdir\( # nobody asked for this directory: "/" is tried
^prlimit64\(0, RLIMIT_[A-Z]+, NULL # asks
^personality\(0xffffffff\) # asks
^landlock_create_ruleset\(NULL # asks what the kernel has
^ioctl\(.*(TCGETS|TIOCGWINSZ) # asks whether a descriptor is a terminal
^openat\(AT_FDCWD, "/proc/sys/kernel/cap_last_cap" # the library of capabilities asks how many there are
^(connect|socket)\((AF_UNIX, SOCK_STREAM\|SOCK_CLOEXEC\|SOCK_NONBLOCK|.*"/var/run/nscd/) # the C library asks a name service
^openat\(AT_FDCWD, "/etc/(nsswitch.conf|passwd)" # whose home it is the environment says too
^openat\(.*"(/etc/ld.so.cache|/lib|/usr/lib) # the loader
^openat\([0-9]+, "[0-9]+/stat" # only to tell a program that was killed before its exec from one that was behind it
^openat\(AT_FDCWD, "/dev/null" # what the program has of its own we need not keep open, once it runs
^dup[23]\([0-9]+, [01][,)] # the same
^epoll_ctl\( # a joiner is waited for at the sandbox's end, too
LIST
}
harmless | sed 's/ # .*//' >"$_h/harmless"

# What it does when the program's exec is done.
late='close_range|capset|prctl|seccomp'
# Memory, waiting, asking, as in inject.sh.
passive='access|alarm|arch_prctl|brk|clock_gettime|clock_nanosleep|close|epoll_.*|execve|exit|exit_group|faccessat2?|fcntl|fstat|fstatfs|futex|getcwd|getdents64|getegid|geteuid|getgid|getgroups|getpgrp|getpid|getppid|getrandom|getresgid|getresuid|getsid|gettid|getuid|lseek|madvise|mmap|mprotect|munmap|newfstatat|poll|ppoll|pread64|read|readlink|readlinkat|recvfrom|restart_syscall|rseq|rt_sig.*|set_robust_list|set_tid_address|sigaltstack|stat|statfs|statx|sysinfo|umask|uname|wait4|waitid|capget|clock_getres|sched_get.*|kill|sendto|getsockname'

# --- two sides to fail on: who enters, whom strace starts; and the supervisor, to whom it is attached

enter='enter f -- /bin/sh -c' terminal=
as_client() { # OPTION..
  # shellcheck disable=SC2086 # words
  run_rc timeout -k 5 60 strace -f -u "$PINFOLD_TEST_USER" -o "$_h/log" "$@" "$PINFOLD" $enter 'echo ran' </dev/null
}
as_supervisor() {
  : >"$_h/attached"
  strace -f -p "$supervisor" -o "$_h/log" "$@" 2>>"$_h/attached" &
  tracer=$!
  timeout 20 sh -c 'until grep -q attached "$0"; do kill -0 "$1" || exit; done' "$_h/attached" "$tracer"
  # shellcheck disable=SC2086 # words
  run_rc timeout -k 5 60 "$AS_USER" env "XDG_RUNTIME_DIR=$T/run" $terminal "$PINFOLD" $enter 'echo ran' </dev/null
  # With a terminal all is shown there, and how it ended is told at last.
  if [ -n "$terminal" ]; then
    err=$(printf '%s\n' "$out" | tr -d '\r')
    rc=$(printf '%s\n' "$err" | sed -n 's/^exit: //p')
    out=$(printf '%s\n' "$err" | sed -n '/^ran$/p')
  fi
  kill -INT "$tracer"
  wait "$tracer"
  tracer=
}

# what_failed: of the log, the lines of calls that were made to fail, before the program's exec ("failed") and behind it
# ("late"); "ran" or "not run" at last.
what_failed() {
  awk '
    / <unfinished \.\.\.>$/ { begun[$1] = $0; sub(/ *<unfinished \.\.\.>$/, "", begun[$1]) }
    /^[0-9]+ +<\.\.\. [a-z0-9_]+ resumed>/ && $1 in begun { pid = $1; rest = $0; sub(/^[^>]*>/, "", rest); $0 = begun[pid] rest; delete begun[pid] }
    /execve\("\/bin\/sh"/ && !program { program = $1 }
    /INJECTED/ && !ran && (!program || $1 == program) { sub(/^[0-9]+ +/, ""); print "failed " $0; next }
    /INJECTED/ && $1 != program && / ('"$late"')[( ]/ { sub(/^[0-9]+ +/, ""); print "late " $0 }
    /execve\("\/bin\/sh"/ && $1 == program && / = 0$/ { ran = 1 }
    END { print ran ? "ran" : "not run" }' "$_h/log"
}

# try SIDE CALL N: one line of the result
try() {
  "as_$1" -e "trace=$2,execve" -e "inject=$2:error=EPERM:when=$3"
  what_failed >"$_h/seen"
  failed=$(sed -n 's/^failed //p' "$_h/seen")
  ran=$(sed -n '$p' "$_h/seen")
  [ -z "$out" ] || ran=ran
  excused=
  ! printf '%s\n' "$failed" | grep -Eq -f "$_h/harmless" || excused=yes
  if grep -q ^late "$_h/seen"; then
    if [ "$rc" != 0 ] && _matches "$err" '^pinfold: '; then echo "ended $2 $3"; else
      echo "WENT-ON $2 $3 rc=$rc: $(sed -n 's/^late //p' "$_h/seen" | tr '\n' ' ')"
    fi
  elif [ -z "$failed" ]; then echo "none $2 $3"
  elif [ "$ran" = ran ]; then
    if [ -n "$excused" ]; then echo "harmless $2 $3"; else echo "RAN $2 $3 rc=$rc: $failed" | tr '\n' ' '; echo; fi
  elif [ "$rc" = 125 ] && { _matches "$err" '^pinfold: ' || _matches "$failed" '^write\(2,'; }; then echo "refused $2 $3"
  elif _matches "$failed" '^(openat\(.*"(/etc/ld\.so|/lib|/usr/lib|/usr/local/lib)|mmap|mprotect)' && [ "$rc" != 0 ]; then echo "loader $2 $3"
  else
    echo "BADLY $2 $3 rc=$rc stderr=$(printf '%s' "$err" | head -c 200): $failed" | tr '\n' ' '
    echo
  fi
  # As it was: process 1 and who asks; and the supervisor has no child but process 1.
  run_rc pf enter f -- /bin/sh -c 'echo /proc/[0-9]*'
  [ "$rc" = 0 ] && [ "$(printf '%s\n' "$out" | wc -w)" = 2 ] || echo "LEFT $2 $3 rc=$rc: $out $err"
  timeout 10 sh -c 'until [ "$(cat "/proc/$0/task/$0/children")" = "$1 " ]; do :; done' "$supervisor" "$init" ||
    echo "LEFT $2 $3: $(cat "/proc/$supervisor/task/$supervisor/children")"
}

# round SIDE NAME: every call of one side
round() {
  "as_$1" -e trace=all
  is "$2: undisturbed, the program runs" "$rc:$out" 0:ran
  # A program's calls count up to its exec; those of others behind it where they are of the late ones.
  awk -v passive="^($passive)\$" -v late="^($late)\$" '
    /^[0-9]+ +execve\("\/bin\/sh"/ { program = $1; past = 1 }
    past && program == $1 { next }
    { line = $0; sub(/^[0-9]+ +/, "", line) }
    line ~ /^[a-z0-9_]+\(/ {
      call = line; sub(/\(.*/, "", call)
      if (call ~ passive || past && call !~ late) next
      n = ++count[$1 " " call]
      if (n > max[call]) max[call] = n
    }
    END { for (call in max) for (i = 1; i <= max[call]; i++) print call, i }' "$_h/log" | sort >"$_h/jobs"
  cut -d " " -f 1 "$_h/jobs" >>"$_h/all"
  while read -r _call _time <&6; do try "$1" "$_call" "$_time"; done 6<"$_h/jobs" >"$_h/results"
  is "$2: the program never ran after a failed call" "$(grep -a '^RAN' "$_h/results")" ""
  is "$2: it was ended where it was on its way" "$(grep '^WENT-ON' "$_h/results")" ""
  is "$2: each failure is a message and exit code 125" "$(grep '^BADLY' "$_h/results")" ""
  is "$2: nothing is left, and the sandbox can be entered again" "$(grep '^LEFT' "$_h/results")" ""
  [ -n "${strict_job:-}" ] || strict_job="$1 $(sed -n 's/^harmless //p' "$_h/results" | head -n 1)"
  grep '^none' "$_h/results" | sed 's/^/# /'
  echo "# $2: $(cut -d ' ' -f 1 "$_h/results" | sort | uniq -c | tr -s ' \n' ' ')"
}

run_rc pf hold f
is "a sandbox is held" "$rc:$err" 0:
supervisor=$(pf ps --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["sandboxes"][0]["supervisor"])')
init=$(pf ps --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["sandboxes"][0]["init"])')
as_client -e trace=none
if [ "$rc:$out" != 0:ran ]; then
  case $err in
    *ptrace* | *'Operation not permitted'*) skip_all "strace does not work here: $err" ;;
  esac
fi
round client "who enters"
round supervisor "who lets him in"
terminal=$FIX/pty
round supervisor "who lets him in that has a terminal"
terminal=
# Can this test fail? Without the list, a call that is harmless is one after whose failure the program ran.
strict=yes
harmless >"$_h/harmless"
# shellcheck disable=SC2086 # words
like "without the list of harmless calls, one is found" "$(try $strict_job)" "^RAN ${strict_job#* } "
for call in clone close_range dup2 memfd_create pidfd_open prctl sendmsg setns setsid; do
  ok "$call was one of them" grep -q "^$call\$" "$_h/all"
done
ok "the sandbox was the same one all the time" kill -0 "$supervisor"
done_testing
