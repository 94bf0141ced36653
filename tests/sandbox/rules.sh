#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# rules.sh - each kind of rule with each kind of source and each option: it is there as asked for, or refused with a
# message that names the rule; and names of every shape, from spaces to 4095 bytes.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

cat >"$T/bind" <<'C'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
os.chdir(os.path.dirname(sys.argv[1]))
s.bind(os.path.basename(sys.argv[1]))
C
user sh -c 'mkdir -p "$T/s/dir/sub" && cd "$T/s" && echo content >file && echo below >dir/file && mkfifo fifo && ln -s dir to-dir && ln -s file to-file &&
  ln -s none dangling && ln -s loop loop && : >empty && printf "#!/bin/sh\necho it runs\n" >script && chmod 755 script && echo closed >closed && chmod 0 closed'
sources='dir file fifo to-dir to-file'
if have python3 && user python3 "$T/bind" "$T/s/socket" 2>/dev/null; then sources="$sources socket"; else echo "# no python3 to make a socket with"; fi

# What is seen at the destination: type, then how it is mounted.
look='at=$1
  if [ -d "$at" ]; then t=dir; elif [ -p "$at" ]; then t=fifo; elif [ -S "$at" ]; then t=socket; elif [ -c "$at" ]; then t=device; elif [ -f "$at" ]; then t=file; else t=nothing; fi
  o=$(awk -v at="$at" "\$5 == at { print \$6 }" /proc/self/mountinfo)
  r=; for w in ro rw nosuid nodev noexec; do case ,$o, in *,$w,*) r=$r,$w ;; esac; done
  if [ -d "$at" ]; then (: >"$at/new") 2>/dev/null && r=$r,written && rm -f "$at/new"
  elif [ -f "$at" ]; then (echo x >>"$at") 2>/dev/null && r=$r,written; fi
  echo "$t$r"'
kind() { case $1 in dir | to-dir) echo dir ;; file | to-file) echo file ;; *) echo "$1" ;; esac; }

