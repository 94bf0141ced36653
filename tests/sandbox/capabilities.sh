#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# capabilities.sh - a capability that a profile keeps survives exec, in all sets, and no other does.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

sets='awk "/^Cap/ { print \$1, \$2 }" /proc/self/status'
all() {
  for s in CapInh CapPrm CapEff CapBnd CapAmb; do echo "$s: $1"; done
}

run_rc user "$PINFOLD" run --set capabilities.keep=net_bind_service -- /bin/sh -c "$sets"
is "one is kept in all five sets" "$out" "$(all 0000000000000400)"
run_rc user "$PINFOLD" run --map root --set 'capabilities.keep=chown net_bind_service' -- /bin/sh -c "$sets"
is "two are kept, as root inside" "$out" "$(all 0000000000000401)"
run_rc user "$PINFOLD" run --map root -- /bin/sh -c "$sets"
is "root inside has none by default" "$out" "$(all 0000000000000000)"

# What it is for, and that its absence matters: the lowest port, in a network of its own.
if have python3; then
  bind='import socket; s = socket.socket(); s.bind(("127.0.0.1", 1))'
  ok "with net_bind_service port 1 can be bound" user "$PINFOLD" run --set capabilities.keep=net_bind_service -- python3 -c "$bind"
  not_ok "without it port 1 cannot be bound" user "$PINFOLD" run -- python3 -c "$bind"
else
  skip "what net_bind_service is for" "python3 is not installed"
fi

run_rc user "$PINFOLD" run --set capabilities.keep=net_bind_servise -- echo ran
is "an unknown capability is refused" "$rc$out" 125
like "with the name that was meant" "$err" 'net_bind_service'

# The securebits are locked: no way back to a uid 0 that means something.
if have python3; then
  # PR_GET_SECUREBITS = 27; NOROOT, NO_SETUID_FIXUP and their locks are 0x0f
  run_rc user "$PINFOLD" run -- python3 -c 'import ctypes; print(ctypes.CDLL(None).prctl(27) & 0x0f)'
  is "securebits are set and locked" "$out" 15
else
  skip "securebits are set and locked" "python3 is not installed"
fi
done_testing
