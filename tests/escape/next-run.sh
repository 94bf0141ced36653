#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# next-run.sh - what the next run obeys is out of reach by whatever name: linked profiles, includes that are not there yet,
# the user's directories, and what an overlay keeps its changes in.
#
# Control: what is tried inside is tried bare first, and the next run obeys it.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

home=$PINFOLD_TEST_HOME
profiles=$home/.config/pinfold/profiles
dot=$home/dotfiles
# What a program would have of the next run: all of /proc's environment tells whether that obeyed.
gift='printf "[environment]\nset = OBEYED=yes\n"'

# obeys NAME [ARG..]: what the next run of the profile says.
obeys() {
  _name=$1
  shift
  user "$PINFOLD" run -p "$_name" "$@" -- /bin/sh -c 'echo "obeyed: ${OBEYED:-no}"' 2>&1
}
# refused DESC ID-ERE RUN-ARGS..: exit code 125, nothing ran, and the reason.
refused() {
  _desc=$1 _ere=$2
  shift 2
  run_rc user "$PINFOLD" run "$@" -- /bin/sh -c 'echo ran'
  is "$_desc: refused, nothing ran" "$rc:$out" 125:
  like "$_desc: and why" "$err" "$_ere"
}
fresh() { user sh -c 'rm -rf "$HOME/.config" "$HOME/dotfiles" "$HOME/work" && mkdir -p "$HOME/.config/pinfold" "$HOME/dotfiles" "$HOME/work"'; }
link_refused="is a symbolic link inside the writable grant of $home"
absent='the program could make .* in the writable .*, and the next run would read it as a profile'

# --- the directory of the profiles is a link into a granted tree -------------------------------------------------

fresh
user sh -c 'mkdir "$HOME/dotfiles/pf" && ln -s ../../dotfiles/pf "$HOME/.config/pinfold/profiles"
  printf "[profile]\ninclude = base/essential\n" >"$HOME/dotfiles/pf/mine.ini"'
plant="for f in '$dot/pf/mine.ini' '$dot/pf/default.ini'; do $gift >>\"\$f\" && echo wrote; done; mkdir '$dot/pf/mine.d' && $gift >'$dot/pf/mine.d/x.ini' && echo wrote
  mv '$dot/pf' '$dot/away'; mkdir -p '$dot/pf' && $gift >'$dot/pf/mine.ini' && echo wrote; echo tried"
run_rc user "$PINFOLD" run --rw "$dot" -- /bin/sh -c "$plant"
is "a linked directory of profiles: none can be planted" "$rc:$out" 0:tried
is "a linked directory of profiles: the next run does as before" "$(obeys mine)" "obeyed: no"
run_rc user "$PINFOLD" run -p mine --rw "$dot" -- /bin/sh -c "$plant"
is "a linked directory of profiles: nor from under one of them" "$rc:$out:$(obeys mine)" "0:tried:obeyed: no"
refused "a linked directory of profiles, itself granted" "which belongs to pinfold itself" --rw "$dot/pf"
run_rc user "$PINFOLD" run -p mine --rw "$home" -- /bin/sh -c "$plant; rm '$profiles' || mv '$profiles' '$profiles.away' || mv '$home/.config/pinfold' '$home/.config/away' || echo tried"
is "a linked directory of profiles and the link in one grant" "$rc:$out:$(readlink "$profiles"):$(obeys mine)" "0:tried
tried:../../dotfiles/pf:obeyed: no"
user sh -c "$gift >>'$dot/pf/mine.ini'"
is "a linked directory of profiles: bare, the next run obeys" "$(obeys mine)" "obeyed: yes"
user sh -c 'mv "$HOME/.config" "$HOME/work/config" && ln -s work/config "$HOME/.config" && ln -sfn "$HOME/dotfiles/pf" "$HOME/.config/pinfold/profiles"'
refused "a link that could be turned elsewhere" "$link_refused" --rw "$home"
user rm "$home/.config"

# --- profiles and their drop-ins are links into a granted tree ------------------------------------------------------

fresh
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" "$HOME/dotfiles/mine.d" && cd "$HOME/.config/pinfold/profiles" &&
  printf "[profile]\ninclude = base/essential\n" >"$HOME/dotfiles/mine.ini" && echo "# more" >"$HOME/dotfiles/mine.d/x.ini" &&
  ln -s "$HOME/dotfiles/mine.ini" mine.ini && ln -s "$HOME/dotfiles/mine.d" mine.d'
