#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# bad-input.sh - what is wrong is said in one message, with the cause, the place and what to do; nothing runs.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# refuses DESC CODE ERE COMMAND..: it ends with CODE, nothing ran, and stderr is one message that matches ERE with a hint.
refuses() {
  _d=$1 _code=$2 _ere=$3
  shift 3
  run_rc "$@"
  is "$_d: exit code, nothing ran" "$rc:$out" "$_code:"
  if [ -n "$_skipwhy" ]; then return; fi
  like "$_d: names the cause" "$(printf '%s\n' "$err" | sed -n 1p)" "^pinfold: .*$_ere"
  is "$_d: one message with one hint" "$(printf '%s\n' "$err" | grep -c '^pinfold: '):$(printf '%s\n' "$err" | grep -c '^  hint: ')" 1:1
}
# profile NAME TEXT: write a profile; line 1 is [profile].
profile() { printf '[profile]\nlanguage = 1\n%s\n' "$2" | user tee "$T/$1.ini" >/dev/null; }
pf() { user "$PINFOLD" run "$@" -- echo ran; }

profile missing '[filesystem]
ro = /usr/share
ro = /no/such/source'
refuses "a missing source in a profile" 125 "/no/such/source.*missing\.ini:5" pf -p "$T/missing.ini"
refuses "a missing source on the command line" 125 "/no/such/source.*--ro" pf --ro /no/such/source
ok "a missing source that is optional" pf --ro -/no/such/source
profile key '[filesystem]
r0 = /usr/share'
refuses "an unknown key" 125 'r0.*key\.ini:4' pf -p "$T/key.ini"
like "did you mean" "$err" '[Dd]id you mean.*ro'
profile section '[filesytem]
ro = /usr/share'
refuses "an unknown section" 125 'filesytem.*section\.ini:[34]' pf -p "$T/section.ini"
like "did you mean the section" "$err" '[Dd]id you mean.*filesystem'
profile value '[namespaces]
ipc = perhaps'
refuses "a value that is none of the choices" 125 'perhaps.*value\.ini:4' pf -p "$T/value.ini"
profile size '[filesystem]
size = 12Q'
refuses "a size with trailing rubbish" 125 '12Q.*size\.ini:4' pf -p "$T/size.ini"
profile comment '[identity]
hostname = box ; my box'
refuses "a comment after a value" 125 'comment\.ini:4' pf -p "$T/comment.ini"
profile syscall '[seccomp]
deny = socket conect'
refuses "an unknown system call" 125 'conect.*syscall\.ini:4' pf -p "$T/syscall.ini"
profile macro '[filesystem]
ro = ${HOEM}/x'
refuses "an unknown macro" 125 'HOEM.*macro\.ini:4' pf -p "$T/macro.ini"
profile twice '[filesystem]
ro = /usr/share:/x
rw = /usr/lib:/x'
refuses "one destination twice" 125 '/x.*twice\.ini:[45]' pf -p "$T/twice.ini"
profile dots '[filesystem]
ro = /usr/share:/x/../y'
refuses "a destination with .." 125 '\.\..*dots\.ini:4' pf -p "$T/dots.ini"
printf '[profile]\nlanguage = 1\n[environment]\nset = A=\000B\n' | user tee "$T/nul.ini" >/dev/null
refuses "a NUL byte" 125 'nul\.ini:4' pf -p "$T/nul.ini"
printf '[profile]\nlanguage = 1\n[environment]\nset = A=\377\n' | user tee "$T/utf8.ini" >/dev/null
refuses "text that is not UTF-8" 125 'utf8\.ini:4' pf -p "$T/utf8.ini"
profile cycle 'include = cycle'
sed -i "s|= cycle|= $T/cycle.ini|" "$T/cycle.ini"
refuses "a profile that includes itself" 125 'cycle\.ini' pf -p "$T/cycle.ini"
profile closed '[filesystem]
ro = /usr/share'
chmod 000 "$T/closed.ini"
refuses "a profile that cannot be read" 125 'closed\.ini.*[Pp]ermission denied' pf -p "$T/closed.ini"
refuses "a profile that is a directory" 125 "$T" pf -p "$T/"
refuses "a profile that is not there" 125 'no-such' pf -p no-such
refuses "a path of a profile that is not there" 125 '/no/such\.ini' pf -p /no/such.ini
refuses "an unknown option" 125 '--hostnmae' pf --hostnmae x
like "did you mean the option" "$err" '[Dd]id you mean.*--hostname'
refuses "an option without its value" 125 '--ro' user "$PINFOLD" run --ro
refuses "an unknown key of --set" 125 'network\.mod' pf --set network.mod=none
refuses "a --set without =" 125 'network' pf --set network
refuses "an unknown command" 125 'rnu' user "$PINFOLD" rnu -- true
like "did you mean the command" "$err" '[Dd]id you mean.*run'
refuses "a program that is not there" 127 'no-such-program' user "$PINFOLD" run -- no-such-program
refuses "a program that cannot be executed" 126 '/etc/passwd' user "$PINFOLD" run -- /etc/passwd
user sh -c 'mkdir "$T/closed"; echo x >"$T/closed/f"; chmod 000 "$T/closed"'
refuses "a source that cannot be reached" 125 'closed/f.*[Pp]ermission denied' pf --ro "$T/closed/f"
refuses "a uid that is no number" 125 'minus' pf --uid minus
refuses "a filter that would deny the exec itself" 125 'execve' pf --set seccomp.deny=execve
refuses "an offset without a time namespace" 125 'time' pf --set namespaces.time=host --set namespaces.time-offset=boottime:5

# What the machine refuses.
userns_off='echo 0 >/proc/sys/user/max_user_namespaces || exit 99; exec "$PINFOLD" run -- echo ran'
if user unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
  refuses "user namespaces are off" 125 'user namespace' user unshare -Ur sh -c "$userns_off"
  like "the hint names the setting" "$err" 'hint: .*max_user_namespaces'
else
  skip "user namespaces are off" "they cannot be switched off in an outer user namespace here"
fi

# map = subids without newuidmap: a /usr/bin where all is as it was but for two names, in an outer mount namespace.
hide='mkdir -p "$T/bin" && mount --rbind /usr/bin "$T/bin" && mount -t tmpfs bin /usr/bin && "$T/bin/ln" -s "$T"/bin/* /usr/bin/ || exit 99
  [ "$HIDE" = no ] || rm /usr/bin/newuidmap /usr/bin/newgidmap
  echo root:1:65536 >"$T/sub"; mount --bind "$T/sub" /etc/subuid && mount --bind "$T/sub" /etc/subgid || exit 99
  exec "$PINFOLD" run --map subids -- /bin/echo ran'
if ! have newuidmap; then
  refuses "no newuidmap" 125 'newuidmap' pf --map subids
elif [ ! -f /etc/subuid ] || [ ! -f /etc/subgid ]; then
  skip "no newuidmap" "there is no /etc/subuid to cover"
else
  run_rc user env HIDE=no unshare -Urm sh -c "$hide"
  if [ "$rc" = 99 ]; then
    skip "no newuidmap" "no mounts in a user namespace here: $err"
  else
    unlike "with newuidmap the message is another" "$err" 'newuidmap.*not (installed|found)'
    refuses "no newuidmap" 125 'newuidmap' user env HIDE=yes unshare -Urm sh -c "$hide"
    like "the hint says what to install" "$err" 'hint: .*(uidmap|shadow)'
  fi
fi
done_testing
