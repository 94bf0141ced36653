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
if can busybox; then
  is "busybox: applets that look at the machine" "$(pf -- busybox sh -c 'ps | grep -c "[p]infold-init"; uptime | grep -c load; df / | grep -c none; top -bn1 | grep -c ^Mem:' 2>&1 | tr '\n' ' ')" "1 1 1 1 "
fi
if can git; then
  is "git: init, commit, clone, log" "$(pf -- /bin/sh -ec 'git config --global user.name N; git config --global user.email e@example.org
    git init -q "$HOME/r"; cd "$HOME/r"; echo x >f; git add f; git commit -q -m first; git clone -q . ../copy; git -C ../copy log --format=%s' 2>&1)" first
  is "git: branches, rebase, worktree, gc in threads, fsck, clone by a daemon of its own" "$(pf -- /bin/sh -ec '
    git config --global user.name N; git config --global user.email e@example.org; git config --global pack.threads 4
    git init -q -b main "$HOME/r"; cd "$HOME/r"
    for i in 1 2 3 4; do echo $i >f$i; git add .; git commit -q -m $i; done
    git checkout -q -b side HEAD~2; echo s >s; git add s; git commit -q -m side; git rebase -q main 2>/dev/null
    git worktree add -q ../wt main; git gc -q --aggressive; git fsck --no-progress --full
    git clone -q --upload-pack "git upload-pack" "file://$HOME/r" ../copy; git -C ../copy log --format=%s | wc -l; ls ../wt | wc -l' 2>&1 | tr '\n' ' ')" "5 4 "
fi
if can ssh-keygen; then
  is "ssh-keygen: keys of each kind, sign, verify" "$(pf -- /bin/sh -ec 'cd; for t in ed25519 rsa ecdsa; do ssh-keygen -q -t $t -N "" -f k-$t; done; echo text >m
    ssh-keygen -q -Y sign -f k-ed25519 -n file m 2>/dev/null; echo "me $(cat k-ed25519.pub)" >signers
    ssh-keygen -Y verify -f signers -I me -n file -s m.sig <m | cut -d" " -f1-4; ls k-*.pub | wc -l' 2>&1)" 'Good "file" signature for
3'
fi
if can ssh-agent; then
  is "ssh-agent: a daemon and its client" "$(pf -- /bin/sh -ec 'cd; eval "$(ssh-agent)" >/dev/null; ssh-keygen -q -t ed25519 -N "" -f k -C mine; ssh-add -q k; ssh-add -l; ssh-agent -k >/dev/null' 2>&1 | cut -d' ' -f3)" mine
fi
if can sqlite3; then
  is "sqlite3: a write-ahead log, shared memory, mapped files" "$(pf -- sqlite3 /tmp/db 'pragma mmap_size=1000000; pragma journal_mode=wal; create table t(n);
    with recursive c(x) as (select 1 union all select x+1 from c where x<10000) insert into t select x from c; vacuum; select sum(n) from t' 2>&1 | tail -n 1)" 50005000
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
if can python3; then
  is "python3: a terminal of its own (pty)" "$(pf -- python3 -c '
import os, pty
pid, fd = pty.fork()
if pid == 0: os.execvp("sh", ["sh", "-c", "read -r line </dev/tty; echo read $line >/dev/tty; tty"])
os.write(fd, b"text\n")
seen = b""
try:
    while True: seen += os.read(fd, 1000)
except OSError: pass
print(*seen.decode().split())' 2>&1)" "text read text /dev/pts/0"
  is "python3: a daemon, forked twice, in a session of its own" "$(pf -- python3 -c '
import os, sys
r, w = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    while os.getppid() != 1: pass
    os.write(w, b"daemon of %d" % os.getppid()); os._exit(0)
os.wait(); os.close(w)
print(os.read(r, 100).decode())' 2>&1)" "daemon of 1"
fi
if can tmux; then
  is "tmux: a server, a shell on its terminal" "$(pf --env SHELL=/bin/sh -- sh -ec 'cd; mkfifo done; export LC_ALL=C.UTF-8
    tmux -S s new-session -d "echo from \$((6 * 7)); echo x >done; exec sleep 100"; read -r x <done
    for i in $(seq 1000); do tmux -S s capture-pane -p | grep 42 && break; done; tmux -S s kill-server' 2>&1)" "from 42"
fi
if can strace; then
  is "strace of its own children: it ends as they do, and counts their calls" "$(pf -- sh -c 'strace -f -c -o /tmp/count sh -c "ls / | cat >/dev/null; exit 3"; echo $?
    awk "\$NF == \"execve\" { print \$4 }" /tmp/count' 2>&1 | tr '\n' ' ')" "3 3 "
fi
like "ldconfig -p lists the libraries" "$(pf -- /sbin/ldconfig -p 2>&1)" 'libc\.so.* => /'
like "locale -a lists locales" "$(pf -- locale -a 2>&1)" '^C'
run_rc pf -- unshare -r true
like "unshare -r is refused" "$rc:$err" '^1:unshare: .*Operation not permitted'
run_rc pf --set namespaces.nested=browser -- unshare -r id -u
is "with nested = browser it is not" "$rc:$out" 0:0
if [ -x "$FIX/static" ]; then
  is "a statically linked program" "$(pf --ro "$FIX:/fix" -- /fix/static a b 2>&1)" "static 3"
else
  skip "a statically linked program" "static linking does not work here"
fi
done_testing
