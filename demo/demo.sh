#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# demo.sh - what a nosy program gets, bare and confined; then programs that do real work confined.
#
#     PINFOLD=/path/to/pinfold [PINFOLD_DATADIR=DIR] [NOSY=/path/to/nosy] demo/demo.sh
#
# It is a test too: it ends with 0 only when the bare program got everything that a program can get without
# a sandbox, the confined one got nothing, and the work was done. It makes two directories in the home
# directory and takes them away again; no packet leaves the loopback interface.
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
title() { printf '\n== %s\n\n' "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

pinfold=$(command -v -- "${PINFOLD:-pinfold}") || die "there is no '${PINFOLD:-pinfold}' (set PINFOLD)"
case $pinfold in /*) ;; *) pinfold=$PWD/$pinfold ;; esac
PATH=/usr/local/bin:/usr/bin:/bin # what the sandbox has, too
export PATH

# --- as root: the same again, as an ordinary user made for it ---------------------------------------------------

if [ "$(id -u)" -eq 0 ]; then
	set -- --copy "$pinfold" --copy "$here/demo.sh" --copy "${NOSY:-$here/nosy.c}"
	[ -z "${PINFOLD_DATADIR:-}" ] || set -- "$@" --copy "$PINFOLD_DATADIR/profiles"
	# shellcheck disable=SC2016 # expanded by the user's shell
	exec "$here/../tests/with-user.sh" --as-user "$@" -- sh -c '
		base=$PINFOLD_TEST_BASE
		[ ! -e "$base/profiles" ] || export PINFOLD_DATADIR="$base"
		[ -z "$2" ] || export NOSY="$base/$2"
		PINFOLD=$base/$1 exec sh "$base/demo.sh"' sh "${pinfold##*/}" "${NOSY:+${NOSY##*/}}"
fi

# --- what nosy is to find ------------------------------------------------------------------------------------

tag=$$ listener='' fake_home=''
if [ ! -w "${HOME:-/nonexistent}" ]; then
	fake_home=$(mktemp -d) || exit 1
	HOME=$fake_home
	export HOME
fi
planted=$(mktemp -d "$HOME/pinfold-demo.XXXXXX") || exit 1
clean_up() {
	[ -z "$listener" ] || kill "$listener" 2>/dev/null
	for daemon in $("$nosy" find "nosy-b$tag") $("$nosy" find "nosy-c$tag"); do kill "$daemon"; done
	rm -rf -- "$planted"
	[ -z "$fake_home" ] || rm -rf -- "$fake_home"
}
nosy=${NOSY:-$planted/nosy}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ -n "${NOSY:-}" ] || ${CC:-cc} -D_GNU_SOURCE -o "$nosy" "$here/nosy.c" || die 'cannot compile nosy.c (set NOSY)'
case $nosy in /*) ;; *) nosy=$PWD/$nosy ;; esac

mkdir "$planted/files" "$planted/cwd" "$planted/work" || exit 1
echo 'the meeting is at noon' >"$planted/files/secret.txt"
printf '%s\n' '-----BEGIN MADE-UP KEY-----' 'bm90IGEga2V5IGF0IGFsbA==' '-----END MADE-UP KEY-----' \
	>"$planted/files/id_demo"
NOSY_API_TOKEN=token-for-the-demo
export NOSY_API_TOKEN

# The listener's first line arrives when both its sockets listen: nothing to wait for, and no port to agree on.
mkfifo "$planted/address" || exit 1
NOSY_PASSWORD=swordfish-$tag "$nosy" listen >"$planted/address" &
listener=$!
read -r port socket <"$planted/address" || die 'the listener did not start'

# --- nosy, bare and confined -----------------------------------------------------------------------------------

# result_of KIND CHECK: its line in KIND's results, as "reached TEXT" or "blocked TEXT"
result_of() {
	awk -F '\t' -v check="$2" '$1 == check { print $2, $3; found = 1 } END { exit !found }' "$planted/$1.txt"
}

# What is on the host after the run counts, not what nosy believed: amend KIND CHECK yes|no TEXT
amend() {
	awk -F '\t' -v OFS='\t' -v check="$2" -v stays="$3" -v text="$4" '
		$1 == check && stays == "yes" { $2 = "reached"; $3 = text }
		$1 == check && stays == "no" && $2 == "reached" { $2 = "blocked"; $3 = $3 ", gone after the run" }
		{ print }' "$planted/$1.txt" >"$planted/amended" && mv "$planted/amended" "$planted/$1.txt"
}

amend_file() {
	if [ -e "$3" ]; then amend "$1" "$2" yes 'a new file on the host'; else amend "$1" "$2" no ''; fi
	rm -f -- "$3"
}

# run_nosy KIND COMMAND...: with a terminal of its own, in a directory of the demo's
run_nosy() {
	kind=$1 daemon=nosy-$(printf %.1s "$1")$tag
	shift
	(cd "$planted/cwd" && exec "$nosy" pty "$@" probe home="$HOME" mark="${planted##*/}" \
		secret="$planted/files/secret.txt" key="$planted/files/id_demo" left="$planted/left/behind" \
		password="swordfish-$tag" port="$port" socket="$socket" daemon="$daemon") >"$planted/$kind.txt" ||
		die "$* ended with $?"
	amend_file "$kind" leave-file "$planted/left/behind"
	amend_file "$kind" write-cwd "$planted/cwd/left-by-nosy"
	if pids=$("$nosy" find "$daemon"); then
		amend "$kind" daemon yes 'a daemon still runs'
		for pid in $pids; do kill "$pid"; done
	else
		amend "$kind" daemon no ''
	fi
}

