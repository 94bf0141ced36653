#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# selftest.sh - a lint that cannot fail is worth nothing: each one is fed a broken miniature tree, and a sound one.
#
#   tests/lint/selftest.sh [--tools]     with --tools also the checkers of tools.sh

set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
: "${CC:=cc}" "${NM:=nm}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset lint_tree abs_top_srcdir abs_top_builddir
n=0

point() { # DESC STATUS OUTPUT
  n=$((n + 1))
  if [ "$2" = 0 ]; then echo "ok $n - $1"; else
    printf '%s\n' "$3" | sed 's/^/# /'
    echo "not ok $n - $1"
  fi
}
accepts() { # DESC COMMAND...
  desc=$1
  shift
  out=$("$@" 2>&1)
  printf '%s\n' "$out" | grep -q -e '^not ok' -e '^Bail' && st=1 || st=0
  point "accepts $desc" "$st" "$out"
}
refuses() { # DESC ERE-OF-THE-COMPLAINT COMMAND...
  desc=$1 ere=$2
  shift 2
  out=$("$@" 2>&1)
  printf '%s\n' "$out" | grep -q '^not ok' && printf '%s\n' "$out" | grep -Eq "$ere" && st=0 || st=1
  point "refuses $desc" "$st" "$out"
}
# tree NAME, then on standard input files as "== PATH" lines, each followed by its text.
tree() {
  t=$tmp/$1
  mkdir -p "$t"
  awk -v t="$t" '/^== / { f = t "/" $2; d = f; sub(/\/[^\/]*$/, "", d); system("mkdir -p " d); printf "" >f; next } { print >f }'
}

# --- floors -------------------------------------------------------------------------------------

sources='== src/sources.am
base_sources = src/base/a.h src/base/b.h
sys_sources = src/sys/s.h
plan_sources = src/plan/p.c src/plan/p.h
== src/base/a.h
== src/base/b.h
#include "base/a.h"
== src/sys/s.h
#include <stdio.h>
#include "base/b.h"
== src/plan/p.h
== src/plan/p.c
#include "plan/p.h"
#include "base/a.h"
== src/main.c
#include "plan/p.h"'
printf '%s\n' "$sources" | tree good
accepts "a tree that looks down only" sh "$here/floors.sh" "$tmp/good"
{ printf '%s\n' "$sources"; printf '== src/base/a.h\n\n#include "plan/p.h"\n'; } | tree up
refuses "an upward include" 'src/base/a\.h:2: base includes upwards: plan/p\.h' sh "$here/floors.sh" "$tmp/up"
{ printf '%s\n' "$sources"; printf '== src/plan/p.h\n#include "sys/s.h"\n'; } | tree side
refuses "a sideways include" 'src/plan/p\.h:1: plan includes sideways: sys/s\.h' sh "$here/floors.sh" "$tmp/side"
{ printf '%s\n' "$sources"; printf '== src/base/a.h\n#include "base/b.h"\n'; } | tree circle
refuses "a circle" 'src/base/(a|b)\.h:1: base/(a|b)\.h .*circle' sh "$here/floors.sh" "$tmp/circle"
{ printf '%s\n' "$sources"; printf '== src/base/a.h\n#include "b.h"\n'; } | tree bare
refuses "an include without its floor" 'src/base/a\.h:1: "b\.h" names no floor' sh "$here/floors.sh" "$tmp/bare"
{ printf '%s\n' "$sources"; printf '== src/attic/x.h\n'; } | tree attic
refuses "a file that sources.am forgets" 'src/attic/x\.h:1: named 0 times' sh "$here/floors.sh" "$tmp/attic"

# --- purity -------------------------------------------------------------------------------------

