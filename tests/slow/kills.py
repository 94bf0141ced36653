# SPDX-License-Identifier: LGPL-2.1-or-later
# kills.py - starts sandboxes and kills them at random points of their start-up, and looks for what is left.
#
#     kills.py PINFOLD COUNT SEED
#
# Prints what is wrong, one line each, and at last how often each end was seen. Whatever loses its parent becomes a
# child of ours (a subreaper, prctl(2)): so a process that is left, or a zombie, is one that waitpid(2) still has.

import ctypes
import os
import random
import signal
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
DEADLINE = 20  # seconds: for a machine that does other things too

pinfold, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
runtime = os.environ["XDG_RUNTIME_DIR"]
ends = {}


def wrong(text):
    print("wrong:", text, flush=True)


def inits(pid):
    """The children of a supervisor that are process 1 of a sandbox; not its helpers."""
    found = []
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = file.read().split()
        for child in children:
            with open(f"/proc/{child}/status") as file:
                spaces = [line.split()[1:] for line in file if line.startswith("NSpid:")]
            if spaces and len(spaces[0]) > 1 and spaces[0][-1] == "1":
                found.append(int(child))
    except OSError:
        pass
    return found


def kill(pid, sig):
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        pass


def reap_rest(what):
    """All that is left must end by itself, and there is none that does not."""
    end = time.monotonic() + DEADLINE
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            if time.monotonic() > end:
                wrong(f"{what}: a process is left")
                subprocess.run(["ps", "-o", "pid,stat,args", "--ppid", str(os.getpid())], check=False)
                return
            time.sleep(0.001)


def start(name):
    options = ["--name", name] if name else []
    program = ["/bin/sh", "-c", "echo ran; exec sleep 600"]
    return subprocess.Popen(
        [pinfold, "run", *options, "--", *program],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, close_fds=True)


def typical():
    """How long a start takes here, until the program has written something."""
    times = []
    for _ in range(20):
        begin = time.monotonic()
        process = start(None)
        process.stdout.readline()
        times.append(time.monotonic() - begin)
        process.kill()
        process.communicate()
        reap_rest("a whole start")
    return sorted(times)[len(times) // 2]


def judge(what, code, out, err):
    """Which ends can be true. An output without an end of file would have been waited for in vain before."""
    ran = out == b"ran\n"
    if out not in (b"", b"ran\n"):
        wrong(f"{what}: output {out!r}")
    if what == "supervisor":
        good = code == -signal.SIGKILL
    elif what == "init":
        # It says that nothing ran, or that what ran was killed.
        good = (code == 125 and not ran and err.startswith(b"pinfold: ")) or code == 128 + signal.SIGKILL
    else:
        # Before it can pass signals on, it dies of it as any program would.
        good = code == 128 + signal.SIGTERM or (code == -signal.SIGTERM and not ran)
    if not good:
        wrong(f"{what}: exit code {code}, output {out!r}, {err!r}")
    key = f"{what}:{code}:{'ran' if ran else 'quiet'}"
    ends[key] = ends.get(key, 0) + 1


def one(number, longest):
    what = random.choice(["supervisor", "init", "term"])
    process = start(f"n{number % 7}x{number}" if random.random() < 0.3 else None)
    end = time.monotonic() + random.random() * longest
    while time.monotonic() < end:
        pass
    targets = [process.pid]
    if what == "init":
        targets = inits(process.pid)
        if not targets:
            what, targets = "supervisor", [process.pid]
    for pid in targets:
        kill(pid, signal.SIGTERM if what == "term" else signal.SIGKILL)
    try:
        # To the end of both pipes: who has them open still would be somebody inside.
        out, err = process.communicate(timeout=DEADLINE)
    except subprocess.TimeoutExpired:
        wrong(f"{what}: somebody still has its output open")
        process.kill()
        process.communicate()
        return
    judge(what, process.returncode, out, err)
    reap_rest(what)


def snapshot():
    with open("/proc/self/mountinfo") as file:
        mounts = sorted(line.split(" ", 1)[1] for line in file)
    return mounts, len(os.listdir("/proc/self/fd"))


def main():
    random.seed(seed)
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("cannot become a subreaper")
    longest = 1.5 * typical()
    before = snapshot()
    for number in range(count):
        one(number, longest)
    after = snapshot()
    if before[0] != after[0]:
        wrong("mounts on the host: " + str(set(before[0]) ^ set(after[0])))
    if before[1] != after[1]:
        wrong("descriptors of ours")
    # A killed supervisor leaves its entry, which the next command sweeps; nothing else.
    subprocess.run([pinfold, "ps"], stdout=subprocess.DEVNULL, check=True)
    for directory, _, files in os.walk(runtime):
        for file in files:
            wrong("a file is left: " + os.path.join(directory, file))
    print("ends:", ", ".join(f"{key} {ends[key]}" for key in sorted(ends)))


main()
