#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# inject.sh - fail closed: each system call of the set-up made to fail, one at a time, ends the run before the program.
#
# A first run under strace lists the calls made before the program's exec and how often each process makes them.
# Then there is one run for every call and every occurrence, in which that one fails with EPERM: the program must
# not have run, and pinfold must say why and exit with 125. What process 1 gives up can only be given up when the program
# is on its way already: if that fails, the run must end at once, not with success, and say why. What may fail harmlessly stands in a list, with the reason.

# --- one injection, in a process of its own: inject.sh --one SYSCALL N ---------------------------------------

# What strace's line looks like when the call that was made to fail is no control. ERE, then " # " and why.
harmless() {
  [ -z "${INJECT_STRICT:-}" ] || return 0
  cat <<'LIST'
^prctl\(PR_SET_NAME # the name of a process is decoration
^ioctl\(.*(TCGETS|TIOCGWINSZ) # asks whether a descriptor is a terminal
^keyctl\( # a keyring of our own is best effort: what can be done with keys the filter denies in any case
^openat\(AT_FDCWD, "(/etc/ld.so.cache|/lib|/usr/lib) # the loader of a library that a profile's denies want: it looks on, or loading fails
^prctl\(PR_GET_ # asks
^personality\(0xffffffff\) # asks
^landlock_create_ruleset\(NULL # asks what the kernel has; with mode = auto a sandbox does without
^prlimit64\(0, RLIMIT_[A-Z]+, NULL # asks
^openat2\(AT_FDCWD, .*flags=O_RDONLY\|O_CLOEXEC\|O_PATH, resolve=RESOLVE_NO_XDEV\} # asks whether a path crosses a mount; if so it is looked at by a process apart
^perf_event_open\( # where the kernel has no counter, /proc alone is added up
^seccomp\((SECCOMP_GET_|.*, NULL\)) # libseccomp asks what the kernel knows; a filter is never at NULL
^(connect|socket)\((AF_UNIX, SOCK_STREAM\|SOCK_CLOEXEC\|SOCK_NONBLOCK|.*"/var/run/nscd/) # the C library asks a name service that need not be there
LIST
  # Whoever is not in the password file has no other home to mask; own directories are known by the environment too.
  echo '^openat\(AT_FDCWD, "/etc/(nsswitch.conf|passwd)"'
  # With libsubid, or without it and what it needs: /etc/subuid is read either way.
  # Process 1 has a /proc of its own there, without covers, through which the limit can be set as well.
  case $INJECT_OPTIONS in *proc=minimal*) printf '%s\n' '^write\([0-9]+, "0", 1\)' '^openat\(.*"/proc/sys/user/max_user_namespaces"' ;; esac
  # A report that does not come is said to be missing; what is refused is refused all the same. That the sibling drops what it
  # shares is one guard more; and a supervisor that is deaf when the program is on its way ends the run.
  case $INJECT_OPTIONS in *trace-denied*) printf '%s\n' '^sendmsg\(.*SCM_RIGHTS' '^unshare\(CLONE_FILES' '^(recvmsg\(|<\.\.\. recvmsg resumed>)' ;; esac
  # What cannot be told is a warning at the end; that it cannot be at all, before anything runs, is an error.
  case $INJECT_OPTIONS in *--status*) printf '%s\n' '^(openat|renameat|unlinkat)\([0-9]+, "\.pinfold-' '^write\([0-9]+, "\{' \
    '^openat\(AT_FDCWD, "/proc/[0-9]+/task/[0-9]+/children"' '^openat\(AT_FDCWD, "(/etc/ld.so.cache|/lib|/usr/lib)' ;; esac
  case $INJECT_OPTIONS in *subids*) echo '^openat\(AT_FDCWD, "(/lib|/usr/lib|/etc/|/proc/|/dev/null)' ;; esac
}

# The dynamic loader's own calls: pinfold has not begun, so the loader dies in its own way. Nothing runs.
loader='^(openat\(.*"(/etc/ld\.so|/lib|/usr/lib|/usr/local/lib)|mmap|mprotect)'

# What process 1 does when the program's exec has begun.
late='close_range|capset|prctl|seccomp'

# inject_options: the options of the run, with a fresh directory for @UPPER@, which one run at a time can use.
inject_options() {
  case $INJECT_OPTIONS in
    *@UPPER@*)
      upper=$(mktemp -d "$T/upper.XXXXXX") && chown "$PINFOLD_TEST_UID:$PINFOLD_TEST_GID" "$upper" || exit 1
      printf '%s\n' "$INJECT_OPTIONS" | sed "s,@UPPER@,$upper,g" ;;
    *) printf '%s\n' "$INJECT_OPTIONS" ;;
  esac
}

if [ "${1:-}" = --one ]; then
  call=$2 n=$3
  dir=$(mktemp -d "$INJECT_DIR/one.XXXXXX") || exit 1
  rc=0
  # shellcheck disable=SC2046,SC2086 # words
  timeout -k 5 60 $INJECT_STRACE -o "$dir/log" -e "trace=$call,execve" -e "inject=$call:error=EPERM:when=$n" \
    "$PINFOLD" run $(inject_options) -- /bin/sh -c 'echo ran' >"$dir/out" 2>"$dir/err" </dev/null || rc=$?
  # Of the calls that were made to fail, those before the program's exec; and did that happen? newuidmap and
  # newgidmap are programs of others: which of their calls they can do without is theirs to know.
  awk '
    # A call that another process interrupted is two lines: one again, with the pieces of both.
    / <unfinished \.\.\.>$/ { begun[$1] = $0; sub(/ *<unfinished \.\.\.>$/, "", begun[$1]) }
    /^[0-9]+ +<\.\.\. [a-z0-9_]+ resumed>/ && $1 in begun { pid = $1; rest = $0; sub(/^[^>]*>/, "", rest); $0 = begun[pid] rest; delete begun[pid] }
    /execve\("[^"]*\/new[ug]idmap"/ { helper[$1] = 1 }
    /execve\("\/(usr\/)?bin\/sh"/ && !program { program = $1 }
    /INJECTED/ && !ran && (!program || $1 == program) { kind = $1 in helper ? "helper " : "failed "; sub(/^[0-9]+ +/, ""); print kind $0; next }
    /INJECTED/ && program && $1 != program && / ('"$late"')[( ]/ { sub(/^[0-9]+ +/, ""); print "late " $0 }
    /execve(\("\/(usr\/)?bin\/sh"| resumed)/ && $1 == program && / = 0$/ { ran = 1 }
    END { print ran ? "ran" : "not run" }' "$dir/log" >"$dir/seen"
  ran=$(sed -n '$p' "$dir/seen")
  [ -z "$(cat "$dir/out")" ] || ran=ran
  failed=$(sed -n 's/^failed //p' "$dir/seen")
  excused=
  harmless | sed 's/ # .*//' >"$dir/harmless"
  if [ -n "$failed" ] && ! printf '%s\n' "$failed" | grep -Evq -f "$dir/harmless"; then excused=yes; fi
  if grep -q ^late "$dir/seen"; then
    if [ $rc != 0 ] && grep -q '^pinfold: ' "$dir/err"; then
      echo "ended $call $n"
    else
      echo "WENT-ON $call $n rc=$rc: $(sed -n 's/^late //p' "$dir/seen" | tr '\n' ' ')"
    fi
  elif [ -z "$failed" ] && ! grep -q ^helper "$dir/seen"; then
    echo "none $call $n"
  elif [ -z "$failed" ] && [ "$ran" = ran ]; then
    echo "helper $call $n"
  elif [ "$ran" = ran ]; then
    if [ -n "$excused" ]; then echo "harmless $call $n"; else echo "RAN $call $n rc=$rc: $failed" | tr '\n' ' '; echo; fi
  elif [ $rc = 125 ] && { grep -q '^pinfold: ' "$dir/err" || printf '%s\n' "$failed" | grep -q '^write(2,'; }; then
    echo "refused $call $n"
  elif printf '%s\n' "$failed" | grep -Eq "$loader" && [ $rc != 0 ]; then
    echo "loader $call $n"
  else
    echo "BADLY $call $n rc=$rc stderr=$(head -c 200 "$dir/err"): $failed" | tr '\n' ' '
    echo
  fi
  rm -rf "$dir"
  exit 0
fi

# --- the test -----------------------------------------------------------------------------------------

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root, to trace set-user-id helpers and processes that cannot be dumped"
have strace || skip_all "strace is not installed"
! grep -q __asan_init "$PINFOLD" || skip_all "a sanitizer makes calls of its own"
cp "$abs_top_srcdir/tests/fault/inject.sh" "$_h/inject.sh"

INJECT_DIR=$_h
INJECT_STRACE="strace -f -u $PINFOLD_TEST_USER"
export INJECT_DIR INJECT_STRACE
export HOME="$PINFOLD_TEST_HOME" XDG_RUNTIME_DIR="$PINFOLD_TEST_RUNTIME" USER="$PINFOLD_TEST_USER"

# The run must work under strace at all.
# shellcheck disable=SC2086 # words
run_rc $INJECT_STRACE -o "$_h/log" "$PINFOLD" run -- /bin/sh -c 'echo ran'
if [ "$rc:$out" != 0:ran ]; then
  case $err in
    *ptrace* | *'Operation not permitted'*) skip_all "strace does not work here: $err" ;;
  esac
fi
is "undisturbed, the program runs" "$rc:$out" 0:ran

# A start that hangs, here because process 1 is stopped, is given up after 30 seconds: meanwhile the rest goes on.
"$AS_USER" "$FIX/moment" clone 'kill -STOP $CHILD' "$PINFOLD" run -- /bin/sh -c 'echo ran' >"$T/hung.out" 2>"$T/hung.err" </dev/null &
hung=$!
# One that is killed was no run of the program, and nobody is to think so.
run_rc user "$FIX/moment" clone 'kill -KILL $CHILD' "$PINFOLD" run -- /bin/sh -c 'echo ran'
is "process 1 killed at its clone: 125, nothing ran" "$rc:$out" 125:
like "and the message says so" "$err" '^pinfold: the sandbox was killed in step "maps"'
run_rc user "$FIX/moment" fork 'kill -KILL $CHILD' "$PINFOLD" run -- /bin/sh -c 'echo ran'
is "the program's process killed before its exec: 125, nothing ran" "$rc:$out" 125:
like "and the message says so" "$err" "^pinfold: the program's process was ended by signal 9 before it was executed"
run_rc user "$FIX/moment" fork : "$PINFOLD" run -- /bin/sh -c 'echo ran; kill -KILL $$'
is "killed after it, that is how the program ended" "$rc:$out" 137:ran

# What is no control: memory, waiting, asking. The rest is tried.
passive='access|alarm|arch_prctl|brk|clock_gettime|clock_nanosleep|close|epoll_.*|execve|exit|exit_group|faccessat2?|fcntl|fstat|fstatfs|futex|getcwd|getdents64|getegid|geteuid|getgid|getgroups|getpgrp|getpid|getppid|getrandom|getresgid|getresuid|getsid|gettid|getuid|lseek|madvise|mmap|mprotect|munmap|newfstatat|poll|ppoll|pread64|read|readlink|readlinkat|recvfrom|restart_syscall|rseq|rt_sig.*|set_robust_list|set_tid_address|sigaltstack|stat|statfs|statx|sysinfo|umask|uname|wait4|waitid|capget|clock_getres|sched_get.*|kill|sendto|getsockname|sysinfo'

# round NAME OPTION..: every call of one way to run
round() {
  _name=$1
  shift
  INJECT_OPTIONS=$*
  export INJECT_OPTIONS
  # shellcheck disable=SC2046,SC2086
  run_rc $INJECT_STRACE -o "$_h/log" "$PINFOLD" run $(inject_options) -- /bin/sh -c 'echo ran'
  is "$_name: undisturbed, the program runs" "$rc:$(printf '%s' "$out" | tr -d '\r')" 0:ran
  awk -v passive="^($passive)\$" -v late="^($late)\$" '
    /^[0-9]+ +execve\("\/(usr\/)?bin\/sh"/ { program = $1 }
    program == $1 { next }
    { line = $0; sub(/^[0-9]+ +/, "", line) }
    line ~ /^[a-z0-9_]+\(/ {
      call = line; sub(/\(.*/, "", call)
      if (call ~ passive || program && call !~ late) next
      n = ++count[$1 " " call]
      if (n > max[call]) max[call] = n
    }
    END { for (call in max) for (i = 1; i <= max[call]; i++) print call, i }' "$_h/log" | sort >"$_h/jobs"
  cut -d " " -f 1 "$_h/jobs" >>"$_h/all"
  xargs -P "$(nproc)" -n 2 sh "$_h/inject.sh" --one <"$_h/jobs" >"$_h/results"
  is "$_name: every call was tried" "$(wc -l <"$_h/results")" "$(wc -l <"$_h/jobs")"
  is "$_name: the program never ran after a failed call" "$(grep '^RAN' "$_h/results")" ""
  is "$_name: the run ended where the program was on its way" "$(grep '^WENT-ON' "$_h/results")" ""
  is "$_name: each failure is a message and exit code 125" "$(grep '^BADLY' "$_h/results")" ""
  [ -s "$_h/strict" ] || grep '^harmless' "$_h/results" | head -n 1 >"$_h/strict"
  [ -n "${strict_options+x}" ] || [ ! -s "$_h/strict" ] || strict_options=$INJECT_OPTIONS
  echo "# $_name: $(cut -d ' ' -f 1 "$_h/results" | sort | uniq -c | tr -s ' \n' ' ')"
}

cpu=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
round "the default profile"
user sh -c 'mkdir "$T/src" "$T/out" "$T/out/dir" && : >"$T/src/file" && : >"$T/src/copied"'
# What younger kernels have.
young='' young_calls=''
if user "$PINFOLD" run --set landlock.mode=require -- true; then
  young="--set landlock.mode=require"
  young_calls="landlock_create_ruleset landlock_add_rule landlock_restrict_self"
fi
! user "$PINFOLD" run --set process.memory-deny-write-execute=yes -- true || young="$young --set process.memory-deny-write-execute=yes"
# shellcheck disable=SC2086 # words
round "with everything asked for" --map root --ro "$T/src:/src" --rw "$T/out:/out" --tmpfs /scratch --dir /made/here --symlink /x:/link \
  --dev /dev/null:/devnull --set namespaces.time-offset=boottime:5 --set identity.domainname=example.org --set process.umask=0077 \
  --set process.aslr=no $young \
  --set seccomp.deny=uname --set 'seccomp.deny=socket(family=AF_NETLINK)' --set capabilities.keep=net_bind_service --chdir /out
round "with what is hidden, copied and kept" --ro "$T/src:/src" --rw "$T/out:/out" --hide "$T/src/file" --hide "$T/out/dir" \
  --set "filesystem.file=/made/file:text" --set "filesystem.copy=$T/src/copied:/made/copy" --home private --tmpfs "$PINFOLD_TEST_HOME/mounted" \
  --set filesystem.proc=minimal
round "with limits" --wall 50s --cpu-time 40s --pids 400 --set limits.open-files=100 --set limits.file-size=1G --set limits.core=1M \
  --set limits.stack=4M --set limits.data=1G --set limits.address-space=2G --set limits.nice=1 --set "limits.cpuset=$cpu"
round "with a terminal of its own" --set terminal.mode=pty
round "with denied calls told" --trace-denied --set seccomp.deny=uname
# One to pass on, one at which there is always a byte.
exec 7</dev/null 8</dev/zero
round "with descriptors passed on, a caller to wait for, and status" --fd 7 --block-fd 8 --status @UPPER@/status --meta @UPPER@/meta
exec 7<&- 8<&-
round "with overlays" --overlay "$T/src:/memory" --overlay "$T/src:/kept:upper=@UPPER@"
. "$abs_top_srcdir/tests/lib/rootfs.sh"
if [ -n "$BUSYBOX" ]; then
  lay_out "$T/tree"
  round "with a root of the host's" -p rootfs --root "$T/tree"
  round "with an overlay as the root" -p rootfs --root "overlay:$T/tree"
else
  skip "with a root of the host's" "busybox-static is not installed"
fi
if [ "$SUBIDS" = yes ] && have newuidmap; then
  round "with subordinate ids" --map subids
else
  skip "with subordinate ids" "${SUBIDS#yes}no subordinate ids or newuidmap"
fi
rc=0
wait $hung || rc=$?
is "a start that hangs is given up: 125, nothing ran" "$rc:$(cat "$T/hung.out")" 125:
like "and the message says where" "$(cat "$T/hung.err")" '^pinfold: the sandbox did not start within its deadline: it hangs in step "maps"'

# Can this test fail? Without the list, a call that is harmless is one after whose failure the program ran.
read -r _ call n <"$_h/strict"
INJECT_OPTIONS=${strict_options:-}
like "without the list of harmless calls, one is found" "$(INJECT_STRICT=yes sh "$_h/inject.sh" --one "$call" "$n")" "^RAN $call $n "
# The calls that make a sandbox must have been among them, or this test tests nothing.
for call in clone3 mount_setattr move_mount open_tree fsopen fsmount fsconfig fsetxattr fchdir unlinkat pivot_root umount2 prctl seccomp close_range sethostname prlimit64 sched_setaffinity setpriority personality sendmsg perf_event_open $young_calls; do
  ok "$call was one of them" grep -q "^$call\$" "$_h/all"
done
done_testing
