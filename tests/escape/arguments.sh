#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# arguments.sh - what stands in pinfold's command line, as a secret may, is read nowhere inside: not in process 1, not in
# who enters, which is pinfold until its exec.
#
# Control: who looks sees those that enter at that moment, under the name that stands there instead; and bare, the same
# look finds the secret.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkdir -m 0700 "$T/run" "$T/spy"
pf() { user env "XDG_RUNTIME_DIR=$T/run" "$PINFOLD" "$@"; }
trap 'pf kill web KILL 2>/dev/null; _cleanup' EXIT

# look DIR: reads all command lines again and again, and makes DIR/NAME for each with that in it; DIR/up at first.
user sh -c 'cat >"$T/spy/look"' <<'EOF'
: >"$1/up"
while :; do
  for p in /proc/[0-9]*; do
    # The file has no newline, so read says no; what it read stands there.
    read -r line <"$p/cmdline"
    case $line in
      *TOP-SECRET*) : >"$1/secret" ;;
      *pinfold-init*) : >"$1/init" ;;
      *pinfold-join*) : >"$1/join" ;;
    esac
  done 2>/dev/null
  [ ! -e "$1/stop" ] || exit 0
done
EOF
seen() { (cd "$T/spy" && find . -type f ! -name look ! -name stop ! -name up -printf '%f\n' | sort | tr '\n' ' '); }

run_rc pf run --name web --detach --env TOKEN=TOP-SECRET --rw "$T/spy:/spy" -- sh /spy/look /spy
is "somebody looks" "$rc:$err" 0:
# As long as it takes until he has seen one: pinfold is what it is for a moment only.
i=0
while [ $i -lt 3000 ] && { [ ! -e "$T/spy/join" ] || [ $i -lt 50 ]; }; do
  i=$((i + 1))
  pf enter web -- true || break
done
is "he has seen process 1, and who entered, and no secret (of $i)" "$(seen)" "init join "
user sh -c ': >"$T/spy/stop"'
pf wait web

# Bare.
user sh -c 'rm "$T/spy/stop" "$T/spy/init" "$T/spy/join" "$T/spy/secret" 2>/dev/null; :'
"$AS_USER" sh "$T/spy/look" "$T/spy" &
looks=$!
user sh -c 'sh -c "until [ -e \"$T/spy/secret\" ]; do :; done" TOP-SECRET'
user sh -c ': >"$T/spy/stop"'
wait $looks
like "bare, the same look finds it" "$(seen)" secret
done_testing
