#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# privilege.sh - no capability in any set, and no way to one; what is given up is locked; process 1 is as bare.
#
# Control: the same attempts as root, or in a user namespace of one's own, go through.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

tries='capset inherit bound securebits keepcaps new-privs'
if [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2086 # words
  is "control: root can do all of it" "$("$FIX/gain" $tries | grep -c ': ok$')" 6
elif have unshare && user unshare -Ur true; then
  # shellcheck disable=SC2086
  is "control: in a user namespace of one's own all of it can be done" "$(user unshare -Ur "$FIX/gain" $tries | grep -c ': ok$')" 6
else
  skip "control" "needs root, or user namespaces"
fi
if have setpriv && [ "$(id -u)" = 0 ]; then
  is "control: root can raise an ambient capability" "$(setpriv --inh-caps +chown "$FIX/gain" ambient)" "ambient: ok"
else
  skip "control: an ambient capability" "needs root and setpriv"
fi
refused() { for t in $tries ambient; do echo "$t: EPERM"; done | sed 's/new-privs: EPERM/new-privs: EINVAL/'; }
for how in "" "--map root" "--set namespaces.nested=browser" "--set namespaces.nested=full" "--net host"; do
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $how --ro "$FIX:/fix" -- /fix/gain $tries ambient
  is "inside none of it can be done ${how:-by default}" "$out" "$(refused)"
done
# Kept ones are in all five sets, and open no other.
run_rc user "$PINFOLD" run --set capabilities.keep=kill --ro "$FIX:/fix" -- /bin/sh -c '/fix/gain capset inherit bound securebits keepcaps ambient; grep ^Cap /proc/self/status'
is "with one that is kept neither" "$(printf '%s\n' "$out" | sed 's/^Cap...:.//')" "capset: EPERM
inherit: EPERM
bound: EPERM
securebits: EPERM
keepcaps: EPERM
ambient: EPERM
$(for _ in 1 2 3 4 5; do echo 0000000000000020; done)"

# Every process of the sandbox, process 1 included, when it has settled.
look='for p in 1 $$; do awk "/^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):/ { print \$2 }" /proc/$p/status | sort -u | tr "\n" " "; echo; done'
# shellcheck disable=SC2016
settled='i=0; until [ "$(awk "/^Seccomp:/ { print \$2 }" /proc/1/status)" = 2 ] && ! grep -q "^Seccomp_filters:.[^1]" /proc/1/status; do i=$((i + 1)); [ $i -lt 200 ] || break; done'
run_rc user "$PINFOLD" run -- /bin/sh -c "$settled; $look"
is "process 1 has none either" "$out" "0000000000000000 1 
0000000000000000 1 "
run_rc user "$PINFOLD" run --map root -- /bin/sh -c "$settled; $look"
is "nor as root inside" "$out" "0000000000000000 1 
0000000000000000 1 "

# Undumpable: what /proc/1 shows belongs to nobody inside, and the program is not kept from its own.
run_rc user "$PINFOLD" run -- /bin/sh -c 'ls -ld /proc/1/fd /proc/self/fd | awk "{ print \$3 }"; cat /proc/1/environ; readlink /proc/1/exe || echo closed'
is "process 1 is undumpable" "$(printf '%s\n' "$out" | sed -n '$p')" closed
run_rc user sh -c 'exec "$PINFOLD" run -- /bin/sh -c "cat /proc/1/environ | tr \"\\000\" \"\\n\" | grep -c ="'
unlike "its environment cannot be read" "$out" '^[1-9]'

# No helper of kernel.core_pattern is started for it: a limit of 1 is the one that says so to the kernel.
run_rc user "$PINFOLD" run -- awk '/^Max core file size/ { print $5, $6 }' /proc/self/limits
is "core dumps have the limit 1, soft and hard" "$out" "1 1"
run_rc user "$PINFOLD" run -- /bin/sh -c 'ulimit -c unlimited || ulimit -c 100 || echo refused'
like "and it cannot be raised" "$out" '^refused$'
# The personality is the plain one, whatever pinfold was started with.
if have setarch && user setarch -R -X -Z true; then
  # Some machines take READ_IMPLIES_EXEC back at the exec.
  like "control: setarch changes what is executed" "$(user setarch -R -X -Z cat /proc/self/personality)" '^00[15]40000$'
  is "a personality of the caller's does not get in" "$(user setarch -R -X -Z "$PINFOLD" run -- cat /proc/self/personality)" 00000000
else
  skip "a personality of the caller's does not get in" "setarch is not installed, or refused"
fi
# Nor can the program choose one that makes memory executable or maps page 0; one for debuggers it can.
for bits in 0x400000 0x100000 0x440000 0xfffffffe; do
  unlike "control: bare, personality $bits is taken" "$(user "$FIX/memory" "personality=$bits")" EPERM
  like "inside, personality $bits is refused" "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/memory "personality=$bits")" EPERM
done
unlike "addresses that are not random are the program's own affair" \
  "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/memory personality=0x40000)" EPERM
done_testing
