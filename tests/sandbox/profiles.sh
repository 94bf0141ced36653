#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# profiles.sh - pinfold profiles: the list, one merged, a new one; drop-ins; and places that cannot be written.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# The test user's home is shared by all tests of the run, so this one has places of its own.
export CONFIG="$T/config"
p() { user XDG_CONFIG_HOME="$CONFIG" "$PINFOLD" "$@"; }
dir=$CONFIG/pinfold/profiles

# --- a new one --------------------------------------------------------------------------------------

run_rc p profiles new mine
is "a new profile says where it is" "$rc:$out:$err" "0:$dir/mine.ini:"
is "its mode, and those of the directories that were made" \
  "$(stat -c %a "$CONFIG" "$CONFIG/pinfold" "$dir" "$dir/mine.ini" | tr '\n' ' ')" "700 700 700 600 "
run_rc p lint --strict mine
is "it is without warnings" "$rc:$out:$err" 0::
run_rc p run -p mine -- echo it runs
is "it runs" "$rc:$out:$err" "0:it runs:"
is "as default does" "$(p explain -p mine -- true | sed 1d)" "$(p explain -- true | sed 1d)"
before=$(cat "$dir/mine.ini")
run_rc p profiles new mine
is "it is not overwritten: exit code" "$rc:$out" 125:
like "it is not overwritten: says so" "$err" 'mine\.ini is there already'
is "nor changed" "$(cat "$dir/mine.ini")" "$before"
user ln -s "$T/elsewhere.ini" "$dir/dangling.ini"
run_rc p profiles new dangling
is "nor is a link that leads to nothing followed" "$rc:$out:$([ -e "$T/elsewhere.ini" ] && echo made)" 125::
like "a link: says so" "$err" 'dangling\.ini is there already'
user mkdir "$dir/taken.ini"
run_rc p profiles new taken
like "nor is a directory" "$rc:$err" '^125:.*taken\.ini is there already'

run_rc p profiles new from-base --from base/essential
is "from another one" "$rc" 0
like "which it includes" "$(cat "$dir/from-base.ini")" '^include = base/essential$'
run_rc p profiles new from-none --from no-such-profile
is "from one that is not there: exit code" "$rc:$out:$([ -e "$dir/from-none.ini" ] && echo made)" 125::
like "from one that is not there: says so" "$err" 'there is no profile no-such-profile'
user sh -c 'mkdir "$T/work" && printf "[environment]\nset = FROM=path\n" >"$T/work/part.ini"'
run_rc user sh -c 'cd "$T/work" && XDG_CONFIG_HOME=$T/config "$PINFOLD" profiles new from-path --from ./part.ini'
is "from a path" "$rc:$err" 0:
run_rc user sh -c 'cd / && XDG_CONFIG_HOME=$T/config "$PINFOLD" explain -p from-path -- true'
like "which is found from anywhere" "$rc:$out" 'env FROM=path'
user sh -c 'cp "$T/work/part.ini" "$T/work/a ;b.ini"'
run_rc p profiles new from-awkward --from "$T/work/a ;b.ini"
is "from a path that no include can have: exit code" "$rc:$out:$([ -e "$dir/from-awkward.ini" ] && echo made)" 125::
like "from a path that no include can have: says so" "$err" 'cannot stand behind include'
for name in '' . .. .x -x a/b ../up a.ini a.d 'a b' '${HOME}'; do
  run_rc p profiles new -- "$name"
  like "\"$name\" is no name" "$rc:$out:$err" '^125::.*cannot be the name of a profile'
done
is "nothing else was made" "$(cd "$dir" && echo *)" "dangling.ini from-base.ini from-path.ini mine.ini taken.ini"

# A name of a stock one: it builds on that.
run_rc p profiles new default
is "a profile with the name of its base" "$rc:$err" 0:
run_rc p run -- echo still runs
is "which runs" "$rc:$out:$err" "0:still runs:"
rm -f "$dir/default.ini"

# --- where there is no place for one -----------------------------------------------------------------------

# Without HOME the home is that of the passwd file, so this takes a uid that has none there.
if user unshare -U --map-user=54321 true 2>/dev/null; then
  run_rc user env -u HOME unshare -U --map-user=54321 "$PINFOLD" profiles new mine
  is "without a home: exit code" "$rc:$out" 125:
  like "without a home: says so" "$err" 'there is no home'
  like "and what to do" "$err" 'set HOME or XDG_CONFIG_HOME'
else
  skip "without a home" "unshare cannot map a uid of its own"
fi
run_rc user env -u HOME XDG_CONFIG_HOME="$T/only" "$PINFOLD" profiles new mine
is "with XDG_CONFIG_HOME alone" "$rc:$out" "0:$T/only/pinfold/profiles/mine.ini"
run_rc user HOME="$T/home" sh -c 'mkdir "$HOME" && "$PINFOLD" profiles new mine'
is "with HOME alone" "$rc:$out" "0:$T/home/.config/pinfold/profiles/mine.ini"
user sh -c 'mkdir "$T/closed" && chmod 500 "$T/closed"'
run_rc user XDG_CONFIG_HOME="$T/closed/config" "$PINFOLD" profiles new mine
is "a home that is closed: exit code" "$rc:$out" 125:
like "a home that is closed: says so" "$err" "cannot make the directory $T/closed/config: Permission denied"
user sh -c ': >"$T/file"'
run_rc user XDG_CONFIG_HOME="$T/file" "$PINFOLD" profiles new mine
like "a home that is a file" "$rc:$err" "^125:.*cannot make the directory $T/file/pinfold: Not a directory"
user mkdir "$T/mnt"
# shellcheck disable=SC2016 # expanded by the inner shell
with_home='mount -t tmpfs -o "$1" none "$T/mnt" && { [ "$2" != ro ] || mount -o remount,bind,ro "$T/mnt"; } || exit 77
  XDG_CONFIG_HOME=$T/mnt/config "$PINFOLD" profiles new mine; rc=$?
  find "$T/mnt" -type f; exit $rc'
