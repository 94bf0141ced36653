#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# trace.sh - --trace-denied and on-deny = permissive: what is told, and that nothing more is allowed by being told.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# What it says of denied calls, in $T/said; what the program says in $out.
traced() {
  run_rc user "$PINFOLD" run --trace-denied --ro "$FIX:/fix" "$@"
  said=$err
}

traced -- true
is "a run without denials" "$rc:$said" "0:"
traced -- /fix/attempt keyctl keyctl bpf
is "denied calls stay denied" "$rc:$out" "0:keyctl: EPERM
keyctl: EPERM
bpf: EPERM"
like "the call, its answer and its process" "$said" "  keyctl\\(.*\\): EPERM, by attempt \\([0-9]+\\) and 1 more"
like "with the line that would allow it" "$said" "    allow = keyctl, in \\[seccomp\\], would allow it"
traced -- /fix/attempt io-uring
is "what may be missing is missing" "$out" "io-uring: ENOSYS"
like "and told" "$said" "io_uring_setup\\(.*\\): ENOSYS"
traced --set 'seccomp.deny=socket(family=AF_UNIX)' -- /fix/attempt socket=1 socket=2
like "by its arguments" "$out" "socket=1: EPERM
socket=2: ok"
like "with the deny" "$said" "deny = socket\\(family=AF_UNIX\\) refuses it \\(--set seccomp.deny"
traced -- sh -c 'unshare -r true; exit 3'
is "the program's exit code" "$rc" 3
like "a namespace" "$said" "nested = browser, in \\[namespaces\\], would allow it"
traced -- sh -c 'kill -9 $$'
is "and its signal" "$rc" 137
traced -- no-such-program
is "not found" "$rc" 127
if [ "$(uname -m)" = x86_64 ]; then
  traced --set seccomp.deny=getppid -- /fix/abi i386 getppid
  is "the 32-bit door" "$out" "getppid: EPERM"
  like "is told by its name" "$said" "getppid\\(.*\\): EPERM"
fi

# Many at once, and ends in the midst of it.
# shellcheck disable=SC2016
traced -- sh -c 'for i in 1 2 3 4; do (for j in $(seq 100); do /fix/attempt keyctl >/dev/null; done) & done; wait'
is "four hundred" "$rc" 0
like "are counted" "$said" "and 399 more"
# shellcheck disable=SC2016
traced --wall 1s -- sh -c 'while :; do /fix/attempt keyctl; done >/dev/null'
is "a limit ends it" "$rc" 124

# What hands the descriptor over is gone, or has nothing left to hold up, when the program begins.
# shellcheck disable=SC2016
for i in 1 2 3 4 5 6; do
  traced --wall 1s -- sh -c 'kill -STOP -1; kill -KILL -1; while :; do :; done'
  is "a program that stops and kills all others ends at its limit, $i" "$rc" 124
done

# permissive: let through, and told.
run_rc user "$PINFOLD" run --set seccomp.on-deny=permissive --set seccomp.deny=uname --ro "$FIX:/fix" -- uname -s
is "permissive" "$rc:$out" 0:Linux
like "is told" "$err" "uname\\(.*\\): let through, by uname"
run_rc user "$PINFOLD" run --set seccomp.deny=uname -- uname -s
unlike "control: without it" "$rc:$out" '^0:'
run_rc user "$PINFOLD" run --set seccomp.on-deny=permissive --ro "$FIX:/fix" -- /fix/attempt unshare clone socket=40 keyctl
like "what is refused whatever is allowed stays so" "$out" "unshare: EPERM
clone: EPERM
socket=40: EPERM
keyctl: ok"

run_rc user "$PINFOLD" run --trace-denied --set seccomp.on-deny=permissive --set 'seccomp.deny=socket unshare ioctl clone3 personality' \
  --ro "$FIX:/fix" -- /fix/attempt unshare clone socket=40 socket=38 socket=1
like "nor a trace of it" "$out" "unshare: EPERM
clone: EPERM
socket=40: EPERM
socket=38: EPERM
socket=1: ok"
run_rc user "$PINFOLD" run --trace-denied --set seccomp.on-deny=kill -- true
like "with kill" "$rc:$err" "^125:.*--trace-denied does not go with on-deny = kill"
# One tracer only.
base=${PINFOLD%/bin/*}
run_rc user "$PINFOLD" run --trace-denied --set namespaces.nested=full --ro "$base" \
  --env "PINFOLD_DATADIR=$PINFOLD_DATADIR" -- "$PINFOLD" run --trace-denied -- true
is "a second tracer" "$rc" 125
like "is told that it is one" "$err" "somebody is asked about denied system calls already"

# Even a list that has next to nothing gets its report.
# shellcheck disable=SC2016
run_rc user "$PINFOLD" run --trace-denied --set seccomp.allow= \
  --set 'seccomp.allow=execve execveat exit_group write brk mmap munmap mprotect read pread64 close arch_prctl set_tid_address set_robust_list rseq prlimit64 getrandom newfstatat fstat fstat64 access faccessat openat' \
  -- echo hello
like "a short list" "$out$err" "hello|would allow it"
run_rc user "$PINFOLD" run --set seccomp.allow= --set 'seccomp.allow=@default @basic-io' --set seccomp.on-deny=kill -- no-such-program
is "not found is not killed" "$rc" 127
done_testing
