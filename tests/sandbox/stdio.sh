#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# stdio.sh - data, arguments and closed descriptors arrive unharmed.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

run_rc user sh -c 'printf "b\na\nc\n" | "$PINFOLD" run -- sort'
is "a pipe through sort" "$out" "a
b
c"
is "stderr is kept apart" "$(user "$PINFOLD" run -- /bin/sh -c 'echo out; echo err >&2' 2>/dev/null)" out

# 1 GiB, whose every 64 KiB block is different.
run_rc user sh -c 'gen() { seq -f "%.0f pinfold pinfold pinfold pinfold pinfold" 1 100000000 | head -c 1073741824; }
  { gen | tee /dev/fd/3 | "$PINFOLD" run -- cat | cksum >"$T/inside"; } 3>&1 | cksum >"$T/outside"; cat "$T/inside"; cmp "$T/inside" "$T/outside"'
is "1 GiB through cat" "$rc" 0
like "all of it" "$out" ' 1073741824$'
is "a reader that leaves early is a broken pipe" "$(user sh -c '{ "$PINFOLD" run -- yes; echo $? >"$T/yes"; } | head -n 1; cat "$T/yes"' 2>/dev/null)" "y
141"
is "a regular file as stdin is read where it stands" "$(user sh -c 'printf "one\ntwo\n" >"$T/in"; { read -r x; "$PINFOLD" run -- cat; } <"$T/in"')" two

# Arguments: what the program gets, each ended by a NUL, against the same printf outside.
long=$(head -c 100000 /dev/zero | tr '\0' x)
set -- 'with space' 'new
line' "quote'quote" 'double"quote' '' '$HOME' 'back\slash' '*' '--ro' '--' '-' "$(printf '\303\244\377')" "$long" '%s' ' '
printf '%s\000' "$@" >"$T/want"
user "$PINFOLD" run -- /bin/sh -c 'printf "%s\000" "$@"' sh "$@" >"$T/got"
ok "arguments arrive as they are" cmp "$T/want" "$T/got"
is "options after the program are the program's" "$(user "$PINFOLD" run /bin/echo --ro -p --help)" "--ro -p --help"
is "argv0 can be chosen" "$(user "$PINFOLD" run --set process.argv0=-login -- /bin/sh -c 'tr "\000" "\n" </proc/$$/cmdline | head -n 1')" -login
many=$(seq 1 20000)
# shellcheck disable=SC2086 # 20000 words
is "twenty thousand arguments" "$(user "$PINFOLD" run -- /bin/sh -c 'echo $#' sh $many)" 20000

# Descriptors that are closed at the start stay closed or become /dev/null; nothing else slips into their place.
# In a subshell, so that the redirection is not the program's own.
fds='(ls -l /proc/$$/fd) >/t/fds; true'
for closed in '0<&-' '1>&-' '2>&-' '0<&- 1>&-' '1>&- 2>&-' '0<&- 1>&- 2>&-'; do
  rm -f "$T/fds"
  rc=0
  user sh -c "exec </dev/null >/dev/null 2>/dev/null; \"\$PINFOLD\" run --rw \"\$T:/t\" -- /bin/sh -c '$fds' $closed" || rc=$?
  is "started with $closed: it runs" "$rc:$([ -s "$T/fds" ] && echo listed)" 0:listed
  is "started with $closed: nothing but /dev/null" "$(grep -v -e ' -> /dev/null$' -e '^total' "$T/fds")" ""
done
run_rc user sh -c '"$PINFOLD" run -- /no/such/program 0<&- 2>&-'
is "an error without a stderr keeps its code" "$rc" 127
run_rc user sh -c '"$PINFOLD" run -- /bin/sh -c "exit 5" 0<&- 1>&- 2>&-'
is "so does a program" "$rc" 5

# umask and directory.
is "umask is mine" "$(user sh -c 'umask 027; "$PINFOLD" run -- /bin/sh -c umask')" 0027
is "umask can be chosen" "$(user "$PINFOLD" run --set process.umask=0077 -- /bin/sh -c umask)" 0077
is "the directory can be chosen" "$(user "$PINFOLD" run --chdir /usr/lib -- pwd)" /usr/lib
is "else it is mine where it is granted" "$(user sh -c 'cd "$T" && "$PINFOLD" run --rw "$T" -- pwd')" "$T"
is "else the home" "$(user sh -c 'cd "$T" && "$PINFOLD" run -- pwd')" "$PINFOLD_TEST_HOME"
run_rc user "$PINFOLD" run --chdir /no/such/dir -- echo ran
is "a directory that is not there" "$rc:$out" 125:
like "is named" "$err" '/no/such/dir'
done_testing
