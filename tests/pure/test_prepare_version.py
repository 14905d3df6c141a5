"""``unit-wasm prepare`` compiles for a module of its own version and sources only."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import unit_wasm
from unit_wasm.errors import ComponentError, HostError
from unit_wasm.native import worker as native
from unit_wasm.unit.prepare import prepare
from unit_wasm.unit.sources import engine_digest, sources_digest

DIGEST = native.sources_digest()
SOURCES = Path(__file__).parents[2] / "csrc"


def request(path: Path, **more: object) -> bytes:
    application = {"type": "wasm-wasi-component", "component": str(path / "none.wasm")}
    return json.dumps({"name": "a", "application": application, **more}).encode()


@pytest.mark.parametrize(
    ("more", "built"),
    [
        ({"version": "0.0.9"}, "unit_wasm 0.0.9"),
        ({"version": "0.0.9", "digest": DIGEST}, "unit_wasm 0.0.9"),
        ({"version": 1}, "an older unit_wasm"),
        ({}, "an older unit_wasm"),
    ],
)
def test_module_of_another_version(tmp_path: Path, more: dict[str, object], built: str) -> None:
    with pytest.raises(HostError) as caught:
        prepare(request(tmp_path, **more), pytest.fail)
    assert str(caught.value) == (
        f"the module was built by {built}, and {sys.executable} has {unit_wasm.__version__}"
        " (run unit-wasm build-module and install-module, and restart Unit)"
    )


@pytest.mark.parametrize("digest", ["0123456789abcdef", "", None, 1])
def test_module_of_other_sources(tmp_path: Path, digest: object) -> None:
    version = unit_wasm.__version__
    with pytest.raises(HostError) as caught:
        prepare(request(tmp_path, version=version, digest=digest), pytest.fail)
    assert str(caught.value) == (
        f"the module was built by unit_wasm {version} from other C sources "
        f"({digest or 'unknown'}), and {sys.executable} has {version} ({DIGEST})"
        " (run unit-wasm build-module and install-module, and restart Unit)"
    )


def test_module_of_this_version(tmp_path: Path) -> None:
    """The next thing that is wrong is the component."""
    with pytest.raises(ComponentError):
        prepare(request(tmp_path, version=unit_wasm.__version__, digest=DIGEST), pytest.fail)


def test_the_extension_is_built_from_the_sources_that_are_here() -> None:
    assert sources_digest(SOURCES) == DIGEST
    assert engine_digest(SOURCES) == native.engine_digest()


@pytest.mark.parametrize(
    ("file", "same"), [("engine/pool.c", False), ("engine/memory.h", False), ("guest/val.c", True)]
)
def test_what_compiled_components_depend_on(tmp_path: Path, file: str, same: bool) -> None:
    folder = tmp_path / "csrc"
    shutil.copytree(SOURCES, folder)
    with (folder / file).open("a") as changed:
        changed.write("int more;\n")
    assert (engine_digest(folder) == native.engine_digest()) == same


ROW = '    { "[method]input-stream.read",'
"""In a table of csrc/wasi/gen/io_rows.c."""


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        # A row in the middle of a table: all that follow stand elsewhere, whatever their ids.
        (
            "wasi/gen/io_rows.c",
            ROW,
            '    { "[method]input-stream.peek", NULL, 999, 0, 0, 0, false },\n' + ROW,
            0,
        ),
        ("base/settings.h", "    uint32_t max_queue;", "    uint64_t max_queue;", 0),
        ("base/settings_text.c", "(max_queue, UW_U32),", "(max_queue, UW_U64),", 0),
        ("base/settings_text.c", "strchr(entry, '=')", "strchr(entry, ':')", 0),
        ("guest/latin1.c", "#include", "/* Only said. */\n#include", 1),
        ("unit/loop.c", "#include", "int more;\n#include", 1),
    ],
)
def test_what_the_digest_depends_on(
    tmp_path: Path, file: str, old: str, new: str, same: bool
) -> None:
    folder = tmp_path / "csrc"
    shutil.copytree(SOURCES, folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    assert (sources_digest(folder) == DIGEST) == same


def test_what_only_outgoing_requests_need_is_not_loaded() -> None:
    """It takes longer to load than all else that prepare does with a component from the cache."""
    text = (
        "import sys, unit_wasm.unit.prepare\n"
        "print(sorted({'ssl', 'asyncio', 'h11'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"