run_rc user unshare -Urm sh -c "$with_home" sh size=1M rw
if [ "$rc" = 0 ]; then
  is "a home that has space, in a mount namespace" "$out" "$(printf '%s\n' "$T/mnt/config/pinfold/profiles/mine.ini" "$T/mnt/config/pinfold/profiles/mine.ini")"
  run_rc user unshare -Urm sh -c "$with_home" sh size=4k rw
  is "a home that is full: exit code, and no half of a file" "$rc:$out" 125:
  like "a home that is full: says so" "$err" 'mine\.ini: No space left on device'
  like "and what to do" "$err" 'is there space'
  run_rc user unshare -Urm sh -c "$with_home" sh size=1M ro
  is "a home that is read-only: exit code" "$rc:$out" 125:
  like "a home that is read-only: says so" "$err" "cannot make the directory $T/mnt/config: Read-only file system"
else
  skip "a home that is full or read-only" "no mounts in a user namespace: $err"
fi

# --- the list ---------------------------------------------------------------------------------------------------

run_rc p profiles
is "the list: exit code" "$rc:$err" 0:
like "the list has the stock ones" "$out" '^default +The system read-only'
like "with their files" "$out" '^    /.*/profiles/default\.ini$'
like "and the user's" "$out" '^mine +Made from default'
unlike "but no bases" "$out" '^base/'
is "list is the same" "$(p profiles list)" "$out"
run_rc p profiles --all
like "all: bases too" "$out" '^base/essential '
user sh -c 'printf "[profile]\ndescription = Mine\ninclude = default\n" >"$1/default.ini"; mkdir "$1/default.d"
  printf "[environment]\nset = DROP=in\n" >"$1/default.d/x.ini"; printf "no line\n" >"$1/broken.ini"' sh "$dir"
run_rc p profiles
like "what hides a stock one says so" "$out" "^    overrides /.*/profiles/default\.ini\$"
like "what is added to it" "$out" "^    and adds $dir/default\.d/x\.ini\$"
like "what is broken" "$out" '^broken +\(cannot be read: line 1: '
run_rc p run -- sh -c 'echo $DROP'
is "a drop-in changes what runs" "$rc:$out:$err" "0:in:"
run_rc p profiles show default
is "show: exit code" "$rc:$err" 0:
like "show names the drop-in" "$out" "^# $dir/default\.d/x\.ini:2\$"
like "show has its value" "$out" '^set = DROP=in$'
printf '%s\n' "$out" | user tee "$T/merged.ini" >/dev/null
is "what show says is a profile that says the same" "$(p explain -p "$T/merged.ini" -- true | sed '1d; s/  \[.*//')" \
  "$(p explain -- true | sed '1d; s/  \[.*//')"
run_rc p profiles show no-such-profile
like "show one that is not there" "$rc:$out:$err" '^125::.*there is no profile no-such-profile'
run_rc p profiles show broken
like "show one that is broken" "$rc:$out:$err" "^125::.*broken\.ini:1:1"
if have python3; then
  run_rc p profiles --json --all
  if [ "$rc" = 125 ] && printf '%s\n' "$err" | grep -q jansson; then
    skip "the list as JSON" "libjansson is not installed"
  else
    is "the list as JSON" "$rc:$(printf '%s' "$out" | python3 -c 'import json, sys
d = json.load(sys.stdin)
by = {p["name"]: p for p in d["profiles"]}
print(d["schema"], "base/essential" in by, len(by["default"]["overrides"]), by["default"]["drop_ins"][0].split("/")[-1],
      by["default"]["description"], "flaw" in by["broken"], "flaw" in by["mine"], by["mine"]["overrides"])' 2>&1)" \
      "0:pinfold.profiles/1 True 1 x.ini Mine True False []"
  fi
else
  skip "the list as JSON" "python3 is not installed"
fi
user chmod 000 "$dir"
run_rc p profiles
like "a directory that is closed to the user" "$rc:$out:$err" "^125::.*cannot read the directory $dir: Permission denied"
run_rc p run -- true
like "and nothing runs with what is not known" "$rc:$err" '^125:.*Permission denied'
user chmod 700 "$dir"

# --- its command line ---------------------------------------------------------------------------------------

# says DESC ERE ARG..: a usage error that says so.
says() {
  _d=$1 _ere=$2
  shift 2
  run_rc p profiles "$@"
  like "$_d" "$rc:$out:$err" "^125::pinfold: $_ere"
}
says "an unknown command" 'pinfold profiles has no command sho' sho default
like "it names those that there are" "$err" 'list, show and new'
says "show without a name" 'pinfold profiles show needs a name' show
says "new without a name" 'pinfold profiles new needs a name' new
says "one name too many" 'pinfold profiles show does not take "b"' show a b
says "a word behind list" 'pinfold profiles list does not take "x"' list x
says "--from with show" 'pinfold profiles show does not take --from' show default --from x
says "--from with the list" 'pinfold profiles does not take --from' --from x
says "--json with show" 'pinfold profiles show does not take --json' show default --json
says "--all with new" 'pinfold profiles new does not take --all' new x --all
says "--from without a value" '--from needs a value' new x --from
says "an unknown option" 'unknown option --jsn' --jsn
run_rc p profiles --help
is "help" "$rc:$err" 0:
done_testing