cd "$tmp" || exit 1
printf 'strlen\n' >allow
tree pure <<'END'
== base_ok.c
int base_ok(const char *s); unsigned long strlen(const char *);
int base_ok(const char *s) { return (int)strlen(s); }
== base_env.c
int base_env(const char *s); char *getenv(const char *);
int base_env(const char *s) { return getenv(s) != 0; }
== plan.c
int base_ok(const char *s); int plan(const char *s);
int plan(const char *s) { return base_ok(s); }
== plan_open.c
int open(const char *, int, ...); int plan_open(const char *s);
int plan_open(const char *s) { return open(s, 0); }
== plan_base.c
int base_env(const char *s); int plan_base(const char *s);
int plan_base(const char *s) { return base_env(s); }
END
if (cd pure && for f in *.c; do $CC -c -fno-builtin -o "${f%.c}.o" "$f" || exit 1; done &&
  ar cr base.a base_ok.o base_env.o && ar cr good.a plan.o && ar cr open.a plan.o plan_open.o &&
  ar cr env.a plan_base.o) >cc.log 2>&1; then
  accepts "a plan that calls strlen, and an unused impure object in base" \
    sh "$here/purity.sh" pure/good.a pure/base.a allow
  refuses "a plan that calls open" 'plan_open\.o: open is not' sh "$here/purity.sh" pure/open.a pure/base.a allow
  refuses "a plan that calls getenv through base" 'base_env\.o: getenv is not.*plan_base\.o calls base_env' \
    sh "$here/purity.sh" pure/env.a pure/base.a allow
  refuses "a missing library" 'none\.a is missing' sh "$here/purity.sh" none.a pure/base.a allow
else
  point "compiles the miniature of purity" 1 "$(cat cc.log)"
fi

# --- drift --------------------------------------------------------------------------------------

tree drift <<'END'
== src/plan/options.def
/* a table */
OPTION(A, "identity", "map", ENUM, SCALAR, "self", ANY, NONE, "map", "self|root",
       "commas, (brackets) and \"quotes\"", "root")
OPTION(B, "process", "umask", MODE, SCALAR, NULL, ANY, NONE, NULL, "MODE", "help", "022")
== profiles/mark.ini
== src/main.c
	{"judge", cmd_judge, "FILE", "help"},
== src/cmd/judge.c
const struct flag flags[] = {{"json", &wants_json, NULL}, {"from", NULL, &from}};
root = json_new_object();
json_put_string(root, "schema", "pinfold.judge/1");
json_put_string(json_put_object(root, "inner"), "deep", text);
put_text(&doc,
	 root, "broken_line", text);
== src/cmd/help.c
{"judge", "--json", "help"},
{"judge", "--from NAME", "help"},
== src/plan/p.c
err_set(err, ERR_CONFIG, "config.word", 0, "no");
warn(value, "lint.risk", "careful");
== src/plan/syscall_groups.def
GROUP("@one", "the first", "a b")
GROUP("@two", "and, of course, the second, in a text that is long",
      "c !a")
== man/pinfold-syscalls.1
.It Cm @one
the first
.It Cm @two
and, of course, the second,
in a text that is long
.El
== man/profile-keys.txt
type ENUM
A word.

key identity.map
errors config.word
Says more.

key process.umask
And here.
== man/pinfold-profile.5
.Ss identity
.It Cm map No = Ar self
.It Type
enum
.It Default
.Cm self
.It Example
map = self
.It Errors
.Li config.word
.Ss process
.It Cm umask No = Ar MODE
.It Type
mode
.It Default
none
.It Example
umask = 022
.It Errors
.Li config.word
== man/pinfold-run.1
.It Fl -map Ar MODE
== man/pinfold.1
.It Cm judge
.Pa mark.ini
.Sh SEE ALSO
.Xr pinfold-judge 1 ,
== man/pinfold-judge.1
.It Fl -json
.It Fl -from Ar name
== man/pinfold-lint.1
.It Sy lint.risk
== doc/errors.md
| `config.word` | not a word | write one |
| `lint.risk` | a risk | do without |
== doc/json.md
`pinfold.judge/1` has `schema`, `inner`, `deep` and `broken_line`
== completions/pinfold.bash
identity.map process.umask --map judge --json --from
== completions/_pinfold
identity.map process.umask --map judge --json --from
== completions/pinfold.fish
identity.map process.umask -l map judge -l json -l from
END
drift() { sh "$here/drift.sh" "$tmp/$1"; }
accepts "a manual and completions that know every key, option, error and member" drift drift
# spoil NAME SED-PROGRAM FILE: a tree that is sound but for that
spoil() { cp -R drift "drift-$1" && sed -i "$2" "drift-$1/$3"; }
spoil man /umask/d man/pinfold-profile.5
refuses "an undocumented key" '\[process\] umask is not documented' drift drift-man
spoil note '/^key process/d' man/profile-keys.txt
refuses "a key that nothing is said of" 'profile-keys\.txt:1: key process\.umask has no text' drift drift-note
spoil empty '/^And here/d' man/profile-keys.txt
refuses "a key with a row and no text" 'profile-keys\.txt:1: key process\.umask has no text' drift drift-empty
spoil only-errors '/^Says more/d' man/profile-keys.txt
refuses "a key with errors and no text" 'profile-keys\.txt:1: key identity\.map has no text' drift drift-only-errors
for field in Type Default Example Errors; do
  spoil "$field" "/^\\.It $field/,+1d" man/pinfold-profile.5
  refuses "an entry without its $field" "\\[process\\] umask has no $field" drift "drift-$field"
