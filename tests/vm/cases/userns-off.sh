#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# userns-off.sh - a machine with user.max_user_namespaces = 0: no sandbox, no program, and a message that says what to do.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

is "the setting is as the kernel was booted with" "$(cat /proc/sys/user/max_user_namespaces)" 0
not_ok "bare, no user namespace can be made" user unshare -Ur true

refused='pinfold: user namespaces are switched off here (user.max_user_namespaces is 0): No space left on device
  hint: as root: sysctl user.max_user_namespaces=10000; inside a sandbox: let the outer one allow nested ones (pinfold: nested = full)'
for profile in default rootfs; do
  run_rc user "$PINFOLD" run -p $profile --rw "$T:/t" -- touch /t/ran
  is "-p $profile: 125, the setting is named, and how to change it" "$rc:$err" "125:$refused"
done
run_rc user "$PINFOLD" run --map subids --rw "$T:/t" -- touch /t/ran
is "--map subids: the same" "$rc:$err" "125:$refused"
run_rc user "$PINFOLD" run --set filesystem.home=keep --rw "$T:/t" -- touch /t/ran
not_ok "no program ran" ls "$T/ran"
ok "what makes no sandbox works: explain" user "$PINFOLD" explain -- true
ok "and lint" user "$PINFOLD" lint default
done_testing
