#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# programs.sh - real programs work under the default profile, each where this machine has it.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkdir "$T/job"
cd "$T/job" || exit 1
pf() { user "$PINFOLD" run "$@"; }
# can PROGRAM: true, or a skipped point. Only what is below /usr is there inside.
can() {
  case $(PATH=/usr/local/bin:/usr/bin:/bin command -v "$1") in
    /usr/* | /bin/*) return 0 ;;
  esac
  skip "$1" "$1 is not installed below /usr"
  return 1
}

if can sh; then
  is "sh: a pipeline, a here document, a subshell" "$(pf -- sh -c 'cat <<X | tr a-z A-Z | (read -r l; echo "$l $(seq 3 | wc -l)")
text
X')" "TEXT 3"
fi
if can python3; then
  user tee "$T/job/work.py" >/dev/null <<'PY'
import concurrent.futures, json, multiprocessing, os, socket, sqlite3, subprocess, tempfile, threading, zlib
def square(n): return n * n
if __name__ == "__main__":
    with concurrent.futures.ThreadPoolExecutor(4) as pool: assert sum(pool.map(square, range(10))) == 285
    with multiprocessing.Pool(2) as pool: assert sum(pool.map(square, range(10))) == 285
    with tempfile.NamedTemporaryFile() as f: f.write(b"x" * 100000); f.flush(); assert os.stat(f.name).st_size == 100000
    assert subprocess.run(["/bin/sh", "-c", "echo $((6 * 7))"], capture_output=True).stdout == b"42\n"
    db = sqlite3.connect(os.path.expanduser("~/db")); db.execute("create table t (n)"); db.execute("insert into t values (7)")
    db.commit(); assert db.execute("select n from t").fetchone() == (7,)
    server = socket.create_server(("127.0.0.1", 0)); client = socket.create_connection(server.getsockname())
    server.accept()[0].sendall(zlib.compress(b"hello")); assert zlib.decompress(client.recv(100)) == b"hello"
    a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
    lock = threading.Lock(); lock.acquire(); threading.Timer(0.01, lock.release).start(); lock.acquire()
    print(json.dumps({"done": True}))
PY
  is "python3: threads, processes, files, sqlite, sockets of its own" "$(pf --ro "$T/job" -- python3 "$T/job/work.py" 2>&1)" '{"done": true}'
fi
if can perl; then
  is "perl: fork, pipe, wait" "$(pf -- perl -e 'pipe(R,W); if (!fork) { print W "kid"; exit 3 } close W; my $l = <R>; wait; print $l, $? >> 8, "\n"' 2>&1)" kid3
fi
if can node; then
  is "node: file, worker thread, child process" "$(pf -- node -e '
    const fs = require("fs"), cp = require("child_process"), { Worker } = require("worker_threads");
    fs.writeFileSync("/tmp/f", "data");
    new Worker("require(\"worker_threads\").parentPort.postMessage(6 * 7)", { eval: true })
      .on("message", n => console.log(n, fs.readFileSync("/tmp/f", "utf8"), cp.execSync("echo child").toString().trim()))' 2>&1)" "42 data child"
fi
if can busybox; then
  is "busybox sh" "$(pf -- busybox sh -c 'echo $((1 + 1)) | busybox sed s/2/two/' 2>&1)" two
fi
if can git; then
  is "git: init, commit, clone, log" "$(pf -- /bin/sh -ec 'git config --global user.name N; git config --global user.email e@example.org
    git init -q "$HOME/r"; cd "$HOME/r"; echo x >f; git add f; git commit -q -m first; git clone -q . ../copy; git -C ../copy log --format=%s' 2>&1)" first
fi
if can gcc; then
  user sh -c 'printf "#include <stdio.h>\n#include <math.h>\nint main(int c, char **v) { (void)v; printf(\"%%.0f\\\\n\", sqrt(c * 49.0)); }\n" >root.c'
  run_rc pf --rw "$PWD" --chdir "$PWD" -- /bin/sh -c 'gcc -O2 -Wall -Werror -o root root.c -lm && ./root'
  is "gcc compiles and runs a program in \$PWD" "$rc:$out" 0:7
  is "and the program stays when the sandbox is gone" "$(user ./root)" 7
  is "gcc -pipe from stdin, with the home as work place" "$(pf -- /bin/sh -c 'cd; echo "int main(void) { return 9; }" | gcc -pipe -x c - && ./a.out; echo $?' 2>&1)" 9
fi
if can make && can gcc; then
  is "make runs gcc" "$(pf --rw "$PWD" --chdir "$PWD" -- make -s CC=gcc LDLIBS=-lm clean-root root 2>&1 --eval 'clean-root: ; rm -f root' && user ./root)" 7
fi
if can awk; then
  is "awk, which may be a link through /etc/alternatives" "$(pf -- awk 'BEGIN { print 6 * 7 }' 2>&1)" 42
fi
if can tar; then
  is "tar, gzip" "$(pf -- /bin/sh -c 'cd /tmp && echo x >f && tar czf f.tgz f && rm f && tar xzf f.tgz && cat f' 2>&1)" x
fi
if can bash; then
  is "bash: process substitution, jobs" "$(pf -- bash -c 'cat <(echo one) & wait; diff <(echo a) <(echo a) && echo same' 2>&1)" "one
same"
fi
if [ -x "$FIX/static" ]; then
  is "a statically linked program" "$(pf --ro "$FIX:/fix" -- /fix/static a b 2>&1)" "static 3"
else
  skip "a statically linked program" "static linking does not work here"
fi
done_testing
