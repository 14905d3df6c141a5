"""Functions in Python for the guest `hosted`, in a module of the test's own."""

import itertools
import textwrap
from pathlib import Path

HOSTS = """
    import asyncio
    import os
    import time

    from unit_wasm import Err, host

    USER = os.getuid()

    made = []

    @host.interface("test:hosted/things")
    class Things:
        def __init__(self):
            made.append(self)

        class Counter:
            def __init__(self, start):
                self.number = start

            def next(self):
                self.number += 1
                return self.number

        def check(self, text):
            if text == "raise":
                raise ValueError("on purpose")
            if text == "user":
                return f"{USER} {os.getuid()} {os.environ.get('SECRET')}"
            if text == "wrong":
                return 5
            if text == "err":
                raise Err("no")
            return text.upper()

        async def slow(self, ms):
            if ms == 3600000:
                time.sleep(3600)
            await asyncio.sleep(ms / 1000)
            return ms
"""

_numbers = itertools.count()


def write_hosts(folder: Path, text: str = HOSTS, name: str = "") -> str:
    """Write a module and return its name, which no other module has had.

    Parameters:
        name: a name to be used again; empty: a new one.
    """
    name = name or f"things_{folder.name.replace('-', '_')}_{next(_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    path.chmod(0o644)
    return name
