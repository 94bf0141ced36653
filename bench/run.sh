#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh - make bench: how long a sandbox around /bin/true takes, against its peers and the least possible; what a
# program that makes one system call after the other pays in it; how the start grows with the number of binds, against
# bubblewrap's, whose time is quadratic in them; and what a thousand sandboxes take that are alive at once.
#
#     PINFOLD=... BENCH_FLOOR=... BENCH_CALLS=... BENCH_STARTUP=... [PINFOLD_DATADIR=DIR] bench/run.sh [BENCH_STARTUP's OPTIONS]
#
# All commands of a table are timed in one run, interleaved. Started as root, it makes an ordinary user for that long:
# root's sandboxes take another path through the kernel.
set -u

die() { printf 'bench: %s\n' "$*" >&2; exit 1; }
: "${PINFOLD:?bench: run me by make bench}" "${BENCH_FLOOR:?}" "${BENCH_CALLS:?}" "${BENCH_STARTUP:?}"
[ -x "$PINFOLD" ] || die "$PINFOLD is missing"

if [ "$(id -u)" -eq 0 ]; then
	here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
	options="$*"
	set -- --copy "$here/run.sh" --copy "$PINFOLD" --copy "$BENCH_FLOOR" --copy "$BENCH_CALLS" --copy "$BENCH_STARTUP"
	[ -z "${PINFOLD_DATADIR:-}" ] || set -- "$@" --copy "$PINFOLD_DATADIR/profiles"
	# shellcheck disable=SC2016,SC2086 # expanded by the user's shell; options are words
	exec "$here/../tests/with-user.sh" --as-user "$@" -- sh -c '
		base=$PINFOLD_TEST_BASE
		[ ! -e "$base/profiles" ] || export PINFOLD_DATADIR="$base"
		export PINFOLD="$base/$1" BENCH_FLOOR="$base/$2" BENCH_CALLS="$base/$3" BENCH_STARTUP="$base/$4"
		shift 4
		exec sh "$base/run.sh" "$@"' \
		sh "${PINFOLD##*/}" "${BENCH_FLOOR##*/}" "${BENCH_CALLS##*/}" "${BENCH_STARTUP##*/}" $options
fi

dir=$(mktemp -d) || exit 1
trap 'rm -rf -- "$dir"' EXIT

# Policies of a profile's own: 330 calls by name, of both ABIs, which must cost at most 2 ms; and some arguments.
policy=$dir/policy.ini arguments=$dir/arguments.ini
{
	printf '%s\n' '[profile]' 'include = default' '[seccomp]' 'allow ='
	for group in @default @basic-io @file-system @stock; do "$PINFOLD" syscalls $group; done |
		awk '!seen[$0]++ { print "allow = " $0 }' | head -n 330
} >"$policy"
printf '%s\n' '[profile]' 'include = default' '[seccomp]' \
	'deny = socket(family=AF_ALG) ioctl(request=TIOCSTI) personality(persona=0x0040000)' >"$arguments"

# measure [OPTION...] +NAME COMMAND... [+NAME...]: all of it and, last, $inside in bubblewrap, where that is installed.
#
# bubblewrap: pinfold's default namespaces (but time, which it cannot) and the mounts of its default profile: the
# same binds and tmpfs, but none of the files made in /etc and no covers in /proc; death with the caller; its own
# init too; no filter, as it has none of its own.
measure() {
	if [ $has_peer = no ]; then
		"$BENCH_STARTUP" "$@" || exit 1
		return
	fi
	# shellcheck disable=SC2086 # words
	"$BENCH_STARTUP" -r bubblewrap "$@" +bubblewrap bwrap --unshare-all --die-with-parent --ro-bind /usr /usr \
		--symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache \
		--proc /proc --dev /dev --tmpfs /dev/shm --tmpfs /tmp --tmpfs "$HOME" $shown -- $inside || exit 1
}
has_peer=no
bubblewrap='not installed: no ratio to it (package bubblewrap)'
if command -v bwrap >/dev/null; then
	has_peer=yes
	bubblewrap=$(bwrap --version)
	[ ! -u "$(command -v bwrap)" ] || bubblewrap="$bubblewrap, setuid root"
fi

printf '# %s\n' \
	"kernel     $(uname -srm)" \
	"cpu        $(getconf _NPROCESSORS_ONLN) x $(sed -n '/^model name/{s/.*: //p;q;}' /proc/cpuinfo)" \
	"load       $(cut -d ' ' -f 1-3 /proc/loadavg)" \
	"libc       $(getconf GNU_LIBC_VERSION 2>/dev/null || echo unknown)" \
	"bubblewrap $bubblewrap" \
	"pinfold    $("$PINFOLD" version | sed -n 1p)"

