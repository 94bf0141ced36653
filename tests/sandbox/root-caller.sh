#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# root-caller.sh - called by root: the real uid 0 is never mapped unless the profile says so, and groups are gone.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

[ "$(id -u)" = 0 ] || skip_all "needs root"
# Real root, not the root of a container's user namespace.
[ "$(awk '{ print $1, $2 }' /proc/self/uid_map)" = "0 0" ] || skip_all "root here is not the real uid 0"

# covers FILE-OUTPUT: does a map line "inside outside count" hold outside id 0?
zero() { printf '%s\n' "$1" | awk '$2 == 0 && $3 > 0 { found = 1 } END { print found ? "mapped" : "not mapped" }'; }
root() { env HOME=/root TERM=dumb PATH=/usr/bin:/bin "$@"; }

for map in self root; do
  run_rc root "$PINFOLD" run --map $map -- cat /proc/self/uid_map
  is "map $map runs" "$rc:$([ -n "$out" ] && echo map)" 0:map
  is "map $map: the real uid 0 is not mapped" "$(zero "$out")" "not mapped"
  run_rc root "$PINFOLD" run --map $map -- cat /proc/self/gid_map
  is "map $map: the real gid 0 is not mapped" "$(zero "$out")" "not mapped"
done

# By effect: a file made inside is not root's.
mkdir -m 777 "$T/open"
chmod 777 "$T/open"
chmod 755 "$T"
run_rc root "$PINFOLD" run --map root --rw "$T/open:/t" -- /bin/sh -c ': >/t/made; id -u'
unlike "a file made inside does not belong to root" "$(stat -c %u "$T/open/made" 2>&1)" '^0$|[a-z]'
is "although it is root inside" "$out" 0
echo secret >"$T/secret"
chmod 600 "$T/secret"
chown 0:0 "$T/secret"
run_rc root "$PINFOLD" run --map root --ro "$T/secret:/secret" -- cat /secret
unlike "and a file of root's cannot be read" "$rc:$out" '^0:|secret'

run_rc setpriv --groups 4,27 env HOME=/root PATH=/usr/bin:/bin "$PINFOLD" run -- awk '$1 == "Groups:" { print NF - 1 }' /proc/self/status
is "supplementary groups are gone" "$out" 0
run_rc root "$PINFOLD" run -- awk '/^Cap/ { print $2 }' /proc/self/status
is "no capability is left" "$(printf '%s\n' "$out" | sort -u)" 0000000000000000

# The unprivileged uid is anybody's: what else runs under it must not look into root's supervisor, nor into process 1.
attempts() {
  echo "ptrace=$1 vm-readv=$1 vm-writev=$1 pidfd-getfd=$1 read=/proc/$1/environ read=/proc/$1/maps write=/proc/$1/mem list=/proc/$1/fd
    readlink=/proc/$1/exe readlink=/proc/$1/cwd chdir=/proc/$1/root"
}
nobody='setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all'
chmod 755 "$T" && mkfifo -m 666 "$T/open/up" "$T/open/go" "$T/hold"
$nobody "$FIX/net" listen <"$T/hold" >"$T/listen" &
other=$!
exec 8>"$T/hold"
timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
# shellcheck disable=SC2046 # words
$nobody "$FIX/attempt" $(attempts $other) >"$T/bare"
exec 8>&-
wait $other
like "bare, one process of that uid sees into another" "$(cat "$T/bare")" "^read=/proc/$other/environ: ok\$"
env HOME=/root PATH=/usr/bin:/bin SECRET=hidden "$PINFOLD" run --rw "$T/open:/t" -- /bin/sh -c 'echo up >/t/up; read -r x </t/go; echo "$x"' >"$T/said" &
supervisor=$!
timeout 20 head -n 1 "$T/open/up" >/dev/null
init=$(cat "/proc/$supervisor/task/$supervisor/children")
init=${init%% *}
for pid in $supervisor ${init:-none}; do
  # shellcheck disable=SC2046
  $nobody "$FIX/attempt" $(attempts "$pid") | sed 's/.*: //' >"$T/outcome"
  is "no attempt goes through on $(cat "/proc/$pid/comm")" "$(sed 's/: .*//' "$T/bare" | paste -d ' ' - "$T/outcome" | grep -v -e ' EPERM$' -e ' EACCES$')" ""
  is "its uid is the unprivileged one" "$(awk '$1 == "Uid:" { print $2, $3, $4, $5 }' "/proc/$pid/status")" "65534 65534 65534 65534"
done
echo went on >"$T/open/go"
wait $supervisor
is "and the program was not disturbed" "$(cat "$T/said")" "went on"

# While the root is built, which may hang on a source: stopped at the first source.
if have strace && ! grep -q __asan_init "$PINFOLD"; then
  mkfifo "$T/stopped"
  env HOME=/root PATH=/usr/bin:/bin SECRET=hidden strace -f -o "$T/stopped" -e trace=open_tree -e inject=open_tree:signal=STOP:when=1 \
    "$PINFOLD" run -- /bin/sh -c 'echo went on' >"$T/said" &
  tracer=$!
  exec 7<"$T/stopped"
  init=
  while read -r pid line <&7; do
    case $line in *'stopped by SIGSTOP'*) init=$pid; break ;; esac
  done
  is "stopped in the middle of its start, process 1 has root's environment" "$(tr '\0' '\n' <"/proc/$init/environ" | grep SECRET)" SECRET=hidden
  # shellcheck disable=SC2086 # words
  not_ok "which nobody can read" $nobody cat "/proc/$init/environ"
  # shellcheck disable=SC2086
  not_ok "nor its memory" $nobody cat "/proc/$init/maps"
  kill -CONT "$init"
  cat <&7 >/dev/null
  exec 7<&-
  wait $tracer
  is "and it goes on" "$(cat "$T/said")" "went on"
else
  skip "process 1 while the root is built" "strace is not installed, or the build is sanitized"
fi

run_rc root "$PINFOLD" run --set identity.allow-host-root=yes -- /bin/sh -c 'cat /proc/self/uid_map; awk "/^Cap/ { print \$2 }" /proc/self/status | sort -u'
is "allow-host-root maps it" "$rc:$(zero "$(printf '%s\n' "$out" | sed '$d')")" "0:mapped"
is "still without a capability" "$(printf '%s\n' "$out" | sed -n '$p')" 0000000000000000
like "with a warning" "$err" 'pinfold: .*([Ww]arning|host.root|uid 0)'
run_rc root "$PINFOLD" run --set identity.allow-host-root=yes --ro "$FIX:/fix" -- /fix/walk /proc
is "and nothing in /proc can be written then" "$(printf '%s\n' "$out" | sed '/^dirs /d')" ""
run_rc root "$PINFOLD" run --set identity.allow-host-root=yes --ro "$FIX:/fix" -- /fix/walk /
is "nor anywhere else" "$(printf '%s\n' "$out" | sed '/^dirs /d; /\.pinfold-walk/d' | sort)" "$(printf 'dir %s\n' /dev/shm /root /tmp)"
run_rc user "$PINFOLD" run --set identity.allow-host-root=yes -- id -u
like "for an ordinary user it changes nothing or is refused" "$rc:$out" "^(0:$PINFOLD_TEST_UID|125:)\$"
done_testing
