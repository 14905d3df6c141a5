"""The cipher in a real Unit, by our module and by Unit's own for Python: see ``functions.py``."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compare.peers import ROOT
from compare.process import Serving, host_and_port, open_folder
from compare.unitpeers import as_this_user, copy_module, quiet

from tests.harness.unitd import Unit, Unitd
from unit_wasm.unit.build import build_module
from unit_wasm.unit.tree import UnitTree


@contextlib.contextmanager
def serving(binary: Path, source: Path, component: Path) -> Iterator[dict[str, Serving] | str]:
    """Serve both in one unitd, one process each, or say why that cannot be done."""
    with open_folder() as folder:
        tree = UnitTree(source)
        if not copy_module(binary, tree, "python3.unit.so", folder):
            yield f"there is no python3.unit.so in {source}, nor where {binary} looks for modules"
            return
        build_module(tree.source, "wasm-wasi-component", folder)
        applications: dict[str, dict[str, Any]] = {
            "component": {"type": "wasm-wasi-component", "component": str(component)},
            "python": {"type": "python", "path": str(ROOT / "bench"), "module": "wsgi_cipher"},
        }
        with quiet(Unit(binary, folder).start()) as server:
            given = {
                key: {**made, "processes": 1, **as_this_user()}
                for key, made in applications.items()
            }
            server.configure(given, threads=None)
            yield {
                "unit_wasm, in Unit": _serving(server, "component"),
                "Unit's Python module": _serving(server, "python"),
            }


def _serving(server: Unitd, name: str) -> Serving:
    return Serving(host_and_port(server[name]), server.worker(name), 0.0)
