#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# own-dirs.sh - pinfold's own configuration is out of reach, whatever is granted: who writes it owns the next run.
#
# Control: bare, the profile can be written.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

home=$PINFOLD_TEST_HOME
profiles=$home/.config/pinfold/profiles
plant='mkdir -p "$HOME/.config/pinfold/profiles" && echo "[profile]" >"$HOME/.config/pinfold/profiles/planted.ini" && echo planted'

is "bare, a profile can be planted" "$(user sh -c "$plant" 2>/dev/null)" planted
user rm -rf "$home/.config"

for round in "not there yet" "there already"; do
  for grant in "$home" "$home/.config"; do
    [ "$grant" = "$home" ] || [ -d "$grant" ] || continue
    user "$PINFOLD" run --rw "$grant" -- /bin/sh -c "$plant; mv \"\$HOME/.config/pinfold\" \"\$HOME/.config/x\"; mv \"\$HOME/.config\" \"\$HOME/.moved\"; $plant" >/dev/null 2>&1
    is "with $grant granted and the directory $round, none is" "$(ls "$profiles/planted.ini" "$home/.moved/pinfold/profiles/planted.ini" 2>/dev/null)" ""
    user sh -c '[ ! -d "$HOME/.moved" ] || mv "$HOME/.moved" "$HOME/.config"'
  done
  user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && echo "; mine" >"$HOME/.config/pinfold/profiles/mine.ini"'
done
run_rc user "$PINFOLD" run --rw "$home" -- cat "$profiles/mine.ini"
is "nor can one be read" "$out" ""
run_rc user "$PINFOLD" run --rw "$home/.config/pinfold" -- cat "$profiles/mine.ini"
unlike "not even when it is granted by name" "$out" mine
user rm -rf "$home/.config"
done_testing
