#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# syscalls.sh - pinfold syscalls: the numbers are the kernel's, the answers are what a program gets.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

calls() { user "$PINFOLD" syscalls "$@"; }

# --- the groups -----------------------------------------------------------------------------------

run_rc calls
is "the groups" "$rc:$err:$(printf '%s\n' "$out" | grep -Evc '^@[a-z-]+ +[0-9]+  [a-zA-Z]')" 0::0
printf '%s\n' "$out" >"$T/groups"
calls --all >"$T/all-groups"
calls @known >"$T/known"
like "there are many calls" "$(wc -l <"$T/known")" '^[3-9][0-9][0-9]$'
ok "in the order of their names" env LC_ALL=C sort -cu "$T/known"
wrong=$(while read -r name count _; do
  calls "$name" >"$T/group"
  [ "$(wc -l <"$T/group")" = "$count" ] || echo "$name: not $count"
  grep -vxF -f "$T/known" "$T/group" | sed "s/^/$name: unknown: /"
  [ "$(calls --all "$name" | wc -l)" = "$(awk -v name="$name" '$1 == name { print $2 }' "$T/all-groups")" ] || echo "$name: not as many with --all"
done <"$T/groups")
is "each has as many calls as it says, all of them known" "$wrong" ""
ok "with --all there are more" [ "$(calls --all @known | wc -l)" -gt "$(wc -l <"$T/known")" ]
run_rc calls @swap @reboot
is "several groups stand below their names" "$rc:$out" "0:@swap
swapoff
swapon

@reboot
$(calls @reboot)"

# What a profile may name is what is listed: all of it at once.
user sh -c '{ echo "[seccomp]"; sed "s/^/allow = /" known; cut -d " " -f 1 groups | sed "s/^/allow = /"; } >all.ini'
run_rc user "$PINFOLD" run -p "$T/all.ini" --set namespaces.nested=full -- true
is "a profile can name all of it" "$rc:$err" 0:

# --- a call ---------------------------------------------------------------------------------------

# number CALL [FIELD]: of the native ABI, or another field.
number() { calls "$1" | sed -n "s/^  ${2:-number} *\([0-9]*\).*/\1/p"; }

# The C library's headers were made from the kernel's own tables.
cc=${CC:-cc}
compare() { # FIELD HEADER: where the header says something else than field FIELD of the list
  calls --numbers @known | awk -v field="$1" '$field != "-" { print "@", $1, $field, "__NR_" $1 }' >"$T/list"
  { echo "#include <$2>"; cat "$T/list"; } | $cc -E -P -x c - 2>/dev/null | awk '
    $1 == "@" && $4 ~ /^[0-9]+$/ { seen++; if ($3 != $4) print $2 ": " $3 ", not " $4 }
    END { if (seen < 200) print "only " seen + 0 " were compared" }'
}
if ! command -v "${cc%% *}" >/dev/null 2>&1; then
  skip "the numbers are the kernel's" "there is no compiler"
else
  case $(uname -m) in
    x86_64)
      is "the numbers are the kernel's" "$(compare 2 asm/unistd_64.h)" ""
      is "those of the 32-bit ABI too" "$(compare 3 asm/unistd_32.h)" "" ;;
    aarch64 | riscv64 | ppc64le | s390x) is "the numbers are the kernel's" "$(compare 2 asm/unistd.h)" "" ;;
    *) skip "the numbers are the kernel's" "nothing is known here of $(uname -m)" ;;
  esac
fi

# What the stock policy answers, it says; and it answers that. The arguments are no use, so what is allowed fails for those.
for call in add_key keyctl bpf perf_event_open userfaultfd io_uring_setup memfd_secret swapon mount chroot setns clone3 sethostname \
  getcwd openat; do
  calls "$call" | sed -n 's/^  nested = \([a-z]*\)  */\1 /p' >"$T/answers"
  got=$(while read -r nested word answer; do
    inside=$(user "$PINFOLD" run --set "namespaces.nested=$nested" --ro "$FIX:/fix" -- /fix/attempt "call=$(number "$call")" 2>&1)
    inside=${inside##*: }
    case $word:$inside in
      allowed*:EPERM) [ "$call:$nested" = mount:full ] || [ "$call:$nested" = sethostname:full ] || echo "$nested: EPERM" ;;
      allowed*:E[A-Z]* | refused::"$answer") ;;
      *) echo "$nested: $word $answer, but $inside" ;;
    esac
  done <"$T/answers")
  is "$call is answered as it says, in all three" "$(wc -l <"$T/answers"):$got" 3:
done
like "arguments that are refused are named" "$(calls ioctl)" 'nested = full +allowed, but not ioctl\(request=TIOCSTI\) ioctl\(request=TIOCLINUX\)$'
# They are words of deny: what is told can be written into a profile.
{
  echo "[seccomp]"
  for call in ioctl clone unshare socket personality; do calls "$call"; done | sed -n 's/.*allowed, but not /deny = /p' | sort -u
} | user tee "$T/rules.ini" >/dev/null
like "there are several" "$(cat "$T/rules.ini")" '^deny = clone\(.*'
run_rc user "$PINFOLD" lint "$T/rules.ini"
is "they are words of the language" "$rc:$out:$err" 0::
like "named arguments" "$(calls socket)" '^  arguments +family \(a0\), protocol \(a2\), type \(a1\)$'

# --- errors, help, JSON ---------------------------------------------------------------------------

run_rc calls @swp
is "no such group" "$rc:$out:$err" "125::pinfold: there is no group of system calls @swp
  hint: did you mean @swap?"
run_rc calls getpid opennat
is "no such call, and nothing of the others" "$rc:$out:$err" "125::pinfold: there is no system call opennat
  hint: did you mean openat?"
run_rc calls --jsn
like "no such option" "$rc:$out:$err" '^125::pinfold: unknown option --jsn'
run_rc calls --help
is "help" "$rc:$err:$(printf '%s\n' "$out" | grep -c -e --numbers)" 0::2

run_rc calls --json
if [ "$rc" = 125 ] && printf '%s\n' "$err" | grep -q jansson; then
  skip "JSON" "libjansson is not installed"
elif ! have python3; then
  skip "JSON" "python3 is not installed"
else
  json "all groups, as JSON" '(d["schema"], d["calls"], [(g["name"], len(g["calls"])) for g in d["groups"]])' \
    "('pinfold.syscalls/1', [], [$(awk '{ printf "%s(\047%s\047, %s)", (NR > 1) ? ", " : "", $1, $2 }' "$T/groups")])"
  run_rc calls --json @known
  json "a group, as JSON: every call has a number" \
    '([c["name"] for c in d["groups"][0]["calls"] if not {"number", "compat_number"} & set(c)], len(d["groups"]))' '([], 1)'
  run_rc calls --json --all @known
  json "but not with --all" 'any("number" not in c and "compat_number" not in c for c in d["groups"][0]["calls"])' True
  run_rc calls --json clone openat
  json "a call, as JSON" '[(c["name"], c["number"], c["arguments"][0]["name"], "@stock" in c["groups"]) for c in d["calls"]]' \
    "[('clone', $(number clone), 'flags', True), ('openat', $(number openat), 'flags', True)]"
  json "and what is answered to it" '[(a["nested"], a["answer"], a["refused_arguments"]) for a in d["calls"][0]["stock"]]' \
    "[('none', 'allowed', ['clone(flags&CLONE_NEWUSER)']), ('browser', 'allowed', []), ('full', 'allowed', [])]"
fi
done_testing
