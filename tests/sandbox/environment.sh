#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# environment.sh - the environment starts empty; what a profile or an option gives is there, as it was given.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

secret="SECRET_$$"
pf() { user env "$secret=leaked" LD_PRELOAD= FOO=foo 'BAR=bar bar' "$@"; }
names() { sed 's/=.*//' | sort | tr '\n' ' '; }

run_rc pf "$PINFOLD" run -- env
is "nothing but HOME LANG PATH TERM" "$(printf '%s\n' "$out" | names)" "HOME LANG PATH TERM "
unlike "nothing of the caller's" "$out" "$secret|leaked"
like "HOME is the user's" "$out" "^HOME=$PINFOLD_TEST_HOME\$"
like "PATH has /usr/bin" "$out" '^PATH=(.*:)?/usr/bin(:|$)'
is "not even where the program cannot see it" "$(pf "$PINFOLD" run -- /bin/sh -c 'cat /proc/1/environ' 2>/dev/null | grep -c -a leaked)" 0

is "--env sets" "$(pf "$PINFOLD" run --env A=1 --env 'B=two words' --env C= --env 'D=x=y' -- \
  /bin/sh -c 'echo "$A|$B|${C-unset}|$D"')" "1|two words||x=y"
is "a value may hold a new line" "$(pf "$PINFOLD" run --env 'N=one
two' -- printenv N)" "one
two"
is "a later one wins" "$(pf "$PINFOLD" run --env A=1 --env A=2 -- printenv A)" 2
is "pass takes over what is set" "$(pf "$PINFOLD" run --set 'environment.pass=FOO BAR' -- /bin/sh -c 'echo "$FOO|$BAR"')" "foo|bar bar"
run_rc pf "$PINFOLD" run --set 'environment.pass=NOT_SET_ANYWHERE' -- env
is "pass of what is not set gives nothing" "$rc:$(printf '%s\n' "$out" | grep -c NOT_SET)" 0:0
is "unset wins" "$(pf "$PINFOLD" run --env A=1 --set 'environment.unset=A HOME' -- env | names)" "LANG PATH TERM "
is "PATH of --env is used to find the program" "$(pf "$PINFOLD" run --ro "$FIX:/fix" --env PATH=/fix -- static 2>&1)" "static 1"
run_rc pf "$PINFOLD" run --env =x -- echo ran
is "a variable without a name is refused" "$rc:$out" 125:

user sh -c 'printf "[profile]\nlanguage = 1\ninclude = default\n[environment]\nset = FROM_FILE=file\nset = OVER=file\n" >"$T/p.ini"'
is "a profile sets, an option overrides" "$(pf "$PINFOLD" run -p "$T/p.ini" --env OVER=option -- /bin/sh -c 'echo "$FROM_FILE $OVER"')" "file option"
done_testing
