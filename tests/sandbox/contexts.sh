#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# contexts.sh - inside an outer user namespace, with a /proc that is not one's own, and nested in itself.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# works DESC WANT COMMAND..: stdout is WANT, or pinfold says with 125, one message and a hint why not.
works() {
  _d=$1 _want=$2
  shift 2
  run_rc "$@"
  if [ "$rc" = 125 ]; then
    like "$_d: does not work here, and says exactly why" "$err" '^  hint: .'
  else
    is "$_d: works" "$rc:$out" "0:$_want"
  fi
}
try='readlink /proc/self/ns/user >/dev/null && [ "$(cat /proc/1/comm)" != sh ] && ! touch /usr/x 2>/dev/null && echo ran'

if ! user unshare -Ur true 2>/dev/null; then
  skip_all "no user namespaces here"
fi
run_rc user unshare -Urm "$PINFOLD" run -- /bin/sh -c "$try" 2>/dev/null
is "inside an outer user and mount namespace" "$rc:$out" 0:ran
run_rc user unshare -Urm "$PINFOLD" run --map root -- /bin/sh -c "$try; id -u"
is "with map root" "$rc:$out" "0:ran
0"
run_rc user unshare -Urpf "$PINFOLD" run -- /bin/sh -c "$try"
is "inside unshare -Urpf without a fresh /proc" "$rc:$out" 0:ran
run_rc user unshare -Urpf --mount-proc "$PINFOLD" run -- /bin/sh -c "$try"
is "inside unshare -Urpf with one" "$rc:$out" 0:ran
works "inside unshare -c, a uid without privileges" ran user unshare -Uc "$PINFOLD" run -- /bin/sh -c "$try"
works "in a network namespace of its own" ran user unshare -Urn "$PINFOLD" run -- /bin/sh -c "$try"
works "without the home directory" ran user env HOME=/no/such/home "$PINFOLD" run -- /bin/sh -c "$try"
works "without any environment" ran user env -i "PINFOLD_DATADIR=$PINFOLD_DATADIR" "$PINFOLD" run -- /bin/sh -c "$try"
user mkdir "$T/gone"
works "from a directory that is gone" ran user sh -c 'cd "$T/gone" && rmdir "$T/gone" && exec "$PINFOLD" run -- /bin/sh -c "$1"' sh "$try"
if have setpriv; then
  works "with no_new_privs set already" ran user setpriv --no-new-privs "$PINFOLD" run -- /bin/sh -c "$try"
fi
if have bwrap; then
  works "inside bubblewrap" ran user bwrap --bind / / --dev-bind /dev /dev --unshare-all --proc /proc "$PINFOLD" run -- /bin/sh -c "$try"
fi

# Nested in itself.
base=$PINFOLD_TEST_BASE
set -- --ro "$base" --env "PINFOLD_DATADIR=$PINFOLD_DATADIR"
inner="$PINFOLD run -- /bin/sh -c"
for map in self root; do
  # shellcheck disable=SC2086 # words
  works "nested=full, map $map: an inner pinfold" ran user "$PINFOLD" run --map $map --set namespaces.nested=full "$@" -- $inner "$try"
  # As uid 0 of a namespace without capabilities one may not map that uid again: a rule of the kernel's.
  [ $map = root ] || is "nested=full, map $map: it really does" "$rc" 0
done
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --set namespaces.nested=full "$@" -- \
  $PINFOLD run --set namespaces.nested=full "$@" -- $inner "$try"
is "and one in that" "$rc:$out" 0:ran
if have bwrap; then
  # A tmpfs, a /proc and a /dev of its own: what it makes is a whole sandbox.
  box='exec bwrap --ro-bind / / --tmpfs /tmp --proc /proc --dev /dev --unshare-all sh -c "echo ran; ls -A /tmp; ls -d /proc/[0-9]* | wc -l"'
  run_rc user "$PINFOLD" run --set namespaces.nested=full -- sh -c "touch /tmp/outer; $box"
  like "nested=full: bubblewrap with namespaces and mounts of its own" "$rc:$out" '^0:ran$'
  unlike "and a /tmp of its own" "$out" outer
  run_rc user "$PINFOLD" run --set namespaces.nested=browser -- sh -c "$box"
  like "nested=browser refuses its mounts" "$rc:$err" '^1:bwrap: .*Operation not permitted'
fi
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run "$@" -- $inner 'echo ran'
is "nested=none refuses an inner one" "$rc:$out" 125:
like "which says why" "$err" '^pinfold: .*namespace'
like "and what to do" "$err" '^  hint: .*nested'
done_testing
