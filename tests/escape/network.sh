#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# network.sh - with mode=none nothing of the host's network is reachable: loopback, abstract sockets, vsock.
#
# Control: bare, the listener that this test makes answers. Nothing is sent beyond loopback.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkfifo "$T/hold"
"$AS_USER" "$FIX/net" listen <"$T/hold" >"$T/listen" &
listener=$!
exec 8>"$T/hold"
timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
read -r where <"$T/listen"
visits() { grep -c visited "$T/listen"; }
# Leave out what the machine has no address for.
where=$(printf '%s\n' "$where" | tr ' ' '\n' | grep -v '=0$')
count=$(printf '%s\n' "$where" | wc -l)

# shellcheck disable=SC2086 # words
run_rc user "$FIX/net" connect $where
is "bare, the listener answers on every address" "$(printf '%s\n' "$out" | grep -c ': ok$')" "$count"
for how in "" "--map root" "--set capabilities.keep=net_admin" "--set namespaces.nested=full"; do
  before=$(visits)
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run $how --ro "$FIX:/fix" -- /fix/net connect $where
  is "inside, on none ${how:-by default}" "$(printf '%s\n' "$out" | grep -c ': E')" "$count"
  is "and it saw nobody" "$(visits)" "$before"
done
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --net host --ro "$FIX:/fix" -- /fix/net connect $where
like "--net host is the host's network" "$out" '^tcp4: ok$'
exec 8>&-
wait $listener

run_rc user "$PINFOLD" run -- cat /proc/net/dev
is "there is no interface but lo" "$(printf '%s\n' "$out" | sed 1,2d | sed 's/:.*//' | tr -d ' ')" lo
is "there is no route" "$(user "$PINFOLD" run -- cat /proc/net/route | sed 1d)" ""
is "no socket of the host is listed" "$(user "$PINFOLD" run -- cat /proc/net/unix /proc/net/tcp /proc/net/udp | grep -c -v -e RefCount -e local_address)" 0
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /bin/sh -c 'mkfifo /tmp/h; /fix/net listen </tmp/h >/tmp/l & exec 8>/tmp/h
  until [ -s /tmp/l ]; do :; done; read -r w </tmp/l; /fix/net connect $w'
like "loopback of its own is up" "$out" '^tcp4: ok$'

# AF_VSOCK is in no namespace at all, AF_PACKET and raw sockets need a capability.
run_rc user "$FIX/attempt" socket=40 socket=0x100000028
if [ "$(printf '%s\n' "$out" | grep -c ': ok$')" = 2 ]; then
  ok "bare, a vsock can be made" true
else
  skip "bare, a vsock can be made" "this kernel has none: $out"
fi
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt socket=40 socket=0x100000028 socket=0xffffffff00000028 socket-raw=2 socket-raw=17
is "inside, neither that nor a raw one" "$(printf '%s\n' "$out" | grep -c -e ': ok$' -e ENODEV)" 0
run_rc user "$PINFOLD" run --net host --ro "$FIX:/fix" -- /fix/attempt socket=40 socket=0x100000028
is "nor with the host's network" "$(printf '%s\n' "$out" | grep -c ': ok$')" 0
is "an ordinary socket can" "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt socket=2 socket=10 socket=1 | grep -c ': ok$')" 3
done_testing