done
spoil value '/^mode$/d' man/pinfold-profile.5
refuses "an entry with an empty field" '\[process\] umask has no Type' drift drift-value
cp -R drift drift-fish && sed -i 's/process.umask//' drift-fish/completions/pinfold.fish
refuses "a completion that lacks a key" 'pinfold\.fish:1: does not know process\.umask' drift drift-fish
spoil alias d man/pinfold-run.1
refuses "an undocumented alias" '\-\-map \(identity\.map\) is not documented' drift drift-alias
cp -R drift drift-gone && printf '.It Cm gone No = Ar X\n' >>drift-gone/man/pinfold-profile.5
refuses "a documented key that is gone" 'there is no key process\.gone' drift drift-gone
spoil like 's/umask/&-more/; s/--map/&s/' completions/pinfold.bash
refuses "a completion that knows a longer key" 'pinfold\.bash:1: does not know process\.umask$' drift drift-like
refuses "a completion that knows a longer option" 'pinfold\.bash:1: does not know --map$' drift drift-like
spoil stock /mark/d man/pinfold.1
refuses "an undocumented stock profile" 'pinfold\.1:1: mark\.ini is not named' drift drift-stock
spoil command d man/pinfold.1
refuses "an undocumented command" 'pinfold\.1:1: judge is not documented' drift drift-command
spoil word s/judge// completions/_pinfold
refuses "a completion that lacks a command" '_pinfold:1: does not know judge' drift drift-word
spoil flag /from/d man/pinfold-judge.1
refuses "an undocumented option of a command" 'pinfold-judge\.1:1: --from is not documented' drift drift-flag
spoil help /from/d src/cmd/help.c
refuses "help that lacks an option" 'help\.c:1: does not know --from of judge' drift drift-help
spoil offer 's/-l json/-l jso/' completions/pinfold.fish
refuses "a completion that lacks an option of a command" 'pinfold\.fish:1: does not know --json of judge' drift drift-offer
spoil group '/@two/d' man/pinfold-syscalls.1
refuses "an undocumented group of system calls" 'pinfold-syscalls\.1:1: does not say @two: and' drift drift-group
spoil group-help 's/the first/another/' man/pinfold-syscalls.1
refuses "a group that is something else" 'pinfold-syscalls\.1:1: there is no @one: another' drift drift-group-help
spoil group-lost 's/"@one",/"@One",/' src/plan/syscall_groups.def
refuses "a group that cannot be read" 'syscall_groups\.def:1: not all' drift drift-group-lost
spoil see-also '/Xr/d' man/pinfold.1
refuses "a page that nobody names" 'SEE ALSO does not name pinfold-judge' drift drift-see-also
for member in schema inner deep broken_line; do
  spoil "$member" "s/\`$member\`//" doc/json.md
  refuses "an undocumented member of JSON: $member" "json\\.md:1: $member is not described" drift "drift-$member"
