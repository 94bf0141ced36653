#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# manual.sh - the profiles that the manual and the README show are right, and the one for git does what it says.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# The test user's home is shared by all tests of the run, so this one has its own.
home=$T/home
profiles=$home/.config/pinfold/profiles
p() { (cd "$at" && user HOME="$home" "$PINFOLD" "$@"); }
user mkdir -p "$profiles" "$home/work" "$home/converted" "$home/fetched" "$home/repos"
at=$home/work

# NAME.ini for each profile in the EXAMPLES of pinfold-profile(5), and readme.ini for that of the README.
user mkdir "$T/shown"
awk -v dir="$T/shown" '
  /^\.Sh / { is_example = /EXAMPLES/ }
  /^\.Ss / { name = $2 }
  /^\.Ed/ { file = "" }
  file != "" { gsub(/\\&/, ""); gsub(/\\e/, "\\"); print >file }
  /^\.Bd -literal$/ && is_example { file = dir "/" name ".ini" }' "$abs_top_srcdir/man/pinfold-profile.5.in"
awk '/^    \[profile\]$/ && !found { found = is_in = 1 } is_in && /^[^ ]/ { is_in = 0 } is_in { sub(/^    /, ""); print }' \
  "$abs_top_srcdir/README" >"$T/shown/readme.ini"
is "there are profiles" "$(cd "$T/shown" && echo *)" "convert.ini fetch.ini git.ini readme.ini"
for file in "$T"/shown/*.ini; do
  name=${file##*/}
  name=${name%.ini}
  user sh -c 'cat >"$1"' sh "$profiles/$name.ini" <"$file"
  run_rc p lint "$name"
  case $name in
    # it says so itself: "Open: the host's network"
    fetch) like "$name: only what it says is open" "$rc:$out" '^0:.*mode = host.*\[lint\.leak\]' ;;
    *) is "$name: nothing is wrong with it" "$rc:$out:$err" 0:: ;;
  esac
done
like "fetch: and nothing else" "$(p lint fetch)" '^0 errors, 1 warning$'

# --- git --------------------------------------------------------------------------------------------

if ! have git; then
  skip "the profile for git" "git is not installed"
  done_testing
  exit
fi
bare() { (cd "$at" && user HOME="$home" git "$@"); }
confined() { p run -p git -- git "$@"; }
user sh -c 'printf "[user]\nname = Ann\nemail = ann@example.org\n[init]\ndefaultBranch = main\n" >"$1/.gitconfig"' sh "$home"
bare init -q --bare "$home/repos/x.git"
run_rc confined clone -q "file://$home/repos/x.git"
is "git: clones" "$rc:$(ls "$home/work")" 0:x
at=$home/work/x
user sh -c 'echo one >"$1/a"' sh "$at"
confined add a
run_rc confined commit -qm first
is "git: commits" "$rc:$out:$err" 0::
run_rc confined log --format=%an:%s
is "git: with the name of the settings, and shows it" "$rc:$out" "0:Ann:first"
run_rc confined push -q
is "git: what it may only read stays as it is" "$([ "$rc" != 0 ] && bare --git-dir "$home/repos/x.git" for-each-ref)" ""
run_rc bare push -q
is "control: bare, it could be pushed to" "$rc:$(bare --git-dir "$home/repos/x.git" for-each-ref --format='%(refname)')" "0:refs/heads/main"

plant='echo "echo planted" >.git/hooks/pre-commit; chmod +x .git/hooks/pre-commit; mv .git/hooks .git/h; mv .git g; echo "[core]" >>.git/config'
before=$(user sh -c 'cd "$1" && ls .git .git/hooks && cat .git/config' sh "$at")
run_rc p run -p git -- /bin/sh -c "$plant"
is "git: hooks and configuration cannot be changed" "$(user sh -c 'cd "$1" && ls .git .git/hooks && cat .git/config' sh "$at")" "$before"
user sh -c "cd '$at' && $plant" >/dev/null 2>&1
is "control: bare, they can" "$(ls -d "$at/.git" 2>/dev/null)" ""
done_testing
