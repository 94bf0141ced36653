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
== man/pinfold-profile.5
.Ss identity
.It Cm map Ns = Ns Ar self
.Ss process
.It Cm umask
== man/pinfold-run.1
.It Fl -map Ar MODE
== src/plan/p.c
err_set(err, ERR_CONFIG, "config.word", 0, "no");
== doc/errors.md
| `config.word` | not a word | write one |
== completions/pinfold.bash
identity.map process.umask --map
== completions/_pinfold
identity.map process.umask --map
== completions/pinfold.fish
identity.map process.umask -l map
END
accepts "a manual and completions that know every key" sh "$here/drift.sh" "$tmp/drift"
cp -R drift drift-man && sed -i '/umask/d' drift-man/man/pinfold-profile.5
refuses "an undocumented key" '\[process\] umask is not documented' sh "$here/drift.sh" "$tmp/drift-man"
cp -R drift drift-fish && echo identity.map -l map >drift-fish/completions/pinfold.fish
refuses "a completion that lacks a key" 'pinfold\.fish:1: does not know process\.umask' sh "$here/drift.sh" "$tmp/drift-fish"
cp -R drift drift-alias && : >drift-alias/man/pinfold-run.1
refuses "an undocumented alias" '\-\-map \(identity\.map\) is not documented' sh "$here/drift.sh" "$tmp/drift-alias"
cp -R drift drift-gone && printf '.It Cm gone Ns = Ns Ar X\n' >>drift-gone/man/pinfold-profile.5
refuses "a documented key that is gone" 'there is no key process\.gone' sh "$here/drift.sh" "$tmp/drift-gone"
cp -R drift drift-like && echo 'identity.map process.umask-more --maps' >drift-like/completions/pinfold.bash
refuses "a completion that knows a longer key" 'pinfold\.bash:1: does not know process\.umask$' sh "$here/drift.sh" "$tmp/drift-like"
refuses "a completion that knows a longer option" 'pinfold\.bash:1: does not know --map$' sh "$here/drift.sh" "$tmp/drift-like"
cp -R drift drift-error && sed -i 's/config\.word/config.new/' drift-error/src/plan/p.c
refuses "an error that is not listed" 'config\.new is not listed' sh "$here/drift.sh" "$tmp/drift-error"
refuses "a listed error that is gone" 'nothing gives config\.word' sh "$here/drift.sh" "$tmp/drift-error"

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
