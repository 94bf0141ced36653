#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check.sh - `make check-vm`: the sandbox and escape tests on the kernels of Debian releases, in virtual machines.
#
#   KERNELS='bookworm trixie'     which releases
#   BOOTS='session root ...'      which ways to boot them: see boot_settings
#   TESTS='tests/escape/x.sh...'  which tests the boots session and root run; default: in session all, in root those of which
#                                 some points need root
#   VM_JOBS=1                     how many machines at a time: 2 runs the kernels side by side
#
# It needs qemu and mmdebstrap, neither root nor /dev/kvm, and no guest has a network. Results are in vm/KERNEL/BOOT of the
# build directory: a .log and a .trs for each test as of make check, the console, and the raw results.

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
cd "$abs_top_builddir" || exit 1
kernels=${KERNELS:-bookworm trixie}
boots=${BOOTS:-session root userns-off apparmor no-systemd}
PATH=$PATH:/usr/sbin:/sbin
export PATH

die() {
  echo "make check-vm: $1" >&2
  exit 1
}

# PROGRAM=PACKAGE of Debian
need() {
  missing=
  for pair; do command -v "${pair%%=*}" >/dev/null || missing="$missing ${pair#*=}"; done
  [ -z "$missing" ] || die "missing:$missing
  hint: apt-get install --no-install-recommends$missing"
}

# Tests with points that only root can run.
root_tests() {
  for t in $all_tests; do
    ! grep -qE 'asroot|PINFOLD_TEST_SWITCH' "$abs_top_srcdir/$t" || echo "$t"
  done
}

# boot_settings BOOT: sets $arguments, the kernel's, and $tests, what runs: lines of "session" or "root" and a test.
boot_settings() {
  arguments=
  case $1 in
    session) names="tests/vm/cases/session.sh ${TESTS:-$all_tests}" who=session ;;
    root) names=${TESTS:-$(root_tests)} who=root ;;
    userns-off) names=tests/vm/cases/userns-off.sh who=session arguments=sysctl.user.max_user_namespaces=0 ;;
    # As root: it loads profiles.
    apparmor) names=tests/vm/cases/apparmor.sh who=root ;;
    no-systemd)
      names="tests/vm/cases/no-systemd.sh tests/sandbox/stock.sh" who=session
      arguments=pinfold.init=/opt/pinfold/src/tests/vm/guest/no-systemd-init ;;
    *) die "BOOTS: no boot is called $1" ;;
  esac
  tests=$(for t in $names; do echo "$who $t"; done)
}

# make_payload DIR: what a guest gets, as DIR/payload.tar: the installed pinfold, the helpers, the tests, and a service that
# runs those of DIR/list.
make_payload() {
  top=$1/payload/opt/pinfold
  units=$1/payload/etc/systemd/system
  mkdir -p "$top/src" "$units/multi-user.target.wants" || return 1
  cp -R vm/stage vm/test-helpers "$top/" || return 1
  # Golden cases and fuzz corpora, which no kernel sees, are many files.
  (cd "$abs_top_srcdir" && tar -cf - --exclude=tests/golden --exclude=tests/fuzz README man tests) |
    tar -xf - -C "$top/src" || return 1
  printf "bindir='%s' pkgdatadir='%s'\n" "$bindir" "$pkgdatadir" >"$top/settings"
  cp "$1/list" "$top/list"
  cp "$here/guest/pinfold-vm.service" "$units/"
  ln -s ../pinfold-vm.service "$units/multi-user.target.wants/"
  tar -cf "$1/payload.tar" --owner=0 --group=0 --mode=a+rX,go-w -C "$1/payload" opt etc && rm -rf "$1/payload"
}

# split_results DIR: what each test printed, from the marks that run-list.sh writes. Only names of the list are files.
split_results() {
  tr -d '\000' <"$1/results" | awk -v dir="$1" -v list="$1/list" '
    BEGIN { while ((getline line < list) > 0) { sub(/^[^ ]* /, "", line); known[line] = 1 } }
    /^@@ begin / { file = ""; if ($3 in known) { file = dir "/" $3; printf "" >(file ".tap") } next }
    /^@@ end / { if (file != "") { print $3 >(file ".rc"); close(file ".tap"); close(file ".rc") } file = ""; next }
    file != "" { print >(file ".tap") }'
}

