#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tmpfs-limits.sh - what is in memory has its bytes and its files counted: who fills it fills nothing of the host.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

# fills DEST: bytes until it is full, then names until there are no more; prints how many of each there were.
fills='cd "$1" || exit
  head -c "$2" /dev/zero 2>/dev/null >big; echo "$(($(stat -c %s big) / 1024))K"; rm big
  i=0; while [ $i -lt "$3" ] && true >"f$i"; do i=$((i + 1)); done 2>/dev/null; echo "$i files"; rm -f f*'
for at in /tmp /dev/shm "$PINFOLD_TEST_HOME" /scratch; do
  run_rc user "$PINFOLD" run --tmpfs "/tmp:size=2M,mode=1777" --tmpfs "/dev/shm:size=2M,mode=1777" --tmpfs "$PINFOLD_TEST_HOME:size=2M" --tmpfs /scratch:size=2M -- \
    /bin/sh -c "$fills" sh "$at" 8M 3000
  # 1024 files less the directory itself.
  is "$at ends at its size and its number of files" "$out" "2048K
1023 files"
done
run_rc user "$PINFOLD" run -- df -k --output=size,itotal /tmp /dev/shm "$PINFOLD_TEST_HOME" /
is "the default profile's have sizes and numbers of files" "$(printf '%s\n' "$out" | sed 1d | tr -s ' ')" " 262144 65536
 262144 65536
 262144 65536
 16384 65536"
is "one full place leaves the others as they are" "$(user "$PINFOLD" run --tmpfs /a:size=1M --tmpfs /b:size=1M -- /bin/sh -c 'head -c 2M /dev/zero 2>/dev/null >/a/x; echo ok >/b/x; cat /b/x')" ok
run_rc user "$PINFOLD" run -- /bin/sh -c 'for d in / /etc /dev /usr; do true >$d/x || mkdir $d/y; done'
is "the root itself cannot be filled: it is read-only" "$(printf '%s\n' "$err" | grep -c -i 'read-only file system')" 8
# What is hidden is no place to write to, whoever the program is inside.
user sh -c 'mkdir -p "$T/tree/hidden"'
run_rc user "$PINFOLD" run --map root --rw "$T/tree" --hide "$T/tree/hidden" -- /bin/sh -c 'true >'"$T"'/tree/hidden/x'
unlike "nor a mask" "$rc" '^0$'
# What pinfold itself puts there is counted too.
run_rc user "$PINFOLD" run --set filesystem.inodes=20 -- echo ran
is "a root that is too small is refused" "$rc:$out" 125:
like "with what to raise" "$err" 'raise filesystem.size or filesystem.inodes'
is "nothing of it is on the host" "$(user ls -A "$PINFOLD_TEST_HOME" | grep -c -e '^f[0-9]' -e '^big$')" 0
done_testing
