#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# long-lines.sh - a profile's value may be as long as a path can be; what is longer is an error, and nothing is cut.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# path LENGTH: a path below $T of just that many bytes, of components of 100
path() { awk -v at="$T/" -v length_="$1" 'BEGIN { for (i = 0; length(at) < length_; i++) at = at (i % 101 == 100 ? "/" : "x"); print at }'; }
# profile NAME TEXT: line 1 is [profile].
profile() { printf '[profile]\ninclude = default\n[filesystem]\n%s\n' "$2" | user tee "$T/$1.ini" >/dev/null; }

for length in 4000 4090; do
  long=$(path $length)
  is "a path of $length bytes" "${#long}" $length
  ok "is made" user mkdir -p "$long"
  profile long "ro = $long:/data"
  user sh -c 'cd "$1" && echo "at $2" >file' sh "$long" $length
  run_rc user "$PINFOLD" run -p "$T/long.ini" -- /bin/sh -c 'cat /data/file; echo x >/data/file || echo read-only'
  is "$length bytes are granted, read-only" "$rc:$out" "0:at $length
read-only"
  profile long "rw =
	$long:/data"
  run_rc user "$PINFOLD" run -p "$T/long.ini" -- /bin/sh -c 'echo written >/data/file; cat /data/file'
  is "$length bytes on a line that goes on are granted, writable" "$rc:$out:$(cd "$long" && cat file)" "0:written:written"
  profile long "ro = $long"
  run_rc user "$PINFOLD" run -p "$T/long.ini" -- /bin/sh -c 'cd "$1" && cat file' sh "$long"
  is "$length bytes are a destination too" "$rc:$out" 0:written
  run_rc user "$PINFOLD" run --ro "$long:/data" -- cat /data/file
  is "$length bytes on the command line" "$rc:$out" 0:written
done

for length in 4096 5000; do
  long=$(path $length)
  for key in ro rw tmpfs dir; do
    profile long "$key = $long"
    run_rc user "$PINFOLD" run -p "$T/long.ini" -- echo ran
    is "$key with $length bytes is refused" "$rc:$out" 125:
    like "$key with $length bytes: the message names the line, and why" "$err" "^pinfold: .*longer than the kernel takes.*\($T/long\.ini:4[^0-9]"
  done
done

# The tail of a line, wherever it begins around the 200 bytes of inih's buffer, is no rule of its own.
user sh -c 'mkdir "$T/secret" && echo SECRET >"$T/secret/file"'
y=$(printf '%0100d' 0 | tr 0 y)
column=150 wrong=
while [ $column -le 260 ]; do
  # "dir = /", 100 y, "/": 108 bytes; behind a tab, "/", 100 y, "/": 103.
  z=$(printf "%0$((column - 108))d" 0 | tr 0 z)
  profile tail "dir = /$y/${z}ro = $T/secret
	/$y/zzzzz${z}[filesystem]
	/$y/zzzzz${z}ro = $T/secret"
  run_rc user "$PINFOLD" run -p "$T/tail.ini" -- /bin/sh -c 'cat "$1/file" 2>/dev/null; ls -d "$2" "$3" "$4"' sh "$T/secret" \
    "/$y/${z}ro = $T/secret" "/$y/zzzzz${z}[filesystem]" "/$y/zzzzz${z}ro = $T/secret"
  [ "$rc:$(printf '%s\n' "$out" | wc -l)" = 0:3 ] || wrong="$wrong $column($rc $out $err)"
  case $out in *SECRET*) wrong="$wrong $column" ;; esac
  column=$((column + 1))
done
is "the tail of a line is no rule, wherever it begins" "$wrong" ""
profile tail "ro = $T/secret"
is "by itself it is one" "$(user "$PINFOLD" run -p "$T/tail.ini" -- cat "$T/secret/file")" SECRET
done_testing
