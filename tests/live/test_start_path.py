"""What ``unit-wasm serve`` imports before its first answer; what it need not is time."""

from pathlib import Path

import pytest

from tests.harness.components import guest
from tests.harness.http import request
from tests.harness.server import ServerProcess

NOT_NEEDED = (
    *("bz2", "calendar", "datetime", "difflib", "email", "hashlib", "hmac", "lzma", "pickle"),
    *("platform", "random", "secrets", "shutil", "tempfile", "uvicorn", "h11", "wasmtime"),
    *("unit_wasm.config.directories", "unit_wasm.config.forwarded", "unit_wasm.config.log_format"),
    *("unit_wasm.cli.checks", "unit_wasm.cli.inspect", "unit_wasm.cli.unit"),
    *("unit_wasm.component.rewrite.rewrite", "unit_wasm.component.inspect"),
    *("unit_wasm.native.hosting", "unit_wasm.outgoing.client"),
    *("unit_wasm.prepare.child", "unit_wasm.prepare.compiler"),
    *("unit_wasm.server.access.record", "unit_wasm.server.control.api", "unit_wasm.server.state"),
    *("unit_wasm.serving.counts", "unit_wasm.serving.lifespan"),
    *("unit_wasm.wit.model", "unit_wasm.wit.reader"),
)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a start imports that finds its component in the cache, until it has answered."""
    cache = tmp_path_factory.mktemp("cache")
    arguments: list[str | Path] = ["serve", guest("hello"), "--listen", "127.0.0.1:0"]
    arguments += ["--cache-dir", cache]
    with ServerProcess(arguments) as server:
        assert request(server.address, "GET", "/").status == 200
    # Measuring coverage has imports of its own.
    environment = {
        "PYTHONPROFILEIMPORTTIME": "1",
        "COVERAGE_PROCESS_START": "",
        "COVERAGE_PROCESS_CONFIG": "",
    }
    with ServerProcess(arguments, environment=environment) as server:
        assert request(server.address, "GET", "/").status == 200
        lines = server.raw_log.splitlines()
    return {line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")}


@pytest.mark.parametrize("name", NOT_NEEDED)
def test_it_is_not_imported(imported: set[str], name: str) -> None:
    assert {
        "uvloop",
        "unit_wasm.server.http.component_cycle",
        "unit_wasm.prepare.noted",
    } <= imported
    assert name not in imported
