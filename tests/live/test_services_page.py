"""docs/services.md, done."""

from __future__ import annotations

import re
import shlex
import subprocess

from tests.harness.components import environment
from tests.harness.processes import uninstrumented
from tests.harness.server import ROOT, ServerProcess

PAGE = (ROOT / "docs" / "services.md").read_text(encoding="utf-8")


def consoles() -> list[tuple[str, str]]:
    """Return the commands of the page, each with what it prints."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_what_the_page_does() -> None:
    (serve, listening), *calls = consoles()
    program, *arguments = shlex.split(serve)
    assert (program, listening) == ("unit-wasm", "listening on http://127.0.0.1:3000\n")
    assert arguments.pop() == "127.0.0.1:3000"
    with ServerProcess([*arguments, "127.0.0.1:0"], environment=environment()) as server:
        assert len(calls) == 3
        for command, expected in calls:
            here = command.replace("http://localhost:3000", server.address)
            done = subprocess.run(
                shlex.split(here),
                env=uninstrumented(),
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            assert done.stdout + "\n" == expected
        assert server.stop() == 0
