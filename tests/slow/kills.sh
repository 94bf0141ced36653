#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# kills.sh - two thousand sandboxes, each killed at a random point of its start-up: nothing is left, and no run tells what
# is not true.
#
#     KILLS=N SEED=N make check TESTS=tests/slow/kills.sh

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

have python3 || skip_all "python3 is not installed"
[ -e /proc/self/task/$$/children ] || skip_all "the kernel has no /proc/PID/task/TID/children"
kills=${KILLS:-2000}
seed=${SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}

user sh -c 'mkdir -m 0700 "$T/run" "$T/tmp"; cat >"$T/kills.py"' <"$abs_top_srcdir/tests/slow/kills.py"
tmp() { find /tmp /dev/shm /var/tmp -maxdepth 1 -user "$PINFOLD_TEST_UID" 2>/dev/null | sort; }
before=$(tmp)
run_rc user env "XDG_RUNTIME_DIR=$T/run" "TMPDIR=$T/tmp" python3 "$T/kills.py" "$PINFOLD" "$kills" "$seed"
echo "# seed $seed; $(printf '%s\n' "$out" | sed -n 's/^ends: //p')"
is "$kills starts, killed at random points: all that was left, and all that was told wrong (seed $seed)" \
  "$(printf '%s\n' "$out" | grep -v '^ends: ')$err" ""
like "and they were counted" "$out" '^ends: .*(init|term|supervisor):'
is "no file in the directories for temporary ones" "$(user ls "$T/tmp")$(tmp)" "$before"
run_rc user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" run -- sh -c 'exit 7'
is "and one that is not killed ends as ever" "$rc" 7
done_testing
