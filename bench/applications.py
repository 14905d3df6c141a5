"""The embedded server with several guests, each as an application at an address of its own."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.harness.server import ROOT, ServerProcess


@contextmanager
def serving(
    names: Sequence[str], environment: Mapping[str, str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Serve guests while the block runs; gives the process and the address of each.

    Parameters:
        environment: of each of them.
    """
    document = {
        "listeners": {
            f"127.0.0.{number}:0": {"pass": f"applications/{name}"}
            for number, name in enumerate(names, 1)
        },
        "applications": {
            name: {
                "type": "wasm-wasi-component",
                "component": str(ROOT / "build" / "guests" / f"{name}.wasm"),
                "environment": dict(environment or {}),
            }
            for name in names
        },
    }
    with tempfile.TemporaryDirectory(prefix="uw-") as folder:
        path = Path(folder) / "conf.json"
        path.write_text(json.dumps(document))
        cache = {"XDG_CACHE_HOME": str(ROOT / "build" / "cache")}
        with ServerProcess(["serve", path], ready=len(names), environment=cache) as server:
            addresses = [address.removeprefix("http://") for address in server.addresses]
            yield server.pid, dict(zip(names, addresses, strict=True))
