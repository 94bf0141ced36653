#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ids.sh - no way to another identity: set*id calls, set-user-id programs, file capabilities.
#
# Control: bare as root each call goes through, and the set-user-id program really gives root.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

other=$((PINFOLD_TEST_UID + 1))
calls="setuid=$other setresuid=$other setfsuid=$other setgid=$other setgroups=$other setuid=0 setresuid=0 setgid=0 setgroups=0"
if [ "$(id -u)" = 0 ]; then
  # shellcheck disable=SC2086 # words
  is "bare, as root, each goes through" "$("$FIX/attempt" $calls | grep -c -v ': ok$')" 0
else
  skip "bare, as root, each goes through" "needs root"
fi
# shellcheck disable=SC2086
run_rc user "$PINFOLD" run --ro "$FIX:/fix" -- /fix/attempt $calls chown=/tmp
is "inside, none does" "$(printf '%s\n' "$out" | grep -c ': ok$')" 0
if [ "$SUBIDS" = yes ] && have newuidmap; then
  # Other ids are mapped here: what keeps the program from them is the lack of capabilities.
  run_rc user "$PINFOLD" run --map subids --ro "$FIX:/fix" -- /fix/attempt setuid=5 setresuid=5 setgid=5 setgroups=5 setfsuid=5
  is "nor where other ids are mapped" "$(printf '%s\n' "$out" | grep -c ': ok$')" 0
  run_rc user "$PINFOLD" run --map subids --set 'capabilities.keep=setuid setgid' --ro "$FIX:/fix" -- /fix/attempt setuid=5 setgid=5 setgroups=5
  is "with kept capabilities it may, but never setgroups" "$out" "setuid=5: ok
setgid=5: ok
setgroups=5: EPERM"
else
  skip "where other ids are mapped" "${SUBIDS#yes}no subordinate ids or newuidmap"
fi

# A set-user-id program of the real root's.
if [ "$(id -u)" = 0 ]; then
  mkdir "$T/suid" && cp "$(PATH=/usr/bin:/bin command -v id)" "$T/suid/id" && chown 0:0 "$T/suid/id" && chmod 6755 "$T/suid/id" && chmod 755 "$T/suid"
  if [ "$(user "$T/suid/id" -u)" = 0 ]; then
    ok "bare, a set-user-id program gives root" true
    for how in "" "--map root" "--set capabilities.keep=setuid"; do
      # shellcheck disable=SC2086
      run_rc user "$PINFOLD" run $how --ro "$T/suid:/suid" -- /bin/sh -c '/suid/id -u; /suid/id -g; id -u; id -g'
      is "inside it gives nothing ${how:-by default}" "$(printf '%s\n' "$out" | sed -n '1p;2p')" "$(printf '%s\n' "$out" | sed -n '3p;4p')"
    done
    if [ "$SUBIDS" = yes ] && have newuidmap; then
      # shellcheck disable=SC2086
      run_rc user "$PINFOLD" run --map subids --uid 1000 --gid 1000 --ro "$T/suid:/suid" -- /suid/id -u
      is "nor where ids are many" "$out" 1000
    fi
  else
    skip "a set-user-id program" "bare it gives nothing either: is $T mounted nosuid?"
  fi
  if have setcap; then
    mkdir "$T/fcap" && cp "$FIX/attempt" "$T/fcap/attempt" && setcap cap_setuid+ep "$T/fcap/attempt" && chmod 755 "$T/fcap"
    if [ "$(user "$T/fcap/attempt" setuid=$other)" = "setuid=$other: ok" ]; then
      ok "bare, file capabilities work" true
      unlike "inside they give nothing" "$(user "$PINFOLD" run --ro "$T/fcap:/fcap" -- /fcap/attempt setuid=$other)" ': ok$'
    else
      skip "file capabilities" "bare they give nothing either"
    fi
  else
    skip "file capabilities" "setcap is not installed"
  fi
else
  skip "a set-user-id program" "needs root to make one"
fi

# Those of the system: they start, and have no more rights than anybody.
if have newuidmap && have unshare; then
  run_rc user "$PINFOLD" run --set namespaces.nested=full -- /bin/sh -c 'unshare -U sleep 600 & sleep 0; newuidmap $! 0 100000 1'
  unlike "newuidmap has no power inside" "$rc" '^0$'
fi
# A set-id bit on a file of one's own, a device or another owner: worth nothing or refused.
run_rc user "$PINFOLD" run --map root -- /bin/sh -c 'cp /usr/bin/id /tmp/id && chmod 6755 /tmp/id; /tmp/id -u; grep NoNewPrivs /proc/self/status'
like "no new privileges, as root inside too" "$out" 'NoNewPrivs:.1'
done_testing
