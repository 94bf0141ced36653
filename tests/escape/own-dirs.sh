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

# What can be made by nobody of ours needs no mask: /run of a user who has not logged in. A directory of our own that is
# closed is another matter: the program could open it.
if [ ! -e "/run/user/$PINFOLD_TEST_UID" ]; then
  run_rc user "$PINFOLD" run --rw /run -- /bin/sh -c 'mkdir -p "/run/user/$1/pinfold" 2>/dev/null && echo made; echo ran' sh "$PINFOLD_TEST_UID"
  is "where the parent is root's, nothing is made and nothing refused" "$rc:$out" 0:ran
else
  skip "a grant of /run without a directory of the user's" "there is one"
fi
user sh -c 'mkdir -p "$T/closed/cfg" && chmod 0500 "$T/closed/cfg"'
if [ "$(user sh -c 'mkdir "$T/closed/cfg/x" 2>/dev/null && echo made')" = "" ]; then
  run_rc user env "XDG_CONFIG_HOME=$T/closed/cfg" "$PINFOLD" run --rw "$T/closed" -- echo ran
  is "where it is ours but closed, the run is refused" "$rc:$out" 125:
fi

# In an overlay nothing above a mask is pinned: what is moved there has its mask on it, and the host's is as it was.
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && echo "; mine" >"$HOME/.config/pinfold/profiles/mine.ini"'
peek='cd "$1" && for d in .config c c2/.config; do cat $d/pinfold/profiles/mine.ini 2>/dev/null; mv .config c 2>/dev/null; mkdir -p c2; mv .config c2 2>/dev/null; done
  mkdir -p .config/pinfold/profiles 2>/dev/null && echo x >.config/pinfold/profiles/planted.ini; echo tried'
user mkdir "$T/changes"
for upper in "" ":upper=$T/changes" ":upper=$T/changes"; do
  run_rc user "$PINFOLD" run --overlay "$home:/h$upper" -- /bin/sh -c "$peek" sh /h
  if [ "$rc" = 125 ]; then skip "an overlay of it${upper:+ with its changes kept}" "$err"; continue; fi
  is "in an overlay of it${upper:+ with its changes kept}: neither read nor planted" "$rc:$out:$(ls "$profiles"; find "$T/changes" -name planted.ini)" 0:tried:mine.ini
done
user sh -c 'chmod -R u+rwX "$T/changes" && rm -rf "$T/changes"'
like "bare, it is read" "$(user sh -c "$peek" sh "$home" 2>/dev/null)" '^; mine'
user rm -rf "$home/.config" "$home/c" "$home/c2"

# Not only the configuration: whatever is pinfold's, of the home and of the environment, there or not yet.
for dir in "$home/.cache" "$home/.local/share" "$home/.local/state" "$PINFOLD_TEST_RUNTIME"; do
  for there in no yes; do
    user sh -c 'rm -rf "$1/pinfold"; mkdir -p "$1"; [ "$2" = no ] || { mkdir "$1/pinfold" && echo mine >"$1/pinfold/mine"; }' sh "$dir" $there
    run_rc user "$PINFOLD" run --rw "$dir" -- /bin/sh -c 'cat "$1/pinfold/mine"; mkdir -p "$1/pinfold" && echo x >"$1/pinfold/planted"; mv "$1/pinfold" "$1/x"
      echo x >"$1/beside" && echo tried' sh "$dir"
    is "$dir/pinfold ($there) cannot be read, moved away or planted in" \
      "$rc:$out:$(cd "$dir" && find pinfold x -mindepth 1 2>/dev/null)" "0:tried:$([ $there = no ] || echo pinfold/mine)"
    user rm -rf "$dir/pinfold" "$dir/x" "$dir/beside"
  done
done
run_rc user env "XDG_CONFIG_HOME=$T/conf" "$PINFOLD" run --rw "$home" --rw "$T" -- /bin/sh -c 'for d in "$1/.config" "$2/conf"; do
  echo x >"$d/pinfold/planted"; mkdir -p "$d/pinfold/profiles" && echo x >"$d/pinfold/profiles/planted.ini"; done; echo tried' sh "$home" "$T"
is "with XDG_CONFIG_HOME set, neither that nor the home's can be planted in" \
  "$rc:$out:$(find "$home/.config" "$T/conf" -name 'planted*' 2>/dev/null)" 0:tried:
user rm -rf "$home/.config" "$home/.cache" "$home/.local"

# The binary that runs, and the profiles that it was installed with, where they are the user's.
user sh -c 'mkdir "$T/inst" && cp "$PINFOLD" "$T/inst/pinfold" && cp -R "$PINFOLD_DATADIR/profiles" "$T/inst/" && chmod -R u+w "$T/inst"'
spoil='for f in pinfold profiles/default.ini profiles/base/essential.ini profiles/new.ini; do echo "# evil" >>"$1/$f"; rm -f "$1/$f"; done
  mv "$1/profiles" "$1/away"; mv "$1" "$1.away"; mv "$1/pinfold" "$1/away"; echo tried'
listing() { (cd "$T/inst" && find . -type f -exec cksum {} + | sort); }
before=$(listing)
run_rc user env "PINFOLD_DATADIR=$T/inst" "$T/inst/pinfold" run --rw "$T" -- /bin/sh -c "$spoil" sh "$T/inst"
is "neither the binary nor its profiles can be changed" "$rc:$out:$(listing)" "0:tried:$before"
user sh -c "$spoil" sh "$T/inst" >/dev/null 2>&1
ok "bare, they can" [ ! -e "$T/inst/pinfold" ]
done_testing
