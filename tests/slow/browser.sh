#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# browser.sh - Chromium, headless, with its own sandbox on, under namespaces.nested = browser.
#
# Not part of an ordinary make check: a browser is a large package. It is spoken to through a pipe, and asked what it thinks
# of its own sandbox; what its renderers really are is read in /proc. Controls: bare, the same is seen; with nested = none the
# browser ends, saying why, and with --no-sandbox it starts and says that it has none.

. "${abs_top_srcdir:-.}/tests/lib/harness.sh"

user sh -c 'command -v chromium' >/dev/null || skip_all "chromium is not installed"
have python3 || skip_all "python3, which drives the browser, is not installed"
etc='fonts'
[ ! -d /etc/chromium.d ] || etc="$etc chromium.d"

# drive.py [FLAG..]: a page with a script, chrome://sandbox, and a line for each renderer.
user tee "$T/drive.py" >/dev/null <<'PY'
import fcntl, itertools, json, os, subprocess, sys, time

to_read, to_write = os.pipe()
from_read, from_write = os.pipe()
theirs = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in (to_read, from_write)]
os.close(to_read)
os.close(from_write)

def place():  # the browser reads from 3 and writes to 4
    for fd, number in zip(theirs, (3, 4)):
        os.dup2(fd, number)

browser = subprocess.Popen(["chromium", "--headless", "--disable-gpu", "--remote-debugging-pipe"] + sys.argv[1:],
                           close_fds=False, preexec_fn=place, stdin=subprocess.DEVNULL)
for fd in theirs:
    os.close(fd)
numbers = itertools.count(1)
unread = b""

def call(method, session=None, **params):
    global unread
    message = {"id": next(numbers), "method": method, "params": params}
    if session:
        message["sessionId"] = session
    try:
        os.write(to_write, json.dumps(message).encode() + b"\0")
    except BrokenPipeError:
        pass
    while True:
        while b"\0" not in unread:
            more = os.read(from_read, 65536)
            if not more:
                sys.exit("the browser has ended: %d" % browser.wait())
            unread += more
        text, unread = unread.split(b"\0", 1)
        answer = json.loads(text)
        if answer.get("id") == message["id"]:
            if "error" in answer:
                sys.exit("%s: %s" % (method, answer["error"]))
            return answer["result"]

def text_of(url):
    target = call("Target.createTarget", url="about:blank")["targetId"]
    session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    call("Page.navigate", session, url=url)
    script = """new Promise(done => {
        const tell = () => done(document.body.innerText)
        if (document.readyState == 'complete') tell(); else addEventListener('load', tell) })"""
    return call("Runtime.evaluate", session, expression=script, awaitPromise=True)["result"].get("value")

print("page:", text_of("data:text/html,<p id=x>a</p><script>x.textContent = 6 * 7</script>"))
print(text_of("chrome://sandbox"))
print("mine:", os.readlink("/proc/self/ns/user"))

def renderers():  # (namespace, depth of pid namespaces, filters) of each; a spare one may be at its start still
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if "--type=renderer" in open("/proc/%s/cmdline" % pid).read():
                status = dict(line.split(":", 1) for line in open("/proc/%s/status" % pid))
                namespace = os.readlink("/proc/%s/ns/user" % pid)
                found.append((namespace, len(status["NSpid"].split()), int(status["Seccomp_filters"])))
        except OSError:  # it has just ended, or belongs to somebody else
            pass
    return found

for attempt in range(200):
    found = renderers()
    if found and len(set(found)) == 1:
        break
    time.sleep(0.05)
for renderer in found:
    print("renderer:", *renderer)
call("Browser.close")
browser.wait()
PY

# Of all renderers: in another user namespace than the one that asks, pids of how many namespaces, how many filters.
renderers() {
  printf '%s\n' "$out" | awk '$1 == "mine:" { mine = $2 }
    $1 == "renderer:" { print ($2 == mine ? "same" : "nested"), $3, $4 }' | sort -u | tr '\n' ' '
}
inside() { user "$PINFOLD" run --set "filesystem.etc=$etc" --ro "$T/drive.py" "$@"; }

run_rc user python3 "$T/drive.py"
like "control: bare, a script runs in a page" "$out" '^page: 42$'
if ! printf '%s\n' "$out" | grep -q '^You are adequately sandboxed'; then
  skip "Chromium's own sandbox" "it does not work here outside either: $(printf '%s\n' "$err" | tail -n 1)"
  done_testing
fi
is "control: bare, renderers are in namespaces and under one filter" "$(renderers)" "nested 3 1 "

run_rc inside --set namespaces.nested=browser -- python3 "$T/drive.py"
like "nested = browser: a script runs in a page" "$rc:$out" '^0:page: 42$'
like "the browser finds its layer of namespaces" "$out" '^Layer 1 Sandbox.*Namespace'
like "of processes" "$out" '^PID namespaces.*Yes'
like "and of networks" "$out" '^Network namespaces.*Yes'
like "and its filter" "$out" '^Seccomp-BPF sandbox.Yes'
like "and is content" "$out" '^You are adequately sandboxed'
is "its renderers are in namespaces of their own, under a filter more than ours" "$(renderers)" "nested 3 2 "

run_rc inside -- python3 "$T/drive.py"
is "control: nested = none, it ends" "$rc:$out" 1:
like "and says why" "$err" 'No usable sandbox'
run_rc inside -- python3 "$T/drive.py" --no-sandbox
like "control: with --no-sandbox it runs" "$rc:$out" '^0:page: 42$'
like "and has none" "$out" '^You are NOT adequately sandboxed'
is "its renderers have nothing of their own" "$(renderers)" "same 1 1 "
done_testing