# "policy" are the 330 calls by name, which pinfold makes code of itself; for "arguments" it loads libseccomp.
inside=/bin/true shown=
measure "$@" -r floor -r pinfold +bare /bin/true +floor "$BENCH_FLOOR" /bin/true +pinfold "$PINFOLD" run -- /bin/true \
	+policy "$PINFOLD" run -p "$policy" -- /bin/true +arguments "$PINFOLD" run -p "$arguments" -- /bin/true

# A name, and another program in a sandbox that is there.
"$PINFOLD" hold bench || exit 1
printf '\n# names, load %s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
"$BENCH_STARTUP" "$@" -r pinfold +pinfold "$PINFOLD" run -- /bin/true +named "$PINFOLD" run --name bench-2 -- /bin/true \
	+enter "$PINFOLD" enter bench -- /bin/true || exit 1
"$PINFOLD" kill bench

# What a call costs that is allowed. bench_calls prints the time for 100000 of them: 10 ms are 100 ns a call.
for call in getpid read ioctl; do
	printf '\n# 100000 times %s, load %s\n' $call "$(cut -d ' ' -f 1-3 /proc/loadavg)"
	inside="/bench_calls $call 100000" shown="--ro-bind $BENCH_CALLS /bench_calls"
	# shellcheck disable=SC2086 # words
	measure -n 60 -w 3 "$@" -p -r bare +bare "$BENCH_CALLS" $call 100000 \
		+pinfold "$PINFOLD" run --ro "$BENCH_CALLS:/bench_calls" -- $inside \
		+policy "$PINFOLD" run -p "$policy" --ro "$BENCH_CALLS:/bench_calls" -- $inside \
		+arguments "$PINFOLD" run -p "$arguments" --ro "$BENCH_CALLS:/bench_calls" -- $inside
done

# Binds: each of a directory of its own, given on the command line to both. From the first instruction to the end of
# the last process, so with the mounts taken down again.
most=2000
(cd "$dir" && seq -f d%g "$most" | xargs mkdir) || exit 1
pinfold_binds() { seq "$1" | sed "s,.*,--ro $dir/d&:/d/x&,"; }
bwrap_binds() { seq "$1" | sed "s,.*,--ro-bind $dir/d& /d/x&,"; }
set -- "$@" -n 7 -w 1 -r pinfold-0 +pinfold-0 "$PINFOLD" run -- /bin/true
for count in 500 1000 "$most"; do
	# shellcheck disable=SC2046
	set -- "$@" "+pinfold-$count" "$PINFOLD" run $(pinfold_binds "$count") -- /bin/true
	[ $has_peer = yes ] || continue
	# shellcheck disable=SC2046
	set -- "$@" "+bwrap-$count" bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --symlink usr/lib /lib \
		--symlink usr/lib64 /lib64 $(bwrap_binds "$count") -- /usr/bin/true
done
[ $has_peer = no ] || set -- -r "bwrap-$most" "$@"
printf '\n# binds, each of a directory of its own; load %s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
"$BENCH_STARTUP" "$@"

# Alive at once, each with a program that sleeps: how long ps takes to list them, and what each takes of the memory that the
# machine has available, the kernel's included. bubblewrap's with the same namespaces and next to nothing shown.
alive=1000
available() { awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo; }
printf '\n# %s sandboxes alive, load %s\n' "$alive" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
before=$(available)
i=0
while [ $i -lt "$alive" ]; do
	i=$((i + 1))
	"$PINFOLD" run --name "bench-$i" --detach -- sleep 3600 || die "sandbox $i of $alive does not start"
done
printf 'pinfold     %6d KiB each\n' $(((before - $(available)) / alive))
"$BENCH_STARTUP" -n 20 -w 2 +ps "$PINFOLD" ps
for name in $("$PINFOLD" ps | awk 'NR > 1 { print $1 }'); do "$PINFOLD" kill "$name" KILL; done
if [ $has_peer = yes ]; then
	before=$(available)
	peers=
	i=0
	while [ $i -lt "$alive" ]; do
		i=$((i + 1))
		bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
			--proc /proc --dev /dev --tmpfs /tmp -- /usr/bin/sleep 3600 &
		peers="$peers $!"
	done
	wait_all() { for p in $peers; do until [ "$(cat "/proc/$p/task/$p/children" 2>/dev/null)" ]; do :; done; done; }
	wait_all
	printf 'bubblewrap  %6d KiB each\n' $(((before - $(available)) / alive))
	# shellcheck disable=SC2086 # words
	kill -9 $peers
	# shellcheck disable=SC2086 # words
	wait $peers 2>/dev/null
fi
exit 0
