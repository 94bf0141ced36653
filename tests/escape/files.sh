#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# files.sh - nothing of the user's that was not granted can be seen: files, processes, sockets, objects in memory.
#
# Control: the same is seen bare.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

home=$PINFOLD_TEST_HOME runtime=$PINFOLD_TEST_RUNTIME
user sh -c 'mkdir -p "$HOME/.ssh" && echo SECRET >"$HOME/.ssh/id" && echo SECRET >"$HOME/secret" && echo SECRET >"$T/secret" &&
  echo SECRET >"$XDG_RUNTIME_DIR/secret"'
list="$home/.ssh/id $home/secret $T/secret $runtime/secret"
# shellcheck disable=SC2086 # words
is "bare, the user's files can be read" "$(user cat $list | sort -u)" SECRET
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run -- cat $list
is "inside, none of them" "$out" ""
is "because they are not there" "$(printf '%s\n' "$err" | grep -c 'No such file')" 4
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --map root -- cat $list
is "nor as root inside" "$out" ""
# Through what is there: links and processes that lead out.
run_rc user "$PINFOLD" run -- /bin/sh -c "for p in 1 self 2; do for d in root cwd; do
  cat /proc/\$p/\$d$T/secret /proc/\$p/\$d/../../..$T/secret; done; done; cat /../../..$T/secret; ls -d /oldroot /.old* /mnt /host"
is "nor through /proc, or dots" "$out" ""

run_rc user "$PINFOLD" run -- ls -A /
extra=$(printf '%s\n' "$out" | grep -v -x -e bin -e sbin -e 'lib[0-9a-z]*' -e usr -e etc -e proc -e dev -e tmp -e run -e var -e home -e root)
is "the root holds nothing unexpected" "$extra" ""
run_rc user "$PINFOLD" run -- /bin/sh -c 'ls -A /home'
like "no other user's home" "$out" "^($PINFOLD_TEST_USER)?\$"
is "no /sys" "$(user "$PINFOLD" run -- /bin/sh -c 'ls /sys/* 2>/dev/null | head -n 1')" ""

# Keys have no namespace: those of the caller's session are neither usable (syscalls.sh) nor listed.
run_rc user "$FIX/keyring" pinfold-test-key cat /proc/keys
if [ "$rc" = 0 ] && [ -r /proc/keys ]; then
  like "bare, a key of the session is listed" "$out" pinfold-test-key
  run_rc user "$FIX/keyring" pinfold-test-key "$PINFOLD" run -- cat /proc/keys
  unlike "inside it is not" "$out" pinfold-test-key
  # Those of the user, which no session keyring hides: /proc/keys lists whatever belongs to the uid.
  run_rc user "$FIX/keyring" -u pinfold-test-key cat /proc/keys
  like "bare, a key of the user is listed" "$out" pinfold-test-key
  for how in "" "--map root"; do
    # shellcheck disable=SC2086 # words
    run_rc user "$FIX/keyring" -u pinfold-test-key "$PINFOLD" run $how -- /bin/sh -c 'cat /proc/keys; echo tried'
    is "inside there is no list of keys ${how:-by default}" "$out" tried
  done
else
  skip "a key of the session" "there are no keys here"
fi

# Processes outside.
user mkfifo "$T/hold"
"$AS_USER" "$FIX/net" listen <"$T/hold" >"$T/listen" &
other=$!
exec 8>"$T/hold"
timeout 20 sh -c 'until [ -s "$T/listen" ]; do :; done'
is "bare, another process of the user's is visible" "$(user "$FIX/attempt" signal=$other)" "signal=$other: ok"
like "inside it is not" "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt signal=$other)" ': ESRCH$'
like "and cannot be killed" "$(user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt kill=$other)" ': ESRCH$'
user "$PINFOLD" run -- /bin/sh -c 'kill -KILL -1' 2>/dev/null
is "it is alive" "$(user "$FIX/attempt" signal=$other)" "signal=$other: ok"
exec 8>&-
wait $other
done_testing
