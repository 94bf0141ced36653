#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# lint.sh - pinfold lint: all that is wrong in one go, exit codes, JSON, and files that are no profiles.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

lint() { user "$PINFOLD" lint "$@"; }
# profile NAME TEXT: write a profile.
profile() { printf '%s\n' "$2" | user tee "$T/$1" >/dev/null; }
# found DESC CODE ERE...: what the last run_rc of lint found: its exit code, and on stdout a line for each ERE.
found() {
  _d=$1 _code=$2
  shift 2
  is "$_d: exit code, and nothing on standard error" "$rc:$err" "$_code:"
  for _ere; do like "$_d: says $_ere" "$out" "$_ere"; done
}

user sh -c 'mkdir -p "$HOME/.ssh"; echo key >"$HOME/.ssh/id"'
profile clean.ini '[profile]
include = default
[filesystem]
ro = -/opt'
profile risky.ini '[filesystem]
ro = ${HOME}/.ssh
rw = ${HOME}'
profile wrong.ini '[identity]
hostnam = x
	y
hostname = a b
[filesytem]
ro = /x
[filesystem]
ro = /no/such/source
	relative
[seccomp]
deny = nosuchcall sockett'

# --- exit codes ---------------------------------------------------------------------------------

run_rc lint "$T/clean.ini"
is "a clean profile" "$rc:$out:$err" 0::
run_rc lint --strict default "$T/clean.ini"
is "clean ones, strictly" "$rc:$out:$err" 0::
run_rc lint "$T/risky.ini"
found "a risky profile" 0 "^$T/risky.ini:2:6: warning: .*\[lint\.secret\]\$" "^$T/risky.ini:3:6: warning: .*\[lint\.home\]\$" \
  '^0 errors, 2 warnings$'
run_rc lint --strict "$T/risky.ini"
found "a risky one, strictly" 1 '^0 errors, 2 warnings$'
run_rc lint "$T/wrong.ini"
found "a wrong profile" 1 "^$T/wrong.ini:2:1: error: unknown key hostnam in \[identity\]" \
  "^$T/wrong.ini:4:12: error: hostname = a b" "^$T/wrong.ini:5:1: error: unknown section \[filesytem\]" \
  "^$T/wrong.ini:8:6: error: .*No such file or directory" "^$T/wrong.ini:9:2: error: .*must start with /" \
  "^$T/wrong.ini:11:8: error: .*nosuchcall" "^$T/wrong.ini:11:19: error: .*sockett" '^    hint: did you mean hostname\?$' \
  '^7 errors, 0 warnings$'
run_rc lint "$T/clean.ini" "$T/risky.ini" "$T/wrong.ini" no-such-profile
found "several profiles" 1 "^$T/risky.ini:2:6: warning" "^$T/wrong.ini:2:1: error" 'error: there is no profile no-such-profile' \
  '^8 errors, 2 warnings$'
run_rc lint
is "no profile: exit code" "$rc:$out" 125:
like "no profile: says so" "$err" 'there is no profile to look at'
run_rc lint --strikt default
is "an unknown option: exit code" "$rc:$out" 125:
like "an unknown option: says so" "$err" 'unknown option --strikt'
run_rc lint --help
is "help" "$rc:$err" 0:
run_rc user sh -c '"$PINFOLD" lint "$T/wrong.ini" >/dev/full'
is "a standard output that is full is an error" "$rc" 125

# --- what it takes for a file ---------------------------------------------------------------------

run_rc user sh -c 'cd "$T" && "$PINFOLD" lint risky.ini --strict'
found "NAME.ini is the file" 1 '^risky\.ini:2:6: warning'
run_rc user sh -c 'cd "$T" && "$PINFOLD" lint -- ./wrong.ini'
found "a path, behind --" 1 '^wrong\.ini:2:1: error'
run_rc lint "$T/missing.ini"
found "a missing file" 1 "error: there is no profile $T/missing\.ini"
run_rc lint "$T"
found "a directory" 1 "error: cannot read profile $T: Is a directory"
user sh -c 'mkfifo "$T/fifo"; cp "$T/clean.ini" "$T/closed.ini"; chmod 000 "$T/closed.ini"; ln -s loop.ini "$T/loop.ini"; : >"$T/empty.ini"'
run_rc timeout -k 5 60 "$AS_USER" "$PINFOLD" lint "$T/fifo"
found "a FIFO, which has no writer" 1 "error: cannot read profile $T/fifo: Invalid argument" 'neither a device nor a pipe'
run_rc timeout -k 5 60 "$AS_USER" "$PINFOLD" lint /dev/zero
found "a device without an end" 1 'error: cannot read profile /dev/zero: Invalid argument'
run_rc lint "$T/closed.ini"
found "a file that is closed to the user" 1 "error: cannot read profile $T/closed.ini: Permission denied"
run_rc lint "$T/loop.ini"
found "a link to itself" 1 "error: cannot read profile $T/loop.ini: Too many levels"
run_rc lint "$T/empty.ini"
is "an empty file has nothing wrong in it" "$rc:$out:$err" 0::