plant="for f in mine.ini mine.d/x.ini mine.d/y.ini; do $gift >>'$dot'/\$f && echo wrote; rm -f '$dot'/\$f
  mv '$dot'/\$f '$dot/away' && echo moved; done; mv '$dot/mine.d' '$dot/away.d' && echo moved; echo tried"
before=$(cd "$dot" && find . | sort)
for p in default mine; do
  run_rc user "$PINFOLD" run -p $p --rw "$dot" -- /bin/sh -c "$plant"
  is "a linked profile and linked drop-ins, under $p: neither can be changed" "$rc:$out:$(cd "$dot" && find . | sort)" "0:tried:$before"
  is "a linked profile and linked drop-ins, under $p: the next run does as before" "$(obeys mine)" "obeyed: no"
done
user sh -c "$gift >>'$dot/mine.ini'"
is "a linked profile: bare, the next run obeys" "$(obeys mine)" "obeyed: yes"
user sh -c "printf '[profile]\ninclude = base/essential\n' >'$dot/mine.ini'; $gift >'$dot/mine.d/y.ini'"
is "linked drop-ins: bare, the next run obeys" "$(obeys mine)" "obeyed: yes"

# The same where profiles and drop-ins lie deeper; a link to what is no profile is nobody's matter.
fresh
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles/mine.d" "$HOME/.config/pinfold/profiles/deep" "$HOME/dotfiles/pf/sub" &&
  cd "$HOME/.config/pinfold/profiles" && printf "[profile]\ninclude = base/essential\n" | tee mine.ini >"$HOME/dotfiles/in.ini" && echo "# more" >"$HOME/dotfiles/more.ini" &&
  cp "$HOME/dotfiles/in.ini" "$HOME/dotfiles/pf/sub/in.ini" && : >"$HOME/dotfiles/README" && ln -s "$HOME/dotfiles/README" README &&
  ln -s "$HOME/dotfiles/more.ini" mine.d/more.ini && ln -s "$HOME/dotfiles/in.ini" deep/in.ini && ln -s "$HOME/dotfiles/pf" pf &&
  ln -s "$HOME/dotfiles/pf/sub" again && ln -s . "$HOME/dotfiles/pf/round"'
plant="for f in in.ini more.ini pf/sub/in.ini; do $gift >>'$dot'/\$f && echo wrote; done; rm '$dot/README'; echo tried"
for p in default mine deep/in pf/sub/in again/in; do
  run_rc user "$PINFOLD" run -p $p --rw "$dot" -- /bin/sh -c "$plant; : >'$dot/README'"
  is "linked drop-ins and profiles further down, under $p: none can be changed" "$rc:$out" 0:tried
done
ok "what is no profile can be" [ -e "$dot/README" ]
for p in mine deep/in pf/sub/in again/in; do is "linked further down, $p: the next run does as before" "$(obeys $p)" "obeyed: no"; done
user sh -c "$plant" >/dev/null 2>&1
for p in mine deep/in pf/sub/in again/in; do is "linked further down, $p: bare, the next run obeys" "$(obeys $p)" "obeyed: yes"; done

# The same with links that lead to nothing yet.
fresh
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && ln -s "$HOME/dotfiles/later.ini" "$HOME/.config/pinfold/profiles/later.ini"'
refused "a profile that is a link to nothing in a grant" "$absent" --rw "$dot"
run_rc user "$PINFOLD" run --ro "$dot" -- /bin/sh -c "$gift >'$dot/later.ini'; echo ran"
is "a profile that is a link to nothing in a read-only grant: nothing is made" "$rc:$out:$(ls "$dot")" "0:ran:"
run_rc user "$PINFOLD" run --rw "$home/work" -- /bin/sh -c 'echo ran'
is "a profile that is a link to nothing elsewhere is nobody's matter" "$rc:$out" 0:ran
user sh -c "printf '[profile]\ninclude = base/essential\n' >'$dot/later.ini'; $gift >>'$dot/later.ini'"
is "a profile that is a link to nothing: bare, the next run obeys what is made there" "$(obeys later)" "obeyed: yes"

fresh
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && cd "$HOME/.config/pinfold/profiles" && printf "[profile]\ninclude = base/essential\n" >mine.ini &&
  ln -s "$HOME/dotfiles/later.d" mine.d'
run_rc user "$PINFOLD" run --rw "$dot" -- /bin/sh -c "mkdir -p '$dot/later.d'; $gift >'$dot/later.d/x.ini' && echo wrote; mv '$dot/later.d' '$dot/away' && echo moved; echo tried"
is "drop-ins that are a link to nothing in a grant: none can be made there" "$rc:$out:$(find "$dot" -name '*.ini')" 0:tried:
is "drop-ins that are a link to nothing in a grant: the next run does as before" "$(obeys mine)" "obeyed: no"
user sh -c "mkdir -p '$dot/later.d'; $gift >'$dot/later.d/x.ini'"
is "drop-ins that are a link to nothing: bare, the next run obeys what is made there" "$(obeys mine)" "obeyed: yes"

