#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# check.sh - `make check-vm`: the sandbox and escape tests on the kernels of Debian releases, in virtual machines.
#
#   KERNELS='bookworm trixie'     which releases
#   BOOTS='session root ...'      which ways to boot them: see boot_settings
#   TESTS='tests/escape/x.sh...'  which tests the boots session and root run; default: all, in session
#
# It needs qemu and mmdebstrap, neither root nor /dev/kvm, and no guest has a network. Results are in vm/KERNEL/BOOT of the
# build directory: a .log and a .trs for each test as of make check, the console, and the raw results.

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
lib=$abs_top_srcdir/tests/lib
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

# boot_settings BOOT: sets $arguments, the kernel's, and $tests, what runs: lines of "session" or "root" and a test.
boot_settings() {
  arguments='systemd.mask=apparmor.service'
  case $1 in
    session | root) ;;
    userns-off) arguments="$arguments sysctl.user.max_user_namespaces=0" ;;
    # The profiles of Debian's AppArmor are those that name programs which may use user namespaces.
    apparmor) arguments='sysctl.kernel.apparmor_restrict_unprivileged_userns=1 security=apparmor' ;;
    no-systemd) arguments='pinfold.init=/opt/pinfold/src/tests/vm/guest/no-systemd-init' ;;
    *) die "BOOTS: no boot is called $1" ;;
  esac
  case $1 in
    session | root)
      tests=$(for t in ${TESTS:-$all_tests}; do echo "$1 $t"; done) ;;
    *) tests="session tests/vm/cases/$1.sh" ;;
  esac
}

# What a guest gets: the installed pinfold, the helpers, the tests, and a service that runs them.
make_payload() { # LIST-FILE
  rm -rf vm/payload
  top=vm/payload/opt/pinfold
  units=vm/payload/etc/systemd/system
  mkdir -p $top/src $units/multi-user.target.wants || exit 1
  cp -R vm/stage vm/test-helpers $top/ || exit 1
  # Golden cases and fuzz corpora, which no kernel sees, are many files.
  (cd "$abs_top_srcdir" && tar -cf - --exclude=tests/golden --exclude=tests/fuzz README man tests) |
    tar -xf - -C $top/src || exit 1
  printf "bindir='%s' pkgdatadir='%s'\n" "$bindir" "$pkgdatadir" >$top/settings
  cp "$1" $top/list
  cp "$here/guest/pinfold-vm.service" $units/
  ln -s ../pinfold-vm.service $units/multi-user.target.wants/
  tar -cf vm/payload.tar --owner=0 --group=0 --mode=a+rX,go-w -C vm/payload opt etc || exit 1
}

# The tests' files of a boot, from the marks that run-list.sh writes.
split_results() { # DIR
  awk -v dir="$1" '
    { sub(/\r$/, "") }
    /^@@ begin / { file = dir "/" $3; gsub(/[^A-Za-z0-9_.\/-]/, "", file); system("mkdir -p \"$(dirname " file ")\""); printf "" >(file ".tap"); next }
    /^@@ end / { print $3 >(file ".rc"); print $4 >(file ".seconds"); close(file ".tap"); file = ""; next }
    file != "" { print >(file ".tap") }' "$1/results"
}

# A test that the guest never began or ended has no .trs, which summary.sh calls a failure.
results_of() { # KERNEL/BOOT: adds to $trs
  while read -r _ test; do
    base=vm/$1/$test
    base=${base%.sh}
    trs="$trs $base.trs"
    [ ! -e "vm/$1/$test.rc" ] || "$SHELL" "$abs_top_srcdir/build-aux/tap-driver.sh" --test-name "$1/$test" \
      --log-file "$base.log" --trs-file "$base.trs" --color-tests no --comments no -- \
      sh -c 'cat "$1.tap"; read -r rc <"$1.rc"; exit "$rc"' sh "vm/$1/$test" >"$base.points"
  done <"vm/$1/list"
}

run_boot() { # KERNEL BOOT
  boot_settings "$2"
  rm -rf "vm/$1/$2"
  mkdir -p "vm/$1/$2" || exit 1
  printf '%s\n' "$tests" >"vm/$1/$2/list"
  make_payload "vm/$1/$2/list"
  echo "make check-vm: $1, $2: $(printf '%s\n' "$tests" | wc -l) tests"
  start=$(date +%s)
  # shellcheck disable=SC2086 # words
  "$here/boot.sh" "$image" vm/payload.tar "vm/$1/$2/results" "vm/$1/$2/console" $arguments || echo "make check-vm: $1, $2: boot.sh failed"
  split_results "vm/$1/$2"
  echo "make check-vm: $1, $2: $(sed -n 's/^@@ kernel //p' "vm/$1/$2/results") $(($(date +%s) - start)) s ($(sed -n 's/^@@ over after //p' "vm/$1/$2/results") of the guest)"
  grep -a -e '^@@ failed' "vm/$1/$2/results"
  results_of "$1/$2"
}

need qemu-system-x86_64=qemu-system-x86 mmdebstrap=mmdebstrap mke2fs=e2fsprogs apt-get=apt
[ "$(id -u)" = 0 ] || need newuidmap=uidmap
[ "${PINFOLD_TEST_SANITIZERS:-no}" = no ] || die "not with a sanitized build, whose libraries no guest has"
rm -rf vm/stage vm/test-helpers
mkdir -p vm/test-helpers || exit 1
$MAKE install DESTDIR="$abs_top_builddir/vm/stage" >vm/stage.log 2>&1 || { cat vm/stage.log >&2; die "make install failed"; }
for f in ${test_helpers:-}; do cp "$f" vm/test-helpers/ || exit 1; done

trs=
for kernel in $kernels; do
  image=$("$here/image.sh" "$kernel") || exit 1
  for boot in $boots; do run_boot "$kernel" "$boot"; done
done
rm -rf vm/payload vm/payload.tar
# shellcheck disable=SC2086 # names without spaces
exec "$SHELL" "$lib/summary.sh" "$abs_top_srcdir/tests/vm/allowed-skips" $trs
