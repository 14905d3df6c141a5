"""A browser without a window, driven over a pipe by Chrome's DevTools protocol.

The protocol is JSON with a zero byte behind each message, so nothing is needed but the browser.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

PATIENCE = 30.0
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check"),
    *("--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
)
_KEYS = {"Tab": ("Tab", 9, ""), "Enter": ("Enter", 13, "\r"), " ": ("Space", 32, " ")}


def _program() -> str:
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            return found
    raise AssertionError("there is no chromium: apt-get install chromium")


class Browser:
    """The browser, a context manager."""

    def __enter__(self) -> Self:
        self._profile = tempfile.mkdtemp(prefix="uw-browser-")
        theirs, self._out = os.pipe()
        self._in, others = os.pipe()
        # A browser that runs as root has no sandbox.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        command = [_program(), *_FLAGS, *sandbox, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{theirs} 4>&{others}', "bash", *command],
            pass_fds=(theirs, others),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(others)
        self._number = 0
        self._buffer = b""
        self.events: list[dict[str, Any]] = []
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._out)
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        shutil.rmtree(self._profile, ignore_errors=True)

    def do(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command and return its result."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        left = json.dumps(message).encode() + b"\0"
        while left:
            left = left[os.write(self._out, left) :]
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._in, 1 << 16)
            assert data, "the browser has ended"
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def open(self, url: str, *, width: int = 900, height: int = 900) -> "Page":
        """Open a page in a tab of its own."""
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            page.do(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        page.do("Emulation.setDeviceMetricsOverride", **size)
        page.do("Page.navigate", url=url)
        page.wait_until("document.readyState === 'complete' && location.href !== 'about:blank'")
        return page


class Page:
    """A tab.

    Parameters:
        session: the name of the protocol for it.
    """

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def do(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command to this tab."""
        return self._browser.do(method, self._session, **params)

    def run(self, expression: str) -> Any:
        """Return the value of an expression in JavaScript."""
        done = self.do(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait_until(self, expression: str) -> None:
        """Ask until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.run(expression):
            assert time.monotonic() < end, expression

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key, one of those that do something."""
        code, number, text = _KEYS[key]
        down = "keyDown" if text else "rawKeyDown"
        common = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        common["modifiers"] = 8 if shift else 0
        self.do("Input.dispatchKeyEvent", type=down, text=text, **common)
        self.do("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, text: str) -> None:
        """Write into what has the focus."""
        self.do("Input.insertText", text=text)

    def emulate(self, scheme: str) -> None:
        """Make it light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.do("Emulation.setEmulatedMedia", features=features)

    def screenshot(self, path: Path) -> None:
        """Write what is seen, as PNG."""
        path.write_bytes(base64.b64decode(self.do("Page.captureScreenshot")["data"]))

    def events(self, method: str) -> list[dict[str, Any]]:
        """Return what was told so far."""
        # What is on its way has come when a command has been answered.
        self.run("0")
        return [
            event["params"]
            for event in self._browser.events
            if event.get("method") == method and event.get("sessionId") == self._session
        ]

    def named(self) -> list[tuple[str, str]]:
        """Return the controls, as a screen reader has them: role and name of each."""
        nodes = self.do("Accessibility.getFullAXTree")["nodes"]
        roles = ("textbox", "checkbox", "combobox", "button", "spinbutton", "group")
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node.get("ignored") and node["role"]["value"] in roles
        ]
