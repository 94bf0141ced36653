#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# pins.sh - what stands in a writable grant pins the directories above it: they cannot be renamed or removed (EBUSY), and a
# link or rename from one side of a pin to the other is EXDEV, as between any two mounts. Without a rule in it, all of that
# works.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

fresh() {
  user sh -c 'rm -rf "$T/tree"; mkdir -p "$T/tree/a/b/c" "$T/tree/d" "$T/tree/ro" "$T/tree/.git/hooks" && cd "$T/tree" &&
    for f in top a/f a/b/f a/b/g a/b/.env d/f ro/f .git/config; do echo content >$f; done'
}

# ATTEMPT, what it gives bare, what it gives with the rules. Paths are below the tree.
table='rename=a:x ok EBUSY
rename=a/b:a/x ok EBUSY
rename=a/b:x ok EXDEV
rename=a/b/.env:a/b/x ok EBUSY
rename=.git:g ok EBUSY
rename=.git/hooks:.git/x ok EBUSY
rename=ro:x ok EBUSY
rmdir=a ENOTEMPTY EBUSY
rename=d:a ENOTEMPTY EBUSY
rename=top:a/x ok EXDEV
rename=a/f:x ok EXDEV
rename=a/f:a/b/x ok EXDEV
rename=a/b/f:a/x ok EXDEV
rename=top:.git/x ok EXDEV
rename=top:ro/x ok EXDEV
link=top:a/x ok EXDEV
link=a/b/f:x ok EXDEV
link=a/b/f:a/x ok EXDEV
link=a/b/.env:x ok EXDEV
link=ro/f:x ok EXDEV
rename=top:x ok ok
rename=d:x ok ok
rename=top:d/x ok ok
link=top:d/x ok ok
rename=a/f:a/x ok ok
rename=a/b/f:a/b/x ok ok
link=a/b/f:a/b/x ok ok
rename=a/b/c:a/b/x ok ok
rename=a/b/f:a/b/c/x ok ok
rename=.git/config:.git/x ok ok
rename=a/b/f:a/b/.env ok EBUSY'
attempts=$(printf '%s\n' "$table" | cut -d ' ' -f 1)
want() { printf '%s\n' "$table" | awk -v col="$1" '{ print $1 ": " $col }'; }
# From what attempt prints, without the tree.
in_tree='cd "$1" && shift && "$@"'

fresh
# shellcheck disable=SC2086 # words
run_rc user sh -c "$in_tree" sh "$T/tree" "$FIX/attempt" $attempts
is "bare" "$out" "$(want 2)"
for at in "$T/tree" /data; do
  fresh
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --ro "$FIX:/fix" --rw "$T/tree:$at" -- /bin/sh -c "$in_tree" sh "$at" /fix/attempt $attempts
  is "a writable grant with nothing in it, at ${at#"$T"}" "$out" "$(want 2)"
  fresh
  # shellcheck disable=SC2086
  run_rc user "$PINFOLD" run --ro "$FIX:/fix" --rw "$T/tree:$at" --hide "$T/tree/a/b/.env" --hide "$T/tree/.git/hooks" --ro "$T/tree/ro:$at/ro" -- \
    /bin/sh -c "$in_tree" sh "$at" /fix/attempt $attempts
  is "with two masks and a read-only part in it, at ${at#"$T"}" "$out" "$(want 3)"
done
# mv(1) does across a pin what it does between any two file systems.
run_rc user "$PINFOLD" run --rw "$T/tree" --hide "$T/tree/a/b/.env" -- /bin/sh -c 'cd "$1" && mv a/b/f top2 && mv top2 a/b/f && cat a/b/f' sh "$T/tree"
is "mv copies across a pin" "$rc:$out" 0:content
# A home that is kept is pinfold's own directory, and what is granted in it is mounted there.
run_rc user "$PINFOLD" run --home private --ro "$FIX:/fix" --ro "$T/tree/ro:$PINFOLD_TEST_HOME/a/ro" -- /bin/sh -c 'cd && /fix/attempt rename=a/ro:x rmdir=a/ro'
is "in a home that is kept a mount point stays" "$out" "rename=a/ro:x: EBUSY
rmdir=a/ro: EBUSY"
done_testing