# --- names that a terminal might obey -----------------------------------------------------------------

esc=$(printf '\033')
user sh -c 'cp "$T/risky.ini" "$T/with space.ini"; cp "$T/risky.ini" "$T/$(printf "esc\033[2J.ini")"; cp "$T/risky.ini" "$T/new
line.ini"; cp "$T/risky.ini" "$T/$(printf "latin\344.ini")"'
run_rc lint "$T/with space.ini"
found "a name with a space" 0 "^$T/with space\.ini:2:6: warning"
run_rc lint "$T/esc${esc}[2J.ini"
found "a name with an escape sequence" 0 "^$T/esc\\\\x1b\[2J\.ini:2:6: warning"
run_rc lint "$T/new
line.ini"
found "a name with a newline" 0 "^$T/new\\\\nline\.ini:2:6: warning"
is "each line of it is one of the report" "$(printf '%s\n' "$out" | grep -cvE '^(/|    hint: |[0-9]+ error)')" 0
run_rc lint "$T/$(printf 'latin\344.ini')"
found "a name that is no UTF-8" 0 "^$T/latin\\\\xe4\.ini:2:6: warning"
profile text.ini "[identity]
hostname = ${esc}[2J"
run_rc lint "$T/text.ini"
unlike "a value with an escape sequence" "$out" "$esc"
found "a value with an escape sequence" 1 "^$T/text\.ini:2:12: error: the line has a control character \[config\.control\]\$"

# --- a grant below a hide ----------------------------------------------------------------------------------

profile hidden.ini '[filesystem]
rw = ${HOME}
hide = ${HOME}/.ssh'
profile below.ini '[profile]
include = default
[filesystem]
hide = ${HOME}/.ssh
ro = ${HOME}/.ssh/id_rsa'
user sh -c 'echo key >"$HOME/.ssh/id_rsa"'
run_rc lint "$T/hidden.ini"
unlike "what is hidden is no risk" "$out" 'lint\.secret'
run_rc lint "$T/below.ini"
found "what is granted below a hide is shown" 0 "^$T/below\.ini:4:8: warning: .*no rule shows it" "^$T/below\.ini:5:6: warning: .*\[lint\.secret\]\$" '^0 errors, 2 warnings$'
is "so it is" "$(user "$PINFOLD" run -p "$T/below.ini" -- cat "$PINFOLD_TEST_HOME/.ssh/id_rsa")" key

# --- a default of one's own, around the stock one ---------------------------------------------------------------

user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles"
  printf "[profile]\ninclude = default\n[environment]\nset = A=b\n" >"$HOME/.config/pinfold/profiles/default.ini"'
profile other.ini '[profile]
include = default'
run_rc lint --strict default
is "a default around the stock one is clean" "$rc:$out:$err" 0::
run_rc lint --strict "$T/other.ini"
is "so is what includes it" "$rc:$out:$err" 0::
for _path in ./default.ini default.ini "$PINFOLD_TEST_HOME/.config/pinfold/profiles/default.ini" ../profiles/default.ini; do
  run_rc user sh -c 'cd "$HOME/.config/pinfold/profiles" && exec "$PINFOLD" lint --strict "$1"' sh "$_path"
  is "and it itself, as $_path" "$rc:$out:$err" 0::
done
is "it is what counts" "$(user "$PINFOLD" run -p "$T/other.ini" -- sh -c 'echo $A')" b
user rm -rf "$PINFOLD_TEST_HOME/.config"

# --- JSON -------------------------------------------------------------------------------------------

run_rc lint --json "$T/clean.ini"
if [ "$rc" = 125 ] && printf '%s\n' "$err" | grep -q jansson; then
  skip "JSON" "libjansson is not installed"
elif ! have python3; then
  skip "JSON" "python3 is not installed"
else
  # json DESC EXPRESSION WANT: prints what Python makes of the document d.
  json() {
    printf '%s' "$out" >"$_h/json"
    is "$1" "$(python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$_h/json" "$2" 2>&1)" "$3"
  }
  is "clean, as JSON: exit code" "$rc:$err" 0:
  json "clean, as JSON" '(d["schema"], d["problems"], d["errors"], d["warnings"], d["more"])' \
    "('pinfold.lint/1', [], 0, 0, False)"
  run_rc lint --json "$T/risky.ini" "$T/wrong.ini"
  is "all that is wrong, as JSON: exit code" "$rc:$err" 1:
  printf '%s\n' "$out" >"$_h/json"
  ok "it is JSON" python3 -m json.tool "$_h/json" "$_h/tidy"
  json "its counts are those of its list" '(d["errors"], d["warnings"], len(d["problems"]))' '(7, 2, 9)'
  json "each has every field" '{tuple(sorted(p)) for p in d["problems"]}' \
    "{('column', 'file', 'hint', 'id', 'line', 'message', 'severity')}"
  json "the first" '[d["problems"][0][k] for k in ("severity", "id", "line", "column")] + [d["problems"][0]["file"]]' \
    "['warning', 'lint.secret', 2, 6, '$T/risky.ini']"
  json "an error" '[(p["line"], p["column"], p["id"], p["hint"]) for p in d["problems"] if p["line"] == 5]' \
    "[(5, 1, 'config.unknown-section', 'did you mean [filesystem]?')]"
  run_rc lint --json --strict "$T/risky.ini"
  is "risky, strictly, as JSON: exit code" "$rc:$err" 1:
  run_rc lint --json "$T/new
