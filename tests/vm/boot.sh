#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# boot.sh - boot an image of image.sh once, in software, without a network; its disk is as before afterwards.
#
#   boot.sh IMAGE PAYLOAD.tar RESULTS CONSOLE [KERNEL-ARGUMENT...]
#
# PAYLOAD.tar is unpacked over the root before its init starts. What the guest writes to the port "results" comes into
# RESULTS, what its kernel and init say into CONSOLE. Exits 0 when the guest powers off, 1 when it had to be ended: after
# $PINFOLD_VM_TIMEOUT seconds (3600), or with the caller.
#
# The guest's clock counts its instructions (-icount), not the host's seconds: a slow or busy host does not make a test of
# times fail, and nobody waits while the guest sleeps. Of its processor the newer half is left out: libraries would use it, and it
# takes longest to emulate.

set -u
image=$1 payload=$2 results=$3 console=$4
shift 4
: >"$results"
: >"$console"

nice -n 10 qemu-system-x86_64 -accel tcg,thread=single -icount "${PINFOLD_VM_ICOUNT:-shift=2,sleep=off}" \
  -M pc -cpu Nehalem -smp "${PINFOLD_VM_CPUS:-2}" -m "${PINFOLD_VM_MEMORY:-2048}" \
  -nodefaults -nic none -display none -no-reboot -rtc clock=vm \
  -kernel "$image/vmlinuz" -initrd "$image/initrd" \
  -append "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on $*" \
  -drive "file=$image/root.ext4,format=raw,if=virtio,snapshot=on" \
  -drive "file=$payload,format=raw,if=virtio,readonly=on" \
  -serial "file:$console" \
  -device virtio-serial-pci -chardev "file,id=results,path=$results" -device virtserialport,chardev=results,name=results \
  </dev/null &
qemu=$!
trap 'kill -KILL $qemu 2>/dev/null' EXIT
trap 'exit 130' INT TERM HUP

deadline=$(($(date +%s) + ${PINFOLD_VM_TIMEOUT:-3600}))
while kill -0 $qemu 2>/dev/null; do
  kill -0 $PPID 2>/dev/null || exit 1
  if [ "$(date +%s)" -ge $deadline ]; then
    echo "tests/vm/boot.sh: not off after ${PINFOLD_VM_TIMEOUT:-3600} s; the end of $console:" >&2
    tail -n 30 "$console" >&2
    exit 1
  fi
  sleep 1
done
wait $qemu
rc=$?
trap - EXIT
exit $rc
