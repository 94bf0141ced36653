#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apparmor.sh - a machine whose AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns = 1): a pinfold
# with a profile without "userns," is refused and says so; with the rule, it works.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

setting=/proc/sys/kernel/apparmor_restrict_unprivileged_userns
[ -e $setting ] || skip_all "Linux $(uname -r) has no $setting"
is "the setting is as the kernel was booted with" "$(cat $setting)" 1
is "AppArmor is on" "$(cat /sys/module/apparmor/parameters/enabled)" Y
ls -la /sys/kernel/security/apparmor/features/namespaces 2>&1 | sed 's/^/# /'
user unshare -Ur cat /proc/self/attr/current /proc/self/status 2>&1 | sed 's/^/# bare: /' | grep -E 'bare|Cap|unconf'
run_rc user "$PINFOLD" run -- echo ran
echo "# $rc:$out:$err"
profile() {
  printf 'abi <abi/4.0>,\nprofile pinfold-test %s flags=(attach_disconnected) {\n  file, capability, mount, umount, pivot_root, network, signal, ptrace, unix, dbus, mqueue, io_uring,\n  change_profile, %s\n}\n' "$PINFOLD" "$1" >"$_h/profile"
  apparmor_parser -r -W "$_h/profile"
}
ok "a profile without userns is loaded" profile ''
run_rc user "$PINFOLD" run -- echo ran
echo "# $rc:$out:$err"
ok "a profile with userns is loaded" profile 'userns,'
run_rc user "$PINFOLD" run -- echo ran
echo "# $rc:$out:$err"
dmesg | tail -20 | sed 's/^/# /'
done_testing
