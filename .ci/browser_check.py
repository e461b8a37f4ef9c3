"""Opens an HTML report in a headless Chromium and checks what only a browser can tell.

    browser_check.py CHROMIUM REPORT.html

Only Python's standard library is used: the browser is driven through the DevTools protocol, over a WebSocket.
"""

import base64
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

WIDTHS = [390, 768, 1280]
SCHEMES = ["light", "dark"]


class Browser:
    """A headless Chromium with one page."""

    def __init__(self, chromium):
        self.folder = tempfile.mkdtemp(prefix="proofmark-browser-")
        flags = ["--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--disable-sync",
                 "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
                 "--remote-debugging-port=0", f"--user-data-dir={self.folder}"]
        if os.geteuid() == 0:
            # The sandbox needs another user than root. The page is our own.
            flags.append("--no-sandbox")
        self.process = subprocess.Popen([chromium, *flags, "about:blank"], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        port, path = self._address()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._shake_hands(port, path)
        self.number = 0
        self.events = []
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(t["targetId"] for t in targets if t["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            self.call(f"{domain}.enable")

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _address(self):
        """The port and the path that the browser listens on, which it writes to a file."""
        file = pathlib.Path(self.folder, "DevToolsActivePort")
        for _ in range(300):
            if self.process.poll() is not None:
                sys.exit(f"chromium ended with {self.process.returncode} before it listened")
            lines = file.read_text().split() if file.exists() else []
            if len(lines) == 2:
                return int(lines[0]), lines[1]
            time.sleep(0.1)
        sys.exit("chromium did not listen within 30 s")

    def _shake_hands(self, port, path):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._read(1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            sys.exit(f"no WebSocket: {head!r}")

    def _read(self, count):
        data = b""
        while len(data) < count:
            part = self.socket.recv(count - len(data))
            if not part:
                sys.exit("chromium closed the connection")
            data += part
        return data

    def _send(self, text):
        data = text.encode()
        mask = os.urandom(4)
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x81, 0x80 | size)
        elif size < 65536:
            head = struct.pack("!BBH", 0x81, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x81, 0x80 | 127, size)
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def _receive(self):
        """The next whole message."""
        message = b""
        while True:
            first, size = self._read(2)
            size &= 0x7F
            if size == 126:
                size = struct.unpack("!H", self._read(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self._read(8))[0]
            data = self._read(size)
            if first & 0x0F in (0, 1):
                message += data
                if first & 0x80:
                    return json.loads(message)
            elif first & 0x0F == 8:
                sys.exit("chromium closed the WebSocket")

    def call(self, method, **params):
        """Calls a method and gives its result. Events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self._send(json.dumps(message))
        while True:
            answer = self._receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, url, width, scheme="light", scripts=True):
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=812, deviceScaleFactor=1,
                  mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + 30
        while not any(e.get("method") == "Page.loadEventFired" for e in self.events):
            if time.monotonic() > deadline:
                sys.exit(f"{url} was not loaded within 30 s")
            self.call("Runtime.evaluate", expression="0")
            time.sleep(0.05)

    def value(self, expression):
        """What an expression comes to in the page. DevTools evaluates it where scripts are disabled, too."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            sys.exit(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def screenshot(self, path, height=None):
        """The page, or its beginning, as a picture, for people who change how it looks."""
        width = self.value("innerWidth")
        height = min(height or 16000, self.value("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))


faults = []


def check(holds, what):
    if not holds:
        faults.append(what)
        print(f"FAULT {what}")


# Folded is not hidden: it opens without JavaScript.
VISIBLE = """[...document.querySelectorAll('.finding')].filter(e => {
  for (let d = e.closest('details:not([open])'); d; d = d.parentElement.closest('details:not([open])')) {
    if (d.checkVisibility() && !e.hidden) return true;
  }
  return e.checkVisibility();
}).map(e => e.id)"""

# Where the request that shows the first cause begins, in pixels from the top, and how many screens the page is long. A
# target without a fault has no cause.
FIRST_SCREEN = """(() => {
  const first = document.querySelector('.cause .finding .facts, .cause .example .facts');
  return {facts: first ? first.getBoundingClientRect().top : 0, length: document.documentElement.scrollHeight / innerHeight};
})()"""

# Everything that reaches beyond the page to the right, but for what scrolls inside a box of its own.
OVERFLOW = """(() => {
  document.querySelectorAll('details').forEach(d => d.open = true);
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter(e =>
    e.getBoundingClientRect().right > width + 1 && !e.closest('.unseen, thead, .skip'));
  return {page: document.documentElement.scrollWidth - width, inner: innerWidth,
          wide: wide.slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 60))};
})()"""

# The contrast of every text with what is behind it, as WCAG 2.2 computes it; AA asks for 4.5, or 3 where it is large.
CONTRAST = """(() => {
  const rgba = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length === 3 ? [...n, 1] : n; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const colour = rgba(getComputedStyle(e).backgroundColor);
      if (colour[3] === 1) return colour;
    }
    return [255, 255, 255, 1];
  };
  const found = new Map();
  for (const e of document.querySelectorAll('body *')) {
    if (!e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e);
    const [one, other] = [light(rgba(style.color)), light(behind(e))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const where = e.tagName + '.' + e.className + ' in ' + e.parentElement.className;
    if (ratio < (large ? 3 : 4.5)) found.set(where, ratio.toFixed(2));
  }
  return [...found].slice(0, 8);
})()"""

HEADINGS = "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(e => Number(e.tagName[1]))"


def type_text(browser, text):
    browser.value("document.getElementById('filter-text').focus(); document.getElementById('filter-text').select()")
    browser.call("Input.insertText", text=text)


def looks(browser, url, screens=15):
    for scheme in SCHEMES:
        for width in WIDTHS:
            browser.open(url, width, scheme)
            at = f"at {width} px in {scheme}"
            first = browser.value(FIRST_SCREEN)
            check(first["facts"] <= 780, f"the first cause is not on the first screen {at}: {first}")
            check(first["length"] <= screens, f"the page has {first['length']:.1f} screens {at}")
            found = browser.value(OVERFLOW)
            check(found["inner"] == width, f"the page is laid out {found['inner']} px wide {at}")
            check(found["page"] <= 0 and not found["wide"], f"the page scrolls to the side {at}: {found}")
            poor = browser.value(CONTRAST)
            check(not poor, f"texts of poor contrast {at}: {poor}")
            colour = browser.value("getComputedStyle(document.body).backgroundColor")
            dark = sum(map(int, re.findall(r"\d+", colour)[:3])) < 3 * 128
            check(dark == (scheme == "dark"), f"the page is {colour} {at}")


def filters(browser, url, findings):
    browser.open(url, 1280)
    check(browser.value(VISIBLE) == findings, "the filter hides findings before anything is typed")
    for wanted in findings:
        browser.value("document.getElementById('filter').reset()")
        type_text(browser, wanted)
        shown = browser.value(VISIBLE)
        check(shown == [f for f in findings if wanted in f], f"typing {wanted} shows {shown}")
    type_text(browser, "no-such-promise")
    check(browser.value(VISIBLE) == [], "a promise that there is not shows findings")
    said = browser.value("document.getElementById('filter-count').textContent")
    check(said.startswith("0 of "), f"the filter says {said}")
    # A promise's link to a finding shows it, whatever the filter hides.
    browser.value("location.hash = document.querySelector('.links a').hash")
    time.sleep(0.3)
    check(browser.value(VISIBLE) == findings, "a link leads to a finding that stays hidden")
    browser.value("document.querySelector('#filter input[value=broken]').click()")
    broken = browser.value("[...document.querySelectorAll('.finding[data-state=broken]')].map(e => e.id)")
    check(browser.value(VISIBLE) == [f for f in findings if f not in broken],
          "broken promises are shown though their state is not chosen")
    browser.value("document.querySelector('#filter input[value=broken]').click()")
    check(browser.value(VISIBLE) == findings, "broken promises stay hidden")
    copies = browser.value("document.querySelectorAll('.copying button').length")
    commands = browser.value("document.querySelectorAll('pre.copy').length")
    check(copies == commands > 0, f"{copies} buttons that copy, and {commands} texts to copy")


def without_scripts(browser, url, findings):
    browser.open(url, 1280, scripts=False)
    check(browser.value(VISIBLE) == findings, "findings are hidden without JavaScript")
    check(not browser.value("document.getElementById('filter').checkVisibility()"), "a filter without JavaScript")
    hidden = "[...document.querySelectorAll('tr[data-item]')].filter(e => !e.checkVisibility() && !e.closest('details'))"
    check(browser.value(hidden + ".length") == 0, "promises are hidden without JavaScript")
    folded = "[...document.querySelectorAll('pre')].filter(e => !e.checkVisibility() && !e.closest('details')).length"
    check(browser.value(folded) == 0, "exchanges that cannot be unfolded without JavaScript")


def network(browser, url):
    browser.open(url, 1280)
    # What a hostile answer would try, had it got into the page.
    browser.value("""(async () => {
      const image = new Image(); image.src = 'http://127.0.0.1:9/image';
      const script = document.createElement('script'); script.textContent = 'window.ran = true';
      document.body.append(image, script);
      try { await fetch('http://127.0.0.1:9/fetch'); } catch {}
    })()""")
    sent = [e["params"] for e in browser.events if e.get("method") == "Network.requestWillBeSent"]
    urls = [r["request"]["url"] for r in sent]
    blocked = {e["params"]["requestId"] for e in browser.events
               if e.get("method") == "Network.loadingFailed" and e["params"].get("blockedReason") == "csp"}
    outside = [r["request"]["url"] for r in sent if r["request"]["url"] != url and r["requestId"] not in blocked]
    check(url in urls and not outside, f"requests to {outside}")
    check(not browser.value("window.ran === true"), "a script that is not the page's own ran")
    violations = [e for e in browser.events if e.get("method") == "Log.entryAdded"
                  and e["params"]["entry"]["level"] == "error"]
    check(len(violations) >= 3, "the page's policy allows what it should not")


def bad_targets(browser, reports):
    """Pages of targets with many faults are short, too."""
    for report in map(pathlib.Path, reports):
        size = report.stat().st_size
        check(size < 300_000, f"{report.name} has {size:,} bytes")
        # A scoreboard has a line for each promise.
        looks(browser, report.resolve().as_uri(), 20 if report.name == "matrix.html" else 15)


def main():
    chromium, report, *others = sys.argv[1:]
    url = pathlib.Path(report).resolve().as_uri()
    browser = Browser(chromium)
    try:
        browser.open(url, 1280)
        loaded = [e["params"]["entry"]["text"] for e in browser.events if e.get("method") == "Log.entryAdded"]
        check(not loaded, f"the browser complains: {loaded}")
        findings = browser.value("[...document.querySelectorAll('.finding')].map(e => e.id)")
        check(len(findings) >= 2, f"too few findings to try a filter on: {findings}")
        levels = browser.value(HEADINGS)
        steps = [b - a for a, b in zip(levels, levels[1:])]
        check(levels.count(1) == 1 and levels[0] == 1 and max(steps) <= 1, f"headings out of order: {levels}")
        inputs = "[...document.querySelectorAll('input, button')]"
        unnamed = browser.value(inputs + ".filter(e => !e.labels?.length && !e.textContent).length")
        check(unnamed == 0, "inputs without a label")
        looks(browser, url)
        filters(browser, url, findings)
        without_scripts(browser, url, findings)
        network(browser, url)
        bad_targets(browser, others)
    finally:
        browser.close()
    if faults:
        sys.exit(f"{len(faults)} faults of the page")
    print(f"{1 + len(others)} pages hold: {len(findings)} findings, {len(WIDTHS)} widths, {len(SCHEMES)} colour schemes")


if __name__ == "__main__":
    main()
