#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# programs.sh - programs that are large, or that work for minutes, under the default profile.
#
# Not part of an ordinary make check. What is on the list of allowed calls is shown here to be enough for virtual machines
# of languages, codecs, a debugger, and the build of a whole project: pinfold.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user mkdir "$T/job"
cd "$T/job" || exit 1
pf() { user "$PINFOLD" run "$@"; }
can() {
  case $(PATH=/usr/local/bin:/usr/bin:/bin command -v "$1") in
    /usr/* | /bin/*) return 0 ;;
  esac
  skip "$1" "$1 is not installed below /usr"
  return 1
}

if can java && can javac; then
  # Debian's Java reads its settings in /etc.
  etc=$(readlink -f /usr/bin/java)
  etc=${etc#/usr/lib/jvm/}
  etc=${etc%%/*}
  etc=-${etc%-*}
  user tee Work.java >/dev/null <<'JAVA'
import java.net.*;
import java.nio.file.*;
import java.util.concurrent.*;

public class Work {
    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        Future<Integer> answer = pool.submit(() -> 6 * 7);
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        new Thread(() -> {
            try (Socket peer = server.accept()) {
                peer.getOutputStream().write("net".getBytes());
            } catch (Exception e) {
                throw new RuntimeException(e);
            }
        }).start();
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        String read = new String(client.getInputStream().readNBytes(3));
        Path file = Files.createTempFile("work", null);
        Files.writeString(file, "file");
        Process child = new ProcessBuilder("/bin/echo", "child").start();
        String said = new String(child.getInputStream().readAllBytes()).trim();
        for (int i = 0; i < 200; i++)
            if (new byte[1 << 20].length == 0) return;
        System.gc();
        System.out.println(String.join(" ", answer.get().toString(), read, Files.readString(file), said));
        pool.shutdown();
    }
}
JAVA
  run_rc pf --rw "$PWD" --chdir "$PWD" --set "filesystem.etc=$etc" -- javac Work.java
  is "javac compiles" "$rc:$out$err" 0:
  for collector in Serial Parallel G1 Z; do
    is "java: threads, sockets, files, a child, and the $collector collector" \
      "$(pf --ro "$PWD" --chdir "$PWD" --set "filesystem.etc=$etc" -- java "-XX:+Use${collector}GC" Work 2>&1)" "42 net file child"
  done
fi
if can go; then
  user tee work.go >/dev/null <<'GO'
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	numbers, sum := make(chan int), 0
	for i := 0; i < 1000; i++ {
		go func(i int) { numbers <- i }(i)
	}
	for i := 0; i < 1000; i++ {
		sum += <-numbers
	}
	server, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		peer, err := server.Accept()
		check(err)
		fmt.Fprintln(peer, "net")
		peer.Close()
	}()
	client, err := net.Dial("tcp", server.Addr().String())
	check(err)
	var read string
	fmt.Fscan(client, &read)
	file, err := os.CreateTemp("", "work")
	check(err)
	check(os.Remove(file.Name()))
	said, err := exec.Command("/bin/echo", "child").Output()
	check(err)
	fmt.Print(sum, " ", read, " ", string(said))
}
GO
  run_rc pf --rw "$PWD" --chdir "$PWD" --env CGO_ENABLED=0 -- go build -o work work.go
  is "go builds" "$rc:$out$err" 0:
  is "a static program of Go's: goroutines, sockets, files, a child" "$(pf --ro "$PWD" --chdir "$PWD" -- ./work 2>&1)" "499500 net child"
fi
if can node; then
  is "node: a server and its client, a worker, compression, a cipher" "$(pf -- node -e '
    const http = require("http"), zlib = require("zlib"), crypto = require("crypto"), fs = require("fs/promises")
    const server = http.createServer((q, r) => r.end(zlib.gzipSync("served"))).listen(0, "127.0.0.1", () =>
      http.get({ port: server.address().port, host: "127.0.0.1" }, r => r.on("data", async d => {
        await fs.writeFile("/tmp/f", d)
        console.log(zlib.gunzipSync(await fs.readFile("/tmp/f")).toString(), crypto.scryptSync("p", "s", 8).length)
        server.close() })))' 2>&1)" "served 8"
fi
if can ffmpeg; then
  is "ffmpeg: picture and sound are encoded in threads, and decoded" "$(pf -- sh -ec 'cd; ffmpeg -loglevel error -f lavfi -i testsrc=d=2:s=320x240 \
    -f lavfi -i sine=d=2 -c:v mpeg4 -c:a aac -threads 4 out.mp4; ffmpeg -loglevel error -i out.mp4 -f null -
    ffprobe -v error -show_entries stream=codec_name -of csv=p=0 out.mp4' 2>&1 </dev/null | tr '\n' ' ')" "mpeg4 aac "
fi
if [ "$(uname -m)" = x86_64 ] && can gcc; then
  user tee small.c >/dev/null <<'C'
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void *write_to(void *fd)
{
	return write(*(int *)fd, "text", 4) == 4 ? fd : NULL;
}

int main(void)
{
	char text[5] = "";
	pthread_t thread;
	int pair[2], status;

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	pthread_create(&thread, NULL, write_to, &pair[0]);
	pthread_join(thread, NULL);
	if (fork() == 0)
		_exit(read(pair[1], text, 4) == 4 ? 7 : 1);
	wait(&status);
	printf("%zu %d %s\n", sizeof(long), WEXITSTATUS(status), socket(AF_INET, SOCK_STREAM, 0) < 0 ? strerror(errno) : "socket");
	return 0;
}
C
  if user gcc -m32 -pthread -idirafter "/usr/include/$(gcc -print-multiarch)" -o small small.c 2>"$_h/m32"; then
    is "control: bare, a 32-bit program has sockets" "$(user ./small)" "4 7 socket"
    # vsock would hide in socketcall(2), which is how glibc asks for any socket there.
    is "a 32-bit program: a thread, a process, a socketpair; no sockets" "$(pf --ro "$PWD" --chdir "$PWD" -- ./small 2>&1)" "4 7 Operation not permitted"
  else
    skip "a 32-bit program" "gcc -m32 does not work here: $(tail -n 1 "$_h/m32")"
  fi
fi
if can gdb && can gcc; then
  user sh -c 'printf "%s\n" "#include <pthread.h>" "static void *half(void *p) { int *n = p; *n /= 2; return n; }" \
    "int main(void) { pthread_t t; int n = 14; pthread_create(&t, 0, half, &n); pthread_join(t, 0); return n; }" >debug.c && gcc -g -pthread -o debug debug.c'
  run_rc pf --ro "$PWD" --chdir "$PWD" -- gdb -q -nx -batch -ex 'break half' -ex run -ex 'print *(int *)p' -ex 'info threads' -ex continue ./debug
  like "gdb: a breakpoint in a thread of its own child" "$out" '^\$1 = 14$'
  like "both threads" "$out" '^  1 .*Thread'
  like "and its end" "$out" 'exited with code 07'
  unlike "without address randomization, as it wants it" "$out$err" 'rror disabling address space'
fi
if can gcc && can make && can pkg-config; then
  # What make dist packs: configure tries some hundred programs, make builds and runs some of its own.
  $MAKE -C "$abs_top_builddir" dist-gzip distdir=pinfold-slow >"$_h/dist" 2>&1 || tail -n 20 "$_h/dist" >&2
  user tar -xzf - <"$abs_top_builddir/pinfold-slow.tar.gz"
  rm -f "$abs_top_builddir/pinfold-slow.tar.gz"
  run_rc pf --rw "$PWD" --chdir "$PWD/pinfold-slow" -- sh -ec 'mkdir build; cd build; ../configure --prefix=/usr >log 2>&1; make -s -j2 >>log 2>&1
    make -s install DESTDIR="$PWD/stage" >>log 2>&1; ./pinfold version | head -n 1'
  like "configure, make -j2 and make install of pinfold" "$rc:$out" '^0:pinfold [0-9.]+'
  [ "$rc" = 0 ] || tail -n 20 pinfold-slow/build/log | _diag
  is "what it has built works" "$(user env PINFOLD_DATADIR="$PWD/pinfold-slow/build/stage/usr/share/pinfold" pinfold-slow/build/stage/usr/bin/pinfold run -- echo ran 2>&1)" ran
fi
done_testing