# A profile that was put there is not passed over for another of its name.
fresh
user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && ln -s "$HOME/dotfiles/gone.ini" "$HOME/.config/pinfold/profiles/judge.ini"'
refused "the user's profile of a stock name is a link to nothing" "cannot read profile $profiles/judge.ini" -p judge
run_rc user "$PINFOLD" lint judge
is "the user's profile of a stock name is a link to nothing: lint says so" "$rc" 1
like "the user's profile of a stock name is a link to nothing: and which" "$out" "error: cannot read profile .*judge.ini"
user rm "$profiles/judge.ini"
run_rc user "$PINFOLD" run -p judge -- /bin/sh -c 'echo ran'
is "without the link, the stock one is taken" "$rc:$out" 0:ran

# --- an include that is not there yet ---------------------------------------------------------------------------------

fresh
user sh -c 'printf "[profile]\ninclude = base/essential\n\t-./local.ini\n" >"$HOME/work/p.ini"'
for grant in "$home/work" "$home"; do
  refused "an include that is not there, in the writable $grant" "$absent" -p "$home/work/p.ini" --rw "$grant"
done
cd "$home/work" || exit 1
refused "the same by a relative path" "$absent" -p ./p.ini --rw .
cd "$T" || exit 1
run_rc user "$PINFOLD" run -p "$home/work/p.ini" --ro "$home/work" -- /bin/sh -c "$gift >'$home/work/local.ini'; echo ran"
is "an include that is not there, in a read-only grant: nothing is made" "$rc:$out:$(ls "$home/work")" "0:ran:p.ini"
user sh -c ': >"$HOME/work/local.ini"'
run_rc user "$PINFOLD" run -p "$home/work/p.ini" --rw "$home/work" -- /bin/sh -c "for f in local.ini p.ini; do $gift >>'$home/work'/\$f && echo wrote; rm -f '$home/work'/\$f; mv '$home/work'/\$f '$home/work/x' && echo moved; done
  : >'$home/work/beside'; echo tried"
# shellcheck disable=SC2012 # names that this test made
is "an include that is there cannot be changed, and what is beside it can" "$rc:$out:$(ls "$home/work" | tr '\n' ' ')" "0:tried:beside local.ini p.ini "
is "and the next run does as before" "$(obeys "$home/work/p.ini")" "obeyed: no"
user sh -c "$gift >'$home/work/local.ini'"
is "bare, the next run obeys it" "$(obeys "$home/work/p.ini")" "obeyed: yes"

# --- what ${DOWNLOADS} is ---------------------------------------------------------------------------------------------

fresh
user sh -c 'mkdir -p "$HOME/loads" "$HOME/secret" && echo key >"$HOME/secret/key" && echo "XDG_DOWNLOAD_DIR=\"\$HOME/loads\"" >"$HOME/.config/user-dirs.dirs"
  mkdir -p "$HOME/.config/pinfold/profiles" && printf "[profile]\ninclude = base/essential\n[filesystem]\nrw = \${DOWNLOADS}\n" >"$HOME/.config/pinfold/profiles/d.ini"'
turn='sed "s/loads/secret/" "$HOME/.config/user-dirs.dirs" >"$HOME/.config/new" && { cat "$HOME/.config/new" >"$HOME/.config/user-dirs.dirs" && echo wrote
  mv "$HOME/.config/new" "$HOME/.config/user-dirs.dirs" && echo moved; mv "$HOME/.config" "$HOME/.away" && echo moved; }; echo tried'
steal() { user "$PINFOLD" run -p d -- /bin/sh -c 'cat "$1/key"' sh "$home/secret" 2>/dev/null; }
for grant in "$home/.config" "$home"; do
  run_rc user "$PINFOLD" run --rw "$grant" -- /bin/sh -c "$turn"
  is "user-dirs.dirs with $grant granted: cannot be changed" "$rc:$out:$(cat "$home/.config/user-dirs.dirs")" '0:tried:XDG_DOWNLOAD_DIR="$HOME/loads"'
  is "user-dirs.dirs with $grant granted: the next run shows what it did" "$(steal)" ""
