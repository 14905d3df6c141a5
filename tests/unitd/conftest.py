"""A real unitd: ``UNITD`` names the binary, ``UNIT_SOURCE`` the configured tree that it is from."""

import functools
import os
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness.unitd import Unit, Unitd
from unit_wasm.unit.build import MODULE_TYPES, build_module


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes some seconds")
    config.addinivalue_line("markers", "tls: needs a unitd that was built with --openssl")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # Not in a fixture: so pytest reports all of the folder in one line.
    if not os.environ.get("UNITD") or not os.environ.get("UNIT_SOURCE"):
        pytest.skip("UNITD (the binary) and UNIT_SOURCE (its configured tree) are not set")
    if item.get_closest_marker("tls") and "--openssl" not in _how_it_was_built():
        pytest.skip("this unitd was built without TLS")


@functools.cache
def _how_it_was_built() -> str:
    command = [os.environ["UNITD"], "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def unit() -> Iterator[Unit]:
    """Return the installation, with both modules built for it."""
    # Not tmp_path: Unit looks for modules as another user, who may not enter that.
    with tempfile.TemporaryDirectory(prefix="uw-modules-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for module_type in MODULE_TYPES:
            build_module(Path(os.environ["UNIT_SOURCE"]), module_type, folder)
        yield Unit(Path(os.environ["UNITD"]).resolve(), folder)


@pytest.fixture
def server(shared: Unitd) -> Iterator[Unitd]:
    """Return what a module's tests share; its workers are the same ones after each of them."""
    with shared.watched():
        yield shared


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print the log of each unitd that runs where a test fails."""
    report = yield
    unit: Any = getattr(item, "funcargs", {}).get("unit") or _unit(item)
    if report.failed and isinstance(unit, Unit):
        for server in unit.running:
            report.sections.append((f"log of unitd in {server.folder.name}", server.news))
    return report


def _unit(item: pytest.Item) -> Any:
    for value in getattr(item, "funcargs", {}).values():
        found = getattr(value, "_unit", None)
        if isinstance(found, Unit):
            return found
    return None
