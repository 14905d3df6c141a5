"""Makes the picture of docs/services.md: ``PYTHONPATH=. python -m tests.browser.picture``."""

import shutil
import tempfile
from pathlib import Path

from tests.browser.browser import Browser
from tests.browser.test_page import SCREENSHOT, Form
from tests.harness.components import environment, guest
from tests.harness.server import ROOT, ServerProcess


def main() -> None:
    """Call a function, and another one wrongly, and take the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "functions"
        folder.mkdir()
        shutil.copy(ROOT / "examples" / "cipher" / "cipher.wat", folder)
        shutil.copy(guest("words-js"), folder / "words.wasm")
        arguments: list[str | Path] = ["serve", folder, "--listen", "127.0.0.1:0"]
        with (
            ServerProcess(arguments, environment=environment(), patience=90) as server,
            Browser() as browser,
        ):
            page = browser.open(f"{server.address}/", width=800, height=1330)
            cipher = Form(page, "/cipher/decrypt")
            cipher.begin()
            cipher.focus_on("message")
            page.write("khoor zruog")
            cipher.call()
            words = Form(page, "/words/text/count")
            words.begin()
            words.focus_on("text")
            page.write("A rose is a rose")
            words.focus_on("given")
            page.press(" ")
            words.focus_on("at-most")
            page.write("-1")
            words.call()
            page.wait_until("document.querySelector('[aria-invalid=true]') !== null")
            page.run("document.getElementById('function-/cipher/decrypt').scrollIntoView()")
            page.screenshot(SCREENSHOT)
            server.stop()


if __name__ == "__main__":
    main()