line.ini" "$T/esc${esc}[2J.ini"
  json "names with a newline and an escape" '[p["file"].split("/")[-1] for p in d["problems"]][::2]' \
    "['new\\\\nline.ini', 'esc\\\\x1b[2J.ini']"
fi

# --- more than anyone wants ------------------------------------------------------------------------------

# limited PROFILE: lints it with a minute of CPU time and, without sanitizers, 512 MiB of memory; $out is what comes last.
limited() {
  _v='ulimit -v 524288 &&'
  [ "$SANITIZERS" = no ] || _v=
  run_rc user sh -c "ulimit -t 60 && $_v exec \"\$@\"" sh "$PINFOLD" lint "$1"
  out=$(printf '%s\n' "$out" | tail -n 5)
}
user awk 'BEGIN { print "[environment]"; printf "unset ="; for (i = 0; i < 1000; i++) printf " N%d", i; print "" }' >"$T/words.ini"
limited "$T/words.ini"
found "a thousand words on a line" 0 '^0 errors, 1000 warnings$' '/words.ini:2:4894: warning'
user awk 'BEGIN { print "[filesystem]"; for (i = 0; i < 10000; i++) print "ro = no/" i }' >"$T/errors.ini"
limited "$T/errors.ini"
found "ten thousand errors" 1 '^1000 errors, 0 warnings; more are not shown$'
user awk 'BEGIN { print "[filesystem]"; for (i = 0; i < 10000; i++) print "ro = /no/such/source/" i }' >"$T/sources.ini"
limited "$T/sources.ini"
found "ten thousand sources that are missing" 1 '^[0-9]+ errors, 0 warnings; more are not shown$'
user awk 'BEGIN { print "[environment]"; for (i = 0; i < 2000; i++) print "unset = N" i; print "[identity]\nhostname = a b" }' >"$T/last.ini"
limited "$T/last.ini"
found "an error behind two thousand warnings" 1 '/last.ini:2003:12: error' '^1 error, 1000 warnings; more are not shown$'
user head -c 4194304 /dev/urandom >"$T/noise.ini"
limited "$T/noise.ini"
found "4 MiB of noise" 1 'errors, [0-9]+ warnings?'
user head -c 4194305 /dev/urandom >"$T/noise.ini"
limited "$T/noise.ini"
found "more than 4 MiB" 1 'a profile has at most 4 MiB'
user awk 'BEGIN { print "[profile]"; for (i = 0; i < 180000; i++) print "include = ./self.ini" }' >"$T/self.ini"
limited "$T/self.ini"
found "4 MiB of includes of itself" 1 '^256 errors, 1000 warnings; more are not shown$'
done_testing
