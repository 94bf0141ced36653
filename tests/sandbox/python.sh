#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# python.sh - parts of Python's own test suite: what passes bare passes under the default profile too.
#
# Each module runs bare and confined at the same time. A test that is not "ok" inside though it is outside is run once more,
# by itself: a busy machine makes some of them late. What then differs must be on the list below, with its error.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

modules='test_os test_subprocess test_socket test_threading'

# test, error inside, reason
cat >"$_h/differs" <<'LIST'
ChownFileTests.test_chown_without_permission	\[Errno 22\]	an id that is not mapped is EINVAL where outside it is EPERM (user_namespaces(7))
POSIXProcessTestCase.test_user	\[Errno 22\]	the same
POSIXProcessTestCase.test_group	\[Errno 22\]	the same
LIST

have python3 || skip_all "python3 is not installed"
for module in $modules; do
  user python3 -c "import sys, test.$module; sys.exit(not sys.executable.startswith('/usr/'))" 2>/dev/null ||
    skip_all "Python's test suite is not installed below /usr (Debian: libpython3-testsuite)"
done

# suite.py OUT NAME..: one line for each test: ok, skip or FAIL, its name, the end of what went wrong.
user tee "$T/suite.py" >/dev/null <<'PY'
import sys, unittest
from test import support
from test.support import os_helper

class Result(unittest.TestResult):
    def say(self, word, test, what=""):
        print(word, test.id(), str(what).strip().split("\n")[-1], file=out)
    def addSuccess(self, test): self.say("ok", test)
    def addSkip(self, test, why): self.say("skip", test, why)
    def addFailure(self, test, err): self.say("FAIL", test, err[1])
    addError = addFailure
    def addSubTest(self, test, sub, err):
        if err: self.addFailure(test, err)

out = open(sys.argv[1], "w")
support.use_resources = []  # neither the network nor what takes long
with os_helper.temp_cwd():
    unittest.defaultTestLoader.loadTestsFromNames(sys.argv[2:]).run(Result())
PY

bare() { "$AS_USER" python3 "$T/suite.py" "$@"; }
# /etc/services is among the files that it wants.
inside() { "$AS_USER" "$PINFOLD" run --set filesystem.etc=@network --ro "$T/suite.py" --rw "$PWD" --chdir "$PWD" -- python3 "$T/suite.py" "$@"; }
# differ BARE INSIDE: the names of tests that are ok in one and not in the other.
differ() { awk 'NR == FNR { if ($1 == "ok") want[$2] = 1; next } $1 == "ok" { delete want[$2] } END { for (t in want) print t }' "$1" "$2" | sort; }

for module in $modules; do
  user mkdir "$T/$module" "$T/$module/bare" "$T/$module/inside" "$T/$module/again"
  (cd "$T/$module/bare" && bare ../bare.txt "test.$module") >"$_h/$module.bare" 2>&1 &
  (cd "$T/$module/inside" && inside result.txt "test.$module" && mv result.txt ..) >"$_h/$module.inside" 2>&1 &
done
wait

for module in $modules; do
  cd "$T/$module" || exit 1
  count=$(grep -c '^ok' bare.txt)
  ok "control: bare, $module has tests that pass ($count)" [ "$count" -gt 50 ]
  run_rc tail -n 5 "$_h/$module.inside"
  ok "$module runs to its end inside" [ -s result.txt ]
  differ bare.txt result.txt >"$_h/late"
  if [ -s "$_h/late" ]; then
    # shellcheck disable=SC2046 # names without blanks
    (cd again && inside result.txt $(cat "$_h/late") >/dev/null 2>&1; [ ! -e result.txt ] || cat result.txt >>../result.txt)
  fi
  differ bare.txt result.txt | while read -r name; do
    said=$(grep -F " $name " result.txt | tail -n 1)
    while IFS='	' read -r known error _; do
      case $name in
        *."$known") ! printf '%s\n' "$said" | grep -Eq -e "$error" || continue 2 ;;
      esac
    done <"$_h/differs"
    echo "${said:-missing: $name}"
  done >"$_h/unknown"
  is "$module: all of them pass inside, but for what is known to differ" "$(cat "$_h/unknown")" ""
done
done_testing
