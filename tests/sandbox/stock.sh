#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# stock.sh - the stock profiles, each with real programs at what it is made for, and at what it is to keep from them.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkdir "$T/work" "$T/elsewhere"
cd "$T/work" || exit 1
user sh -c 'echo secret >"$HOME/secret"'
home=$PINFOLD_TEST_HOME
pf() { profile=$1; shift; user "$PINFOLD" run -p "$profile" "$@"; }

# Every profile that is installed says what it is for and what it leaves open.
for file in "$PINFOLD_DATADIR"/profiles/*.ini; do
  name=${file##*/}
  ok "$name says what it is for, and what it leaves open" sh -c 'grep -q "^# For: " "$1" && grep -q "^# Open: " "$1"' - "$file"
done
user "$PINFOLD" profiles >"$T/list"
is "profiles lists them all" "$(grep -c '^[a-z]' "$T/list")" "$(find "$PINFOLD_DATADIR/profiles" -maxdepth 1 -name '*.ini' | wc -l)"
not_ok "each with a description" grep -q 'no description\|cannot be read' "$T/list"

# --- offline-shell -------------------------------------------------------------------------------

run_rc pf offline-shell -- sh -c 'pwd; echo made >file; seq 3 | tee numbers | wc -l; cat "$1"' - "$home/secret"
is "offline-shell: works in the directory it is started in" "$(printf '%s\n' "$out" | sed -n '1p;2p' | tr '\n' ' ')" "$T/work 3 "
is "offline-shell: what it makes stays" "$(cat file) $(wc -l <numbers)" "made 3"
unlike "offline-shell: and the home is another" "$out" secret
run_rc pf offline-shell -- sh -c 'cat /proc/net/dev | sed 1,2d; ls "$1"' - "$T/elsewhere"
is "offline-shell: no network but lo, and no other directory" "$(printf '%s\n' "$out" | cut -d: -f1 | tr -d ' ')" lo
cd "$home" || exit 1
run_rc pf offline-shell -- true
is "offline-shell: in the home itself it refuses" "$rc" 125
like "and says where to start it" "$err" 'whole home.*|start it in a directory below'
cd "$T/work" || exit 1

# --- build ---------------------------------------------------------------------------------------

if have gcc && have make; then
  for dir in one two; do
    user mkdir "$T/$dir"
    user tee "$T/$dir/hello.c" >/dev/null <<'C'
#include <stdio.h>
int main(void) { return printf("%s of %s\n", __FILE__, __DATE__) < 0; }
C
    printf 'all: hello\nhello: hello.c\n\tgcc -g -o $@ $(CURDIR)/hello.c\n\t@id -un; hostname; pwd\n' | user tee "$T/$dir/Makefile" >/dev/null
    cd "$T/$dir" || exit 1
    run_rc pf build -- make
    is "build: make and gcc work ($dir)" "$rc $(printf '%s\n' "$out" | tail -n 3 | tr '\n' ' ')" "0 builder builder /build "
    # Later, and by another clock: SOURCE_DATE_EPOCH is what the compiler goes by.
  done
  ok "build: two directories give the same program, bit for bit" cmp "$T/one/hello" "$T/two/hello"
  is "and it is mine" "$(stat -c %u "$T/one/hello")" "$PINFOLD_TEST_UID"
  cd "$T/one" || exit 1
  user rm hello
  run_rc user gcc -g -o hello "$T/one/hello.c"
  user mv hello bare
  cd "$T/two" || exit 1
  user gcc -g -o bare "$T/two/hello.c"
  not_ok "control: bare, they differ" cmp "$T/one/bare" "$T/two/bare"
else
  skip "build: make and gcc" "gcc or make is not installed"
fi
run_rc user env SECRET_TOKEN=x "$PINFOLD" run -p build -- sh -c 'env; ls "$1" /home/builder' - "$home"
unlike "build: nothing of the environment, and nothing of the home" "$out" 'SECRET|secret'
cd "$T/work" || exit 1

# --- net -----------------------------------------------------------------------------------------

# On loopback only: the server is this test's own.
if have python3; then
  user tee "$T/serve.py" >/dev/null <<'PY'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b"served\n")
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
  get='import sys, urllib.request; print(urllib.request.urlopen("http://127.0.0.1:" + sys.argv[1]).read().decode().strip())'
  user mkfifo "$T/port"
  "$AS_USER" python3 "$T/serve.py" >"$T/port" &
  server=$!
  read -r port <"$T/port"
  is "control: bare, the server answers" "$(user python3 -c "$get" "$port")" served
  is "net: a program reaches it" "$(pf net -- python3 -c "$get" "$port" 2>&1)" served
  run_rc pf default -- python3 -c "$get" "$port"
  like "default: it does not" "$err" 'refused'
  kill "$server"
  wait "$server" 2>/dev/null
  run_rc pf net -- sh -c 'cat /etc/resolv.conf >/dev/null && echo resolves; cat "$1"' - "$home/secret"
  [ ! -r /etc/resolv.conf ] || like "net: names can be resolved" "$out" resolves
  unlike "net: the home is not shown" "$out" secret
else
  skip "net" "python3 is not installed"
fi
done_testing
