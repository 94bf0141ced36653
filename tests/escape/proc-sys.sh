#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# proc-sys.sh - no switch of the kernel's can be thrown: /proc/sys, sysrq, core_pattern, not even by root.
#
# Control: bare, root can open each of them for writing (nothing is written).

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

files=
for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/kernel/modprobe /proc/sys/kernel/sysrq /proc/sys/vm/overcommit_memory \
  /proc/sys/vm/drop_caches /proc/sys/fs/binfmt_misc/register /proc/sys/user/max_user_namespaces /proc/sys/kernel/ns_last_pid \
  /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax /proc/sysrq-trigger /proc/irq/default_smp_affinity /proc/mtrr /proc/timer_list /proc/kcore; do
  [ ! -e $f ] || files="$files $f"
done
list=$(for f in $files; do echo "write=$f"; done)
if [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2086 # words
  run_rc "$FIX/attempt" $list
  opened=$(printf '%s\n' "$out" | grep -c ': ok$')
  ok "bare, root can open them ($opened)" [ "$opened" -ge 5 ]
else
  skip "bare, root can open them" "needs root"
fi

# denied DESC COMMAND..: none can be opened, but the one that is named in $but
but=NONE
denied() {
  _d=$1
  shift
  # shellcheck disable=SC2086
  run_rc "$@" --ro "$FIX:/fix" -- /fix/attempt $list list=/sys write=/sys/power/state read=/proc/kcore
  is "$_d: none can be opened" "$(printf '%s\n' "$out" | grep ': ok$' | grep -v "$but")" ""
  like "$_d: they were tried" "$out" '^write=/proc/sys/kernel/core_pattern: E(ACCES|ROFS|PERM|NOENT)$'
}
denied "by default" user "$PINFOLD" run
denied "as root inside" user "$PINFOLD" run --map root
denied "with kept capabilities" user "$PINFOLD" run --map root --set 'capabilities.keep=sys_admin sys_resource'
# A cover in /proc would forbid an inner /proc, so with nested=full there is none: what all the world may open can
# be opened, and needs a capability to be written.
but=ns_last_pid
denied "with nested=full" user "$PINFOLD" run --set namespaces.nested=full
not_ok "with nested=full: ns_last_pid cannot be written" \
  user "$PINFOLD" run --set namespaces.nested=full -- /bin/sh -c 'echo 99 >/proc/sys/kernel/ns_last_pid'
but=NONE
# The uid that owns these files, when root runs it.
if [ "$(id -u)" = 0 ] && [ "$(awk '{ print $2 }' /proc/self/uid_map)" = 0 ]; then
  denied "called by root" "$PINFOLD" run
  denied "called by root, map root" "$PINFOLD" run --map root
  denied "called by root, allow-host-root" "$PINFOLD" run --set identity.allow-host-root=yes
  denied "called by root, allow-host-root, map root" "$PINFOLD" run --map root --set identity.allow-host-root=yes
else
  skip "called by root" "needs the real root"
fi
done_testing
