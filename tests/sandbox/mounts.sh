#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# mounts.sh - what is mounted under the default profile, with which flags, and where one can write.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

home=$PINFOLD_TEST_HOME
run_rc user "$PINFOLD" run -- cat /proc/self/mountinfo
is "mountinfo can be read" "$rc" 0
info=$out

# check DESC AWK-PROGRAM: the program prints the lines that are wrong. It sees, for every mount: at (mount point),
# opts (",ro,nosuid,..."), fs (file system type), source, root and propagation (optional fields).
check() {
  wrong=$(printf '%s\n' "$info" | awk -v home="$home" '
    function has(o) { return index(opts ",", "," o ",") > 0 }
    { at = $5; root = $4; opts = "," $6; propagation = ""
      for (i = 7; $i != "-"; i++) propagation = propagation " " $i
      fs = $(i + 1); source = $(i + 2); super = "," $(i + 3)
      writable = at == home || at == "/tmp" || at == "/dev/shm"
      node = at ~ "^/dev/(null|zero|full|random|urandom|tty|console)$"
      terminal = at == "/dev/pts" || at == "/dev/ptmx"
      proc = at == "/proc" || at ~ "^/proc/"
      system_ = at ~ "^/(usr|bin|sbin|lib[0-9a-z]*)(/|$)" || at ~ "^/etc/"
    }
    '"$2")
  is "$1" "$wrong" ""
}

check "no mount but those of the profile" \
  '!(at == "/" || system_ || at == "/dev" || node || terminal || proc || writable || at == "/dev/mqueue")'
check "nothing is shared with the host or follows it" 'propagation != ""'
check "everything is nosuid" '!has("nosuid")'
check "everything but devices is nodev" '!has("nodev") && !node && !terminal'
check "a device node is nosuid and noexec" '(node || terminal) && !(has("nosuid") && has("noexec"))'
check "everything is read-only but the home, /tmp, /dev/shm, terminals and /proc" \
  '!has("ro") && !writable && !terminal && !node && at != "/proc"'
check "/proc is nosuid, nodev, noexec" 'proc && fs == "proc" && !(has("nosuid") && has("nodev") && has("noexec"))'
check "the root is a tmpfs of bounded size" 'at == "/" && !(fs == "tmpfs" && super ~ ",size=" && super ~ ",nr_inodes=")'
check "the writable ones are tmpfs of bounded size" 'writable && !(fs == "tmpfs" && super ~ ",size=")'
check "host trees are below the system directories only" 'fs != "tmpfs" && !system_ && !node && !terminal && !proc && at != "/dev/mqueue"'
for at in / /usr /proc /dev/pts /dev/shm /tmp "$home"; do
  is "there is one mount at $at" "$(printf '%s\n' "$info" | awk -v at="$at" '$5 == at' | grep -c .)" 1
done
is "terminals are a devpts of its own" "$(printf '%s\n' "$info" | awk '$5 == "/dev/pts" { for (i = 7; $i != "-"; i++); print $(i + 1) }')" devpts

# By trying: a file in every directory, every file for writing.
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/walk /
places=$(printf '%s\n' "$out" | sed '/^dirs /d; /\.pinfold-walk/d' | sort)
want=$(printf 'dir %s\n' "$home" /tmp /dev/shm | sort)
is "nothing can be written anywhere but in the home, /tmp and /dev/shm" "$places" "$want"
like "and that was tried everywhere" "$out" '^dirs [0-9]{3,} files [0-9]{3,}$'
run_rc user "$PINFOLD" run --map root --ro "$FIX:/fix" -- /bin/sh -c \
  'for d in / /etc /dev /proc; do /fix/walk $d; done | sed "/^dirs/d; /\.pinfold-walk/d"'
is "nor as root inside" "$(printf '%s\n' "$out" | sort -u)" "$(printf 'dir %s\n' "$home" /tmp /dev/shm | sort)"

# The writable ones start empty, hold data and are gone after the run.
run_rc user "$PINFOLD" run -- /bin/sh -c 'ls -A /tmp /dev/shm "$HOME" | grep -v -e : -e "^$"
  for d in /tmp /dev/shm "$HOME"; do echo data >$d/f && cat $d/f; done; stat -c %a /tmp /dev/shm'
is "the writable ones are empty and usable" "$out" "data
data
data
1777
1777"
run_rc user "$PINFOLD" run -- /bin/sh -c 'head -c 1G /dev/zero >/tmp/big'
unlike "/tmp has a size" "$rc" '^0$'
is "nothing of it is on the host" "$(user ls -A "$home" | grep -c -x f)" 0

# The minimal /dev: these and nothing else, and they work.
run_rc user "$PINFOLD" run -- /bin/sh -c 'ls -A /dev'
is "what is in /dev" "$(printf '%s\n' "$out" | grep -v -x -e console -e mqueue | tr '\n' ' ')" \
  "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero "
ok "the devices work" user "$PINFOLD" run -- /bin/sh -c \
  'echo x >/dev/null && [ "$(head -c 4 /dev/zero | wc -c)" = 4 ] && [ "$(head -c 4 /dev/urandom | wc -c)" = 4 ] && ! echo x >/dev/full'
ok "a terminal of its own can be made" user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/pty true
done_testing
