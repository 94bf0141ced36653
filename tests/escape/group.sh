#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# group.sh - a signal to "my process group" stays inside; a rule in a writable grant cannot be moved away; nor can the profile
# in use be changed.
#
# Control: bare, the signal arrives, and what is not granted as a rule can be moved.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

group='trap "echo HOST" USR1; "$@"; :'
is "bare, a signal to the group reaches the caller" \
  "$(user setsid -w sh -c "$group" sh /bin/sh -c 'trap "" USR1; kill -USR1 0' 2>/dev/null)" HOST
is "inside it does not" \
  "$(user setsid -w sh -c "$group" sh "$PINFOLD" run -- /bin/sh -c 'trap "" USR1; kill -USR1 0' 2>/dev/null)" ""

user sh -c 'mkdir -p "$T/repo/.git/hooks" && cp "$PINFOLD_DATADIR/profiles/default.ini" "$T/repo/my.ini"'
move='cd "$1" && mv .git g 2>/dev/null && mkdir -p .git/hooks && echo moved'
run_rc user "$PINFOLD" run --rw "$T/repo" --ro "$T/repo/.git/hooks" -- /bin/sh -c "$move" sh "$T/repo"
is "what is above a rule cannot be moved" "$out" ""
run_rc user "$PINFOLD" run --rw "$T/repo" -- /bin/sh -c "$move" sh "$T/repo"
is "without the rule it can" "$out" moved

spoil='echo "# evil" >>"$1/my.ini" && echo changed'
run_rc user "$PINFOLD" run -p "$T/repo/my.ini" --rw "$T/repo" -- /bin/sh -c "$spoil" sh "$T/repo"
is "the profile in use cannot be changed" "$out" ""
run_rc user "$PINFOLD" run --rw "$T/repo" -- /bin/sh -c "$spoil" sh "$T/repo"
is "one that is not in use can" "$out" changed
done_testing