for source in $sources; do
  k=$(kind "$source")
  w=
  case $k in dir | file) w=,written ;; esac
  while read -r rule option want; do
    option=${option#-}
    run_rc user "$PINFOLD" run "--$rule" "$T/s/$source:/x/y$option" -- /bin/sh -c "$look" sh /x/y
    is "$rule of $source${option:+ with $option}" "$rc:$out" "0:$k,$want"
  done <<TABLE
ro - ro,nosuid,nodev
ro :noexec ro,nosuid,nodev,noexec
rw - rw,nosuid,nodev$w
rw :noexec rw,nosuid,nodev,noexec$w
TABLE
done
if [ -c /dev/zero ]; then
  run_rc user "$PINFOLD" run --dev /dev/zero:/x/y -- /bin/sh -c "$look" sh /x/y
  like "dev of a device" "$rc:$out" '^0:device,r[ow],nosuid,noexec$'
fi
is "noexec holds" "$(user "$PINFOLD" run --ro "$T/s/script:/x:noexec" -- /x 2>/dev/null; echo $?) $(user "$PINFOLD" run --ro "$T/s/script:/x" -- /x)" "126 it runs"

# Made in memory. Each is what it says, also on a tmpfs, where the program may change it.
for below in "" /scratch; do
  run_rc user "$PINFOLD" run --tmpfs /scratch --set "filesystem.file=$below/f:one\\n\\x74wo\\ttabbed: \${USER}\\\\" --set "filesystem.copy=$T/s/file:$below/c" \
    --set "filesystem.copy=$T/s/script:$below/deep/run:mode=0755" --set "filesystem.copy=$T/s/empty:$below/e:mode=0600" --dir "$below/d:mode=0711" --symlink "f:$below/l" \
    --tmpfs "$below/t:size=1M,mode=1777" -- /bin/sh -c 'cd "$1/" && cat f && echo && cat l c && ./deep/run && stat -c "%a %s" f c e d t deep/run && (echo x >>c) 2>/dev/null && echo writable' sh "$below"
  want="one
two	tabbed: $PINFOLD_TEST_USER\\
one
two	tabbed: $PINFOLD_TEST_USER\\$(cat "$T/s/file")
it runs
644 $((17 + ${#PINFOLD_TEST_USER}))
644 $(wc -c <"$T/s/file")
600 0"
  is "file, copy, dir, symlink and tmpfs below ${below:-/}" "$(printf '%s\n' "$out" | sed '/^711 /,$d')" "$want"
  is "with their modes, and writable on a tmpfs alone, below ${below:-/}" "$(printf '%s\n' "$out" | sed -n '/^711 /,$s/ .*//p;/^writable/p' | tr '\n' ' ')" \
    "711 1777 755 $([ -z "$below" ] || echo 'writable ')"
done
is "a copy is no link to its source" "$(user "$PINFOLD" run --tmpfs /t --set "filesystem.copy=$T/s/file:/t/c" -- /bin/sh -c 'echo changed >/t/c'; user cat "$T/s/file")" "$(user cat "$T/s/file")"
user sh -c 'head -c 3000000 /dev/zero >"$T/s/large"'
run_rc user "$PINFOLD" run --set "filesystem.copy=$T/s/large:/large" -- wc -c /large
is "a copy of some megabytes" "$out" "3000000 /large"
run_rc user "$PINFOLD" run --set filesystem.size=1M --set "filesystem.copy=$T/s/large:/large" -- echo ran
is "a copy that the root cannot hold is refused" "$rc:$out" 125:
like "and says what to raise" "$err" 'cannot make the copy /large: No space left on device.*filesystem.copy'
is "what is optional may be missing" "$(user "$PINFOLD" run --ro "-$T/s/none:/x" --rw "-$T/s/file/none:/x" --set "filesystem.copy=-$T/s/none:/x" -- /bin/sh -c '[ -e /x ] || echo ran')" ran

# refused ID OPTION..: nothing runs, and the message has the pattern.
refused() {
  pattern=$1
  shift
  run_rc user "$PINFOLD" run "$@" -- echo ran
  is "refused: $*" "$rc:$out" 125:
  like "with its message ($*)" "$err" "$pattern"
}
refused 'No such file or directory \(--ro ' --ro "$T/s/none"
refused 'No such file or directory \(--ro ' --ro "$T/s/dangling"
refused 'Too many levels of symbolic links \(--ro ' --ro "$T/s/loop"
refused 'Not a directory \(--rw ' --rw "$T/s/file/none"
refused 'it is a device \(--ro ' --ro /dev/zero
refused 'it is no device \(--dev ' --dev "$T/s/file"
refused 'the only option of a bind is noexec' --ro "$T/s/dir:/x:exec"
refused 'it is no regular file' --set "filesystem.copy=$T/s/dir:/x"
refused 'it is no regular file' --set "filesystem.copy=$T/s/fifo:/x"
refused 'copy = .*/closed: Permission denied' --set "filesystem.copy=$T/s/closed:/x"
refused 'is not in the tree shown at /x: No such file or directory' --ro "$T/s/dir:/x" --ro "$T/s/file:/x/none"
refused 'is not in the tree shown at /x: No such file or directory' --rw "$T/s/dir:/x" --tmpfs /x/none
refused 'cannot stand below /x .*nothing is made in a tree of the host' --rw "$T/s/dir:/x" --dir /x/none
refused 'cannot stand below /x .*that is no directory' --ro "$T/s/file:/x" --ro "$T/s/file:/x/y"
refused 'two rules for /x' --ro "$T/s/file:/x" --tmpfs /x
is "and nothing of it is made on the host" "$(user ls -A "$T/s/dir" | tr '\n' ' ')" "file sub "

# Names of every shape, of directories and files, as source, as destination and as what is hidden.
name() { printf '%b' "$1"; }
n=0
for shape in 'with space' ' leading' 'new\nline' 'back\\\\slash' 'col:on' 'not\0377utf8' 'quote"\047s' '*?[x]' '-dash' '${x}' 'tab\tx' '\0001\0033[1mx' ';semi' 'ümläut' '..x' '...'; do
  n=$((n + 1))
  real=$(name "$shape")  # no newline at the end is lost: none has one there
  mkdir "$T/s/shapes.$n" "$T/s/shapes.$n/$real" && echo "shape $n" >"$T/s/shapes.$n/$real/$real" && echo hidden >"$T/s/shapes.$n/$real/h $real" || exit 1
  # As a profile writes it: every byte that could mean something as \xHH.
  written=$(printf '%s' "$real" | od -An -v -tx1 | tr -d ' \n' | sed 's/../\\x&/g')
  run_rc user "$PINFOLD" run --ro "$T/s/shapes.$n/$written:/d/$written" --set "filesystem.copy=$T/s/shapes.$n/$written/$written:/c/$written" \
    --set "filesystem.file=/f/$written:$written" --hide "$T/s/shapes.$n/$written/h\\x20$written" -- /bin/sh -c 'cat "/d/$1/$1" "/c/$1"; [ "$(cat "/f/$1")" = "$1" ] && echo text
      cat "/d/$1/h $1" 2>/dev/null || echo hidden away' sh "$real"
  is "a name like $shape" "$rc:$out" "0:shape $n
shape $n
text
hidden away"
  run_rc user "$PINFOLD" explain --ro "$T/s/shapes.$n/$written:/d/$written"
  is "explain of it has no byte that a terminal obeys" "$(printf '%s' "$out" | LC_ALL=C tr -d '\n\t -~\200-\377' | wc -c)" 0
done

# As long as the kernel takes it: 4095 bytes, in components of 200.
run_rc user sh -c 'cd "$T/s" && p=$(printf "%0200d" 1) && len=$(pwd | wc -c) && d=$(pwd)
  while [ $((${#d} + 201 + 201)) -lt 4095 ]; do d=$d/$p; mkdir "$p" && cd -P "$p" || exit 1; done
  last=$(printf "%0$((4095 - ${#d} - 1))d" 2); echo deep >"$last" && printf "%s" "$d/$last"'
long=$out
is "a path of 4095 bytes can be made" "${#long}" 4095
is "as a source" "$(user "$PINFOLD" run --ro "$long:/x" -- cat /x)" deep
is "as a destination" "$(user "$PINFOLD" run --ro "$long" -- /bin/sh -c 'cd "${1%/*}" && cat "${1##*/}"' sh "$long")" deep
is "as a copy" "$(user "$PINFOLD" run --set "filesystem.copy=$long:/x" -- cat /x)" deep
is "as what is hidden" "$(user "$PINFOLD" run --ro "$T/s:/s" --hide "$long" -- /bin/sh -c 'cat "/s${1#$2}" 2>/dev/null || echo hidden' sh "$long" "$T/s")" hidden
run_rc user "$PINFOLD" run --ro "${long}x:/x" -- echo ran
is "one byte more is refused" "$rc:$out" 125:
like "and says so" "$err" 'longer than the kernel takes'
rm -rf "$T/s"
done_testing