# test_results DIR: a .log and a .trs of each test, as of make check. A test that the guest never began or ended has none,
# which summary.sh calls a failure.
test_results() {
  while read -r _ test; do
    base=$1/$test
    base=${base%.sh}
    [ ! -e "$1/$test.rc" ] || "$SHELL" "$abs_top_srcdir/build-aux/tap-driver.sh" --test-name "${1#vm/}/$test" \
      --log-file "$base.log" --trs-file "$base.trs" --color-tests no --comments no -- \
      sh -c 'cat "$1.tap"; read -r rc <"$1.rc"; exit "$rc"' sh "$1/$test" >/dev/null
    rm -f "$1/$test.rc" "$1/$test.tap"
  done <"$1/list"
}

run_boot() { # KERNEL BOOT
  boot_settings "$2"
  dir=vm/$1/$2
  for t in $tests; do mkdir -p "$dir/${t%/*}"; done
  printf '%s\n' "$tests" >"$dir/list"
  make_payload "$dir" || die "cannot make $dir/payload.tar"
  start=$(date +%s)
  # shellcheck disable=SC2086 # words
  "$here/boot.sh" "$image" "$dir/payload.tar" "$dir/results" "$dir/console" $arguments
  rm -f "$dir/payload.tar"
  split_results "$dir"
  test_results "$dir"
  echo "make check-vm: $1, $2: $(sed -n 's/^@@ kernel //p' "$dir/results"), $(wc -l <"$dir/list") tests in $(($(date +%s) - start)) s"
  grep -a '^@@ failed' "$dir/results"
}

run_kernel() { # KERNEL
  image=$("$here/image.sh" "$1") || exit 1
  # Linux 6.1 starts no second processor where the clock counts instructions.
  PINFOLD_VM_CPUS=2
  [ "$1" != bookworm ] || PINFOLD_VM_CPUS=1
  export PINFOLD_VM_CPUS
  for boot in $boots; do run_boot "$1" "$boot"; done
}

[ "$(uname -m)" = x86_64 ] || die "it runs the programs of this build, and its machines are x86-64: this one is not"
need qemu-system-x86_64=qemu-system-x86 mmdebstrap=mmdebstrap mke2fs=e2fsprogs apt-get=apt
[ "$(id -u)" = 0 ] || need newuidmap=uidmap
[ "${PINFOLD_TEST_SANITIZERS:-no}" = no ] || die "not with a sanitized build, whose libraries no guest has"
for boot in $boots; do boot_settings "$boot"; done
rm -rf vm
mkdir -p vm/test-helpers || exit 1
$MAKE install DESTDIR="$abs_top_builddir/vm/stage" >vm/stage.log 2>&1 || { cat vm/stage.log >&2; die "make install failed"; }
for f in ${test_helpers:-}; do cp "$f" vm/test-helpers/ || exit 1; done

# Each kernel in a process of its own; the signal that ends us ends boot.sh, and that its machine.
pids=
trap '[ -z "$pids" ] || kill $pids 2>/dev/null' EXIT
trap 'exit 130' INT TERM HUP
for kernel in $kernels; do
  run_kernel "$kernel" &
  if [ "${VM_JOBS:-1}" -gt 1 ]; then pids="$pids $!"; else pids=$!; wait "$pids"; fi
done
wait
pids=

trs=
for kernel in $kernels; do
  for boot in $boots; do
    boot_settings "$boot"
    for t in $tests; do case $t in */*) trs="$trs vm/$kernel/$boot/${t%.sh}.trs" ;; esac; done
  done
done
# shellcheck disable=SC2086 # names without spaces
"$SHELL" "$abs_top_srcdir/tests/lib/summary.sh" "$abs_top_srcdir/tests/vm/allowed-skips" $trs
