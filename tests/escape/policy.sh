#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# policy.sh - what a profile's own [seccomp] denies is denied through every door, and allow opens nothing by the way.
#
# Control: without the words, the same calls get an answer of the kernel's.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "the other doors are those of an x86-64 machine"

# confined DOOR CALLS SECTION.KEY=VALUE...: what the calls are answered under these words, in $out
confined() {
  door=$1 calls=$2
  shift 2
  for word in "$@"; do
    set -- "$@" --set "$word"
    shift
  done
  # shellcheck disable=SC2086 # calls are words
  run_rc user "$PINFOLD" run --ro "$FIX:/fix" "$@" -- /fix/abi "$door" $calls
}
refused() { printf '%s\n' "$out" | grep -c ': EPERM$'; }

# A denied call is denied by its old door of the 32-bit ABI too: socketcall, ipc and its versions.
for door in i386 i386-high; do
  confined "$door" 'bind socketcall-bind shmdt ipc-shmdt ipc-1-shmdt personality' 'seccomp.deny=keyctl'
  is "control, $door: the kernel answers" "$(refused)" 0
  confined "$door" 'bind socketcall-bind shmdt ipc-shmdt ipc-1-shmdt personality' 'seccomp.deny=bind shmdt personality'
  is "$door: denied calls are, behind socketcall and ipc too" "$(refused)" 6
  confined "$door" 'bind socketcall-bind shmdt ipc-shmdt ipc-1-shmdt' 'seccomp.deny=@network-io @ipc'
  is "$door: groups" "$(refused)" 5
  # Where arguments are in memory, no filter sees them: the call is refused there whatever they are.
  confined "$door" 'bind socketcall-bind shmdt ipc-shmdt ipc-1-shmdt' 'seccomp.deny=bind(a2=99) shmdt(a1=99)'
  is "$door: with arguments, the calls behind socketcall and ipc" "$(printf '%s\n' "$out" | sed -n 's/: EPERM$//p' | tr '\n' ' ')" \
    "socketcall-bind ipc-shmdt ipc-1-shmdt "
  confined "$door" 'personality' 'seccomp.deny=personality(persona=0x40000)'
  is "$door: an argument, whatever the upper half is" "$out" "personality: EPERM"
  confined "$door" 'personality' 'seccomp.deny=personality(persona=0x40001)'
  is "$door: another argument" "$out" "personality: ok"
  confined "$door" 'personality' 'seccomp.deny=personality(persona&0x40000)'
  is "$door: a bit of it" "$out" "personality: EPERM"
done
# A flag next to what is denied does not make it something else.
for deny in mount 'socket(type=SOCK_DGRAM)' 'socket(type=SOCK_STREAM)' 'socket(type=1)' 'socket(family=AF_UNIX,type=SOCK_STREAM)'; do
  run_rc user "$PINFOLD" run --set "seccomp.deny=$deny" --ro "$FIX:/fix" -- /fix/attempt socket=1 socket-cloexec=1
  case $deny in
    mount | *DGRAM*) is "control: deny = $deny leaves streams alone" "$out" "socket=1: ok
socket-cloexec=1: ok" ;;
    *) is "deny = $deny, with and without flags" "$out" "socket=1: EPERM
socket-cloexec=1: EPERM" ;;
  esac
done
# Under the other names that a call has there too.
confined i386 'truncate64 setuid32 fcntl64-setfd _llseek' seccomp.deny=keyctl
is "control: the kernel answers" "$(printf '%s\n' "$out" | grep -v setuid32 | grep -c ': EPERM$')" 0
confined i386 'truncate64 setuid32 fcntl64-setfd _llseek' 'seccomp.deny=truncate setuid lseek fcntl(cmd=2)'
is "a call is denied under all its names" "$(refused)" 4
# Where the program can make user namespaces, a mount call of any kind would undo its own mounts.
for words in 'seccomp.allow=@mount' 'seccomp.allow=open_tree' 'seccomp.on-deny=permissive'; do
  run_rc user "$PINFOLD" run --set namespaces.nested=browser --set landlock.mode=off --set "$words" -- true
  is "nested = browser with $words is refused" "$rc" 125
done
confined wrap 'personality' 'seccomp.deny=personality'
is "garbage in the upper half of the number" "$out" "personality: EPERM"
confined x32 'personality' 'seccomp.default=allow'
is "x32 kills with default = allow as well" "$out" "personality: SIGSYS"

# deny is stronger than allow, wherever each stands.
confined i386 'personality' 'seccomp.deny=personality' 'seccomp.allow=personality'
is "an allow behind a deny changes nothing" "$out" "personality: EPERM"
confined i386 'personality' 'seccomp.on-deny=kill' 'seccomp.deny=personality'
is "kill kills" "$out" "personality: SIGSYS"

# What allow opens is that call, and no namespace or mount by the way.
guarded='unshare clone clone3 socket=40 socket=38'
for words in seccomp.default=allow 'seccomp.allow=@process' 'seccomp.allow=@known' 'seccomp.allow=@privileged @mount'; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --set "$words" --ro "$FIX:/fix" -- /fix/attempt $guarded mount-tmpfs umount pivot-root
  is "$words: no user namespace, no vsock, no mount" "$(printf '%s\n' "$out" | grep -c -e ': EPERM$' -e ': ENOSYS$')" 8
done
run_rc user "$PINFOLD" run --set namespaces.nested=browser --ro "$FIX:/fix" -- /fix/attempt unshare clone
is "control: with nested = browser there are namespaces" "$out" "unshare: ok
clone: ok"
# Keys are the user's. Who may use keys gets a session keyring and a user keyring of the sandbox's own.
cat >"$T/search.py" <<'PY'
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for ring in (-3, -4):  # KEYCTL_SEARCH in the session's and in the user's keyring
    found = libc.syscall(250, 10, ring, b"user", b"pinfold-test", 0)
    print("found" if found > 0 else "errno %d" % ctypes.get_errno())
PY
chmod 644 "$T/search.py"
for kind in '' -u; do
  # shellcheck disable=SC2086
  run_rc user "$FIX/keyring" $kind pinfold-test python3 "$T/search.py"
  like "control $kind: bare it is found" "$out" found
  # shellcheck disable=SC2086
  run_rc user "$FIX/keyring" $kind pinfold-test "$PINFOLD" run --set seccomp.allow=@keyring --ro "$T/search.py:/search.py" -- python3 /search.py
  is "$kind: inside it is not" "$out" "errno 126
errno 126"
  # shellcheck disable=SC2086
  run_rc user "$FIX/keyring" $kind pinfold-test "$PINFOLD" run --ro "$T/search.py:/search.py" -- python3 /search.py
  is "$kind: and by default nobody may look" "$out" "errno 1
errno 1"
done
done_testing
