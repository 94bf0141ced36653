#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# apparmor.sh - a machine whose AppArmor mediates user namespaces (Linux 6.7): a pinfold under a profile without "userns," is
# refused and says so; with that rule, and without a profile, it works.
#
# kernel.apparmor_restrict_unprivileged_userns, which refuses them to all that has no profile, is not in the kernel but a patch
# of Ubuntu's.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

[ "$(cat /sys/module/apparmor/parameters/enabled)" = Y ] || skip_all "AppArmor is off"
grep -qs userns_create /sys/kernel/security/apparmor/features/namespaces/mask ||
  skip_all "the AppArmor of Linux $(uname -r) knows no user namespaces"

# profile RULE..: pinfold may do everything but make a user namespace, and RULE.
profile() {
  printf '%s\n' 'abi <abi/4.0>,' "profile pinfold-test $PINFOLD flags=(attach_disconnected) {" \
    '  file, capability, mount, umount, pivot_root, network, signal, ptrace, unix, mqueue, change_profile,' "$@" '}' >"$_h/profile"
  apparmor_parser -r -K "$_h/profile"
}
sandbox() { run_rc user "$PINFOLD" run --rw "$T:/t" -- sh -c 'echo ran | tee /t/ran'; }

sandbox
is "without a profile it works" "$rc:$out:$err" 0:ran:
user rm "$T/ran"
ok "a profile without userns is loaded" profile
sandbox
is "125, the profile is named, and what it lacks" "$rc:$out:$err" \
  "125::pinfold: AppArmor's profile pinfold-test, which pinfold runs under, lets it make no user namespaces: Permission denied
  hint: as root: add the rule \"userns,\" to that profile"
ok "a profile is loaded that gives user namespaces without their use" profile 'userns, deny capability sys_admin,'
sandbox
like "125, and a security module is one of the reasons" "$rc:$err" '^125:pinfold: cannot make the namespaces: Operation not permitted$'
like "in the hint" "$err" '^  hint: .*a security module forbids user namespaces'
not_ok "no program ran" ls "$T/ran"
ok "a profile with userns is loaded" profile 'userns,'
sandbox
is "it works again" "$rc:$out:$err" 0:ran:
ok "the profile is removed" apparmor_parser -R "$_h/profile"
done_testing
