#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh - make bench: how long a sandbox around /bin/true takes, against its peers and the least possible; and how that
# grows with the number of binds, against bubblewrap's, whose time is quadratic in them.
#
#     PINFOLD=... BENCH_FLOOR=... BENCH_STARTUP=... [PINFOLD_DATADIR=DIR] bench/run.sh [BENCH_STARTUP's OPTIONS]
#
# All commands are timed in one run, interleaved. Started as root, it makes an ordinary user for that long:
# root's sandboxes take another path through the kernel.
set -u

die() { printf 'bench: %s\n' "$*" >&2; exit 1; }
: "${PINFOLD:?bench: run me by make bench}" "${BENCH_FLOOR:?}" "${BENCH_STARTUP:?}"
[ -x "$PINFOLD" ] || die "$PINFOLD is missing"

if [ "$(id -u)" -eq 0 ]; then
	here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
	options="$*"
	set -- --copy "$here/run.sh" --copy "$PINFOLD" --copy "$BENCH_FLOOR" --copy "$BENCH_STARTUP"
	[ -z "${PINFOLD_DATADIR:-}" ] || set -- "$@" --copy "$PINFOLD_DATADIR/profiles"
	# shellcheck disable=SC2016,SC2086 # expanded by the user's shell; options are words
	exec "$here/../tests/with-user.sh" --as-user "$@" -- sh -c '
		base=$PINFOLD_TEST_BASE
		[ ! -e "$base/profiles" ] || export PINFOLD_DATADIR="$base"
		export PINFOLD="$base/$1" BENCH_FLOOR="$base/$2" BENCH_STARTUP="$base/$3"
		shift 3
		exec sh "$base/run.sh" "$@"' \
		sh "${PINFOLD##*/}" "${BENCH_FLOOR##*/}" "${BENCH_STARTUP##*/}" $options
fi

flags="$*"

# bubblewrap: pinfold's default namespaces (but time, which it cannot) and the mounts of its default profile: the
# same binds and tmpfs, but none of the files made in /etc and no covers in /proc; death with the caller; its own
# init too; no filter, as it has none of its own.
set -- "$@" -r floor +bare /bin/true +floor "$BENCH_FLOOR" /bin/true
if command -v bwrap >/dev/null; then
	bubblewrap=$(bwrap --version)
	set -- -r bubblewrap "$@" +bubblewrap bwrap --unshare-all --die-with-parent --ro-bind /usr /usr \
		--symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
		--ro-bind-try /etc/alternatives /etc/alternatives --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache \
		--proc /proc --dev /dev --tmpfs /dev/shm --tmpfs /tmp --tmpfs "$HOME" -- /bin/true
	[ ! -u "$(command -v bwrap)" ] || bubblewrap="$bubblewrap, setuid root"
else
	bubblewrap='not installed: no ratio to it (package bubblewrap)'
fi
set -- "$@" +pinfold "$PINFOLD" run -- /bin/true

printf '# %s\n' \
	"kernel     $(uname -srm)" \
	"cpu        $(getconf _NPROCESSORS_ONLN) x $(sed -n '/^model name/{s/.*: //p;q;}' /proc/cpuinfo)" \
	"load       $(cut -d ' ' -f 1-3 /proc/loadavg)" \
	"libc       $(getconf GNU_LIBC_VERSION 2>/dev/null || echo unknown)" \
	"bubblewrap $bubblewrap" \
	"pinfold    $("$PINFOLD" version | sed -n 1p)"
"$BENCH_STARTUP" "$@" || exit 1

# Binds: each of a directory of its own, given on the command line to both. From the first instruction to the end of
# the last process, so with the mounts taken down again.
dir=$(mktemp -d) || exit 1
trap 'rm -rf -- "$dir"' EXIT
most=2000
(cd "$dir" && seq -f d%g "$most" | xargs mkdir) || exit 1
pinfold_binds() { seq "$1" | sed "s,.*,--ro $dir/d&:/d/x&,"; }
bwrap_binds() { seq "$1" | sed "s,.*,--ro-bind $dir/d& /d/x&,"; }
# shellcheck disable=SC2046,SC2086 # words, without anything to expand in them
set -- $flags -n 7 -w 1 -r pinfold-0 +pinfold-0 "$PINFOLD" run -- /bin/true
for count in 500 1000 "$most"; do
	# shellcheck disable=SC2046
	set -- "$@" "+pinfold-$count" "$PINFOLD" run $(pinfold_binds "$count") -- /bin/true
	command -v bwrap >/dev/null || continue
	# shellcheck disable=SC2046
	set -- "$@" "+bwrap-$count" bwrap --unshare-all --die-with-parent --ro-bind /usr /usr --symlink usr/lib /lib \
		--symlink usr/lib64 /lib64 $(bwrap_binds "$count") -- /usr/bin/true
done
! command -v bwrap >/dev/null || set -- -r "bwrap-$most" "$@"
printf '\n# binds, each of a directory of its own; load %s\n' "$(cut -d ' ' -f 1-3 /proc/loadavg)"
"$BENCH_STARTUP" "$@"
