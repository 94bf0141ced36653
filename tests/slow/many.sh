#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# many.sh - a thousand sandboxes alive at once: each answers to its name, ps lists them all, and nothing is left of them.
#
# How long ps takes and what a sandbox takes of memory is printed, not judged: that is the machine's as much as ours.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

many=${MANY:-1000}
user mkdir -m 0700 "$T/run"
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
available() { awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo; }

before=$(available)
run_rc user env "XDG_RUNTIME_DIR=$T/run" "MANY=$many" sh -c 'i=0; failed=0
  while [ $i -lt "$MANY" ]; do i=$((i + 1)); "$PINFOLD" run --name "n$i" --detach -- sleep 3600 || { failed=$((failed + 1)); [ $failed -lt 3 ] || break; }; done
  echo "$failed"'
is "$many are started" "$out" 0
echo "# $(((before - $(available)) / many)) KiB of memory each, of what the machine has available"

run_rc user env "XDG_RUNTIME_DIR=$T/run" "PS=$PINFOLD" bash -c 'TIMEFORMAT="# ps takes %R s"; time "$PS" ps >/dev/null' 2>&1
printf '%s\n' "$out$err"
is "ps lists them all" "$(pf ps | sed 1d | wc -l)" "$many"
is "each with memory that it uses" "$(pf ps | awk 'NR > 1 && ($4 == "-" || $4 == "0.0K")' | wc -l)" 0

run_rc user env "XDG_RUNTIME_DIR=$T/run" "MANY=$many" sh -c 'i=0; failed=0
  while [ $i -lt "$MANY" ]; do i=$((i + 1)); "$PINFOLD" kill "n$i" KILL || failed=$((failed + 1)); done; echo "$failed"'
is "each is ended by its name" "$out" 0
is "and nothing is left" "$(ls "$T/run/pinfold/run")" ""

done_testing
