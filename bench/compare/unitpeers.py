"""The peers in a real Unit: our module, Unit's own in Rust and for Python, and C on libunit.

``UNITD`` names the binary; ``UNIT_SOURCE`` the configured and built tree that it is from.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib import util
from pathlib import Path
from typing import Any

import unit as unit_bench

from compare.cases import FLASK
from compare.peers import FLASK_FOLDER, GUESTS, MAX_BODY, Missing, Peer
from compare.process import PeerError, Serving, given_unit, host_and_port, open_folder
from tests.harness.processes import PATIENCE
from tests.harness.unitd import Unit, Unitd
from unit_wasm.errors import UnitWasmError
from unit_wasm.unit.build import MODULE_TYPES, build_module
from unit_wasm.unit.tree import UnitTree

TYPE = "wasm-wasi-component"
OUR_MARK = b"UNIT_WASM_"
"""Is in our module's file, which has the same name as Unit's."""

NAMES = {
    "module": "unit_wasm, in Unit",
    "rust": "Unit's Rust module",
    "libunit": "C on libunit, no Wasm",
    "python": "Unit's Python module",
}
ONLY = {"libunit": "hello", "python": FLASK}
"""What those serve that are no component."""

Application = Callable[[str, Path], dict[str, Any]]
"""Makes an application of the name of a guest and the folder of a cache."""


class InUnit:
    """An application of one process in a unitd of its own."""

    def __init__(self, key: str, unit: Unit, version: str, application: Application) -> None:
        self.key = key
        self.name = NAMES[key]
        self.ours = key == "module"
        self.version = version
        self._unit = unit
        self._application = application

    def serves(self, guest: str) -> bool:
        """Whether it is meant to serve that guest."""
        return ONLY.get(self.key, guest) == guest

    @contextlib.contextmanager
    def serve(self, guest: str, cache: Path, processes: int) -> Iterator[Serving]:
        """Serve one guest; :meth:`compare.peers.Peer.serve`.

        The start is that of unitd; its configuration is put when it is ready. Applications run as
        the user who measures: a process that has changed its user may not ask which memory it has
        written to.
        """
        started = time.perf_counter()
        with contextlib.ExitStack() as stack:
            try:
                server = stack.enter_context(quiet(self._unit.start()))
                application = {**self._application(guest, cache), "processes": processes}
                server.configure(
                    {"guest": {**application, **as_this_user()}},
                    threads=None,
                    max_body_size=MAX_BODY,
                )
                worker = _worker(server)
            except (AssertionError, OSError) as error:
                raise PeerError("unitd does not start, or refuses the configuration") from error
            yield Serving(host_and_port(server["guest"]), worker, started)


@contextlib.contextmanager
def quiet(server: Unitd) -> Iterator[Unitd]:
    """Run a unitd; what the tests would hold against its log at the end is no failure here."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(server)
        with contextlib.suppress(AssertionError):
            stack.close()


def _worker(server: Unitd) -> int:
    """Return the process of the application: the child of its prototype, whatever its title is."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        processes = server.processes()
        prototypes = {item.pid for item in processes if item.title.endswith('"guest" prototype')}
        if workers := [item.pid for item in processes if item.parent in prototypes]:
            return workers[0]
        time.sleep(0.001)
    raise PeerError("Unit starts no process for the application")


def as_this_user() -> dict[str, str]:
    """Return the members of an application that name user and group: none but root may."""
    if os.geteuid() != 0:
        return {}
    name = pwd.getpwuid(os.geteuid()).pw_name
    return {"user": name, "group": grp.getgrgid(os.getegid()).gr_name}


def _component(guest: str, _cache: Path) -> dict[str, Any]:
    return {"type": TYPE, "component": str(GUESTS / f"{guest}.wasm")}


def _cached_component(guest: str, cache: Path) -> dict[str, Any]:
    cache.mkdir(parents=True, exist_ok=True)
    folder = str(cache.absolute() / "unit-wasm")
    return {**_component(guest, cache), "environment": {"UNIT_WASM_CACHE_DIR": folder}}


def _modules(binary: Path) -> Path | None:
    """Return the folder in which a unitd looks for modules."""
    said = subprocess.run([binary, "--help"], capture_output=True, text=True, timeout=20)
    row = re.search(r"--modulesdir DIR.*?default: \"([^\"]*)\"", said.stdout, re.DOTALL)
    return Path(row[1]) if row else None


def _python(_guest: str, _cache: Path) -> dict[str, Any]:
    """Flask as it is in the guest; of this Python only the packages, Unit's has its own library."""
    flask = util.find_spec("flask")
    assert flask is not None
    assert flask.origin is not None
    packages = str(Path(flask.origin).parents[1])
    return {
        "type": "python",
        "path": [str(FLASK_FOLDER), packages],
        "module": "application",
        "callable": "app",
    }


def _units_python(binary: Path, tree: UnitTree, version: str, alone: Path) -> Peer | Missing:
    if util.find_spec("flask") is None:
        return Missing(NAMES["python"], "no flask")
    if not copy_module(binary, tree, "python3.unit.so", alone):
        return Missing(NAMES["python"], "the unitd given has no python3.unit.so")
    return InUnit("python", Unit(binary, alone), version, _python)


def _rust(binary: Path, tree: UnitTree, version: str, alone: Path) -> Peer | Missing:
    if not copy_module(binary, tree, MODULE_TYPES[TYPE], alone):
        why = f"the unitd given has no {MODULE_TYPES[TYPE]} of Unit's own (needs Rust and cargo)"
        return Missing(NAMES["rust"], why)
    return InUnit("rust", Unit(binary, alone), version, _component)


def copy_module(binary: Path, tree: UnitTree, name: str, alone: Path) -> bool:
    """Copy a module of Unit's own, also one that ``unit-wasm install-module`` has put aside.

    Parameters:
        alone: a folder for it: unitd loads each module that it finds beside it.

    Returns:
        Whether there is one.
    """
    folders = [tree.source / "build" / "lib" / "unit" / "modules", _modules(binary)]
    paths = [folder / file for folder in folders if folder for file in (name, f"{name}.orig")]
    for path in paths:
        if path.is_file() and OUR_MARK not in path.read_bytes():
            alone.mkdir(exist_ok=True)
            shutil.copyfile(path, alone / name)
            for made in (alone, alone / name):
                made.chmod(0o755)
            return True
    return False


def found(stack: contextlib.ExitStack) -> Iterator[Peer | Missing]:
    """Return the peers of this file, and what is missing of them.

    Parameters:
        stack: what is built for them lives until it is closed.
    """
    given = given_unit()
    if isinstance(given, str):
        yield from (Missing(name, given) for name in NAMES.values())
        return
    binary, source = given
    folder = stack.enter_context(open_folder())
    unit = Unit(binary, folder)
    try:
        tree = UnitTree(source)
        version = "Unit " + ".".join(map(str, unit.version))
        build_module(tree.source, TYPE, folder)
        program = unit_bench.external(tree, folder)
    except (UnitWasmError, OSError, subprocess.SubprocessError, SystemExit) as error:
        why = f"UNITD or UNIT_SOURCE cannot be used: {type(error).__name__}"
        yield from (Missing(name, why) for name in NAMES.values())
        return
    yield InUnit("module", unit, version, _cached_component)
    yield _rust(binary, tree, version, folder / "rust")
    external = {"type": "external", "executable": str(program)}
    yield InUnit("libunit", unit, version, lambda _guest, _cache: external)
    yield _units_python(binary, tree, version, folder / "python")
