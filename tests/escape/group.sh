#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# group.sh - a signal to "my process group" stays inside; a rule in a writable grant cannot be moved away; nor can the profile
# in use be changed.
#
# Control: bare, the signal arrives, and what is not granted as a rule can be moved.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# The caller is alone in a session, with a trap that is run when the command has ended.
group='trap "echo HOST" USR1; "$@"; :'
signal='trap "" USR1; kill -USR1 0; echo sent'
run_rc user setsid -w sh -c "$group" sh /bin/sh -c "$signal"
is "bare, a signal to the group reaches the caller" "$out" "sent
HOST"
run_rc user setsid -w sh -c "$group" sh "$PINFOLD" run -- /bin/sh -c "$signal"
is "inside it does not" "$out" sent

user sh -c 'mkdir -p "$T/repo/.git/hooks" && cp "$PINFOLD_DATADIR/profiles/default.ini" "$T/repo/my.ini"'
# Nor does a priority of the group.
if have renice; then
  group='"$@"; nice'
  lower='renice -n 19 -g 0 >/dev/null && echo lowered'
  run_rc user setsid -w sh -c "$group" sh /bin/sh -c "$lower"
  is "bare, a priority of the group is the caller's" "$out" "lowered
19"
  run_rc user setsid -w sh -c "$group" sh "$PINFOLD" run -- /bin/sh -c "$lower"
  is "inside it is not" "$out" "lowered
$(nice)"
else
  skip "a priority of the group" "renice is not installed"
fi

# Each attempt says that it was made, so that a run that is refused is not taken for an attempt that fails.
move='cd "$1" && { mv .git g && mkdir -p .git/hooks && echo moved; echo tried; }'
run_rc user "$PINFOLD" run --rw "$T/repo" --ro "$T/repo/.git/hooks" -- /bin/sh -c "$move" sh "$T/repo"
is "what is above a rule cannot be moved" "$out" tried
run_rc user "$PINFOLD" run --rw "$T/repo" -- /bin/sh -c "$move" sh "$T/repo"
is "without the rule it can" "$out" "moved
tried"

spoil='cd "$1" && { echo "# evil" >>my.ini && echo changed; mv my.ini was.ini && mv was.ini my.ini && echo replaced; rm -f my.ini && echo removed; echo tried; }'
run_rc user "$PINFOLD" run -p "$T/repo/my.ini" --rw "$T/repo" -- /bin/sh -c "$spoil" sh "$T/repo"
is "the profile in use cannot be changed" "$out" tried
is "nor is it on the host" "$(cat "$T/repo/my.ini")" "$(cat "$PINFOLD_DATADIR/profiles/default.ini")"
run_rc user "$PINFOLD" run --rw "$T/repo" -- /bin/sh -c "$spoil" sh "$T/repo"
is "one that is not in use can" "$out" "changed
replaced
removed
tried"
done_testing
