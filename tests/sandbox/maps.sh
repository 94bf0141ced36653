#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# maps.sh - the uid and gid maps of each map mode are as asked for, and files made inside belong to the right user.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

uid=$PINFOLD_TEST_UID gid=$PINFOLD_TEST_GID
show='for f in uid_map gid_map; do awk "{ print \$1, \$2, \$3 }" /proc/self/$f; echo --; done; cat /proc/self/setgroups; id -u; id -g'
owner() { stat -c '%u:%g' "$1"; }
made() { # DESC FILE UID:GID
  is "$1" "$(owner "$T/$2" 2>&1)" "$3"
}

run_rc user "$PINFOLD" run -- /bin/sh -c "$show"
is "map self, the default" "$out" "$uid $uid 1
--
$gid $gid 1
--
deny
$uid
$gid"

run_rc user "$PINFOLD" run --map root --rw "$T:/t" -- /bin/sh -c "$show; : >/t/root"
is "map root" "$out" "0 $uid 1
--
0 $gid 1
--
deny
0
0"
made "a file made as root inside is mine" root "$uid:$gid"

run_rc user "$PINFOLD" run --map self --uid 1234 --gid 2345 --rw "$T:/t" -- /bin/sh -c "$show; : >/t/other"
is "map self with an uid and a gid of choice" "$out" "1234 $uid 1
--
2345 $gid 1
--
deny
1234
2345"
made "a file made under that uid is mine" other "$uid:$gid"

run_rc user "$PINFOLD" run --rw "$T:/t" -- /bin/sh -c ': >/t/self'
made "a file made with map self is mine" self "$uid:$gid"

# The generated passwd and group know the names.
run_rc user "$PINFOLD" run -- /bin/sh -c 'id -un; id -gn; wc -l </etc/passwd'
is "my name is known inside" "$(printf '%s\n' "$out" | sed -n 1p)" "$PINFOLD_TEST_USER"
run_rc user "$PINFOLD" run --set identity.user=alice --set identity.group=wonder -- /bin/sh -c 'id -un; id -gn'
is "so is a name of choice" "$out" "alice
wonder"
is "root is root" "$(user "$PINFOLD" run --map root -- id -un)" root

# The ranges: inside 0 is me, 1..N the subordinate ids.
range() { awk -F: -v n="$PINFOLD_TEST_USER" -v u="$uid" '$1 == n || $1 == u { print $2, $3; exit }' "/etc/sub$1"; }
if [ "$SUBIDS" != yes ]; then
  skip "map subids" "$SUBIDS"
elif ! have newuidmap; then
  skip "map subids" "newuidmap is not installed"
else
  subuid=$(range uid) subgid=$(range gid)
  run_rc user "$PINFOLD" run --map subids --rw "$T:/t" -- /bin/sh -c "$show; : >/t/subids"
  is "map subids" "$out" "0 $uid 1
1 $subuid
--
0 $gid 1
1 $subgid
--
deny
0
0"
  made "a file made as 0 of the subordinate ids is mine" subids "$uid:$gid"

  run_rc user "$PINFOLD" run --map subids --set 'capabilities.keep=chown' --rw "$T:/t" -- \
    /bin/sh -c ': >/t/given && chown 5:6 /t/given'
  made "a file given to uid 5 belongs to the fourth subordinate id" given \
    "$((${subuid% *} + 4)):$((${subgid% *} + 5))"

  run_rc user "$PINFOLD" run --map subids --uid 1000 --gid 1000 --rw "$T:/t" -- \
    /bin/sh -c "id -u; : >/t/uid1000; cat /proc/self/uid_map"
  is "--uid says which of them is me" "$(printf '%s\n' "$out" | sed -n 1p)" 1000
  like "and my uid is mapped there" "$out" "^ *1000 +$uid +1\$"
  made "and a file made there is mine" uid1000 "$uid:$gid"
fi

run_rc user "$PINFOLD" run --map nonsense -- true
is "an unknown map is refused" "$rc" 125
done_testing