title 'A nosy program, bare and confined by the default profile'
run_nosy bare "$nosy"
run_nosy confined "$pinfold" run --ro "$nosy:/opt/nosy" -- /opt/nosy

# CHECK EXPECTED TITLE: "must" is reached by every bare program; whether "may" is depends on the machine.
failures=0
printf '%-36s  %-34s  %s\n' 'it tries to' 'bare' 'confined'
printf '%-36s  %-34s  %s\n' ----------- ---- --------
while read -r check expected what; do
	bare=$(result_of bare "$check") || bare='missing, no result'
	confined=$(result_of confined "$check") || confined='missing, no result'
	note=
	case $expected:$bare in must:reached*) ;; must:*|*:missing*) note='   <-- WRONG: bare' ;; esac
	case $confined in blocked*) ;; *) note="$note   <-- WRONG: confined" ;; esac
	[ -z "$note" ] || failures=$((failures + 1))
	case $bare in reached*) bare="YES ${bare#reached }" ;; *) bare="no  ${bare#* }" ;; esac
	case $confined in reached*) confined="YES ${confined#reached }" ;; *) confined="no  ${confined#* }" ;; esac
	printf '%-36s  %-34s  %s%s\n' "$what" "$bare" "$confined" "$note"
done <<-'ROWS'
	secret       must  read a secret file
	key          must  read a private key
	list-home    must  list the home directory
	environment  must  use a token from the environment
	environ      must  read a password of another process
	processes    must  see other processes
	leave-file   must  leave a file in the home directory
	write-cwd    must  write to the current directory
	write-usr    may   write to /usr
	write-etc    may   write to /etc
	tcp          must  reach a port on the host's loopback
	abstract     must  reach an abstract unix socket
	network      may   see interfaces and routes
	root         may   become root
	setuid       may   run a setuid program as root
	userns       may   be root in a user namespace
	mount        may   mount a file system
	ptrace       may   trace its parent
	terminal     may   type into the user's terminal
	daemon       must  stay behind as a daemon
ROWS

# --- real work, confined ---------------------------------------------------------------------------------------

work=$planted/work
tried=0
confined() { "$pinfold" run --rw "$work" --chdir "$work" -- "$@"; }

# did WHAT FILE WANTED: the work is done when the file is on the host and says so
did() {
	got=$(cat "$work/$2" 2>/dev/null)
	tried=$((tried + 1))
	if [ "$got" = "$3" ]; then
		printf '%-8s %s\n' "$1" "$got"
	else
		printf '%-8s WRONG: %s has "%s", not "%s"\n' "$1" "$2" "$got" "$3"
		failures=$((failures + 1))
	fi
}

has() { command -v "$1" >/dev/null || { printf '%-8s is not on this machine\n' "$1"; return 1; }; }

title 'Real work, confined: one directory is writable, and is where the results are'
if has python3; then
	confined python3 -c '
n = 100000
sieve = bytearray([1]) * n
sieve[:2] = b"\0\0"
for i in range(2, int(n ** 0.5) + 1):
    if sieve[i]:
        sieve[i * i::i] = bytes(len(range(i * i, n, i)))
with open("primes.txt", "w") as f:
    print(sum(sieve), "primes below", n, file=f)'
	did python3 primes.txt '9592 primes below 100000'
fi
if has perl; then
	# shellcheck disable=SC2016 # the variables are perl's
	confined perl -e '
		my ($n, %steps) = (0);
		for my $start (1 .. 9999) {
			for (my $i = $start; $i != 1; $i = $i % 2 ? 3 * $i + 1 : $i / 2) { $steps{$start}++ }
			$n = $start if ($steps{$start} // 0) > ($steps{$n} // 0);
		}
		open(my $file, ">", "collatz.txt") or die $!;
		print $file "$n takes $steps{$n} steps to 1\n";'
	did perl collatz.txt '6171 takes 261 steps to 1'
fi
if has gcc; then
	cat >"$work/hello.c" <<-'C'
		#include <stdio.h>
		int main(void)
		{
			FILE *file = fopen("hello.txt", "w");
			return file == NULL || fprintf(file, "compiled and run inside\n") < 0 || fclose(file) != 0;
		}
	C
	confined gcc -O2 -Wall -o hello hello.c && confined ./hello
	did gcc hello.txt 'compiled and run inside'
fi
if [ "$tried" -eq 0 ]; then
	confined sh -c 'echo "done by a shell" >shell.txt'
	did sh shell.txt 'done by a shell'
fi

if [ "$failures" -ne 0 ]; then
	printf '\nWrong results: %d.\n' "$failures"
	exit 1
fi
printf '\nAll as it should be.\n'