done
spoil schemas 's,judge/1,judge/2,' doc/json.md
refuses "an undocumented schema" 'json\.md:1: pinfold\.judge/1 is not described' drift drift-schemas
spoil error 's/config\.word/config.new/' src/plan/p.c
refuses "an error that is not listed" 'config\.new is not listed' drift drift-error
refuses "a listed error that is gone" 'nothing gives config\.word' drift drift-error
spoil risk 's/lint\.risk/lint.new/' src/plan/p.c
refuses "a warning that is not listed" 'errors\.md:1: lint\.new is not listed' drift drift-risk
refuses "a warning that is not in its page" 'pinfold-lint\.1:1: lint\.new is not documented' drift drift-risk
cp -R drift drift-table && printf 'ROW("host.of-a-table")\n' >drift-table/src/plan/x.def
refuses "an error in a table that is not listed" 'host\.of-a-table is not listed' drift drift-table

# --- size ---------------------------------------------------------------------------------------

mkdir -p size/src/base long/src/base
{ echo 'int f(int x)'; echo '{'; yes '	x++;' | head -n 80; echo '	return x;'; echo '}'; } >size/src/base/f.c
yes '/* */' | head -n 701 >long/src/base/l.c
if ctags --version 2>/dev/null | grep -q Universal; then
  refuses "a function of 84 lines" 'src/base/f\.c:1: f has 84 lines' sh "$here/size.sh" "$tmp/size"
fi
refuses "a file of 701 lines" 'src/base/l\.c:1: 701 lines' sh "$here/size.sh" "$tmp/long"
accepts "short files" sh "$here/size.sh" "$tmp/good"

# --- lists ----------------------------------------------------------------------------------------

tree lists <<'END'
== Makefile.am
man_files = man/a.1
== tests/tests.am
unit_tests += tests/unit/test_base_a
tests_unit_test_base_a_LDADD = $(base_test)
== tests/unit/test_base_a.c
== man/a.1.in
END
accepts "lists that name every file" sh "$here/lists.sh" "$tmp/lists"
: >lists/tests/unit/test_base_b.c
refuses "a test that no list names" 'tests/unit/test_base_b\.c:1: no list' sh "$here/lists.sh" "$tmp/lists"

# --- the checkers of tools.sh -----------------------------------------------------------------------

broken() { # TOOL PROGRAM ERE: the tree bad-TOOL must be refused
  if command -v "$2" >/dev/null 2>&1; then
    cp "$here/../../.clang-format" "$here/../../.clang-tidy" "$tmp/bad-$1/" 2>/dev/null
    refuses "what $1 should find" "$3" env lint_tree="$tmp/bad-$1" sh "$here/tools.sh" "$1"
  else
    n=$((n + 1))
    echo "ok $n - refuses what $1 should find # SKIP $2 is not installed"
  fi
}
if [ "${1:-}" = --tools ]; then
  mkdir -p bad-shellcheck bad-codespell bad-mandoc bad-clang-format/src bad-clang-tidy/src bad-cppcheck/src bad-analyzer/src
  printf '#!/bin/sh\nrm $1/$2\n' >bad-shellcheck/x.sh
  # in two pieces, so that codespell does not stop at this file
  printf 'teh %s\n' 'recie''ve' >bad-codespell/x.txt
  printf '.Dd January 1, 2024\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Xx wrong\n' >bad-mandoc/x.1
  printf 'int  f( void ) {return 1;}\n' >bad-clang-format/src/x.c
  printf '#include <fcntl.h>\nint f(const char *s);\nint f(const char *s)\n{\n\treturn open(s, O_RDONLY);\n}\n' >bad-clang-tidy/src/x.c
  printf 'int f(int x);\nint f(int x)\n{\n\tint a[2] = {x, x};\n\treturn a[2];\n}\n' >bad-cppcheck/src/x.c
  printf '#include <stdlib.h>\nvoid f(void *p);\nvoid f(void *p)\n{\n\tfree(p);\n\tfree(p);\n}\n' >bad-analyzer/src/x.c
  broken shellcheck shellcheck SC2086
  broken codespell codespell 'x\.txt'
  broken mandoc mandoc 'x\.1'
  broken clang-format clang-format 'x\.c'
  broken clang-tidy clang-tidy 'O_CLOEXEC'
  broken cppcheck cppcheck 'x\.c'
  broken analyzer "${LINT_GCC:-gcc}" 'double-.*free'
fi

echo "1..$n"