done
user sh -c "$turn" >/dev/null 2>&1
user sh -c '[ ! -d "$HOME/.away" ] || mv "$HOME/.away" "$HOME/.config"'
is "user-dirs.dirs: bare, it can be turned elsewhere" "$(steal)" key
# The same where there is none yet, or no .config at all: an empty one is as good as none, and cannot be filled.
plant='mkdir -p "$HOME/.config"; echo "XDG_DOWNLOAD_DIR=\"\$HOME/secret\"" >"$HOME/.config/user-dirs.dirs" && echo wrote
  rm -f "$HOME/.config/user-dirs.dirs"; mv "$HOME/.config/user-dirs.dirs" "$HOME/away" && echo moved; ln -sf /dev/null "$HOME/.config/user-dirs.dirs" && echo linked
  mv "$HOME/.config" "$HOME/.away" && echo moved; echo tried'
unnamed='\$\{DOWNLOADS\} has no value here'
for grant in "$home/.config" "$home" "$home/.config and XDG_CONFIG_HOME"; do
  user sh -c 'rm -rf "$HOME/.config" && mkdir "$HOME/.config"'
  [ "$grant" != "$home" ] || user rm -r "$home/.config"
  set -- "$PINFOLD" run --rw "${grant%% *}"
  case $grant in *XDG*) set -- env "XDG_CONFIG_HOME=$T/elsewhere" "$@" ;; esac
  run_rc user "$@" -- /bin/sh -c "$plant"
  is "no user-dirs.dirs with $grant granted: none is made" "$rc:$out:$(cat "$home/.config/user-dirs.dirs")" "0:tried:"
  is "no user-dirs.dirs with $grant granted: an empty one is all there is" "$(stat -c '%F %a %h' "$home/.config/user-dirs.dirs")" "regular empty file 600 1"
  user sh -c 'mkdir -p "$HOME/.config/pinfold/profiles" && printf "[profile]\ninclude = base/essential\n[filesystem]\nrw = \${DOWNLOADS}\n" >"$HOME/.config/pinfold/profiles/d.ini"'
  run_rc user "$PINFOLD" run -p d -- /bin/sh -c 'cat "$1/key"' sh "$home/secret"
  like "no user-dirs.dirs with $grant granted: nor does the next run obey one" "$rc:$out:$err" "^125::.*$unnamed"
done
user rm "$home/.config/user-dirs.dirs"
run_rc user "$PINFOLD" run --ro "$home/.config" -- /bin/sh -c 'echo ran'
is "no user-dirs.dirs below a read-only grant: none is made either" "$rc:$out:$(ls "$home/.config")" "0:ran:pinfold"
user sh -c "$plant" >/dev/null 2>&1
user sh -c 'mkdir -p "$HOME/.config" && echo "XDG_DOWNLOAD_DIR=\"\$HOME/secret\"" >"$HOME/.config/user-dirs.dirs"
  mkdir -p "$HOME/.config/pinfold/profiles" && printf "[profile]\ninclude = base/essential\n[filesystem]\nrw = \${DOWNLOADS}\n" >"$HOME/.config/pinfold/profiles/d.ini"'
is "no user-dirs.dirs: bare, one is made, and the next run obeys" "$(steal)" key
user rm -rf "$home/loads" "$home/secret" "$home/.away" "$home/away"

# --- what an overlay keeps its changes in -----------------------------------------------------------------------------

fresh
user sh -c 'mkdir -p "$T/lower" "$T/kept/upper/sub" && printf "[profile]\ninclude = base/essential\n" >"$T/kept/upper/p.ini" && echo secret >"$T/kept/upper/sub/file"'
over="$T/lower:/data:upper=$T/kept"
run_rc user "$PINFOLD" run --overlay "$over" -- /bin/sh -c "cat /data/sub/file; $gift >>/data/p.ini && echo wrote"
if [ "$rc" = 125 ]; then
  skip "overlays that keep their changes" "$err"
else
  is "control: below a kept upper, anything can be read and written" "$rc:$out" "0:secret
wrote"
  is "control: a profile there too, and the next run obeys" "$(obeys "$T/kept/upper/p.ini")" "obeyed: yes"
  refused "the profile in use below a kept upper" "upper=$T/kept overlaps with pinfold's own $T/kept/upper/p.ini" \
    -p "$T/kept/upper/p.ini" --overlay "$over"
  refused "what is hidden below a kept upper" "upper=$T/kept overlaps with the hidden $T/kept/upper/sub" \
    --hide "$T/kept/upper/sub" --overlay "$over"
  refused "a kept upper below what is hidden" "upper=$T/kept overlaps with the hidden $T " --hide "$T" --overlay "$over"
fi
user rm -rf "$home/.config" "$dot" "$home/work"
done_testing
